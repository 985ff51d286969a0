use rayon::prelude::*;
use serde::Serialize;
use xrd_core::TwoThetaGrid;
use xrd_nn::ndarray::{ArrayView1, ArrayView2};
use xrd_predict::distance;
use xrd_predict::peaks::{
    LEAST_HEIGHT, Peak, PeakScore, aligned, merged, peak_match, peak_score, peaks, random_peaks,
    sticks,
};

use super::PaperTest;
use crate::error::Result;
use crate::predict::PatternRange;

/// Distances in degrees at which precision, recall and F1 are computed.
const DISTANCES_DEG: [f64; 3] = [0.2, 0.5, 2.0];
/// Distance in degrees of the match, of merging and of alignment in the paper.
const MATCH_DEG: f64 = 2.0;
/// Ranges in degrees.
const RANGES_DEG: [[f64; 2]; 2] = [[0.0, 180.0], [5.0, 90.0]];

/// Mean scores of predicted peaks on a range of angles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RangeScore {
    /// Peak match of the paper: share of true peaks with a predicted peak within 2°.
    pub peak_match: f64,
    /// The reverse: share of predicted peaks with a true peak within 2°.
    pub reverse: f64,
    /// Precision, recall and F1 at 0.2°, 0.5° and 2°.
    pub peaks: [PeakScore; 3],
}

/// Mean scores of predicted patterns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PaperScore {
    /// Scores from 0° to 180°, where the true lines are 0.5° wide, and from 5° to 90°, where they are 0.15° wide.
    pub ranges: [RangeScore; 2],
    /// Scores of as many random peaks as were predicted.
    pub random: [RangeScore; 2],
    /// F1 at 0.5° from 5° to 90° if the most similar one of all known structures of the formula is the truth.
    pub best_polymorph_f1: f64,
    /// Rows of Table 2: cosine, Pearson, Jensen–Shannon and dynamic time warping of all points; of the peaks alone;
    /// and of merged peaks that are moved to the true peaks within 2°. Patterns have the maximum 1. `null` if not asked for.
    pub distances: Option<[[f64; 4]; 3]>,
}

impl RangeScore {
    fn of(truth: &[Peak], found: &[Peak]) -> Self {
        Self {
            peak_match: peak_match(truth, found, MATCH_DEG),
            reverse: peak_match(found, truth, MATCH_DEG),
            peaks: DISTANCES_DEG.map(|d| peak_score(truth, found, d)),
        }
    }

    fn mean(of: impl Iterator<Item = Self> + Clone) -> Self {
        let count = of.clone().count().max(1) as f64;
        let mean =
            |value: &dyn Fn(&Self) -> f64| of.clone().map(|s| value(&s)).sum::<f64>() / count;
        Self {
            peak_match: mean(&|s| s.peak_match),
            reverse: mean(&|s| s.reverse),
            peaks: [0, 1, 2].map(|k| PeakScore {
                precision: mean(&|s| s.peaks[k].precision),
                recall: mean(&|s| s.peaks[k].recall),
                f1: mean(&|s| s.peaks[k].f1),
            }),
        }
    }
}

impl PaperScore {
    /// Scores predicted patterns, on the threads of rayon's current pool. `with_distances` adds Table 2.
    ///
    /// # Shapes
    /// `predicted` is [test formulas, 1024], with any scale.
    ///
    /// # Errors
    /// No error is expected.
    ///
    /// Cost: about 10 ms per pattern with distances, because of dynamic time warping.
    pub fn new(
        predicted: ArrayView2<'_, f32>,
        test: &PaperTest,
        with_distances: bool,
    ) -> Result<Self> {
        let grid = PatternRange::Paper.grid()?;
        let one = |i: usize| Self::of_pattern(predicted.row(i), &grid, test, i, with_distances);
        let rows = predicted.nrows().min(test.paper_peaks.len());
        let all: Vec<Self> = (0..rows).into_par_iter().map(one).collect();
        let count = rows.max(1) as f64;
        let distances = |row: usize, k: usize| {
            let values = all.iter().filter_map(|s| s.distances);
            values.map(|d| d[row][k]).sum::<f64>() / count
        };
        Ok(Self {
            ranges: [0, 1].map(|k| RangeScore::mean(all.iter().map(|s| s.ranges[k]))),
            random: [0, 1].map(|k| RangeScore::mean(all.iter().map(|s| s.random[k]))),
            best_polymorph_f1: all.iter().map(|s| s.best_polymorph_f1).sum::<f64>() / count,
            distances: with_distances
                .then(|| [0, 1, 2].map(|row| [0, 1, 2, 3].map(|k| distances(row, k)))),
        })
    }

