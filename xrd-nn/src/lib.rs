#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod layer;
mod loss;
mod network;
mod optimiser;
mod parameter;
mod pass;
mod plan;
mod product;
mod real;
mod schedule;
mod shape;
mod spec;
mod storage;
mod trainer;

pub use error::{Error, Result};
pub use loss::{Loss, Targets, softmax};
pub use ndarray;
pub use network::Network;
pub use optimiser::AdamSettings;
pub use parameter::Parameter;
pub use real::Real;
pub use schedule::Schedule;
pub use shape::Shape;
pub use spec::{Interpolation, LayerSpec, NetworkSpec};
pub use storage::Precision;
pub use trainer::{StepReport, Trainer, TrainingSettings};
