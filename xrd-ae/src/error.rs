use std::path::PathBuf;

/// What can go wrong in making, training, saving or loading an autoencoder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting lies outside its range.
    #[error("{what} is {value} (expected {expected})")]
    OutOfRange {
        /// The setting.
        what: &'static str,
        /// Its value.
        value: f64,
        /// The range, in words.
        expected: &'static str,
    },
    /// Something that must hold at least one entry is empty.
    #[error("no {what}")]
    Empty {
        /// What is missing.
        what: &'static str,
    },
    /// The training patterns do not differ from each other.
    #[error("the {patterns} training patterns are all the same, so there is nothing to learn")]
    Constant {
        /// How many there are.
        patterns: usize,
    },
    /// The loss is no longer finite.
    #[error(
        "the loss is {loss} in epoch {epoch}; try a learning rate below {learning_rate}, \
         or an input scaling if there is none"
    )]
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
        /// The loss.
        loss: f64,
        /// The learning rate it diverged with.
        learning_rate: f64,
    },
    /// Patterns or points do not fit the model.
    #[error(transparent)]
    Core(#[from] xrd_core::Error),
    /// A model file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The bytes are not a whole safetensors file.
    #[error("not a whole safetensors file: {0}")]
    NotSafetensors(#[source] safetensors::SafeTensorError),
    /// A safetensors file, but not one of this crate.
    #[error("a safetensors file without the metadata entry '{key}' is not a model of xrd-ae")]
    NotAModel {
        /// The entry that is missing.
        key: &'static str,
    },
    /// The description of the model inside the file cannot be understood.
    #[error("model metadata: {0}")]
    Metadata(#[source] serde_json::Error),
    /// The file was written by a later version of this crate.
    #[error("model format is version {found} (this program reads up to {supported}); update it")]
    NewerFormat {
        /// The version of the file.
        found: u64,
        /// The latest version that can be read.
        supported: u64,
    },
    /// A tensor is missing in the file.
    #[error("model has no tensor '{name}'")]
    MissingTensor {
        /// Its name.
        name: String,
    },
    /// A tensor of the file has another kind of numbers or another shape than the model needs.
    #[error("tensor '{name}' is {found} (expected {expected})")]
    WrongTensor {
        /// Its name.
        name: String,
        /// Kind and shape in the file.
        found: TensorKind,
        /// Kind and shape needed.
        expected: TensorKind,
    },
    /// A number of a stored tensor is NaN, infinite, or (for deviations) not positive.
    #[error("tensor '{name}' holds {value} at {index} (expected {expected})")]
    WrongNumber {
        /// The tensor.
        name: String,
        /// The place in the tensor, rows first.
        index: usize,
        /// The number.
        value: f32,
        /// What it should be, in words.
        expected: &'static str,
    },
    /// The stored layers are not those of an autoencoder.
    #[error(
        "layers {found:?} are not an autoencoder of {points} points with a plane in its middle"
    )]
    WrongLayers {
        /// The widths in the file, the input's first.
        found: Vec<usize>,
        /// The number of grid points.
        points: usize,
    },
    /// A unit of intensity that the file format has no word for.
    #[error("the file format has no word for the intensity unit {unit:?}")]
    UnknownUnit {
        /// The unit.
        unit: xrd_core::IntensityUnit,
    },
}

/// A result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Number type and shape of a stored tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorKind {
    /// The type of the numbers, as safetensors calls it.
    pub dtype: safetensors::Dtype,
    /// The lengths of the axes.
    pub shape: Vec<usize>,
}

impl std::fmt::Display for TensorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.dtype, self.shape)
    }
}

/// Fails unless `value` is finite and `holds`.
pub(crate) fn check(
    what: &'static str,
    value: f64,
    holds: bool,
    expected: &'static str,
) -> Result<()> {
    if holds && value.is_finite() {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what,
        value,
        expected,
    })
}
