//! Autoencoders as safetensors files.

mod description;
mod tensors;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;

use crate::autoencoder::{Autoencoder, shapes};
use crate::dense::Dense;
use crate::error::{Error, Result};
use crate::scaling::Scaling;
use description::Description;
use tensors::{Tensor, matrix, vector};

impl Autoencoder {
    /// The model as the bytes of a safetensors file; the same model always gives the same bytes.
    ///
    /// Weights are called as in PyTorch's `Sequential` (`encoder.0.weight`, `encoder.0.bias`,
    /// `encoder.2.weight`, …, the odd places being the activations) but stored [inputs, outputs]:
    /// transpose them for `nn.Linear`. Beside them `scaling.mean` and `scaling.deviation`. The
    /// metadata entry `xrd-ae` describes the model in JSON.
    ///
    /// # Errors
    /// [`Error::UnknownUnit`] for an intensity unit that this crate does not know.
    ///
    /// Cost O(weights).
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let metadata = Description::of(self)?.into_metadata();
        let tensors = self.named_tensors();
        let serialized = safetensors::serialize(tensors, Some(metadata));
        serialized.map_err(Error::NotSafetensors)
    }

    /// The model of [`to_bytes`](Self::to_bytes), bit by bit.
    ///
    /// # Errors
    /// [`Error::NotSafetensors`] for truncated or foreign bytes, [`Error::NotAModel`],
    /// [`Error::Metadata`], [`Error::NewerFormat`], [`Error::WrongLayers`],
    /// [`Error::MissingTensor`], [`Error::WrongTensor`], [`Error::WrongNumber`], and what the
    /// types of xrd-core refuse.
    ///
    /// Cost O(weights).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(Error::NotSafetensors)?;
        let description = Description::from_metadata(header.metadata().as_ref())?;
        let file = SafeTensors::deserialize(bytes).map_err(Error::NotSafetensors)?;
        let grid = description.grid()?;
        let config = description.config(grid.len())?;
        let layers = shapes(grid.len(), &config.hidden)
            .zip(layer_names(config.hidden.len()))
            .map(|((shape, activation), name)| {
                Ok(Dense {
                    weights: matrix(&file, &format!("{name}.weight"), shape)?,
                    bias: vector(&file, &format!("{name}.bias"), shape.1)?,
                    activation,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            grid,
            wavelength: description.wavelength()?,
            scale: description.scale()?,
            preparation: description.preparation().to_vec(),
            scaling: Scaling {
                kind: config.scaling,
                mean: vector(&file, "scaling.mean", grid.len())?,
                deviation: tensors::positive(&file, "scaling.deviation", grid.len())?,
            },
            config,
            training: description.training()?,
            layers,
        })
    }

    /// Writes the model to a file. The bytes go to a new file beside it, which then takes its
    /// name: a failure leaves an earlier file whole.
    ///
    /// # Errors
    /// [`Error::Io`] with the path; as [`to_bytes`](Self::to_bytes).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let bytes = self.to_bytes()?;
        write_beside(path, &bytes).map_err(at(path))
    }

    /// Reads a model from a file of [`save`](Self::save); its answers are those of the saved one,
    /// bit by bit.
    ///
    /// # Errors
    /// [`Error::Io`] with the path; as [`from_bytes`](Self::from_bytes).
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::from_bytes(&fs::read(path).map_err(at(path))?)
    }

    fn named_tensors(&self) -> Vec<(String, Tensor)> {
        let layers = layer_names(self.config.hidden.len()).zip(&self.layers);
        let mut all: Vec<_> = layers
            .flat_map(|(name, layer)| {
                [
                    (format!("{name}.weight"), Tensor::of(layer.weights.view())),
                    (format!("{name}.bias"), Tensor::of(layer.bias.view())),
                ]
            })
            .collect();
        all.push(("scaling.mean".into(), Tensor::of(self.scaling.mean.view())));
        let deviation = Tensor::of(self.scaling.deviation.view());
        all.push(("scaling.deviation".into(), deviation));
        all
    }
}

/// The names of the layers as PyTorch's `Sequential` counts them, activations between.
fn layer_names(hidden: usize) -> impl Iterator<Item = String> {
    let half = move |name: &'static str| (0..=hidden).map(move |i| format!("{name}.{}", 2 * i));
    half("encoder").chain(half("decoder"))
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> Error {
    move |source| Error::Io {
        path: path.to_owned(),
        source,
    }
}

fn write_beside(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = name_beside(path);
    let written = write_new(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // Nothing more can be done if this fails too; the first error is the one that matters.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A hidden name in the same folder, so that the rename does not cross file systems.
fn name_beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests;
