#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod baseline;
pub mod distance;
mod error;
mod features;
mod formula;
mod one_hot;
pub mod peaks;
pub mod split;

pub use baseline::Baseline;
pub use error::{Error, Result};
pub use features::composition_features;
pub use formula::{Anonymous, Formula, FormulaError, Reason, Reduced};
pub use one_hot::{COLUMNS, ROWS, one_hot};
pub use xrd_core;
