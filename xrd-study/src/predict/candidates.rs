use rayon::prelude::*;
use xrd_predict::{Candidate, Formula, Predictor, Reduced};

use super::{DrawnPattern, PatternRange, draw_pattern};

/// A candidate with its simulated pattern.
#[derive(Clone, Debug)]
pub struct PredictedPattern {
    /// The candidate.
    pub candidate: Candidate,
    /// Its pattern from 5° to 90°.
    pub drawn: DrawnPattern,
}

/// Predicts patterns of a formula: the most probable first, at most `count`.
///
/// Candidates without lines are left out. The work is done on the threads of rayon's current pool.
pub fn predicted_patterns(
    predictor: &Predictor,
    formula: &Formula,
    count: usize,
) -> Vec<PredictedPattern> {
    drawn(predictor.predict(formula, count))
}

/// Predicts patterns of a formula as if none of its structures was known.
pub fn predicted_unknown(
    predictor: &Predictor,
    formula: &Reduced,
    count: usize,
) -> Vec<PredictedPattern> {
    drawn(predictor.predict_unknown(formula, count))
}

fn drawn(candidates: Vec<Candidate>) -> Vec<PredictedPattern> {
    let drawn = candidates.into_par_iter().filter_map(|candidate| {
        let drawn = draw_pattern(&candidate.structure, PatternRange::Measured).ok()?;
        Some(PredictedPattern { candidate, drawn })
    });
    drawn.collect()
}
