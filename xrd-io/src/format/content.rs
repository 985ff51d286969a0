//! Types shared by all format modules: the reader of a format, and the content that it returns.

use xrd_core::{Scale, Wavelength};

use super::kind::Format;
use crate::error::{Error, Place, Result};
use crate::prepare::Step;
use crate::scan::{ASSUMED_AXIS, AxisKind, Draft, Scan, assumed};
use crate::source::Source;

/// The warning for packed files and archives that end too early.
pub(crate) const CUT: &str = "the packed file is cut short: what came before is read";

/// Functions that recognise and read one format.
#[derive(Clone, Copy)]
pub(crate) struct FormatReader {
    /// The format; `None` for files that are recognised only to be refused.
    pub(crate) format: Option<Format>,
    /// Whether the content of a file is of this format. The extension is used only if the content
    /// fits several formats. Only the start of the file is examined where possible.
    pub(crate) recognises: fn(&Source) -> bool,
    /// Reads all scans. It is called only if `recognises` returns true.
    pub(crate) read: fn(&Source) -> Result<Content>,
}

impl FormatReader {
    /// The reader of a format.
    pub(crate) const fn new(
        format: Format,
        recognises: fn(&Source) -> bool,
        read: fn(&Source) -> Result<Content>,
    ) -> Self {
        Self {
            format: Some(format),
            recognises,
            read,
        }
    }

    /// The reader for files that are recognised only to be refused.
    pub(crate) const fn refusing(
        recognises: fn(&Source) -> bool,
        read: fn(&Source) -> Result<Content>,
    ) -> Self {
        Self {
            format: None,
            recognises,
            read,
        }
    }
}

/// The content of a pattern file.
pub(crate) enum Content {
    /// Scans, each with its own axis.
    Scans(Vec<Scan>),
    /// Patterns on one axis.
    Matrix(Matrix),
}

impl Content {
    /// Reads q without a unit as q in 1/Å, and adds a warning.
    pub(crate) fn assume_unit_of_q(&mut self) {
        match self {
            Self::Scans(scans) => scans.iter_mut().for_each(Scan::assume_unit_of_q),
            Self::Matrix(matrix) => matrix.assume_unit_of_q(),
        }
    }

    /// Adds a warning to all scans.
    pub(crate) fn warn(&mut self, warning: &str) {
        match self {
            Self::Scans(scans) => scans.iter_mut().for_each(|scan| scan.warn(warning)),
            Self::Matrix(matrix) => matrix.warnings.push(warning.to_owned()),
        }
    }

    /// The scans; a matrix becomes one scan per pattern.
    pub(crate) fn into_scans(self, source: &Source) -> Result<Vec<Scan>> {
        match self {
            Self::Scans(scans) => Ok(scans),
            Self::Matrix(matrix) => matrix.scans(source),
        }
    }
}

/// Patterns on one axis, in the order of the file.
pub(crate) struct Matrix {
    pub(crate) axis_kind: AxisKind,
    /// Whether the kind of the axis is assumed, not stated by the file.
    pub(crate) axis_is_assumed: bool,
    /// The axis values, which are finite and strictly increasing.
    pub(crate) axis: Vec<f64>,
    pub(crate) names: Vec<String>,
    /// Whether the file names its patterns. Patterns without names are numbered.
    pub(crate) named: bool,
    /// The intensities of the first pattern, then of the second, and so on.
    pub(crate) intensities: Vec<f32>,
    pub(crate) scale: Scale,
    pub(crate) wavelength: Option<Wavelength>,
    /// The preparation steps applied before the file was written, if the file states them.
    pub(crate) preparation: Vec<Step>,
    /// Warnings for the user.
    pub(crate) warnings: Vec<String>,
}

impl Matrix {
    fn assume_unit_of_q(&mut self) {
        if self.axis_kind == AxisKind::other("q", "") {
            self.set_axis_kind(AxisKind::QPerAngstrom);
            self.axis_is_assumed = true;
            self.warnings
                .push(assumed(&self.axis_kind, "the file states no unit of q"));
        }
    }

    /// Replaces an axis that the file does not state.
    pub(crate) fn set_axis_kind(&mut self, kind: AxisKind) {
        self.warnings.retain(|w| !w.starts_with(ASSUMED_AXIS));
        self.axis_is_assumed = false;
        self.axis_kind = kind;
    }

    /// Returns one pattern as a scan.
    pub(crate) fn scan(&self, source: &Source, row: usize) -> Result<Scan> {
        let points = self.axis.len();
        let values = self.intensities[row * points..][..points].iter();
        let values = values.map(|&v| v.into()).collect();
        let mut draft = Draft::new(source, self.axis_kind.clone(), self.axis.clone(), values);
        draft.axis_is_assumed = self.axis_is_assumed;
        draft.name = self.names[row].clone();
        draft.scale = self.scale;
        draft.metadata.radiation.wavelength = self.wavelength;
        draft.preparation = self.preparation.clone();
        draft.warnings = self.warnings.clone();
        draft
            .warnings
            .extend(source.is_cut().then(|| CUT.to_owned()));
        draft.build(source, |_| Place::File)
    }

    /// Names for patterns that have none: "1", "2", …
    pub(crate) fn numbers(count: usize) -> Vec<String> {
        (1..=count).map(|i| i.to_string()).collect()
    }

    /// Returns one scan per pattern. Cost: O(patterns × points).
    pub(crate) fn scans(&self, source: &Source) -> Result<Vec<Scan>> {
        let rows = 0..self.names.len();
        rows.map(|row| self.scan(source, row)).collect()
    }
}

/// The error for a file without a scan. `what` is the type of the file.
pub(crate) fn no_scan(source: &Source, what: String) -> Error {
    Error::Unsupported {
        path: source.path.to_owned(),
        what,
        expected: "a file with a scan".to_owned(),
    }
}
