use crate::error::{Error, Result, check};
use crate::loss::Loss;
use crate::schedule::Schedule;

/// The most dimensions that a latent space may have.
const MAX_LATENT: usize = 16;

/// Shape, input scaling and initial weights of an autoencoder.
///
/// # Example
/// ```
/// use xrd_ae::{AutoencoderConfig, InputScaling};
/// let small = AutoencoderConfig { hidden: vec![16, 8], ..AutoencoderConfig::paper() };
/// assert_eq!(small.scaling, InputScaling::Global);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct AutoencoderConfig {
    /// Widths of the hidden layers of the encoder, from the pattern to the plane; the decoder has
    /// them in reverse.
    pub hidden: Vec<usize>,
    /// Dimensions of the latent space, 2 to 16. Of more than two, the plane is that of the first
    /// two principal axes of the training patterns.
    pub latent: usize,
    /// What is done to intensities before they enter the network.
    pub scaling: InputScaling,
    /// Seed of the initial weights.
    pub seed: u64,
}

impl AutoencoderConfig {
    /// The network of Utimula et al. (2022): hidden layers of 128, 64 and 12 units, a plane; global
    /// scaling (the paper names none), seed 0.
    pub fn paper() -> Self {
        Self {
            hidden: vec![128, 64, 12],
            latent: 2,
            scaling: InputScaling::Global,
            seed: 0,
        }
    }

    /// Checks the widths.
    ///
    /// # Errors
    /// [`Error::Empty`] without a hidden layer, [`Error::OutOfRange`] for a width of 0 or a latent
    /// space of fewer dimensions than 2 or more than 16.
    pub fn validate(&self) -> Result<()> {
        if self.hidden.is_empty() {
            return Err(Error::Empty {
                what: "hidden layers",
            });
        }
        let latent = self.latent;
        let possible = (2..=MAX_LATENT).contains(&latent);
        check("latent dimensions", latent as f64, possible, "2 to 16")?;
        self.hidden
            .iter()
            .try_for_each(|&width| check("hidden width", width as f64, width > 0, "at least 1"))
    }
}

/// What is done to intensities before they enter the network, and undone after they leave it.
///
/// Intensities with a maximum of 1 and no scaling do not train: the gradients are so small that
/// weight decay holds the network at the mean pattern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum InputScaling {
    /// Subtract the mean training pattern, then divide by the root mean square of what is left
    /// over all elements of the training set. A model that always answers with the mean pattern
    /// then has a loss of 1.
    #[default]
    Global,
    /// Subtract the mean training pattern, then divide each point by its own standard deviation
    /// over the training patterns, but by no less than 1 % of the global root mean square, so
    /// that points where nothing happens do not become loud.
    PerPoint,
    /// Intensities as they are.
    None,
}

/// How an autoencoder is trained.
///
/// # Example
/// ```
/// use xrd_ae::TrainingConfig;
/// let quick = TrainingConfig { epochs: 60, ..TrainingConfig::paper() };
/// assert_eq!(quick.batch, 10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct TrainingConfig {
    /// Passes over the training patterns.
    pub epochs: usize,
    /// Patterns a step; the last batch of an epoch may be smaller.
    pub batch: usize,
    /// What is made small.
    pub loss: Loss,
    /// Adam's step size α.
    pub learning_rate: f64,
    /// What α is multiplied with from step to step.
    pub schedule: Schedule,
    /// Weight decay λ, of biases too.
    pub weight_decay: f64,
    /// What the weight decay does.
    pub decay: Decay,
    /// Gradients whose norm over all layers exceeds this are scaled down to it.
    pub clip: Option<f64>,
    /// Learning rate of the first layer.
    pub first_layer: FirstLayerRate,
    /// Patterns are trained on as those of crystals that are strained at random, anew in each
    /// epoch: Δd/d of all planes is uniform from minus this to this, and lines move by Bragg's
    /// law. The plane then also knows what lies between patterns whose lines do not touch.
    pub strain: Option<f64>,
    /// When to end before the last epoch.
    pub early_stopping: Option<EarlyStopping>,
    /// Seed of the order of the patterns, new in each epoch, and of their strains.
    pub seed: u64,
}

/// What weight decay does to a weight w.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Decay {
    /// λw is added to the gradient, as PyTorch's `Adam(weight_decay=…)` does.
    #[default]
    L2,
    /// The learning rate times λw is taken from the weight, as PyTorch's `AdamW` does
    /// (Loshchilov & Hutter 2019, algorithm 2).
    Decoupled,
}

