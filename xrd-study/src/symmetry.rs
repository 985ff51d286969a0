//! Crystal systems and space groups of patterns: simulated training patterns, trainings and reports.

mod crystal;
pub mod paper;
mod sampling;
mod source;

pub use crystal::{Crystal, CrystalError};
pub use sampling::Sampling;
pub use source::{PatternSource, SymmetryEffects};
