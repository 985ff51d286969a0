#![doc = include_str!("../README.md")]

mod activation;
mod adam;
mod autoencoder;
mod config;
mod dense;
mod error;
mod evaluation;
mod history;
mod kernel;
mod loss;
mod masked;
mod product;
mod real;
mod scaling;
mod storage;
mod trainer;
mod training;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod twin;

pub use autoencoder::Autoencoder;
pub use config::{AutoencoderConfig, FirstLayerRate, InputScaling, TrainingConfig};
pub use error::{Error, Result};
pub use evaluation::{Evaluation, saturated_fraction};
pub use history::{EpochRecord, History};
pub use loss::Loss;
