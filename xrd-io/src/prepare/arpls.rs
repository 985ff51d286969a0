//! Background by asymmetrically reweighted penalised least squares.

/// Largest number of rounds of reweighting.
const MOST_ROUNDS: usize = 50;
/// Change of the weights, ‖w − w′‖/‖w‖, below which the iteration has converged.
const SETTLED: f64 = 1e-3;

/// Calculates the background of a pattern by arPLS (asymmetrically reweighted penalised least
/// squares).
///
/// For intensities y and weights w, the background z minimises Σ wᵢ(yᵢ − zᵢ)² + λ Σ (zᵢ₋₁ − 2zᵢ +
/// zᵢ₊₁)². The calculation is repeated with new weights, which are small for points far above the
/// background.
///
/// The new weights are wᵢ = 1/(1 + exp(2(dᵢ − (2σ − m))/σ)), where d = y − z. Here m and σ are the
/// mean and the sample standard deviation of the negative d. The iteration ends when the weights
/// change by less than 1e-3 of their norm, or after 50 rounds.
///
/// The argument `lambda` is the stiffness λ in the formula above. λ is greater than 0 and has no
/// unit. A larger λ gives a smoother background. If the same pattern is measured with k times as
/// many points per degree, the same smoothness requires a λ that is k⁴ times as large. A pattern of
/// fewer than three points is returned unchanged.
///
/// Cost: O(points) per round, by a factorisation L D Lᵀ of the pentadiagonal matrix. The relative
/// rounding error is about 1e-16 · λ.
///
/// # References
/// S.-J. Baek, A. Park, Y.-J. Ahn, J. Choo, Analyst 140 (2015) 250, equations (4), (7) and (9).
///
/// # Example
/// ```
/// let line: Vec<f64> = (0..50).map(|i| 3.0 + 0.5 * f64::from(i)).collect();
/// let background = xrd_io::prepare::arpls(&line, 1e4);
/// assert!(background.iter().zip(&line).all(|(b, y)| (b - y).abs() < 1e-8));
/// ```
pub fn arpls(intensities: &[f64], lambda: f64) -> Vec<f64> {
    if intensities.len() < 3 {
        return intensities.to_vec();
    }
    let mut weights = vec![1.0; intensities.len()];
    let mut background = smooth(intensities, &weights, lambda);
    for _ in 1..MOST_ROUNDS {
        let Some(next) = reweighted(intensities, &background) else {
            break;
        };
        if change(&weights, &next) < SETTLED {
            break;
        }
        weights = next;
        background = smooth(intensities, &weights, lambda);
    }
    background
}

/// The weights for a given background; `None` if fewer than two points lie below it.
fn reweighted(intensities: &[f64], background: &[f64]) -> Option<Vec<f64>> {
    let above: Vec<f64> = intensities
        .iter()
        .zip(background)
        .map(|(y, z)| y - z)
        .collect();
    let below = || above.iter().filter(|d| **d < 0.0);
    let count = below().count() as f64;
    if count < 2.0 {
        return None;
    }
    let mean = below().sum::<f64>() / count;
    let squares: f64 = below().map(|d| (d - mean) * (d - mean)).sum();
    let sigma = (squares / (count - 1.0)).sqrt();
    // Differences that are only rounding errors would give meaningless weights.
    let largest = intensities.iter().fold(0.0f64, |m, y| m.max(y.abs()));
    if sigma <= 1e-12 * largest {
        return None;
    }
    let weight = |d: &f64| 1.0 / (1.0 + (2.0 * (d - (2.0 * sigma - mean)) / sigma).exp());
    Some(above.iter().map(weight).collect())
}

fn change(before: &[f64], after: &[f64]) -> f64 {
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    let moved = norm(&mut before.iter().zip(after).map(|(a, b)| a - b));
    moved / norm(&mut before.iter().copied())
}

/// Solves (W + λ D₂ᵀD₂) z = W y.
///
/// A straight line has no second difference. The line through the end points is therefore
/// subtracted first and added back afterwards. The rounding errors, about 1e-16 · λ of the
/// solution, then apply only to the deviation from that line.
fn smooth(intensities: &[f64], weights: &[f64], lambda: f64) -> Vec<f64> {
    let n = intensities.len();
    let (first, last) = (intensities[0], intensities[n - 1]);
    let line = |i: usize| first + (last - first) * i as f64 / (n - 1) as f64;
    let bent = intensities
        .iter()
        .enumerate()
        .map(|(i, y)| y - line(i))
        .collect();
    let solved = solve(bent, weights, lambda).into_iter().enumerate();
    solved.map(|(i, z)| z + line(i)).collect()
}

