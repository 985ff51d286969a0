use serde::{Deserialize, Serialize};

use crate::history::PlaneUse;

/// Coordinates with a larger absolute value are saturated.
pub(crate) const BORDER: f64 = 0.99;

/// Sums over the latent points of an epoch, in the order of training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlaneWatch {
    points: u64,
    last: Vec<f64>,
    /// Σ(difference from the previous point)².
    squares: Vec<f64>,
    saturated: Vec<u64>,
}

impl PlaneWatch {
    pub(crate) fn see(&mut self, point: &[f64]) {
        if self.points == 0 {
            self.last = point.to_vec();
            self.squares = vec![0.0; point.len()];
            self.saturated = vec![0; point.len()];
        }
        for (axis, &value) in point.iter().enumerate() {
            self.squares[axis] += (value - self.last[axis]).powi(2);
            self.saturated[axis] += u64::from(value.abs() > BORDER);
        }
        self.last.copy_from_slice(point);
        self.points += 1;
    }

    pub(crate) fn plane_use(&self) -> PlaneUse {
        let pairs = self.points.saturating_sub(1).max(1) as f64;
        PlaneUse {
            spread: self
                .squares
                .iter()
                .map(|s| (s / (2.0 * pairs)).sqrt())
                .collect(),
            saturated: self
                .saturated
                .iter()
                .map(|&n| n as f64 / self.points.max(1) as f64)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_is_the_standard_deviation() {
        let mut watch = PlaneWatch::default();
        // Squares times the golden ratio, modulo 1, are uniform and unordered.
        for i in 0..10_000 {
            watch.see(&[(0.618_033_988_75 * f64::from(i * i)).fract(), 0.25]);
        }
        let spread = watch.plane_use().spread;
        assert!((spread[0] - 12f64.powf(-0.5)).abs() < 0.01, "{spread:?}");
        assert_eq!(spread[1], 0.0);
    }

    #[test]
    fn saturated_points_are_counted_by_axis() {
        let mut watch = PlaneWatch::default();
        for point in [[1.0, 0.0], [-0.995, 0.98], [0.0, 0.0], [0.999, -1.0]] {
            watch.see(&point);
        }
        assert_eq!(watch.plane_use().saturated, [0.75, 0.25]);
        assert_eq!(PlaneWatch::default().plane_use(), PlaneUse::default());
    }
}
