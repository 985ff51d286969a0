//! Widths of prediction intervals that depend on the pattern.

use nalgebra::DMatrix;
use xrd_latent::conformal_radius;

use crate::error::{Error, Result};

/// Fraction of a typical value that is added to a disagreement, so that no interval has the width 0
/// by chance.
const FLOOR: f64 = 0.1;

/// Prediction intervals of labels that are estimated together.
///
/// The half width of an interval is a constant of the label times the difficulty of the pattern. The
/// difficulty is the geometric mean of two numbers: the disagreement of the methods, and, for a
/// fraction c of a composition, √(c·(1 − c)), because a fraction near 0 or 1 has less room for an
/// error. The constant is a quantile of |error| / difficulty of left-out patterns (normalised
/// conformal prediction: H. Papadopoulos, A. Gammerman, V. Vovk, "Normalized nonconformity measures
/// for regression conformal prediction", AIA 2008; cross-conformal: V. Vovk, Ann. Math. Artif.
/// Intell. 74, 9, 2015).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Widths {
    /// Sum of the labels of each sample, if they are a composition.
    pub(crate) total: Option<f64>,
    /// Typical disagreement of the methods for each label.
    pub(crate) disagreement: Vec<f64>,
    /// Constant of each label; not finite if there are too few errors.
    pub(crate) constants: Vec<f64>,
}

/// Estimates by several methods, and their mean over the averaged methods.
pub(crate) struct Consulted<'a> {
    pub(crate) all: Vec<&'a DMatrix<f64>>,
    pub(crate) mean: &'a DMatrix<f64>,
}

impl Consulted<'_> {
    /// Returns the standard deviation between the methods for one estimate.
    fn disagreement(&self, row: usize, column: usize) -> f64 {
        let n = self.all.len() as f64;
        let values = || self.all.iter().map(|m| m[(row, column)]);
        let mean = values().sum::<f64>() / n;
        (values().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt()
    }
}

impl Widths {
    /// Computes the constants from estimates of left-out patterns with known labels.
    ///
    /// # Errors
    /// [`Error::Coverage`].
    pub(crate) fn of(
        consulted: &Consulted<'_>,
        labels: &DMatrix<f64>,
        total: Option<f64>,
        coverage: f64,
    ) -> Result<Self> {
        let (rows, columns) = labels.shape();
        let median = |c: usize| {
            let mut all: Vec<f64> = (0..rows).map(|i| consulted.disagreement(i, c)).collect();
            all.sort_unstable_by(f64::total_cmp);
            all.get(rows / 2).copied().unwrap_or(0.0)
        };
        let mut widths = Self {
            total,
            disagreement: (0..columns).map(median).collect(),
            constants: Vec::new(),
        };
        for c in 0..columns {
            let ratio = |i: usize| {
                let error = (consulted.mean[(i, c)] - labels[(i, c)]).abs();
                error / widths.difficulty(consulted, i, c)
            };
            let ratios: Vec<f64> = (0..rows).map(ratio).collect();
            let found = conformal_radius(&ratios, coverage);
            let found = found.map_err(|_| Error::Coverage { found: coverage })?;
            widths.constants.push(found.unwrap_or(f64::INFINITY));
        }
        Ok(widths)
    }

    /// Returns the half width of an interval; `None` if there were too few errors.
    pub(crate) fn half(&self, consulted: &Consulted<'_>, row: usize, column: usize) -> Option<f64> {
        let half = self.constants[column] * self.difficulty(consulted, row, column);
        half.is_finite().then_some(half)
    }

    fn difficulty(&self, consulted: &Consulted<'_>, row: usize, column: usize) -> f64 {
        let typical = self.disagreement[column];
        let own = match typical > 0.0 {
            true => consulted.disagreement(row, column) / typical + FLOOR,
            false => 1.0,
        };
        (own * self.room(consulted.mean[(row, column)])).sqrt()
    }

    /// Returns √(c·(1 − c)) for a fraction c, at least a tenth of its largest value.
    fn room(&self, value: f64) -> f64 {
        let Some(total) = self.total else { return 1.0 };
        let fraction = (value / total).clamp(0.0, 1.0);
        (fraction * (1.0 - fraction)).sqrt().max(FLOOR * 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns estimates by two methods whose disagreement is proportional to the error of their mean.
    fn estimates(n: usize, seed: usize) -> (DMatrix<f64>, DMatrix<f64>, DMatrix<f64>) {
        let size = |i: usize| 0.1 + ((i * 37 + seed) % 101) as f64 / 101.0;
        let error = |i: usize| ((i * 53 + seed * 7) % 89) as f64 / 44.5 - 1.0;
        let truth = DMatrix::from_fn(n, 1, |i, _| i as f64);
        let a = DMatrix::from_fn(n, 1, |i, _| truth[i] + size(i) * (error(i) + 1.0));
        let b = DMatrix::from_fn(n, 1, |i, _| truth[i] + size(i) * (error(i) - 1.0));
        (truth, a, b)
    }

    #[test]
    fn widths_follow_the_disagreement_and_hold_the_coverage() {
        let (truth, a, b) = estimates(400, 0);
        let mean = (&a + &b) / 2.0;
        let consulted = Consulted {
            all: vec![&a, &b],
            mean: &mean,
        };
        let widths = Widths::of(&consulted, &truth, None, 0.9).unwrap();
        let (truth, a, b) = estimates(400, 5);
        let mean = (&a + &b) / 2.0;
        let consulted = Consulted {
            all: vec![&a, &b],
            mean: &mean,
        };
        let half = |i| widths.half(&consulted, i, 0).unwrap();
        let inside = (0..400).filter(|&i| (mean[i] - truth[i]).abs() <= half(i));
        let share = inside.count() as f64 / 400.0;
        assert!((0.86..0.94).contains(&share), "{share}");
        let apart = |i: usize| (a[i] - b[i]).abs();
        let (mut wide, mut narrow) = (0, 0);
        for i in 0..399 {
            match (apart(i) - apart(i + 1)) * (half(i) - half(i + 1)) > 0.0 {
                true => wide += 1,
                false => narrow += 1,
            }
        }
        assert!(narrow == 0 && wide == 399);
    }

    #[test]
    fn few_errors_give_no_interval() {
        let (truth, a, b) = estimates(8, 0);
        let mean = (&a + &b) / 2.0;
        let consulted = Consulted {
            all: vec![&a, &b],
            mean: &mean,
        };
        let widths = Widths::of(&consulted, &truth, None, 0.9).unwrap();
        assert_eq!(widths.half(&consulted, 0, 0), None);
        let refused = Widths::of(&consulted, &truth, None, 1.0);
        assert_eq!(refused, Err(Error::Coverage { found: 1.0 }));
    }

    #[test]
    fn fractions_near_an_end_have_less_room() {
        let widths = Widths {
            total: Some(100.0),
            disagreement: vec![],
            constants: vec![],
        };
        assert!(widths.room(2.0) < widths.room(30.0));
        assert_eq!(widths.room(-5.0), widths.room(0.0));
        assert_eq!(widths.room(50.0), 0.5);
    }
}
