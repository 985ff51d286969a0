//! Diffraction angles.

use multiversion::multiversion;

use crate::elementary::{asin, turn};

/// Diffraction angle with its sine and cosine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bragg {
    pub(crate) two_theta_deg: f64,
    /// sin θ and cos θ.
    pub(crate) sin: f64,
    pub(crate) cos: f64,
}

impl Bragg {
    /// Angles of the spacings with these 1/d (Å⁻¹, ascending) at a wavelength (Å), as far as they
    /// are at most `largest_deg`.
    pub(crate) fn of_spacings(inverse_d: &[f64], wavelength: f64, largest_deg: f64) -> Vec<Self> {
        let reflected = inverse_d.partition_point(|q| wavelength * q / 2.0 <= 1.0);
        let mut found = vec![Self::of_sin(0.0); reflected];
        find_all(&inverse_d[..reflected], wavelength, &mut found);
        found.truncate(found.partition_point(|b| b.two_theta_deg <= largest_deg));
        found
    }

    #[inline(always)]
    fn of_sin(sin: f64) -> Self {
        Self {
            two_theta_deg: 2.0 * asin(sin).to_degrees(),
            sin,
            cos: (1.0 - sin * sin).sqrt(),
        }
    }

    /// Angle from 2θ in degrees.
    pub(crate) fn of_degrees(two_theta_deg: f64) -> Self {
        let (cos, sin) = turn(two_theta_deg / 720.0);
        Self {
            two_theta_deg,
            sin,
            cos,
        }
    }
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn find_all(inverse_d: &[f64], wavelength: f64, found: &mut [Bragg]) {
    for (bragg, q) in found.iter_mut().zip(inverse_d) {
        *bragg = Bragg::of_sin(wavelength * q / 2.0);
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
            let same = Bragg::of_spacings(&[2.0 * angle.sin / 1.54], 1.54, 180.0)[0];
            assert!((same.two_theta_deg - two_theta).abs() < 1e-11);
            assert!((same.cos - angle.cos).abs() < 1e-13);
        }
        let found = |q: &[f64], largest| Bragg::of_spacings(q, 1.54, largest).len();
        assert_eq!(found(&[0.1, 1.2, 1.4], 180.0), 2);
        assert_eq!(found(&[0.1, 1.2, 1.4], 90.0), 1);
        assert_eq!(found(&[f64::NAN], 180.0), 0);
    }
}