/// Solves (W + λ D₂ᵀD₂) z = W y by an L D Lᵀ factorisation of the five diagonals.
fn solve(intensities: Vec<f64>, weights: &[f64], lambda: f64) -> Vec<f64> {
    let n = intensities.len();
    let (mut pivot, mut first, mut second) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    let mut z = intensities;
    for i in 0..n {
        let [diagonal, near, far] = penalty(i, n);
        let mut remaining = weights[i] + lambda * diagonal;
        z[i] *= weights[i];
        if i >= 2 {
            second[i] = lambda * far / pivot[i - 2];
            remaining -= second[i] * second[i] * pivot[i - 2];
            z[i] -= second[i] * z[i - 2];
        }
        if i >= 1 {
            let carried = if i >= 2 {
                second[i] * first[i - 1] * pivot[i - 2]
            } else {
                0.0
            };
            first[i] = (lambda * near - carried) / pivot[i - 1];
            remaining -= first[i] * first[i] * pivot[i - 1];
            z[i] -= first[i] * z[i - 1];
        }
        pivot[i] = remaining;
    }
    for i in (0..n).rev() {
        z[i] /= pivot[i];
        if i + 1 < n {
            z[i] -= first[i + 1] * z[i + 1];
        }
        if i + 2 < n {
            z[i] -= second[i + 2] * z[i + 2];
        }
    }
    z
}

/// Row i of D₂ᵀD₂ for n >= 3 points: the diagonal element, and the two elements before it.
fn penalty(i: usize, n: usize) -> [f64; 3] {
    // Second differences are centred at 1, …, n − 2.
    let centre = |c: usize| f64::from(u8::from((1..n - 1).contains(&c)));
    let (before, here, after) = (centre(i.wrapping_sub(1)), centre(i), centre(i + 1));
    let diagonal = before + 4.0 * here + after;
    [diagonal, -2.0 * (before + here), before]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::made_up::{Reference, assert_near, pattern};
    use proptest::prelude::*;

    /// Reference implementation: Gaussian elimination in the full matrix.
    fn naive(y: &[f64], w: &[f64], lambda: f64) -> Vec<f64> {
        let n = y.len();
        let mut rows: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let mut row = vec![0.0; n + 1];
                (row[i], row[n]) = (w[i], w[i] * y[i]);
                row
            })
            .collect();
        for c in 1..n - 1 {
            let difference = [(c - 1, 1.0), (c, -2.0), (c + 1, 1.0)];
            for (i, a) in difference {
                for (j, b) in difference {
                    rows[i][j] += lambda * a * b;
                }
            }
        }
        for i in 0..n {
            let (above, below) = rows.split_at_mut(i + 1);
            let pivot = &above[i];
            for row in below {
                let factor = row[i] / pivot[i];
                let pairs = row.iter_mut().zip(pivot).skip(i);
                pairs.for_each(|(a, b)| *a -= factor * b);
            }
        }
        let mut z = vec![0.0; n];
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|j| rows[i][j] * z[j]).sum();
            z[i] = (rows[i][n] - known) / rows[i][i];
        }
        z
    }

    fn near(a: &[f64], b: &[f64], limit: f64) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() <= limit)
    }

    proptest! {
        #[test]
        fn five_diagonals_agree_with_the_full_matrix(
            points in prop::collection::vec((-1e3..1e3f64, 1e-3..1.0f64), 3..40),
            exponent in -1.0..5.0f64,
        ) {
            let (y, w): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
            let lambda = 10f64.powf(exponent);
            prop_assert!(near(&smooth(&y, &w, lambda), &naive(&y, &w, lambda), 1e-4));
        }

        #[test]
        fn a_line_is_its_own_background(a in -1e3..1e3f64, b in -10.0..10.0f64, exponent in 0.0..9.0f64) {
            let line: Vec<f64> = (0..60).map(|i| a + b * f64::from(i)).collect();
            prop_assert!(near(&arpls(&line, 10f64.powf(exponent)), &line, 1e-5));
        }

        #[test]
        fn follows_scale_and_shift(exponent in -3i32..10, shift in -1e3..1e3f64) {
            // Scaling by a power of two causes no rounding.
            let factor = 2f64.powi(exponent);
            let scaled: Vec<f64> = pattern().iter().map(|y| factor * (y + shift)).collect();
            let background = arpls(&scaled, 1e4);
            let expected: Vec<f64> = arpls(&pattern(), 1e4).iter().map(|z| factor * (z + shift)).collect();
            prop_assert!(near(&background, &expected, 1e-6 * factor));
        }

        #[test]
        fn whatever_comes_the_result_is_finite(
            values in prop::collection::vec(-1e9..1e9f64, 0..40), exponent in -3.0..10.0f64,
        ) {
            let background = arpls(&values, 10f64.powf(exponent));
            prop_assert_eq!(background.len(), values.len());
            prop_assert!(background.iter().all(|z| z.is_finite()));
        }
    }

    #[test]
    fn peaks_are_left_out() {
        let background = arpls(&pattern(), 1e4);
        let rise = |i: usize| background[i] - crate::prepare::made_up::background(i as f64);
        assert!((0..300).all(|i| rise(i).abs() < 6.0));
    }

    /// Values printed by `benches/peers/preparation.py`.
    #[test]
    fn agrees_with_pybaselines() {
        const REFERENCE: Reference = [
            (0, 59.3059863958),
            (3, 60.5592304508),
            (40, 74.9728996089),
            (80, 85.4731638977),
            (84, 86.3287477503),
            (130, 90.6443930951),
            (200, 92.7968190363),
            (203, 93.0013134148),
            (250, 99.942749047),
            (299, 115.880703014),
        ];
        assert_near(&arpls(&pattern(), 1e4), &REFERENCE, 1e-7);
    }
}
