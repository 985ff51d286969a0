//! Options for patterns with labels: files, or the built-in series.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use xrd_study::{DataSource, LabelSource, LabelledFiles};

use super::input::Reading;
use super::values::{label_source, positive};

/// Options for patterns with labels: files, or the built-in series.
#[derive(Args, Clone, Debug)]
pub(crate) struct Source {
    /// Patterns, as with --patterns
    #[arg(value_name = "PATTERNS", group = "given")]
    folder: Option<PathBuf>,
    /// Patterns: a matrix whose first row or column is 2θ (csv, txt, npy, npz), one scan, or a folder
    /// of scans [default: the built-in series]
    #[arg(long, value_name = "FILE|DIR", group = "given")]
    patterns: Option<PathBuf>,
    /// Table of labels, with a column of pattern names, or with one row per pattern of a matrix
    #[arg(long, value_name = "FILE", requires = "given")]
    labels: Option<PathBuf>,
    /// Labels from numbers in the names of files, as in 'T{T_C}C', where {T_C} stands for the number and
    /// names the label; or from their headers: header:temperature, header:time, header:time-per-step,
    /// header:sample:PATTERN, header:comment:PATTERN. May be repeated
    #[arg(long, value_name = "PATTERN|header:ENTRY", requires = "given", value_parser = label_source)]
    label_from: Vec<LabelSource>,
    /// Column of --labels that names the sample, or header:sample; patterns of one sample stay in the
    /// same split
    #[arg(long, value_name = "COL", requires = "given")]
    group: Option<String>,
    /// Columns of --labels to use [default: all columns of numbers]
    #[arg(
        long,
        value_name = "COL,COL",
        value_delimiter = ',',
        requires = "given"
    )]
    label_columns: Vec<String>,
    /// Line width (full width at half maximum) of the built-in series in degrees [default: 0.1]
    #[arg(long, value_name = "X", value_parser = positive, conflicts_with = "given")]
    fwhm_deg: Option<f64>,
    /// Seed of the random arrangements of the built-in series [default: 0]
    #[arg(long, value_name = "N", conflicts_with = "given")]
    dataset_seed: Option<u64>,
    #[command(flatten)]
    reading: Reading,
}

impl Source {
    /// The file or folder of the patterns, if it is given.
    fn patterns(&self) -> Option<&Path> {
        self.patterns.as_deref().or(self.folder.as_deref())
    }

    /// The source, changed by the given options.
    pub(crate) fn apply(&self, source: DataSource) -> Result<DataSource> {
        if let Some(patterns) = self.patterns() {
            return Ok(self.files(patterns)?.into());
        }
        match source {
            DataSource::Series { fwhm_deg, seed, .. } => {
                if let Some(asked) = self.reading.given() {
                    bail!("{asked} is for --patterns; the built-in series cannot be prepared");
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

    /// The files of patterns with their labels.
    fn files(&self, patterns: &Path) -> Result<LabelledFiles> {
        let mut files = LabelledFiles::with_facts(patterns, self.label_from.clone())
            .with_label_columns(self.label_columns.clone())
            .with_reading(self.reading.reading());
        files.labels.clone_from(&self.labels);
        files.group.clone_from(&self.group);
        Ok(files)
    }
}
