//! Training: batches, epochs and their records.

mod batches;
mod disturbance;
mod epoch;
mod held_back;
mod known_labels;
mod order;
mod plane_watch;
mod strain;

use xrd_core::{Labels, PatternSet};

use crate::adam::Adam;
use crate::autoencoder::Autoencoder;
use crate::checkpoint::{self, Checkpoint, DataHashes};
use crate::config::{AutoencoderConfig, Decay, TrainingConfig};
use crate::dense::Dense;
use crate::error::{Error, Result};
use crate::history::{Ending, EpochRecord, History};
use crate::source::{PatternSource, data_hash, text_hash};
use crate::trainer::{Head, Snapshot, Trainer};
use batches::{Augmentation, Batches};
use held_back::HeldBack;
use known_labels::KnownLabels;
use strain::RandomStrain;

pub use disturbance::Disturbance;
pub(crate) use epoch::Partial;
pub(crate) use known_labels::untrained_head;
pub(crate) use order::Order;

/// Patterns of a training: training patterns with optional labels, and optional test and validation
/// patterns.
///
/// The weights are fitted to the training patterns only. Test and validation patterns have no
/// influence on the weights, except through [`EarlyStopping`](crate::EarlyStopping).
///
/// # Example
/// ```
/// use xrd_ae::TrainingData;
/// # use xrd_core::{PatternSet, Scale, TwoThetaGrid};
/// # let grid = TwoThetaGrid::new(10.0, 0.5, 3)?;
/// # let block = vec![0.0, 1.0, 2.0, 1.0, 2.0, 0.0, 2.0, 0.0, 1.0];
/// # let names = ["a", "b", "c"].map(str::to_owned).to_vec();
/// # let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, block)?;
/// let (train, test) = (set.select(&[0, 1])?, set.select(&[2])?);
/// let data = TrainingData::new(&train).with_test(&test);
/// assert!(data.validation.is_none());
/// # Ok::<(), xrd_ae::Error>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct TrainingData<'a> {
    /// Training patterns.
    pub train: &'a dyn PatternSource,
    /// Test patterns. The loss of these patterns is recorded after each epoch.
    pub test: Option<&'a PatternSet>,
    /// Validation patterns. The loss of these patterns is recorded after each epoch, and early
    /// stopping monitors this loss.
    pub validation: Option<&'a PatternSet>,
    /// Labels of the training patterns, one row per pattern. They are used if
    /// [`label_weight`](TrainingConfig::label_weight) is not 0.
    pub labels: Option<&'a Labels>,
    /// Random disturbance of the inputs of the network.
    pub disturbance: Option<&'a dyn Disturbance>,
}

impl<'a> TrainingData<'a> {
    /// Creates the data of a training without test and validation patterns.
    pub fn new(train: &'a dyn PatternSource) -> Self {
        Self {
            train,
            test: None,
            validation: None,
            labels: None,
            disturbance: None,
        }
    }

    /// Sets the test patterns. `None` removes them.
    #[must_use]
    pub fn with_test(mut self, test: impl Into<Option<&'a PatternSet>>) -> Self {
        self.test = test.into();
        self
    }

    /// Sets the validation patterns. `None` removes them.
    #[must_use]
    pub fn with_validation(mut self, validation: impl Into<Option<&'a PatternSet>>) -> Self {
        self.validation = validation.into();
        self
    }

    /// Sets the labels of the training patterns, or removes them.
    #[must_use]
    pub fn with_labels(mut self, labels: impl Into<Option<&'a Labels>>) -> Self {
        self.labels = labels.into();
        self
    }

    /// Sets the random disturbance of the inputs of the network, or removes it.
    #[must_use]
    pub fn with_disturbance(mut self, disturbance: Option<&'a dyn Disturbance>) -> Self {
        self.disturbance = disturbance;
        self
    }
}

impl<'a, S: PatternSource> From<&'a S> for TrainingData<'a> {
    fn from(train: &'a S) -> Self {
        Self::new(train)
    }
}

impl<'a> From<&'a dyn PatternSource> for TrainingData<'a> {
    fn from(train: &'a dyn PatternSource) -> Self {
        Self::new(train)
    }
}

/// Result of [`Training::step`], which trains one batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// A batch was trained, and the epoch has further batches.
    Batch,
    /// The last batch of an epoch was trained. The value is the record of the epoch.
    Epoch(EpochRecord),
    /// Nothing was trained, because the training had already ended.
    Over,
}

