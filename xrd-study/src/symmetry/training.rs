use std::path::{Path, PathBuf};

use xrd_nn::Network;
use xrd_symmetry::{Step, Training, TrainingPlan};

use super::PatternSource;
use crate::error::{Error, Result};
use crate::resumable::{self, Row, Steps};
use crate::session::{Observer, Running, Saving, Stage};

/// Trains several networks on simulated patterns, one after the other.
///
/// Network k has the seed of the plan plus k, also for its patterns. The stage [`Stage::Training`] has one step per batch.
/// A stopped training is saved in the folder [`Saving::path`], one file per network, and continued from it with
/// [`Saving::resume`]. Finished networks are saved there as well, so that a training of more networks later goes on with
/// them. The folder is not removed at the end; see [`network_files`].
///
/// Equal plans and sources give equal networks to the last bit, with any number of threads and after any number of
/// interruptions, on one machine.
///
/// # Errors
/// - Any error of [`Training::new`] and [`PatternSource::pattern`].
/// - [`Error::Interrupted`] if the observer stops the training.
/// - [`Error::Unfinished`] if a saved training exists and cannot be continued: it may not be, or it has another
///   plan, or the file is damaged.
/// - [`Error::File`] if a file cannot be written or read.
pub fn train_networks(
    plan: &TrainingPlan,
    networks: usize,
    source: &PatternSource,
    saving: &Saving,
    observer: &dyn Observer,
) -> Result<Vec<Network<f32>>> {
    let folder = &saving.path;
    std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
    let running = Running::new(observer, Stage::Training, plan.steps() * networks as u64);
    let files = network_files(folder, plan.seed, networks);
    let train = |(k, file): (u64, PathBuf)| {
        let seed = plan.seed.wrapping_add(k);
        let plan = TrainingPlan {
            seed,
            ..plan.clone()
        };
        let mut simulated = Simulated {
            training: begun(&plan, &file, saving)?,
            source: source.clone().with_seed(seed),
            losses: (0.0, 0),
        };
        resumable::finish(&mut simulated, &file, saving, observer, &running)?;
        resumable::save(&simulated, &file)?;
        Ok(simulated.training.into_network())
    };
    (0..).zip(files).map(train).collect()
}

/// Files of saved trainings of networks with the seeds `seed`, `seed` + 1, … in a folder.
pub fn network_files(folder: &Path, seed: u64, networks: usize) -> Vec<PathBuf> {
    let name = |k: usize| format!("network-{}.training", seed.wrapping_add(k as u64));
    (0..networks).map(|k| folder.join(name(k))).collect()
}

/// A saved training, or a new one.
fn begun(plan: &TrainingPlan, file: &Path, saving: &Saving) -> Result<Training> {
    let Some(bytes) = resumable::saved(file, saving)? else {
        return Ok(Training::new(plan.clone())?);
    };
    let training = Training::from_checkpoint(&bytes);
    let training = training.map_err(|e| resumable::damaged(file, &e))?;
    resumable::same_plan(file, &rows(training.plan(), plan))?;
    Ok(training)
}

/// The settings of two plans.
fn rows(saved: &TrainingPlan, given: &TrainingPlan) -> Vec<Row> {
    let number = |name, of: fn(&TrainingPlan) -> String| (name, of(saved), of(given));
    let is_same = saved.network == given.network;
    let network = if is_same { "the same" } else { "another" };
    vec![
        number("steps", |p| p.steps().to_string()),
        number("cycles", |p| p.cycles.to_string()),
        number("batch size", |p| p.batch.to_string()),
        number("learning rate", |p| p.learning_rate.to_string()),
        number("label smoothing", |p| p.smoothing.to_string()),
        number("share of cropped patterns", |p| p.cropped.to_string()),
        ("network:", network.to_owned(), "the same".to_owned()),
    ]
}

/// Training with its patterns.
struct Simulated {
    training: Training,
    source: PatternSource,
    /// Sum of the losses since the last report, and their number.
    losses: (f64, u32),
}

impl Steps for Simulated {
    fn steps(&self) -> u64 {
        self.training.steps()
    }

    fn is_done(&self) -> bool {
        self.training.is_done()
    }

    fn epochs(&self) -> usize {
        (self.training.plan().finished_cycles(self.steps())) as usize
    }

    fn advance(&mut self) -> Result<()> {
        let step: Step = self.training.step(|index| self.source.pattern(index))?;
        // Mean over the last steps, with older ones counting less.
        let (mean, count) = self.losses;
        let weight = f64::from(count + 1).min(100.0);
        self.losses = (mean + (step.loss - mean) / weight, count.saturating_add(1));
        Ok(())
    }

    fn loss(&self) -> f64 {
        self.losses.0
    }

    fn checkpoint(&self) -> Result<Vec<u8>> {
        Ok(self.training.checkpoint()?)
    }
}
