use std::fmt;
use std::path::{Path, PathBuf};

use xrd_core::TwoThetaGrid;

/// Where in a file something is, lines and columns counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line of a text file.
    Line(usize),
    /// A cell of a table.
    Cell {
        /// The line.
        line: usize,
        /// The column, by cells.
        column: usize,
    },
    /// A byte of a binary file, from 0.
    Byte(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => Ok(()),
            Self::Line(line) => write!(f, "line {line}: "),
            Self::Cell { line, column } => write!(f, "line {line}, column {column}: "),
            Self::Byte(offset) => write!(f, "byte {offset}: "),
        }
    }
}

/// Why a file was not read or written.
///
/// Every variant carries the path, and where it can the place in the file, what was found there
/// and what was expected.
// Under 128 bytes on every system; paths are a word longer on Windows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A cell that must hold a finite number does not.
    #[error("{}: {place}'{found}' is not a {}", path.display(), number_words(found))]
    NotANumber {
        /// The file.
        path: PathBuf,
        /// The cell.
        place: Place,
        /// Its text.
        found: String,
    },
    /// The file breaks the rules of its format.
    #[error("{}: {place}{found} (expected {expected})", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where.
        place: Place,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// The file is none that this crate reads.
    #[error("{}: {what} (expected {expected})", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What the file is.
        what: String,
        /// What can be read.
        expected: String,
    },
    /// The file needs a part of this crate that is not compiled in.
    #[error("{}: {what} (expected xrd-io with the feature '{feature}')", path.display())]
    MissingFeature {
        /// The file.
        path: PathBuf,
        /// What the file is.
        what: &'static str,
        /// The Cargo feature of this crate that reads it.
        feature: &'static str,
    },
    /// A text is not the name of a pattern format.
    #[error(
        "'{found}' is not a pattern format (expected one of {})",
        crate::format::Format::names().join(", ")
    )]
    NotAFormat {
        /// The text.
        found: String,
    },
    /// The content of the file makes no valid pattern, label or structure.
    #[error("{}: {source}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Why.
        source: xrd_core::Error,
    },
    /// Two files of one set lie on different axes.
    #[error(
        "{} has {second_grid}, but {} has {first_grid}: resample them onto one grid",
        second.display(), first.display()
    )]
    DifferentAxes {
        /// A file.
        first: PathBuf,
        /// Its axis.
        first_grid: TwoThetaGrid,
        /// Another file.
        second: PathBuf,
        /// Its axis.
        second_grid: TwoThetaGrid,
    },
    /// Two files of one set differ in what all must share.
    #[error(
        "{} has {what} {second_value}, but {} has {first_value}",
        second.display(), first.display()
    )]
    Mixed {
        /// What differs, as in "wavelength".
        what: &'static str,
        /// A file.
        first: PathBuf,
        /// What it has.
        first_value: Box<str>,
        /// Another file.
        second: PathBuf,
        /// What that has.
        second_value: Box<str>,
    },
    /// A scan is not on a uniform 2θ axis.
    #[error("{name}: {reason}; resample it onto a uniform two-theta grid")]
    NoGrid {
        /// The name of the scan, or its file.
        name: String,
        /// Why, with the point that is off.
        reason: xrd_core::Error,
    },
    /// A scan has another axis than 2θ.
    #[error("{name}: the axis is {axis} (expected two-theta in degrees)")]
    NotTwoTheta {
        /// The name of the scan, or its file.
        name: String,
        /// The axis, as the file names it.
        axis: String,
    },
    /// A scan is no powder pattern at one wavelength.
    #[error("{name}: no powder pattern but {what}")]
    NotPowder {
        /// The name of the scan, or its file.
        name: String,
        /// What it is, as in "a pole figure".
        what: String,
    },
    /// A file holds fewer scans than the one asked for.
    #[error("{}: there is no scan {number} (expected 1 to {count})", path.display())]
    NoSuchScan {
        /// The file.
        path: PathBuf,
        /// The scan asked for, from 1.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// A pattern would have to be known where it was not measured.
    #[error(
        "{name} reaches from {first_deg} to {last_deg} degrees (expected to cover {wanted}); \
         it is not extrapolated"
    )]
    Extrapolation {
        /// The name of the pattern.
        name: String,
        /// Where it begins, in degrees.
        first_deg: f64,
        /// Where it ends, in degrees.
        last_deg: f64,
        /// The grid asked for.
        wanted: TwoThetaGrid,
    },
    /// Prepared patterns no longer make a pattern or a set.
    #[error("{source}")]
    NotPrepared {
        /// Why.
        source: xrd_core::Error,
    },
    /// A step of preparation cannot be done to a scan.
    #[error("{name}: {step}: {found}")]
    CannotPrepare {
        /// The name of the scan, or its file.
        name: String,
        /// The step.
        step: String,
        /// What is in the way.
        found: String,
    },
    /// A text is no step of preparation.
    #[error("'{found}' is no step of preparation (expected {expected})")]
    NotAStep {
        /// The text.
        found: String,
        /// What can be read.
        expected: &'static str,
    },
    /// A number given by the caller is of no use.
    #[error("{what} is {value} (expected {expected})")]
    Argument {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: f64,
        /// Which numbers are allowed.
        expected: &'static str,
    },
    /// Rows would have to be matched to patterns by order where order means nothing.
    #[error(
        "{}: no column holds the names of the patterns (expected one: only a matrix is matched \
         by the order of its rows)", path.display()
    )]
    NoNameColumn {
        /// The label table.
        path: PathBuf,
    },
    /// A table matched by order has another number of rows than there are patterns.
    #[error("{}: {patterns} patterns but {rows} label rows", path.display())]
    RowCount {
        /// The label table.
        path: PathBuf,
        /// How many patterns there are.
        patterns: usize,
        /// How many rows.
        rows: usize,
    },
    /// Some patterns have no row, or some rows no pattern.
    #[error("{}: column '{column}': {}", path.display(), unmatched_words(patterns, rows))]
    Unmatched {
        /// The label table.
        path: PathBuf,
        /// The column of names.
        column: Box<str>,
        /// The patterns without a row.
        patterns: Vec<String>,
        /// The names of the rows without a pattern.
        rows: Vec<String>,
    },
    /// A name stands for more than one row or pattern.
    #[error(
        "{}: {place}column '{column}': '{name}' matches {what} twice (expected once)",
        path.display()
    )]
    Ambiguous {
        /// The label table.
        path: PathBuf,
        /// The column of names.
        column: Box<str>,
        /// The second row.
        place: Place,
        /// The name.
        name: String,
        /// What it matches twice.
        what: &'static str,
    },
}

