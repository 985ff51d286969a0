use crate::autoencoder::Autoencoder;
use crate::config::TrainingConfig;
use crate::dense::Dense;
use crate::error::{Error, Result};
use crate::history::History;
use crate::trainer::State;
use crate::training::{Order, Partial};

/// A training at one moment: all that [`Training::resume`](crate::Training::resume) needs beside
/// the patterns.
///
/// That is the weights, both moments of Adam and its step count, the order of the patterns and
/// the state of the random stream it is drawn from, the sums of the epoch that is not over, the
/// best weights so far where early stopping keeps them, history, configuration, and SHA-256 of
/// all patterns. It is saved as a safetensors file, as models are, and as large as three or four
/// of them.
pub struct Checkpoint {
    /// With the weights of that moment.
    pub(crate) model: Autoencoder,
    pub(crate) config: TrainingConfig,
    pub(crate) state: State<f32>,
    pub(crate) order: Order,
    pub(crate) partial: Partial,
    pub(crate) best: Option<Best>,
    pub(crate) history: History,
    pub(crate) hashes: DataHashes,
}

/// The weights that early stopping would give back.
pub(crate) struct Best {
    pub(crate) epoch: usize,
    pub(crate) loss: f64,
    pub(crate) layers: Vec<Dense<f32>>,
}

/// SHA-256 of the patterns of a training.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DataHashes {
    pub(crate) train: Option<String>,
    pub(crate) test: Option<String>,
    pub(crate) validation: Option<String>,
}

impl Checkpoint {
    /// The model with the weights of that moment.
    pub fn model(&self) -> &Autoencoder {
        &self.model
    }

    /// How the training is configured.
    pub fn config(&self) -> &TrainingConfig {
        &self.config
    }

    /// What happened before.
    pub fn history(&self) -> &History {
        &self.history
    }
}

impl DataHashes {
    /// Fails where the patterns `found` are others than these.
    pub(crate) fn check(&self, found: &Self) -> Result<()> {
        let pairs = [
            ("training patterns", &self.train, &found.train),
            ("test patterns", &self.test, &found.test),
            ("validation patterns", &self.validation, &found.validation),
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

/// The beginning of a hash.
fn short(hash: &Option<String>) -> String {
    hash.as_ref()
        .map_or("none".to_owned(), |h| h.chars().take(12).collect())
}