/// Training that the caller runs step by step. Each call of [`step`](Self::step) trains one batch.
///
/// After any step, a [`Checkpoint`] can save the training, and [`resume`](Self::resume) can
/// continue the training later. [`Autoencoder::fit`] runs a whole training in one call.
///
/// The work of a step runs on the current rayon thread pool. The same seed gives the same weights
/// for any number of threads.
///
/// # Example
/// ```
/// use xrd_ae::{Autoencoder, AutoencoderConfig, Checkpoint, Progress, Training, TrainingConfig};
/// use xrd_core::{PatternSet, Scale, TwoThetaGrid};
///
/// let grid = TwoThetaGrid::new(10.0, 0.5, 3)?;
/// let names = ["a", "b", "c"].map(str::to_owned).to_vec();
/// let block = vec![0.0, 1.0, 2.0, 1.0, 2.0, 0.0, 2.0, 0.0, 1.0];
/// let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, block)?;
///
/// let model = Autoencoder::initialise(&AutoencoderConfig::default().with_hidden([4]), &set)?;
/// let config = TrainingConfig::default().with_epochs(20).with_batch(2);
/// let mut training = Training::new(model, &config, &set)?;
/// for _ in 0..7 {
///     training.step()?;
/// }
/// let bytes = training.checkpoint()?.to_bytes()?;
///
/// // Later, possibly in another process.
/// let mut resumed = Training::resume(Checkpoint::from_bytes(&bytes)?, &set)?;
/// for training in [&mut training, &mut resumed] {
///     while training.step()? != Progress::Over {}
/// }
/// assert!(training.finish()?.0 == resumed.finish()?.0);
/// # Ok::<(), xrd_ae::Error>(())
/// ```
pub struct Training<'a> {
    config: TrainingConfig,
    /// The model without its layers, which the trainer owns.
    model: Autoencoder,
    trainer: Trainer<f32>,
    batches: Batches<'a>,
    /// Hash of the fingerprint of the disturbance.
    disturbance: Option<String>,
    train: &'a dyn PatternSource,
    /// `None` if labels are not part of the loss.
    labels: Option<KnownLabels>,
    test: Option<HeldBack>,
    validation: Option<HeldBack>,
    order: Order,
    partial: Partial,
    best: Option<Best>,
    history: History,
}

/// Epoch with the smallest loss that early stopping monitors.
struct Best {
    epoch: usize,
    loss: f64,
    weights: Snapshot<f32>,
}

impl<'a> Training<'a> {
    /// Starts a training from the weights of a model, for example of a model from
    /// [`Autoencoder::initialise`].
    ///
    /// The argument `data` is a [`TrainingData`], or a reference to the training patterns alone.
    ///
    /// # Errors
    /// - Any error of [`TrainingConfig::validate`] or [`PatternSource::read`].
    /// - [`Error::Empty`] if the training, test or validation patterns are an empty set.
    /// - [`Error::Empty`] if early stopping is set, but there are neither test nor validation
    ///   patterns.
    /// - [`Error::Empty`] if the label weight is not 0, but there are no labels.
    /// - [`Error::LabelRows`] if the number of rows of labels is not the number of training patterns.
    /// - [`xrd_core::Error::GridMismatch`] for patterns that are not on the grid of the model.
    /// - [`Error::NotFinite`] for an intensity that is not finite.
    ///
    /// Cost: O(intensities + weights).
    pub fn new(
        model: Autoencoder,
        config: &TrainingConfig,
        data: impl Into<TrainingData<'a>>,
    ) -> Result<Self> {
        config.validate()?;
        let data = data.into();
        let head = labels_in_loss(config, &data)?
            .map(|labels| untrained_head(model.config.latent, labels.columns().len()));
        let trainer = trainer(&model, config, head.as_ref());
        let order = Order::new(data.train.len(), config.seed);
        let mut training = Self::of(model, trainer, order, config, data)?;
        training.partial.untrained = training.untrained_loss()?;
        Ok(training)
    }

