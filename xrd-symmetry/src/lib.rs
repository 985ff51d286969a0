#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod calibration;
mod error;
mod probabilities;
mod score;
mod space_group;

pub use calibration::{Calibration, Example};
pub use error::{Error, Result};
pub use probabilities::Probabilities;
pub use score::{Answer, RefusalPoint, Score};
pub use space_group::{ExtinctionGroup, SpaceGroup};
pub use xrd_core;
pub use xrd_core::CrystalSystem;
