use super::EarlyStopping;
use crate::error::{Result, check};
use crate::loss::Loss;
use crate::schedule::Schedule;

/// Settings of a training: epochs, batch size, loss function, optimiser (Adam), random strain and
/// early stopping.
///
/// The default is [`paper`](Self::paper).
///
/// # Example
/// ```
/// use xrd_ae::TrainingConfig;
/// let quick = TrainingConfig::default().with_epochs(60);
/// assert_eq!((quick.epochs, quick.batch), (60, 10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct TrainingConfig {
    /// Number of epochs (passes over the training patterns).
    pub epochs: usize,
    /// Batch size: number of patterns per training step. The last batch of an epoch may be smaller.
    pub batch: usize,
    /// Loss function to minimise.
    pub loss: Loss,
    /// Learning rate α of Adam. The [`schedule`](Self::schedule) can reduce this rate.
    pub learning_rate: f64,
    /// Schedule of the learning rate over the training.
    pub schedule: Schedule,
    /// Weight decay λ of all weights and biases. [`Decay`] explains its effect.
    pub weight_decay: f64,
    /// Form of the weight decay.
    pub decay: Decay,
    /// Gradient clipping: largest Euclidean norm of the gradient of all weights and biases. A
    /// gradient with a larger norm is scaled down to this norm. `None` turns clipping off.
    pub clip: Option<f64>,
    /// Learning rate of the first layer.
    pub first_layer: FirstLayerRate,
    /// Largest random strain Δd/d of the training patterns (data augmentation). `None` turns the
    /// random strain off.
    ///
    /// In each epoch, each training pattern gets a new random strain from a uniform distribution
    /// between minus and plus this value. [`Strain`](xrd_core::Strain) shifts the lines of the
    /// pattern. Suppose that a line has different angles in two patterns, and that the two lines do
    /// not overlap. Random strains then produce lines at the angles in between. On the latent
    /// plane, the points of the strained patterns fill the gap between the points of the two
    /// patterns.
    pub strain: Option<f64>,
    /// Weight of the label loss. 0 trains without labels.
    ///
    /// A linear layer predicts the labels of the training patterns from their latent points. The
    /// label loss is the mean squared error of these predictions. Before, each label is shifted and
    /// scaled to a mean of 0 and a standard deviation of 1. Training minimises the sum of the loss
    /// and the label loss times this weight. Patterns with similar labels then come closer together
    /// in the latent space. The linear layer is not part of the model.
    pub label_weight: f64,
    /// Weight of the border loss, which keeps latent points away from the border of the latent
    /// space. 0 trains without it.
    ///
    /// A latent coordinate is z = tanh s, where s is a weighted sum. The border loss of a pattern is
    /// the sum over its coordinates of ln cosh s − 0.9·|s|, counted from the value at |z| = 0.9, and
    /// 0 for |z| < 0.9. Its slope |z| − 0.9 does not vanish at the border, unlike that of the
    /// reconstruction error, so that points return from there.
    pub border_weight: f64,
    /// Early stopping. `None` trains for all epochs.
    pub early_stopping: Option<EarlyStopping>,
    /// Seed of the random order of the patterns in each epoch, and of the random strains.
    pub seed: u64,
}

impl TrainingConfig {
    /// Returns the settings of Utimula et al. (2022): 1,000 epochs with a batch size of 10.
    ///
    /// The paper does not state the other settings. This function chooses:
    /// - the mean squared error as loss function,
    /// - a constant learning rate of 1e-3, the default of Adam,
    /// - [`FirstLayerRate::OverRootPoints`] for the first layer,
    /// - a weight decay of 1e-4 in the form [`Decay::L2`],
    /// - no clipping, no random strain, no label loss, no border loss and no early stopping,
    /// - the seed 0.
    ///
    /// Weight decays of 1e-5, 1e-4 and 1e-3 were compared. Reconstructions and generated patterns
    /// were good with 1e-4.
    pub fn paper() -> Self {
        Self {
            epochs: 1000,
            batch: 10,
            loss: Loss::MeanSquaredError,
            learning_rate: 1e-3,
            schedule: Schedule::CONSTANT,
            weight_decay: 1e-4,
            decay: Decay::L2,
            clip: None,
            first_layer: FirstLayerRate::OverRootPoints,
            strain: None,
            label_weight: 0.0,
            border_weight: 0.0,
            early_stopping: None,
            seed: 0,
        }
    }

    /// Sets the number of epochs.
    #[must_use]
    pub fn with_epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// Sets the batch size.
    #[must_use]
    pub fn with_batch(mut self, batch: usize) -> Self {
        self.batch = batch;
        self
    }

    /// Sets the loss function.
    #[must_use]
    pub fn with_loss(mut self, loss: Loss) -> Self {
        self.loss = loss;
        self
    }

    /// Sets the learning rate.
    #[must_use]
    pub fn with_learning_rate(mut self, learning_rate: f64) -> Self {
        self.learning_rate = learning_rate;
        self
    }

