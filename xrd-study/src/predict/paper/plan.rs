use serde::{Deserialize, Serialize};
use xrd_nn::Loss;
use xrd_predict::PaperNetwork;

use super::PaperDataset;
use crate::error::{Error, Result};
use crate::resumable::Row;

/// Loss function of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperLoss {
    /// Mean square of differences (equation 1).
    MeanSquare,
    /// Mean square of differences of logarithms (equation 2).
    MeanSquareLog,
    /// 1 minus the cosine (equation 3).
    Cosine,
    /// 1 minus Pearson's correlation (equation 4).
    Pearson,
}

impl PaperLoss {
    /// All loss functions, in the order of Table 3.
    pub const ALL: [Self; 4] = [
        Self::MeanSquare,
        Self::MeanSquareLog,
        Self::Cosine,
        Self::Pearson,
    ];

    /// Returns the abbreviation of the paper.
    pub fn name(self) -> &'static str {
        match self {
            Self::MeanSquare => "MSE",
            Self::MeanSquareLog => "MSLE",
            Self::Cosine => "Cosine",
            Self::Pearson => "Pearson",
        }
    }

    pub(super) fn of_network(self) -> Loss {
        match self {
            Self::MeanSquare => Loss::MeanSquare,
            Self::MeanSquareLog => Loss::MeanSquareLog,
            Self::Cosine => Loss::Cosine,
            Self::Pearson => Loss::Pearson,
        }
    }
}

/// Plan of a training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperPlan {
    /// Formulas.
    pub dataset: PaperDataset,
    /// Network.
    pub network: PaperNetwork,
    /// Loss function to minimise.
    pub loss: PaperLoss,
    /// Largest number of epochs.
    pub epochs: usize,
    /// Number of epochs without a lower loss of the validation part after which the training ends.
    pub patience: usize,
    /// Batch size. The last batch of an epoch may be smaller.
    pub batch: usize,
    /// Learning rate of Adam.
    pub learning_rate: f64,
    /// Seed of the weights, of dropout, and of the order of the formulas.
    pub seed: u64,
}

impl PaperPlan {
    /// Name of the training, for a file.
    pub fn name(&self) -> String {
        let Self { network, batch, .. } = self;
        let (loss, rate) = (self.loss.name().to_lowercase(), self.learning_rate);
        format!(
            "{}-{loss}-{}-{rate}-{batch}",
            self.dataset.name().to_lowercase(),
            network.blocks
        )
    }

    pub(super) fn check(&self) -> Result<()> {
        let counts = [
            ("number of epochs", self.epochs),
            ("number of epochs without a lower loss", self.patience),
            ("batch size", self.batch),
            ("number of filters", self.network.filters),
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
        vec![
            number("epochs", |p| p.epochs.to_string()),
            number("patience", |p| p.patience.to_string()),
            number("batch size", |p| p.batch.to_string()),
            number("learning rate", |p| p.learning_rate.to_string()),
            number("seed", |p| p.seed.to_string()),
            number("filters", |p| p.network.filters.to_string()),
            number("dropout", |p| p.network.dropout.to_string()),
            number("blocks", |p| p.network.blocks.to_string()),
            number("loss", |p| p.loss.name().to_owned()),
            number("formulas", |p| p.dataset.name().to_owned()),
        ]
    }
}
