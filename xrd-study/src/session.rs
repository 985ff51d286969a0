//! Execution of an experiment: threads, progress, interruption, and storage of unfinished work.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Result;

/// Stage of the work, as reported to an [`Observer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Simulation of patterns; one step per pattern.
    Simulating,
    /// Training of networks; one step per epoch.
    Training,
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

    /// Returns true to stop the work. A training calls this method after every batch. Stopped work
    /// is saved, and the function that runs the experiment returns
    /// [`Error::Interrupted`](crate::Error::Interrupted).
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

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.observer.end(self.stage);
    }
}
