//! Residuals smoothed by a line width, compared with those of the other patterns.

use std::ops::Range;

use nalgebra::DMatrix;

use super::order::{median, quantile};

/// Number of the largest ratios whose mean is the deviation.
const LARGEST: usize = 10;
/// Quantile of the residuals of a window that is its unit.
const UNIT: f64 = 0.9;
/// Smallest unit of a window, as a fraction of the median residual of all windows.
const SMALLEST_UNIT: f64 = 0.3;
/// Smallest median residual, as a fraction of the mean value of a pattern.
const NEGLIGIBLE: f64 = 1e-6;
/// Standard deviation of the Gaussian, as a fraction of the line width.
const SIGMA: f64 = 0.5;
/// Standard deviations of the Gaussian to either side.
const REACH: f64 = 4.0;

/// Windows of half a line width, each with the usual size of its residual. The residual of a window is
/// a mean with the weights of a Gaussian that is a line width wide, so that a whole line counts and
/// noise does not.
pub(super) struct Windows {
    /// Number of bins per window.
    bins: usize,
    /// Weights of the bin in the middle of a window and of those to either side.
    weights: Vec<f64>,
    units: Vec<f64>,
}

impl Windows {
    /// Computes the units of the windows. `residuals` has one column per pattern; `per_line` is the
    /// number of bins per line width.
    pub(super) fn new(residuals: &DMatrix<f64>, per_line: usize) -> Self {
        let sigma = SIGMA * per_line as f64;
        let weight = |i: usize| (-0.5 * (i as f64 / sigma).powi(2)).exp();
        let mut windows = Self {
            bins: (per_line / 2).max(1),
            weights: (0..=(REACH * sigma).ceil() as usize).map(weight).collect(),
            units: Vec::new(),
        };
        let columns = residuals.column_iter();
        let columns: Vec<Vec<f64>> = columns.map(|c| windows.sizes(c.as_slice())).collect();
        let negligible = NEGLIGIBLE / (residuals.nrows().max(1) as f64).sqrt();
        let typical = median(columns.concat()).max(negligible);
        let count = columns.first().map_or(0, Vec::len);
        let unit = |w: usize| {
            let usual = quantile(columns.iter().map(|c| c[w]).collect(), UNIT);
            usual.hypot(SMALLEST_UNIT * typical)
        };
        windows.units = (0..count).map(unit).collect();
        windows
    }

    /// Means of the windows. The last window may be shorter.
    fn means(&self, residual: &[f64]) -> Vec<f64> {
        let mean = |start: usize| {
            let middle = (start + self.bins / 2).min(residual.len() - 1);
            let reach = self.weights.len() - 1;
            let near = middle.saturating_sub(reach)..(middle + reach + 1).min(residual.len());
            let weights = near.clone().map(|b| self.weights[b.abs_diff(middle)]);
            let sum: f64 = weights
                .clone()
                .zip(&residual[near])
                .map(|(w, v)| w * v)
                .sum();
            sum / weights.sum::<f64>()
        };
        (0..residual.len()).step_by(self.bins).map(mean).collect()
    }

    /// Absolute values of the means of the windows.
    fn sizes(&self, residual: &[f64]) -> Vec<f64> {
        self.means(residual).into_iter().map(f64::abs).collect()
    }

    /// Returns the mean of each window in its unit.
    fn ratios(&self, residual: &[f64]) -> Vec<f64> {
        let means = self.means(residual);
        let pairs = means.iter().zip(&self.units);
        pairs.map(|(mean, unit)| mean / unit).collect()
    }

    /// Returns the deviation of a pattern: the mean of the largest ratios.
    pub(super) fn deviation(&self, residual: &[f64]) -> f64 {
        let mut ratios = self.ratios(residual);
        ratios.iter_mut().for_each(|r| *r = r.abs());
        ratios.sort_by(|a, b| b.total_cmp(a));
        let largest = &ratios[..ratios.len().min(LARGEST)];
        largest.iter().sum::<f64>() / largest.len().max(1) as f64
    }

    /// Returns the bins of the window with the largest ratio, together with the windows next to it
    /// whose ratios are at least half of it. Returns also whether the ratio is positive.
    ///
    /// Foreign lines reduce the share of all other lines. A positive ratio therefore counts if it is
    /// at least half as large as the largest negative one.
    pub(super) fn strongest(&self, residual: &[f64]) -> (Range<usize>, bool) {
        let ratios = self.ratios(residual);
        let highest = ratios.iter().copied().fold(0.0, f64::max);
        let lowest = ratios.iter().copied().fold(0.0, f64::min);
        let is_positive = highest >= 0.5 * -lowest;
        let sign = if is_positive { 1.0 } else { -1.0 };
        let sizes: Vec<f64> = ratios.into_iter().map(|r| sign * r).collect();
        let indices = 0..sizes.len();
        let Some(top) = indices.max_by(|&a, &b| sizes[a].total_cmp(&sizes[b])) else {
            return (0..0, is_positive);
        };
        let near = |w: &usize| sizes[*w] >= 0.5 * sizes[top];
        let from = (0..top).rev().take_while(near).last().unwrap_or(top);
        let to = (top + 1..sizes.len()).take_while(near).last();
        let end = (to.unwrap_or(top) + 1) * self.bins;
        (from * self.bins..end.min(residual.len()), is_positive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_windows_are_those_around_the_largest_ratio() {
        let ones = DMatrix::from_element(60, 5, 1.0);
        let windows = Windows::new(&ones, 4);
        let mut residual = vec![1.0; 60];
        residual[20..28].fill(9.0);
        residual[50] = 3.0;
        let (strongest, is_positive) = windows.strongest(&residual);
        assert!(is_positive);
        assert!((18..=20).contains(&strongest.start) && (28..=30).contains(&strongest.end));
        assert_eq!(windows.strongest(&[1.0; 60]), (0..60, true));
        let negative: Vec<f64> = residual.iter().map(|v| -v).collect();
        assert_eq!(windows.strongest(&negative), (strongest, false));
        let (deviation, usual) = (windows.deviation(&residual), windows.deviation(&[1.0; 60]));
        assert!(deviation > 3.0 * usual, "{deviation} {usual}");
    }

    /// A line counts more than noise with the same sum of squares.
    #[test]
    fn noise_is_averaged() {
        let windows = Windows::new(&DMatrix::from_element(80, 3, 1.0), 8);
        let line: Vec<f64> = (0..80)
            .map(|i| f64::from(u8::from((40..48).contains(&i))))
            .collect();
        let noise: Vec<f64> = line
            .iter()
            .enumerate()
            .map(|(i, v)| v * [1.0, -1.0][i % 2])
            .collect();
        assert!(windows.deviation(&line) > 5.0 * windows.deviation(&noise));
    }

    #[test]
    fn residuals_of_rounding_have_no_ratios() {
        let tiny = DMatrix::from_fn(40, 6, |i, k| 1e-17 * ((i * k) % 5) as f64);
        let windows = Windows::new(&tiny, 4);
        let deviations = tiny.column_iter().map(|c| windows.deviation(c.as_slice()));
        assert!(deviations.fold(0.0, f64::max) < 1e-6);
    }
}
