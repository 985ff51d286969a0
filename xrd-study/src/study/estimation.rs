//! Scores of the estimates, and scores of a baseline for comparison.

use serde::{Deserialize, Serialize};
use xrd_core::Labels;
use xrd_latent::{Basis, Estimate, Summary, delta};

use super::nearest_pattern::nearest_patterns;
use crate::dataset::Dataset;
use crate::error::Result;
use crate::known_points::Estimated;
use crate::sample::{MOST_COMPARED_IN_PAIRS, sample};
use crate::split::Split;

/// Limit of delta that 14 of the 15 test patterns of the paper satisfy (Table II: 3.59e-3).
pub(super) const PAPER_LIMIT: f64 = 4e-3;

/// Reference values for the scores of the estimates. One value is the list of the deltas of a
/// simple baseline. The other value is the fraction of the estimates that are computed only from
/// known points with the same labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comparison {
    /// [Deltas](Estimated::delta) of a baseline, the largest first. The baseline gives each test
    /// pattern the labels of the training pattern with the smallest Euclidean distance between the
    /// intensities. Of more than 2,000 training patterns, it uses 2,000 that are evenly spaced.
    /// Empty if the comparison is skipped.
    pub nearest_pattern: Vec<f64>,
    /// Fraction of the estimates that are computed only from known points with the same labels.
    /// Such an estimate equals the labels of these points.
    pub one_composition: f64,
}

/// Returns the summary of the estimates that satisfy `is_counted`. `None` if there are none.
pub(super) fn summary(
    estimated: &[Estimated],
    truth: &Labels,
    is_counted: impl Fn(&Estimated) -> bool,
) -> Result<Option<Summary>> {
    let rows: Vec<usize> = (0..estimated.len())
        .filter(|&i| is_counted(&estimated[i]))
        .collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let estimates: Vec<Estimate> = rows
        .iter()
        .map(|&i| estimated[i].estimate.clone())
        .collect();
    Ok(Some(Summary::new(&estimates, &truth.select(&rows))?))
}

pub(super) fn compare(
    data: &Dataset,
    split: &Split,
    estimated: &[Estimated],
    (known, skips_raw): (&Labels, bool),
) -> Result<Comparison> {
    let train = sample(&split.train, MOST_COMPARED_IN_PAIRS);
    let nearest = match skips_raw {
        true => Vec::new(),
        false => nearest_patterns(&data.set, &split.test, &train)?,
    };
    let pairs = split.test.iter().zip(nearest);
    let delta_of =
        |(&i, nearest): (&usize, usize)| Ok(delta(data.labels.row(nearest), data.labels.row(i))?);
    let mut nearest_pattern: Vec<f64> = pairs.map(delta_of).collect::<Result<_>>()?;
    nearest_pattern.sort_by(|a, b| b.total_cmp(a));
    let same = estimated
        .iter()
        .filter(|e| has_one_composition(&e.estimate.basis, known));
    Ok(Comparison {
        nearest_pattern,
        one_composition: same.count() as f64 / estimated.len().max(1) as f64,
    })
}

fn has_one_composition(basis: &Basis, known: &Labels) -> bool {
    let mut rows = basis.corners().into_iter().flatten().map(|&i| known.row(i));
    let first = rows.next();
    rows.all(|row| Some(row) == first)
}
