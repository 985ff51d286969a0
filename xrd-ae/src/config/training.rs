use super::EarlyStopping;
use crate::error::{Result, check};
use crate::loss::Loss;
use crate::schedule::Schedule;

/// Settings of a training: epochs, batch size, loss, Adam, augmentation and early stopping.
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
    /// Batch size. The last batch of an epoch may be smaller.
    pub batch: usize,
    /// Loss function to minimise.
    pub loss: Loss,
    /// Learning rate α of Adam.
    pub learning_rate: f64,
    /// Schedule of the learning rate.
    pub schedule: Schedule,
    /// Weight decay λ of the weights and biases.
    pub weight_decay: f64,
    /// Form of the weight decay.
    pub decay: Decay,
    /// Gradient clipping: largest norm of the gradient over all layers. A larger gradient is scaled
    /// down to this norm; `None` does not clip.
    pub clip: Option<f64>,
    /// Learning rate of the first layer.
    pub first_layer: FirstLayerRate,
    /// Augmentation: largest random strain Δd/d of the training patterns. Each pattern gets a new
    /// strain in each epoch, drawn uniformly between minus and plus this value. The strain shifts
    /// the lines according to Bragg's law. Patterns whose lines do not overlap are then connected
    /// on the latent plane.
    pub strain: Option<f64>,
    /// Weight of the label loss; 0 trains without labels. The label loss is the mean squared error
    /// of the standardised labels, which a linear layer predicts from the latent point. Patterns
    /// with similar labels then come closer together in the latent space. The linear layer is not
    /// part of the model.
    pub label_weight: f64,
    /// Early stopping; `None` trains for all epochs.
    pub early_stopping: Option<EarlyStopping>,
    /// Seed of the random numbers that shuffle the patterns in each epoch and that draw the
    /// strains.
    pub seed: u64,
}

impl TrainingConfig {
    /// Settings of Utimula et al. (2022): 1,000 epochs with a batch size of 10.
    ///
    /// The paper does not state the other settings. This crate uses the mean squared error, a
    /// constant learning rate of 1e-3 (the default of Adam), an L2 weight decay of 1e-4, no
    /// clipping, a reduced learning rate in the first layer, no strain, no label loss, no early
    /// stopping, and the seed 0. The weight decays 1e-5, 1e-4 and 1e-3 were compared; 1e-4 gave good reconstructions
    /// and good generated patterns.
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

    /// Sets the largest norm of the gradient, or removes it.
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

    /// Sets the largest random strain, or removes it.
    #[must_use]
    pub fn with_strain(mut self, strain: impl Into<Option<f64>>) -> Self {
        self.strain = strain.into();
        self
    }

    /// Sets the weight of the label loss.
    #[must_use]
    pub fn with_label_weight(mut self, weight: f64) -> Self {
        self.label_weight = weight;
        self
    }

    /// Sets early stopping, or removes it.
    #[must_use]
    pub fn with_early_stopping(mut self, stopping: impl Into<Option<EarlyStopping>>) -> Self {
        self.early_stopping = stopping.into();
        self
    }

    /// Sets the seed of the random numbers that shuffle the patterns and draw the strains.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Checks every number.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) if
    /// - the number of epochs, the batch size or the patience is 0,
    /// - the learning rate or the clipping norm is not positive and finite,
    /// - the weight decay, the label weight or the minimum improvement is negative or not finite,
    /// - the warm-up is not shorter than the training,
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

/// Form of the weight decay: how the weight decay λ changes a weight w.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Decay {
    /// Adds λw to the gradient, like `Adam(weight_decay=…)` of PyTorch.
    #[default]
    L2,
    /// Subtracts the learning rate times λw from the weight, like `AdamW` of PyTorch (Loshchilov &
    /// Hutter 2019, algorithm 2).
    Decoupled,
}

/// Learning rate of the first layer. The inputs of this layer are the intensities of the pattern.
///
/// In each step, Adam changes each weight by about the learning rate α, for any size of the
/// gradient. A weighted sum of inputs x then changes by up to α·Σ|x|. With 11,900 points and α =
/// 1e-3, this change is several units. For comparison, a weighted sum of ±3 in the latent layer
/// already saturates its tanh. One epoch can therefore move every pattern to the border of the
/// latent plane, and few patterns return from there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FirstLayerRate {
    /// Learning rate of the other layers divided by the square root of the number of points. The
    /// weighted sums of a layer grow in proportion to this square root.
    #[default]
    OverRootPoints,
    /// Learning rate of the other layers, as in Adam without this reduction.
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
