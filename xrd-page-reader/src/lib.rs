#![doc = include_str!("../README.md")]

mod estimator;
#[cfg(target_arch = "wasm32")]
mod exports;
mod known;
mod reader;
mod study;

pub use estimator::estimator;
pub use known::{Estimated, GroupOf};
pub use reader::{Pattern, Read, Reader};
