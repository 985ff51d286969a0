//! Measures by which points are searched: distances from a point P.

use crate::neighbours::{distance, length};
use crate::tree::{Bounds, Measure};

/// Squared Euclidean distance from P: the sum of the squared differences of the coordinates.
///
/// The limits of a box are exact: rounding is monotonic, so no rounded sum of a point in the box is
/// below the rounded sum of the nearest point of the box.
pub(crate) struct Squared<'a, F> {
    pub(crate) p: &'a [f64],
    /// Coordinates of each point.
    pub(crate) at: F,
}

impl<'a, F: Fn(usize) -> &'a [f64]> Squared<'_, F> {
    /// Upper limit for all points in a box.
    pub(crate) fn most(&self, bounds: Bounds<'_>) -> f64 {
        let farthest = |(p, (low, high)): (&f64, (&f64, &f64))| {
            let away = (low - p).abs().max((high - p).abs());
            away * away
        };
        self.p.iter().zip(sides(bounds)).map(farthest).sum()
    }
}

impl<'a, F: Fn(usize) -> &'a [f64]> Measure for Squared<'_, F> {
    fn of(&self, point: usize) -> f64 {
        squared(self.p, (self.at)(point))
    }

    fn least(&self, bounds: Bounds<'_>) -> f64 {
        let nearest = |(p, (low, high)): (&f64, (&f64, &f64))| {
            let away = p.clamp(*low, *high) - p;
            away * away
        };
        self.p.iter().zip(sides(bounds)).map(nearest).sum()
    }
}

/// Negative squared distance: the farthest point comes first.
pub(crate) struct Farthest<'a, F>(pub(crate) Squared<'a, F>);

impl<'a, F: Fn(usize) -> &'a [f64]> Measure for Farthest<'_, F> {
    fn of(&self, point: usize) -> f64 {
        -self.0.of(point)
    }

    fn least(&self, bounds: Bounds<'_>) -> f64 {
        -self.0.most(bounds)
    }
}

/// Distance from P, computed without overflow or underflow of the squares.
pub(crate) struct Euclidean<'a, F> {
    pub(crate) p: &'a [f64],
    /// Coordinates of each point.
    pub(crate) at: F,
}

impl<'a, F: Fn(usize) -> &'a [f64]> Measure for Euclidean<'_, F> {
    fn of(&self, point: usize) -> f64 {
        distance((self.at)(point), self.p)
    }

    fn least(&self, bounds: Bounds<'_>) -> f64 {
        let away = |(p, (low, high)): (&f64, (&f64, &f64))| (p.clamp(*low, *high) - p).abs();
        // The quotients in `length` are rounded, so that this limit needs a margin.
        (1.0 - 1e-12) * length(|| self.p.iter().zip(sides(bounds)).map(away))
    }
}

fn sides(bounds: Bounds<'_>) -> impl Iterator<Item = (&f64, &f64)> {
    bounds.low.iter().zip(bounds.high)
}

/// Sum of the squared differences.
pub(crate) fn squared(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).map(|(a, b)| (a - b) * (a - b)).sum()
}
