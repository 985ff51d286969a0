//! Networks and checkpoints as safetensors files. The description is JSON in the metadata.

use std::borrow::Cow;
use std::collections::HashMap;

use half::f16;
use safetensors::tensor::{Dtype, SafeTensors, View};
use serde::{Deserialize, Serialize};

use crate::optimiser::Moments;
use crate::{Error, Network, NetworkSpec, Parameter, Real, Result, Trainer, TrainingSettings};

/// Key of the description in the metadata.
const KEY: &str = "xrd-nn";

/// Largest weight of 8 bits, in units of its scale.
const MOST: f32 = 127.0;

/// Number type of the weights in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Type of the network. Reading gives the same bits.
    #[default]
    Full,
    /// 16 bits (IEEE 754), for files of half the size. Relative rounding errors are at most 2⁻¹¹ between 6e-5
    /// and 65504; larger values are refused.
    Half,
    /// 8 bits for weights, each with a scale per output, for files of a quarter of the size: a rounding error is
    /// at most 1/254 of the largest weight of the output. Biases, slopes and statistics have 16 bits.
    Byte,
}

#[derive(Serialize, Deserialize)]
struct Description {
    network: NetworkSpec,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    training: Option<Progress>,
}

#[derive(Serialize, Deserialize)]
struct Progress {
    settings: TrainingSettings,
    steps: u64,
}

struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl View for &Tensor {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

fn full<T: Real>(values: &[T], shape: &[usize]) -> Tensor {
    let mut bytes = Vec::with_capacity(size_of_val(values));
    values.iter().for_each(|v| v.write(&mut bytes));
    Tensor {
        dtype: T::DTYPE,
        shape: shape.to_vec(),
        bytes,
    }
}

fn halved<T: Real>(parameter: &Parameter<T>) -> Result<Tensor> {
    let mut bytes = Vec::with_capacity(2 * parameter.values.len());
    for v in &parameter.values {
        let half = f16::from_f64(v.wide());
        if !half.is_finite() {
            return Err(fault(
                &parameter.name,
                format!("{} has no half-precision form", v.wide()),
            ));
        }
        bytes.extend(half.to_le_bytes());
    }
    Ok(Tensor {
        dtype: Dtype::F16,
        shape: parameter.shape.clone(),
        bytes,
    })
}

/// Weights as multiples of a scale per output (the last axis), and these scales.
fn rounded<T: Real>(parameter: &Parameter<T>) -> [Tensor; 2] {
    let outputs = parameter.shape.last().copied().unwrap_or(1).max(1);
    let mut scales = vec![0.0f32; outputs];
    for row in parameter.values.chunks_exact(outputs) {
        for (scale, v) in scales.iter_mut().zip(row) {
            *scale = scale.max(v.wide().abs() as f32 / MOST);
        }
    }
    let byte = |(v, scale): (&T, &f32)| match *scale > 0.0 {
        true => (v.wide() / f64::from(*scale)).round() as i8 as u8,
        false => 0,
    };
    let rows = parameter.values.chunks_exact(outputs);
    let bytes = rows.flat_map(|row| row.iter().zip(&scales).map(byte));
    let weights = Tensor {
        dtype: Dtype::I8,
        shape: parameter.shape.clone(),
        bytes: bytes.collect(),
    };
    [weights, full(&scales, &[outputs])]
}

/// Name of the tensor with the scales of a tensor of 8 bits.
fn scale_of(name: &str) -> String {
    format!("{name}.scale")
}

fn fault(name: &str, reason: String) -> Error {
    Error::Tensor {
        name: name.to_owned(),
        reason,
    }
}

fn foreign(reason: impl ToString) -> Error {
    Error::File {
        reason: reason.to_string(),
    }
}

fn pack(tensors: &[(String, Tensor)], description: &Description) -> Result<Vec<u8>> {
    let text = serde_json::to_string(description).map_err(foreign)?;
    let metadata = HashMap::from([(KEY.to_owned(), text)]);
    let views = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor));
    safetensors::serialize(views, Some(metadata)).map_err(foreign)
}

fn open(bytes: &[u8]) -> Result<(SafeTensors<'_>, Description)> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(foreign)?;
    let metadata = header.metadata().as_ref();
    let text = metadata.and_then(|m| m.get(KEY));
    let text = text.ok_or_else(|| foreign(format!("no entry '{KEY}' in the metadata")))?;
    let description = serde_json::from_str(text).map_err(foreign)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(foreign)?;
    Ok((tensors, description))
}

