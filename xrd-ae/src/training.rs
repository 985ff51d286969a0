//! The epochs of a training.

use std::ops::ControlFlow;
use std::time::Instant;

use ndarray::{Array2, ArrayView1};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use xrd_core::PatternSet;

use crate::adam::Adam;
use crate::autoencoder::Autoencoder;
use crate::config::{AutoencoderConfig, TrainingConfig};
use crate::dense::Dense;
use crate::error::{Error, Result};
use crate::history::{EpochRecord, History};
use crate::loss::Loss;
use crate::trainer::Trainer;

/// Stream of the random numbers that the order of the patterns is drawn from.
const ORDER_STREAM: u64 = 1;

/// Patterns that are evaluated together, so that memory stays bounded.
const TOGETHER: usize = 256;

impl Autoencoder {
    /// Trains with Adam on the mean squared error between scaled patterns and their
    /// reconstructions, in shuffled batches.
    ///
    /// After each epoch the `observer` is shown its record; [`ControlFlow::Break`] ends the
    /// training there. A second call goes on from the present weights with a fresh Adam. The
    /// work is spread over the rayon pool it is called in; the same seed gives the same weights
    /// whatever the number of threads.
    ///
    /// # Errors
    /// As [`TrainingConfig::validate`]; [`Error::Empty`] without training patterns or for an
    /// empty test set; [`xrd_core::Error::GridMismatch`]; [`Error::Diverged`] when the loss or a
    /// weight is no longer finite, after which the weights are of no use.
    ///
    /// Cost O(epochs · patterns · weights).
    pub fn train(
        &mut self,
        config: &TrainingConfig,
        train: &PatternSet,
        test: Option<&PatternSet>,
        mut observer: impl FnMut(&EpochRecord) -> ControlFlow<()>,
    ) -> Result<History> {
        config.validate()?;
        let patterns = self.scaled_set("training patterns", train)?;
        let test = test
            .map(|t| self.scaled_set("test patterns", t))
            .transpose()?;
        self.training = Some(*config);
        let mut epochs = Epochs::new(config, &self.layers, &patterns);
        let mut history = History::default();
        for epoch in 1..=config.epochs {
            let record = epochs.run(epoch, test.as_ref())?;
            history.epochs.push(record);
            history.stopped = observer(&record).is_break();
            if history.stopped {
                break;
            }
        }
        epochs.check_weights(history.epochs.len())?;
        self.layers = epochs.trainer.layers();
        Ok(history)
    }

    /// [`initialise`](Self::initialise) and [`train`](Self::train) in one, without test patterns.
    ///
    /// # Errors
    /// As those two.
    pub fn fit(
        config: &AutoencoderConfig,
        training: &TrainingConfig,
        train: &PatternSet,
    ) -> Result<(Self, History)> {
        let mut model = Self::initialise(config, train)?;
        let history = model.train(training, train, None, |_| ControlFlow::Continue(()))?;
        Ok((model, history))
    }

    fn scaled_set(&self, what: &'static str, set: &PatternSet) -> Result<Array2<f32>> {
        if set.is_empty() {
            return Err(Error::Empty { what });
        }
        self.check_set(set)?;
        Ok(self.scaling.scaled(set.block()))
    }
}

/// What goes on from epoch to epoch.
struct Epochs<'a> {
    config: &'a TrainingConfig,
    trainer: Trainer<f32>,
    patterns: &'a Array2<f32>,
    order: Vec<usize>,
    rng: ChaCha8Rng,
}

impl<'a> Epochs<'a> {
    fn new(config: &'a TrainingConfig, layers: &[Dense<f32>], patterns: &'a Array2<f32>) -> Self {
        let adam = Adam {
            learning_rate: config.learning_rate,
            weight_decay: config.weight_decay,
            decoupled: false,
            first_layer_share: config.first_layer.share(patterns.ncols()),
        };
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        rng.set_stream(ORDER_STREAM);
        Self {
            config,
            trainer: Trainer::new(layers, adam, Loss::MeanSquaredError, None),
            order: (0..patterns.nrows()).collect(),
            patterns,
            rng,
        }
    }

    fn run(&mut self, epoch: usize, test: Option<&Array2<f32>>) -> Result<EpochRecord> {
        let start = Instant::now();
        // Inside the pool, so that not every product has to call for its threads.
        let train_loss = rayon::scope(|_| self.train_once());
        let seconds = start.elapsed().as_secs_f64();
        if !train_loss.is_finite() {
            return Err(self.diverged(epoch, train_loss));
        }
        Ok(EpochRecord {
            epoch,
            train_loss,
            test_loss: test.map(|t| self.mean_loss(t)),
            seconds,
        })
    }

    /// One pass over all patterns; the mean squared error met on the way.
    fn train_once(&mut self) -> f64 {
        self.order.shuffle(&mut self.rng);
        let mut loss = 0.0;
        let row = |&i: &usize| along_memory(self.patterns.row(i));
        let batches = self.order.chunks(self.config.batch);
        let mut batches = batches
            .map(|batch| batch.iter().map(row).collect::<Vec<_>>())
            .peekable();
        while let Some(batch) = batches.next() {
            loss += self
                .trainer
                .step(&batch, &batch, batches.peek().map(Vec::as_slice));
        }
        loss / self.order.len() as f64
    }

    fn mean_loss(&self, patterns: &Array2<f32>) -> f64 {
        let rows: Vec<&[f32]> = patterns.rows().into_iter().map(along_memory).collect();
        let loss: f64 = rows
            .chunks(TOGETHER)
            .map(|rows| self.trainer.evaluate(rows, rows))
            .sum();
        loss / patterns.nrows() as f64
    }

    fn check_weights(&self, epoch: usize) -> Result<()> {
        if self.trainer.is_finite() {
            return Ok(());
        }
        Err(self.diverged(epoch, f64::NAN))
    }

    fn diverged(&self, epoch: usize, loss: f64) -> Error {
        Error::Diverged {
            epoch,
            loss,
            learning_rate: self.config.learning_rate,
        }
    }
}

fn along_memory(row: ArrayView1<'_, f32>) -> &[f32] {
    row.to_slice().expect("rows lie along memory")
}

#[cfg(test)]
mod tests;
