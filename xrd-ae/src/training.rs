//! The steps and epochs of a training.

mod batches;
mod epoch;
mod held_back;
mod order;
mod plane_watch;
mod strain;

use std::ops::ControlFlow;

use xrd_core::PatternSet;

use crate::adam::Adam;
use crate::autoencoder::Autoencoder;
use crate::checkpoint::{self, Checkpoint, DataHashes};
use crate::config::{AutoencoderConfig, Decay, TrainingConfig};
use crate::error::{Error, Result};
use crate::history::{Ending, EpochRecord, History};
use crate::source::{PatternSource, data_hash};
use crate::trainer::{Snapshot, Trainer};
use batches::Batches;
use held_back::HeldBack;
use strain::RandomStrain;

pub(crate) use epoch::Partial;
pub(crate) use order::Order;

/// What a training sees.
///
/// Test and validation patterns have no influence on the weights but through early stopping.
#[derive(Clone, Copy)]
pub struct TrainingData<'a> {
    /// The patterns that are trained.
    pub train: &'a dyn PatternSource,
    /// Patterns held back, whose loss is recorded.
    pub test: Option<&'a PatternSet>,
    /// More patterns held back, which early stopping watches before the test patterns.
    pub validation: Option<&'a PatternSet>,
}

impl<'a> TrainingData<'a> {
    /// Training patterns alone.
    pub fn new(train: &'a dyn PatternSource) -> Self {
        Self {
            train,
            test: None,
            validation: None,
        }
    }
}

/// How far a [`step`](Training::step) has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// A batch was trained.
    Batch,
    /// A batch was trained, the last of its epoch.
    Epoch(EpochRecord),
    /// Nothing was left to do.
    Over,
}

/// A training under way, batch by batch: it can be left, saved and gone on with at any step.
///
/// [`Autoencoder::train`] is this in a loop. The work of a step is spread over the rayon pool it
/// is called in; the same seed gives the same weights whatever the number of threads.
///
/// # Example
/// ```
/// use xrd_ae::{Autoencoder, AutoencoderConfig, Checkpoint, Progress, Training};
/// use xrd_ae::{TrainingConfig, TrainingData};
/// use xrd_core::{PatternSet, Scale, TwoThetaGrid};
///
/// let grid = TwoThetaGrid::new(10.0, 0.5, 3)?;
/// let names = ["a", "b", "c"].map(str::to_owned).to_vec();
/// let block = vec![0.0, 1.0, 2.0, 1.0, 2.0, 0.0, 2.0, 0.0, 1.0];
/// let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, block)?;
/// let data = TrainingData::new(&set);
///
/// let config = AutoencoderConfig { hidden: vec![4], ..AutoencoderConfig::paper() };
/// let model = Autoencoder::initialise(&config, &set)?;
/// let config = TrainingConfig { epochs: 20, batch: 2, ..TrainingConfig::paper() };
/// let mut training = Training::new(model, &config, data)?;
/// for _ in 0..7 {
///     training.step()?;
/// }
/// let bytes = training.checkpoint()?.to_bytes()?;
///
/// // Later, perhaps in another process.
/// let mut again = Training::resume(Checkpoint::from_bytes(&bytes)?, data)?;
/// for training in [&mut training, &mut again] {
///     while training.step()? != Progress::Over {}
/// }
/// assert!(training.finish()?.0 == again.finish()?.0);
/// # Ok::<(), xrd_ae::Error>(())
/// ```
pub struct Training<'a> {
    config: TrainingConfig,
    /// Without its layers, which the trainer has.
    model: Autoencoder,
    trainer: Trainer<f32>,
    batches: Batches<'a>,
    train: &'a dyn PatternSource,
    test: Option<HeldBack>,
    validation: Option<HeldBack>,
    order: Order,
    partial: Partial,
    best: Option<Best>,
    history: History,
}

/// The epoch with the least loss of those that early stopping watches.
struct Best {
    epoch: usize,
    loss: f64,
    weights: Snapshot<f32>,
}

