use std::path::PathBuf;

/// Error in the creation, training, saving or loading of an autoencoder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting or an argument lies outside its range.
    #[error("{what} is {value} (expected {expected})")]
    OutOfRange {
        /// Name of the setting.
        what: &'static str,
        /// Value of the setting.
        value: f64,
        /// Description of the allowed range.
        expected: &'static str,
    },
    /// A list or a set is empty.
    #[error("no {what}")]
    Empty {
        /// Expected content, for example `training patterns`.
        what: &'static str,
    },
    /// All training patterns are equal, or there is only one training pattern.
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
        /// Epoch, counted from 1.
        epoch: usize,
        /// Loss; NaN if a weight is not finite.
        loss: f64,
        /// Learning rate in the settings of the training.
        learning_rate: f64,
    },
    /// An intensity is not a finite number.
    #[error("intensity {point} of pattern {pattern} is {value} (expected a finite number)")]
    NotFinite {
        /// Index of the pattern, counted from 0.
        pattern: usize,
        /// Index of the grid point, counted from 0.
        point: usize,
        /// Intensity.
        value: f32,
    },
    /// A [`Disturbance`](crate::Disturbance) failed.
    #[error("training pattern {pattern} cannot be disturbed: {reason}")]
    Disturbance {
        /// Index of the pattern, counted from 0.
        pattern: usize,
        /// Reason for the failure.
        reason: String,
    },
    /// A file of patterns is too short for its number of patterns.
    #[error("{}: {found} bytes long (expected at least {expected})", path.display())]
    ShortFile {
        /// Path of the file.
        path: PathBuf,
        /// Length of the file in bytes.
        found: u64,
        /// Smallest length in bytes for this number of patterns.
        expected: u128,
    },
    /// The patterns or labels differ from those of the training that was saved in the checkpoint.
    #[error("the {what} are not those of the checkpoint (SHA-256 {found}…, expected {expected}…)")]
    OtherData {
        /// Kind of patterns or labels, for example `training patterns`.
        what: &'static str,
        /// First digits of the SHA-256 of these patterns. If there are no such patterns, this
        /// field is the text “none”.
        found: String,
        /// First digits of the SHA-256 in the checkpoint. If the checkpoint has no such SHA-256,
        /// this field is the text “none”.
        expected: String,
    },
    /// xrd-core returned an error, for example because the grid of the patterns is not the grid of
    /// the model.
    #[error(transparent)]
    Core(#[from] xrd_core::Error),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// The bytes are not a complete safetensors file.
    #[error("not a complete safetensors file: {0}")]
    NotSafetensors(#[source] FormatError),
    /// The safetensors file does not contain the expected kind of content.
    ///
    /// Another program has written the file, or the file contains a checkpoint instead of a model,
    /// or a model instead of a checkpoint.
    #[error("a safetensors file without the metadata entry '{key}', which xrd-ae writes")]
    NotAModel {
        /// Name of the missing metadata entry.
        key: &'static str,
    },
    /// The JSON description of the model or checkpoint in the file is invalid.
    #[error("model metadata: {0}")]
    Metadata(#[source] FormatError),
    /// A later version of this crate has written the file, in a format that this version cannot
    /// read.
    #[error(
        "model format is version {found} (this program reads up to {supported}); update the program"
    )]
    NewerFormat {
        /// Format version of the file.
        found: u64,
        /// Latest format version that this crate reads.
        supported: u64,
    },
    /// An earlier version of this crate has written the file, in a format that this version cannot
    /// read.
    #[error(
        "model format is version {found} (this program reads version {supported}); train the model again"
    )]
    OlderFormat {
        /// Format version of the file.
        found: u64,
        /// Format version that this crate reads.
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
    /// The file contains no checksum.
    #[error("damaged or edited: the description does not end with a checksum")]
    NoChecksum,
    /// The entries of a checkpoint contradict each other, although the checksum is correct.
    #[error("inconsistent checkpoint: {what}")]
    Inconsistent {
        /// Description of the contradiction.
        what: &'static str,
    },
    /// A tensor is missing in the file.
    #[error("the model has no tensor '{name}'")]
    MissingTensor {
        /// Name of the tensor.
        name: String,
    },
    /// A tensor has the wrong number type or shape.
    #[error("tensor '{name}' is {found} (expected {expected})")]
    WrongTensor {
        /// Name of the tensor.
        name: String,
        /// Number type and shape in the file.
        found: TensorKind,
        /// Number type and shape that the model needs.
        expected: TensorKind,
    },
    /// A tensor contains a wrong number: NaN, infinity, or a divisor of the input scaling that is
    /// not positive.
    #[error("tensor '{name}' holds {value} at {index} (expected {expected})")]
    WrongNumber {
        /// Name of the tensor.
        name: String,
        /// Index of the number in the tensor, in row-major order.
        index: usize,
        /// The wrong number.
        value: f32,
        /// Description of the expected numbers.
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
        /// Number of grid points.
        points: usize,
    },
    /// The file format has no name for the intensity unit of the model.
    #[error("the file format has no name for the intensity unit {unit:?}")]
    UnknownUnit {
        /// Intensity unit of the model.
        unit: xrd_core::IntensityUnit,
    },
}

/// Result type with the [`Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Reason why the file of a model or checkpoint cannot be parsed.
///
/// `Display` writes the reason as text. The error types of the parsing libraries are not part of
/// the public interface.
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
    /// Number of elements along each axis.
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