    fn of_pattern(
        values: ArrayView1<'_, f32>,
        grid: &TwoThetaGrid,
        test: &PaperTest,
        i: usize,
        with_distances: bool,
    ) -> Self {
        let values = scaled(values);
        let found = RANGES_DEG.map(|range| peaks_within(grid, &values, range));
        let truths = [&test.paper_peaks[i], &test.measured_peaks[i][0]];
        let random = |k: usize| {
            let [from, to] = RANGES_DEG[k];
            random_peaks(found[k].len(), from, to, (2 * i + k) as u64)
        };
        let polymorphs = test.measured_peaks[i].iter();
        let f1 = polymorphs.map(|truth| peak_score(truth, &found[1], DISTANCES_DEG[1]).f1);
        Self {
            ranges: [0, 1].map(|k| RangeScore::of(truths[k], &found[k])),
            random: [0, 1].map(|k| RangeScore::of(truths[k], &random(k))),
            best_polymorph_f1: f1.fold(0.0, f64::max),
            distances: with_distances.then(|| {
                let target = scaled(test.set.targets.row(i));
                distances(grid, &values, &found[0], &target, truths[0])
            }),
        }
    }
}

/// The pattern with the maximum 1 and without negative values.
fn scaled(values: ArrayView1<'_, f32>) -> Vec<f32> {
    let top = values.iter().copied().fold(0.0, f32::max);
    let factor = if top > 0.0 { 1.0 / top } else { 0.0 };
    values.iter().map(|y| factor * y.max(0.0)).collect()
}

/// Peaks above a tenth of the highest value of a range.
fn peaks_within(grid: &TwoThetaGrid, values: &[f32], [from, to]: [f64; 2]) -> Vec<Peak> {
    let is_inside = |i: usize| (from..=to).contains(&grid.angle(i));
    let highest = (0..values.len()).filter(|i| is_inside(*i));
    let top = highest.map(|i| f64::from(values[i])).fold(0.0, f64::max);
    let mut all = peaks(grid, values, 0.0);
    all.retain(|p| (from..=to).contains(&p.two_theta_deg) && p.height > LEAST_HEIGHT * top);
    all
}

/// Rows of Table 2.
fn distances(
    grid: &TwoThetaGrid,
    values: &[f32],
    found: &[Peak],
    target: &[f32],
    truth: &[Peak],
) -> [[f64; 4]; 3] {
    let of = |s: &[f32], t: &[f32]| {
        [
            distance::cosine(s, t),
            distance::pearson(s, t),
            distance::jensen_shannon(s, t),
            distance::dynamic_time_warping(s, t),
        ]
    };
    let moved = moved(truth, &merged(found, MATCH_DEG));
    let [truth, found, moved] = [truth, found, &moved].map(|peaks| sticks(grid, peaks));
    [of(values, target), of(&found, &truth), of(&moved, &truth)]
}

/// Predicted peaks, those aligned with a true peak at its position.
fn moved(truth: &[Peak], found: &[Peak]) -> Vec<Peak> {
    let mut result = found.to_vec();
    for (t, at) in truth.iter().zip(aligned(truth, found, MATCH_DEG)) {
        let Some(at) = at else { continue };
        result.retain(|p| p.two_theta_deg != at.two_theta_deg);
        result.push(Peak {
            two_theta_deg: t.two_theta_deg,
            height: at.height,
        });
    }
    result
}