impl<'a> Training<'a> {
    /// A training from the present weights of a model, with a fresh Adam.
    ///
    /// # Errors
    /// As [`TrainingConfig::validate`]; [`Error::Empty`] without training patterns, for an empty
    /// test or validation set, or for early stopping without either;
    /// [`xrd_core::Error::GridMismatch`]; as [`PatternSource::read`]; [`Error::NotFinite`].
    ///
    /// Cost O(intensities), which are read once.
    pub fn new(
        model: Autoencoder,
        config: &TrainingConfig,
        data: TrainingData<'a>,
    ) -> Result<Self> {
        config.validate()?;
        let trainer = trainer(&model, config);
        let order = Order::new(data.train.len(), config.seed);
        let mut training = Self::of(model, trainer, order, config, data)?;
        training.partial.untrained = training.untrained_loss()?;
        Ok(training)
    }

    /// A training as it was at a checkpoint. It goes on to the same weights, bit by bit, as if it
    /// had not been left.
    ///
    /// # Errors
    /// [`Error::OtherData`] for other patterns than those of the checkpoint; as
    /// [`new`](Self::new).
    pub fn resume(checkpoint: Checkpoint, data: TrainingData<'a>) -> Result<Self> {
        let config = checkpoint.config;
        let mut trainer = trainer(&checkpoint.model, &config);
        trainer.restore(&checkpoint.state);
        let mut training = Self::of(checkpoint.model, trainer, checkpoint.order, &config, data)?;
        checkpoint.hashes.check(&training.hashes())?;
        training.partial = checkpoint.partial;
        training.history = checkpoint.history;
        training.best = checkpoint.best.map(|best| Best {
            epoch: best.epoch,
            loss: best.loss,
            weights: Snapshot::of(&best.layers),
        });
        Ok(training)
    }

    fn of(
        mut model: Autoencoder,
        trainer: Trainer<f32>,
        order: Order,
        config: &TrainingConfig,
        data: TrainingData<'a>,
    ) -> Result<Self> {
        check_patterns(&model, "training patterns", data.train)?;
        let held_back = |what, set: Option<&PatternSet>| {
            let held_back = set.map(|set| {
                check_patterns(&model, what, set)?;
                HeldBack::new(&model.scaling, set)
            });
            held_back.transpose()
        };
        let test = held_back("test patterns", data.test)?;
        let validation = held_back("validation patterns", data.validation)?;
        if config.early_stopping.is_some() && test.is_none() && validation.is_none() {
            let what = "test or validation patterns for early stopping to watch";
            return Err(Error::Empty { what });
        }
        let strain = config.strain;
        let strain = strain.map(|largest| RandomStrain::new(largest, config.seed, &model.grid));
        model.data_hash = Some(data_hash(data.train)?);
        model.training = Some(*config);
        model.layers.clear();
        Ok(Self {
            config: *config,
            batches: Batches::new(data.train, &model.scaling, strain),
            model,
            trainer,
            train: data.train,
            test,
            validation,
            order,
            partial: Partial::default(),
            best: None,
            history: History::default(),
        })
    }

    /// What happened so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Trains a batch.
    ///
    /// # Errors
    /// [`Error::Diverged`] when the loss or a weight is no longer finite, after which the training
    /// is of no use; as [`PatternSource::read`].
    ///
    /// Cost O(batch · weights), behind an epoch's last batch O(test and validation patterns ·
    /// weights) more.
    pub fn step(&mut self) -> Result<Progress> {
        if self.history.ending != Ending::Left {
            return Ok(Progress::Over);
        }
        // Inside the pool, so that not every product has to call for its threads.
        rayon::scope(|_| self.train_batch())?;
        if self.partial.steps < self.steps_per_epoch() {
            return Ok(Progress::Batch);
        }
        Ok(Progress::Epoch(rayon::scope(|_| self.end_epoch())?))
    }

