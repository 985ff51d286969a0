//! Files of checkpoints.

use std::path::Path;

use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};

use super::description::{Description, FORMAT_VERSION, TrainingWords};
use super::tensors::{Tensor, matrix, numbers, vector};
use super::{file, layers, named_layers, seal};
use crate::autoencoder::Autoencoder;
use crate::checkpoint::{Best, Checkpoint, DataHashes};
use crate::config::TrainingConfig;
use crate::dense::Dense;
use crate::error::{Error, Result};
use crate::history::{Ending, EpochRecord, History, PlaneUse};
use crate::trainer::{HeadState, State};
use crate::training::{Order, Partial, untrained_head};
use crate::warning::Warning;

/// Metadata entry with the description of a checkpoint.
const KEY: &str = "xrd-ae-checkpoint";

/// Stored numbers per epoch, without those per latent axis.
const COLUMNS: usize = 5;
/// Stored numbers per epoch and latent axis.
const OF_AXIS: usize = 2;

/// Stored numbers per epoch. With labels, the last one is the label loss.
fn columns(latent: usize, labelled: bool) -> usize {
    COLUMNS + OF_AXIS * latent + usize::from(labelled)
}

#[derive(Serialize, Deserialize)]
struct Words {
    format_version: u64,
    model: Description,
    training: TrainingWords,
    /// Steps of Adam.
    steps: u32,
    /// Number of random words used by the order of the patterns. It is text because JSON numbers
    /// cannot hold a u128.
    order_words: String,
    patterns: usize,
    epochs: usize,
    partial: Partial,
    best: Option<(usize, f64)>,
    ending: Ending,
    warnings: Vec<Warning>,
    train_sha256: Option<String>,
    test_sha256: Option<String>,
    validation_sha256: Option<String>,
    /// Omitted without labels in the loss, as in files from before this entry existed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    labels: Option<LabelWords>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disturbance_sha256: Option<String>,
}

/// Labels in the loss.
#[derive(Clone, Serialize, Deserialize)]
struct LabelWords {
    columns: usize,
    sha256: String,
}

impl Checkpoint {
    /// Serializes the checkpoint as the bytes of a safetensors file.
    ///
    /// # Format
    /// The file contains the tensors of [`Autoencoder::to_bytes`], and these tensors:
    /// - `first.…` and `second.…`: first and second moments of Adam,
    /// - `best.…`: weights and biases of the best epoch, if early stopping is set,
    /// - `head.weight` and `head.bias`, with their moments: the layer that predicts the labels, if
    ///   labels are part of the loss,
    /// - `order`: order of the training patterns,
    /// - `history`: one row of numbers per completed epoch.
    ///
    /// In the first three names, the dots stand for the name of a tensor of weights or biases in
    /// [`Autoencoder::to_bytes`], such as `encoder.0.weight`.
    ///
    /// The metadata entry `xrd-ae-checkpoint` contains all other data in JSON, with a checksum.
    ///
    /// # Errors
    /// Any error of [`Autoencoder::to_bytes`].
    ///
    /// Cost: O(weights + training patterns + epochs).
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let order: Vec<u64> = self.order.indices().iter().map(|&i| i as u64).collect();
        let history: Vec<f64> = self.history.epochs.iter().flat_map(numbers_of).collect();
        let mut tensors = self.model.named_tensors();
        tensors.extend(named_layers("first.", &self.state.first));
        tensors.extend(named_layers("second.", &self.state.second));
        if let Some(head) = &self.state.head {
            let HeadState {
                layer,
                first,
                second,
            } = head;
            for (prefix, layer) in [("", layer), ("first.", first), ("second.", second)] {
                tensors.extend(head_tensors(prefix, layer));
            }
        }
        if let Some(best) = &self.best {
            tensors.extend(named_layers("best.", &best.layers));
        }
        tensors.push(("order".into(), Tensor::of(&order, &[order.len()])));
        let shape = [self.history.epochs.len(), self.columns()];
        tensors.push(("history".into(), Tensor::of(&history, &shape)));
        seal::seal(KEY, &self.words()?, tensors)
    }

    /// Deserializes a checkpoint from the bytes that [`to_bytes`](Self::to_bytes) returns.
    ///
    /// # Errors
    /// - [`Error::Inconsistent`] if the entries of the checkpoint contradict each other.
    /// - Any error of [`Autoencoder::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (words, file): (Words, _) = seal::open(KEY, bytes)?;
        let model = Autoencoder::described(&words.model, &file)?;
        let config = words.training.config()?;
        let some_layers = |prefix| layers(&file, prefix, model.grid.len(), &model.config);
        Ok(Self {
            state: State {
                steps: words.steps,
                first: some_layers("first.")?,
                second: some_layers("second.")?,
                head: words.head(&file, model.config.latent)?,
            },
            order: words.order(&file, &config)?,
            partial: words.partial.clone(),
            best: words.best(|| some_layers("best."))?,
            history: words.history(&file, model.config.latent)?,
            hashes: DataHashes {
                train: words.train_sha256,
                test: words.test_sha256,
                validation: words.validation_sha256,
                labels: words.labels.map(|labels| labels.sha256),
                disturbance: words.disturbance_sha256,
            },
            model,
            config,
        })
    }

    /// Saves the checkpoint to a file, like [`Autoencoder::save`]. If the process is killed during
    /// this call, an existing file at `path` stays unchanged.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be written, and any error of [`to_bytes`](Self::to_bytes).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        file::write(path.as_ref(), &self.to_bytes()?)
    }

    /// Loads a checkpoint from a file that [`save`](Self::save) has written.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read, and any error of [`from_bytes`](Self::from_bytes).
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::from_bytes(&file::read(path.as_ref())?)
    }

    /// Stored numbers per epoch.
    fn columns(&self) -> usize {
        columns(self.model.config.latent, self.hashes.labels.is_some())
    }

    fn words(&self) -> Result<Words> {
        let head = self.state.head.as_ref().map(|head| head.layer.bias.len());
        let labels = self.hashes.labels.clone().zip(head);
        Ok(Words {
            format_version: FORMAT_VERSION,
            model: Description::of(&self.model)?,
            training: TrainingWords::of(&self.config),
            steps: self.state.steps,
            order_words: self.order.words().to_string(),
            patterns: self.order.indices().len(),
            epochs: self.history.epochs.len(),
            partial: self.partial.clone(),
            best: self.best.as_ref().map(|best| (best.epoch, best.loss)),
            ending: self.history.ending,
            warnings: self.history.warnings.clone(),
            train_sha256: self.hashes.train.clone(),
            test_sha256: self.hashes.test.clone(),
            validation_sha256: self.hashes.validation.clone(),
            labels: labels.map(|(sha256, columns)| LabelWords { columns, sha256 }),
            disturbance_sha256: self.hashes.disturbance.clone(),
        })
    }
}

