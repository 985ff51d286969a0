//! Combination of several sources of probabilities.

use crate::space_group::COUNT;
use crate::{Error, Probabilities, Result, SpaceGroup};

/// Smallest probability of a source. It keeps a space group possible that one source excludes.
const LEAST: f64 = 1e-6;

/// Largest exponent.
const LARGEST: f64 = 10.0;

/// Exponents with which sources of probabilities are multiplied.
///
/// For sources with the probabilities pₖ(g), the combined probability of the space group g is
/// proportional to ∏ₖ pₖ(g)^wₖ. A single source with an exponent is temperature scaling with the
/// temperature 1/w (C. Guo et al., ICML 2017). Probabilities below 10⁻⁶ count as 10⁻⁶, so that one
/// source cannot exclude a space group.
///
/// # Example
/// ```
/// use xrd_symmetry::{Calibration, Example, Probabilities, SpaceGroup};
/// // A source that is always sure of P2_1/c, and right in three of four cases.
/// let mut weights = [1e-4; 230];
/// weights[13] = 1.0;
/// let sure = [Probabilities::from_weights(&weights)?];
/// let [right, wrong] = [14, 62].map(|n| SpaceGroup::from_number(n).unwrap());
/// let cases = [right, right, right, wrong];
/// let examples = cases.map(|truth| Example { sources: &sure, truth });
/// let fitted = Calibration::fit(&examples)?;
/// let certainty = fitted.combine(&sure)?.certainty();
/// assert!((certainty - 0.75).abs() < 0.01);
/// # Ok::<(), xrd_symmetry::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration(Vec<f64>);

/// A pattern with a known space group, from which exponents are fitted.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// Probabilities from each source.
    pub sources: &'a [Probabilities],
    /// True space group.
    pub truth: SpaceGroup,
}

impl Calibration {
    /// Combination with these exponents, one per source.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are none.
    /// - [`Error::OutOfRange`] unless each is 0 to 10.
    pub fn new(exponents: impl Into<Vec<f64>>) -> Result<Self> {
        let exponents = exponents.into();
        if exponents.is_empty() {
            return Err(Error::Empty { what: "exponents" });
        }
        match exponents.iter().find(|w| !(0.0..=LARGEST).contains(*w)) {
            None => Ok(Self(exponents)),
            Some(&value) => Err(Error::OutOfRange {
                what: "exponent",
                value,
                expected: "0 to 10",
            }),
        }
    }

    /// Finds the exponents with the smallest mean of −ln p(truth) over examples.
    ///
    /// This mean is convex in the exponents (they are the parameters of a log-linear model), so that
    /// searching one exponent after the other finds the only minimum. The result depends neither on
    /// random numbers nor on threads.
    ///
    /// Cost: O(rounds · sources · examples · 230), with at most 50 rounds of 40 steps.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no examples or no sources.
    /// - [`Error::OutOfRange`] unless all examples have the same number of sources.
    pub fn fit(examples: &[Example<'_>]) -> Result<Self> {
        let first = examples.first().ok_or(Error::Empty { what: "examples" })?;
        let count = first.sources.len();
        if count == 0 {
            return Err(Error::Empty { what: "sources" });
        }
        if let Some(other) = examples.iter().find(|e| e.sources.len() != count) {
            return Err(Error::OutOfRange {
                what: "number of sources",
                value: other.sources.len() as f64,
                expected: "the same for all examples",
            });
        }
        let logarithms: Vec<_> = examples.iter().map(|e| logarithms(e.sources)).collect();
        let loss = |exponents: &[f64]| -> f64 {
            let one = |(e, logs): (&Example<'_>, &Vec<[f64; COUNT]>)| {
                let scores = weighted(logs, exponents);
                let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = scores.iter().map(|s| (s - top).exp()).sum();
                top + sum.ln() - scores[e.truth.index()]
            };
            examples.iter().zip(&logarithms).map(one).sum()
        };
        let mut exponents = vec![1.0 / count as f64; count];
        for _ in 0..50 {
            let before = exponents.clone();
            for k in 0..count {
                exponents[k] = least(|w| {
                    let mut tried = exponents.clone();
                    tried[k] = w;
                    loss(&tried)
                });
            }
            let moved = before.iter().zip(&exponents).map(|(a, b)| (a - b).abs());
            if moved.fold(0.0, f64::max) < 1e-4 {
                break;
            }
        }
        Self::new(exponents)
    }

    /// Returns the exponents.
    pub fn exponents(&self) -> &[f64] {
        &self.0
    }

    /// Combines the probabilities of all sources.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless there is one source per exponent.
    pub fn combine(&self, sources: &[Probabilities]) -> Result<Probabilities> {
        if sources.len() != self.0.len() {
            return Err(Error::OutOfRange {
                what: "number of sources",
                value: sources.len() as f64,
                expected: "one per exponent",
            });
        }
        Probabilities::from_scores(&weighted(&logarithms(sources), &self.0))
    }
}

fn logarithms(sources: &[Probabilities]) -> Vec<[f64; COUNT]> {
    let one = |p: &Probabilities| {
        let mut logs = [0.0; COUNT];
        let values = p.values().iter().map(|p| p.max(LEAST).ln());
        logs.iter_mut().zip(values).for_each(|(l, v)| *l = v);
        logs
    };
    sources.iter().map(one).collect()
}

fn weighted(logarithms: &[[f64; COUNT]], exponents: &[f64]) -> [f64; COUNT] {
    let mut scores = [0.0; COUNT];
    for (logs, w) in logarithms.iter().zip(exponents) {
        scores.iter_mut().zip(logs).for_each(|(s, l)| *s += w * l);
    }
    scores
}

/// Place of the minimum of a convex function between 0 and the largest exponent (golden section).
fn least(of: impl Fn(f64) -> f64) -> f64 {
    const RATIO: f64 = 0.618_033_988_749_894_9;
    let (mut low, mut high) = (0.0, LARGEST);
    let mut inner = [high - RATIO * (high - low), low + RATIO * (high - low)];
    let mut values = inner.map(&of);
    for _ in 0..38 {
        if values[0] <= values[1] {
            high = inner[1];
            inner = [high - RATIO * (high - low), inner[0]];
            values = [of(inner[0]), values[0]];
        } else {
            low = inner[0];
            inner = [inner[1], low + RATIO * (high - low)];
            values = [values[1], of(inner[1])];
        }
    }
    (low + high) / 2.0
}
