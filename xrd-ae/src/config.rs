//! Settings of networks and trainings.

mod early_stopping;
mod network;
mod training;

pub use early_stopping::EarlyStopping;
pub use network::{AutoencoderConfig, InputScaling};
pub use training::{Decay, FirstLayerRate, TrainingConfig};
