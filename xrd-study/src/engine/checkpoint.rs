//! Trainings that show how they go, save themselves, and are gone on with.

use std::path::PathBuf;
use std::time::Instant;

use xrd_ae::{
    Autoencoder, AutoencoderConfig, Checkpoint, History, Progress, Training, TrainingConfig,
    TrainingData,
};

use super::store::Store;
use crate::error::{Error, Result, UnfinishedError};
use crate::session::{Every, Observer, Running, Saving, Stage};

/// Where a training is saved, and when.
pub(crate) struct Saves<'a> {
    pub(super) file: PathBuf,
    /// Only a stop saves where this is none.
    pub(super) every: Option<Every>,
    pub(super) resume: bool,
    /// The folder of the work that the training belongs to.
    pub(super) store: Option<&'a Store>,
}

impl Saves<'_> {
    /// What is to be gone on with.
    fn found(&self) -> Result<Option<Checkpoint>> {
        if !self.file.exists() {
            return Ok(None);
        }
        let (place, what) = (self.file.clone(), "training");
        match (Checkpoint::load(&self.file), self.resume) {
            (Ok(found), true) => Ok(Some(found)),
            (Err(error), true) => Err(Error::from(error).at(place.display())),
            (Ok(_), false) => Err(UnfinishedError::NotAsked { place, what }.into()),
            (Err(error), false) => {
                let why = Some(error.to_string());
                Err(UnfinishedError::Foreign { place, what, why }.into())
            }
        }
    }

    fn save(&self, training: &Training) -> Result<()> {
        match (self.store, self.file.parent()) {
            (Some(store), _) => store.begin()?,
            (None, Some(folder)) => {
                std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
            }
            (None, None) => {}
        }
        Ok(training.checkpoint()?.save(&self.file)?)
    }

    /// Whether it is time to save again, after so many epochs and so much time.
    fn is_due(&self, epochs: usize, last: Instant) -> bool {
        match self.every {
            None => false,
            Some(Every::Epochs(every)) => epochs >= every,
            Some(Every::Seconds(every)) => last.elapsed().as_secs_f64() >= every,
        }
    }
}

/// Trains a network to the end, from where it was left if it was: a single training outside an
/// experiment. The work is spread over the rayon pool it is called in.
///
/// `saving.place` is the file that it is saved in; the caller removes it once the model is written
/// ([`remove_saved`]).
///
/// # Errors
/// Those of [`Training`]; [`Error::Unfinished`] for a file of another training;
/// [`Error::Interrupted`] where the observer asks to stop.
pub fn train(
    model: Autoencoder,
    config: &TrainingConfig,
    data: TrainingData<'_>,
    saving: &Saving,
    observer: &dyn Observer,
) -> Result<(Autoencoder, History)> {
    let saves = Saves {
        file: saving.place.clone(),
        every: saving.every,
        resume: saving.resume,
        store: None,
    };
    let _running = Running::new(observer, Stage::Training, config.epochs as u64);
    train_observed(model, config, data, &saves, (observer, Some("")))
}

/// Removes the file of a single training, where there is one.
///
/// # Errors
/// [`Error::File`] where it cannot be removed.
pub fn remove_saved(saving: &Saving) -> Result<()> {
    super::store::remove(&saving.place)
}

/// Trains a network to the end, from where it was left if it was. `label` names the training in
/// warnings.
pub(super) fn train_observed(
    model: Autoencoder,
    config: &TrainingConfig,
    data: TrainingData<'_>,
    saves: &Saves<'_>,
    (observer, label): (&dyn Observer, Option<&str>),
) -> Result<(Autoencoder, History)> {
    let mut training = start(model, config, data, saves)?;
    observer.advance(Stage::Training, training.history().epochs.len() as u64);
    let (mut saved, mut epochs) = (Instant::now(), 0);
    loop {
        match training.step()? {
            Progress::Over => break,
            Progress::Batch => {}
            Progress::Epoch(record) => {
                epochs += 1;
                observer.advance(Stage::Training, 1);
                observer.loss(record.train_loss);
            }
        }
        let leave = observer.should_stop();
        if leave || saves.is_due(epochs, saved) {
            saves.save(&training)?;
            (saved, epochs) = (Instant::now(), 0);
        }
        if leave {
            let saved = saves.file.clone();
            return Err(Error::Interrupted { saved });
        }
    }
    if saves.every.is_some() {
        saves.save(&training)?;
    }
    if let Some(label) = label {
        for warning in &training.history().warnings {
            observer.warn(&format!("{label}{warning}"));
        }
    }
    Ok(training.finish()?)
}

fn start<'a>(
    model: Autoencoder,
    config: &TrainingConfig,
    data: TrainingData<'a>,
    saves: &Saves<'_>,
) -> Result<Training<'a>> {
    let Some(checkpoint) = saves.found()? else {
        return Ok(Training::new(model, config, data)?);
    };
    let begun = settings(checkpoint.model().config(), checkpoint.config());
    let asked = settings(model.config(), config);
    if let Some(((what, begun), (_, now))) = begun.iter().zip(&asked).find(|(a, b)| a != b) {
        let (begun, now) = (format!("{what} {begun}"), now.clone());
        let place = saves.file.clone();
        return Err(UnfinishedError::Settings { place, begun, now }.into());
    }
    let resumed = Training::resume(checkpoint, data);
    resumed.map_err(|e| Error::from(e).at(saves.file.display()))
}

/// What a training must share with the one it goes on with, name by name.
pub(crate) fn settings(
    network: &AutoencoderConfig,
    config: &TrainingConfig,
) -> Vec<(&'static str, String)> {
    let schedule = config.schedule;
    vec![
        ("hidden", format!("{:?}", network.hidden)),
        ("scaling", format!("{:?}", network.scaling)),
        ("seed", network.seed.to_string()),
        ("epochs", config.epochs.to_string()),
        ("batch", config.batch.to_string()),
        ("loss", format!("{:?}", config.loss)),
        ("lr", config.learning_rate.to_string()),
        ("schedule", format!("{:?}", schedule.course())),
        ("warm-up", schedule.warm_up().to_string()),
        ("weight-decay", config.weight_decay.to_string()),
        ("decoupled-decay", format!("{:?}", config.decay)),
        ("full-first-rate", format!("{:?}", config.first_layer)),
        ("clip", format!("{:?}", config.clip)),
        ("strain", format!("{:?}", config.strain)),
        (
            "patience and min-improvement",
            format!("{:?}", config.early_stopping),
        ),
    ]
}
