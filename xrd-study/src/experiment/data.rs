//! Sources of patterns and labels.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use xrd_io::prepare::Step;

use crate::output::Inputs;

/// Source of the patterns and labels of an experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
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
                Inputs::new([&files.patterns, &files.labels].into_iter().chain(axis))
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
    pub labels: PathBuf,
    /// Column of the table that names the sample of each pattern. The patterns of one sample are
    /// never divided between training and test patterns. If `None`, each pattern is a sample of its
    /// own.
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
            labels: labels.into(),
            group: None,
            label_columns: Vec::new(),
            reading: Reading::default(),
        }
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
    /// Whether patterns on different grids are interpolated to one grid. If the patterns are read
    /// for a model, this grid is the grid of the model. Otherwise it is the grid of the first
    /// pattern. If false, patterns on different grids cause an error.
    #[serde(default)]
    pub resample: bool,
    /// Preparation steps that are applied to each pattern, in order.
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

    /// Sets the preparation steps.
    #[must_use]
    pub fn with_steps(mut self, steps: Vec<Step>) -> Self {
        self.steps = steps;
        self
    }
}
