//! Patterns and models that are read, and how many threads work.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use xrd_study::{DecodedPoint, Inputs, LoadedInput, Scheme};

use super::preparing::Preparing;
use super::values::at_most;
use crate::output;

/// Patterns, and how they are read.
#[derive(Args, Clone, Debug)]
pub(crate) struct Input {
    /// Patterns: a matrix (first row or column 2θ; csv, txt, npy, npz), one scan, a folder of
    /// scans, or one of shards (xrd simulate)
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

/// How pattern files are read.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Reading {
    /// The 2θ axis of a .npy matrix, which holds none
    #[arg(long, value_name = "FILE")]
    pub(crate) axis: Option<PathBuf>,
    /// Interpolate patterns that lie on other angles: to the grid of the model, or of the first
    /// pattern where there is no model
    #[arg(long)]
    pub(crate) resample: bool,
    #[command(flatten)]
    pub(crate) preparing: Preparing,
}

impl Reading {
    /// The options as the library takes them.
    pub(crate) fn reading(&self) -> xrd_study::Reading {
        let mut reading = xrd_study::Reading::default()
            .with_resample(self.resample)
            .with_steps(self.preparing.steps());
        reading.axis.clone_from(&self.axis);
        reading
    }

    /// The first option that is given, if there is one.
    pub(super) fn given(&self) -> Option<String> {
        match self {
            Self { axis: Some(_), .. } => Some("--axis".to_owned()),
            Self { resample: true, .. } => Some("--resample".to_owned()),
            _ => {
                let steps = self.preparing.steps();
                steps.first().map(|step| format!("preparation ({step})"))
            }
        }
    }
}

/// A model, and patterns that it is asked about.
#[derive(Args, Clone, Debug)]
pub(crate) struct Question {
    /// The model
    #[arg(long, value_name = "FILE")]
    pub(crate) model: PathBuf,
    #[command(flatten)]
    pub(crate) input: Input,
    /// Prepare the patterns as those that the model was trained on
    #[arg(long)]
    pub(crate) as_trained: bool,
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
        Ok(input.with_as_trained(self.as_trained).read(labels)?)
    }

    /// Reads the model and the patterns, and prints the notes.
    pub(crate) fn read(&self, labels: Option<&Path>) -> Result<LoadedInput> {
        let read = self.read_for(&self.model, labels)?;
        output::print_notes(&read.notes);
        Ok(read)
    }
}

/// How many threads work.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Threads {
    /// Threads to use; RAYON_NUM_THREADS, else all cores, by default
    #[arg(long, value_name = "N", value_parser = at_most::<1024>)]
    threads: Option<usize>,
}

impl Threads {
    /// A pool of that many threads. The results do not depend on it.
    pub(crate) fn pool(&self) -> Result<rayon::ThreadPool> {
        rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.unwrap_or(0))
            .build()
            .context("cannot start threads")
    }

    /// Number of threads.
    pub(crate) fn number(&self) -> Result<NonZeroUsize> {
        let threads = self.pool()?.current_num_threads();
        Ok(NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN))
    }
}

/// Which point is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlaceName {
    /// On the contour, nearest to the place between the two neighbouring compositions
    Contour,
    /// Where the encoder puts the blend of the two neighbours, each strained until their lines
    /// meet (Vegard's law)
    Strained,
}

impl From<PlaceName> for DecodedPoint {
    fn from(name: PlaceName) -> Self {
        match name {
            PlaceName::Contour => Self::Contour,
            PlaceName::Strained => Self::Strained,
        }
    }
}

/// What is left out in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum SchemeName {
    /// A random part of the samples: folds, different ones for each seed
    Folds,
    /// A region of compositions (k-means of the labels, each in units of its spread)
    Regions,
    /// All patterns of one composition
    Compositions,
    /// One pattern, on a plane that was trained on all patterns including itself
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
