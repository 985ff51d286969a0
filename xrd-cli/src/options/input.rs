//! Options for input files, models and the number of threads.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use xrd_study::{GenerationRule, Inputs, LoadedInput, OpenedInput, Scheme};

use super::preparing::Preparing;
use super::stating::{Resampling, Stating, resampling};
use super::values::at_most;
use crate::output;

/// The patterns to read, and options for reading them.
#[derive(Args, Clone, Debug)]
pub(crate) struct Input {
    /// Patterns: a matrix whose first row or column is 2θ (csv, txt, npy, npz), one scan, a folder
    /// of scans, or a folder of shards from xrd simulate
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) patterns: PathBuf,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

impl Input {
    /// The files and folders that are read.
    pub(crate) fn inputs(&self) -> Inputs {
        Inputs::new(std::iter::once(&self.patterns).chain(&self.reading.axis))
    }
}

/// Options for reading pattern files.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Reading {
    /// File with the 2θ axis of a .npy matrix, which does not contain it
    #[arg(long, value_name = "FILE")]
    pub(crate) axis: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) stating: Stating,
    /// Interpolate patterns with different or irregular angles to this grid. Without a value: to the
    /// grid of the model or, if there is no model, to a grid over the range that all patterns cover
    #[arg(long, value_name = "FROM:TO:STEP", num_args = 0..=1, default_missing_value = "",
        value_parser = resampling)]
    pub(crate) resample: Option<Resampling>,
    #[command(flatten)]
    pub(crate) preparing: Preparing,
}

impl Reading {
    /// The options in the library's type.
    pub(crate) fn reading(&self) -> xrd_study::Reading {
        let mut reading = xrd_study::Reading::default()
            .with_axis_kind(self.stating.axis_kind())
            .with_wavelength(self.stating.wavelength)
            .with_resample(self.resample.is_some())
            .with_steps(self.preparing.steps());
        reading.grid = self.resample.and_then(|resampling| resampling.grid);
        reading.axis.clone_from(&self.axis);
        reading
    }

    /// The first of these options that is given, if any.
    pub(super) fn given(&self) -> Option<String> {
        match self {
            Self { axis: Some(_), .. } => Some("--axis".to_owned()),
            Self {
                resample: Some(_), ..
            } => Some("--resample".to_owned()),
            Self { stating, .. } if stating.given().is_some() => stating.given(),
            _ => {
                let steps = self.preparing.steps();
                steps.first().map(|step| format!("preparation ({step})"))
            }
        }
    }
}

/// A model, and the patterns to encode with it.
#[derive(Args, Clone, Debug)]
pub(crate) struct Question {
    /// Model file
    #[arg(long, value_name = "FILE")]
    pub(crate) model: PathBuf,
    #[command(flatten)]
    pub(crate) input: Input,
    /// Read the patterns as they are. By default they are prepared like the training patterns of the
    /// model; preparation options replace that preparation
    #[arg(long)]
    no_preparation: bool,
    /// The default, accepted because it was an option once
    #[arg(long, hide = true, conflicts_with = "no_preparation")]
    as_trained: bool,
}

impl Question {
    /// The files and folders that are read, including a table of labels or of known points.
    pub(crate) fn inputs(&self, table: Option<&PathBuf>) -> Inputs {
        let input = &self.input;
        let files = [&self.model, &input.patterns].into_iter();
        Inputs::new(files.chain(&input.reading.axis).chain(table))
    }

    /// Reads a model and the patterns for it. `labels` is a table that is not read as a pattern.
    pub(crate) fn read_for(&self, model: &Path, labels: Option<&Path>) -> Result<LoadedInput> {
        let reading = self.input.reading.reading();
        let input = xrd_study::ModelInput::new(model, &self.input.patterns, &reading);
        Ok(input.with_as_trained(!self.no_preparation).read(labels)?)
    }

    /// Reads a model, and its patterns into memory unless they are large. `labels` is a table that is
    /// not read as a pattern.
    pub(crate) fn open_for(&self, model: &Path, labels: Option<&Path>) -> Result<OpenedInput> {
        let reading = self.input.reading.reading();
        let input = xrd_study::ModelInput::new(model, &self.input.patterns, &reading);
        Ok(input.with_as_trained(!self.no_preparation).open(labels)?)
    }

    /// Reads the model and the patterns, and prints the notes.
    pub(crate) fn read(&self, labels: Option<&Path>) -> Result<LoadedInput> {
        let read = self.read_for(&self.model, labels)?;
        output::print_notes(&read.notes);
        Ok(read)
    }
}

/// The number of threads.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Threads {
    /// Number of threads [default: RAYON_NUM_THREADS, or all cores]
    #[arg(long, value_name = "N", value_parser = at_most::<1024>)]
    threads: Option<usize>,
}

impl Threads {
    /// A pool of that many threads. Results do not depend on the number.
    pub(crate) fn pool(&self) -> Result<rayon::ThreadPool> {
        rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.unwrap_or(0))
            .build()
            .context("cannot start threads")
    }

    /// The number of threads.
    pub(crate) fn number(&self) -> Result<NonZeroUsize> {
        let threads = self.pool()?.current_num_threads();
        Ok(NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN))
    }
}

/// The rule by which the pattern of a target with one label is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlaceName {
    /// The patterns decoded at the neighbouring compositions, each strained until their lines meet
    /// (Vegard's law), and mixed
    Between,
    /// The pattern decoded at the point to which this mixture is encoded
    Strained,
    /// The pattern decoded at the point of the plane with these labels: for one label that of the
    /// contour nearest to the middle between the two neighbouring compositions
    Contour,
}

impl From<PlaceName> for GenerationRule {
    fn from(name: PlaceName) -> Self {
        match name {
            PlaceName::Between => Self::Between,
            PlaceName::Strained => Self::Strained,
            PlaceName::Contour => Self::Contour,
        }
    }
}

/// The patterns that are left out in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum SchemeName {
    /// Random parts of the samples, different for each seed
    Folds,
    /// Regions of compositions: k-means clusters of the labels, each label scaled by its spread
    Regions,
    /// All patterns of one composition at a time
    Compositions,
    /// One pattern at a time, on a plane trained on all patterns, including this one, without labels
    LeaveOneOut,
}

impl From<SchemeName> for Scheme {
    fn from(name: SchemeName) -> Self {
        match name {
            SchemeName::Folds => Self::Folds,
            SchemeName::Regions => Self::Regions,
            SchemeName::Compositions => Self::Compositions,
            SchemeName::LeaveOneOut => Self::LeaveOneOut,
        }
    }
}
