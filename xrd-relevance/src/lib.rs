#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod part;
mod peaks;
mod rank;
mod sweep;

pub use error::{Error, Result};
pub use part::{Part, replace_parts};
pub use peaks::{Peak, PeakOptions, find_peaks};
pub use rank::{PeakRelevance, rank, strongest_irrelevant};
pub use sweep::{Sweep, SweepOptions, sweep, sweep_with};
pub use xrd_core;
