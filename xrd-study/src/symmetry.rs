//! Crystal systems and space groups of patterns: simulated training patterns and trainings.

mod crystal;
mod source;

pub use crystal::{Crystal, CrystalError};
pub use source::{PatternSource, SymmetryEffects};
