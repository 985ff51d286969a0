//! Patterns with labels: files, or the built-in series.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use xrd_study::{DataSource, LabelledFiles};

use super::input::Reading;
use super::values::positive;

/// Patterns with labels: files, or the built-in series.
#[derive(Args, Clone, Debug)]
pub(crate) struct Source {
    /// Your patterns: a matrix (first row or column 2θ), one scan, or a folder of scans
    #[arg(long, value_name = "FILE|DIR", requires = "labels")]
    patterns: Option<PathBuf>,
    /// Labels of the patterns: a table with a column of their names, or one row per pattern of a
    /// matrix
    #[arg(long, value_name = "FILE", requires = "patterns")]
    labels: Option<PathBuf>,
    /// Label column that names the sample; repeats of one sample are not split
    #[arg(long, value_name = "COL", requires = "patterns")]
    group: Option<String>,
    /// The columns of --labels that are labels; all columns of numbers by default
    #[arg(
        long,
        value_name = "COL,COL",
        value_delimiter = ',',
        requires = "patterns"
    )]
    label_columns: Vec<String>,
    /// Line width of the built-in series in degrees [default: 0.1]
    #[arg(long, value_name = "X", value_parser = positive, conflicts_with = "patterns")]
    fwhm_deg: Option<f64>,
    /// Seed of the arrangements drawn for the built-in series [default: 0]
    #[arg(long, value_name = "N", conflicts_with = "patterns")]
    dataset_seed: Option<u64>,
    #[command(flatten)]
    reading: Reading,
}

impl Source {
    /// The source with the options that are given.
    pub(crate) fn apply(&self, source: DataSource) -> Result<DataSource> {
        if let (Some(patterns), Some(labels)) = (&self.patterns, &self.labels) {
            let mut files = LabelledFiles::new(patterns, labels)
                .with_label_columns(self.label_columns.clone())
                .with_reading(self.reading.reading());
            files.group.clone_from(&self.group);
            return Ok(files.into());
        }
        match source {
            DataSource::Series { fwhm_deg, seed, .. } => {
                if let Some(asked) = self.reading.given() {
                    bail!("{asked} is for --patterns; the built-in series is taken as it is");
                }
                Ok(DataSource::series(
                    self.fwhm_deg.unwrap_or(fwhm_deg),
                    self.dataset_seed.unwrap_or(seed),
                ))
            }
            mut files => {
                if self.fwhm_deg.is_some() || self.dataset_seed.is_some() {
                    bail!("--fwhm-deg and --dataset-seed are for the built-in series");
                }
                if let (DataSource::Files(files), Some(_)) = (&mut files, self.reading.given()) {
                    files.reading = self.reading.reading();
                }
                Ok(files)
            }
        }
    }
}
