//! Description of a training in a model file.

use serde::{Deserialize, Serialize};

use crate::config::{Decay, EarlyStopping, FirstLayerRate, TrainingConfig};
use crate::error::Result;
use crate::loss::Loss;
use crate::schedule::{Course, Schedule};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TrainingWords {
    epochs: usize,
    batch: usize,
    loss: Loss,
    learning_rate: f64,
    schedule: CourseWord,
    warm_up_epochs: f64,
    weight_decay: f64,
    decay: DecayWord,
    clip_norm: Option<f64>,
    first_layer: RateWord,
    /// Omitted if there is none, as in files from before this entry existed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    strain: Option<f64>,
    /// Omitted if it is 0, as in files from before this entry existed.
    #[serde(default, skip_serializing_if = "is_zero")]
    label_weight: f64,
    /// Omitted if it is 0, as in files from before this entry existed.
    #[serde(default, skip_serializing_if = "is_zero")]
    border_weight: f64,
    early_stopping: Option<StoppingWords>,
    order_seed: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CourseWord {
    Constant,
    Step { every: usize, factor: f64 },
    Cosine { down_to: f64 },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DecayWord {
    L2,
    Decoupled,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RateWord {
    OverRootPoints,
    Same,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoppingWords {
    patience: usize,
    min_improvement: f64,
}

impl TrainingWords {
    pub(crate) fn of(config: &TrainingConfig) -> Self {
        Self {
            epochs: config.epochs,
            batch: config.batch,
            loss: config.loss,
            learning_rate: config.learning_rate,
            schedule: match config.schedule.course() {
                Course::Constant => CourseWord::Constant,
                Course::Step { every, factor } => CourseWord::Step { every, factor },
                Course::Cosine { down_to } => CourseWord::Cosine { down_to },
            },
            warm_up_epochs: config.schedule.warm_up(),
            weight_decay: config.weight_decay,
            decay: match config.decay {
                Decay::L2 => DecayWord::L2,
                Decay::Decoupled => DecayWord::Decoupled,
            },
            clip_norm: config.clip,
            first_layer: match config.first_layer {
                FirstLayerRate::OverRootPoints => RateWord::OverRootPoints,
                FirstLayerRate::Same => RateWord::Same,
            },
            strain: config.strain,
            label_weight: config.label_weight,
            border_weight: config.border_weight,
            early_stopping: config.early_stopping.map(|stopping| StoppingWords {
                patience: stopping.patience,
                min_improvement: stopping.min_improvement,
            }),
            order_seed: config.seed,
        }
    }

    /// Settings of the training, validated.
    pub(crate) fn config(&self) -> Result<TrainingConfig> {
        let schedule = match self.schedule {
            CourseWord::Constant => Schedule::CONSTANT,
            CourseWord::Step { every, factor } => Schedule::step(every, factor)?,
            CourseWord::Cosine { down_to } => Schedule::cosine(down_to)?,
        };
        let config = TrainingConfig {
            epochs: self.epochs,
            batch: self.batch,
            loss: self.loss,
            learning_rate: self.learning_rate,
            schedule: schedule.with_warm_up(self.warm_up_epochs)?,
            weight_decay: self.weight_decay,
            decay: match self.decay {
                DecayWord::L2 => Decay::L2,
                DecayWord::Decoupled => Decay::Decoupled,
            },
            clip: self.clip_norm,
            first_layer: match self.first_layer {
                RateWord::OverRootPoints => FirstLayerRate::OverRootPoints,
                RateWord::Same => FirstLayerRate::Same,
            },
            strain: self.strain,
            label_weight: self.label_weight,
            border_weight: self.border_weight,
            early_stopping: self.early_stopping.as_ref().map(|words| EarlyStopping {
                patience: words.patience,
                min_improvement: words.min_improvement,
            }),
            seed: self.order_seed,
        };
        config.validate()?;
        Ok(config)
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_zero(number: &f64) -> bool {
    *number == 0.0
}
