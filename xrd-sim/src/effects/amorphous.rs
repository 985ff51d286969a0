use std::f64::consts::LN_2;

use multiversion::multiversion;
use xrd_core::TwoThetaGrid;

use crate::Result;
use crate::elementary::exp;
use crate::error::within;

/// Amorphous hump, for example of glass or a sample holder: a Gaussian in 2θ.
///
/// The Gaussian shape is empirical. The shape of a real amorphous halo depends on the distances
/// between atoms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AmorphousHump {
    centre_deg: f64,
    fwhm_deg: f64,
    height: f64,
}

impl AmorphousHump {
    /// Creates a hump from its centre, its full width at half maximum and its height.
    ///
    /// The centre and the width are in degrees of 2θ. The unit of the height is the maximum of the
    /// lines alone, without humps, background and noise (see [`Effects`](crate::Effects)).
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the centre is −180 to 180°, the width
    /// is greater than 0 and at most 180°, and the height is 0 to 1000.
    pub fn new(centre_deg: f64, fwhm_deg: f64, height: f64) -> Result<Self> {
        let (centre, range) = (-180.0..=180.0, f64::MIN_POSITIVE..=180.0);
        Ok(Self {
            centre_deg: within("hump centre", centre_deg, centre, "-180 to 180 degrees")?,
            fwhm_deg: within("hump width", fwhm_deg, range, "over 0 to 180 degrees")?,
            height: within("hump height", height, 0.0..=1000.0, "0 to 1000")?,
        })
    }

    /// Returns the intensity of the hump at the angle `two_theta`, in degrees.
    #[inline]
    pub fn at(&self, two_theta: f64) -> f64 {
        let u = (two_theta - self.centre_deg) / self.fwhm_deg;
        self.height * exp(-4.0 * LN_2 * u * u)
    }

    /// Adds the hump to a pattern.
    ///
    /// The argument `intensities` contains one intensity per point of the argument `grid`.
    pub fn add(&self, grid: &TwoThetaGrid, intensities: &mut [f64]) {
        add_hump(self, grid, intensities);
    }
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn add_hump(hump: &AmorphousHump, grid: &TwoThetaGrid, intensities: &mut [f64]) {
    let (start, step) = (grid.start(), grid.step());
    for (i, y) in intensities.iter_mut().enumerate().take(grid.len()) {
        *y += hump.at(start + step * f64::from(i as u32));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hump_has_its_height_width_and_area() {
        let hump = AmorphousHump::new(25.0, 8.0, 0.2).unwrap();
        assert_eq!(hump.at(25.0), 0.2);
        assert!((hump.at(21.0) - 0.1).abs() < 1e-15);
        let grid = TwoThetaGrid::new(0.0, 0.01, 9001).unwrap();
        let mut intensities = vec![1.0; grid.len()];
        hump.add(&grid, &mut intensities);
        let area: f64 = intensities.iter().map(|y| (y - 1.0) * grid.step()).sum();
        let expected = 0.2 * 8.0 * (std::f64::consts::PI / (4.0 * LN_2)).sqrt();
        assert!((area - expected).abs() < 1e-6);
    }

    #[test]
    fn what_is_no_hump_is_refused() {
        assert!(AmorphousHump::new(25.0, 0.0, 0.2).is_err());
        assert!(AmorphousHump::new(f64::NAN, 1.0, 0.2).is_err());
        assert!(AmorphousHump::new(25.0, 1.0, -0.1).is_err());
    }
}
