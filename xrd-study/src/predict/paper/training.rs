use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use xrd_nn::ndarray::{Array2, Axis};
use xrd_nn::{AdamSettings, Network, Precision, Targets, Trainer, TrainingSettings};

use super::{PaperPlan, PaperSet};
use crate::error::{Error, Result};

/// First line of a checkpoint. The second line is JSON; the bytes of the best network and of the trainer follow.
const MAGIC: &[u8] = b"xrd predict paper 1\n";

/// Result of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaperEpoch {
    /// Mean loss of the training formulas, with dropout.
    pub training: f64,
    /// Mean loss of the validation formulas after the epoch.
    pub validation: f64,
}

/// Training of the network of the paper, one batch at a time. It ends after the last epoch, or if the loss of the
/// validation part was not lower for some epochs.
///
/// Equal plans and formulas give equal weights to the last bit, with any number of threads and after any number of
/// interruptions, on one machine.
#[derive(Debug)]
pub struct PaperTraining {
    trainer: Trainer<f32>,
    head: Head,
    /// Network after the epoch with the lowest validation loss.
    best: Vec<u8>,
}

/// What a checkpoint contains besides networks.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Head {
    plan: PaperPlan,
    formulas: usize,
    history: Vec<PaperEpoch>,
    /// Sum of the losses of the current epoch, and number of its formulas.
    sum: (f64, usize),
    best_epoch: usize,
    diverged: bool,
    /// Bytes of the best network.
    bytes: usize,
}

impl PaperTraining {
    /// Begins a training with a number of formulas.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] or [`Error::Predict`] if a setting is out of range.
    pub fn new(plan: PaperPlan, formulas: usize) -> Result<Self> {
        plan.check()?;
        let mut settings = TrainingSettings::new(plan.loss.of_network());
        settings.adam = AdamSettings {
            learning_rate: plan.learning_rate,
            weight_decay: 0.0,
            ..AdamSettings::default()
        };
        settings.seed = plan.seed;
        let network = plan.network.network(plan.seed)?;
        let best = network.to_bytes(Precision::Full).map_err(of_network)?;
        let head = Head {
            plan,
            formulas,
            history: Vec::new(),
            sum: (0.0, 0),
            best_epoch: 0,
            diverged: false,
            bytes: best.len(),
        };
        let trainer = Trainer::new(network, settings).map_err(of_network)?;
        Ok(Self {
            trainer,
            head,
            best,
        })
    }

    /// Returns the plan.
    pub fn plan(&self) -> &PaperPlan {
        &self.head.plan
    }

    /// Number of training formulas.
    pub(super) fn formulas(&self) -> usize {
        self.head.formulas
    }

    /// Returns the number of steps so far.
    pub fn steps(&self) -> u64 {
        self.trainer.steps()
    }

    /// Returns the finished epochs.
    pub fn history(&self) -> &[PaperEpoch] {
        &self.head.history
    }

    /// Returns the number of the epoch with the lowest validation loss, from 1; 0 before the first.
    pub fn best_epoch(&self) -> usize {
        self.head.best_epoch
    }

    /// Returns `true` if a loss or gradient was not finite. The training ends then.
    pub fn has_diverged(&self) -> bool {
        self.head.diverged
    }

    /// Returns the network after the epoch with the lowest validation loss.
    ///
    /// # Errors
    /// [`Error::Predict`] if the bytes of a checkpoint were changed.
    pub fn best_network(&self) -> Result<Network<f32>> {
        Network::from_bytes(&self.best).map_err(of_network)
    }

    /// Returns `true` after the last step.
    pub fn is_done(&self) -> bool {
        let Head { plan, history, .. } = &self.head;
        let waited = history.len() - self.head.best_epoch;
        self.head.diverged || history.len() >= plan.epochs || waited >= plan.patience
    }

