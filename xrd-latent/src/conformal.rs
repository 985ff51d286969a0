//! How far an estimate may be off, from how far others were.

use crate::error::{Error, Result, check_values};

/// The half width of an interval around an estimate that holds the truth with probability
/// `coverage`, from the errors of other estimates (split-conformal prediction).
///
/// It is the ⌈(n + 1)·coverage⌉-th smallest |residual| of n. Whatever their distribution, the
/// interval holds the truth at least that often, and where no two residuals are equal at most
/// 1/(n + 1) more often, as long as the new error is exchangeable with these: residuals of
/// patterns that the network has seen in training are too small for those of new patterns.
///
/// `None` where there are too few residuals to say: fewer than coverage / (1 − coverage), which is
/// 9 for 90 %.
///
/// # Errors
/// [`Error::Value`] for a residual that is not finite, or a coverage that is not between 0 and 1.
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
    // 1e-9 so that 10 · 0.9 is 9.
    let rank = ((sizes.len() + 1) as f64 * coverage - 1e-9).ceil() as usize;
    Ok(sizes.get(rank.max(1) - 1).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Of n + 1 errors each is left out in turn: the share that lies within the radius of the
        /// others is what is promised, for any errors.
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
