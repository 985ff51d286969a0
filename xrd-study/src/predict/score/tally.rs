use serde::{Deserialize, Serialize};
use xrd_predict::peaks::{
    LEAST_HEIGHT, Peak, PeakScore, aligned, merged, peak_match, peak_score, peaks, random_peaks,
    sticks,
};
use xrd_predict::{Known, Reduced, distance};

use crate::Result;
use crate::predict::{DrawnPattern, PatternRange, PredictedPattern, draw_pattern};

/// Distances in degrees at which precision, recall and F1 are computed.
const DISTANCES_DEG: [f64; 3] = [0.2, 0.5, 2.0];
/// Distance in degrees of the peak match of the paper.
const MATCH_DEG: f64 = 2.0;
/// Name of the method itself.
const FIRST: &str = "substitution, first candidate";

/// Mean scores of a method.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct MethodScore {
    /// Name of the method.
    pub method: String,
    /// Number of test formulas.
    pub formulas: usize,
    /// Peak match of the paper: share of true peaks with a predicted peak within 2° (0° to 180°).
    pub peak_match: f64,
    /// The reverse: share of predicted peaks with a true peak within 2°.
    pub reverse_match: f64,
    /// Peak match from 5° to 90°, and its reverse.
    pub measured_match: [f64; 2],
    /// Distances of the patterns (0° to 180°, maximum 1): cosine, Pearson, Jensen–Shannon, and dynamic time
    /// warping. `null` for random peaks.
    pub distances: Option<[f64; 4]>,
    /// The first three of these distances for the peaks alone, and for merged peaks that are moved to the true
    /// peaks within 2°.
    pub peak_distances: [[f64; 3]; 2],
    /// Precision, recall and F1 of peaks from 5° to 90° at 0.2°, 0.5° and 2°.
    pub peaks: [PeakScore; 3],
    /// F1 at 0.5° if the most similar one of all known structures of the formula is the truth.
    pub best_polymorph_f1: f64,
    /// Share with the right space group, in the first candidate and in the first five. `null` for methods
    /// without structures.
    pub space_group: Option<[f64; 2]>,
}

/// The truth about a formula.
pub(super) struct Truth {
    measured: DrawnPattern,
    paper: DrawnPattern,
    polymorphs: Vec<Vec<Peak>>,
    space_group: u16,
}

impl Truth {
    /// The first structure is the truth; the others are its polymorphs.
    pub(super) fn of(known: &[&Known]) -> Result<Self> {
        let draw = |k: &Known, range| draw_pattern(k.structure(), range);
        let others = known
            .iter()
            .filter_map(|k| draw(k, PatternRange::Measured).ok());
        Ok(Self {
            measured: draw(known[0], PatternRange::Measured)?,
            paper: draw(known[0], PatternRange::Paper)?,
            polymorphs: others.map(|d| d.peaks).collect(),
            space_group: known[0].space_group(),
        })
    }
}

/// Scores of one prediction.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Prediction {
    method: String,
    matches: [f64; 4],
    distances: Option<[f64; 4]>,
    peak_distances: [[f64; 3]; 2],
    peaks: [PeakScore; 3],
    best_polymorph_f1: f64,
    space_group: Option<[f64; 2]>,
    probability: f64,
}

impl Prediction {
    fn of_peaks(method: &'static str, measured: &[Peak], paper: &[Peak], truth: &Truth) -> Self {
        let both = |truth: &[Peak], found: &[Peak]| {
            [
                peak_match(truth, found, MATCH_DEG),
                peak_match(found, truth, MATCH_DEG),
            ]
        };
        let [a, b] = both(&truth.paper.peaks, paper);
        let [c, d] = both(&truth.measured.peaks, measured);
        let f1 = |t: &Vec<Peak>| peak_score(t, measured, DISTANCES_DEG[1]).f1;
        Self {
            method: method.to_owned(),
            matches: [a, b, c, d],
            distances: None,
            peak_distances: peak_distances(truth, paper),
            peaks: DISTANCES_DEG.map(|d| peak_score(&truth.measured.peaks, measured, d)),
            best_polymorph_f1: truth.polymorphs.iter().map(f1).fold(0.0, f64::max),
            space_group: None,
            probability: 0.0,
        }
    }

    /// Scores of patterns on both ranges.
    pub(super) fn of_patterns(
        method: &'static str,
        measured: &[f32],
        paper: &[f32],
        truth: &Truth,
    ) -> Self {
        let [of_measured, of_paper] = [(&truth.measured, measured), (&truth.paper, paper)]
            .map(|(t, values)| peaks(t.pattern.grid(), values, LEAST_HEIGHT));
        let mut prediction = Self::of_peaks(method, &of_measured, &of_paper, truth);
        let wanted = truth.paper.pattern.intensities();
        let top = paper.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let scaled: Vec<f32> = paper.iter().map(|y| y / top).collect();
        let distances = [
            distance::cosine,
            distance::pearson,
            distance::jensen_shannon,
            distance::dynamic_time_warping,
        ];
        prediction.distances = Some(distances.map(|d| d(&scaled, wanted)));
        prediction
    }
}

/// Distances of patterns of peaks alone (0° to 180°): as they are, and merged and moved to the true peaks.
fn peak_distances(truth: &Truth, found: &[Peak]) -> [[f64; 3]; 2] {
    let grid = truth.paper.pattern.grid();
    let wanted = sticks(grid, &truth.paper.peaks);
    let of = |peaks: &[Peak]| {
        let mut values = sticks(grid, peaks);
        let top = values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        values.iter_mut().for_each(|y| *y /= top);
        let all = [
            distance::cosine,
            distance::pearson,
            distance::jensen_shannon,
        ];
        all.map(|d| d(&values, &wanted))
    };
    let moved = moved(&truth.paper.peaks, &merged(found, MATCH_DEG));
    [of(found), of(&moved)]
}