    /// Takes one step on the next formulas, on the threads of rayon's current pool.
    ///
    /// # Errors
    /// [`Error::Predict`] if the formulas do not have the shapes of the network.
    pub fn step(&mut self, training: &PaperSet, validation: &PaperSet) -> Result<()> {
        let Head { plan, formulas, .. } = &self.head;
        let steps = formulas.div_ceil(plan.batch).max(1) as u64;
        let (epoch, step) = (self.steps() / steps, self.steps() % steps);
        let order = order(*formulas, plan.seed, epoch);
        let first = step as usize * plan.batch;
        let chosen = &order[first..(first + plan.batch).min(order.len())];
        let select = |matrix: &Array2<f32>| matrix.select(Axis(0), chosen);
        let (inputs, targets) = (select(&training.inputs), select(&training.targets));
        match self
            .trainer
            .step(inputs.view(), Targets::Values(targets.view()))
        {
            Ok(report) => {
                let (sum, count) = &mut self.head.sum;
                *sum += report.loss * chosen.len() as f64;
                *count += chosen.len();
            }
            Err(xrd_nn::Error::Diverged { .. }) => {
                self.head.diverged = true;
                return Ok(());
            }
            Err(error) => return Err(of_network(error)),
        }
        match step + 1 == steps {
            true => self.end_epoch(validation),
            false => Ok(()),
        }
    }

    fn end_epoch(&mut self, validation: &PaperSet) -> Result<()> {
        let found = self.trainer.network().predict(validation.inputs.view());
        let loss = self.plan().loss.of_network();
        let targets = Targets::Values(validation.targets.view());
        let validation = found.and_then(|f| loss.mean(f.view(), targets));
        let epoch = PaperEpoch {
            training: self.running_loss(),
            validation: validation.map_err(of_network)?,
        };
        let head = &mut self.head;
        let lowest = head
            .history
            .iter()
            .map(|e| e.validation)
            .fold(f64::INFINITY, f64::min);
        head.history.push(epoch);
        head.sum = (0.0, 0);
        if epoch.validation < lowest {
            head.best_epoch = head.history.len();
            let network = self.trainer.network();
            self.best = network.to_bytes(Precision::Full).map_err(of_network)?;
            self.head.bytes = self.best.len();
        }
        Ok(())
    }

    /// Mean loss of the current epoch, or of the last one if no step was taken since.
    pub(super) fn running_loss(&self) -> f64 {
        match (self.head.sum, self.head.history.last()) {
            ((_, 0), last) => last.map_or(0.0, |e| e.training),
            ((sum, count), _) => sum / count as f64,
        }
    }

    /// Bytes of a file from which the training goes on to the same bits.
    ///
    /// # Errors
    /// No error is expected.
    pub fn checkpoint(&self) -> Result<Vec<u8>> {
        let mut bytes = MAGIC.to_vec();
        serde_json::to_writer(&mut bytes, &self.head).map_err(Error::ToJson)?;
        bytes.push(b'\n');
        bytes.extend(&self.best);
        bytes.extend(self.trainer.checkpoint().map_err(of_network)?);
        Ok(bytes)
    }

    /// Goes on from a checkpoint.
    ///
    /// # Errors
    /// [`Error::Predict`] or [`Error::Expected`] if the bytes are not a checkpoint.
    pub fn from_checkpoint(bytes: &[u8]) -> Result<Self> {
        let rest = bytes.strip_prefix(MAGIC);
        let rest = rest.ok_or(Error::Expected("a training of this network"))?;
        let end = rest.iter().position(|b| *b == b'\n');
        let (head, rest) = rest.split_at(end.ok_or(Error::Expected("a complete file"))?);
        let head = serde_json::from_slice::<Head>(head);
        let head = head.map_err(|_| Error::Expected("a plan in the second line"))?;
        head.plan.check()?;
        let networks = rest[1..].split_at_checked(head.bytes);
        let (best, trainer) = networks.ok_or(Error::Expected("a complete file"))?;
        if head.best_epoch > head.history.len() {
            return Err(Error::Expected("a best epoch among the epochs"));
        }
        Ok(Self {
            trainer: Trainer::from_checkpoint(trainer).map_err(of_network)?,
            best: best.to_vec(),
            head,
        })
    }
}

/// Order of the formulas in an epoch, counted from 0.
fn order(formulas: usize, seed: u64, epoch: u64) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(epoch + 1);
    let mut order: Vec<usize> = (0..formulas).collect();
    order.shuffle(&mut random);
    order
}

pub(super) fn of_network(error: xrd_nn::Error) -> Error {
    xrd_predict::Error::from(error).into()
}
