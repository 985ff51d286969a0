//! Smoothing by polynomial fits in a moving window.

use crate::error::{Error, Result};

/// Values and, if they are known, their standard deviations.
pub type WithSigma = (Vec<f64>, Option<Vec<f64>>);

/// Smooths values with a Savitzky–Golay filter.
///
/// The window of a point is the point itself and the same number of neighbours on both sides. A
/// polynomial is fitted to the values in the window. The value of the polynomial replaces the value
/// of the point. Points near an end have too few neighbours on one side. For these points, the
/// polynomial of the first or last complete window is used.
///
/// The argument `window` is the number of points in a window. The argument `degree` is the degree
/// of the polynomial.
///
/// Returns the smoothed values. If the argument `sigma` is given, their standard deviations are
/// also returned. For independent points, the standard deviation is σ′ = √(Σ c²σ²), where c are the
/// coefficients of the filter. The filter does not change values that lie on a polynomial of this
/// degree or of a lower degree. The points are assumed to be evenly spaced. Cost: O(points ·
/// window).
///
/// # Errors
/// [`Error::Argument`] unless the number of points in the window is odd, larger than the degree and
/// at most the number of values.
///
/// # References
/// A. Savitzky, M. J. E. Golay, Anal. Chem. 36 (1964) 1627; P. A. Gorry, Anal. Chem. 62 (1990)
/// 570, equation (6), for the coefficients at the ends, by Gram polynomials.
///
/// # Example
/// ```
/// let parabola: Vec<f64> = (0..9).map(|i| f64::from(i * i)).collect();
/// let (smooth, _) = xrd_io::prepare::savitzky_golay(&parabola, None, 5, 2)?;
/// assert!(smooth.iter().zip(&parabola).all(|(s, y)| (s - y).abs() < 1e-9));
/// # Ok::<(), xrd_io::Error>(())
/// ```
pub fn savitzky_golay(
    values: &[f64],
    sigma: Option<&[f64]>,
    window: usize,
    degree: usize,
) -> Result<WithSigma> {
    if window.is_multiple_of(2) || degree >= window || window > values.len() {
        return Err(Error::Argument {
            what: "the smoothing window",
            value: window as f64,
            expected: "odd, larger than the degree and at most the number of points",
        });
    }
    let half = window / 2;
    let coefficients: Vec<Vec<f64>> = (0..window).map(|at| weights(half, degree, at)).collect();
    let last = values.len() - window;
    let at = |i: usize| {
        let first = i.saturating_sub(half).min(last);
        (first, &coefficients[i - first])
    };
    let sum = |i: usize, term: &dyn Fn(usize, f64) -> f64| -> f64 {
        let (first, weights) = at(i);
        let terms = weights.iter().enumerate();
        terms.map(|(k, c)| term(first + k, *c)).sum()
    };
    let smooth = |i| sum(i, &|j, c| c * values[j]);
    let spread = |s: &[f64]| {
        let variance = |i| sum(i, &|j, c| c * c * s[j] * s[j]);
        (0..s.len()).map(|i| variance(i).sqrt()).collect()
    };
    Ok(((0..values.len()).map(smooth).collect(), sigma.map(spread)))
}

/// The weight of each of the `2·half + 1` points in the fit at point `at` of the window.
fn weights(half: usize, degree: usize, at: usize) -> Vec<f64> {
    let m = half as f64;
    let target = gram(m, degree, at as f64 - m);
    let weight = |i: usize| {
        let here = gram(m, degree, i as f64 - m);
        let products = here.iter().zip(&target).enumerate();
        products.map(|(k, (a, b))| a * b / squared_norm(m, k)).sum()
    };
    (0..=2 * half).map(weight).collect()
}

