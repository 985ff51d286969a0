//! Ranges and curves of figures of patterns.

use std::ops::Range;

use xrd_core::TwoThetaGrid;

use super::axis::{Extent, extent, from_zero_if_near, padded};
use super::curve;
use super::panel::Panel;

/// Returns the range of 2θ with most of the intensity, a tenth of the grid wide. O(n).
pub(crate) fn strongest_tenth(grid: &TwoThetaGrid, intensity: &[f32]) -> (f64, f64) {
    let width = grid.len().div_ceil(10);
    let positive = |i: usize| {
        let value = intensity.get(i).copied().unwrap_or(0.0);
        if value.is_finite() {
            f64::from(value).max(0.0)
        } else {
            0.0
        }
    };
    let mut sum: f64 = (0..width).map(positive).sum();
    let (mut best, mut greatest) = (0, sum);
    for first in 1..=grid.len() - width {
        sum += positive(first + width - 1) - positive(first - 1);
        if sum > greatest * (1.0 + 1e-9) {
            (best, greatest) = (first, sum);
        }
    }
    // The margin keeps a strong peak at the edge whole.
    let first = best.saturating_sub(width / 20);
    (grid.angle(first), grid.angle(first + width))
}

/// Returns the range of 2θ of an axis for the whole grid. It starts at zero if the grid starts near zero.
pub(crate) fn whole_axis(grid: &TwoThetaGrid) -> (f64, f64) {
    from_zero_if_near((grid.start(), grid.angle(grid.len())))
}

/// Returns the path of the points `range` of a pattern in a panel.
pub(crate) fn pattern_path(
    panel: &Panel,
    grid: &TwoThetaGrid,
    values: &[f32],
    range: Range<usize>,
) -> String {
    let range = range.start.min(values.len())..range.end.min(values.len());
    let places = range.map(|i| panel.at(grid.angle(i), f64::from(values[i])));
    curve::path(places)
}

/// Returns the indices of the grid points from one angle to another.
pub(crate) fn points_between(grid: &TwoThetaGrid, (from, to): (f64, f64)) -> Range<usize> {
    grid.window(from, to - from)
}

/// Returns the range from zero to the largest value, with a margin above. It includes negative
/// values.
pub(crate) fn intensity_range(values: impl IntoIterator<Item = f64>) -> Extent {
    let (low, high) = extent(values)?;
    let (low, high) = (low.min(0.0), high.max(0.0));
    Some(padded(
        (low, high),
        if low < 0.0 { 0.04 } else { 0.0 },
        0.06,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(len: usize) -> TwoThetaGrid {
        TwoThetaGrid::new(1.0, 0.01, len).unwrap()
    }

    fn peak(len: usize, center: usize) -> Vec<f32> {
        let distance = |i: usize| (i as f32 - center as f32) / 5.0;
        (0..len).map(|i| (-distance(i).powi(2)).exp()).collect()
    }

    #[test]
    fn the_strongest_tenth_holds_the_peak() {
        let (from, to) = strongest_tenth(&grid(1000), &peak(1000, 700));
        assert!((to - from - 1.0).abs() < 1e-9);
        assert!(from <= 8.0 && 8.0 <= to);
        for len in [1, 2, 9, 10, 11] {
            let (from, to) = strongest_tenth(&grid(len), &[]);
            assert!(from < to);
        }
    }
}
