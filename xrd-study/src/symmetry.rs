//! Crystal systems and space groups of patterns: simulated training patterns, trainings and reports.

mod calibrating;
mod crystal;
mod known;
pub mod paper;
mod report;
mod sampling;
mod source;
mod training;
mod variant;

pub use calibrating::{CalibrationPlan, CalibrationReport, HeldOutScore, Known, calibrate};
pub use crystal::Crystal;
pub use known::{KnownCrystal, is_held_out};
pub use report::{
    CertaintyBin, ConfusionEntry, DistanceRow, LeftOutRow, MajorityRow, NearestRow,
    REFUSAL_THRESHOLD, REPEATED, RefusalRow, ReliabilityBin, SYMMETRY_FILE, SimilarityRow,
    SpaceGroupRow, SymmetryAnswers, SymmetryReport, SymmetryScore, SystemRow, repeated_patterns,
};
pub use sampling::Sampling;
pub use source::{PatternSource, SymmetryEffects};
pub use training::{network_files, train_networks};
pub use variant::variant;

use rand::Rng;

/// Random number with the mean 0, the variance 1 and no far tails: twice the sum of three uniform numbers.
fn normal(rng: &mut impl Rng) -> f64 {
    2.0 * (0..3).map(|_| rng.random::<f64>() - 0.5).sum::<f64>()
}
