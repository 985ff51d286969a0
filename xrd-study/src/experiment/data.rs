//! Where patterns and their labels come from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use xrd_io::prepare::Step;

use crate::output::Inputs;

/// Where patterns and their labels come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum DataSource {
    /// The 150 patterns of Sm(1-y)Zr(y)Fe(12-x)Ti(x) that Utimula et al. (2022) used, re-created by
    /// simulation.
    Series {
        /// Full width at half maximum of the lines in degrees, over 0.
        fwhm_deg: f64,
        /// Seed of the arrangements drawn.
        seed: u64,
    },
    /// Files of patterns and a table of labels. Relative paths start at the current directory.
    Files {
        /// A matrix, one scan, a folder of scans, or a folder of shards.
        patterns: PathBuf,
        /// Table of labels.
        labels: PathBuf,
        /// Label column that names the sample; repeats of one sample are not split.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// Columns of the table that are labels; all columns of numbers where empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        label_columns: Vec<String>,
        /// How the files are read.
        #[serde(default)]
        reading: Reading,
    },
}

impl DataSource {
    /// The files and folders that are read.
    pub fn inputs(&self) -> Inputs {
        match self {
            Self::Series { .. } => Inputs::default(),
            Self::Files {
                patterns,
                labels,
                reading,
                ..
            } => Inputs::of([patterns, labels].into_iter().chain(&reading.axis)),
        }
    }
}

/// How pattern files are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// File of the 2θ axis of a `.npy` matrix, which holds none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<PathBuf>,
    /// Interpolate patterns on other angles to the grid of the model, or of the first pattern where
    /// there is no model. Without it such patterns are refused.
    #[serde(default)]
    pub resample: bool,
    /// Preparation of the patterns, in order.
    #[serde(
        default,
        with = "super::text::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub steps: Vec<Step>,
}
