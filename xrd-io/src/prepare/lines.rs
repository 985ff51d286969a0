//! Lines of a pattern, in a form in which patterns of the same phases are near each other.

use xrd_core::TwoThetaGrid;

use super::snip;

/// Standard deviation (degrees) of the smoothing before the background is found.
const SMOOTHING_DEG: f64 = 0.1;

/// Half width (degrees) of the widest lines.
const BACKGROUND_DEG: f64 = 1.0;

/// Standard deviation (degrees) by which lines are broadened.
const BROADENING_DEG: f64 = 0.2;

/// Distance (degrees) of the points that remain. Broadened lines do not change within it.
const SPACING_DEG: f64 = 0.1;

/// Highest intensity before the background is found. SNIP depends on the unit of the intensities.
const HIGHEST: f64 = 1e4;

/// Intensity above the background, as a fraction of the highest, that counts as rounding. Without it, a
/// constant pattern would have lines.
const ROUNDING: f64 = 1e-6;

/// Conversion of patterns on one grid to their lines, in a form in which patterns of the same phases
/// are near each other.
///
/// From each pattern the background is subtracted ([`snip`](fn@crate::prepare::snip)). Then square roots are taken, so that weak
/// lines count more. The result is broadened by 0.2°, so that small shifts count less, kept at about
/// every 0.1°, and scaled to length 1.
///
/// # Example
/// ```
/// use xrd_io::prepare::Lines;
/// use xrd_io::xrd_core::TwoThetaGrid;
///
/// let lines = Lines::new(&TwoThetaGrid::new(10.0, 0.05, 200)?);
/// let peak = |i: i32| 5.0 + 90.0 * (-((i - 100) as f32 / 4.0).powi(2)).exp();
/// let found = lines.of(&(0..200).map(peak).collect::<Vec<f32>>());
/// assert_eq!((found.len(), lines.angle(50)), (100, 100));
/// assert!(found[50] > 0.2 && found[10] < 1e-6);
/// # Ok::<(), xrd_io::xrd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    smoothing: Vec<f64>,
    background: usize,
    broadening: Vec<f64>,
    every: usize,
}

impl Lines {
    /// Returns the conversion for patterns on a grid.
    pub fn new(grid: &TwoThetaGrid) -> Self {
        let points = |deg: f64| deg / grid.step();
        Self {
            smoothing: gaussian(points(SMOOTHING_DEG)),
            background: points(BACKGROUND_DEG).round() as usize,
            broadening: gaussian(points(BROADENING_DEG)),
            every: (points(SPACING_DEG) as usize).max(1),
        }
    }

    /// Returns the index of the angle of the point `index` of the lines.
    pub fn angle(&self, index: usize) -> usize {
        index * self.every
    }

    /// Returns lines of length 1, or zeros for a pattern without lines. The unit of the intensities has
    /// no effect.
    ///
    /// Cost O(points of the grid).
    pub fn of(&self, intensities: &[f32]) -> Vec<f64> {
        let mut lines = self.broadened(intensities);
        let length = lines.iter().map(|v| v * v).sum::<f64>().sqrt();
        if length > 0.0 {
            lines.iter_mut().for_each(|v| *v /= length);
        }
        lines
    }

    /// Square roots of the intensities above the background, broadened.
    fn broadened(&self, intensities: &[f32]) -> Vec<f64> {
        let values: Vec<f64> = intensities.iter().map(|&v| f64::from(v)).collect();
        let smooth = convolved(&values, &self.smoothing, 1);
        let highest = smooth.iter().copied().fold(0.0, f64::max);
        if highest <= 0.0 {
            return vec![0.0; intensities.len().div_ceil(self.every)];
        }
        let scaled: Vec<f64> = smooth
            .iter()
            .map(|v| v.max(0.0) / highest * HIGHEST)
            .collect();
        let background = snip(&scaled, self.background);
        let above = scaled.iter().zip(background).map(|(v, b)| v - b);
        let line = |v: f64| if v > ROUNDING * HIGHEST { v } else { 0.0 };
        let roots: Vec<f64> = above.map(|v| line(v).sqrt()).collect();
        convolved(&roots, &self.broadening, self.every)
    }
}

