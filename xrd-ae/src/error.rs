use std::path::PathBuf;

/// Error of creating, training, saving or loading an autoencoder.
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
    /// A list or a set is empty.
    #[error("no {what}")]
    Empty {
        /// Name of the missing entries.
        what: &'static str,
    },
    /// All training patterns are equal.
    #[error("the {patterns} training patterns are all equal (expected patterns that differ)")]
    Constant {
        /// Number of training patterns.
        patterns: usize,
    },
    /// The number of rows of labels differs from the number of training patterns.
    #[error("labels of {found} patterns (expected labels of all {expected} training patterns)")]
    LabelRows {
        /// Number of rows.
        found: usize,
        /// Number of training patterns.
        expected: usize,
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
        /// The learning rate of the training.
        learning_rate: f64,
    },
    /// An intensity is not a finite number.
    #[error("intensity {point} of pattern {pattern} is {value} (expected a finite number)")]
    NotFinite {
        /// Index of the pattern, from 0.
        pattern: usize,
        /// Index of the grid point, from 0.
        point: usize,
        /// The intensity.
        value: f32,
    },
    /// A file of patterns is too short for its number of patterns.
    #[error("{}: {found} bytes long (expected at least {expected})", path.display())]
    ShortFile {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        found: u64,
        /// Smallest possible length in bytes.
        expected: u128,
    },
    /// The patterns or labels differ from those of the checkpointed training.
    #[error("the {what} are not those of the checkpoint (SHA-256 {found}…, expected {expected}…)")]
    OtherData {
        /// Kind of data, such as the training patterns.
        what: &'static str,
        /// First digits of their SHA-256, or `none`.
        found: String,
        /// First digits of the SHA-256 in the checkpoint, or `none`.
        expected: String,
    },
    /// Error of xrd-core, for example if the patterns are not on the grid of the model.
    #[error(transparent)]
    Core(#[from] xrd_core::Error),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// The bytes are not a complete safetensors file.
    #[error("not a complete safetensors file: {0}")]
    NotSafetensors(#[source] FormatError),
    /// The safetensors file was not written by this crate, is a checkpoint where a model is
    /// expected, or is a model where a checkpoint is expected.
    #[error("a safetensors file without the metadata entry '{key}', which xrd-ae writes")]
    NotAModel {
        /// The missing entry.
        key: &'static str,
    },
    /// The description of the model in the file is invalid.
    #[error("model metadata: {0}")]
    Metadata(#[source] FormatError),
    /// The file was written by a later version of this crate.
    #[error(
        "model format is version {found} (this program reads up to {supported}); update the program"
    )]
    NewerFormat {
        /// The version of the file.
        found: u64,
        /// The latest version that this crate reads.
        supported: u64,
    },
    /// The file was written by an earlier version of this crate.
    #[error(
        "model format is version {found} (this program reads version {supported}); train the model again"
    )]
    OlderFormat {
        /// The version of the file.
        found: u64,
        /// The version that this crate reads.
        supported: u64,
    },
    /// The checksum of the file does not match its content.
    #[error("damaged or edited: the SHA-256 is {found} (expected {expected})")]
    Damaged {
        /// SHA-256 of the content.
        found: String,
        /// SHA-256 stated in the file.
        expected: String,
    },
    /// The file states no checksum.
    #[error("damaged or edited: the description does not end with a checksum")]
    NoChecksum,
    /// The entries of a checkpoint contradict each other, although the checksum is correct.
    #[error("inconsistent checkpoint: {what}")]
    Inconsistent {
        /// The contradiction.
        what: &'static str,
    },
    /// The file lacks a tensor.
    #[error("the model has no tensor '{name}'")]
    MissingTensor {
        /// Its name.
        name: String,
    },
    /// A tensor has the wrong number type or shape.
    #[error("tensor '{name}' is {found} (expected {expected})")]
    WrongTensor {
        /// Its name.
        name: String,
        /// Number type and shape in the file.
        found: TensorKind,
        /// Number type and shape that the model needs.
        expected: TensorKind,
    },
    /// A tensor contains NaN or an infinite number, or the divisor of the input scaling is not
    /// positive.
    #[error("tensor '{name}' holds {value} at {index} (expected {expected})")]
    WrongNumber {
        /// The tensor.
        name: String,
        /// Index in the tensor, in row-major order.
        index: usize,
        /// The number.
        value: f32,
        /// The expected kind of number, in words.
        expected: &'static str,
    },
    /// The layers in the file do not form an autoencoder.
    #[error(
        "layers {found:?} do not form an autoencoder (expected {points} points at both ends and a \
         latent layer in the middle)"
    )]
    WrongLayers {
        /// Layer widths in the file, from the input to the output.
        found: Vec<usize>,
        /// The number of grid points.
        points: usize,
    },
    /// The file format has no name for an intensity unit.
    #[error("the file format has no name for the intensity unit {unit:?}")]
    UnknownUnit {
        /// The unit.
        unit: xrd_core::IntensityUnit,
    },
}

/// Result with the [`Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Reason why a model file cannot be parsed, as text.
///
/// The errors of the parsing libraries are private, so that these libraries can change.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct FormatError(FormatCause);

#[derive(Debug, thiserror::Error)]
enum FormatCause {
    #[error(transparent)]
    Safetensors(safetensors::SafeTensorError),
    #[error(transparent)]
    Json(serde_json::Error),
}

impl Error {
    pub(crate) fn not_safetensors(cause: safetensors::SafeTensorError) -> Self {
        Self::NotSafetensors(FormatError(FormatCause::Safetensors(cause)))
    }

    pub(crate) fn metadata(cause: serde_json::Error) -> Self {
        Self::Metadata(FormatError(FormatCause::Json(cause)))
    }
}

/// Number type and shape of a tensor in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TensorKind {
    /// Number type in the notation of safetensors, such as `F32`.
    pub dtype: Box<str>,
    /// Lengths of the axes.
    pub shape: Box<[usize]>,
}

impl std::fmt::Display for TensorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.dtype, self.shape)
    }
}

/// Returns [`Error::OutOfRange`] unless `value` is finite and `holds`.
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
