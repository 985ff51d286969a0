//! Residuals in windows of a line width, compared with those of the other patterns.

use std::ops::Range;

use nalgebra::DMatrix;

use super::order::{median, quantile};

/// Number of the largest ratios whose mean is the deviation.
const LARGEST: usize = 10;
/// Quantile of the residuals of a window that is its unit.
const UNIT: f64 = 0.75;
/// Smallest unit of a window, as a fraction of the median residual of all windows.
const SMALLEST_UNIT: f64 = 0.3;
/// Smallest median residual, as a fraction of the mean value of a pattern.
const NEGLIGIBLE: f64 = 1e-6;

/// Windows of a line width, each with the usual size of its residual.
pub(super) struct Windows {
    bins: usize,
    units: Vec<f64>,
}

impl Windows {
    /// Computes the units of the windows. `residuals` has one column per pattern.
    pub(super) fn new(residuals: &DMatrix<f64>, bins: usize) -> Self {
        let columns: Vec<Vec<f64>> = residuals
            .column_iter()
            .map(|c| sizes(c.as_slice(), bins))
            .collect();
        let negligible = NEGLIGIBLE / (residuals.nrows().max(1) as f64).sqrt();
        let typical = median(columns.concat()).max(negligible);
        let count = columns.first().map_or(0, Vec::len);
        let unit = |w: usize| {
            let usual = quantile(columns.iter().map(|c| c[w]).collect(), UNIT);
            usual.hypot(SMALLEST_UNIT * typical)
        };
        let units = (0..count).map(unit).collect();
        Self { bins, units }
    }

    /// Returns the residual of each window in its unit.
    fn ratios(&self, residual: &[f64]) -> Vec<f64> {
        let sizes = sizes(residual, self.bins);
        let pairs = sizes.iter().zip(&self.units);
        pairs.map(|(size, unit)| size / unit).collect()
    }

    /// Returns the deviation of a pattern: the mean of the largest ratios.
    pub(super) fn deviation(&self, residual: &[f64]) -> f64 {
        let mut ratios = self.ratios(residual);
        ratios.sort_by(|a, b| b.total_cmp(a));
        let largest = &ratios[..ratios.len().min(LARGEST)];
        largest.iter().sum::<f64>() / largest.len().max(1) as f64
    }

    /// Returns the bins of the window with the largest ratio, together with the windows next to it
    /// whose ratios are at least half of it.
    pub(super) fn strongest(&self, residual: &[f64]) -> Range<usize> {
        let ratios = self.ratios(residual);
        let indices = 0..ratios.len();
        let Some(top) = indices.max_by(|&a, &b| ratios[a].total_cmp(&ratios[b])) else {
            return 0..0;
        };
        let near = |w: &usize| ratios[*w] >= 0.5 * ratios[top];
        let from = (0..top).rev().take_while(near).last().unwrap_or(top);
        let to = (top + 1..ratios.len()).take_while(near).last();
        from * self.bins..((to.unwrap_or(top) + 1) * self.bins).min(residual.len())
    }
}

/// Root mean squares of the windows. The last window may be shorter.
fn sizes(residual: &[f64], bins: usize) -> Vec<f64> {
    let mean_square = |w: &[f64]| w.iter().map(|v| v * v).sum::<f64>() / w.len() as f64;
    residual
        .chunks(bins)
        .map(|w| mean_square(w).sqrt())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_windows_are_those_around_the_largest_ratio() {
        let ones = DMatrix::from_element(12, 5, 1.0);
        let windows = Windows::new(&ones, 2);
        let mut residual = vec![1.0; 12];
        residual[4..8].fill(9.0);
        residual[9] = 3.0;
        assert_eq!(windows.strongest(&residual), 4..8);
        assert_eq!(windows.strongest(&vec![1.0; 12]), 0..12);
        let (deviation, usual) = (windows.deviation(&residual), windows.deviation(&[1.0; 12]));
        assert!(deviation > 3.0 * usual, "{deviation} {usual}");
    }

    #[test]
    fn residuals_of_rounding_have_no_ratios() {
        let tiny = DMatrix::from_fn(40, 6, |i, k| 1e-17 * ((i * k) % 5) as f64);
        let windows = Windows::new(&tiny, 4);
        let deviations = tiny.column_iter().map(|c| windows.deviation(c.as_slice()));
        assert!(deviations.fold(0.0, f64::max) < 1e-6);
    }
}