/// A result with this crate's [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        Self::Io { path, source }
    }

    pub(crate) fn invalid(path: &Path, source: xrd_core::Error) -> Self {
        let path = path.to_owned();
        Self::Invalid { path, source }
    }

    pub(crate) fn malformed(
        path: &Path,
        place: Place,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::Malformed {
            path: path.to_owned(),
            place,
            found: on_a_line(&found.into(), 200),
            expected: expected.into(),
        }
    }

    pub(crate) fn not_a_number(path: &Path, line: usize, column: usize, found: &str) -> Self {
        Self::NotANumber {
            path: path.to_owned(),
            place: Place::Cell { line, column },
            found: shorten(found),
        }
    }
}

fn number_words(found: &str) -> &'static str {
    match found.parse::<f64>() {
        Ok(_) => "finite number",
        Err(_) => "number",
    }
}

/// The first forty characters, on one line, so that a message stays a line.
pub(crate) fn shorten(text: &str) -> String {
    on_a_line(text, 40)
}

/// As many characters as may stand in a message: 1e-300 alone has three hundred digits.
fn on_a_line(text: &str, most: usize) -> String {
    let mut line: String = text.chars().take(most).map(printable).collect();
    if text.chars().nth(most).is_some() {
        line.push('…');
    }
    line
}

fn printable(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

fn unmatched_words(patterns: &[String], rows: &[String]) -> String {
    let mut parts = Vec::new();
    if !patterns.is_empty() {
        parts.push(format!("no row for pattern {}", first_few(patterns)));
    }
    if !rows.is_empty() {
        parts.push(format!("no pattern for row {}", first_few(rows)));
    }
    parts.join("; ")
}

fn first_few(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|n| shorten(n)).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
