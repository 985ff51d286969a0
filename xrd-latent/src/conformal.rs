//! Prediction intervals from the residuals of earlier estimates.

use crate::error::{Error, Result, check_values};

/// Half-width of a prediction interval around a new estimate (split-conformal prediction).
///
/// A residual is an estimated value minus the true value. The argument `residuals` contains the
/// residuals of n other estimates. The argument `coverage` is the required probability that the
/// interval contains the true value, for example 0.9.
///
/// The half-width is the k-th smallest absolute residual, with k = ⌈(n + 1)·coverage⌉. The interval
/// reaches from the estimate minus the half-width to the estimate plus the half-width. The
/// probability that the interval contains the true value is at least `coverage`. If all absolute
/// residuals are different, the probability is at most `coverage` + 1/(n + 1).
///
/// Both bounds hold for any distribution of the residuals, on one condition: the residual of the
/// new estimate and the n given residuals must be exchangeable. This means that every order of
/// these n + 1 residuals is equally probable. Residuals of the training set do not meet this
/// condition, because they are usually smaller than the residuals of new patterns.
///
/// The result is `None` if n is smaller than coverage / (1 − coverage). For a coverage of 0.9, at
/// least 9 residuals are needed.
///
/// # Errors
/// [`Error::Value`] in two cases:
/// - A residual is not finite or has an absolute value above 1e100.
/// - The coverage is NaN, or at most 0, or at least 1.
///
/// # Example
/// ```
/// let residuals = [0.3, -0.1, 0.2, 0.5, -0.4, 0.1, 0.0, -0.2, 0.6];
/// assert_eq!(xrd_latent::conformal_radius(&residuals, 0.9)?, Some(0.6));
/// assert_eq!(xrd_latent::conformal_radius(&residuals[1..], 0.9)?, None);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
///
/// # References
/// H. Papadopoulos, K. Proedrou, V. Vovk, A. Gammerman, "Inductive confidence machines for
/// regression", ECML (2002); J. Lei, M. G'Sell, A. Rinaldo, R. J. Tibshirani, L. Wasserman,
/// "Distribution-free predictive inference for regression", J. Am. Stat. Assoc. 113, 1094 (2018),
/// theorem 2.2.
pub fn conformal_radius(residuals: &[f64], coverage: f64) -> Result<Option<f64>> {
    check_values("residual", residuals)?;
    if !(coverage > 0.0 && coverage < 1.0) {
        return Err(Error::Value {
            what: "coverage",
            index: 0,
            value: coverage,
        });
    }
    let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    // Without 1e-9, rounding could make 10 · 0.9 larger than 9.
    let rank = ((sizes.len() + 1) as f64 * coverage - 1e-9).ceil() as usize;
    Ok(sizes.get(rank.max(1) - 1).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Each of n errors is left out in turn. The fraction of them within the radius of the
        /// others is the coverage, for any errors.
        #[test]
        fn the_truth_is_inside_as_often_as_promised(
            errors in prop::collection::vec(-1.0..1.0f64, 20..60), coverage in 0.5..0.9f64,
        ) {
            let n = errors.len();
            let inside = (0..n).filter(|&i| {
                let others: Vec<f64> = (0..n).filter(|&j| j != i).map(|j| errors[j]).collect();
                let radius = conformal_radius(&others, coverage).unwrap().unwrap();
                errors[i].abs() <= radius
            });
            let share = inside.count() as f64 / n as f64;
            prop_assert!(share >= coverage - 1e-9);
            prop_assert!(share <= coverage + 1.0 / n as f64 + 1e-9);
        }
    }

    #[test]
    fn refuses_what_is_no_coverage() {
        for coverage in [0.0, 1.0, f64::NAN, -0.5] {
            assert!(conformal_radius(&[1.0; 30], coverage).is_err());
        }
        assert!(conformal_radius(&[f64::NAN], 0.5).is_err());
        assert_eq!(conformal_radius(&[], 0.5), Ok(None));
        assert_eq!(conformal_radius(&[2.0], 0.5), Ok(Some(2.0)));
    }
}
