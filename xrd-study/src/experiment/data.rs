//! Sources of patterns and labels.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use xrd_core::{TwoThetaGrid, Wavelength};
use xrd_io::AxisKind;
use xrd_io::prepare::Step;

use crate::dataset::LabelSource;
use crate::output::Inputs;

/// Source of the patterns and labels of an experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "an experiment has only one")]
pub enum DataSource {
    /// Built-in series: 150 simulated patterns of Sm(1−y)Zr(y)Fe(12−x)Ti(x), after Utimula et al.
    /// (2022). [`xrd_sim::smfe12`] describes the crystal structures.
    #[non_exhaustive]
    Series {
        /// Full width at half maximum of the lines in degrees, greater than 0.
        fwhm_deg: f64,
        /// Seed of the random arrangements of atoms in the crystal structures.
        seed: u64,
    },
    /// Files of patterns and a table of labels.
    Files(LabelledFiles),
}

impl DataSource {
    /// Returns the [built-in series](Self::Series). The argument `fwhm_deg` is the full width at
    /// half maximum of the lines in degrees. The argument `seed` determines the random arrangements
    /// of atoms.
    pub fn series(fwhm_deg: f64, seed: u64) -> Self {
        Self::Series { fwhm_deg, seed }
    }

    /// Returns the files and folders that are read for this source.
    pub fn inputs(&self) -> Inputs {
        match self {
            Self::Series { .. } => Inputs::default(),
            Self::Files(files) => {
                let axis = &files.reading.axis;
                let patterns = std::iter::once(&files.patterns);
                Inputs::new(patterns.chain(&files.labels).chain(axis))
            }
        }
    }
}

impl From<LabelledFiles> for DataSource {
    fn from(files: LabelledFiles) -> Self {
        Self::Files(files)
    }
}

/// Files of patterns and a table of labels. Relative paths are relative to the current directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LabelledFiles {
    /// File or folder of the patterns: a matrix, one scan, a folder of scans, or a folder of shards
    /// (files that together form one matrix).
    pub patterns: PathBuf,
    /// Table of labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<PathBuf>,
    /// Facts that are used as labels, in addition to the labels of the table. The facts come from
    /// the names and the headers of the pattern files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels_from: Vec<LabelSource>,
    /// Column of the table with the name of the sample, or `header:sample` for the sample that the
    /// files state. All patterns of one sample are put into the same fold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Columns of the table that are labels. If empty, all numeric columns are labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub label_columns: Vec<String>,
    /// Options for reading the files.
    #[serde(default)]
    pub reading: Reading,
}

impl LabelledFiles {
    /// Returns a source with files of patterns and a table of labels. All numeric columns of the
    /// table are labels.
    pub fn new(patterns: impl Into<PathBuf>, labels: impl Into<PathBuf>) -> Self {
        Self {
            patterns: patterns.into(),
            labels: Some(labels.into()),
            labels_from: Vec::new(),
            group: None,
            label_columns: Vec::new(),
            reading: Reading::default(),
        }
    }

    /// Returns a source without a table. The labels are facts from the names and headers of the
    /// pattern files.
    pub fn with_facts(patterns: impl Into<PathBuf>, labels_from: Vec<LabelSource>) -> Self {
        Self {
            patterns: patterns.into(),
            labels: None,
            labels_from,
            group: None,
            label_columns: Vec::new(),
            reading: Reading::default(),
        }
    }

    /// Sets the facts that are used as labels, in addition to the labels of the table.
    #[must_use]
    pub fn with_labels_from(mut self, labels_from: Vec<LabelSource>) -> Self {
        self.labels_from = labels_from;
        self
    }

    /// Sets the column of the table that names the sample.
    #[must_use]
    pub fn with_group(mut self, column: impl Into<String>) -> Self {
        self.group = Some(column.into());
        self
    }

    /// Sets the columns of the table that are labels.
    #[must_use]
    pub fn with_label_columns(mut self, columns: Vec<String>) -> Self {
        self.label_columns = columns;
        self
    }

    /// Sets the options for reading the files.
    #[must_use]
    pub fn with_reading(mut self, reading: Reading) -> Self {
        self.reading = reading;
        self
    }
}

/// Options for reading pattern files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reading {
    /// File with the 2θ axis of a `.npy` matrix. The matrix file itself contains no axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<PathBuf>,
    /// Whether patterns on different or irregular axes are interpolated to one grid. This is `grid`,
    /// the grid of the model, or a grid over the range that all patterns cover. If false, such
    /// patterns are refused.
    #[serde(default)]
    pub resample: bool,
    /// Grid to which patterns are interpolated. Used only with `resample`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<TwoThetaGrid>,
    /// Kind of axis of files that do not state the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis_kind: Option<AxisKind>,
    /// Wavelength of files that state none. Patterns over Q or d are converted to 2θ at this
    /// wavelength.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wavelength: Option<Wavelength>,
    /// Steps of the preparation of the patterns, in order.
    #[serde(
        default,
        with = "super::text::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub steps: Vec<Step>,
}

impl Reading {
    /// Sets the file of the 2θ axis of a `.npy` matrix.
    #[must_use]
    pub fn with_axis(mut self, file: impl Into<PathBuf>) -> Self {
        self.axis = Some(file.into());
        self
    }

    /// Sets whether patterns on different grids are interpolated to one grid.
    #[must_use]
    pub fn with_resample(mut self, resample: bool) -> Self {
        self.resample = resample;
        self
    }

    /// Sets the grid to which patterns are interpolated.
    #[must_use]
    pub fn with_grid(mut self, grid: TwoThetaGrid) -> Self {
        (self.resample, self.grid) = (true, Some(grid));
        self
    }

    /// Sets the kind of axis of files that do not state the kind.
    #[must_use]
    pub fn with_axis_kind(mut self, axis_kind: impl Into<Option<AxisKind>>) -> Self {
        self.axis_kind = axis_kind.into();
        self
    }

    /// Sets the wavelength of files that state none.
    #[must_use]
    pub fn with_wavelength(mut self, wavelength: impl Into<Option<Wavelength>>) -> Self {
        self.wavelength = wavelength.into();
        self
    }

    /// Sets the preparation of the patterns.
    #[must_use]
    pub fn with_steps(mut self, steps: Vec<Step>) -> Self {
        self.steps = steps;
        self
    }
}
