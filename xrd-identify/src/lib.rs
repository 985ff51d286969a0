#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod preparation;

pub use error::{Error, Result};
pub use preparation::{Prepared, axis};
pub use xrd_core;
