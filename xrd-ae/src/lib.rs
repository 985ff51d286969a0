#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod activation;
mod adam;
mod attachment;
mod autoencoder;
mod checkpoint;
mod clock;
mod config;
mod dense;
mod error;
mod evaluation;
mod history;
mod kernel;
mod loss;
mod masked;
mod principal_plane;
mod product;
mod real;
mod scaling;
mod schedule;
#[cfg(feature = "serde")]
mod serial;
mod source;
mod storage;
mod trainer;
mod training;
mod warning;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod twin;

pub use attachment::{Attachment, Numbers};
pub use autoencoder::Autoencoder;
pub use checkpoint::Checkpoint;
pub use config::{
    AutoencoderConfig, Decay, EarlyStopping, FirstLayerRate, InputScaling, TrainingConfig,
};
pub use error::{Error, FormatError, Result, TensorKind};
pub use evaluation::{Evaluation, saturated_fraction};
pub use history::{Ending, EpochRecord, History, PlaneUse};
pub use loss::Loss;
pub use schedule::{Course, Schedule};
pub use source::{PatternSource, RowFile, RowFiles, Subset};
pub use training::{Disturbance, Progress, Training, TrainingData};
pub use warning::{Axis, Warning};
pub use xrd_core;