    /// Trains to the end of the epoch; none after the last.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn epoch(&mut self) -> Result<Option<EpochRecord>> {
        rayon::scope(|_| {
            loop {
                match self.step()? {
                    Progress::Batch => {}
                    Progress::Epoch(record) => return Ok(Some(record)),
                    Progress::Over => return Ok(None),
                }
            }
        })
    }

    /// The training as it is now.
    ///
    /// # Errors
    /// [`Error::Diverged`] where a weight is no longer finite.
    ///
    /// Cost O(weights + training patterns + epochs).
    pub fn checkpoint(&self) -> Result<Checkpoint> {
        self.check_weights()?;
        let mut model = self.model.clone();
        model.layers = self.trainer.layers();
        Ok(Checkpoint {
            model,
            config: self.config,
            state: self.trainer.state(),
            order: self.order.clone(),
            partial: self.partial.clone(),
            best: self.best.as_ref().map(|best| checkpoint::Best {
                epoch: best.epoch,
                loss: best.loss,
                layers: self.trainer.layers_of(&best.weights),
            }),
            history: self.history.clone(),
            hashes: self.hashes(),
        })
    }

    /// The model as trained so far, and what happened; with early stopping, the model of the best
    /// epoch.
    ///
    /// # Errors
    /// [`Error::Diverged`] where a weight is no longer finite; as [`PatternSource::read`].
    ///
    /// Cost O(weights), and O(training patterns · weights) where the latent space has more
    /// dimensions than two.
    pub fn finish(self) -> Result<(Autoencoder, History)> {
        self.check_weights()?;
        let (mut model, mut history) = (self.model, self.history);
        history.best_epoch = self.best.as_ref().map(|best| best.epoch);
        model.layers = match &self.best {
            Some(best) => self.trainer.layers_of(&best.weights),
            None => self.trainer.layers(),
        };
        model.fit_plane(self.train)?;
        Ok((model, history))
    }

    fn hashes(&self) -> DataHashes {
        let hash = |set: &Option<HeldBack>| set.as_ref().map(|set| set.hash.clone());
        DataHashes {
            train: self.model.data_hash.clone(),
            test: hash(&self.test),
            validation: hash(&self.validation),
        }
    }

    fn steps_per_epoch(&self) -> usize {
        self.order.indices().len().div_ceil(self.config.batch)
    }

    fn check_weights(&self) -> Result<()> {
        if self.trainer.is_finite() {
            return Ok(());
        }
        Err(self.diverged(f64::NAN))
    }

    fn diverged(&self, loss: f64) -> Error {
        Error::Diverged {
            epoch: self.history.epochs.len() + usize::from(self.partial.steps > 0),
            loss,
            learning_rate: self.config.learning_rate,
        }
    }
}

fn trainer(model: &Autoencoder, config: &TrainingConfig) -> Trainer<f32> {
    let adam = Adam {
        learning_rate: config.learning_rate,
        weight_decay: config.weight_decay,
        decoupled: config.decay == Decay::Decoupled,
        first_layer_share: config.first_layer.share(model.grid.len()),
    };
    Trainer::new(&model.layers, adam, config.loss, config.clip)
}

fn check_patterns(
    model: &Autoencoder,
    what: &'static str,
    patterns: &dyn PatternSource,
) -> Result<()> {
    if patterns.is_empty() {
        return Err(Error::Empty { what });
    }
    Ok(model.check_grid(patterns.grid())?)
}

impl Autoencoder {
    /// Trains with Adam on scaled patterns and their reconstructions, in shuffled batches.
    ///
    /// After each epoch the `observer` is shown its record; [`ControlFlow::Break`] ends the
    /// training there. A second call goes on from the present weights with a fresh Adam. The
    /// work is spread over the rayon pool it is called in; the same seed gives the same weights
    /// whatever the number of threads. [`Training`] is the same step by step.
    ///
    /// # Errors
    /// As [`Training::new`] and [`Training::step`]; the model is then as it was.
    ///
    /// Cost O(epochs · patterns · weights).
    pub fn train(
        &mut self,
        config: &TrainingConfig,
        train: &dyn PatternSource,
        test: Option<&PatternSet>,
        mut observer: impl FnMut(&EpochRecord) -> ControlFlow<()>,
    ) -> Result<History> {
        let data = TrainingData {
            train,
            test,
            validation: None,
        };
        let mut training = Training::new(self.clone(), config, data)?;
        while let Some(record) = training.epoch()? {
            if observer(&record).is_break() {
                break;
            }
        }
        let (model, history) = training.finish()?;
        *self = model;
        Ok(history)
    }

    /// [`initialise`](Self::initialise) and [`train`](Self::train) in one, without test patterns.
    ///
    /// # Errors
    /// As those two.
    pub fn fit(
        config: &AutoencoderConfig,
        training: &TrainingConfig,
        train: &dyn PatternSource,
    ) -> Result<(Self, History)> {
        let mut model = Self::initialise(config, train)?;
        let history = model.train(training, train, None, |_| ControlFlow::Continue(()))?;
        Ok((model, history))
    }
}

#[cfg(test)]
mod tests;
