//! The angle of a line.

use crate::elementary::{asin, turn};

/// An angle of diffraction with what formulas ask of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bragg {
    pub(crate) two_theta_deg: f64,
    /// sin θ and cos θ.
    pub(crate) sin: f64,
    pub(crate) cos: f64,
}

impl Bragg {
    /// That of planes of this 1/d (Å⁻¹) at a wavelength (Å); none where no angle reflects.
    pub(crate) fn of_planes(inverse_d: f64, wavelength: f64) -> Option<Self> {
        let sin = wavelength * inverse_d / 2.0;
        (sin <= 1.0).then(|| Self {
            two_theta_deg: 2.0 * asin(sin).to_degrees(),
            sin,
            cos: (1.0 - sin * sin).sqrt(),
        })
    }

    /// An angle by its 2θ in degrees.
    pub(crate) fn of_degrees(two_theta_deg: f64) -> Self {
        let (cos, sin) = turn(two_theta_deg / 720.0);
        Self {
            two_theta_deg,
            sin,
            cos,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_give_one_angle() {
        for two_theta in [0.5, 30.0, 90.0, 150.0, 179.5] {
            let angle = Bragg::of_degrees(two_theta);
            assert!((angle.sin - (two_theta / 2.0).to_radians().sin()).abs() < 1e-15);
            let same = Bragg::of_planes(2.0 * angle.sin / 1.54, 1.54).unwrap();
            assert!((same.two_theta_deg - two_theta).abs() < 1e-11);
            assert!((same.cos - angle.cos).abs() < 1e-13);
        }
        assert!(Bragg::of_planes(1.4, 1.54).is_none());
        assert!(Bragg::of_planes(f64::NAN, 1.54).is_none());
    }
}
