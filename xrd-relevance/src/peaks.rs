use std::ops::{Range, RangeInclusive};

use xrd_core::TwoThetaGrid;

use crate::error::{Error, Result};

/// Options of [`find_peaks`]: the smallest intensity and the smallest prominence of a peak.
///
/// Both limits are fractions (0 to 1) of the largest intensity of the pattern. The default of both
/// limits is 0.01.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PeakOptions {
    /// Smallest intensity of a peak, as a fraction of the largest intensity of the pattern.
    pub min_relative_height: f64,
    /// Smallest prominence of a peak, as a fraction of the largest intensity of the pattern. The
    /// prominence is defined at [`Peak::prominence`].
    pub min_relative_prominence: f64,
}

impl Default for PeakOptions {
    fn default() -> Self {
        Self {
            min_relative_height: 0.01,
            min_relative_prominence: 0.01,
        }
    }
}

/// Smallest prominence of a peak in standard deviations of the noise.
const NOISE_MULTIPLE: f64 = 5.0;

impl PeakOptions {
    /// Options for a pattern with noise.
    ///
    /// The smallest prominence of a peak is set to five standard deviations of the noise, but at
    /// least to the default. Noise in the background is then not reported as peaks. For a pattern
    /// without noise, all options have their defaults.
    ///
    /// The standard deviation of the noise is estimated from the differences of neighbouring
    /// intensities y, as `median(|y[i+1] − y[i]|) / 0.954`. The factor 0.954 = 0.6745·√2 holds for
    /// normally distributed noise. Narrow diffraction lines hardly change the median.
    ///
    /// If most of the background was set to zero, more than half of the differences are 0. The
    /// estimate is then 0, and noise may be reported as peaks.
    ///
    /// Cost: O(n log n).
    ///
    /// # Example
    /// ```
    /// use xrd_relevance::PeakOptions;
    /// assert_eq!(PeakOptions::above_noise(&[1.0; 50]), PeakOptions::default());
    /// ```
    pub fn above_noise(intensities: &[f32]) -> Self {
        let pairs = intensities.windows(2);
        let mut steps: Vec<f64> = pairs.map(|p| f64::from((p[1] - p[0]).abs())).collect();
        steps.sort_by(f64::total_cmp);
        let median = steps.get(steps.len() / 2).copied().unwrap_or(0.0);
        let largest = f64::from(intensities.iter().copied().fold(0.0, f32::max));
        let share = NOISE_MULTIPLE * median / 0.954 / largest;
        let default = Self::default();
        Self {
            // The default remains for NaN, which results from an empty or a zero pattern.
            min_relative_prominence: share.clamp(0.0, 1.0).max(default.min_relative_prominence),
            ..default
        }
    }

    /// Sets the smallest intensity of a peak, as a fraction (0 to 1) of the largest intensity of
    /// the pattern.
    #[must_use]
    pub fn with_min_relative_height(mut self, height: f64) -> Self {
        self.min_relative_height = height;
        self
    }

    /// Sets the smallest [`prominence`](Peak::prominence) of a peak, as a fraction (0 to 1) of the
    /// largest intensity of the pattern.
    #[must_use]
    pub fn with_min_relative_prominence(mut self, prominence: f64) -> Self {
        self.min_relative_prominence = prominence;
        self
    }
}

/// Peak of a pattern: a local maximum.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Peak {
    /// Index of the grid point of the maximum. If several neighbouring points have the intensity
    /// of the maximum (a plateau), `index` is the index of the middle point. If the number of
    /// these points is even, `index` is the index of the left one of the two middle points.
    pub index: usize,
    /// Angle 2θ of the maximum in degrees.
    pub two_theta: f64,
    /// Intensity of the maximum, including the background.
    pub intensity: f32,
    /// Intensity divided by the largest intensity of the pattern.
    pub relative_intensity: f64,
    /// Prominence: the intensity of the maximum minus the higher one of two minima. One minimum
    /// lies on each side of the maximum.
    ///
    /// The left minimum is the lowest intensity between the maximum and the next higher intensity
    /// to the left. If no intensity to the left is higher, the search extends to the start of the
    /// pattern. The right minimum is found in the same way on the right side.
    pub prominence: f32,
    /// Range of grid points of the peak. On each side of the maximum, the range ends before the
    /// first grid point with an intensity below `intensity − prominence/2`. The width of the range
    /// of an isolated peak is its full width at half maximum above the background.
    pub extent: Range<usize>,
}

