//! Deviations of residuals, with a threshold computed from the set itself.

use nalgebra::DMatrix;

use super::left_out::{Columns, LeftOut};
use super::order::{median, quantile};
use super::windows::Windows;
use crate::error::Result;

/// Threshold of the deviations, in standard deviations above the median.
const THRESHOLD: f64 = 2.4;
/// Increase of the threshold in small sets, where the quartile is uncertain: 16 divided by the number
/// of patterns.
const FOR_SMALL_SETS: f64 = 16.0;
/// Smallest standard deviation of the logarithms.
const SMALLEST_SPREAD: f64 = 0.05;
/// Upper quartile of the normal distribution in standard deviations.
const NORMAL_QUARTILE: f64 = 0.6745;
/// Smallest deviation, so that every deviation has a logarithm.
const SMALLEST: f64 = 1e-12;
/// Number of times that outliers are left out and components are computed again.
const ROUNDS: usize = 2;
/// Largest fraction of patterns that is left out.
const MOST_LEFT_OUT: f64 = 0.15;

/// Deviations of patterns in standard deviations above the median of the set.
pub(super) struct Deviations {
    windows: Windows,
    centre: f64,
    spread: f64,
    /// Threshold in standard deviations.
    pub(super) threshold: f64,
}

impl Deviations {
    fn of(residuals: &DMatrix<f64>, per_line: usize) -> Self {
        let windows = Windows::new(residuals, per_line);
        let columns = residuals.column_iter();
        let logs: Vec<f64> = columns
            .map(|c| windows.deviation(c.as_slice()).max(SMALLEST).ln())
            .collect();
        let n = logs.len().max(1) as f64;
        let centre = median(logs.clone());
        let upper = quantile(logs, 0.75) - centre;
        Self {
            windows,
            centre,
            spread: (upper / NORMAL_QUARTILE).max(SMALLEST_SPREAD),
            threshold: THRESHOLD * (1.0 + FOR_SMALL_SETS / n),
        }
    }

    /// Returns the deviation of a residual in standard deviations.
    pub(super) fn deviation(&self, residual: &[f64]) -> f64 {
        let log = self.windows.deviation(residual).max(SMALLEST).ln();
        (log - self.centre) / self.spread
    }

    /// The windows in which residuals are compared.
    pub(super) fn windows(&self) -> &Windows {
        &self.windows
    }
}

/// Computes the residuals and deviations of all patterns, without the influence of outliers on the
/// components. Returns also which patterns have influence. A line has `per_line` bins.
pub(super) fn deviations(
    columns: &Columns,
    per_line: usize,
) -> Result<(LeftOut, Deviations, Vec<bool>)> {
    let mut kept = vec![true; columns.columns.ncols()];
    let mut left_out = columns.left_out(&kept)?;
    let mut found = Deviations::of(&left_out.residuals, per_line);
    for _ in 0..ROUNDS {
        let all: Vec<f64> = left_out
            .residuals
            .column_iter()
            .map(|c| found.deviation(c.as_slice()))
            .collect();
        let limit = quantile(all.clone(), 1.0 - MOST_LEFT_OUT).max(THRESHOLD);
        kept = all.iter().map(|d| *d < limit).collect();
        left_out = columns.left_out(&kept)?;
        found = Deviations::of(&left_out.residuals, per_line);
    }
    Ok((left_out, found, kept))
}