/// Reads a tensor of the expected shape, in half precision or in the type of the network.
fn read<T: Real>(file: &SafeTensors, name: &str, shape: &[usize], values: &mut [T]) -> Result<()> {
    let tensor = file.tensor(name).map_err(|e| fault(name, e.to_string()))?;
    if tensor.shape() != shape {
        return Err(fault(
            name,
            format!("shape {:?}, expected {shape:?}", tensor.shape()),
        ));
    }
    let data = tensor.data();
    if tensor.dtype() == Dtype::I8 {
        return read_rounded(file, name, data, values, shape.last().copied());
    }
    let number = |bytes: &[u8]| match tensor.dtype() {
        Dtype::F16 => Some(T::of(f16::from_le_bytes(bytes.try_into().ok()?).to_f64())),
        dtype if dtype == T::DTYPE => T::read(bytes),
        _ => None,
    };
    let wrong = || {
        fault(
            name,
            format!("type {:?}, expected {:?} or F16", tensor.dtype(), T::DTYPE),
        )
    };
    let size = data.len() / values.len().max(1);
    for (v, bytes) in values.iter_mut().zip(data.chunks_exact(size.max(1))) {
        *v = number(bytes).ok_or_else(wrong)?;
        if !v.is_finite() {
            return Err(fault(name, format!("contains {v:?}")));
        }
    }
    Ok(())
}

/// Reads weights of 8 bits.
fn read_rounded<T: Real>(
    file: &SafeTensors,
    name: &str,
    data: &[u8],
    values: &mut [T],
    outputs: Option<usize>,
) -> Result<()> {
    let outputs = outputs.unwrap_or(1);
    let mut scales = vec![0.0f32; outputs];
    read(file, &scale_of(name), &[outputs], &mut scales)?;
    let bytes = data.iter().zip(scales.iter().cycle());
    for (v, (byte, scale)) in values.iter_mut().zip(bytes) {
        *v = T::of(f64::from(*byte as i8) * f64::from(*scale));
    }
    Ok(())
}

fn network<T: Real>(file: &SafeTensors, spec: &NetworkSpec) -> Result<Network<T>> {
    let mut network = Network::new(spec, 0)?;
    for p in &mut network.parameters {
        read(file, &p.name, &p.shape, &mut p.values)?;
    }
    Ok(network)
}

impl<T: Real> Network<T> {
    /// Bytes of a safetensors file with the description and the tensors. Equal networks give equal bytes.
    ///
    /// # Errors
    /// Returns [`Error::Tensor`] if a value is too large for half precision.
    pub fn to_bytes(&self, precision: Precision) -> Result<Vec<u8>> {
        let mut tensors = Vec::new();
        for p in &self.parameters {
            let tensor = match precision {
                Precision::Full => full(&p.values, &p.shape),
                Precision::Byte if p.shape.len() > 1 => {
                    let [weights, scales] = rounded(p);
                    tensors.push((scale_of(&p.name), scales));
                    weights
                }
                Precision::Half | Precision::Byte => halved(p)?,
            };
            tensors.push((p.name.clone(), tensor));
        }
        let description = Description {
            network: self.spec().clone(),
            training: None,
        };
        pack(&tensors, &description)
    }

    /// Reads a network that [`Network::to_bytes`] or [`Trainer::checkpoint`] has written.
    ///
    /// # Errors
    /// Returns an error if the bytes are not such a file, or a tensor is missing, has another shape or type,
    /// or contains a number that is not finite.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (file, description) = open(bytes)?;
        network(&file, &description.network)
    }
}

impl<T: Real> Trainer<T> {
    /// Bytes of a safetensors file with the network, the state of the optimiser, the settings and the number
    /// of steps. Training continues from it to the same bits, because random numbers depend on the seed and
    /// the number of steps only.
    ///
    /// # Errors
    /// Returns [`Error::File`] if the file cannot be composed.
    pub fn checkpoint(&self) -> Result<Vec<u8>> {
        let mut tensors = Vec::new();
        for (i, p) in self.network().parameters.iter().enumerate() {
            tensors.push((p.name.clone(), full(&p.values, &p.shape)));
            if p.is_trained() {
                for (kind, values) in [
                    ("first", &self.moments.first),
                    ("second", &self.moments.second),
                ] {
                    tensors.push((moment(kind, &p.name), full(&values[i], &p.shape)));
                }
            }
        }
        let description = Description {
            network: self.network().spec().clone(),
            training: Some(Progress {
                settings: *self.settings(),
                steps: self.steps,
            }),
        };
        pack(&tensors, &description)
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    /// Returns an error if the bytes are not a checkpoint, or as [`Network::from_bytes`].
    pub fn from_checkpoint(bytes: &[u8]) -> Result<Self> {
        let (file, description) = open(bytes)?;
        let progress = description
            .training
            .ok_or_else(|| foreign("a network without a training"))?;
        let network: Network<T> = network(&file, &description.network)?;
        let mut moments = Moments::zeros(&network.parameters);
        for (i, p) in network
            .parameters
            .iter()
            .enumerate()
            .filter(|(_, p)| p.is_trained())
        {
            read(
                &file,
                &moment("first", &p.name),
                &p.shape,
                &mut moments.first[i],
            )?;
            read(
                &file,
                &moment("second", &p.name),
                &p.shape,
                &mut moments.second[i],
            )?;
        }
        Self::resume(network, progress.settings, moments, progress.steps)
    }
}

fn moment(kind: &str, parameter: &str) -> String {
    format!("adam.{kind}.{parameter}")
}
