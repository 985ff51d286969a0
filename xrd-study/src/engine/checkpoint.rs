//! Trainings with progress and checkpoints.

use std::path::PathBuf;
use std::time::Instant;

use xrd_ae::{
    Autoencoder, AutoencoderConfig, Checkpoint, History, Progress, Training, TrainingConfig,
    TrainingData,
};

use super::store::Store;
use crate::error::{Error, Result, UnfinishedError};
use crate::session::{Observer, Running, SaveInterval, Saving, Stage};

/// File and interval of the checkpoints of a training.
pub(crate) struct Saves<'a> {
    pub(super) file: PathBuf,
    /// `None` saves only when the work is stopped.
    pub(super) interval: Option<SaveInterval>,
    pub(super) resume: bool,
    /// Folder of the experiment that the training belongs to.
    pub(super) store: Option<&'a Store>,
}

impl Saves<'_> {
    /// Returns the checkpoint to resume, if there is one.
    fn found(&self) -> Result<Option<Checkpoint>> {
        if !self.file.exists() {
            return Ok(None);
        }
        let (path, kind) = (self.file.clone(), "training");
        match (Checkpoint::load(&self.file), self.resume) {
            (Ok(found), true) => Ok(Some(found)),
            (Err(error), true) => Err(Error::from(error).at(path.display())),
            (Ok(_), false) => Err(UnfinishedError::NotResumed { path, kind }.into()),
            (Err(error), false) => {
                let reason = Some(error.to_string());
                Err(UnfinishedError::Foreign { path, kind, reason }.into())
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

    /// Whether the interval since the last save is over.
    fn is_due(&self, epochs: usize, last: Instant) -> bool {
        match self.interval {
            None => false,
            Some(SaveInterval::Epochs(every)) => epochs >= every,
            Some(SaveInterval::Seconds(every)) => last.elapsed().as_secs_f64() >= every,
        }
    }
}

/// Trains a single network without an experiment. If [`Saving::resume`] is true and a checkpoint
/// exists, the training continues from the checkpoint.
///
/// The training uses the current rayon thread pool. The field [`Saving::path`] is the file of the
/// checkpoint. The caller writes the model and then removes this file with [`remove_saved`].
///
/// # Errors
/// Any error of [`Training`]; [`Error::Unfinished`] if a checkpoint exists that cannot be
/// continued; [`Error::Interrupted`] if the observer stops the training.
pub fn train(
    model: Autoencoder,
    config: &TrainingConfig,
    data: TrainingData<'_>,
    saving: &Saving,
    observer: &dyn Observer,
) -> Result<(Autoencoder, History)> {
    let saves = Saves {
        file: saving.path.clone(),
        interval: saving.interval,
        resume: saving.resume,
        store: None,
    };
    let _running = Running::new(observer, Stage::Training, config.epochs as u64);
    train_observed(
        model,
        config,
        data,
        &saves,
        (observer, Some("")),
        |_| Ok(()),
    )
}

/// Removes the checkpoint of a single training, if it exists.
///
/// # Errors
/// [`Error::File`] if the file cannot be removed.
pub fn remove_saved(saving: &Saving) -> Result<()> {
    super::store::remove(&saving.path)
}

/// Trains a network to the end, from its checkpoint if there is one. The argument `label` is the
/// prefix of warnings; `None` drops the warnings. `keep` is called with the finished training.
pub(super) fn train_observed(
    model: Autoencoder,
    config: &TrainingConfig,
    data: TrainingData<'_>,
    saves: &Saves<'_>,
    (observer, label): (&dyn Observer, Option<&str>),
    keep: impl FnOnce(&Training<'_>) -> Result<()>,
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
    if saves.interval.is_some() {
        saves.save(&training)?;
    }
    keep(&training)?;
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
        let (saved, given) = (format!("{what} {begun}"), now.clone());
        let path = saves.file.clone();
        return Err(UnfinishedError::Settings { path, saved, given }.into());
    }
    let resumed = Training::resume(checkpoint, data);
    resumed.map_err(|e| Error::from(e).at(saves.file.display()))
}

/// Returns names and values of the settings that a resumed training must share with its checkpoint.
pub(crate) fn settings(
    network: &AutoencoderConfig,
    config: &TrainingConfig,
) -> Vec<(&'static str, String)> {
    let schedule = config.schedule;
    let mut all = vec![
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
    ];
    // Unfinished work from before this setting existed can then be resumed.
    if config.border_weight != 0.0 {
        all.push(("border-weight", config.border_weight.to_string()));
    }
    if config.label_weight != 0.0 {
        all.push(("label-weight", config.label_weight.to_string()));
    }
    all
}
