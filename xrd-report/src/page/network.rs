//! Weights of a model for the page, read from the model file.

use std::path::Path;

use half::f16;
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// Network in the form that the page uses.
pub(super) struct Network {
    /// Widths, activations and scales of the layers, and the scaling, as JSON for the script.
    pub(super) shape: Value,
    /// Weights of each layer, [inputs, outputs], divided by the scale of the layer, in half precision.
    pub(super) weights: Vec<u16>,
    /// Biases of each layer, then mean and standard deviation of the intensity at each angle.
    pub(super) numbers: Vec<f32>,
}

/// Reads the network from the bytes of a model file.
pub(super) fn packed(path: &Path, bytes: &[u8]) -> Result<Network> {
    let wrong = |source| Error::Tensors {
        path: path.to_owned(),
        source,
    };
    let (_, head) = SafeTensors::read_metadata(bytes).map_err(wrong)?;
    let words = head.metadata().as_ref().and_then(|m| m.get("xrd-ae"));
    let words = words.ok_or_else(|| Error::NoModel {
        path: path.to_owned(),
    })?;
    let about: Value = serde_json::from_str(words)?;
    let file = SafeTensors::deserialize(bytes).map_err(wrong)?;
    let floats = |name: &str| floats(path, &file, name);
    let plane = file.tensor("latent.plane").ok();
    let plane = plane.map(|tensor| doubles(tensor.data()));
    let (mut weights, mut numbers, mut scales) = (Vec::new(), Vec::new(), Vec::new());
    let layers = about["widths"].as_array().map_or(0, Vec::len).max(1) - 1;
    for layer in 0..layers {
        let half = if layer < layers / 2 {
            "encoder"
        } else {
            "decoder"
        };
        let name = format!("{half}.{}", 2 * (layer % (layers / 2)));
        let matrix = floats(&format!("{name}.weight"))?;
        let scale = scale_of(&matrix);
        weights.extend(matrix.iter().map(|w| f16::from_f32(w / scale).to_bits()));
        scales.push(scale);
        numbers.extend(floats(&format!("{name}.bias"))?);
    }
    numbers.extend(floats("scaling.mean")?);
    numbers.extend(floats("scaling.deviation")?);
    Ok(Network {
        shape: json!({
            "widths": about["widths"],
            "activations": about["activations"],
            "scales": scales,
            // Centre and two axes of the latent plane, if the latent space has more dimensions.
            "plane": plane,
            "centred": about["input_scaling"] != "none",
        }),
        weights,
        numbers,
    })
}

/// Returns the smallest power of two that no weight exceeds. Half precision then neither overflows
/// nor loses small weights needlessly.
fn scale_of(weights: &[f32]) -> f32 {
    let largest = weights.iter().fold(0.0_f32, |m, w| m.max(w.abs()));
    if largest > 0.0 {
        largest.log2().ceil().exp2()
    } else {
        1.0
    }
}

fn doubles(bytes: &[u8]) -> Vec<f64> {
    let number = |b: &[u8]| b.try_into().map_or(f64::NAN, f64::from_le_bytes);
    bytes.chunks(8).map(number).collect()
}

fn floats(path: &Path, file: &SafeTensors, name: &str) -> Result<Vec<f32>> {
    let tensor = file.tensor(name).map_err(|source| Error::Tensors {
        path: path.to_owned(),
        source,
    })?;
    if tensor.dtype() != Dtype::F32 {
        return Err(Error::TensorKind {
            path: path.to_owned(),
            tensor: name.to_owned(),
            found: format!("{:?}", tensor.dtype()),
        });
    }
    // Size and kind of the tensor were checked when the file was read.
    let numbers = tensor.data().chunks_exact(4);
    Ok(numbers
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_ae::{Autoencoder, AutoencoderConfig};
    use xrd_core::{PatternSet, Scale, TwoThetaGrid};

    #[test]
    fn every_weight_is_there_in_half_precision() {
        let grid = TwoThetaGrid::new(10.0, 0.5, 3).unwrap();
        let names = vec!["a".to_owned(), "b".to_owned()];
        let block = vec![0.0, 1.0, 2.0, 1.0, 2.0, 0.0];
        let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, block).unwrap();
        let config = AutoencoderConfig::default().with_hidden([5, 4]);
        let model = Autoencoder::initialise(&config, &set).unwrap();
        let bytes = model.to_bytes().unwrap();
        let path = Path::new("m.safetensors");
        let network = packed(path, &bytes).unwrap();
        assert_eq!(network.shape["widths"], json!([3, 5, 4, 2, 4, 5, 3]));
        let expected = 2 * (3 * 5 + 5 * 4 + 4 * 2);
        assert_eq!(network.weights.len(), expected);
        assert_eq!(network.numbers.len(), (5 + 4 + 2 + 4 + 5 + 3) + 3 + 3);
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let first = floats(path, &file, "encoder.0.weight").unwrap();
        let scale = network.shape["scales"][0].as_f64().unwrap() as f32;
        for (w, half) in first.iter().zip(&network.weights) {
            let again = scale * f16::from_bits(*half).to_f32();
            assert!(
                (w - again).abs() <= 4.9e-4 * w.abs() + 3e-8 * scale,
                "{w} {again}"
            );
        }
        assert!(packed(path, &bytes[..bytes.len() / 2]).is_err());
    }

    #[test]
    fn scales_are_powers_of_two_that_hold_every_weight() {
        for (weights, scale) in [
            (&[0.3, -0.7][..], 1.0),
            (&[1.0], 1.0),
            (&[1e6], 1_048_576.0),
            (&[0.0], 1.0),
            (&[-0.2], 0.25),
        ] {
            assert_eq!(scale_of(weights), scale);
        }
    }
}
