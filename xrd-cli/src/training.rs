//! Trainings that tell how they go, save themselves, and are gone on with.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use xrd_ae::{
    Autoencoder, AutoencoderConfig, Checkpoint, History, Progress, Training, TrainingConfig,
    TrainingData,
};

use crate::interrupt::{self, Interrupted};
use crate::options::{Every, Saving};

/// Where a training is saved, and when.
pub(crate) struct Saves {
    file: PathBuf,
    /// Only an interrupt saves where this is none.
    every: Option<Every>,
    resume: bool,
}

impl Saves {
    /// As the options say, in this file.
    pub(crate) fn in_file(saving: &Saving, file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            every: saving.every(),
            resume: saving.resume,
        }
    }

    /// Removes what was saved, once it has become a model.
    pub(crate) fn remove(&self) -> Result<()> {
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| self.file.display().to_string())
            }
            _ => Ok(()),
        }
    }

    /// What is to be gone on with.
    fn found(&self) -> Result<Option<Checkpoint>> {
        let name = self.file.display();
        if !self.file.exists() {
            return Ok(None);
        }
        let found = Checkpoint::load(&self.file);
        match (found, self.resume) {
            (found, true) => found.map(Some).with_context(|| name.to_string()),
            (Ok(_), false) => {
                bail!("{name} holds an unfinished training: --resume goes on with it, or remove it")
            }
            (Err(error), false) => bail!("{name} is there and no unfinished training ({error})"),
        }
    }

    fn save(&self, training: &Training) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            let named = || folder.display().to_string();
            std::fs::create_dir_all(folder).with_context(named)?;
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

/// Trains a model to the end, from where it was left if it was. Warnings go to stderr.
///
/// `label` names the training where there are several.
pub(crate) fn train(
    model: Autoencoder,
    config: &TrainingConfig,
    data: TrainingData<'_>,
    saves: &Saves,
    (bar, label): (&ProgressBar, &str),
) -> Result<(Autoencoder, History)> {
    let mut training = start(model, config, data, saves)?;
    bar.inc(training.history().epochs.len() as u64);
    let _saves_first = interrupt::save_first();
    let (mut saved, mut epochs) = (Instant::now(), 0);
    loop {
        match training.step()? {
            Progress::Over => break,
            Progress::Batch => {}
            Progress::Epoch(record) => {
                epochs += 1;
                bar.inc(1);
                bar.set_message(format!("loss {:.4}", record.train_loss));
            }
        }
        let leave = interrupt::is_requested();
        if leave || saves.is_due(epochs, saved) {
            saves.save(&training)?;
            (saved, epochs) = (Instant::now(), 0);
        }
        if leave {
            return Err(Interrupted::saved_in(&saves.file).into());
        }
    }
    if saves.every.is_some() {
        saves.save(&training)?;
    }
    for warning in &training.history().warnings {
        bar.suspend(|| eprintln!("note: {label}{warning}"));
    }
    Ok(training.finish()?)
}

fn start<'a>(
    model: Autoencoder,
    config: &TrainingConfig,
    data: TrainingData<'a>,
    saves: &Saves,
) -> Result<Training<'a>> {
    let Some(checkpoint) = saves.found()? else {
        return Ok(Training::new(model, config, data)?);
    };
    let name = || saves.file.display().to_string();
    let begun = settings(checkpoint.model().config(), checkpoint.config());
    let asked = settings(model.config(), config);
    if let Some(((what, begun), (_, asked))) = begun.iter().zip(&asked).find(|(a, b)| a != b) {
        bail!("{}: begun with {what} {begun} (now {asked})", name());
    }
    Training::resume(checkpoint, data).with_context(name)
}

/// What a training must share with the one it goes on with, option by option.
pub(crate) fn settings(
    network: &AutoencoderConfig,
    config: &TrainingConfig,
) -> Vec<(&'static str, String)> {
    let schedule = config.schedule;
    vec![
        ("--hidden", format!("{:?}", network.hidden)),
        ("--scaling", format!("{:?}", network.scaling)),
        ("--seed", network.seed.to_string()),
        ("--epochs", config.epochs.to_string()),
        ("--batch", config.batch.to_string()),
        ("--loss", format!("{:?}", config.loss)),
        ("--lr", config.learning_rate.to_string()),
        ("--schedule", format!("{:?}", schedule.course())),
        ("--warm-up", schedule.warm_up().to_string()),
        ("--weight-decay", config.weight_decay.to_string()),
        ("--decoupled-decay", format!("{:?}", config.decay)),
        ("--full-first-rate", format!("{:?}", config.first_layer)),
        ("--clip", format!("{:?}", config.clip)),
        ("--strain", format!("{:?}", config.strain)),
        (
            "--patience and --min-improvement",
            format!("{:?}", config.early_stopping),
        ),
    ]
}
