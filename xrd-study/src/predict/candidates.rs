use rayon::prelude::*;
use xrd_predict::peaks::peak_score;
use xrd_predict::{Candidate, Formula, Predictor, Reduced};

use super::{DrawnPattern, PatternRange, draw_pattern};

/// Number of candidates of which equal ones are merged, per candidate that is asked for.
const MORE: usize = 3;
/// Distance in degrees of the peaks of equal patterns.
const DISTANCE_DEG: f64 = 0.5;
/// Smallest F1 of peaks of equal patterns.
const EQUAL: f64 = 0.9;

/// A candidate with its simulated pattern.
#[derive(Clone, Debug)]
pub struct PredictedPattern {
    /// The candidate. Its probability includes those of equal candidates.
    pub candidate: Candidate,
    /// Its pattern from 5° to 90°.
    pub drawn: DrawnPattern,
}

/// Predicts patterns of a formula: the most probable first, at most `count`.
///
/// Candidates with the same space group and nearly the same peaks count as one. Candidates without lines are
/// left out. The work is done on the threads of rayon's current pool.
pub fn predicted_patterns(
    predictor: &Predictor,
    formula: &Formula,
    count: usize,
) -> Vec<PredictedPattern> {
    merged(predictor.predict(formula, MORE * count), count)
}

/// Predicts patterns of a formula as if none of its structures was known.
pub fn predicted_unknown(
    predictor: &Predictor,
    formula: &Reduced,
    count: usize,
) -> Vec<PredictedPattern> {
    merged(predictor.predict_unknown(formula, MORE * count), count)
}

fn merged(candidates: Vec<Candidate>, count: usize) -> Vec<PredictedPattern> {
    let drawn = candidates.into_par_iter().filter_map(|candidate| {
        let drawn = draw_pattern(&candidate.structure, PatternRange::Measured).ok()?;
        Some(PredictedPattern { candidate, drawn })
    });
    let drawn: Vec<PredictedPattern> = drawn.collect();
    let mut kept: Vec<PredictedPattern> = Vec::new();
    for one in drawn {
        let is_equal = |other: &&mut PredictedPattern| {
            let same_group = other.candidate.space_group == one.candidate.space_group;
            let score = || peak_score(&other.drawn.peaks, &one.drawn.peaks, DISTANCE_DEG);
            same_group && other.candidate.origin == one.candidate.origin && score().f1 >= EQUAL
        };
        match kept.iter_mut().find(is_equal) {
            Some(other) => {
                let sum = other.candidate.probability + one.candidate.probability;
                other.candidate.probability = sum.min(1.0);
            }
            None => kept.push(one),
        }
    }
    kept.sort_by(|a, b| b.candidate.probability.total_cmp(&a.candidate.probability));
    kept.truncate(count);
    kept
}
