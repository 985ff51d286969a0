use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_nn::{AdamSettings, Loss, Network, Targets, Trainer, TrainingSettings};
use xrd_symmetry::{Answer, Score};

use super::{PaperPatterns, PaperPlan, inputs, probabilities};
use crate::error::{Error, Result};
use crate::resumable::{self, Steps};
use crate::session::{Observer, Running, Saving, Stage};
use crate::symmetry::PatternSource;

/// First line of a checkpoint. The second line is JSON, and the bytes of the trainer follow.
const MAGIC: &[u8] = b"xrd symmetry paper 1\n";

/// Result of an epoch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaperEpoch {
    /// Mean loss of the training patterns, of the loss function of this epoch.
    pub loss: f64,
    /// Share of training patterns whose space group was right.
    pub right: f64,
    /// Accuracy on each set of test patterns after this epoch.
    pub accuracies: Vec<EpochAccuracy>,
}

/// Accuracy on a set of patterns after an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EpochAccuracy {
    /// Name of the set.
    pub patterns: String,
    /// Share of right crystal systems.
    pub crystal_system: f64,
    /// Share of right space groups.
    pub space_group: f64,
}

/// Training of a network of the paper, one batch at a time.
///
/// Equal plans and sources give equal weights to the last bit, with any number of threads and after any number
/// of interruptions, on one machine.
#[derive(Debug)]
pub struct PaperTraining {
    plan: PaperPlan,
    trainer: Trainer<f32>,
    history: Vec<PaperEpoch>,
    /// Sums over the steps of the current epoch.
    loss: f64,
    right: usize,
}

/// What a checkpoint contains besides the trainer.
#[derive(Serialize, Deserialize)]
struct Head {
    plan: PaperPlan,
    history: Vec<PaperEpoch>,
    loss: f64,
    right: usize,
}

impl PaperTraining {
    /// Begins a training.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] or [`Error::Symmetry`] if a number of the plan is 0, or the layers do not fit.
    pub fn new(plan: PaperPlan) -> Result<Self> {
        plan.check()?;
        let mut settings = TrainingSettings::new(Loss::CrossEntropy { smoothing: 0.0 });
        settings.adam = AdamSettings {
            learning_rate: plan.learning_rate,
            weight_decay: 0.0,
            ..AdamSettings::default()
        };
        settings.seed = plan.seed;
        let network = Network::new(&plan.network, plan.seed).map_err(of_network)?;
        Ok(Self {
            trainer: Trainer::new(network, settings).map_err(of_network)?,
            plan,
            history: Vec::new(),
            loss: 0.0,
            right: 0,
        })
    }

    /// Returns the plan.
    pub fn plan(&self) -> &PaperPlan {
        &self.plan
    }

    /// Returns the number of steps so far.
    pub fn steps(&self) -> u64 {
        self.trainer.steps()
    }

    /// Returns the finished epochs.
    pub fn history(&self) -> &[PaperEpoch] {
        &self.history
    }

    /// Returns the network in its current state.
    pub fn network(&self) -> &Network<f32> {
        self.trainer.network()
    }

    /// Returns `true` after the last step.
    pub fn is_done(&self) -> bool {
        self.steps() >= self.plan.steps()
    }

    /// Takes one step on the next patterns of a source, on the threads of rayon's current pool. After the last
    /// step of an epoch the network is scored on `tests`.
    ///
    /// # Errors
    /// Any error of [`PatternSource::pattern`], and [`Error::Symmetry`] if the training diverges.
    pub fn step(&mut self, source: &PatternSource, tests: &[PaperPatterns]) -> Result<()> {
        let (steps, batch) = (self.steps(), self.plan.batch as u64);
        let indices = steps * batch..(steps + 1) * batch;
        let patterns: Vec<_> = indices
            .into_par_iter()
            .map(|i| source.pattern(i))
            .collect::<Result<_>>()?;
        let matrix = inputs(&patterns, self.plan.network.input.len())?;
        let classes: Vec<u32> = patterns
            .iter()
            .map(|(_, group)| u32::from(group.number()) - 1)
            .collect();
        let epoch = steps / self.plan.steps_per_epoch() + 1;
        self.trainer.set_loss(loss_of(epoch)).map_err(of_network)?;
        let report = self.trainer.step(matrix.view(), Targets::Classes(&classes));
        let report = report.map_err(of_network)?;
        self.loss += report.loss;
        self.right += report.correct.unwrap_or_default();
        match self.steps() % self.plan.steps_per_epoch() {
            0 => self.end_epoch(tests),
            _ => Ok(()),
        }
    }

    /// Mean loss of the steps of the current epoch, or of the last one if no step was taken since.
    fn running_loss(&self) -> f64 {
        match (
            self.steps() % self.plan.steps_per_epoch(),
            self.history.last(),
        ) {
            (0, Some(epoch)) => epoch.loss,
            (steps, _) => self.loss / steps.max(1) as f64,
        }
    }

    fn end_epoch(&mut self, tests: &[PaperPatterns]) -> Result<()> {
        let steps = self.plan.steps_per_epoch() as f64;
        let accuracies = tests.iter().map(|t| accuracy(self.network(), t));
        let epoch = PaperEpoch {
            loss: self.loss / steps,
            right: self.right as f64 / (steps * self.plan.batch as f64),
            accuracies: accuracies.collect::<Result<_>>()?,
        };
        self.history.push(epoch);
        (self.loss, self.right) = (0.0, 0);
        Ok(())
    }

