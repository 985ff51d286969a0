use crate::error::{Result, check};

/// Early stopping: ends a training when the loss stops falling, and restores the weights of the
/// best epoch.
///
/// The monitored loss is the loss of the validation patterns. Without validation patterns, the
/// loss of the test patterns is monitored. The test patterns then influence the training, and
/// their loss underestimates the loss of unseen patterns.
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
    /// Number of consecutive epochs without improvement after which the training ends.
    pub patience: usize,
    /// Minimum improvement: an epoch improves if its loss is smaller than the smallest earlier loss
    /// by more than this value. Only the weights of such epochs are kept.
    pub min_improvement: f64,
}

impl EarlyStopping {
    /// Early stopping after `patience` consecutive epochs without improvement. A loss below the
    /// smallest earlier loss is an improvement.
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