/// The Gram polynomials of degrees 0 to `degree` on −m, …, m, evaluated at x by their recursion.
fn gram(m: f64, degree: usize, x: f64) -> Vec<f64> {
    let mut p = vec![1.0];
    for k in 1..=degree {
        let n = k as f64;
        let back = if k > 1 { p[k - 2] } else { 0.0 };
        let denominator = n * (2.0 * m - n + 1.0);
        p.push(((4.0 * n - 2.0) * x * p[k - 1] - (n - 1.0) * (2.0 * m + n) * back) / denominator);
    }
    p
}

/// Σ Pₖ² over −m, …, m: (2m + k + 1)! (2m − k)! / ((2k + 1) (2m)!²).
fn squared_norm(m: f64, k: usize) -> f64 {
    let ratio = |j: usize| (2.0 * m + 1.0 + j as f64) / (2.0 * m + 1.0 - j as f64);
    (2.0 * m + 1.0) / (2 * k + 1) as f64 * (1..=k).map(ratio).product::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::made_up::{Reference, assert_near, pattern};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn polynomials_of_its_degree_stay(
            coefficients in prop::collection::vec(-1.0..1.0f64, 1..6), half in 3usize..8, more in 0usize..30,
        ) {
            let window = 2 * half + 1;
            let degree = coefficients.len() - 1;
            let at = |i: usize| {
                let x = i as f64 / 10.0;
                coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
            };
            let values: Vec<f64> = (0..window + more).map(at).collect();
            let largest = values.iter().fold(1.0f64, |m, v| m.max(v.abs()));
            let (smooth, _) = savitzky_golay(&values, None, window, degree).unwrap();
            prop_assert!(smooth.iter().zip(&values).all(|(s, v)| (s - v).abs() < 1e-9 * largest));
        }

        #[test]
        fn weights_sum_to_one_and_mirror(half in 1usize..30, degree in 0usize..6, at in 0usize..60) {
            let (window, degree) = (2 * half + 1, degree.min(2 * half));
            let at = at % window;
            let found = weights(half, degree, at);
            prop_assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let mirrored = weights(half, degree, window - 1 - at);
            let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
            prop_assert!(found.iter().zip(mirrored.iter().rev()).all(near));
        }

        #[test]
        fn a_window_its_degree_fills_changes_nothing(values in prop::collection::vec(-1e3..1e3f64, 5..20)) {
            let (smooth, sigma) = savitzky_golay(&values, Some(&values), 5, 4).unwrap();
            let near = |(a, b): (&f64, f64)| (a - b).abs() < 1e-8;
            prop_assert!(smooth.iter().zip(values.iter().copied()).all(near));
            prop_assert!(sigma.unwrap().iter().zip(values.iter().map(|v| v.abs())).all(near));
        }
    }

    #[test]
    fn the_published_weights_of_five_points() {
        let found = weights(2, 2, 2);
        let table = [-3.0, 12.0, 17.0, 12.0, -3.0].map(|w| w / 35.0);
        assert!(found.iter().zip(table).all(|(a, b)| (a - b).abs() < 1e-14));
    }

    #[test]
    fn a_mean_of_n_points_has_a_root_of_n_less_spread() {
        let (_, sigma) = savitzky_golay(&[0.0; 20], Some(&[3.0; 20]), 9, 0).unwrap();
        assert!(sigma.unwrap().iter().all(|s| (s - 1.0).abs() < 1e-12));
    }

    /// Values printed by `benches/peers/preparation.py`.
    #[test]
    fn agrees_with_scipy() {
        const REFERENCE: Reference = [
            (0, 57.7762233291),
            (3, 61.2253194259),
            (40, 75.2035930054),
            (80, 834.05607199),
            (84, 459.815770205),
            (130, 90.6127666042),
            (200, 4899.50907033),
            (203, 3595.21053727),
            (250, 100.671910542),
            (299, 110.539249727),
        ];
        assert_near(
            &savitzky_golay(&pattern(), None, 11, 3).unwrap().0,
            &REFERENCE,
            1e-9,
        );
    }
}
