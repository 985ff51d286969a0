//! Reasons why an experiment is refused or fails.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::experiment::Target;

/// Why an experiment, or a part of one, is refused or fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A pattern, a label or a grid is impossible.
    #[error(transparent)]
    Core(#[from] xrd_core::Error),
    /// Patterns, labels or structures cannot be read.
    #[error(transparent)]
    Reading(Box<xrd_io::Error>),
    /// Patterns cannot be simulated.
    #[error(transparent)]
    Simulation(#[from] xrd_sim::Error),
    /// A network refuses, or its training diverges.
    #[error(transparent)]
    Network(#[from] xrd_ae::Error),
    /// Labels cannot be estimated.
    #[error(transparent)]
    Latent(#[from] xrd_latent::Error),
    /// The relevance of angles cannot be computed.
    #[error(transparent)]
    Relevance(#[from] xrd_relevance::Error),
    /// A contour or a generated pattern cannot be computed.
    #[error(transparent)]
    Interpolation(#[from] xrd_interp::Error),
    /// An error with its place: a file, a pattern, a label.
    #[error("{place}: {source}")]
    At {
        /// The place.
        place: String,
        /// What is wrong there.
        source: Box<Error>,
    },
    /// A file or folder cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder cannot be written into.
    #[error("cannot write into {}: {source}", path.display())]
    WriteInto {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Text that is not the expected JSON.
    #[error("{}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// A value that JSON cannot hold.
    #[error("cannot write JSON: {0}")]
    ToJson(serde_json::Error),
    /// Text that is not an experiment.
    #[error("{}", one_line(.0))]
    FromToml(Box<toml::de::Error>),
    /// An experiment that TOML cannot hold.
    #[error("cannot write TOML: {0}")]
    ToToml(toml::ser::Error),
    /// A report of an older version, which holds no experiment.
    #[error("{}: no experiment in it (reports of older versions hold none)", path.display())]
    NoExperiment {
        /// The report.
        path: PathBuf,
    },
    /// A folder without the report of a study.
    #[error("{}: not written by a study", path.display())]
    NoStudy {
        /// The file.
        path: PathBuf,
    },
    /// Text that is not of the expected form.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A number outside its limits.
    #[error("{what} is {found} (expected {expected})")]
    OutOfRange {
        /// What it is.
        what: &'static str,
        /// The number.
        found: f64,
        /// Its limits.
        expected: &'static str,
    },
    /// Seeds beyond the largest number.
    #[error("seed {first} leaves no room for {count} seeds")]
    Seeds {
        /// First seed.
        first: u64,
        /// Number of seeds.
        count: usize,
    },
    /// An estimator that does not work in the latent space.
    #[error("{name}: {source}")]
    Estimator {
        /// Its name.
        name: String,
        /// Why.
        source: xrd_latent::Error,
    },
    /// A grid of too many settings.
    #[error("{found} settings (expected at most {most})")]
    TooManySettings {
        /// Number of settings.
        found: usize,
        /// Largest number of settings.
        most: usize,
    },
    /// A relevance window narrower than a step of the grid.
    #[error("window of {found}: less than the {step} between two angles")]
    Window {
        /// Its width in degrees.
        found: f64,
        /// The step in degrees.
        step: f64,
    },
    /// A pattern that is zero at all angles.
    #[error("pattern '{pattern}': zero at all angles")]
    Blank {
        /// Its name.
        pattern: String,
    },
    /// Patterns on other angles than those of a model.
    #[error("patterns have {found} but the model was trained on {expected}")]
    OtherGrid {
        /// Grid of the patterns.
        found: xrd_core::TwoThetaGrid,
        /// Grid of the model.
        expected: xrd_core::TwoThetaGrid,
        /// Whether the model's patterns were prepared and these were not prepared in the same way.
        unprepared: bool,
    },
    /// Patterns of another wavelength than those of a model.
    #[error("patterns were measured at {found} but the model was trained at {expected}")]
    OtherWavelength {
        /// Wavelength of the patterns.
        found: xrd_core::Wavelength,
        /// Wavelength of the model.
        expected: xrd_core::Wavelength,
    },
    /// Two preparations of the same patterns.
    #[error("{step} and the preparation of the model are both asked for")]
    TwoPreparations {
        /// First step of the other preparation.
        step: String,
    },
    /// Preparation of patterns that stay on disk.
    #[error("patterns on disk cannot be prepared")]
    PreparedOnDisk,
    /// An axis for a folder of shards.
    #[error("{}: shards have their own axis", axis.display())]
    AxisOfShards {
        /// File of the axis.
        axis: PathBuf,
    },
    /// A file that is too large to be read whole, and cannot be read from disk.
    #[error("{}: too large for memory: {source}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read from disk.
        source: Box<Error>,
    },
    /// A value of a label that no pattern has.
    #[error("{target}: no pattern has this value")]
    NoPatternOf {
        /// Label and value.
        target: Target,
    },
    /// Nothing is left after patterns were left out.
    #[error("no pattern would be left")]
    NothingLeft,
    /// A target of a label that does not exist.
    #[error("{target}: no label '{}' (there are {})", target.column, known.join(", "))]
    NoLabel {
        /// Label and value.
        target: Target,
        /// The labels.
        known: Vec<String>,
    },
    /// Labels and patterns that do not match, where files were skipped.
    #[error("{source}; left out: {skipped}{}", match more { 0 => String::new(), n => format!(" (and {n} more)") })]
    Unmatched {
        /// What does not match.
        source: Box<xrd_io::Error>,
        /// Why the first file was skipped.
        skipped: String,
        /// Number of other skipped files.
        more: usize,
    },
    /// A table without a column.
    #[error("{}: no column '{column}'", path.display())]
    NoColumn {
        /// The table.
        path: PathBuf,
        /// The column.
        column: String,
    },
    /// A label whose name is that of a column of `latent.csv`.
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
        /// Line, from 1.
        line: usize,
        /// The cell.
        cell: String,
    },
    /// A point of another model.
    #[error("{}: line {line}: a point of model {found}, not of this one, {expected}", path.display())]
    OtherModel {
        /// The table.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Model of the point.
        found: String,
        /// This model.
        expected: String,
    },
    /// A table without known points.
    #[error("{}: no known points", path.display())]
    NoKnownPoints {
        /// The table.
        path: PathBuf,
    },
    /// Known points of another latent space.
    #[error("the known points have {known} latent coordinates, the model has {model}")]
    Dimensions {
        /// Dimensions of the known points.
        known: usize,
        /// Dimensions of the model.
        model: usize,
    },
    /// A split with too few patterns on one side.
    #[error("{train} training and {held_back} held back patterns (expected at least 3 and 1)")]
    Split {
        /// Number of training patterns.
        train: usize,
        /// Number of patterns held back.
        held_back: usize,
        /// What divides the patterns.
        by: SplitBy,
    },
    /// A listed test pattern that does not exist.
    #[error("line {line}: no pattern '{name}'")]
    NoListedPattern {
        /// Line, from 1.
        line: usize,
        /// The name listed.
        name: String,
    },
    /// A listed name of several patterns.
    #[error("line {line}: '{name}' may be {first} or {second} (expected one pattern)")]
    AmbiguousPattern {
        /// Line, from 1.
        line: usize,
        /// The name listed.
        name: String,
        /// One pattern.
        first: String,
        /// Another.
        second: String,
    },
    /// A split that divides the repeats of a sample.
    #[error(
        "{test} is a test pattern and {train} is not (expected both, or neither, of the sample \
         '{sample}')"
    )]
    DividedSample {
        /// A test pattern of the sample.
        test: String,
        /// A training pattern of the sample.
        train: String,
        /// The sample.
        sample: String,
    },
    /// More parts than samples.
    #[error("{parts} parts: more than the {samples} samples")]
    Parts {
        /// Number of parts.
        parts: usize,
        /// Number of samples.
        samples: usize,
    },
    /// A scheme that leaves too few patterns to train on.
    #[error("{scheme}: {left} patterns are left to train on (expected at least 3)")]
    TooFewToTrain {
        /// The scheme.
        scheme: crate::parts::Scheme,
        /// Number of patterns left.
        left: usize,
    },
    /// Patterns that do not share compositions.
    #[error("compositions: {patterns} patterns have {found} (expected from 2 to half as many)")]
    Compositions {
        /// Number of patterns.
        patterns: usize,
        /// Number of compositions.
        found: usize,
    },
    /// A number of patterns outside the limits of the comparison of maps.
    #[error("{found} patterns (expected from 2 to {most})")]
    MapPatterns {
        /// Number of patterns.
        found: usize,
        /// Largest number of patterns.
        most: usize,
    },
    /// Planes with different labels.
    #[error("known points with {found} (expected {expected}, as of the first)")]
    OtherLabels {
        /// Labels of the other plane.
        found: String,
        /// Labels of the first plane.
        expected: String,
    },
    /// Planes that estimate different patterns.
    #[error("a model takes other patterns than the first")]
    OtherPatterns,
    /// Too few estimates to make intervals from.
    #[error("{}: {found} estimates (expected at least {least})", path.display())]
    TooFewEstimates {
        /// The table.
        path: PathBuf,
        /// Number of estimates.
        found: usize,
        /// Least number.
        least: usize,
    },
    /// A result that would overwrite an input file.
    #[error("{}: is read here, and would be lost", path.display())]
    Input {
        /// The file.
        path: PathBuf,
    },
    /// A file of unfinished work where that is not expected.
    #[error("{}", .0)]
    Unfinished(Box<UnfinishedError>),
    /// The work was stopped, and was saved.
    #[error("interrupted; saved in {}", saved.display())]
    Interrupted {
        /// Where.
        saved: PathBuf,
    },
    /// The work was stopped, and nothing was saved.
    #[error("interrupted")]
    Stopped,
    /// Threads cannot be started.
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// A bug: a piece of work has no result.
    #[error("a piece of work is missing")]
    MissingPiece,
}

/// What divides patterns into those that train and those held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SplitBy {
    /// The share of test patterns.
    TestShare,
    /// The share of validation patterns.
    ValidationShare,
    /// The list of test patterns.
    List,
}

/// Why unfinished work cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnfinishedError {
    /// There is unfinished work, and resuming was not asked for.
    NotAsked {
        /// File or folder of the work.
        place: PathBuf,
        /// Kind of the work.
        what: &'static str,
    },
    /// There is something else in its place.
    Foreign {
        /// File or folder.
        place: PathBuf,
        /// Kind of the work.
        what: &'static str,
        /// Why it is not such work, where that is known.
        why: Option<String>,
    },
    /// The work was started with other settings.
    Settings {
        /// File or folder of the work.
        place: PathBuf,
        /// The first setting that differs, as it was.
        begun: String,
        /// As it is now.
        now: String,
    },
    /// A file of the work is damaged.
    Damaged {
        /// The file.
        place: PathBuf,
        /// What is wrong.
        why: String,
    },
}

impl fmt::Display for UnfinishedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked { place, what } => {
                write!(f, "{} holds an unfinished {what}", place.display())
            }
            Self::Foreign { place, what, why } => {
                let place = place.display();
                write!(f, "{place} is there and holds no unfinished {what}")?;
                match why {
                    Some(why) => write!(f, " ({why})"),
                    None => f.write_str(": move it away"),
                }
            }
            Self::Settings { place, begun, now } => {
                write!(f, "{}: begun with {begun} (now {now})", place.display())
            }
            Self::Damaged { place, why } => {
                write!(f, "{}: {why}: move it away", place.display())
            }
        }
    }
}

/// A result with this crate's [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The error with its place in front.
    #[must_use]
    pub fn at(self, place: impl fmt::Display) -> Self {
        Self::At {
            place: place.to_string(),
            source: Box::new(self),
        }
    }

    /// The error without its places.
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

impl From<UnfinishedError> for Error {
    fn from(error: UnfinishedError) -> Self {
        Self::Unfinished(Box::new(error))
    }
}

/// Message and line of an error in TOML, without the excerpt of several lines.
fn one_line(error: &toml::de::Error) -> String {
    error.message().replace('\n', ", ")
}
