use crate::error::{Result, check};

/// Settings of early stopping, which ends a training when the loss no longer decreases.
///
/// The trained model has the weights of the best epoch, the epoch with the smallest monitored loss.
/// The monitored loss is the loss of the validation patterns.
///
/// Without validation patterns, early stopping monitors the loss of the test patterns. The test
/// patterns then influence the training. The loss of the test patterns therefore underestimates
/// the loss of unseen patterns.
///
/// # Example
/// ```
/// use xrd_ae::{EarlyStopping, TrainingConfig};
/// let stopping = EarlyStopping::new(50).with_min_improvement(1e-4);
/// let config = TrainingConfig::default().with_early_stopping(stopping);
/// assert!(config.validate().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct EarlyStopping {
    /// Patience: the training ends after this number of consecutive epochs without improvement.
    pub patience: usize,
    /// Minimum improvement of the loss. An epoch is an improvement, and becomes the best epoch, if
    /// its loss plus this value is less than the loss of the best epoch so far.
    pub min_improvement: f64,
}

impl EarlyStopping {
    /// Creates settings that end the training after a number of consecutive epochs without
    /// improvement. The argument `patience` is this number.
    ///
    /// The minimum improvement is 0. Every epoch with a smaller loss than all earlier epochs is
    /// then an improvement.
    pub fn new(patience: usize) -> Self {
        Self {
            patience,
            min_improvement: 0.0,
        }
    }

    /// Sets the minimum improvement of the loss.
    #[must_use]
    pub fn with_min_improvement(mut self, min_improvement: f64) -> Self {
        self.min_improvement = min_improvement;
        self
    }

    pub(super) fn validate(&self) -> Result<()> {
        let (patience, least) = (self.patience, self.min_improvement);
        check("patience", patience as f64, patience > 0, "at least 1")?;
        let what = "minimum improvement";
        check(what, least, least >= 0.0, "0 or more, and finite")
    }
}