    /// Sets the schedule of the learning rate.
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Sets the weight decay.
    #[must_use]
    pub fn with_weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = weight_decay;
        self
    }

    /// Sets the form of the weight decay.
    #[must_use]
    pub fn with_decay(mut self, decay: Decay) -> Self {
        self.decay = decay;
        self
    }

    /// Sets the largest norm of the gradient. `None` turns clipping off.
    #[must_use]
    pub fn with_clip(mut self, clip: impl Into<Option<f64>>) -> Self {
        self.clip = clip.into();
        self
    }

    /// Sets the learning rate of the first layer.
    #[must_use]
    pub fn with_first_layer(mut self, first_layer: FirstLayerRate) -> Self {
        self.first_layer = first_layer;
        self
    }

    /// Sets the largest random strain. `None` turns the random strain off.
    #[must_use]
    pub fn with_strain(mut self, strain: impl Into<Option<f64>>) -> Self {
        self.strain = strain.into();
        self
    }

    /// Sets the weight of the label loss. 0 trains without labels.
    #[must_use]
    pub fn with_label_weight(mut self, weight: f64) -> Self {
        self.label_weight = weight;
        self
    }

    /// Sets the weight of the border loss. 0 trains without it.
    #[must_use]
    pub fn with_border_weight(mut self, weight: f64) -> Self {
        self.border_weight = weight;
        self
    }

    /// Sets early stopping. `None` turns early stopping off.
    #[must_use]
    pub fn with_early_stopping(mut self, stopping: impl Into<Option<EarlyStopping>>) -> Self {
        self.early_stopping = stopping.into();
        self
    }

    /// Sets the seed of the random order of the patterns and of the random strains.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Checks the range of every number.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) if
    /// - the number of epochs, the batch size or the patience of early stopping is 0,
    /// - the learning rate or the clipping norm is not positive and finite,
    /// - the weight decay, the label weight, the border weight or the minimum improvement of early
    ///   stopping is negative or not finite,
    /// - the warm-up of the schedule is not shorter than the training,
    /// - the strain is not greater than 0, or is greater than 0.1.
    pub fn validate(&self) -> Result<()> {
        let (rate, decay) = (self.learning_rate, self.weight_decay);
        check("epochs", self.epochs as f64, self.epochs > 0, "at least 1")?;
        check(
            "batch size",
            self.batch as f64,
            self.batch > 0,
            "at least 1",
        )?;
        check("learning rate", rate, rate > 0.0, "positive and finite")?;
        check("weight decay", decay, decay >= 0.0, "0 or more, and finite")?;
        let labels = self.label_weight;
        check(
            "label weight",
            labels,
            labels >= 0.0,
            "0 or more, and finite",
        )?;
        let border = self.border_weight;
        check(
            "border weight",
            border,
            border >= 0.0,
            "0 or more, and finite",
        )?;
        let warm_up = self.schedule.warm_up();
        let shorter = warm_up < self.epochs as f64;
        check(
            "warm-up",
            warm_up,
            shorter,
            "fewer epochs than the training has",
        )?;
        if let Some(norm) = self.clip {
            check("clipping norm", norm, norm > 0.0, "positive and finite")?;
        }
        if let Some(strain) = self.strain {
            let possible = strain > 0.0 && strain <= 0.1;
            check("strain", strain, possible, "above 0 and at most 0.1")?;
        }
        self.early_stopping.map_or(Ok(()), |s| s.validate())
    }
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self::paper()
    }
}

/// Form of the weight decay, which moves each weight w towards zero. The number λ is
/// [`TrainingConfig::weight_decay`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Decay {
    /// Adds λw to the gradient. `Adam(weight_decay=…)` of PyTorch does the same.
    #[default]
    L2,
    /// Subtracts αλw from the weight in each step, where α is the learning rate. `AdamW` of PyTorch
    /// does the same (Loshchilov & Hutter 2019, algorithm 2).
    Decoupled,
}

/// Learning rate of the first layer, which has one input x per grid point.
///
/// In each step, Adam changes each weight by about the learning rate α, even if the gradient is
/// small. Each weighted sum of the inputs can then change by up to α·Σ|x|. For 11,900 grid points
/// and a learning rate of 1e-3, this change is several units.
///
/// Such changes are too large. They pass through all layers to the latent layer, which applies tanh
/// to its weighted sums. A sum of 3 already gives tanh 3 = 0.995, close to the border of the latent
/// plane. One epoch can therefore move every pattern to the border. Few patterns return from there,
/// because the slope of tanh is nearly 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FirstLayerRate {
    /// Learning rate of the other layers divided by √N, where N is the number of grid points. A sum
    /// of N changes with random signs is about √N times as large as one change.
    #[default]
    OverRootPoints,
    /// Same learning rate as in the other layers.
    Same,
}

impl FirstLayerRate {
    /// Factor of the learning rate for patterns with this number of points.
    pub(crate) fn share(self, points: usize) -> f64 {
        match self {
            Self::OverRootPoints => 1.0 / (points as f64).sqrt(),
            Self::Same => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn impossible_trainings_are_refused() {
        let paper = TrainingConfig::default();
        assert!(paper.validate().is_ok());
        assert!(paper.with_weight_decay(0.0).validate().is_ok());
        let stopping = |patience, min_improvement| {
            let stopping = EarlyStopping::new(patience).with_min_improvement(min_improvement);
            paper.with_early_stopping(stopping)
        };
        assert!(stopping(1, 0.0).validate().is_ok());
        let long = Schedule::CONSTANT.with_warm_up(5.0).unwrap();
        let refused = [
            paper.with_epochs(0),
            paper.with_batch(0),
            paper.with_learning_rate(0.0),
            paper.with_learning_rate(f64::INFINITY),
            paper.with_weight_decay(-1e-5),
            paper.with_weight_decay(f64::NAN),
            paper.with_clip(0.0),
            paper.with_epochs(5).with_schedule(long),
            paper.with_strain(0.2),
            paper.with_label_weight(-0.1),
            paper.with_label_weight(f64::INFINITY),
            paper.with_border_weight(-1.0),
            stopping(0, 0.0),
            stopping(3, -1e-9),
            stopping(3, f64::INFINITY),
        ];
        for config in refused {
            let error = config.validate();
            assert!(matches!(error, Err(Error::OutOfRange { .. })), "{config:?}");
        }
    }
}
