use serde::{Deserialize, Serialize};
use xrd_symmetry::{Answer, Probabilities, RefusalPoint, Score, SpaceGroup};

use crate::Result;

/// Certainty of the space group below which Vecsei et al. (2019) give no answer.
pub const REFUSAL_THRESHOLD: f64 = 0.45;

/// Scores of answers. All shares are 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SymmetryScore {
    /// Number of patterns.
    pub patterns: usize,
    /// Share of right space groups.
    pub space_group: f64,
    /// Share of right crystal systems.
    pub crystal_system: f64,
    /// Share of right extinction groups.
    pub extinction_group: f64,
    /// Share of patterns whose space group is among the first 1, 2, … 10 answers.
    pub top: Vec<f64>,
    /// Share of right space groups in the surer half of the patterns.
    pub surer_half_space_group: f64,
    /// Share of right crystal systems in the half of the patterns with the surer crystal systems.
    pub surer_half_crystal_system: f64,
    /// Share of patterns with a certainty of the space group of at least [`REFUSAL_THRESHOLD`].
    pub answered: f64,
    /// Share of right space groups among these; `None` if there are none.
    pub right_of_answered: Option<f64>,
    /// Expected calibration error of the space group, in ten bins.
    pub calibration_error: f64,
    /// Mean of −ln of the probability of the true space group.
    pub negative_log_likelihood: f64,
    /// Mean distance of wrong space groups from the true ones on the graph of maximal subgroups; `None` if there
    /// are no wrong ones.
    pub mean_distance: Option<f64>,
}

/// Point of the curve of refused answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RefusalRow {
    /// Least certainty of an answer that is given.
    pub threshold: f64,
    /// Share of patterns that are answered.
    pub answered: f64,
    /// Share of right space groups among the answers.
    pub right: f64,
}

impl From<&Score> for SymmetryScore {
    fn from(score: &Score) -> Self {
        let at = at_threshold(score);
        let wrong: usize = score.distances.iter().skip(1).sum();
        let steps = score.distances.iter().enumerate();
        let steps: usize = steps.map(|(distance, count)| distance * count).sum();
        Self {
            patterns: score.count,
            space_group: score.space_group,
            crystal_system: score.crystal_system,
            extinction_group: score.extinction_group,
            top: score.top.to_vec(),
            surer_half_space_group: score.surer_half[0],
            surer_half_crystal_system: score.surer_half[1],
            answered: at.map_or(0.0, |point| point.answered),
            right_of_answered: at.map(|point| point.right),
            calibration_error: score.calibration_error,
            negative_log_likelihood: score.negative_log_likelihood,
            mean_distance: (wrong > 0).then(|| steps as f64 / wrong as f64),
        }
    }
}

/// The last point of the curve whose certainty is at least the threshold.
fn at_threshold(score: &Score) -> Option<&RefusalPoint> {
    let count = score
        .refusal
        .partition_point(|point| point.threshold >= REFUSAL_THRESHOLD);
    score.refusal[..count].last()
}

/// Points of the curve at whole percents of the answered share, from 1 to 100.
pub(super) fn refusal(score: &Score) -> Vec<RefusalRow> {
    let points = &score.refusal;
    let one = |percent: usize| {
        let place = (percent * points.len()).div_ceil(100).max(1) - 1;
        let point = points.get(place)?;
        Some(RefusalRow {
            threshold: point.threshold,
            answered: point.answered,
            right: point.right,
        })
    };
    let mut rows: Vec<RefusalRow> = (1..=100).filter_map(one).collect();
    rows.dedup();
    rows
}

/// Scores of the patterns with centrosymmetric groups, with the probabilities of the other groups set to 0.
pub(super) fn centrosymmetric(all: &[Answer<'_>]) -> Result<Option<SymmetryScore>> {
    let kept = all.iter().filter(|a| a.truth.is_centrosymmetric());
    let restricted: Vec<(Probabilities, SpaceGroup)> = kept
        .map(|a| Ok((restricted(a.probabilities)?, a.truth)))
        .collect::<Result<_>>()?;
    let answers: Vec<Answer<'_>> = restricted
        .iter()
        .map(|(probabilities, truth)| Answer {
            probabilities,
            truth: *truth,
        })
        .collect();
    match answers.is_empty() {
        true => Ok(None),
        false => Ok(Some(SymmetryScore::from(&Score::of(&answers)?))),
    }
}

fn restricted(probabilities: &Probabilities) -> Result<Probabilities> {
    // The small number keeps answers without any centrosymmetric group valid.
    let weight = |group: SpaceGroup| match group.is_centrosymmetric() {
        true => probabilities.of(group) + 1e-12,
        false => 0.0,
    };
    let weights: Vec<f64> = SpaceGroup::all().map(weight).collect();
    Ok(Probabilities::from_weights(&weights)?)
}
