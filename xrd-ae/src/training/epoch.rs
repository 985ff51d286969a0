//! Steps, records and warnings of an epoch.

use serde::{Deserialize, Serialize};

use super::plane_watch::PlaneWatch;
use super::{Best, Training};
use crate::clock::Clock;
use crate::error::Result;
use crate::history::{Ending, EpochRecord};
use crate::storage::is_zero;
use crate::warning::{Axis, Warning};

/// Axes with a smaller standard deviation are dead.
const DEAD: f64 = 0.01;

/// Axes with a larger fraction of saturated points are saturated.
const SATURATED: f64 = 0.95;

/// A loss above this multiple of the loss before training diverges.
const DIVERGING: f64 = 2.0;

/// Number of patterns used to estimate the loss before training.
const UNTRAINED: usize = 64;

/// State of the current epoch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Partial {
    /// Steps taken in the epoch.
    pub(crate) steps: usize,
    /// Loss summed over the patterns so far.
    pub(crate) loss: f64,
    /// Label loss summed over the patterns so far, without its weight.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) label_loss: f64,
    pub(crate) plane: PlaneWatch,
    pub(crate) seconds: f64,
    /// Loss before the first step of the training.
    pub(crate) untrained: f64,
}

impl Training<'_> {
    /// Estimates the loss before training from the first patterns.
    pub(super) fn untrained_loss(&mut self) -> Result<f64> {
        let first: Vec<usize> = (0..self.order.indices().len().min(UNTRAINED)).collect();
        let step = self.batches.step(0, &first, &[])?;
        Ok(self.trainer.evaluate(&step.inputs, &step.targets) / first.len() as f64)
    }

    pub(super) fn train_batch(&mut self) -> Result<()> {
        let clock = Clock::start();
        let step = self.partial.steps;
        if step == 0 {
            self.order.shuffle();
        }
        self.trainer.set_learning_rate(self.learning_rate(step));
        let batch = |step| self.order.batch(step, self.config.batch);
        let epoch = self.history.epochs.len();
        let patterns = self.batches.step(epoch, batch(step), batch(step + 1))?;
        let next = (!patterns.next.is_empty()).then_some(patterns.next.as_slice());
        let now = (&patterns.inputs[..], &patterns.targets[..]);
        let labels = self.labels.as_ref().map(|labels| labels.rows(batch(step)));
        let labels = labels.as_deref();
        let (loss, of_labels) = self.trainer.labelled_step(now, labels, next);
        let mean = (loss + of_labels) / now.0.len() as f64;
        self.partial.steps += 1;
        self.partial.loss += loss;
        self.partial.label_loss += of_labels;
        if !mean.is_finite() {
            return Err(self.diverged(mean));
        }
        for point in self.trainer.points() {
            self.partial.plane.see(point);
        }
        self.partial.seconds += clock.seconds();
        Ok(())
    }

    /// Learning rate of a step of this epoch, counted from 0.
    fn learning_rate(&self, step: usize) -> f64 {
        let steps = self.steps_per_epoch();
        let step = (self.history.epochs.len() * steps + step) as u64;
        let share = self.config.schedule.share(step, steps, self.config.epochs);
        share * self.config.learning_rate
    }

    pub(super) fn end_epoch(&mut self) -> Result<EpochRecord> {
        let patterns = self.order.indices().len() as f64;
        let label_loss = self.partial.label_loss / patterns;
        let record = EpochRecord {
            epoch: self.history.epochs.len() + 1,
            train_loss: self.partial.loss / patterns,
            label_loss: self.labels.as_ref().map(|_| label_loss),
            test_loss: self.test.as_ref().map(|set| set.loss(&self.trainer)),
            validation_loss: self.validation.as_ref().map(|set| set.loss(&self.trainer)),
            learning_rate: self.learning_rate(self.partial.steps - 1),
            plane: self.partial.plane.plane_use(),
            seconds: self.partial.seconds,
        };
        let held_back = [record.test_loss, record.validation_loss];
        if let Some(loss) = held_back.into_iter().flatten().find(|l| !l.is_finite()) {
            return Err(self.diverged(loss));
        }
        self.warn(&record);
        self.partial = Partial {
            untrained: self.partial.untrained,
            ..Partial::default()
        };
        self.history.epochs.push(record.clone());
        self.decide(&record);
        Ok(record)
    }

    /// Adds new warnings and removes those that no longer apply. In its first epochs a good
    /// training may move every point to a border and back.
    fn warn(&mut self, record: &EpochRecord) {
        let found = warnings(record, self.partial.untrained);
        let lasts = |w: &Warning| !w.may_pass() || found.iter().any(|f| w.is_like(f));
        self.history.warnings.retain(lasts);
        for warning in found {
            if !self.history.warnings.iter().any(|w| w.is_like(&warning)) {
                self.history.warnings.push(warning);
            }
        }
    }

    /// Keeps the weights of the best epoch, and ends the training after the last epoch or by early
    /// stopping.
    fn decide(&mut self, record: &EpochRecord) {
        if record.epoch >= self.config.epochs {
            self.history.ending = Ending::LastEpoch;
        }
        let watched = record.validation_loss.or(record.test_loss);
        let Some((stopping, loss)) = self.config.early_stopping.zip(watched) else {
            return;
        };
        match &self.best {
            Some(best) if loss >= best.loss - stopping.min_improvement => {
                if record.epoch - best.epoch >= stopping.patience {
                    self.history.ending = Ending::NoImprovement;
                }
            }
            _ => {
                self.best = Some(Best {
                    epoch: record.epoch,
                    loss,
                    weights: self.trainer.snapshot(),
                });
            }
        }
    }
}

/// Warnings about an epoch.
fn warnings(record: &EpochRecord, untrained: f64) -> Vec<Warning> {
    let (epoch, plane) = (record.epoch, &record.plane);
    let mut found = Vec::new();
    let uses = plane.spread.iter().zip(&plane.saturated);
    for (i, (&spread, &share)) in uses.enumerate() {
        let axis = Axis(i);
        if share > SATURATED {
            found.push(Warning::SaturatedAxis { epoch, axis, share });
        } else if spread < DEAD {
            found.push(Warning::DeadAxis {
                epoch,
                axis,
                spread,
            });
        }
    }
    if record.train_loss > DIVERGING * untrained {
        found.push(Warning::Diverging {
            epoch,
            loss: record.train_loss,
            untrained,
            learning_rate: record.learning_rate,
        });
    }
    found
}
