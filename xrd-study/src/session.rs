//! Execution of an experiment: threads, progress, interruption, and storage of unfinished work.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{Error, Result};

/// Stage of the work, as reported to an [`Observer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Simulation of patterns; one step per pattern.
    Simulating,
    /// Reading of patterns and labels; one step.
    Reading,
    /// Training of networks; one step per epoch.
    Training,
    /// Encoding of all patterns, before and after the training; one step per pattern.
    Encoding,
    /// Reconstruction of all patterns; one step per pattern.
    Reconstructing,
    /// Estimates of the test patterns; one step per pattern.
    Estimating,
    /// Estimates of the known points from all others; one step per point.
    LeavingOut,
    /// Fitting of the regression on raw patterns, and its estimates of the test patterns; one step.
    Fitting,
    /// Maps of the labels; one step per node.
    Painting,
    /// Generation of patterns; one step per target.
    Generating,
    /// Comparison of raw patterns; one step per test pattern.
    Comparing,
    /// Relevance of the angles; one step.
    Relevance,
    /// Comparison of the latent plane with other maps; one step.
    Mapping,
    /// Search for groups of patterns; one step.
    Grouping,
    /// Search for patterns that differ from all others; one step.
    Outliers,
    /// Comparison of the patterns along the variable of a series; one step.
    Series,
    /// Writing of tables; one step.
    Writing,
    /// Drawing of figures; one step.
    Drawing,
    /// Making of the page; one step.
    Page,
}

impl Stage {
    /// Returns the name of the stage as one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Simulating => "simulating",
            Self::Reading => "reading",
            Self::Training => "training",
            Self::Encoding => "encoding",
            Self::Reconstructing => "reconstructing",
            Self::Estimating => "estimating",
            Self::LeavingOut => "leave-one-out",
            Self::Fitting => "fitting",
            Self::Painting => "painting",
            Self::Generating => "generating",
            Self::Comparing => "comparing",
            Self::Relevance => "relevance",
            Self::Mapping => "mapping",
            Self::Grouping => "grouping",
            Self::Outliers => "outliers",
            Self::Series => "series",
            Self::Writing => "writing",
            Self::Drawing => "drawing",
            Self::Page => "page",
        }
    }
}

/// Observer of the progress of an experiment. An observer can also stop the experiment.
///
/// The default methods do nothing. Methods are called from several threads and must return quickly.
pub trait Observer: Sync {
    /// Is called when a stage begins. The argument `_steps` is the number of steps of the stage.
    fn begin(&self, _stage: Stage, _steps: u64) {}

    /// Is called when further steps are done. The argument `_steps` is the number of these steps.
    fn advance(&self, _stage: Stage, _steps: u64) {}

    /// Is called at the end of an epoch. The argument `_loss` is the training loss of the epoch.
    fn loss(&self, _loss: f64) {}

    /// Is called for each warning of a training. The argument `_text` is the text of the warning.
    fn warn(&self, _text: &str) {}

    /// Is called when a stage ends, even if the stage was stopped or failed.
    fn end(&self, _stage: Stage) {}

    /// Returns true to stop the work. A training calls this method after every batch, and the other
    /// stages before they begin and every few steps. Stopped work is saved, and the function that
    /// runs the experiment returns [`Error::Interrupted`].
    fn should_stop(&self) -> bool {
        false
    }
}

/// Observer that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}

/// Interval between the checkpoints of a training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SaveInterval {
    /// Interval as a number of epochs.
    Epochs(usize),
    /// Interval as a number of seconds.
    Seconds(f64),
}

/// Storage of unfinished work.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Saving {
    /// File for a single training ([`train`](crate::train)), or folder for an experiment.
    pub path: PathBuf,
    /// Interval between the checkpoints of a training. If `None`, the work is saved only when it is
    /// stopped.
    pub interval: Option<SaveInterval>,
    /// Whether saved work is continued, if it exists. If false, saved work causes an error and is
    /// not overwritten.
    pub resume: bool,
    /// Whether the results of all trainings are kept after the end of an experiment. The experiment
    /// can then be extended without repeating these trainings.
    pub keep: bool,
}

