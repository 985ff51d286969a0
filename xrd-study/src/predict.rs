//! Patterns of formulas: known structures, simulated candidates, and scores of the method and of baselines.

mod candidates;
mod known;
pub mod paper;
mod pattern;
mod score;

pub use candidates::{PredictedPattern, predicted_patterns, predicted_unknown};
pub use known::known_structure;
pub use pattern::{DrawnPattern, PatternRange, draw_pattern};
pub use score::{MethodScore, PredictScore, ScoreSettings, TestSplit, score_prediction};
