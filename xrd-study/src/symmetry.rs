//! Crystal systems and space groups of patterns: simulated training patterns, trainings and reports.

mod crystal;
pub mod paper;
mod report;
mod sampling;
mod source;

pub use crystal::Crystal;
pub use report::{
    CertaintyBin, ConfusionEntry, DistanceRow, LeftOutRow, MajorityRow, NearestRow,
    REFUSAL_THRESHOLD, REPEATED, RefusalRow, ReliabilityBin, SYMMETRY_FILE, SimilarityRow,
    SpaceGroupRow, SymmetryAnswers, SymmetryReport, SymmetryScore, SystemRow, repeated_patterns,
};
pub use sampling::Sampling;
pub use source::{PatternSource, SymmetryEffects};
