use serde::{Deserialize, Serialize};

use crate::warning::Warning;

/// Record of one training epoch.
///
/// Each loss compares the scaled patterns with their reconstructions, and is the mean over the
/// patterns.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct EpochRecord {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// Loss of the training patterns. The loss of a pattern is computed during the epoch, just
    /// before the training step on the batch of the pattern.
    pub train_loss: f64,
    /// Loss of the test patterns after the epoch, if there are test patterns.
    pub test_loss: Option<f64>,
    /// Loss of the validation patterns after the epoch, if there are validation patterns.
    pub validation_loss: Option<f64>,
    /// Label loss of the training patterns, without its weight. It is computed as `train_loss` is.
    /// `None` for a training without labels.
    pub label_loss: Option<f64>,
    /// Learning rate of the last step of the epoch.
    pub learning_rate: f64,
    /// Spread and saturation of the training patterns in the latent space. The point of a pattern
    /// is computed during the epoch, just before the training step on the batch of the pattern.
    pub plane: PlaneUse,
    /// Training time of the epoch in seconds, without the evaluation of test and validation
    /// patterns. The time is 0 on `wasm32-unknown-unknown`, which has no clock.
    pub seconds: f64,
}

/// Spread and saturation of the patterns along each axis of the latent space.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PlaneUse {
    /// Standard deviation along each axis. It is computed from the differences between the
    /// coordinates of consecutive patterns (von Neumann et al. 1941). The common motion of all
    /// points during an epoch therefore hardly changes the result.
    pub spread: Vec<f64>,
    /// Fraction of the patterns whose coordinate is below −0.99 or above 0.99, for each axis.
    pub saturated: Vec<f64>,
}

/// Reason for the end of a training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// The caller stopped the training before the last epoch.
    #[default]
    Left,
    /// The last epoch was completed.
    LastEpoch,
    /// Early stopping ended the training, because the monitored loss no longer decreased.
    NoImprovement,
}

/// History of a training: epochs, warnings and reason for its end.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct History {
    /// Completed epochs, in order.
    pub epochs: Vec<EpochRecord>,
    /// Warnings. Each warning states the epoch in which its problem began.
    pub warnings: Vec<Warning>,
    /// Reason for the end of the training.
    pub ending: Ending,
    /// Epoch whose weights were restored; `None` without early stopping.
    pub best_epoch: Option<usize>,
}

impl History {
    /// Median training time of an epoch in milliseconds, without the evaluation of test and
    /// validation patterns; 0 if there are no epochs.
    ///
    /// Slow first epochs and other programs on the machine hardly change the median.
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
