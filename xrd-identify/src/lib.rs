#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod fit;
mod identification;
mod library;
mod lines;
mod masking;
mod peaks;
mod preparation;
mod ranking;
mod votes;

pub use error::{Error, Result};
pub use fit::Shifts;
pub use identification::{FoundLine, Identification, Match, Phase, Phases, Search};
pub use library::{Entry, Library, Title};
pub use lines::{Line, LineList};
pub use masking::LineWindow;
pub use peaks::Peak;
pub use preparation::{Prepared, axis};
pub use ranking::{Neighbour, Ranking};
pub use votes::Votes;
pub use xrd_core;
