//! The formats of pattern files: one file each, found by their content.
//!
//! To add one, write `format/<name>.rs` with the layout drawn in its module documentation and a
//! `FORMAT` in it, and name it once in `formats!` below, before those that would also take it.

use xrd_core::{Scale, Wavelength};

use crate::error::{Error, Result};
use crate::patterns::ReadOptions;
use crate::scan::{AxisKind, Scan};
use crate::source::Source;

macro_rules! formats {
    ($($name:ident)*) => {
        $(mod $name;)*
        /// In the order in which they are tried.
        const FORMATS: &[Format] = &[$($name::FORMAT),*];
    };
}

formats!(npz npy foreign matrix columns);

pub(crate) use npy::array_file;

/// How one format is told and read.
struct Format {
    name: &'static str,
    /// Whether a file is of this format, by its content; the extension only breaks ties.
    recognises: fn(&Source) -> bool,
    read: fn(&Source, &ReadOptions) -> Result<Content>,
}

/// What a pattern file holds.
pub(crate) enum Content {
    /// Scans, each on an axis of its own.
    Scans(Vec<Scan>),
    /// Patterns that share an axis.
    Matrix(Matrix),
}

/// Patterns that share an axis, as the file has them.
pub(crate) struct Matrix {
    pub(crate) axis_kind: AxisKind,
    /// Finite and strictly increasing.
    pub(crate) axis: Vec<f64>,
    pub(crate) names: Vec<String>,
    /// Pattern by pattern.
    pub(crate) intensities: Vec<f32>,
    pub(crate) scale: Scale,
    pub(crate) wavelength: Option<Wavelength>,
}

impl Matrix {
    /// Names for patterns that have none: "1", "2", …
    fn numbers(count: usize) -> Vec<String> {
        (1..=count).map(|i| i.to_string()).collect()
    }
}

/// Reads a file of whichever format it is.
pub(crate) fn read(source: &Source, options: &ReadOptions) -> Result<Content> {
    match FORMATS.iter().find(|f| (f.recognises)(source)) {
        Some(format) => (format.read)(source, options),
        None => {
            source.require_text()?;
            Err(Error::Unsupported {
                path: source.path.to_owned(),
                what: "no line of numbers".to_owned(),
                expected: format!("one of {}", format_names().join(", ")),
            })
        }
    }
}

/// The names of the pattern formats that can be read.
pub fn format_names() -> Vec<&'static str> {
    let readable = FORMATS.iter().map(|f| f.name).filter(|n| !n.is_empty());
    readable.collect()
}
