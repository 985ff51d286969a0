use serde::{Deserialize, Serialize};

use crate::warning::Warning;

/// Record of one training epoch.
///
/// Losses are means over the patterns, between scaled patterns and their reconstructions.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct EpochRecord {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// Loss of the training patterns. Each pattern counts with its loss just before the step on its
    /// batch.
    pub train_loss: f64,
    /// Loss of the test patterns after the epoch, if there are test patterns.
    pub test_loss: Option<f64>,
    /// Loss of the validation patterns after the epoch, if there are validation patterns.
    pub validation_loss: Option<f64>,
    /// Learning rate of the last step of the epoch.
    pub learning_rate: f64,
    /// Spread and saturation of the training patterns in the latent space, each just before the step
    /// on its batch.
    pub plane: PlaneUse,
    /// Training time of the epoch in seconds, without the evaluation of test and validation
    /// patterns. It is 0 on `wasm32-unknown-unknown`, which has no clock.
    pub seconds: f64,
}

/// Spread and saturation of the patterns along each axis of the latent space.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PlaneUse {
    /// Standard deviation along each axis, from the differences between consecutive patterns
    /// (von Neumann et al. 1941). The drift of the points during an epoch hardly affects it.
    pub spread: Vec<f64>,
    /// Share of patterns beyond ±0.99 on each axis.
    pub saturated: Vec<f64>,
}

/// Reason for the end of a training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// The training was stopped before its last epoch.
    #[default]
    Left,
    /// The last epoch was completed.
    LastEpoch,
    /// Early stopping: the monitored loss stopped falling.
    NoImprovement,
}

/// History of a training: epochs, warnings and reason for its end.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct History {
    /// Completed epochs, in order.
    pub epochs: Vec<EpochRecord>,
    /// Warnings, each from the epoch in which its problem began.
    pub warnings: Vec<Warning>,
    /// Reason for the end.
    pub ending: Ending,
    /// Epoch of the restored weights, with early stopping.
    pub best_epoch: Option<usize>,
}

impl History {
    /// Median training time of an epoch in milliseconds, without evaluation; 0 without epochs.
    ///
    /// The median is insensitive to slow first epochs and to other load on the machine.
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