impl Words {
    fn order(&self, file: &SafeTensors, config: &TrainingConfig) -> Result<Order> {
        let stored: Vec<u64> = numbers(file, "order", &[self.patterns])?;
        let mut met = vec![false; self.patterns];
        for &index in &stored {
            let place = usize::try_from(index).ok().and_then(|i| met.get_mut(i));
            let place = place
                .ok_or_else(|| inconsistent("the order contains the index of a missing pattern"))?;
            if std::mem::replace(place, true) {
                return Err(inconsistent("the order contains a pattern twice"));
            }
        }
        if self.partial.steps.saturating_mul(config.batch) >= self.patterns.max(1) {
            return Err(inconsistent("the epoch has more steps than batches"));
        }
        let words = self.order_words.parse();
        let words =
            words.map_err(|_| inconsistent("the position of the random stream is not a number"))?;
        let indices = stored.into_iter().map(|i| i as usize).collect();
        Ok(Order::at(indices, config.seed, words))
    }

    fn best(&self, layers: impl FnOnce() -> Result<Vec<Dense<f32>>>) -> Result<Option<Best>> {
        let best = |(epoch, loss)| {
            if epoch == 0 || epoch > self.epochs {
                return Err(inconsistent(
                    "the best epoch is not among the trained epochs",
                ));
            }
            Ok(Best {
                epoch,
                loss,
                layers: layers()?,
            })
        };
        self.best.map(best).transpose()
    }

    /// Layer that predicts the labels, if labels are part of the loss.
    fn head(&self, file: &SafeTensors, latent: usize) -> Result<Option<HeadState<f32>>> {
        let Some(labels) = &self.labels else {
            return Ok(None);
        };
        let layer = |prefix: &str| {
            Result::Ok(Dense {
                weights: matrix(
                    file,
                    &format!("{prefix}head.weight"),
                    (latent, labels.columns),
                )?,
                bias: vector(file, &format!("{prefix}head.bias"), labels.columns)?,
                ..untrained_head(latent, 0)
            })
        };
        Ok(Some(HeadState {
            layer: layer("")?,
            first: layer("first.")?,
            second: layer("second.")?,
        }))
    }

    fn history(&self, file: &SafeTensors, latent: usize) -> Result<History> {
        let columns = columns(latent, self.labels.is_some());
        let stored: Vec<f64> = numbers(file, "history", &[self.epochs, columns])?;
        let rows = stored.chunks_exact(columns).zip(1..);
        Ok(History {
            epochs: rows
                .map(|(row, epoch)| record_of(epoch, row, latent))
                .collect(),
            warnings: self.warnings.clone(),
            ending: self.ending,
            best_epoch: None,
        })
    }
}

fn head_tensors<'a>(prefix: &str, head: &'a Dense<f32>) -> [(String, Tensor<'a>); 2] {
    [
        (
            format!("{prefix}head.weight"),
            Tensor::matrix(&head.weights),
        ),
        (format!("{prefix}head.bias"), Tensor::vector(&head.bias)),
    ]
}

fn inconsistent(what: &'static str) -> Error {
    Error::Inconsistent { what }
}

/// Stored numbers of an epoch, with NaN for missing losses.
fn numbers_of(record: &EpochRecord) -> Vec<f64> {
    let PlaneUse { spread, saturated } = &record.plane;
    let of_epoch = [
        record.train_loss,
        record.test_loss.unwrap_or(f64::NAN),
        record.validation_loss.unwrap_or(f64::NAN),
        record.learning_rate,
        record.seconds,
    ];
    let of_axes = spread.iter().chain(saturated).copied();
    let numbers = of_epoch.into_iter().chain(of_axes);
    numbers.chain(record.label_loss).collect()
}

fn record_of(epoch: usize, row: &[f64], latent: usize) -> EpochRecord {
    let known = |number: f64| (!number.is_nan()).then_some(number);
    let (spread, rest) = row[COLUMNS..].split_at(latent);
    let (saturated, of_labels) = rest.split_at(latent);
    EpochRecord {
        epoch,
        train_loss: row[0],
        test_loss: known(row[1]),
        validation_loss: known(row[2]),
        label_loss: of_labels.first().copied(),
        learning_rate: row[3],
        seconds: row[4],
        plane: PlaneUse {
            spread: spread.to_vec(),
            saturated: saturated.to_vec(),
        },
    }
}
