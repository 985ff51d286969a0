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
    /// The loss or a weight is no longer finite.
    #[error(
        "the loss is {loss} in epoch {epoch}; try a learning rate below {learning_rate}, a \
         warm-up, clipping of the gradient, or an input scaling if there is none"
    )]
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
        /// The loss.
        loss: f64,
        /// The learning rate it diverged with.
        learning_rate: f64,
    },
    /// An intensity is not a finite number.
    #[error("intensity {point} of pattern {pattern} is {value} (expected a finite number)")]
    NotFinite {
        /// The pattern, from 0.
        pattern: usize,
        /// The grid point, from 0.
        point: usize,
        /// The intensity.
        value: f32,
    },
    /// A file of patterns ends before its last pattern does.
    #[error("{}: {found} bytes long (expected at least {expected})", path.display())]
    ShortFile {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: u64,
        /// The length that it should have.
        expected: u128,
    },
    /// A training is to be resumed with other patterns than it began with.
    #[error("the {what} are not those of the checkpoint (SHA-256 {found}…, expected {expected}…)")]
    OtherData {
        /// Which patterns.
        what: &'static str,
        /// The beginning of their hash, or `none`.
        found: String,
        /// The beginning of the checkpoint's hash, or `none`.
        expected: String,
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
    /// A safetensors file, but not what was expected: not of this crate, or a checkpoint in the
    /// place of a model.
    #[error("a safetensors file without the metadata entry '{key}', which xrd-ae writes")]
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
    /// The file was written by an earlier version of this crate.
    #[error("format of version {found} (this program reads version {supported}); train it anew")]
    OlderFormat {
        /// The version of the file.
        found: u64,
        /// The version that can be read.
        supported: u64,
    },
    /// The content of the file is not what was written.
    #[error("damaged or edited: its SHA-256 is {found}, but it states {expected}")]
    Damaged {
        /// SHA-256 of the content.
        found: String,
        /// What the file states.
        expected: String,
    },
    /// The file does not state its checksum.
    #[error("damaged or edited: its description does not end with a checksum")]
    NoChecksum,
    /// A checkpoint with the right checksum cannot be one.
    #[error("not a possible checkpoint: {what}")]
    Inconsistent {
        /// What does not fit together.
        what: &'static str,
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
