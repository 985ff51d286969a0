use serde::{Deserialize, Serialize};

use crate::warning::Warning;

/// Record of one training epoch.
///
/// Each loss is the mean of [`Loss`](crate::Loss) over the patterns.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct EpochRecord {
    /// Number of the epoch, counted from 1.
    pub epoch: usize,
    /// Loss of the training patterns. The loss of each pattern is computed during the epoch, just
    /// before the training step that uses the pattern.
    pub train_loss: f64,
    /// Loss of the test patterns after the epoch; `None` without test patterns.
    pub test_loss: Option<f64>,
    /// Loss of the validation patterns after the epoch; `None` without validation patterns.
    pub validation_loss: Option<f64>,
    /// Label loss of the training patterns, without its weight. It is computed as `train_loss` is.
    /// `None` for a training without labels.
    pub label_loss: Option<f64>,
    /// Learning rate of the last step of the epoch.
    pub learning_rate: f64,
    /// Spread and saturation of the training patterns in the latent space. The point of each
    /// pattern is computed during the epoch, just before the training step that uses the pattern.
    pub plane: PlaneUse,
    /// Training time of the epoch in seconds. The time for the losses of test and validation
    /// patterns is not included. The value is 0 on `wasm32-unknown-unknown`, because this target
    /// has no clock.
    pub seconds: f64,
}

/// Spread and saturation of the patterns along each axis of the latent space.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PlaneUse {
    /// Standard deviation of the coordinates, one value per axis.
    ///
    /// The standard deviation is computed from the differences between the coordinates of
    /// consecutive patterns, in the order of the training (von Neumann et al. 1941). During an
    /// epoch, training moves all points together. This common motion hardly changes the
    /// differences.
    pub spread: Vec<f64>,
    /// Fraction of the patterns with a coordinate below −0.99 or above 0.99, one value per axis.
    pub saturated: Vec<f64>,
}

/// Reason why a training ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// The training has not ended yet, or the caller stopped the training before its last epoch.
    #[default]
    Left,
    /// The last epoch was completed.
    LastEpoch,
    /// Early stopping ended the training, because the monitored loss no longer decreased.
    NoImprovement,
}

/// History of a training: records of the epochs, warnings, and the reason why the training ended.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct History {
    /// Records of the completed epochs, in order.
    pub epochs: Vec<EpochRecord>,
    /// Warnings about problems of the training.
    pub warnings: Vec<Warning>,
    /// Reason why the training ended.
    pub ending: Ending,
    /// Best epoch, counted from 1; `None` without [`EarlyStopping`](crate::EarlyStopping). The
    /// trained model has the weights of this epoch.
    pub best_epoch: Option<usize>,
}

impl History {
    /// Median training time per epoch in milliseconds; 0 if there are no epochs.
    ///
    /// The time for the losses of test and validation patterns is not included. A few slow epochs
    /// hardly change the median.
    pub fn ms_per_epoch(&self) -> f64 {
        let mut seconds: Vec<f64> = self.epochs.iter().map(|e| e.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        let n = seconds.len();
        if n == 0 {
            return 0.0;
        }
        1e3 * (seconds[(n - 1) / 2] + seconds[n / 2]) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_epoch_counts() {
        let record = |(epoch, &seconds): (usize, &f64)| EpochRecord {
            epoch,
            train_loss: 1.0,
            test_loss: None,
            validation_loss: None,
            label_loss: None,
            learning_rate: 1e-3,
            plane: PlaneUse::default(),
            seconds,
        };
        let of = |seconds: &[f64]| History {
            epochs: (1..).zip(seconds).map(record).collect(),
            ..History::default()
        };
        assert_eq!(of(&[]).ms_per_epoch(), 0.0);
        assert_eq!(of(&[9.0, 0.002, 0.001]).ms_per_epoch(), 2.0);
        assert_eq!(of(&[9.0, 0.002, 0.001, 0.004]).ms_per_epoch(), 3.0);
    }
}
