//! Angles that lines are drawn at, and the points of an axis between them.

use xrd_core::{TwoThetaGrid, Wavelength};

use super::Axis;
use crate::drawing::lagrange;
use crate::error::within;
use crate::{AmorphousHump, Result};

/// Drawn angles per full width at half maximum of the narrowest line.
const POINTS_PER_FWHM: f64 = 20.0;

/// Largest number of drawn angles.
const MOST_ANGLES: f64 = 2e7;

/// Drawn angles before the first point of the axis and after its last.
const MARGIN: usize = 4;

/// Uniform grid that lines are drawn on, and the points of an axis on it.
pub(crate) struct Sampling {
    grid: TwoThetaGrid,
    /// Angles of the points; `None` if they are those of the grid.
    angles: Option<Vec<f64>>,
}

impl Sampling {
    /// `narrowest` returns the width in degrees of the narrowest line at some angles.
    ///
    /// # Errors
    /// Any error of [`Axis::two_theta_deg`], and [`Error::OutOfRange`](crate::Error::OutOfRange)
    /// for an axis without points, a point outside 0 to 180°, or more than 2·10⁷ drawn angles.
    pub(crate) fn new<A: Axis>(
        axis: &A,
        wavelength: Wavelength,
        narrowest: impl FnOnce(&[f64]) -> Result<f64>,
    ) -> Result<Self> {
        if let Some(grid) = axis.uniform() {
            return Ok(Self { grid, angles: None });
        }
        let angles = axis.two_theta_deg(wavelength)?;
        within("number of points", angles.len() as f64, 1.0.., "1 or more")?;
        for angle in &angles {
            let expected = "0 to under 180 degrees";
            within("two-theta of a point", *angle, 0.0..180.0, expected)?;
        }
        Ok(Self {
            grid: fine_grid(&angles, narrowest(&angles)?)?,
            angles: Some(angles),
        })
    }

    /// The grid that lines are drawn on.
    pub(crate) fn grid(&self) -> &TwoThetaGrid {
        &self.grid
    }

    /// Intensities at the points of the axis, from those on the grid.
    pub(crate) fn at_points(&self, drawn: Vec<f64>) -> Vec<f64> {
        match &self.angles {
            None => drawn,
            Some(angles) => interpolate(&drawn, &self.grid, angles),
        }
    }

    /// Adds a hump to the intensities at the points of the axis.
    pub(crate) fn add_hump(&self, hump: &AmorphousHump, intensities: &mut [f64]) {
        let Some(angles) = &self.angles else {
            return hump.add(&self.grid, intensities);
        };
        for (y, angle) in intensities.iter_mut().zip(angles) {
            *y += hump.at(*angle);
        }
    }
}

/// Uniform grid around these angles, fine enough for lines of this width in degrees.
fn fine_grid(angles: &[f64], narrowest: f64) -> Result<TwoThetaGrid> {
    let first = angles.iter().copied().fold(f64::INFINITY, f64::min);
    let last = angles.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let step = narrowest / POINTS_PER_FWHM;
    let points = (last - first) / step;
    within(
        "number of angles",
        points,
        ..=MOST_ANGLES,
        "at most 2e7, for wider lines",
    )?;
    around(first, last, step)
}

/// Grid from before the first angle to after the last, as far as [`interpolate`] needs.
fn around(first: f64, last: f64, step: f64) -> Result<TwoThetaGrid> {
    // Rounded up: rounding may put the last angle on the next point.
    let points = ((last - first) / step).ceil() as usize + 2 * MARGIN;
    Ok(TwoThetaGrid::new(
        first - MARGIN as f64 * step,
        step,
        points,
    )?)
}

/// Values between the points of a grid, by the polynomial through the six nearest points.
fn interpolate(values: &[f64], grid: &TwoThetaGrid, angles: &[f64]) -> Vec<f64> {
    let at = |angle: &f64| {
        let x = (angle - grid.start()) / grid.step();
        let below = x.floor();
        let six = &values[below as usize - 2..][..6];
        let weights = lagrange(x - below);
        six.iter().zip(weights).map(|(y, w)| y * w).sum()
    };
    angles.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_angle_has_its_six_points() {
        for k in 1..20_000 {
            let (first, step) = (5.0 + f64::from(k) * 1e-3, 0.005 + f64::from(k % 7) * 1e-4);
            // A whole number of steps, as near as rounding allows.
            let last = first + f64::from(k) * step;
            let grid = around(first, last, step).unwrap();
            let ones = vec![1.0; grid.len()];
            let found = interpolate(&ones, &grid, &[first, last]);
            assert!(
                found.iter().all(|y| (y - 1.0).abs() < 1e-12),
                "{k}: {found:?}"
            );
        }
    }

    struct Angles(Vec<f64>);

    impl Axis for Angles {
        type Pattern = Vec<f32>;

        fn two_theta_deg(&self, _: Wavelength) -> Result<Vec<f64>> {
            Ok(self.0.clone())
        }

        fn pattern(&self, y: Vec<f32>, _: xrd_core::Scale, _: Wavelength) -> Result<Vec<f32>> {
            Ok(y)
        }
    }

    #[test]
    fn points_may_come_in_any_order_but_not_from_outside() {
        let sampling = |angles: &[f64]| {
            let wavelength = Wavelength::angstrom(1.0).unwrap();
            Sampling::new(&Angles(angles.to_vec()), wavelength, |_| Ok(0.1))
        };
        let falling = sampling(&[30.0, 10.004, 20.0]).unwrap();
        let drawn = falling.grid().angles().map(|a| a * a).collect();
        for (y, angle) in falling.at_points(drawn).iter().zip([30.0, 10.004, 20.0]) {
            assert!((y - angle * angle).abs() < 1e-9);
        }
        for bad in [&[][..], &[10.0, -1.0], &[180.0], &[f64::NAN]] {
            assert!(sampling(bad).is_err(), "{bad:?}");
        }
    }
}
