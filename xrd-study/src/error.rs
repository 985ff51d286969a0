//! Errors of experiments.

mod unfinished;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::experiment::Target;

pub use unfinished::UnfinishedError;

/// Error of an experiment or of reading or writing its data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An invalid pattern, label or grid.
    #[error(transparent)]
    Core(#[from] xrd_core::Error),
    /// Patterns, labels or structures that cannot be read.
    #[error(transparent)]
    Reading(Box<xrd_io::Error>),
    /// Patterns that cannot be simulated.
    #[error(transparent)]
    Simulation(#[from] xrd_sim::Error),
    /// Invalid input of a network, or a training that diverges.
    #[error(transparent)]
    Network(#[from] xrd_ae::Error),
    /// Labels that cannot be estimated.
    #[error(transparent)]
    Latent(#[from] xrd_latent::Error),
    /// Labels that cannot be estimated by regression.
    #[error(transparent)]
    Regression(#[from] xrd_regression::Error),
    /// Patterns whose shift cannot be found, because they are on another grid than the known patterns.
    #[error("{found} grid points (expected {points}, those of the known patterns)")]
    Alignment {
        /// Number of grid points of the known patterns.
        points: usize,
        /// Number of grid points of the patterns.
        found: usize,
    },
    /// Damaged data in a model, with which shifts of patterns are found.
    #[error("the model's data for shifts of patterns are damaged (study writes them)")]
    DamagedAlignment,
    /// A relevance of angles that cannot be computed.
    #[error(transparent)]
    Relevance(#[from] xrd_relevance::Error),
    /// A pattern whose symmetry cannot be named, or a training of such networks.
    #[error(transparent)]
    Symmetry(#[from] xrd_symmetry::Error),
    /// A known structure or a prediction from a formula that is refused.
    #[error(transparent)]
    Predict(#[from] xrd_predict::Error),
    /// A contour or a generated pattern that cannot be computed.
    #[error(transparent)]
    Interpolation(#[from] xrd_interp::Error),
    /// An error with its location: a file, a pattern or a label.
    #[error("{location}: {source}")]
    At {
        /// The location.
        location: String,
        /// The error.
        source: Box<Error>,
    },
    /// A file or folder that cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// A file that cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// A folder that cannot be written into.
    #[error("cannot write into {}: {source}", path.display())]
    WriteInto {
        /// The folder.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// Text that is not the expected JSON.
    #[error("{}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Position and reason.
        source: serde_json::Error,
    },
    /// A value that cannot be written as JSON.
    #[error("cannot write JSON: {0}")]
    ToJson(serde_json::Error),
    /// Text that is not an experiment.
    #[error("{}", one_line(.0))]
    FromToml(Box<toml::de::Error>),
    /// An experiment that cannot be written as TOML.
    #[error("cannot write TOML: {0}")]
    ToToml(toml::ser::Error),
    /// A report of an older version, which contains no experiment.
    #[error("{}: holds no experiment (written by an older version)", path.display())]
    NoExperiment {
        /// The report.
        path: PathBuf,
    },
    /// JSON that is not the report of a study.
    #[error("{}: not written by a study", path.display())]
    NoStudy {
        /// The file.
        path: PathBuf,
    },
    /// An input that does not have the expected form. The text describes the expected form.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A number outside its limits.
    #[error("{what} is {found} (expected {expected})")]
    OutOfRange {
        /// Name of the number.
        what: &'static str,
        /// The number.
        found: f64,
        /// Limits of the number.
        expected: &'static str,
    },
    /// Seeds that exceed the largest 64-bit number.
    #[error("{count} seeds from {first} exceed the largest seed")]
    Seeds {
        /// First seed.
        first: u64,
        /// Number of seeds.
        count: usize,
    },
    /// An estimator that does not support the dimensions of the latent space.
    #[error("{name}: {source}")]
    Estimator {
        /// Name of the estimator.
        name: String,
        /// Reason.
        source: xrd_latent::Error,
    },
    /// Values or points of a series whose number is not that of the patterns.
    #[error("{found} {what} for {patterns} patterns (expected one per pattern)")]
    ValueCount {
        /// Values or points.
        what: &'static str,
        /// Their number.
        found: usize,
        /// Number of patterns.
        patterns: usize,
    },
    /// Name of a series variable that does not exist.
    #[error("no variable '{found}' of a series (expected {})", known.join(", "))]
    NoVariable {
        /// The name.
        found: String,
        /// Names of variables that exist.
        known: Vec<String>,
    },
    /// Pattern without a value of the variable of a series.
    #[error("pattern '{pattern}': no number in '{variable}', the variable of the series")]
    NoSeriesValue {
        /// Name of the variable.
        variable: String,
        /// Name of the pattern.
        pattern: String,
    },
    /// Variable of a series with the same value for all patterns.
    #[error("'{variable}' is {value} for all patterns (expected different values of a series)")]
    ConstantSeries {
        /// Name of the variable.
        variable: String,
        /// The value.
        value: f64,
    },
    /// Too many combinations of settings.
    #[error("{found} settings (expected at most {most})")]
    TooManySettings {
        /// Number of settings.
        found: usize,
        /// Largest number of settings.
        most: usize,
    },
    /// A relevance window that is narrower than the step of the grid.
    #[error("relevance window of {found} degrees (expected at least the step of {step} degrees)")]
    Window {
        /// Width of the window in degrees.
        found: f64,
        /// Step of the grid in degrees.
        step: f64,
    },
    /// A pattern that is zero at all angles.
    #[error("pattern '{pattern}': zero at all angles")]
    Blank {
        /// Name of the pattern.
        pattern: String,
    },
    /// Patterns whose grid differs from the grid of the model.
    #[error("patterns have {found} but the model was trained on {expected}")]
    OtherGrid {
        /// Grid of the patterns.
        found: xrd_core::TwoThetaGrid,
        /// Grid of the model.
        expected: xrd_core::TwoThetaGrid,
        /// Whether the training patterns of the model were prepared, and the given patterns were not
        /// prepared in the same way.
        unprepared: bool,
    },
    /// Patterns whose wavelength differs from the wavelength of the model.
    #[error("patterns were measured at {found} but the model was trained at {expected}")]
    OtherWavelength {
        /// Wavelength of the patterns.
        found: xrd_core::Wavelength,
        /// Wavelength of the model.
        expected: xrd_core::Wavelength,
    },
    /// A text is not a source of labels.
    #[error("'{found}' is not a source of labels (expected {expected})")]
    LabelSource {
        /// The text.
        found: String,
        /// The accepted texts.
        expected: &'static str,
    },
    /// A pattern lacks a fact that is to be its label or its sample.
    #[error("pattern '{pattern}': {missing}")]
    NoFact {
        /// Name of the pattern.
        pattern: String,
        /// The missing fact.
        missing: String,
    },
    /// A column of samples or of labels, without a table that contains it.
    #[error("no table of labels")]
    NoLabels,
    /// Patterns without numeric labels, for work that needs such labels.
    #[error("the patterns have no labels that are numbers")]
    Unlabelled,
    /// Preparation steps that are given for patterns that stay on disk.
    #[error("patterns on disk cannot be prepared")]
    PreparedOnDisk,
    /// A file of the 2θ axis that is given for a folder of shards. Such a folder contains its own
    /// axis.
    #[error("{}: shards have their own axis", axis.display())]
    AxisOfShards {
        /// File of the axis.
        axis: PathBuf,
    },
    /// A file that is too large for memory and cannot be read batch by batch.
    #[error("{}: too large for memory: {source}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Reason why the file cannot be read batch by batch.
        source: Box<Error>,
    },
    /// A label value that no pattern has.
    #[error("{target}: no pattern has this value")]
    NoPatternOf {
        /// Label and value.
        target: Target,
    },
    /// Excluded label values that exclude all patterns.
    #[error("no pattern remains")]
    NothingLeft,
    /// A target for a label that does not exist.
    #[error("{target}: no label '{}' (expected one of {})", target.column, known.join(", "))]
    NoLabel {
        /// Label and value.
        target: Target,
        /// The labels.
        known: Vec<String>,
    },
    /// A robustness test without effects on the training patterns.
    #[error("no effects on the training patterns (expected at least one)")]
    NoEffects,
    /// A label that does not exist.
    #[error("no label '{found}' (expected one of {})", known.join(", "))]
    UnknownLabel {
        /// The name.
        found: String,
        /// The labels.
        known: Vec<String>,
    },
    /// A label for the colours of figures that does not exist.
    #[error("no label '{found}' for the colours (expected one of {})", known.join(", "))]
    NoColor {
        /// The name.
        found: String,
        /// The labels, the classes and `group`.
        known: Vec<String>,
    },
    /// A file that is not a crystal structure and is given as a reference.
    #[error("{source}")]
    NotAReference {
        /// Reason, with the file.
        source: Box<xrd_io::Error>,
    },
    /// A reference structure for patterns whose wavelength is not known.
    #[error("{}: the wavelength of the patterns is not known", path.display())]
    NoWavelength {
        /// File of the structure.
        path: PathBuf,
    },
    /// A reference structure without lines in the range of the patterns.
    #[error("{}: no lines from {from_deg:.2} to {to_deg:.2} degrees at {wavelength}", path.display())]
    NoLines {
        /// File of the structure.
        path: PathBuf,
        /// First angle 2θ of the patterns in degrees.
        from_deg: f64,
        /// Last angle 2θ of the patterns in degrees.
        to_deg: f64,
        /// Wavelength of the patterns.
        wavelength: xrd_core::Wavelength,
    },
    /// Range of a label that does not exist.
    #[error("{range}: no such label (one of {})", known.join(", "))]
    NoRange {
        /// The range.
        range: String,
        /// The labels.
        known: Vec<String>,
    },
    /// Labels and patterns that do not match, perhaps because files were skipped.
    #[error("{source}; skipped: {skipped}{}", match more { 0 => String::new(), n => format!(" (and {n} more)") })]
    Unmatched {
        /// Description of the mismatch.
        source: Box<xrd_io::Error>,
        /// Reason why the first file was skipped.
        skipped: String,
        /// Number of other skipped files.
        more: usize,
    },
    /// A table without an expected column.
    #[error("{}: no column '{column}'", path.display())]
    NoColumn {
        /// The table.
        path: PathBuf,
        /// The column.
        column: String,
    },
    /// Labels whose number differs from the number of patterns.
    #[error("{rows} rows of labels for {patterns} patterns (expected one per pattern)")]
    LabelCount {
        /// Number of patterns.
        patterns: usize,
        /// Number of rows of labels.
        rows: usize,
    },
    /// A label whose name clashes with a column of `latent.csv`.
    #[error("label '{label}' clashes with a column of latent.csv: rename it")]
    LabelName {
        /// The label.
        label: String,
    },
    /// A cell that is not a number.
    #[error("{}: line {line}: '{cell}' is not a number", path.display())]
    NotANumber {
        /// The table.
        path: PathBuf,
        /// Line number, counted from 1.
        line: usize,
        /// The cell.
        cell: String,
    },
    /// A latent table that belongs to a different model.
    #[error("{}: line {line}: point of model {found} (expected {expected})", path.display())]
    OtherModel {
        /// The table.
        path: PathBuf,
        /// Line number, counted from 1.
        line: usize,
        /// Name of the model in this line.
        found: String,
        /// Name of the given model.
        expected: String,
    },
    /// A latent table without training patterns.
    #[error("{}: no known points", path.display())]
    NoKnownPoints {
        /// The table.
        path: PathBuf,
    },
    /// Known points that do not have as many latent coordinates as the points of the model.
    #[error("known points have {known} latent coordinates (expected {model}, as the model)")]
    Dimensions {
        /// Number of latent coordinates of the known points.
        known: usize,
        /// Number of latent coordinates of the model.
        model: usize,
    },
    /// A split with too few training, test or validation patterns.
    #[error("{train} training and {held_out} held-out patterns (expected at least 3 and 1)")]
    Split {
        /// Number of training patterns.
        train: usize,
        /// Number of test or validation patterns.
        held_out: usize,
        /// Origin of the split.
        by: SplitBy,
    },
    /// A name in the list of test patterns that matches no pattern.
    #[error("line {line}: no pattern '{name}'")]
    NoListedPattern {
        /// Line number, counted from 1.
        line: usize,
        /// Listed name.
        name: String,
    },
    /// A name in the list of test patterns that matches several patterns.
    #[error("line {line}: '{name}' matches {first} and {second} (expected one pattern)")]
    AmbiguousPattern {
        /// Line number, counted from 1.
        line: usize,
        /// Listed name.
        name: String,
        /// First matching pattern.
        first: String,
        /// Second matching pattern.
        second: String,
    },
    /// A split with a sample that has both test patterns and training patterns.
    #[error(
        "sample '{sample}': {test} is a test pattern and {train} is not (expected both or neither)"
    )]
    DividedSample {
        /// A test pattern of the sample.
        test: String,
        /// A training pattern of the sample.
        train: String,
        /// The sample.
        sample: String,
    },
    /// More folds than samples.
    #[error("{folds} folds (expected at most {samples}, the number of samples)")]
    TooManyFolds {
        /// Number of folds.
        folds: usize,
        /// Number of samples.
        samples: usize,
    },
    /// A fold that is so large that too few training patterns remain.
    #[error("{scheme}: {left} training patterns remain (expected at least 3)")]
    TooFewToTrain {
        /// The scheme of the cross-validation.
        scheme: crate::folds::Scheme,
        /// Number of training patterns.
        left: usize,
    },
    /// Too few or too many compositions for [`Scheme::Compositions`](crate::Scheme::Compositions).
    #[error("{patterns} patterns have {found} compositions (expected from 2 to half as many)")]
    Compositions {
        /// Number of patterns.
        patterns: usize,
        /// Number of compositions.
        found: usize,
    },
    /// Too few patterns for a comparison of maps.
    #[error("{found} patterns (expected at least 2)")]
    MapPatterns {
        /// Number of patterns.
        found: usize,
    },
    /// Networks whose known points have different labels.
    #[error("known points with the labels {found} (expected {expected}, as of the first model)")]
    OtherLabels {
        /// Labels of the other network.
        found: String,
        /// Labels of the first network.
        expected: String,
    },
    /// Networks whose estimates belong to different patterns.
    #[error("a model estimates other patterns than the first")]
    OtherPatterns,
    /// Too few estimates for prediction intervals.
    #[error("{}: {found} estimates (expected at least {least})", path.display())]
    TooFewEstimates {
        /// The table.
        path: PathBuf,
        /// Number of estimates.
        found: usize,
        /// Smallest number of estimates.
        least: usize,
    },
    /// A result that would overwrite an input file.
    #[error("{}: is an input file and would be overwritten", path.display())]
    Input {
        /// The file.
        path: PathBuf,
    },
    /// Unfinished work that cannot be used.
    #[error("{}", .0)]
    Unfinished(Box<UnfinishedError>),
    /// Work that was stopped and saved.
    #[error("interrupted; saved in {}", saved.display())]
    Interrupted {
        /// File or folder of the saved work.
        saved: PathBuf,
    },
    /// Work that was stopped and not saved.
    #[error("interrupted")]
    Stopped,
    /// Threads that cannot be started.
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// A missing result of a training, which is a bug of this crate.
    #[error("a piece of work has no result (a bug of xrd-study)")]
    MissingPiece,
}

/// Origin of a split into training patterns and test or validation patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SplitBy {
    /// Random selection of test patterns. The test patterns are a given fraction of all patterns.
    TestFraction,
    /// Random selection of validation patterns. The validation patterns are a given fraction of the
    /// training patterns.
    ValidationFraction,
    /// List of test patterns.
    List,
}

/// Result type with the [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Adds the location of the error: a file, a pattern or a label.
    #[must_use]
    pub fn at(self, location: impl fmt::Display) -> Self {
        Self::At {
            location: location.to_string(),
            source: Box::new(self),
        }
    }

    /// Returns the innermost error, without the variants [`At`](Self::At) and
    /// [`TooLarge`](Self::TooLarge) around it.
    pub fn root(&self) -> &Self {
        match self {
            Self::At { source, .. } | Self::TooLarge { source, .. } => source.root(),
            other => other,
        }
    }

    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn json(path: &Path, source: serde_json::Error) -> Self {
        Self::Json {
            path: path.to_owned(),
            source,
        }
    }
}

impl From<xrd_io::Error> for Error {
    fn from(error: xrd_io::Error) -> Self {
        Self::Reading(Box::new(error))
    }
}

/// Returns the message of a TOML error in one line, without the excerpt of the text.
fn one_line(error: &toml::de::Error) -> String {
    error.message().replace('\n', ", ")
}
