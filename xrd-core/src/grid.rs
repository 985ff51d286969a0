use std::fmt;
use std::ops::Range;

use crate::error::{Error, Result, all_finite};

/// Uniform 2θ axis in degrees: `angle(i) = start + i·step`, `0 <= i < len`.
///
/// The operator `==` compares grids exactly. The method [`same_as`](Self::same_as) ignores
/// rounding errors.
///
/// # Example
/// ```
/// use xrd_core::TwoThetaGrid;
/// let grid = TwoThetaGrid::new(1.0, 0.01, 11_900)?;
/// assert_eq!(grid.angle(0), 1.0);
/// assert!((grid.last() - 119.99).abs() < 1e-9);
/// assert_eq!(grid.window(2.0, 0.03), 100..103);
/// # Ok::<(), xrd_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::TwoThetaGrid"))]
pub struct TwoThetaGrid {
    start: f64,
    step: f64,
    len: usize,
}

impl TwoThetaGrid {
    /// Creates a grid of equally spaced angles.
    ///
    /// The argument `start` is the first angle, and `step` is the distance between neighbouring
    /// angles. Both are in degrees. The argument `len` is the number of angles.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] unless `step > 0` and all angles are from −180° to 180°.
    /// - [`Error::Empty`] if `len` is 0.
    ///
    /// Negative angles are allowed, because they occur with area detectors and zero shifts.
    pub fn new(start: f64, step: f64, len: usize) -> Result<Self> {
        if !(step > 0.0 && step.is_finite()) {
            return Err(out_of_range("two-theta step", step, "> 0 degrees"));
        }
        if len == 0 {
            return Err(Error::Empty {
                what: "angles on the two-theta grid",
            });
        }
        let grid = Self { start, step, len };
        for angle in [grid.start, grid.last()] {
            if !(-180.0..=180.0).contains(&angle) {
                return Err(out_of_range("two-theta", angle, "-180 to 180 degrees"));
            }
        }
        Ok(grid)
    }

    /// Creates a grid from its angles in degrees.
    ///
    /// The step size is the mean distance between neighbouring angles, rounded to 1e-9 degrees.
    ///
    /// # Errors
    /// - [`Error::Length`] for fewer than two angles.
    /// - [`Error::NotFinite`] if an angle is NaN or infinite.
    /// - [`Error::OutOfRange`] unless the angles increase and are from −180° to 180°.
    /// - [`Error::NotUniform`] if an angle differs by more than 0.05 steps from its value on the
    ///   uniform grid.
    pub fn from_angles(angles: &[f64]) -> Result<Self> {
        all_finite("two-theta", angles.iter().copied())?;
        let [first, .., last] = angles else {
            return Err(Error::Length {
                what: "angles",
                found: angles.len(),
                expected: 2,
            });
        };
        for pair in angles.windows(2) {
            if pair[1] <= pair[0] {
                return Err(out_of_range(
                    "two-theta step",
                    pair[1] - pair[0],
                    "> 0 degrees",
                ));
            }
        }
        let step = round_to_1e9((last - first) / (angles.len() - 1) as f64);
        let grid = Self::new(*first, step, angles.len())?;
        for (index, (&found, expected)) in angles.iter().zip(grid.angles()).enumerate() {
            if (found - expected).abs() > 0.05 * step {
                return Err(Error::NotUniform {
                    index,
                    found,
                    expected,
                });
            }
        }
        Ok(grid)
    }

    /// First angle in degrees.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// Step size: the distance between neighbouring angles, in degrees.
    pub fn step(&self) -> f64 {
        self.step
    }

    /// Number of angles, at least one.
    #[allow(clippy::len_without_is_empty, reason = "a grid is never empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Angle of point `i` in degrees. The index `i` may be beyond the end of the grid.
    pub fn angle(&self, i: usize) -> f64 {
        self.start + self.step * i as f64
    }

    /// Last angle in degrees.
    pub fn last(&self) -> f64 {
        self.angle(self.len - 1)
    }

    /// All angles in degrees.
    pub fn angles(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        (0..self.len).map(|i| self.angle(i))
    }

    /// Indices of the grid points in a window of angles.
    ///
    /// The argument `from` is the first angle of the window, and `width` is the width of the
    /// window, both in degrees. The window contains the angles 2θ with `from <= 2θ < from + width`.
    ///
    /// A grid point that is less than 1e-6 steps away from an end of the window counts as lying at
    /// this end.
    pub fn window(&self, from: f64, width: f64) -> Range<usize> {
        let index = |angle: f64| {
            let i = ((angle - self.start) / self.step - 1e-6).ceil();
            i.clamp(0.0, self.len as f64) as usize
        };
        let begin = index(from);
        begin..index(from + width).max(begin)
    }

