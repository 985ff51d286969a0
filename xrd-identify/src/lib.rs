#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod library;
mod lines;
mod preparation;
mod ranking;

pub use error::{Error, Result};
pub use library::{Entry, Library, Title};
pub use lines::{Line, LineList};
pub use preparation::{Prepared, axis};
pub use ranking::{Neighbour, Ranking};
pub use xrd_core;