/// Ends a training once a loss has stopped falling, and takes back the weights of the best epoch.
///
/// The loss is that of the validation patterns, or of the test patterns where there are none of
/// those. With test patterns in that place the test is no longer of unseen patterns.
///
/// # Example
/// ```
/// use xrd_ae::{EarlyStopping, TrainingConfig};
/// let stopping = EarlyStopping { patience: 50, min_improvement: 1e-4 };
/// let config = TrainingConfig { early_stopping: Some(stopping), ..TrainingConfig::paper() };
/// assert!(config.validate().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct EarlyStopping {
    /// The training ends after so many epochs in a row without improvement.
    pub patience: usize,
    /// By how much a loss must be below the least so far to be an improvement, in units of the
    /// loss. The epochs whose weights are kept improve by more than this.
    pub min_improvement: f64,
}

impl EarlyStopping {
    fn validate(&self) -> Result<()> {
        let (patience, least) = (self.patience, self.min_improvement);
        check("patience", patience as f64, patience > 0, "at least 1")?;
        let what = "minimum improvement";
        check(what, least, least >= 0.0, "0 or more, and finite")
    }
}

/// The learning rate of the layer that takes the pattern.
///
/// Adam moves each weight by about the learning rate α a step, whatever the gradient. The sums of
/// a layer with many inputs then change by α·Σ|x|: with 11,900 points and α = 1e-3 by several
/// units, where ±3 saturates the tanh of the latent layer. One epoch suffices to throw every
/// pattern to the border of the plane, and few come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FirstLayerRate {
    /// The learning rate divided by the square root of the number of points, which is by how much
    /// the sums grow faster than those of a layer with one input.
    #[default]
    OverRootPoints,
    /// The learning rate of the other layers: Adam as it is.
    Same,
}

impl FirstLayerRate {
    /// What the learning rate is multiplied with for patterns of so many points.
    pub(crate) fn share(self, points: usize) -> f64 {
        match self {
            Self::OverRootPoints => 1.0 / (points as f64).sqrt(),
            Self::Same => 1.0,
        }
    }
}

impl TrainingConfig {
    /// 1,000 epochs in batches of 10, as Utimula et al. (2022). What the paper leaves open:
    /// mean squared error, constant learning rate 1e-3 (Adam's default), L2 weight decay 1e-4 (of
    /// 1e-5, 1e-4 and 1e-3 the one that kept reproduction and generated patterns both good), no
    /// clipping, the first layer slowed down, no strain, no early stopping, seed 0.
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
            early_stopping: None,
            seed: 0,
        }
    }

    /// Checks every number.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for no epochs, an empty batch, a learning rate or a clipping norm
    /// that is not positive and finite, a weight decay or a minimum improvement that is negative
    /// or not finite, a warm-up as long as the training, a strain that is not over 0 and up to
    /// 0.1, or a patience of 0.
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
            check(
                "strain",
                strain,
                strain > 0.0 && strain <= 0.1,
                "over 0 to 0.1",
            )?;
        }
        self.early_stopping.map_or(Ok(()), |s| s.validate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_networks_are_refused() {
        let of = |hidden: Vec<usize>| AutoencoderConfig {
            hidden,
            ..AutoencoderConfig::paper()
        };
        assert!(of(vec![3, 1]).validate().is_ok());
        assert!(matches!(of(vec![]).validate(), Err(Error::Empty { .. })));
        let message = of(vec![3, 0]).validate().unwrap_err().to_string();
        assert_eq!(message, "hidden width is 0 (expected at least 1)");
        for (latent, possible) in [(0, false), (1, false), (2, true), (16, true), (17, false)] {
            let config = AutoencoderConfig {
                latent,
                ..AutoencoderConfig::paper()
            };
            assert_eq!(config.validate().is_ok(), possible, "{latent}");
        }
    }

    #[test]
    fn impossible_trainings_are_refused() {
        let paper = TrainingConfig::paper();
        assert!(paper.validate().is_ok());
        assert!(
            TrainingConfig {
                weight_decay: 0.0,
                ..paper
            }
            .validate()
            .is_ok()
        );
        let stopping = |patience, min_improvement| TrainingConfig {
            early_stopping: Some(EarlyStopping {
                patience,
                min_improvement,
            }),
            ..paper
        };
        assert!(stopping(1, 0.0).validate().is_ok());
        let refused = [
            TrainingConfig { epochs: 0, ..paper },
            TrainingConfig { batch: 0, ..paper },
            TrainingConfig {
                learning_rate: 0.0,
                ..paper
            },
            TrainingConfig {
                learning_rate: f64::INFINITY,
                ..paper
            },
            TrainingConfig {
                weight_decay: -1e-5,
                ..paper
            },
            TrainingConfig {
                weight_decay: f64::NAN,
                ..paper
            },
            TrainingConfig {
                clip: Some(0.0),
                ..paper
            },
            TrainingConfig {
                epochs: 5,
                schedule: Schedule::CONSTANT.with_warm_up(5.0).unwrap(),
                ..paper
            },
            TrainingConfig {
                strain: Some(0.2),
                ..paper
            },
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
