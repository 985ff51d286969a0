//! Spikes: single points far above their surroundings.

/// Number of points on each side that form the surroundings.
const REACH: usize = 5;

/// Finds spikes, which are single points far above their surroundings. Returns their indices.
///
/// The surroundings of a point are the five points on each side. A point is a spike if both of
/// these conditions are met:
///
/// - The height of the point above the median of its surroundings is more than `threshold` times
///   the spread of the surroundings.
/// - Both neighbours of the point are lower than half the height of the point. These heights, too,
///   are measured from the median.
///
/// A line with a full width at half maximum of two steps or more is therefore never a spike. Two
/// adjacent high points are not spikes. The first and the last point are never spikes.
///
/// The spread is 1.4826 times the median absolute deviation of the surroundings from their median,
/// but at least `least_spread(median)`. This lower limit is needed because the deviation can be
/// zero if there are few counts. The function `least_spread` gets the median of the surroundings
/// and returns the limit. For counts, use the square root of the median as the limit. Cost:
/// O(points).
///
/// # References
/// F. R. Hampel, J. Am. Stat. Assoc. 69 (1974) 383. There are two differences from the Hampel
/// identifier: the median excludes the point itself, and the width of a spike is limited.
pub fn spikes(
    intensities: &[f64],
    threshold: f64,
    least_spread: impl Fn(f64) -> f64,
) -> Vec<usize> {
    let inner = 1..intensities.len().saturating_sub(1);
    let is_spike = |i: &usize| {
        let around = around(intensities, *i);
        let base = median(around.clone());
        let deviations = around.iter().map(|y| (y - base).abs()).collect();
        let spread = (1.4826 * median(deviations)).max(least_spread(base));
        let height = intensities[*i] - base;
        let neighbour = intensities[i - 1].max(intensities[i + 1]) - base;
        height > threshold * spread && neighbour < 0.5 * height
    };
    inner.filter(is_spike).collect()
}

/// Returns the typical noise of a pattern: 1.4826/√2 times the median absolute difference between
/// neighbouring points.
///
/// This noise is a suitable lower limit of the spread in [`spikes`](fn@spikes) if the intensities
/// are not counts. In this case, the argument `least_spread` should be a function that returns this
/// noise for every median.
///
/// Cost: O(points · log points).
///
/// # Example
/// ```
/// let noise = xrd_io::prepare::typical_noise(&[1.0, 3.0, 1.0, 3.0, 500.0, 3.0, 1.0]);
/// assert!((noise - 2.0 * 1.4826 / 2f64.sqrt()).abs() < 1e-12);
/// ```
pub fn typical_noise(intensities: &[f64]) -> f64 {
    let differences = intensities.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    1.4826 / 2f64.sqrt() * median(differences.collect())
}

/// The points on each side of point i.
fn around(values: &[f64], i: usize) -> Vec<f64> {
    let before = &values[i.saturating_sub(REACH)..i];
    let after = &values[i + 1..(i + 1 + REACH).min(values.len())];
    [before, after].concat()
}

fn median(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => 0.5 * (values[middle - 1] + values[middle]),
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::made_up::pattern;
    use proptest::prelude::*;

    fn poisson(base: f64) -> f64 {
        base.max(1.0).sqrt()
    }

    fn lines(fwhm: f64, offset: f64) -> Vec<f64> {
        let line = |i: u32, centre: f64| {
            (-4.0 * 2f64.ln() * ((f64::from(i) - centre) / fwhm).powi(2)).exp()
        };
        let at = |i| 20.0 + 1e5 * line(i, 40.0 + offset) + 50.0 * line(i, 80.0 + offset);
        (0..120).map(at).collect()
    }

    proptest! {
        #[test]
        fn lines_are_no_spikes(fwhm in 2.2..30.0f64, offset in 0.0..1.0f64) {
            prop_assert!(spikes(&lines(fwhm, offset), 5.0, |_| 0.0).is_empty());
        }

        #[test]
        fn a_point_put_on_top_is_found(at in 1usize..299, height in 1.0..100.0f64) {
            let mut values = pattern();
            let base = median(around(&values, at));
            let largest = around(&values, at).into_iter().fold(0.0, f64::max);
            values[at] = base + (10.0 + height) * (largest - base + poisson(base));
            prop_assert_eq!(spikes(&values, 8.0, poisson), [at]);
        }

        #[test]
        fn scale_and_shift_do_not_matter(exponent in -3i32..10, shift in -50i32..50) {
            let mut values = pattern();
            values[120] += 500.0;
            let factor = 2f64.powi(exponent);
            let other: Vec<f64> = values.iter().map(|y| factor * (y.round() + f64::from(shift))).collect();
            prop_assert_eq!(spikes(&other, 8.0, |_| 0.0), [120]);
        }
    }

    #[test]
    fn few_counts_are_no_spikes() {
        let mut values = vec![0.0; 40];
        (values[10], values[20], values[30]) = (1.0, 3.0, 30.0);
        assert_eq!(spikes(&values, 8.0, poisson), [30]);
    }

    #[test]
    fn short_patterns_have_none_at_their_ends() {
        for values in [&[][..], &[1.0], &[1.0, 9.0], &[900.0, 1.0, 1.0, 900.0]] {
            assert!(spikes(values, 8.0, poisson).is_empty());
        }
        assert_eq!(spikes(&[1.0, 900.0, 1.0], 8.0, poisson), [1]);
    }
}
