//! A network and its training.

mod setters;

use serde::{Deserialize, Serialize};
use xrd_ae::{
    AutoencoderConfig, Course, Decay, EarlyStopping, FirstLayerRate, InputScaling, Loss, Schedule,
    TrainingConfig,
};

use xrd_sim::RandomPatternEffects;

use super::DataSource;
use crate::disturbing::mild_effects;
use crate::error::Result;
use crate::report::is_zero;

/// Settings of a network and of its training, without the seed. The default is [`Settings::paper`].
///
/// # Example
/// ```
/// use xrd_study::Settings;
/// let wide = Settings::paper().with_latent(4);
/// assert_eq!(wide.network(7).seed, 7);
/// assert!(wide.training(7).is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// Widths of the hidden layers between the input and the latent space, in this order.
    pub hidden: Vec<usize>,
    /// Number of dimensions of the latent space, 2 to 16.
    pub latent: usize,
    /// Scaling of the intensities before they enter the network.
    pub scaling: InputScaling,
    /// Number of epochs: passes over the training patterns.
    pub epochs: usize,
    /// Batch size: number of patterns per training step.
    pub batch: usize,
    /// Loss function to minimise.
    pub loss: Loss,
    /// Learning rate of Adam.
    pub learning_rate: f64,
    /// Coefficient of the weight decay.
    pub weight_decay: f64,
    /// Form of the weight decay. The decay is either added to the gradient or subtracted from the
    /// weights.
    pub decay: Decay,
    /// Learning rate of the first layer.
    pub first_layer: FirstLayerRate,
    /// Largest norm of the gradient over all layers. A larger gradient is scaled down to this norm.
    /// `None` sets no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip: Option<f64>,
    /// Largest random strain Δd/d of the training patterns (augmentation). In each epoch, a new
    /// random strain shifts the lines of each pattern. `None` does not strain the patterns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strain: Option<f64>,
    /// Weight of the label loss, which is the mean squared error of the labels that a linear layer
    /// predicts from the latent points of the training patterns. Each label is scaled to a standard
    /// deviation of 1 before. 0 trains without labels.
    #[serde(skip_serializing_if = "is_zero")]
    pub label_weight: f64,
    /// Weight of the border loss, which keeps latent points away from the border of the latent
    /// space ([`TrainingConfig::border_weight`](xrd_ae::TrainingConfig::border_weight)). 0 trains
    /// without it.
    #[serde(skip_serializing_if = "is_zero")]
    pub border_weight: f64,
    /// Fraction of the training patterns that are used as validation patterns. The network is not
    /// trained on the validation patterns. Early stopping monitors the loss of the validation
    /// patterns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_fraction: Option<f64>,
    /// Schedule of the learning rate.
    pub schedule: Schedule,
    /// Criterion to end the training before the last epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_stopping: Option<EarlyStopping>,
    /// Random effects of instrument and specimen that disturb the training patterns. The network
    /// learns to return the undisturbed patterns ([`PatternDisturbance`](crate::PatternDisturbance)).
    /// `None` does not disturb the patterns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effects: Option<RandomPatternEffects>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::paper()
    }
}

/// Label weight of [`Settings::measured`]. On three measured series, weights between 10 and 100
/// gave nearly the same errors of left-out labels.
const LABEL_WEIGHT: f64 = 10.0;

/// Weight of the border loss for measured patterns.
const BORDER_WEIGHT: f64 = 0.1;

/// Named settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Preset {
    /// Settings of Utimula et al. (2022).
    Paper,
}

impl From<Preset> for Settings {
    fn from(preset: Preset) -> Self {
        match preset {
            Preset::Paper => Self::paper(),
        }
    }
}

impl Settings {
    /// Returns the settings of Utimula et al. (2022). The article does not state all values;
    /// [`TrainingConfig::paper`] documents the values that are missing in the article.
    pub fn paper() -> Self {
        let (network, training) = (AutoencoderConfig::paper(), TrainingConfig::paper());
        Self {
            hidden: network.hidden,
            latent: network.latent,
            scaling: network.scaling,
            epochs: training.epochs,
            batch: training.batch,
            loss: training.loss,
            learning_rate: training.learning_rate,
            weight_decay: training.weight_decay,
            decay: training.decay,
            first_layer: training.first_layer,
            clip: training.clip,
            strain: training.strain,
            label_weight: training.label_weight,
            border_weight: training.border_weight,
            validation_fraction: None,
            schedule: training.schedule,
            early_stopping: training.early_stopping,
            effects: None,
        }
    }

