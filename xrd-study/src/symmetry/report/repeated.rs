use rayon::prelude::*;
use xrd_symmetry::Score;

use super::{SymmetryAnswers, SymmetryScore};
use crate::{Error, Result};

/// Cosine above which a pattern counts as a repetition of an earlier one.
pub const REPEATED: f64 = 0.8;

/// Returns whether the cosine of each pattern with any earlier one is above [`REPEATED`].
///
/// Uses the current rayon thread pool. Cost: O(patterns² · points).
///
/// # Errors
/// [`Error::OutOfRange`] if a pattern has another number of points than the first.
pub fn repeated_patterns(patterns: &[impl AsRef<[f32]> + Sync]) -> Result<Vec<bool>> {
    let points = patterns.first().map_or(0, |p| p.as_ref().len());
    if let Some(other) = patterns.iter().find(|p| p.as_ref().len() != points) {
        return Err(Error::OutOfRange {
            what: "number of points of a pattern",
            found: other.as_ref().len() as f64,
            expected: "that of the other patterns",
        });
    }
    let unit: Vec<Vec<f32>> = patterns.iter().map(|p| unit(p.as_ref())).collect();
    let is_repeated = |i: usize| unit[..i].iter().any(|u| product(u, &unit[i]) > REPEATED);
    Ok((0..unit.len()).into_par_iter().map(is_repeated).collect())
}

/// A pattern of length 1; zeros stay zeros.
fn unit(pattern: &[f32]) -> Vec<f32> {
    let norm = product(pattern, pattern).sqrt();
    let factor = if norm > 0.0 { 1.0 / norm } else { 0.0 };
    let scaled = pattern.iter().map(|y| (f64::from(*y) * factor) as f32);
    scaled.collect()
}

/// Scalar product. Eight partial sums, so that the compiler can use vectors.
fn product(a: &[f32], b: &[f32]) -> f64 {
    let mut sums = [0.0_f32; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = a.remainder().iter().zip(b.remainder());
    let rest: f64 = rest.map(|(x, y)| f64::from(*x) * f64::from(*y)).sum();
    for (x, y) in a.zip(b) {
        for k in 0..8 {
            sums[k] += x[k] * y[k];
        }
    }
    rest + sums.iter().map(|s| f64::from(*s)).sum::<f64>()
}

/// Scores of the patterns that do not repeat an earlier one.
pub(super) fn once(answers: &SymmetryAnswers<'_>) -> Result<Option<SymmetryScore>> {
    let kept = answers.repeated.iter().enumerate();
    let kept = kept.filter(|(_, is_repeated)| !**is_repeated);
    let chosen = answers.chosen(kept.map(|(i, _)| i));
    match chosen.is_empty() {
        true => Ok(None),
        false => Ok(Some(SymmetryScore::from(&Score::of(&chosen)?))),
    }
}
