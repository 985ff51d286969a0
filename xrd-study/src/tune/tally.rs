//! Differences between the outcomes of a setting and of the base.

use super::Outcome;
use crate::score::Spread;

/// Difference of a score from that of the base, paired by seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Difference {
    pub(super) mean: Option<f64>,
    pub(super) standard_error: Option<f64>,
    /// Number of seeds in which the score is lower.
    pub(super) lower: usize,
}

impl Difference {
    pub(super) fn of(
        own: &[Option<Outcome>],
        base: &[Option<Outcome>],
        figure: fn(&Outcome) -> f64,
    ) -> Self {
        Self::between(&column(own, figure), &column(base, figure))
    }

    fn between(values: &[Option<f64>], base: &[Option<f64>]) -> Self {
        let pairs = values.iter().zip(base);
        let all: Vec<Option<f64>> = pairs.map(|(v, b)| Some((*v)? - (*b)?)).collect();
        let spread = Spread::of(&all);
        Self {
            mean: spread.mean,
            standard_error: spread.sd.map(|sd| sd / (all.len() as f64).sqrt()),
            lower: all.iter().flatten().filter(|d| **d < 0.0).count(),
        }
    }
}

/// Returns whether a mean difference is significantly below zero, at a confidence of 95 %.
pub(super) fn is_lower(mean: Option<f64>, standard_error: Option<f64>, seeds: usize) -> bool {
    let noise = standard_error.map(|se| student(seeds) * se);
    matches!((mean, noise), (Some(mean), Some(noise)) if mean < -noise)
}

/// Returns mean and standard deviation of a score. `None` if a training diverged.
pub(super) fn spread(outcomes: &[Option<Outcome>], figure: fn(&Outcome) -> f64) -> Spread {
    Spread::of(&column(outcomes, figure))
}

fn column(outcomes: &[Option<Outcome>], figure: fn(&Outcome) -> f64) -> Vec<Option<f64>> {
    outcomes.iter().map(|o| o.as_ref().map(figure)).collect()
}

/// Returns the critical value of Student's t for a two-sided test at a confidence level of 95 %
/// (Abramowitz and Stegun 1964, equation 26.7.5). The argument `differences` is the number of
/// averaged differences. A mean difference is significant if it is larger than the product of the
/// critical value and its standard error.
pub fn student(differences: usize) -> f64 {
    const FEW: [f64; 8] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306];
    let freedom = differences.saturating_sub(1);
    if let Some(t) = freedom.checked_sub(1).and_then(|i| FEW.get(i)) {
        return *t;
    }
    let (z, n) = (1.959964_f64, freedom as f64);
    let second = (z.powi(3) + z) / 4.0;
    let third = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    let fourth = (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0;
    z + second / n + third / n.powi(2) + fourth / n.powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(difference: &Difference, seeds: usize) -> bool {
        is_lower(difference.mean, difference.standard_error, seeds)
    }

    #[test]
    fn few_seeds_need_a_larger_difference() {
        // Published quantiles.
        for (differences, t) in [
            (2, 12.706),
            (10, 2.262),
            (11, 2.228),
            (31, 2.042),
            (121, 1.980),
        ] {
            assert!((student(differences) - t).abs() < 6e-4, "{differences}");
        }
        let some = |values: [f64; 2]| values.map(Some);
        let two = Difference::between(&some([0.9, 4.7]), &some([1.0, 5.0]));
        // A difference of two standard errors, which two seeds show by chance in 30 % of comparisons.
        assert!(two.mean.unwrap() <= -2.0 * two.standard_error.unwrap() + 1e-12);
        assert!(!lower(&two, 2));
    }

    #[test]
    fn differences_are_taken_seed_by_seed() {
        let some = |values: [f64; 4]| values.map(Some);
        let (base, own) = (some([1.0, 5.0, 2.0, 9.0]), some([0.5, 4.5, 2.5, 8.5]));
        let d = Difference::between(&own, &base);
        // −0.5, −0.5, 0.5, −0.5: mean −0.25, standard deviation 0.5.
        assert_eq!(
            (d.mean, d.standard_error, d.lower),
            (Some(-0.25), Some(0.25), 3)
        );
        assert!(!lower(&d, 4));
        assert!(lower(
            &Difference::between(&some([0.9, 4.8, 1.9, 8.8]), &base),
            4
        ));
        let one = Difference::between(&own[..1], &base[..1]);
        assert_eq!(
            (one.mean, one.standard_error, lower(&one, 1)),
            (Some(-0.5), None, false)
        );
        let diverged = Difference::between(&[None, Some(4.0)], &base[..2]);
        assert_eq!((diverged.mean, diverged.lower), (None, 1));
    }
}
