#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod calibration;
mod card;
mod classifier;
mod container;
mod error;
mod evidence;
mod explanation;
mod model;
mod probabilities;
mod score;
mod space_group;
mod training;

pub use calibration::{Calibration, Example, Exponents};
pub use classifier::Classifier;
pub use error::{Error, Result};
pub use evidence::Evidence;
pub use explanation::{DecidingLine, Explanation};
pub use model::{Classification, Model, Nearest, Refusal, Settings};
pub use probabilities::Probabilities;
pub use score::{Answer, RefusalPoint, Score};
pub use space_group::{ExtinctionGroup, SpaceGroup};
pub use training::{Step, Training, TrainingPlan};
pub use xrd_core;
pub use xrd_core::CrystalSystem;
pub use xrd_identify;
pub use xrd_identify::{Prepared, axis};
pub use xrd_nn;
