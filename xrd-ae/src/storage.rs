//! Autoencoders and checkpoints as safetensors files.

mod checkpoint;
mod description;
mod file;
mod seal;
mod tensors;

use std::path::Path;

use safetensors::SafeTensors;

use crate::autoencoder::{Autoencoder, shapes};
use crate::config::AutoencoderConfig;
use crate::dense::Dense;
use crate::error::Result;
use crate::principal_plane::PrincipalPlane;
use crate::scaling::Scaling;
use description::Description;
use tensors::{Tensor, matrix, numbers, vector};

/// The metadata entry that describes a model.
const KEY: &str = "xrd-ae";

/// The tensor [3, dimensions] of a latent space's principal plane: its centre and its two axes.
const PLANE: &str = "latent.plane";

impl Autoencoder {
    /// The model as the bytes of a safetensors file; the same model always gives the same bytes.
    ///
    /// Weights are called as in PyTorch's `Sequential` (`encoder.0.weight`, `encoder.0.bias`,
    /// `encoder.2.weight`, …, the odd places being the activations) but stored [inputs, outputs]:
    /// transpose them for `nn.Linear`. Beside them `scaling.mean` and `scaling.deviation`, and
    /// `latent.plane` where the latent space has more than two dimensions. The
    /// metadata entry `xrd-ae` describes the model in JSON: version of the format, widths,
    /// activations, scaling, grid, wavelength, unit, seeds, training configuration, SHA-256 of the
    /// training patterns, and at its end `sha256`, that of the JSON without this entry, followed
    /// by name and bytes of each tensor in the order of their names.
    ///
    /// # Errors
    /// [`Error::UnknownUnit`](crate::Error::UnknownUnit) for an intensity unit that this crate
    /// does not know.
    ///
    /// Cost O(weights).
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        seal::seal(KEY, &Description::of(self)?, self.named_tensors())
    }

    /// The model of [`to_bytes`](Self::to_bytes), bit by bit.
    ///
    /// # Errors
    /// [`NotSafetensors`] for truncated or foreign bytes, [`NotAModel`], [`Metadata`],
    /// [`NewerFormat`], [`OlderFormat`], [`Damaged`] and [`NoChecksum`] for edited ones,
    /// [`WrongLayers`], [`MissingTensor`], [`WrongTensor`], [`WrongNumber`], and what the types of
    /// xrd-core refuse.
    ///
    /// [`NotSafetensors`]: crate::Error::NotSafetensors
    /// [`NotAModel`]: crate::Error::NotAModel
    /// [`Metadata`]: crate::Error::Metadata
    /// [`NewerFormat`]: crate::Error::NewerFormat
    /// [`OlderFormat`]: crate::Error::OlderFormat
    /// [`Damaged`]: crate::Error::Damaged
    /// [`NoChecksum`]: crate::Error::NoChecksum
    /// [`WrongLayers`]: crate::Error::WrongLayers
    /// [`MissingTensor`]: crate::Error::MissingTensor
    /// [`WrongTensor`]: crate::Error::WrongTensor
    /// [`WrongNumber`]: crate::Error::WrongNumber
    ///
    /// Cost O(weights).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (description, file) = seal::open(KEY, bytes)?;
        Self::described(&description, &file)
    }

    /// Writes the model to a file. The bytes go to a new file beside it, which then takes its
    /// name: a failure leaves an earlier file whole.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) with the path; as [`to_bytes`](Self::to_bytes).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        file::write(path.as_ref(), &self.to_bytes()?)
    }

    /// Reads a model from a file of [`save`](Self::save); its answers are those of the saved one,
    /// bit by bit.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) with the path; as [`from_bytes`](Self::from_bytes).
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::from_bytes(&file::read(path.as_ref())?)
    }

    fn described(description: &Description, file: &SafeTensors) -> Result<Self> {
        let grid = description.grid()?;
        let config = description.config(grid.len())?;
        Ok(Self {
            grid,
            wavelength: description.wavelength()?,
            scale: description.scale()?,
            preparation: description.preparation().to_vec(),
            scaling: Scaling {
                kind: config.scaling,
                mean: vector(file, "scaling.mean", grid.len())?,
                deviation: tensors::positive(file, "scaling.deviation", grid.len())?,
            },
            training: description.training()?,
            data_hash: description.data_hash(),
            layers: layers(file, "", grid.len(), &config)?,
            plane: plane(file, config.latent)?,
            config,
        })
    }

    fn named_tensors(&self) -> Vec<(String, Tensor<'_>)> {
        let mut all = named_layers("", &self.layers);
        let scaling = &self.scaling;
        all.push(("scaling.mean".into(), Tensor::vector(&scaling.mean)));
        let deviation = Tensor::vector(&scaling.deviation);
        all.push(("scaling.deviation".into(), deviation));
        if let Some(plane) = &self.plane {
            let numbers = plane.as_slice();
            let shape = [3, numbers.len() / 3];
            all.push((PLANE.into(), Tensor::of(numbers, &shape)));
        }
        all
    }
}

/// The principal plane, where the latent space has more dimensions than two.
fn plane(file: &SafeTensors, latent: usize) -> Result<Option<PrincipalPlane>> {
    if latent == 2 {
        return Ok(None);
    }
    let numbers = numbers(file, PLANE, &[3, latent])?;
    Ok(Some(PrincipalPlane::from_numbers(numbers)))
}

/// Weights and biases of an autoencoder's layers.
fn named_layers<'a>(prefix: &str, layers: &'a [Dense<f32>]) -> Vec<(String, Tensor<'a>)> {
    let named = layer_names(layers.len() / 2).zip(layers);
    let pair = |(name, layer): (String, &'a Dense<f32>)| {
        let weights = Tensor::matrix(&layer.weights);
        let bias = Tensor::vector(&layer.bias);
        [("weight", weights), ("bias", bias)]
            .map(|(part, tensor)| (format!("{prefix}{name}.{part}"), tensor))
    };
    named.flat_map(pair).collect()
}

/// The layers of an autoencoder of so many points.
fn layers(
    file: &SafeTensors,
    prefix: &str,
    points: usize,
    config: &AutoencoderConfig,
) -> Result<Vec<Dense<f32>>> {
    let named = shapes(points, config).zip(layer_names(config.hidden.len() + 1));
    let layer = |((shape, activation), name)| {
        Ok(Dense {
            weights: matrix(file, &format!("{prefix}{name}.weight"), shape)?,
            bias: vector(file, &format!("{prefix}{name}.bias"), shape.1)?,
            activation,
        })
    };
    named.map(layer).collect()
}

/// The names of the layers as PyTorch's `Sequential` counts them, activations between; `half` of
/// them are the encoder's.
fn layer_names(half: usize) -> impl Iterator<Item = String> {
    let part = move |name: &'static str| (0..half).map(move |i| format!("{name}.{}", 2 * i));
    part("encoder").chain(part("decoder"))
}

#[cfg(test)]
mod tests;
