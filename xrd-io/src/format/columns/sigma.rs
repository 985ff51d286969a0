//! Checks whether a column may hold standard deviations.

/// Whether all values are finite, none is negative, and not all are zero.
pub(in crate::format) fn is_sigma(values: &[f64]) -> bool {
    values.iter().all(|v| v.is_finite() && *v >= 0.0) && values.iter().any(|v| *v > 0.0)
}

/// Replaces missing standard deviations by those of the points before, or of the first point that has
/// one. Programs write NaN where an intensity is negative. Returns also how many were missing. Nothing
/// is replaced if more than half are missing.
pub(super) fn filled(mut sigma: Vec<f64>) -> (Vec<f64>, usize) {
    let missing = sigma.iter().filter(|s| s.is_nan()).count();
    let Some(first) = sigma.iter().copied().find(|s| !s.is_nan()) else {
        return (sigma, 0);
    };
    if 2 * missing > sigma.len() {
        return (sigma, 0);
    }
    let mut last = first;
    for value in &mut sigma {
        match value.is_nan() {
            true => *value = last,
            false => last = *value,
        }
    }
    (sigma, missing)
}

/// Whether the typical value is at most ten times the noise shown by neighbouring intensities. A
/// background is far larger.
pub(super) fn is_like_noise(intensities: &[f64], sigma: &[f64]) -> bool {
    let steps = intensities.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    let noise = median(steps.collect()) / (2f64.sqrt() * 0.6745);
    median(sigma.to_vec()) <= 10.0 * noise
}

/// Whether a column cannot hold standard deviations, because it depends on the intensities in
/// another way. Standard deviations grow as the square root of the intensities. Other columns grow
/// in proportion or faster (normalised intensities, a calculated pattern), grow far more slowly
/// (logarithms), decrease, or jump from point to point as noise does (differences).
pub(super) fn goes_otherwise(intensities: &[f64], column: &[f64]) -> bool {
    let jumps = column.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    let is_rough = median(jumps.collect()) > 0.7 * median(column.to_vec());
    let pairs = intensities.iter().zip(column);
    let positive = pairs.filter(|(y, s)| **y > 0.0 && **s > 0.0);
    let logs: Vec<(f64, f64)> = positive.map(|(y, s)| (y.ln(), s.ln())).collect();
    let ends = logs
        .iter()
        .fold((f64::MAX, f64::MIN), |(least, most), (x, _)| {
            (x.min(least), x.max(most))
        });
    let middle = 0.5 * (ends.0 + ends.1);
    let upper: Vec<(f64, f64)> = logs.iter().filter(|(x, _)| *x > middle).copied().collect();
    let (slope, correlation) = line_through(&logs);
    // If a background was subtracted, the square root shows only in large intensities.
    let (upper_slope, upper_correlation) = line_through(&upper);
    is_rough
        || correlation > 0.98 && slope > 0.7
        || correlation > 0.9 && slope > 0.85
        || correlation < -0.9
        || upper_correlation > 0.98 && upper_slope < 0.3
}

/// The slope of the line through points, and their correlation coefficient. Both are 0 for few
/// points.
fn line_through(points: &[(f64, f64)]) -> (f64, f64) {
    const FEWEST: usize = 20;
    if points.len() < FEWEST {
        return (0.0, 0.0);
    }
    let n = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
    let (mean_x, mean_y) = (mean(|p| p.0), mean(|p| p.1));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in points {
        let (x, y) = (x - mean_x, y - mean_y);
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
    }
    let tiny = f64::MIN_POSITIVE;
    (xy / xx.max(tiny), xy / (xx * yy).sqrt().max(tiny))
}

/// Whether a column has few different values where the intensities have many, as attenuation
/// factors do.
pub(super) fn has_few_values(column: &[f64], intensities: &[f64]) -> bool {
    const FEW: usize = 4;
    const MANY: usize = 20;
    let values = |list: &[f64], most: usize| {
        let mut known: Vec<f64> = Vec::new();
        for value in list {
            if known.len() < most && !known.contains(value) {
                known.push(*value);
            }
        }
        known.len()
    };
    values(column, FEW + 1) <= FEW && values(intensities, MANY) >= MANY
}

/// The median; 0 for no values. Cost: O(n).
fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Synthetic counts with a peak and a ripple in place of noise.
    fn counts() -> Vec<f64> {
        let peak = |i: i32| 40.0 + 3000.0 * (-0.5 * (f64::from(i - 50) / 6.0).powi(2)).exp();
        let ripple = |i: i32| 1.0 + 0.05 * f64::from((i * 7919) % 13 - 6) / 6.0;
        (0..100).map(|i| (peak(i) * ripple(i)).round()).collect()
    }

    #[test]
    fn deviations_grow_as_the_root() {
        let counts = counts();
        let of = |f: fn(f64) -> f64| counts.iter().map(|y| f(*y)).collect::<Vec<f64>>();
        for sigma in [
            of(f64::sqrt),
            of(|y| (y.sqrt() * 10.0).round() / 10.0),
            of(|y| (y / 96.0).sqrt()),
            // The standard deviation of counts from which a background was subtracted.
            of(|y| (y + 200.0).sqrt()),
            vec![2.0; 100],
        ] {
            assert!(!goes_otherwise(&counts, &sigma), "{sigma:?}");
        }
        for other in [
            of(|y| y / 3000.0),
            of(|y| 0.9 * y + 5.0),
            of(f64::log10),
            of(|y| 1.0 / y),
            (0..100).map(|i| f64::from((i * 7919) % 97)).collect(),
        ] {
            assert!(goes_otherwise(&counts, &other), "{other:?}");
        }
    }
}
