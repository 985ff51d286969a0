//! Execution of an experiment: threads, progress, interruption, and storage of unfinished work.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Result;

/// A stage of the work that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Simulation of patterns; one step per pattern.
    Simulating,
    /// Training of networks; one step per epoch.
    Training,
}

/// Observer of the progress of an experiment, which may stop it.
///
/// Every method does nothing by default. Methods are called from several threads and must return
/// quickly.
pub trait Observer: Sync {
    /// Called when a stage of this number of steps begins.
    fn begin(&self, _stage: Stage, _steps: u64) {}

    /// Called when this number of further steps is done.
    fn advance(&self, _stage: Stage, _steps: u64) {}

    /// Called at the end of an epoch with the training loss.
    fn loss(&self, _loss: f64) {}

    /// Called with the text of a warning of a training.
    fn warn(&self, _text: &str) {}

    /// Called when a stage ends, finished or not.
    fn end(&self, _stage: Stage) {}

    /// Returns whether to stop. The training calls it after every batch. If it returns true, the work
    /// is saved and ends with [`Error::Interrupted`](crate::Error::Interrupted).
    fn should_stop(&self) -> bool {
        false
    }
}

/// An observer that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}

/// Interval at which a training is saved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SaveInterval {
    /// Number of epochs.
    Epochs(usize),
    /// Number of seconds.
    Seconds(f64),
}

/// Storage of unfinished work.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Saving {
    /// File of a single training, or folder of an experiment with one file per training.
    pub path: PathBuf,
    /// Interval between saves. `None` saves only when the work is stopped.
    pub interval: Option<SaveInterval>,
    /// Whether to continue from saved work, if there is any. If false, existing saved work is an
    /// error and is not overwritten.
    pub resume: bool,
    /// Whether an experiment keeps the result of each training when it is done, so that it can be
    /// extended without training again.
    pub keep: bool,
}

impl Saving {
    /// Returns storage at `path` that is written only when the work is stopped, refuses existing
    /// work, and is removed at the end.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            interval: None,
            resume: false,
            keep: false,
        }
    }

    /// Sets the interval between saves.
    #[must_use]
    pub fn with_interval(mut self, interval: SaveInterval) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Sets whether to continue from saved work.
    #[must_use]
    pub fn with_resume(mut self, resume: bool) -> Self {
        self.resume = resume;
        self
    }

    /// Sets whether the result of each training is kept.
    #[must_use]
    pub fn with_keep(mut self, keep: bool) -> Self {
        self.keep = keep;
        self
    }
}

/// Threads, observer and storage with which an experiment runs.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Session<'a> {
    /// Largest number of threads. The results do not depend on it.
    pub threads: NonZeroUsize,
    /// Observer of the progress.
    pub observer: &'a dyn Observer,
    /// Storage of unfinished work.
    pub saving: &'a Saving,
}

impl<'a> Session<'a> {
    /// Returns a session of one thread without an observer.
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
