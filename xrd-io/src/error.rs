use std::fmt;
use std::path::{Path, PathBuf};

use xrd_core::TwoThetaGrid;

/// Position in a file. Lines and columns are counted from 1, bytes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line of a text file.
    Line(usize),
    /// A cell of a table.
    Cell {
        /// The line number.
        line: usize,
        /// The column number.
        column: usize,
    },
    /// A byte of a binary file.
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

/// Error of reading, preparing, joining or writing data.
///
/// A variant about the content of a file holds the path of the file. Where possible it also holds
/// the position in the file, the content found there and the expected content.
// Under 128 bytes on every system; paths are a word longer on Windows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system reports an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A table cell that must hold a finite number holds something else.
    #[error("{}: {place}'{found}' is not a {}", path.display(), number_words(found))]
    NotANumber {
        /// The file.
        path: PathBuf,
        /// The position of the cell.
        place: Place,
        /// The text of the cell.
        found: String,
    },
    /// The content of a file violates the rules of its format.
    #[error("{}: {place}{found} (expected {expected})", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The position.
        place: Place,
        /// The content found there.
        found: String,
        /// The expected content.
        expected: String,
    },
    /// The type of a file is not supported.
    #[error("{}: {what} (expected {expected})", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The type of the file.
        what: String,
        /// The supported types.
        expected: String,
    },
    /// A file needs a Cargo feature of this crate that is disabled.
    #[error("{}: {what} (expected xrd-io with the feature '{feature}')", path.display())]
    MissingFeature {
        /// The file.
        path: PathBuf,
        /// The type of the file.
        what: &'static str,
        /// The name of the Cargo feature.
        feature: &'static str,
    },
    /// A text is not the name of a pattern [`Format`](crate::Format).
    #[error(
        "'{found}' is not a pattern format (expected one of {})",
        crate::format::Format::names().join(", ")
    )]
    NotAFormat {
        /// The text.
        found: String,
    },
    /// The content of the file is not a valid pattern, label table or structure.
    #[error("{}: {source}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: xrd_core::Error,
    },
    /// Two files of one set have different 2θ axes.
    #[error(
        "{} has {second_grid}, but {} has {first_grid}: resample them onto one grid",
        second.display(), first.display()
    )]
    DifferentAxes {
        /// The first file.
        first: PathBuf,
        /// The axis of the first file.
        first_grid: TwoThetaGrid,
        /// The second file.
        second: PathBuf,
        /// The axis of the second file.
        second_grid: TwoThetaGrid,
    },
    /// Two files of one set differ in a property that must be the same in all files.
    #[error(
        "{} has {what} {second_value}, but {} has {first_value}",
        second.display(), first.display()
    )]
    Mixed {
        /// The property, such as the wavelength.
        what: &'static str,
        /// The first file.
        first: PathBuf,
        /// The value in the first file.
        first_value: Box<str>,
        /// The second file.
        second: PathBuf,
        /// The value in the second file.
        second_value: Box<str>,
    },
    /// The axis of a scan is not a uniform 2θ axis.
    #[error("{name}: {reason}; resample it onto a uniform two-theta grid")]
    NoGrid {
        /// The name of the scan, or the path of its file.
        name: String,
        /// The reason. For an irregular axis, it states the first irregular point.
        reason: xrd_core::Error,
    },
    /// The axis of a scan is not 2θ.
    #[error("{name}: the axis is {axis} (expected two-theta in degrees)")]
    NotTwoTheta {
        /// The name of the scan, or the path of its file.
        name: String,
        /// The name of the axis.
        axis: String,
    },
    /// The file states an axis other than the one that the caller gives.
    #[error("{}: the axis is {axis} (expected {given}, as given)", path.display())]
    OtherAxis {
        /// The file.
        path: PathBuf,
        /// The axis, as the file names it.
        axis: Box<str>,
        /// The axis that the caller gives.
        given: Box<str>,
    },
    /// The scan is not a powder pattern at one wavelength.
    #[error("{name}: not a powder pattern but {what}")]
    NotPowder {
        /// The name of the scan, or the path of its file.
        name: String,
        /// The kind of measurement, such as "a pole figure".
        what: String,
    },
    /// A file has no scan with the requested number.
    #[error("{}: there is no scan {number} (expected 1 to {count})", path.display())]
    NoSuchScan {
        /// The file.
        path: PathBuf,
        /// The requested number, counted from 1.
        number: usize,
        /// The number of scans in the file.
        count: usize,
    },
    /// A requested grid reaches beyond the measured range. Patterns are not extrapolated.
    #[error(
        "{name} covers {first_deg} to {last_deg} degrees (expected to cover {wanted}); \
         patterns are not extrapolated"
    )]
    Extrapolation {
        /// The name of the pattern.
        name: String,
        /// The first measured angle in degrees.
        first_deg: f64,
        /// The last measured angle in degrees.
        last_deg: f64,
        /// The requested grid.
        wanted: TwoThetaGrid,
    },
    /// Scans that are to have one grid have no range in common.
    #[error(
        "{} ends at {ends_deg} degrees, but {} begins at {begins_deg} (expected a common range)",
        first.display(), second.display()
    )]
    NoCommonRange {
        /// The file that ends first.
        first: PathBuf,
        /// Its last angle in degrees.
        ends_deg: f64,
        /// The file that begins last.
        second: PathBuf,
        /// Its first angle in degrees.
        begins_deg: f64,
    },
    /// A prepared pattern or set of patterns is not valid.
    #[error("{source}")]
    NotPrepared {
        /// The reason.
        source: xrd_core::Error,
    },
    /// A preparation step cannot be applied to a scan.
    #[error("{name}: {step}: {found}")]
    CannotPrepare {
        /// The name of the scan, or the path of its file.
        name: String,
        /// The preparation step, as text.
        step: String,
        /// The reason why the step cannot be applied.
        found: String,
    },
    /// A text does not describe a preparation [`Step`](crate::prepare::Step).
    #[error("'{found}' is not a step of preparation (expected {expected})")]
    NotAStep {
        /// The text.
        found: String,
        /// The expected text.
        expected: &'static str,
    },
    /// An argument is outside its allowed range.
    #[error("{what} is {value} (expected {expected})")]
    Argument {
        /// The name of the argument.
        what: &'static str,
        /// The value of the argument.
        value: f64,
        /// The allowed range.
        expected: &'static str,
    },
    /// No column of a label table holds the names of the patterns, and [`ByOrder`](crate::ByOrder)
    /// does not allow matching by order.
    #[error(
        "{}: no column holds the names of the patterns (expected one: rows are \
         matched by order only for the patterns of a matrix)", path.display()
    )]
    NoNameColumn {
        /// The label table.
        path: PathBuf,
    },
    /// The rows of a label table are matched to patterns by order, but the number of rows differs
    /// from the number of patterns.
    #[error("{}: {patterns} patterns but {rows} label rows", path.display())]
    RowCount {
        /// The label table.
        path: PathBuf,
        /// The number of patterns.
        patterns: usize,
        /// The number of rows in the table.
        rows: usize,
    },
    /// Some patterns have no row in a label table, or some rows have no pattern.
    #[error("{}: column '{column}': {}", path.display(), unmatched_words(patterns, rows))]
    Unmatched {
        /// The label table.
        path: PathBuf,
        /// The name of the column that holds the names of the patterns.
        column: Box<str>,
        /// The names of the patterns without a row.
        patterns: Vec<String>,
        /// The names in the rows without a pattern.
        rows: Vec<String>,
    },
    /// A name matches more than one row of a label table, or more than one pattern.
    #[error(
        "{}: {place}column '{column}': '{name}' matches {what} twice (expected once)",
        path.display()
    )]
    Ambiguous {
        /// The label table.
        path: PathBuf,
        /// The name of the column that holds the names of the patterns.
        column: Box<str>,
        /// The position of the second match.
        place: Place,
        /// The name.
        name: String,
        /// The kind of item that is matched twice: a row or a pattern.
        what: &'static str,
    },
}

/// Result with the [`Error`](enum@Error) type of this crate.
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

/// Cuts a text to its first forty characters, on one line, so that a message stays on one line.
pub(crate) fn shorten(text: &str) -> String {
    on_a_line(text, 40)
}

/// Cuts a text to `most` characters on one line. A number such as 1e-300 may have three hundred
/// digits.
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