    /// Bytes of a file from which the training goes on to the same bits.
    ///
    /// # Errors
    /// No error is expected.
    pub fn checkpoint(&self) -> Result<Vec<u8>> {
        let head = Head {
            plan: self.plan.clone(),
            history: self.history.clone(),
            loss: self.loss,
            right: self.right,
        };
        let mut bytes = MAGIC.to_vec();
        serde_json::to_writer(&mut bytes, &head).map_err(Error::ToJson)?;
        bytes.push(b'\n');
        bytes.extend(self.trainer.checkpoint().map_err(of_network)?);
        Ok(bytes)
    }

    /// Goes on from a checkpoint.
    ///
    /// # Errors
    /// [`Error::Symmetry`] if the bytes are not a checkpoint.
    pub fn from_checkpoint(bytes: &[u8]) -> Result<Self> {
        let rest = bytes
            .strip_prefix(MAGIC)
            .ok_or_else(|| damaged("not a training of these networks"))?;
        let end = rest.iter().position(|b| *b == b'\n');
        let end = end.ok_or_else(|| damaged("the file is cut off"))?;
        let head: Head =
            serde_json::from_slice(&rest[..end]).map_err(|e| damaged(&e.to_string()))?;
        head.plan.check()?;
        let trainer = Trainer::from_checkpoint(&rest[end + 1..]).map_err(of_network)?;
        Ok(Self {
            plan: head.plan,
            trainer,
            history: head.history,
            loss: head.loss,
            right: head.right,
        })
    }
}

/// Trains a network, and scores it on `tests` after each epoch. The stage [`Stage::Training`] has one step per
/// batch.
///
/// A stopped training is saved in the file [`Saving::path`], and continued from it with [`Saving::resume`]. With
/// [`Saving::keep`] the finished training is saved too. The file is not removed at the end; see [`remove_saved`](crate::remove_saved).
///
/// # Errors
/// - Any error of [`PaperTraining::new`] and [`PaperTraining::step`].
/// - [`Error::Interrupted`] if the observer stops the training.
/// - [`Error::Unfinished`] if a saved training exists and cannot be continued: it may not be, or it has another
///   plan, or the file is damaged.
/// - [`Error::File`] if the file cannot be written or read.
pub fn train(
    plan: &PaperPlan,
    source: &PatternSource,
    tests: &[PaperPatterns],
    saving: &Saving,
    observer: &dyn Observer,
) -> Result<PaperTraining> {
    let file = &saving.path;
    let training = match resumable::saved(file, saving)? {
        None => PaperTraining::new(plan.clone())?,
        Some(bytes) => {
            let training = PaperTraining::from_checkpoint(&bytes);
            let training = training.map_err(|e| resumable::damaged(file, &e))?;
            resumable::same_plan(file, &training.plan.rows(plan))?;
            training
        }
    };
    let mut scored = Scored {
        training,
        source,
        tests,
    };
    let running = Running::new(observer, Stage::Training, plan.steps());
    resumable::finish(&mut scored, file, saving, observer, &running)?;
    if saving.keep {
        resumable::save(&scored, file)?;
    }
    Ok(scored.training)
}

/// Training with its patterns.
struct Scored<'a> {
    training: PaperTraining,
    source: &'a PatternSource,
    tests: &'a [PaperPatterns],
}

impl Steps for Scored<'_> {
    fn steps(&self) -> u64 {
        self.training.steps()
    }

    fn is_done(&self) -> bool {
        self.training.is_done()
    }

    fn epochs(&self) -> usize {
        self.training.history.len()
    }

    fn advance(&mut self) -> Result<()> {
        self.training.step(self.source, self.tests)
    }

    fn loss(&self) -> f64 {
        self.training.running_loss()
    }

    fn checkpoint(&self) -> Result<Vec<u8>> {
        self.training.checkpoint()
    }
}

/// Cross-entropy in odd epochs, counted from 1, and the quadratic loss in even ones.
fn loss_of(epoch: u64) -> Loss {
    match epoch.is_multiple_of(2) {
        true => Loss::Quadratic { smoothing: 0.0 },
        false => Loss::CrossEntropy { smoothing: 0.0 },
    }
}

fn accuracy(network: &Network<f32>, tests: &PaperPatterns) -> Result<EpochAccuracy> {
    let found = probabilities(network, tests.inputs.view())?;
    let answers: Vec<Answer<'_>> = found
        .iter()
        .zip(&tests.space_groups)
        .map(|(probabilities, truth)| Answer {
            probabilities,
            truth: *truth,
        })
        .collect();
    let score = Score::of(&answers)?;
    Ok(EpochAccuracy {
        patterns: tests.name.clone(),
        crystal_system: score.crystal_system,
        space_group: score.space_group,
    })
}

fn of_network(error: xrd_nn::Error) -> Error {
    xrd_symmetry::Error::from(error).into()
}

fn damaged(reason: &str) -> Error {
    xrd_symmetry::Error::File {
        reason: reason.to_owned(),
    }
    .into()
}
