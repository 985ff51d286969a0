//! Ridge regression on the first principal components.

use nalgebra::{DMatrix, DVector, RowDVector};

/// Number of components.
const COMPONENTS: usize = 20;

/// Linear function of the scores of one pattern.
pub(crate) struct Linear {
    at_mean: RowDVector<f64>,
    mean: RowDVector<f64>,
    slopes: DMatrix<f64>,
}

impl Linear {
    /// Returns the function with these slopes through the mean of the known patterns.
    pub(crate) fn through_mean(
        scores: &DMatrix<f64>,
        labels: &DMatrix<f64>,
        slopes: DMatrix<f64>,
    ) -> Self {
        Self {
            at_mean: labels.row_mean(),
            mean: scores.row_mean(),
            slopes,
        }
    }

    pub(crate) fn estimate(&self, scores: &DMatrix<f64>) -> DMatrix<f64> {
        let (used, labels) = self.slopes.shape();
        let centred = DMatrix::from_fn(scores.nrows(), used, |i, c| scores[(i, c)] - self.mean[c]);
        let rise = centred * &self.slopes;
        DMatrix::from_fn(scores.nrows(), labels, |i, c| {
            rise[(i, c)] + self.at_mean[c]
        })
    }
}

/// Returns the rows relative to their mean.
pub(crate) fn centred(rows: &DMatrix<f64>) -> DMatrix<f64> {
    let mean = rows.row_mean();
    DMatrix::from_fn(rows.nrows(), rows.ncols(), |i, c| rows[(i, c)] - mean[c])
}

/// Singular values and vectors of centred scores.
struct Decomposition {
    scores: DMatrix<f64>,
    labels: DMatrix<f64>,
    left: DMatrix<f64>,
    right: DMatrix<f64>,
    values: DVector<f64>,
}

impl Decomposition {
    fn of(scores: &DMatrix<f64>, labels: &DMatrix<f64>) -> Self {
        let used = scores.ncols().min(COMPONENTS);
        let scores = scores.columns(0, used).into_owned();
        let svd = centred(&scores).svd(true, true);
        Self {
            left: svd.u.unwrap_or_default(),
            right: svd.v_t.unwrap_or_default().transpose(),
            values: svd.singular_values,
            labels: labels.clone(),
            scores,
        }
    }

    fn penalty(&self, exponent: i32) -> f64 {
        self.values.max().powi(2).max(f64::MIN_POSITIVE) * 10f64.powi(exponent)
    }

    fn linear(&self, exponent: i32) -> Linear {
        let penalty = self.penalty(exponent);
        let mut along = self.left.transpose() * centred(&self.labels);
        for (c, s) in self.values.iter().enumerate() {
            along.row_mut(c).scale_mut(s / (s * s + penalty));
        }
        Linear::through_mean(&self.scores, &self.labels, &self.right * along)
    }

    /// Returns the sum of the squared leave-one-out errors of all labels, each in units of its
    /// variance.
    fn left_out_error(&self, exponent: i32) -> f64 {
        let penalty = self.penalty(exponent);
        let labels = centred(&self.labels);
        let mut smoothed = self.left.transpose() * &labels;
        let kept = self.values.map(|s| s * s / (s * s + penalty));
        for (c, kept) in kept.iter().enumerate() {
            smoothed.row_mut(c).scale_mut(*kept);
        }
        let rest = &labels - &self.left * smoothed;
        let variances = labels.column_iter().map(|c| c.norm_squared());
        let variances: Vec<f64> = variances.map(|v| v.max(f64::MIN_POSITIVE)).collect();
        let n = labels.nrows();
        let error = |i: usize| {
            let own = self.left.row(i).into_iter().zip(kept.iter());
            let leverage = 1.0 / n as f64 + own.map(|(u, k)| u * u * k).sum::<f64>();
            let free = (1.0 - leverage).max(1e-6);
            let row = rest.row(i);
            let squares = row.iter().zip(&variances).map(|(r, v)| r * r / v);
            squares.sum::<f64>() / (free * free)
        };
        (0..n).map(error).sum()
    }
}

/// Exponents of ten of the penalties, in units of the variance of the first component.
const EXPONENTS: std::ops::RangeInclusive<i32> = -8..=2;

/// Returns the penalty with the smallest leave-one-out error, as an exponent of ten (A. E. Hoerl,
/// R. W. Kennard, Technometrics 12, 55, 1970; D. M. Allen, Technometrics 16, 125, 1974).
pub(crate) fn best_exponent(scores: &DMatrix<f64>, labels: &DMatrix<f64>) -> i32 {
    let decomposition = Decomposition::of(scores, labels);
    let errors = EXPONENTS.map(|e| (e, decomposition.left_out_error(e)));
    let best = errors.min_by(|a, b| a.1.total_cmp(&b.1));
    best.map_or(0, |(exponent, _)| exponent)
}

/// Fits a ridge regression.
pub(crate) fn fit(scores: &DMatrix<f64>, labels: &DMatrix<f64>, exponent: i32) -> Linear {
    Decomposition::of(scores, labels).linear(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matrix(rows: usize, columns: usize, values: &[f64]) -> DMatrix<f64> {
        DMatrix::from_fn(rows, columns, |i, j| {
            values[(i * columns + j) % values.len()]
        })
    }

    proptest! {
        /// The slopes solve the normal equations (XᵀX + λ)b = Xᵀy.
        #[test]
        fn slopes_solve_the_normal_equations(
            values in prop::collection::vec(-1.0..1.0f64, 61..90), exponent in -6..=2i32,
        ) {
            let (scores, labels) = (matrix(12, 3, &values), matrix(12, 2, &values[7..]));
            let decomposition = Decomposition::of(&scores, &labels);
            let penalty = decomposition.penalty(exponent);
            let x = centred(&scores);
            let left = x.transpose() * &x + DMatrix::identity(3, 3) * penalty;
            let right = x.transpose() * centred(&labels);
            let found = fit(&scores, &labels, exponent).slopes;
            prop_assert!((left * found - right).abs().max() < 1e-8);
        }

        /// The leave-one-out error equals that of a fit without each pattern.
        #[test]
        fn leave_one_out_is_exact_for_large_penalties(
            values in prop::collection::vec(-1.0..1.0f64, 61..90),
        ) {
            let (scores, labels) = (matrix(10, 2, &values), matrix(10, 1, &values[5..]));
            let all = Decomposition::of(&scores, &labels);
            // Without a penalty the formula is exact; here it is 1e-8 of the first variance.
            let found = all.left_out_error(-8);
            let variance = centred(&labels).norm_squared();
            let mut expected = 0.0;
            for i in 0..10 {
                let (x, y) = (scores.clone().remove_row(i), labels.clone().remove_row(i));
                let slopes = centred(&x).pseudo_inverse(1e-9).unwrap() * centred(&y);
                let linear = Linear::through_mean(&x, &y, slopes);
                let estimate = linear.estimate(&scores.rows(i, 1).into_owned())[(0, 0)];
                expected += (estimate - labels[(i, 0)]).powi(2) / variance;
            }
            prop_assert!((found - expected).abs() < 1e-3 * expected, "{found} {expected}");
        }
    }
}