/// Finds the peaks of a pattern and returns them in order of 2θ.
///
/// A peak is a grid point whose two neighbours have lower intensities. A plateau of equal
/// intensities between lower intensities is one peak. The intensity and the prominence of a peak
/// are at least the limits in `options`. A maximum at the start or the end of the grid is not a
/// peak. A pattern without a positive intensity has no peaks.
///
/// Cost: O(n) for n grid points, plus the search for the prominence of each maximum. This search
/// ends at the next higher intensity on each side. The search is skipped for maxima below the
/// smallest intensity in `options`.
///
/// # Errors
/// - [`Error::Length`] unless there is one intensity per grid point.
/// - [`Error::NotFinite`] if an intensity is NaN or infinite.
/// - [`Error::Share`] for a limit of `options` outside 0 to 1.
///
/// # Example
/// ```
/// use xrd_core::TwoThetaGrid;
/// use xrd_relevance::{PeakOptions, find_peaks};
///
/// let grid = TwoThetaGrid::new(10.0, 0.1, 7)?;
/// let peaks = find_peaks(&grid, &[0.0, 1.0, 4.0, 1.0, 2.0, 1.0, 0.0], &PeakOptions::default())?;
/// assert_eq!(peaks.len(), 2);
/// assert_eq!((peaks[1].index, peaks[1].prominence), (4, 1.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn find_peaks(
    grid: &TwoThetaGrid,
    intensities: &[f32],
    options: &PeakOptions,
) -> Result<Vec<Peak>> {
    check(grid, intensities, options)?;
    let max = f64::from(intensities.iter().copied().fold(0.0, f32::max));
    if max == 0.0 {
        return Ok(Vec::new());
    }
    let (height, prominence) = (
        options.min_relative_height * max,
        options.min_relative_prominence * max,
    );
    let peaks = plateaus(intensities)
        .into_iter()
        .filter(|top| f64::from(intensities[*top.start()]) >= height)
        .map(|top| peak(grid, intensities, top, max))
        .filter(|peak| f64::from(peak.prominence) >= prominence)
        .collect();
    Ok(peaks)
}

fn check(grid: &TwoThetaGrid, intensities: &[f32], options: &PeakOptions) -> Result<()> {
    if intensities.len() != grid.len() {
        return Err(Error::Length {
            found: intensities.len(),
            expected: grid.len(),
        });
    }
    if let Some(index) = intensities.iter().position(|v| !v.is_finite()) {
        let value = intensities[index];
        return Err(Error::NotFinite { index, value });
    }
    crate::rank::check_share("least relative height", options.min_relative_height)?;
    crate::rank::check_share("least relative prominence", options.min_relative_prominence)
}

/// Runs of equal intensities with lower neighbours on both sides.
fn plateaus(y: &[f32]) -> Vec<RangeInclusive<usize>> {
    let mut tops = Vec::new();
    let mut first = 0;
    for run in y.chunk_by(|a, b| a == b) {
        let (last, next) = (first + run.len() - 1, first + run.len());
        if first > 0 && next < y.len() && y[first - 1] < run[0] && y[next] < run[0] {
            tops.push(first..=last);
        }
        first = next;
    }
    tops
}