    /// Returns the settings for simulated patterns: those of [`Settings::paper`] without weight decay,
    /// with a learning rate that falls to zero along a cosine, and with the border weight 0.1. The
    /// network then reproduces patterns with smaller errors, and no points are at the border of the
    /// plane.
    pub fn simulated() -> Self {
        Self::paper()
            .with_weight_decay(0.0)
            .with_schedule(Schedule::COSINE)
            .with_border_weight(BORDER_WEIGHT)
    }

    /// Returns the settings for the patterns of a source: [`Settings::simulated`] for the built-in
    /// series, and [`Settings::measured`] for patterns from files.
    pub fn of(source: &DataSource) -> Self {
        match source {
            DataSource::Series { .. } => Self::simulated(),
            DataSource::Files(_) => Self::measured(),
        }
    }

    /// Returns the settings for measured patterns: those of [`Settings::paper`], with the label weight
    /// 10, the border weight 0.1 and the [`mild_effects`]. The latent points then follow the labels, so
    /// that the labels of new patterns are estimated with smaller errors, keep away from the border of
    /// the plane, and depend less on the diffractometer. Patterns without labels are trained without
    /// the label loss.
    pub fn measured() -> Self {
        Self::paper()
            .with_label_weight(LABEL_WEIGHT)
            .with_border_weight(BORDER_WEIGHT)
            .with_effects(mild_effects())
    }

    /// Returns the configuration of the network. The argument `seed` determines the random initial
    /// weights.
    pub fn network(&self, seed: u64) -> AutoencoderConfig {
        AutoencoderConfig::default()
            .with_hidden(self.hidden.clone())
            .with_latent(self.latent)
            .with_scaling(self.scaling)
            .with_seed(seed)
    }

    /// Returns the configuration of the training. The argument `seed` determines the random order
    /// of the training patterns and the random strains.
    ///
    /// # Errors
    /// Any error of [`TrainingConfig::validate`].
    pub fn training(&self, seed: u64) -> Result<TrainingConfig> {
        let config = TrainingConfig::default()
            .with_epochs(self.epochs)
            .with_batch(self.batch)
            .with_loss(self.loss)
            .with_learning_rate(self.learning_rate)
            .with_schedule(self.schedule)
            .with_weight_decay(self.weight_decay)
            .with_decay(self.decay)
            .with_clip(self.clip)
            .with_first_layer(self.first_layer)
            .with_strain(self.strain)
            .with_label_weight(self.label_weight)
            .with_border_weight(self.border_weight)
            .with_early_stopping(self.early_stopping)
            .with_seed(seed);
        config.validate()?;
        Ok(config)
    }

    /// Returns the name of the loss function, as used on the command line and in reports.
    pub fn loss_name(&self) -> &'static str {
        match self.loss {
            Loss::MeanSquaredError => "mse",
            Loss::Cosine => "cosine",
            Loss::Pearson => "pearson",
            _ => "other",
        }
    }

    /// Returns the name of the scaling, as used on the command line and in reports.
    pub fn scaling_name(&self) -> &'static str {
        match self.scaling {
            InputScaling::Global => "global",
            InputScaling::PerPoint => "per-point",
            InputScaling::None => "none",
            _ => "other",
        }
    }

    /// Returns whether the first layer has the same learning rate as the other layers.
    pub fn full_first_rate(&self) -> bool {
        self.first_layer == FirstLayerRate::Same
    }
}

/// Returns the name of a learning-rate schedule, as used on the command line: `constant`,
/// `step:N:F`, `cosine` or `cosine:M`. N is an interval in epochs, F a factor and M the final
/// factor ([`Schedule`]).
pub fn schedule_name(schedule: &Schedule) -> String {
    match schedule.course() {
        Course::Constant => "constant".to_owned(),
        Course::Step { every, factor } => format!("step:{every}:{factor}"),
        Course::Cosine { down_to: 0.0 } => "cosine".to_owned(),
        Course::Cosine { down_to } => format!("cosine:{down_to}"),
        _ => "other".to_owned(),
    }
}
