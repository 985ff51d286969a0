/// What is known after an epoch of training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochRecord {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Mean squared error over all elements of the training patterns in scaled units, each
    /// pattern as the network answered it when its turn came, so before the epoch's last step.
    pub train_loss: f64,
    /// Mean squared error over all elements of the test patterns in scaled units, after the
    /// epoch; none without test patterns.
    pub test_loss: Option<f64>,
    /// Time spent training in this epoch, in seconds, evaluation of the test patterns excluded.
    pub seconds: f64,
}

/// The course of a training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The epochs that were completed, in order.
    pub epochs: Vec<EpochRecord>,
    /// Whether the observer ended the training before its last epoch.
    pub stopped: bool,
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
        let of = |seconds: &[f64]| History {
            epochs: (1..)
                .zip(seconds)
                .map(|(epoch, &seconds)| EpochRecord {
                    epoch,
                    train_loss: 1.0,
                    test_loss: None,
                    seconds,
                })
                .collect(),
            stopped: false,
        };
        assert_eq!(of(&[]).ms_per_epoch(), 0.0);
        assert_eq!(of(&[9.0, 0.002, 0.001]).ms_per_epoch(), 2.0);
        assert_eq!(of(&[9.0, 0.002, 0.001, 0.004]).ms_per_epoch(), 3.0);
    }
}
