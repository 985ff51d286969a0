use serde::{Deserialize, Serialize};

use crate::warning::Warning;

/// What is known after an epoch of training.
///
/// Losses are means over the patterns of the loss that is trained, between scaled patterns and
/// their reconstructions; the mean squared error is also one over all elements.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct EpochRecord {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Loss of the training patterns, each as the network answered it when its turn came, so
    /// before the epoch's last step.
    pub train_loss: f64,
    /// Loss of the test patterns after the epoch; none without test patterns.
    pub test_loss: Option<f64>,
    /// Loss of the validation patterns after the epoch; none without validation patterns.
    pub validation_loss: Option<f64>,
    /// The learning rate of the epoch's last step.
    pub learning_rate: f64,
    /// How the training patterns lay in the latent space, each when its turn came.
    pub plane: PlaneUse,
    /// Time spent training in this epoch, in seconds, evaluation of test and validation patterns
    /// excluded.
    pub seconds: f64,
}

/// How patterns lie along each axis of the latent space; x and y where it is a plane.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PlaneUse {
    /// Standard deviation along each axis, from the differences between consecutive patterns
    /// (von Neumann et al. 1941), in which the drift of the points during an epoch hardly counts.
    pub spread: Vec<f64>,
    /// Share of patterns beyond ±0.99 on each axis, where tanh is flat.
    pub saturated: Vec<f64>,
}

/// Why a training ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// It was left before its last epoch.
    #[default]
    Left,
    /// All epochs were trained.
    LastEpoch,
    /// The loss that early stopping watches had stopped falling.
    NoImprovement,
}

/// The course of a training.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct History {
    /// The epochs that were completed, in order.
    pub epochs: Vec<EpochRecord>,
    /// What went wrong without ending the training, each the first time it happened.
    pub warnings: Vec<Warning>,
    /// Why it ended.
    pub ending: Ending,
    /// The epoch whose weights the model has, where early stopping chose one.
    pub best_epoch: Option<usize>,
}

impl History {
    /// Median time of an epoch in milliseconds, evaluation excluded; 0 without epochs.
    ///
    /// The median, so that the first, slower epochs and a busy machine do not count.
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
