//! Transforms of patterns before their principal components are computed.

use serde::{Deserialize, Serialize};
use xrd_core::PatternSet;

/// Transform of the intensities of a pattern. The transform consists of up to three steps, which
/// are applied in the order of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Transform {
    /// Standard deviation of a Gaussian in grid points. The pattern is broadened by this Gaussian;
    /// 0 means no broadening. Broad lines overlap with the same lines of other samples even if the
    /// lines are shifted.
    pub broadening: usize,
    /// Whether the pattern is divided by the sum of its absolute intensities. The result then does
    /// not depend on the amount of sample or on the counting time.
    pub normalised: bool,
    /// Whether each intensity is replaced by its square root, and negative intensities by 0.
    /// Counting noise is then equally strong at all intensities, and weak lines have more weight.
    pub root: bool,
}

/// Number of running means that approximate a Gaussian.
const PASSES: usize = 3;

impl Transform {
    /// Applies the transform to the intensities of a pattern, and returns the result.
    pub fn apply(&self, intensities: &[f32]) -> Vec<f64> {
        let mut values: Vec<f64> = intensities.iter().map(|&v| f64::from(v)).collect();
        if self.broadening > 0 {
            values = broadened(&values, self.broadening);
        }
        if self.normalised {
            let sum: f64 = values.iter().map(|v| v.abs()).sum();
            if sum > 0.0 {
                values.iter_mut().for_each(|v| *v /= sum);
            }
        }
        if self.root {
            values.iter_mut().for_each(|v| *v = v.max(0.0).sqrt());
        }
        values
    }
}

/// Approximates the convolution with a Gaussian of standard deviation `sigma` by three running
/// means (P. Kovesi, "Fast almost-Gaussian filtering", DICTA 2010). Beyond its ends, the pattern
/// continues with its first and its last value.
fn broadened(values: &[f64], sigma: usize) -> Vec<f64> {
    // A running mean over w points has the variance (w² − 1)/12.
    let width = (12.0 * (sigma * sigma) as f64 / PASSES as f64 + 1.0).sqrt();
    let half = ((width - 1.0) / 2.0).round().max(1.0) as usize;
    (0..PASSES).fold(values.to_vec(), |v, _| running_mean(&v, half))
}

/// Returns the means over `2·half + 1` points.
fn running_mean(values: &[f64], half: usize) -> Vec<f64> {
    let n = values.len();
    if n == 0 {
        return Vec::new();
    }
    let at = |i: isize| values[i.clamp(0, n as isize - 1) as usize];
    let h = half as isize;
    let mut sum: f64 = (-h..=h).map(at).sum();
    let count = (2 * half + 1) as f64;
    let mut means = Vec::with_capacity(n);
    for i in 0..n as isize {
        means.push(sum / count);
        sum += at(i + h + 1) - at(i - h);
    }
    means
}

/// Returns the transforms that are compared. The unit of broadening is the width of the lines.
pub(crate) fn compared(line_width: usize) -> Vec<Transform> {
    let mut all = Vec::new();
    for (broadening, normalised) in [
        (0, false),
        (0, true),
        (line_width, true),
        (3 * line_width, true),
    ] {
        for root in [false, true] {
            all.push(Transform {
                broadening,
                normalised,
                root,
            });
        }
    }
    all
}

/// Number of patterns from which the width of the lines is estimated.
const MOST_FOR_WIDTH: usize = 50;

/// Estimates the width of the lines in grid points: the shift at which the mean autocorrelation of
/// the patterns falls below half of its value without shift.
///
/// At most 50 patterns are used, evenly spaced. The result is at least 1 and at most a twentieth of
/// the grid.
///
/// Cost: O(width · angles).
pub fn line_width(set: &PatternSet) -> usize {
    let points = set.grid().len();
    let step = set.len().div_ceil(MOST_FOR_WIDTH).max(1);
    let centred = |i: usize| -> Vec<f64> {
        let row = set.intensities(i);
        let mean = row.iter().map(|&v| f64::from(v)).sum::<f64>() / points as f64;
        row.iter().map(|&v| f64::from(v) - mean).collect()
    };
    let rows: Vec<Vec<f64>> = (0..set.len()).step_by(step).map(centred).collect();
    let correlation = |shift: usize| -> f64 {
        let of = |row: &Vec<f64>| -> f64 { row[shift..].iter().zip(row).map(|(a, b)| a * b).sum() };
        rows.iter().map(of).sum()
    };
    let (half, most) = (correlation(0) / 2.0, (points / 20).max(1));
    let falls = |&shift: &usize| correlation(shift) < half;
    (1..most).find(falls).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use xrd_core::TwoThetaGrid;

    #[test]
    fn broadening_is_nearly_a_gaussian() {
        let mut line = vec![0.0f32; 401];
        line[200] = 1.0;
        for sigma in [5usize, 20] {
            let transform = Transform {
                broadening: sigma,
                ..Transform::default()
            };
            let found = transform.apply(&line);
            let s = sigma as f64;
            for (i, v) in found.iter().enumerate() {
                let t = (i as f64 - 200.0) / s;
                let gaussian = (-0.5 * t * t).exp() / (s * std::f64::consts::TAU.sqrt());
                assert!(
                    (v - gaussian).abs() < 0.06 / s,
                    "{sigma} {i} {v} {gaussian}"
                );
            }
        }
    }

    #[test]
    fn the_width_of_lines_is_found() {
        let grid = TwoThetaGrid::new(10.0, 0.1, 400).unwrap();
        let row = |centre: f64| {
            (0..400).map(move |i| (-((i as f64 - centre) / 6.0).powi(2)).exp() as f32)
        };
        let block = row(100.0).chain(row(300.0)).collect();
        let set = PatternSet::unnamed(grid, block).unwrap();
        // The autocorrelation of exp(−(x/6)²) is exp(−x²/72), which is 1/2 at 7.06. Because the mean
        // is subtracted, half is reached a little before.
        assert_eq!(line_width(&set), 7);
    }

    proptest! {
        #[test]
        fn running_means_are_the_means_of_their_windows(
            values in prop::collection::vec(-1.0..1.0f64, 1..40), half in 1usize..9,
        ) {
            let n = values.len() as isize;
            for (i, mean) in running_mean(&values, half).into_iter().enumerate() {
                let window = i as isize - half as isize..=i as isize + half as isize;
                let sum: f64 = window.map(|k| values[k.clamp(0, n - 1) as usize]).sum();
                prop_assert!((mean - sum / (2 * half + 1) as f64).abs() < 1e-12);
            }
        }

        #[test]
        fn normalised_patterns_do_not_depend_on_the_counting_time(
            values in prop::collection::vec(0.1..1.0f32, 5..20), factor in 0.5..4.0f32,
        ) {
            for transform in compared(2).into_iter().filter(|t| t.normalised) {
                let scaled: Vec<f32> = values.iter().map(|v| v * factor).collect();
                for (a, b) in transform.apply(&values).iter().zip(transform.apply(&scaled)) {
                    prop_assert!((a - b).abs() < 1e-6);
                }
            }
        }
    }
}