/// Predicted peaks, those that are aligned with a true peak at its position.
fn moved(truth: &[Peak], found: &[Peak]) -> Vec<Peak> {
    let pairs = || truth.iter().zip(aligned(truth, found, MATCH_DEG));
    let is_free = |p: &&Peak| pairs().all(|(_, at)| at != Some(**p));
    let mut all: Vec<Peak> = found.iter().filter(is_free).copied().collect();
    all.extend(pairs().filter_map(|(t, at)| {
        let height = at?.height;
        Some(Peak { height, ..*t })
    }));
    all.sort_by(|a, b| a.two_theta_deg.total_cmp(&b.two_theta_deg));
    all
}

/// Scores of the first candidate, of the best of all candidates by F1 at 0.5°, and of as many random peaks.
pub(super) fn of_candidates(
    found: &[PredictedPattern],
    truth: &Truth,
    seed: u64,
) -> Vec<Prediction> {
    let is_right = |p: &PredictedPattern| p.candidate.space_group == truth.space_group;
    let right = |all: &[PredictedPattern]| f64::from(u8::from(all.iter().any(is_right)));
    let groups = [right(&found[..found.len().min(1)]), right(found)];
    let of = |method, one: Option<&PredictedPattern>| {
        let drawn = one.map(|o| {
            (
                o,
                draw_pattern(&o.candidate.structure, PatternRange::Paper).ok(),
            )
        });
        let Some((one, Some(paper))) = drawn else {
            let nothing = vec![0.0; truth.measured.pattern.grid().len()];
            return Prediction::of_patterns(method, &nothing, &nothing[..1024], truth);
        };
        let measured = one.drawn.pattern.intensities();
        Prediction::of_patterns(method, measured, paper.pattern.intensities(), truth)
    };
    let mut first = of(FIRST, found.first());
    first.space_group = Some(groups);
    first.probability = found.first().map_or(0.0, |f| f.candidate.probability);
    let f1 = |p: &&PredictedPattern| {
        peak_score(&truth.measured.peaks, &p.drawn.peaks, DISTANCES_DEG[1]).f1
    };
    let best = found.iter().max_by(|a, b| f1(a).total_cmp(&f1(b)));
    let mut best = of("substitution, best of five", best);
    best.space_group = Some([groups[1]; 2]);
    let counts = [
        found.first().map_or(0, |f| f.drawn.peaks.len()),
        truth.paper.peaks.len(),
    ];
    let measured = random_peaks(counts[0], 5.0, 90.0, seed);
    let paper = random_peaks(counts[1], 0.0, 180.0, seed + 1);
    let null = Prediction::of_peaks("random peaks, as many", &measured, &paper, truth);
    vec![null, first, best]
}

/// Mean scores of each method over the formulas for which `is_chosen` holds.
pub(super) fn scores(
    all: &[(Reduced, Vec<Prediction>)],
    is_chosen: impl Fn(&Reduced) -> bool,
) -> Vec<MethodScore> {
    let chosen: Vec<&Vec<Prediction>> = all
        .iter()
        .filter(|a| is_chosen(&a.0))
        .map(|a| &a.1)
        .collect();
    let methods = chosen.first().map_or(0, |c| c.len());
    let count = chosen.len() as f64;
    let score = |m: usize| {
        let mean = |value: &dyn Fn(&Prediction) -> f64| {
            chosen.iter().map(|c| value(&c[m])).sum::<f64>() / count
        };
        let is_given = |value: &dyn Fn(&Prediction) -> bool| value(&chosen[0][m]);
        let distances = |k: usize| mean(&|p| p.distances.map_or(0.0, |d| d[k]));
        let groups = |k: usize| mean(&|p| p.space_group.map_or(0.0, |d| d[k]));
        MethodScore {
            method: chosen[0][m].method.clone(),
            formulas: chosen.len(),
            peak_match: mean(&|p| p.matches[0]),
            reverse_match: mean(&|p| p.matches[1]),
            measured_match: [mean(&|p| p.matches[2]), mean(&|p| p.matches[3])],
            distances: is_given(&|p| p.distances.is_some()).then(|| [0, 1, 2, 3].map(distances)),
            peak_distances: [0, 1]
                .map(|row| [0, 1, 2].map(|k| mean(&|p| p.peak_distances[row][k]))),
            peaks: [0, 1, 2].map(|k| PeakScore {
                precision: mean(&|p| p.peaks[k].precision),
                recall: mean(&|p| p.peaks[k].recall),
                f1: mean(&|p| p.peaks[k].f1),
            }),
            best_polymorph_f1: mean(&|p| p.best_polymorph_f1),
            space_group: is_given(&|p| p.space_group.is_some()).then(|| [0, 1].map(groups)),
        }
    };
    (0..methods).map(score).collect()
}

/// Tenths of the first candidates by probability: mean probability, share of right space groups, mean F1.
pub(super) fn reliability(all: &[(Reduced, Vec<Prediction>)]) -> Vec<[f64; 3]> {
    let first = all
        .iter()
        .filter_map(|(_, p)| p.iter().find(|p| p.method == FIRST));
    let mut rows: Vec<[f64; 3]> = first
        .map(|p| {
            [
                p.probability,
                p.space_group.map_or(0.0, |g| g[0]),
                p.peaks[1].f1,
            ]
        })
        .collect();
    rows.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let size = rows.len().div_ceil(10).max(1);
    let mean = |rows: &[[f64; 3]]| {
        [0, 1, 2].map(|k| rows.iter().map(|r| r[k]).sum::<f64>() / rows.len() as f64)
    };
    rows.chunks(size).map(mean).collect()
}
