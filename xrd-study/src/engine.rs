//! Engine of studies, scorings and comparisons. It distributes independent trainings over threads,
//! saves them when the work is stopped, and resumes them.

mod checkpoint;
mod share;
mod store;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde::Serialize;
use serde::de::DeserializeOwned;
use xrd_ae::{Autoencoder, Checkpoint, History, TrainingConfig, TrainingData};

use crate::error::{Error, Result, UnfinishedError};
use crate::session::{Observer, Running, Session, Stage};

pub(crate) use checkpoint::settings;
pub use checkpoint::{remove_saved, train};
pub(crate) use store::Store;

use share::share_out;

/// Runs the trainings of one experiment.
pub(crate) struct Engine<'a> {
    session: Session<'a>,
    store: Store,
    training: Running<'a>,
    /// Finished training of a single job. It is saved if a later stage is stopped.
    finished: Mutex<Option<FinishedTraining>>,
}

/// Finished training of a study whose results are not written yet.
///
/// A program that is asked to end before it has written the results can save the training. A
/// resumed study then does not train again.
#[derive(Clone)]
pub struct FinishedTraining {
    store: Store,
    name: String,
    checkpoint: Arc<Checkpoint>,
}

impl FinishedTraining {
    /// Saves the training in the folder of unfinished work ([`Saving::path`](crate::Saving::path)).
    /// Returns the folder.
    ///
    /// # Errors
    /// [`Error::File`] or [`Error::Network`] if the file cannot be written.
    pub fn save(&self) -> Result<PathBuf> {
        self.store.begin()?;
        self.checkpoint
            .save(self.store.checkpoint_file(&self.name))?;
        Ok(self.store.path().to_owned())
    }
}

/// A network to train.
pub(crate) struct Job<'a> {
    /// Name of its files, unique in the experiment.
    pub(crate) name: &'a str,
    /// Prefix of its warnings. `None` drops the warnings.
    pub(crate) label: Option<&'a str>,
    /// The untrained network.
    pub(crate) model: Autoencoder,
    pub(crate) config: &'a TrainingConfig,
    pub(crate) data: TrainingData<'a>,
    /// Whether the finished training is kept in memory, for
    /// [`after_training`](Engine::after_training).
    pub(crate) keeps: bool,
}

impl<'a> Engine<'a> {
    /// Opens the folder of unfinished work.
    ///
    /// `kind` names the work. `asked` holds one line per setting that must equal the saved one.
    /// `epochs` is the number of epochs of all trainings.
    pub(crate) fn open(
        session: Session<'a>,
        kind: &'static str,
        asked: &str,
        epochs: u64,
    ) -> Result<Self> {
        let saving = session.saving;
        Ok(Self {
            session,
            store: Store::open(saving, kind, asked)?,
            training: Running::new(session.observer, Stage::Training, epochs),
            finished: Mutex::new(None),
        })
    }

    /// Runs `work` for each index below `jobs` and returns the results in order.
    ///
    /// A single job uses all threads; several jobs divide them. No job begins after an error or a
    /// stop.
    pub(crate) fn each<T: Send>(
        &self,
        jobs: usize,
        work: impl Fn(usize) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        share_out(self.session.threads.get(), jobs, |job| {
            if self.session.observer.should_stop() {
                return Err(self.interrupted());
            }
            work(job)
        })
    }

    /// Trains a network, from its checkpoint if there is one.
    pub(crate) fn train(&self, job: Job<'_>) -> Result<(Autoencoder, History)> {
        let saves = self.store.checkpoint(job.name, self.session.saving);
        let trained = checkpoint::train_observed(
            job.model,
            job.config,
            job.data,
            &saves,
            (self.session.observer, job.label),
            |training| {
                if job.keeps {
                    let kept = FinishedTraining {
                        store: self.store.clone(),
                        name: job.name.to_owned(),
                        checkpoint: Arc::new(training.checkpoint()?),
                    };
                    *self.finished.lock().unwrap_or_else(|e| e.into_inner()) = Some(kept);
                }
                Ok(())
            },
        );
        trained.map_err(|error| match error {
            Error::Interrupted { .. } => self.interrupted(),
            other => other,
        })
    }

    /// Returns the observer of the work.
    pub(crate) fn observer(&self) -> &'a dyn Observer {
        self.session.observer
    }

    /// Runs the stages after the trainings. If they are stopped, the kept training is saved, so that
    /// it is not repeated.
    pub(crate) fn after_training<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        work().or_else(|error| {
            if !matches!(error, Error::Interrupted { .. }) {
                return Err(error);
            }
            let kept = self.finished.lock().unwrap_or_else(|e| e.into_inner());
            if let Some(finished) = &*kept {
                finished.save()?;
            }
            Err(self.interrupted())
        })
    }

    /// Returns the stored result of a training, or makes and stores it. A stored result advances the
    /// progress by `epochs`.
    pub(crate) fn recall<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        epochs: usize,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        if let Some(found) = self.store.read(name)? {
            self.training.advance(epochs as u64);
            return Ok(found);
        }
        let made = make()?;
        self.store.write(name, &made)?;
        Ok(made)
    }

    /// Advances the progress by epochs that a training did not need.
    pub(crate) fn skip(&self, epochs: usize) {
        self.training.advance(epochs as u64);
    }

    /// Returns the error of a stored result that does not fit the work.
    pub(crate) fn damaged(&self, name: &str, why: String) -> Error {
        let path = self.store.result(name);
        UnfinishedError::Damaged { path, reason: why }.into()
    }

    fn interrupted(&self) -> Error {
        Error::Interrupted {
            saved: self.store.path().to_owned(),
        }
    }

    /// Returns the finished training of a single job that was kept.
    pub(crate) fn finished(&self) -> Option<FinishedTraining> {
        let finished = self.finished.lock().unwrap_or_else(|e| e.into_inner());
        finished.clone()
    }

    /// Ends the stage of training and returns the store, which is removed once the results are
    /// written.
    pub(crate) fn into_store(self) -> Store {
        self.store
    }
}
