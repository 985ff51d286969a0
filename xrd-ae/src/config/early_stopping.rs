use crate::error::{Result, check};

/// Early stopping: ends a training when the loss stops falling, and restores the weights of the
/// best epoch.
///
/// The monitored loss is that of the validation patterns, or of the test patterns if there are no
/// validation patterns. In the second case the test loss is no longer that of unseen patterns.
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
    /// Smallest decrease of the loss, below its minimum so far, that counts as an improvement. The
    /// weights are kept only from epochs that improve by more than this.
    pub min_improvement: f64,
}

impl EarlyStopping {
    /// Stops after `patience` consecutive epochs without improvement. Every decrease of the loss
    /// is an improvement.
    pub fn new(patience: usize) -> Self {
        Self {
            patience,
            min_improvement: 0.0,
        }
    }

    /// Sets the smallest decrease of the loss that counts as an improvement.
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