fn peak(grid: &TwoThetaGrid, y: &[f32], top: RangeInclusive<usize>, max: f64) -> Peak {
    let (first, last) = (*top.start(), *top.end());
    let index = first + (last - first) / 2;
    let height = y[index];
    let lowest = |side: &mut dyn Iterator<Item = &f32>| {
        side.take_while(|&&v| v <= height)
            .copied()
            .fold(height, f32::min)
    };
    let left = lowest(&mut y[..first].iter().rev());
    let right = lowest(&mut y[last + 1..].iter());
    let prominence = height - left.max(right);
    let half = height - prominence / 2.0;
    let reach = |side: &mut dyn Iterator<Item = &f32>| side.take_while(|&&v| v >= half).count();
    let before = reach(&mut y[..first].iter().rev());
    let after = reach(&mut y[last + 1..].iter());
    Peak {
        index,
        two_theta: grid.angle(index),
        intensity: height,
        relative_intensity: f64::from(height) / max,
        prominence,
        extent: first - before..last + 1 + after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bumps_of_noise_are_no_peaks() {
        // Noise of ±1 by a formula, and one line of 40.
        let noise =
            |i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 23) - 1.0;
        let line = |i: u32| 40.0 * (-((f64::from(i) - 250.0) / 6.0).powi(2)).exp();
        let y: Vec<f32> = (0..500)
            .map(|i| (5.0 + noise(i) + line(i)) as f32)
            .collect();
        let options = PeakOptions::above_noise(&y);
        let found = find_peaks(&grid(500), &y, &options).unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].index.abs_diff(250) <= 3);
        assert!(
            find_peaks(&grid(500), &y, &PeakOptions::default())
                .unwrap()
                .len()
                > 10
        );
        assert_eq!(PeakOptions::above_noise(&[]), PeakOptions::default());
        assert_eq!(PeakOptions::above_noise(&[0.0; 4]), PeakOptions::default());
    }

    fn grid(n: usize) -> TwoThetaGrid {
        TwoThetaGrid::new(10.0, 0.1, n).unwrap()
    }

    fn all(y: &[f32]) -> Vec<Peak> {
        let options = PeakOptions {
            min_relative_height: 0.0,
            min_relative_prominence: 0.0,
        };
        find_peaks(&grid(y.len()), y, &options).unwrap()
    }

    /// Prominence by its definition, point by point.
    fn naive_prominence(y: &[f32], index: usize) -> f32 {
        let higher = |i: &usize| y[*i] > y[index];
        let from = (0..index).rev().find(higher).map_or(0, |i| i + 1);
        let to = (index..y.len()).find(higher).unwrap_or(y.len());
        let lowest = |part: &[f32]| part.iter().copied().fold(f32::MAX, f32::min);
        y[index] - lowest(&y[from..=index]).max(lowest(&y[index..to]))
    }

    proptest! {
        #[test]
        fn planted_peaks_are_found(gaps in prop::collection::vec((8usize..30, 0.05..1.0f64), 1..8)) {
            let mut centre = 0;
            let planted: Vec<(usize, f64)> = gaps
                .iter()
                .map(|&(gap, height)| { centre += gap; (centre, height) })
                .collect();
            let n = centre + 15;
            let y: Vec<f32> = (0..n).map(|i| {
                let bump = |&(at, height): &(usize, f64)| {
                    height * (-(i as f64 - at as f64).powi(2) / 4.0).exp()
                };
                planted.iter().map(bump).sum::<f64>() as f32
            }).collect();
            let peaks = find_peaks(&grid(n), &y, &PeakOptions::default()).unwrap();
            let found: Vec<usize> = peaks.iter().map(|p| p.index).collect();
            let expected: Vec<usize> = planted.iter().map(|p| p.0).collect();
            prop_assert_eq!(found, expected);
            for peak in &peaks {
                prop_assert!(peak.extent.contains(&peak.index));
                // The full width at half maximum is 3.3 points.
                prop_assert!((3..=5).contains(&peak.extent.len()), "{:?}", peak.extent);
            }
        }

        #[test]
        fn prominence_is_its_definition(y in prop::collection::vec(0u8..6, 3..40)) {
            let y: Vec<f32> = y.into_iter().map(f32::from).collect();
            for peak in all(&y) {
                prop_assert!(peak.prominence > 0.0);
                prop_assert_eq!(peak.prominence, naive_prominence(&y, peak.index));
                let lowest = peak.intensity - peak.prominence / 2.0;
                prop_assert!(y[peak.extent.clone()].iter().all(|&v| v >= lowest));
            }
        }

        #[test]
        fn limits_are_shares_of_the_maximum(
            y in prop::collection::vec(0u8..50, 3..60), height in 0.0..1.0f64, prominence in 0.0..1.0f64,
        ) {
            let y: Vec<f32> = y.into_iter().map(f32::from).collect();
            let max = y.iter().copied().fold(0.0, f32::max);
            let options = PeakOptions {
                min_relative_height: height,
                min_relative_prominence: prominence,
            };
            let found = find_peaks(&grid(y.len()), &y, &options).unwrap();
            let expected: Vec<Peak> = all(&y)
                .into_iter()
                .filter(|p| f64::from(p.intensity) >= height * f64::from(max))
                .filter(|p| f64::from(p.prominence) >= prominence * f64::from(max))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn plateaus_count_once_and_ends_never() {
        let peaks = all(&[5.0, 1.0, 3.0, 3.0, 3.0, 1.0, 2.0, 2.0, 0.0, 4.0]);
        let places: Vec<usize> = peaks.iter().map(|p| p.index).collect();
        assert_eq!(places, [3, 6]);
        assert_eq!(peaks[0].extent, 2..5);
        assert_eq!(peaks[0].relative_intensity, 0.6);
        assert_eq!((peaks[1].prominence, peaks[1].extent.clone()), (1.0, 6..8));
        assert!(all(&[1.0, 1.0, 1.0]).is_empty());
        assert!(all(&[-1.0, -0.5, -1.0]).is_empty());
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        let options = PeakOptions::default();
        let length = Err(Error::Length {
            found: 1,
            expected: 3,
        });
        assert_eq!(find_peaks(&grid(3), &[1.0], &options), length);
        let nan = find_peaks(&grid(2), &[1.0, f32::NAN], &options);
        assert!(matches!(nan, Err(Error::NotFinite { index: 1, .. })));
        for value in [-0.1, 1.1, f64::NAN] {
            let height = PeakOptions {
                min_relative_height: value,
                ..options
            };
            let prominence = PeakOptions {
                min_relative_prominence: value,
                ..options
            };
            for options in [height, prominence] {
                let refused = find_peaks(&grid(1), &[1.0], &options);
                assert!(matches!(refused, Err(Error::Share { .. })));
            }
        }
    }
}