    /// Resumes a training at a checkpoint. The resumed training ends with the same weights as an
    /// uninterrupted training, bit for bit.
    ///
    /// The argument `data` must contain the same patterns as the saved training.
    ///
    /// # Errors
    /// - [`Error::OtherData`] if the patterns, the labels or the disturbance differ from those of the
    ///   saved training.
    /// - Any error of [`new`](Self::new).
    pub fn resume(checkpoint: Checkpoint, data: impl Into<TrainingData<'a>>) -> Result<Self> {
        let data = data.into();
        let config = checkpoint.config;
        let head = checkpoint.state.head.as_ref().map(|head| &head.layer);
        let mut trainer = trainer(&checkpoint.model, &config, head);
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
            let what = "test or validation patterns, which early stopping needs";
            return Err(Error::Empty { what });
        }
        let patterns = data.train.len();
        let labels = labels_in_loss(config, &data)?;
        let labels = labels.map(|labels| KnownLabels::new(labels, patterns));
        let strain = config.strain;
        let strain = strain.map(|largest| RandomStrain::new(largest, config.seed, &model.grid));
        let augmentation = Augmentation {
            strain,
            disturbance: data.disturbance,
        };
        model.data_hash = Some(data_hash(data.train)?);
        model.training = Some(*config);
        model.layers.clear();
        Ok(Self {
            config: *config,
            batches: Batches::new(data.train, &model.scaling, augmentation),
            disturbance: data.disturbance.map(|d| text_hash(&d.fingerprint())),
            model,
            trainer,
            train: data.train,
            labels: labels.transpose()?,
            test,
            validation,
            order,
            partial: Partial::default(),
            best: None,
            history: History::default(),
        })
    }

    /// History of the training so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Trains one batch. After the end of the training, the method only returns [`Progress::Over`].
    ///
    /// # Errors
    /// - [`Error::Diverged`] if the loss is no longer finite. The training cannot continue after
    ///   this error.
    /// - Any error of [`PatternSource::read`].
    ///
    /// Cost: O(batch size · weights). The last step of an epoch also costs O(test and validation
    /// patterns · weights).
    pub fn step(&mut self) -> Result<Progress> {
        if self.history.ending != Ending::Left {
            return Ok(Progress::Over);
        }
        // Enters the pool once, so that the products need not wake its threads one by one.
        rayon::scope(|_| self.train_batch())?;
        if self.partial.steps < self.steps_per_epoch() {
            return Ok(Progress::Batch);
        }
        Ok(Progress::Epoch(rayon::scope(|_| self.end_epoch())?))
    }

    /// Trains to the end of the current epoch, and returns the record of the epoch. Returns `None`
    /// if the training has already ended.
    ///
    /// # Errors
    /// Any error of [`step`](Self::step).
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

    /// Creates a checkpoint of the current state of the training.
    ///
    /// # Errors
    /// [`Error::Diverged`] if a weight is no longer finite.
    ///
    /// Cost: O(weights + training patterns + epochs).
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

    /// Ends the training, and returns the trained model and the history. With early stopping, the
    /// model has the weights of the best epoch.
    ///
    /// With more than two latent dimensions, this method also fits the latent plane to the trained
    /// weights. See [`AutoencoderConfig::latent`] for the definition of this plane.
    ///
    /// # Errors
    /// - [`Error::Diverged`] if a weight is no longer finite.
    /// - Any error of [`PatternSource::read`].
    ///
    /// Cost: O(weights), or O(training patterns · weights) with more than two latent dimensions.
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
            labels: self.labels.as_ref().map(|labels| labels.hash.clone()),
            disturbance: self.disturbance.clone(),
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

fn trainer(
    model: &Autoencoder,
    config: &TrainingConfig,
    head: Option<&Dense<f32>>,
) -> Trainer<f32> {
    let adam = Adam {
        learning_rate: config.learning_rate,
        weight_decay: config.weight_decay,
        decoupled: config.decay == Decay::Decoupled,
        first_layer_share: config.first_layer.share(model.grid.len()),
    };
    Trainer::new(&model.layers, adam, config.loss, config.clip)
        .with_head(head.map(|layer| Head::new(layer, config.label_weight)))
        .with_border(config.border_weight)
}

/// Labels of the training patterns, if they are part of the loss.
fn labels_in_loss<'a>(
    config: &TrainingConfig,
    data: &TrainingData<'a>,
) -> Result<Option<&'a Labels>> {
    if config.label_weight == 0.0 {
        return Ok(None);
    }
    let what = "labels of the training patterns, which the label weight needs";
    data.labels.map(Some).ok_or(Error::Empty { what })
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
    /// Creates an autoencoder and trains it with the optimiser Adam. Returns the trained model and
    /// the history of the training.
    ///
    /// The argument `data` is a [`TrainingData`], or a reference to the training patterns alone.
    /// The training runs on the current rayon thread pool. The same seeds give the same weights
    /// for any number of threads.
    ///
    /// To run the same training batch by batch, use [`Training`]. A [`Training`] can also start
    /// from the weights of an existing model.
    ///
    /// # Errors
    /// Any error of [`initialise`](Self::initialise), [`Training::new`] or [`Training::step`].
    ///
    /// Cost: O(epochs · patterns · weights).
    pub fn fit<'a>(
        config: &AutoencoderConfig,
        training: &TrainingConfig,
        data: impl Into<TrainingData<'a>>,
    ) -> Result<(Self, History)> {
        let data = data.into();
        let model = Self::initialise(config, data.train)?;
        let mut training = Training::new(model, training, data)?;
        while training.epoch()?.is_some() {}
        training.finish()
    }
}

#[cfg(test)]
mod tests;
