use serde::{Deserialize, Serialize};
use xrd_nn::NetworkSpec;

use crate::error::{Error, Result};
use crate::resumable::Row;

/// Plan of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperPlan {
    /// Layers of the network.
    pub network: NetworkSpec,
    /// Number of epochs.
    pub epochs: usize,
    /// Number of patterns per epoch, rounded up to whole batches.
    pub patterns_per_epoch: usize,
    /// Batch size.
    pub batch: usize,
    /// Learning rate of Adam.
    pub learning_rate: f64,
    /// Seed of the weights and of dropout.
    pub seed: u64,
}

impl PaperPlan {
    /// Ten epochs of 20,000 patterns in batches of 128, with the learning rate 0.001.
    pub fn new(network: NetworkSpec) -> Self {
        Self {
            network,
            epochs: 10,
            patterns_per_epoch: 20_000,
            batch: 128,
            learning_rate: 1e-3,
            seed: 0,
        }
    }

    pub(super) fn steps_per_epoch(&self) -> u64 {
        self.patterns_per_epoch.div_ceil(self.batch) as u64
    }

    /// Number of steps of the whole training.
    pub(super) fn steps(&self) -> u64 {
        self.epochs as u64 * self.steps_per_epoch()
    }

    pub(super) fn check(&self) -> Result<()> {
        let counts = [
            ("number of epochs", self.epochs),
            ("patterns per epoch", self.patterns_per_epoch),
            ("batch size", self.batch),
        ];
        match counts.into_iter().find(|(_, count)| *count == 0) {
            None => Ok(()),
            Some((what, _)) => Err(Error::OutOfRange {
                what,
                found: 0.0,
                expected: "1 or more",
            }),
        }
    }

    /// The settings of this plan beside those of another.
    pub(super) fn rows(&self, other: &Self) -> Vec<Row> {
        let number = |name, of: fn(&Self) -> String| (name, of(self), of(other));
        let is_same = self.network == other.network;
        let network = if is_same { "the same" } else { "another" };
        vec![
            number("epochs", |p| p.epochs.to_string()),
            number("patterns per epoch", |p| p.patterns_per_epoch.to_string()),
            number("batch size", |p| p.batch.to_string()),
            number("learning rate", |p| p.learning_rate.to_string()),
            number("seed", |p| p.seed.to_string()),
            ("network:", network.to_owned(), "the same".to_owned()),
        ]
    }
}