    /// Whether both grids have the same number of angles, and angles that differ by at most 0.01
    /// steps.
    pub fn same_as(&self, other: &Self) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= 0.01 * self.step;
        self.len == other.len && near(self.start, other.start) && near(self.last(), other.last())
    }
}

impl fmt::Display for TwoThetaGrid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} points from {} to {} by {} degrees",
            self.len,
            round_to_1e9(self.start),
            round_to_1e9(self.last()),
            round_to_1e9(self.step)
        )
    }
}

fn round_to_1e9(x: f64) -> f64 {
    (x * 1e9).round() / 1e9
}

fn out_of_range(what: &'static str, value: f64, expected: &'static str) -> Error {
    Error::OutOfRange {
        what,
        value,
        expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_is_no_axis() {
        assert!(TwoThetaGrid::new(0.0, 0.0, 5).is_err());
        assert!(TwoThetaGrid::new(0.0, f64::NAN, 5).is_err());
        assert!(TwoThetaGrid::new(f64::NAN, 0.1, 5).is_err());
        assert!(TwoThetaGrid::new(0.0, 0.1, 0).is_err());
        assert!(TwoThetaGrid::new(170.0, 0.1, 200).is_err());
        assert!(TwoThetaGrid::from_angles(&[1.0]).is_err());
        assert!(TwoThetaGrid::from_angles(&[1.0, 1.0, 2.0]).is_err());
        assert!(TwoThetaGrid::from_angles(&[2.0, 1.0]).is_err());
        assert!(matches!(
            TwoThetaGrid::from_angles(&[1.0, 2.0, 3.5, 4.0]),
            Err(Error::NotUniform { index: 2, .. })
        ));
        let falling = TwoThetaGrid::from_angles(&[2.0, 1.5]);
        assert!(matches!(
            falling,
            Err(Error::OutOfRange { value: -0.5, .. })
        ));
    }

    #[test]
    fn an_angle_may_be_off_by_a_twentieth_of_a_step() {
        for (share, uniform) in [
            (0.049, true),
            (-0.049, true),
            (0.051, false),
            (-0.051, false),
        ] {
            let angles = [10.0, 10.1 + share * 0.1, 10.2, 10.3];
            let grid = TwoThetaGrid::from_angles(&angles);
            assert_eq!(grid.is_ok(), uniform, "{share}");
        }
    }

    #[test]
    fn grids_are_the_same_to_a_hundredth_of_a_step() {
        let grid = TwoThetaGrid::new(10.0, 0.5, 11).unwrap();
        let other = |start, step, len| TwoThetaGrid::new(start, step, len).unwrap();
        assert!(grid.same_as(&other(10.0 + 0.0049, 0.5, 11)));
        assert!(!grid.same_as(&other(10.0 + 0.0051, 0.5, 11)));
        assert!(grid.same_as(&other(10.0, 0.5 + 0.000_49, 11)));
        assert!(!grid.same_as(&other(10.0, 0.5 + 0.000_51, 11)));
        assert!(!grid.same_as(&other(10.0, 0.5, 10)) && !grid.same_as(&other(10.0, 5.0 / 9.0, 10)));
    }

    #[test]
    fn angles_run_from_the_first_to_the_last() {
        let grid = TwoThetaGrid::new(10.5, 0.25, 7).unwrap();
        let angles: Vec<f64> = grid.angles().collect();
        assert_eq!(angles, [10.5, 10.75, 11.0, 11.25, 11.5, 11.75, 12.0]);
        assert_eq!((grid.start(), grid.step(), grid.last()), (10.5, 0.25, 12.0));
        let words = "7 points from 10.5 to 12 by 0.25 degrees";
        assert_eq!(grid.to_string(), words);
    }

    proptest! {
        #[test]
        fn from_angles_inverts_angles(
            start in -10.0..100.0f64, step in 0.001..0.1f64, len in 2usize..500,
        ) {
            let grid = TwoThetaGrid::new(start, step, len).unwrap();
            let angles: Vec<f64> = grid.angles().collect();
            prop_assert!(TwoThetaGrid::from_angles(&angles).unwrap().same_as(&grid));
        }

        #[test]
        fn windows_tile_the_grid(len in 1usize..300, points in 1usize..7) {
            let grid = TwoThetaGrid::new(5.0, 0.02, len).unwrap();
            let mut next = 0;
            while next < len {
                let window = grid.window(grid.angle(next), 0.02 * points as f64);
                prop_assert_eq!(window.clone(), next..(next + points).min(len));
                next = window.end;
            }
        }
    }
}