/// Half of a Gaussian of this standard deviation, in points, from its middle to 4 standard
/// deviations. The whole Gaussian has the sum 1.
fn gaussian(sd: f64) -> Vec<f64> {
    let reach = (4.0 * sd + 0.5) as usize;
    let at = |i: usize| (-0.5 * (i as f64 / sd.max(1e-9)).powi(2)).exp();
    let half: Vec<f64> = (0..=reach).map(at).collect();
    let sum = 2.0 * half.iter().sum::<f64>() - 1.0;
    half.into_iter().map(|v| v / sum).collect()
}

/// Convolution with a symmetric kernel at every `every`-th point. Beyond the ends, the values are those
/// at the ends.
fn convolved(values: &[f64], half: &[f64], every: usize) -> Vec<f64> {
    let (Some(first), Some(last)) = (values.first(), values.last()) else {
        return Vec::new();
    };
    let reach = half.len() - 1;
    let mut padded = vec![*first; reach];
    padded.extend(values);
    padded.extend(vec![*last; reach]);
    // Sums over the kernel outside and over neighbouring points inside use wide instructions.
    if every == 1 {
        let mut sums: Vec<f64> = values.iter().map(|v| half[0] * v).collect();
        for (k, w) in half.iter().enumerate().skip(1) {
            let pairs = padded[reach - k..].iter().zip(&padded[reach + k..]);
            for (sum, (a, b)) in sums.iter_mut().zip(pairs) {
                *sum += w * (a + b);
            }
        }
        return sums;
    }
    let at = |i: usize| {
        let (before, after) = (&padded[i..i + reach], &padded[i + reach + 1..]);
        let pairs = before.iter().rev().zip(after);
        let sides = half[1..].iter().zip(pairs).map(|(w, (a, b))| w * (a + b));
        half[0] * values[i] + sides.sum::<f64>()
    };
    (0..values.len()).step_by(every).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values printed by `scipy.ndimage.gaussian_filter1d(…, 1.5, mode="nearest")`.
    #[test]
    fn smoothing_agrees_with_scipy() {
        let values = [1.0, 0.0, 0.0, 5.0, 0.0, 2.0, 0.0, 0.0];
        let expected = [
            0.8150102621053574,
            0.9289185505853108,
            1.2908766817582982,
            1.5932128036314959,
            1.4994875196783493,
            1.0797518067415686,
            0.6059960185328875,
            0.2566693608920456,
        ];
        let found = convolved(&values, &gaussian(1.5), 1);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!(convolved(&values, &gaussian(0.01), 1), values);
        for (found, k) in convolved(&values, &gaussian(1.5), 3).iter().zip([0, 3, 6]) {
            assert!((found - expected[k]).abs() < 1e-12, "{found} {k}");
        }
        assert_eq!(convolved(&[], &gaussian(1.5), 1), [0.0; 0]);
    }

    #[test]
    fn lines_have_length_one_and_no_unit() {
        let grid = TwoThetaGrid::new(10.0, 0.02, 500).unwrap();
        let line = |i: i32| 3.0 + 100.0 * (-((i - 250) as f32 / 6.0).powi(2)).exp();
        let pattern: Vec<f32> = (0..500).map(line).collect();
        let lines = Lines::new(&grid);
        let found = lines.of(&pattern);
        assert_eq!((found.len(), lines.angle(1)), (100, 5));
        assert!((found.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-12);
        let scaled: Vec<f32> = pattern.iter().map(|v| v * 0.25).collect();
        assert!(
            found
                .iter()
                .zip(lines.of(&scaled))
                .all(|(a, b)| (a - b).abs() < 1e-9)
        );
        // The line is at 15°, and the ends have none.
        let highest = (0..100).max_by(|&a, &b| found[a].total_cmp(&found[b]));
        assert_eq!(highest, Some(50));
        assert!(found[10] < 1e-6 * found[50]);
    }

    #[test]
    fn patterns_without_lines_are_zero() {
        let lines = Lines::new(&TwoThetaGrid::new(10.0, 0.5, 30).unwrap());
        for flat in [0.0, -2.0, 7.0] {
            assert!(lines.of(&[flat; 30]).iter().all(|v| *v == 0.0), "{flat}");
        }
    }
}