impl Saving {
    /// Returns a storage with the default options. The argument `path` is the file or folder of the
    /// storage. With the default options, the work is saved only when it is stopped. Existing saved
    /// work causes an error. The results of single trainings are not kept.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            interval: None,
            resume: false,
            keep: false,
        }
    }

    /// Sets the interval between the checkpoints of a training.
    #[must_use]
    pub fn with_interval(mut self, interval: SaveInterval) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Sets whether saved work is continued.
    #[must_use]
    pub fn with_resume(mut self, resume: bool) -> Self {
        self.resume = resume;
        self
    }

    /// Sets whether the results of all trainings are kept after the end of an experiment.
    #[must_use]
    pub fn with_keep(mut self, keep: bool) -> Self {
        self.keep = keep;
        self
    }
}

/// Threads, observer and storage for running an experiment.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Session<'a> {
    /// Largest number of threads. The results do not depend on the number of threads.
    pub threads: NonZeroUsize,
    /// Observer of the progress.
    pub observer: &'a dyn Observer,
    /// Storage of unfinished work.
    pub saving: &'a Saving,
}

impl<'a> Session<'a> {
    /// Returns a session with one thread and the observer [`Silent`], which does nothing.
    pub fn new(saving: &'a Saving) -> Self {
        Self {
            threads: NonZeroUsize::MIN,
            observer: &Silent,
            saving,
        }
    }

    /// Sets the largest number of threads.
    #[must_use]
    pub fn with_threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }

    /// Sets the observer of the progress.
    #[must_use]
    pub fn with_observer(mut self, observer: &'a dyn Observer) -> Self {
        self.observer = observer;
        self
    }

    /// Starts a pool of all threads.
    pub(crate) fn pool(&self) -> Result<ThreadPool> {
        pool(self.threads.get())
    }
}

pub(crate) fn pool(threads: usize) -> Result<ThreadPool> {
    Ok(ThreadPoolBuilder::new().num_threads(threads).build()?)
}

/// A running stage, which ends when the value is dropped.
pub(crate) struct Running<'a> {
    observer: &'a dyn Observer,
    stage: Stage,
}

impl<'a> Running<'a> {
    pub(crate) fn new(observer: &'a dyn Observer, stage: Stage, steps: u64) -> Self {
        observer.begin(stage, steps);
        Self { observer, stage }
    }

    pub(crate) fn advance(&self, steps: u64) {
        self.observer.advance(self.stage, steps);
    }
}

/// Runs a stage of one step.
///
/// # Errors
/// [`Error::Interrupted`] if the observer has asked to stop; any error of `work`.
pub(crate) fn stage<T>(
    observer: &dyn Observer,
    stage: Stage,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    check_stop(observer)?;
    let running = Running::new(observer, stage, 1);
    let done = work()?;
    running.advance(1);
    Ok(done)
}

/// Runs the steps of a stage on all threads of the current rayon pool, and returns their results in
/// order.
///
/// # Errors
/// [`Error::Interrupted`] if the observer asks to stop; any error of `work`.
pub(crate) fn steps<T: Send>(
    observer: &dyn Observer,
    stage: Stage,
    count: usize,
    work: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    check_stop(observer)?;
    let running = Running::new(observer, stage, count as u64);
    let one = |i: usize| {
        let done = work(i);
        if (i + 1).is_multiple_of(STEPS) {
            running.advance(STEPS as u64);
            check_stop(observer)?;
        }
        done
    };
    let done = (0..count).into_par_iter().map(one).collect();
    running.advance((count % STEPS) as u64);
    done
}

/// Number of steps between two reports of the progress.
const STEPS: usize = 64;

/// Returns an error without a path if the observer has asked to stop. The engine adds the path.
fn check_stop(observer: &dyn Observer) -> Result<()> {
    match observer.should_stop() {
        true => Err(Error::Interrupted {
            saved: PathBuf::new(),
        }),
        false => Ok(()),
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.observer.end(self.stage);
    }
}
