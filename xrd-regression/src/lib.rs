#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod basis;
mod choice;
mod components;
mod composition;
mod error;
mod folds;
mod interval;
mod least_squares;
mod method;
mod neighbours;
mod optimise;
mod process;
mod regression;
mod ridge;
mod settings;
mod stored;
mod transform;

pub use composition::find_compositions;
pub use error::{Error, Result};
pub use method::{Candidate, Method};
pub use regression::{Comparison, Estimate, Regression};
pub use settings::Settings;
pub use stored::{Numbers, Stored};
pub use transform::{Transform, line_width};
pub use xrd_core;
