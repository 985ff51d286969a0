//! Files of models and checkpoints in the safetensors format.

mod attached;
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
pub(crate) use description::is_zero;
use tensors::{Tensor, matrix, numbers, vector};

/// Metadata entry with the description of a model.
const KEY: &str = "xrd-ae";

/// Tensor [3, dimensions] of the latent plane: its centre and its two axes.
const PLANE: &str = "latent.plane";

impl Autoencoder {
    /// Serializes the model as the bytes of a safetensors file. Equal models give equal bytes.
    ///
    /// # Format
    /// - The tensors of weights and biases are named as in `Sequential` of PyTorch:
    ///   `encoder.0.weight`, `encoder.0.bias`, `encoder.2.weight`, and so on. The numbers of the
    ///   layers are even, because PyTorch gives the odd numbers to the activations.
    /// - The weights have the shape [inputs, outputs]. `nn.Linear` of PyTorch needs the transposed
    ///   matrix.
    /// - The tensor `scaling.mean` is the mean training pattern.
    /// - The tensor `scaling.deviation` contains the divisor of
    ///   [`InputScaling`](crate::InputScaling) at each grid point.
    /// - The tensor `latent.plane` contains the centre and the two axes of the latent plane. This
    ///   tensor exists only if the model has more than two latent dimensions.
    /// - The metadata entry `xrd-ae` describes the model in JSON: format version, layer widths,
    ///   activations, input scaling, grid, wavelength, scale of the intensities, preparation,
    ///   seeds, training settings, and SHA-256 of the training patterns.
    /// - The last entry `sha256` of this JSON is a checksum of the file. The checksum is the
    ///   SHA-256 of these bytes: first the JSON text without the entry `sha256`, then the tensors
    ///   in the order of their names. The bytes of a tensor are its name, followed by its content.
    ///
    /// # Errors
    /// [`Error::UnknownUnit`](crate::Error::UnknownUnit) if the file format has no name for the
    /// intensity unit of the model.
    ///
    /// Cost: O(weights).
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        seal::seal(KEY, &Description::of(self)?, self.named_tensors())
    }

    /// Deserializes a model from the bytes that [`to_bytes`](Self::to_bytes) returns. The new model
    /// equals the original model, bit for bit.
    ///
    /// # Errors
    /// - [`NotSafetensors`] or [`NotAModel`] for truncated bytes and for files of other programs.
    /// - [`NewerFormat`] or [`OlderFormat`] for a file format of another version of this crate.
    /// - [`Damaged`] or [`NoChecksum`] for damaged or edited files.
    /// - [`Metadata`], [`WrongLayers`], [`MissingTensor`], [`WrongTensor`], [`WrongNumber`],
    ///   [`OutOfRange`] or [`Core`] for invalid content.
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
    /// [`OutOfRange`]: crate::Error::OutOfRange
    /// [`Core`]: crate::Error::Core
    ///
    /// Cost: O(weights).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (description, file) = seal::open(KEY, bytes)?;
        Self::described(&description, &file)
    }

    /// Saves the model to a file.
    ///
    /// The method writes a temporary file in the same folder, and then renames it to `path`. If the
    /// method fails, an existing file at `path` stays unchanged.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if the file cannot be written, and any error of
    /// [`to_bytes`](Self::to_bytes).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        file::write(path.as_ref(), &self.to_bytes()?)
    }

    /// Loads a model from a file that [`save`](Self::save) has written. The loaded model equals the
    /// saved model, bit for bit.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if the file cannot be read, and any error of
    /// [`from_bytes`](Self::from_bytes).
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
            attachments: attached::read(file, description.attached())?,
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
        all.extend(attached::named(&self.attachments));
        all
    }
}

/// Latent plane, if the latent space has more than two dimensions.
fn plane(file: &SafeTensors, latent: usize) -> Result<Option<PrincipalPlane>> {
    if latent == 2 {
        return Ok(None);
    }
    let numbers = numbers(file, PLANE, &[3, latent])?;
    Ok(Some(PrincipalPlane::from_numbers(numbers)))
}

/// Named weights and biases of the layers.
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

/// Layers of an autoencoder for patterns with this number of points.
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

/// Names of the layers in PyTorch's `Sequential`, where activations have the odd numbers. The
/// encoder and the decoder have `half` layers each.
fn layer_names(half: usize) -> impl Iterator<Item = String> {
    let part = move |name: &'static str| (0..half).map(move |i| format!("{name}.{}", 2 * i));
    part("encoder").chain(part("decoder"))
}

#[cfg(test)]
mod tests;
