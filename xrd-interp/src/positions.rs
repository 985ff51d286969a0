use xrd_core::TwoThetaGrid;

use crate::error::Result;
use crate::generate::check_pattern;

/// Largest distance in degrees at which a peak of the generated pattern is matched with a true
/// peak.
const REACH_DEG: f64 = 0.5;

/// Smallest height of a matched generated peak, as a fraction of the height of the true peak.
const LEAST_SHARE: f64 = 0.2;

/// Mean error in degrees of the peak positions of a generated pattern.
///
/// The argument `count` is the number of compared peaks. The mean is taken over the strongest peaks
/// of the true pattern, or over all its peaks if there are fewer. The error of a true peak is the
/// distance from this peak to the nearest matching peak of the generated pattern. A generated peak
/// matches if its height is at least a fifth of the height of the true peak. If no matching peak
/// lies within 0.5°, the error is 0.5°.
///
/// A peak is a local maximum with a positive intensity. The position of a peak is the maximum of
/// the parabola through the highest grid point and its two neighbours. If several true peaks lie
/// within 0.05° of each other, only the strongest peak is used. The result is `None` if the true
/// pattern has no peak or if `count` is 0.
///
/// Cost: O(grid points + peaks²).
///
/// # Errors
/// - [`Error::Length`](crate::Error::Length) unless both patterns have one intensity per grid
///   point.
/// - [`Error::NotFinite`](crate::Error::NotFinite) if an intensity is NaN or infinite.
///
/// In these errors, the index of the pattern is 0 for `generated` and 1 for `truth`.
pub fn peak_position_error(
    grid: &TwoThetaGrid,
    generated: &[f32],
    truth: &[f32],
    count: usize,
) -> Result<Option<f64>> {
    check_pattern(0, generated, grid.len())?;
    check_pattern(1, truth, grid.len())?;
    let found = peaks(grid, generated);
    let strongest = apart(peaks(grid, truth), count);
    let distance = |wanted: &Peak| {
        let high = found
            .iter()
            .filter(|p| p.height >= LEAST_SHARE * wanted.height);
        let distances = high.map(|p| (p.two_theta_deg - wanted.two_theta_deg).abs());
        distances.fold(REACH_DEG, f64::min)
    };
    let sum: f64 = strongest.iter().map(distance).sum();
    Ok((!strongest.is_empty()).then(|| sum / strongest.len() as f64))
}

struct Peak {
    two_theta_deg: f64,
    height: f64,
}

/// Local maxima above 0. A flat maximum is represented by its first point.
fn peaks(grid: &TwoThetaGrid, pattern: &[f32]) -> Vec<Peak> {
    let summit = |(i, three): (usize, &[f32])| {
        let [left, top, right] = [0, 1, 2].map(|k| f64::from(three[k]));
        (top > 0.0 && top > left && top >= right).then(|| {
            let offset = 0.5 * (left - right) / (left - 2.0 * top + right);
            Peak {
                two_theta_deg: grid.angle(i + 1) + offset * grid.step(),
                height: top - 0.25 * (left - right) * offset,
            }
        })
    };
    pattern.windows(3).enumerate().filter_map(summit).collect()
}

/// The `count` strongest peaks that are at least 0.05° apart.
fn apart(mut peaks: Vec<Peak>, count: usize) -> Vec<Peak> {
    peaks.sort_by(|a, b| b.height.total_cmp(&a.height));
    let mut kept: Vec<Peak> = Vec::new();
    for peak in peaks {
        let near = |k: &Peak| (k.two_theta_deg - peak.two_theta_deg).abs() < 0.05;
        if kept.len() < count && !kept.iter().any(near) {
            kept.push(peak);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid() -> TwoThetaGrid {
        TwoThetaGrid::new(10.0, 0.01, 4000).unwrap()
    }

    fn lines(lines: &[(f64, f64)]) -> Vec<f32> {
        let at = |angle: f64| {
            let each = lines.iter().map(|(centre, height)| {
                let u = (angle - centre) / 0.06;
                height * (-u * u).exp()
            });
            each.sum::<f64>() as f32
        };
        grid().angles().map(at).collect()
    }

    fn error(generated: &[(f64, f64)], truth: &[(f64, f64)], count: usize) -> Option<f64> {
        peak_position_error(&grid(), &lines(generated), &lines(truth), count).unwrap()
    }

    proptest! {
        #[test]
        fn a_shift_is_what_is_found(shift in -0.4..0.4f64, scale in 0.3..3.0f64) {
            let truth = [(12.0, 1.0), (20.003, 0.6), (33.337, 0.2)];
            let moved = truth.map(|(centre, height)| (centre + shift, scale * height));
            let found = error(&moved, &truth, 20).unwrap();
            prop_assert!((found - shift.abs()).abs() < 1e-4, "{found} {shift}");
        }
    }

    #[test]
    fn missing_peaks_count_as_far_and_weak_ones_are_not_asked_for() {
        let truth = [(12.0, 1.0), (20.0, 0.6), (30.0, 0.1)];
        assert!(error(&truth[..2], &truth, 2).unwrap() < 1e-6);
        assert!((error(&truth[..2], &truth, 3).unwrap() - 0.5 / 3.0).abs() < 1e-6);
        // A line that is too weak does not count.
        let traces = [(12.0, 1.0), (20.0, 0.05)];
        assert!((error(&traces, &truth, 2).unwrap() - 0.25).abs() < 1e-6);
        assert_eq!(error(&truth, &[], 20), None);
        let short = peak_position_error(&grid(), &[1.0], &lines(&truth), 3);
        assert!(short.is_err());
    }
}
