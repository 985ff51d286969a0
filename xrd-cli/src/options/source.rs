use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use xrd_sim::smfe12::{Instrument, paper_set};

use super::{Input, Reading, positive};
use crate::dataset::Dataset;
use crate::inputs::Inputs;
use crate::labelled::Known;

/// Patterns with labels: files, or the built-in series.
#[derive(Args, Clone, Debug)]
pub(crate) struct Source {
    /// Your patterns: a matrix (first row or column 2θ), one scan, or a folder of scans
    #[arg(long, value_name = "FILE|DIR", requires = "labels")]
    pub(crate) patterns: Option<PathBuf>,
    /// What is known of them: a table with a column of their names, or a row a pattern of a matrix
    #[arg(long, value_name = "FILE", requires = "patterns")]
    pub(crate) labels: Option<PathBuf>,
    /// Label column that names the sample; repeats of one sample are not split
    #[arg(long, value_name = "COL", requires = "patterns")]
    pub(crate) group: Option<String>,
    /// The columns of --labels that are labels; all columns of numbers by default
    #[arg(
        long,
        value_name = "COL,COL",
        value_delimiter = ',',
        requires = "patterns"
    )]
    pub(crate) label_columns: Vec<String>,
    /// Line width of the built-in series in degrees
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = positive, conflicts_with = "patterns")]
    pub(crate) fwhm_deg: f64,
    /// Seed of the arrangements drawn for the built-in series
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        conflicts_with = "patterns"
    )]
    pub(crate) dataset_seed: u64,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

impl Source {
    /// What is read.
    pub(crate) fn inputs(&self) -> Inputs {
        let files = self.patterns.iter().chain(&self.labels);
        Inputs::of(files.chain(&self.reading.axis))
    }

    /// Reads or simulates the patterns.
    pub(crate) fn dataset(&self) -> Result<Dataset> {
        match (&self.patterns, &self.labels) {
            (Some(patterns), Some(labels)) => {
                let input = Input {
                    patterns: patterns.clone(),
                    reading: self.reading.clone(),
                };
                let known = Known {
                    table: labels,
                    group: self.group.as_deref(),
                    columns: &self.label_columns,
                };
                Dataset::files(&input, &known)
            }
            _ => {
                self.reading.check_unused()?;
                let instrument = Instrument::paper(self.fwhm_deg)?;
                Dataset::series(instrument, paper_set(self.dataset_seed)?)
            }
        }
    }
}
