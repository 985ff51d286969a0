use crate::autoencoder::Autoencoder;
use crate::config::TrainingConfig;
use crate::dense::Dense;
use crate::error::{Error, Result};
use crate::history::History;
use crate::trainer::State;
use crate::training::{Order, Partial};

/// Saved state of a training, for [`Training::resume`](crate::Training::resume).
///
/// A checkpoint contains:
/// - the settings and the history,
/// - the current weights and, with early stopping, the weights of the best epoch so far,
/// - the layer that predicts the labels, if labels are part of the loss,
/// - the averages of the gradients that Adam keeps (its moments), and the number of steps,
/// - the order of the patterns, and the state of the random number generator,
/// - the loss of the current epoch so far,
/// - the SHA-256 of all patterns and labels, and of the description of the disturbance.
///
/// A checkpoint does not contain the patterns and labels. The file of a checkpoint is three or four
/// times as large as the file of the model.
pub struct Checkpoint {
    /// Model with the current weights.
    pub(crate) model: Autoencoder,
    pub(crate) config: TrainingConfig,
    pub(crate) state: State<f32>,
    pub(crate) order: Order,
    pub(crate) partial: Partial,
    pub(crate) best: Option<Best>,
    pub(crate) history: History,
    pub(crate) hashes: DataHashes,
}

/// Weights that early stopping restores.
pub(crate) struct Best {
    pub(crate) epoch: usize,
    pub(crate) loss: f64,
    pub(crate) layers: Vec<Dense<f32>>,
}

/// SHA-256 of the patterns and labels of a training.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DataHashes {
    pub(crate) train: Option<String>,
    pub(crate) test: Option<String>,
    pub(crate) validation: Option<String>,
    pub(crate) labels: Option<String>,
    pub(crate) disturbance: Option<String>,
}

impl Checkpoint {
    /// Model with the current weights of the training.
    ///
    /// With more than two latent dimensions, the latent plane of this model is the plane from
    /// before the training. [`Training::finish`](crate::Training::finish) fits the plane to the new
    /// weights.
    pub fn model(&self) -> &Autoencoder {
        &self.model
    }

    /// Settings of the training.
    pub fn config(&self) -> &TrainingConfig {
        &self.config
    }

    /// History of the training up to the checkpoint.
    pub fn history(&self) -> &History {
        &self.history
    }
}

impl DataHashes {
    /// Returns an error if the hashes `found` differ from these.
    pub(crate) fn check(&self, found: &Self) -> Result<()> {
        let pairs = [
            ("training patterns", &self.train, &found.train),
            ("test patterns", &self.test, &found.test),
            ("validation patterns", &self.validation, &found.validation),
            (
                "labels of the training patterns",
                &self.labels,
                &found.labels,
            ),
            (
                "disturbance of the training patterns",
                &self.disturbance,
                &found.disturbance,
            ),
        ];
        match pairs
            .into_iter()
            .find(|(_, expected, found)| expected != found)
        {
            None => Ok(()),
            Some((what, expected, found)) => Err(Error::OtherData {
                what,
                found: short(found),
                expected: short(expected),
            }),
        }
    }
}

/// First twelve digits of a hash.
fn short(hash: &Option<String>) -> String {
    hash.as_ref()
        .map_or("none".to_owned(), |h| h.chars().take(12).collect())
}
