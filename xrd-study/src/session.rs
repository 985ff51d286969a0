//! What an experiment runs with: threads, progress, a way to stop, and a place for unfinished work.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Result;

/// A stage of the work that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Patterns are simulated; a step is a pattern.
    Simulating,
    /// Networks are trained; a step is an epoch.
    Training,
}

/// Follows the work, and may stop it. Every method does nothing by default.
///
/// Methods are called from several threads and must return quickly.
pub trait Observer: Sync {
    /// A stage begins, of so many steps.
    fn begin(&self, _stage: Stage, _steps: u64) {}

    /// So many steps are done.
    fn advance(&self, _stage: Stage, _steps: u64) {}

    /// An epoch ended with this training loss.
    fn loss(&self, _loss: f64) {}

    /// A training went wrong without ending.
    fn warn(&self, _text: &str) {}

    /// A stage is over, finished or not.
    fn end(&self, _stage: Stage) {}

    /// Whether to stop. While networks are trained this is asked for after every batch; the work is
    /// then saved and ends with [`Error::Interrupted`](crate::Error::Interrupted).
    fn should_stop(&self) -> bool {
        false
    }
}

/// An observer that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}

/// How often a training is saved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Every {
    /// After so many epochs.
    Epochs(usize),
    /// After so many seconds.
    Seconds(f64),
}

/// Where unfinished work is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Saving {
    /// File of a single training; folder of an experiment, with a file per training.
    pub place: PathBuf,
    /// How often to save; none to save only when the work is stopped.
    pub every: Option<Every>,
    /// Go on with what was saved, or begin where nothing was saved. Without it saved work is refused
    /// rather than overwritten.
    pub resume: bool,
    /// Whether an experiment leaves its results per training in the folder when it is done, so that
    /// it can be extended without training again.
    pub keep: bool,
}

/// What an experiment runs with.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    /// Most threads at work. The results do not depend on it.
    pub threads: NonZeroUsize,
    /// Who follows the work.
    pub observer: &'a dyn Observer,
    /// Where unfinished work is kept.
    pub saving: &'a Saving,
}

impl Session<'_> {
    /// A pool of all threads.
    ///
    /// # Errors
    /// [`Error::Threads`](crate::Error::Threads) where threads cannot be started.
    pub fn pool(&self) -> Result<ThreadPool> {
        pool(self.threads.get())
    }
}

pub(crate) fn pool(threads: usize) -> Result<ThreadPool> {
    Ok(ThreadPoolBuilder::new().num_threads(threads).build()?)
}

/// A stage that ends when this is dropped.
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
