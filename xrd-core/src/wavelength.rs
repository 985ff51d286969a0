use std::f64::consts::PI;
use std::fmt;

use crate::error::{Error, Result};

/// X-ray wavelength in ångström, positive and finite.
///
/// # Example
/// ```
/// use xrd_core::Wavelength;
/// let wavelength = Wavelength::angstrom(0.496)?;
/// let two_theta = wavelength.two_theta_deg(2.0).unwrap();
/// assert!((wavelength.d_spacing_angstrom(two_theta) - 2.0).abs() < 1e-12);
/// # Ok::<(), xrd_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64"))]
pub struct Wavelength(f64);

impl Wavelength {
    /// Creates a wavelength from its value in Å.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless 0.01 <= `value` <= 100. The usual X-ray energies in eV are
    /// outside this range, so an energy that is passed by mistake is refused. Wavelengths in nm
    /// and energies in keV can be inside this range.
    pub fn angstrom(value: f64) -> Result<Self> {
        if (0.01..=100.0).contains(&value) {
            return Ok(Self(value));
        }
        Err(Error::OutOfRange {
            what: "wavelength",
            value,
            expected: "0.01 to 100 angstrom",
        })
    }

    /// Wavelength in Å.
    pub fn as_angstrom(self) -> f64 {
        self.0
    }

    /// Diffraction angle 2θ, in degrees, of lattice planes with the spacing `d` in Å.
    ///
    /// The angle follows from Bragg's law, λ = 2d·sin θ. The result is `None` for `d < λ/2`,
    /// because such planes cannot diffract.
    pub fn two_theta_deg(self, d: f64) -> Option<f64> {
        let sin_theta = self.0 / (2.0 * d);
        (0.0..=1.0)
            .contains(&sin_theta)
            .then(|| 2.0 * sin_theta.asin().to_degrees())
    }

    /// Length of the scattering vector, Q = 4π·sin θ/λ, in Å⁻¹. The argument `two_theta` is the
    /// angle 2θ in degrees.
    ///
    /// Lattice planes that diffract at this angle have the spacing d = 2π/Q.
    pub fn q_per_angstrom(self, two_theta: f64) -> f64 {
        4.0 * PI * (two_theta.to_radians() / 2.0).sin() / self.0
    }

    /// Spacing d, in Å, of the lattice planes that diffract at a given angle. The argument
    /// `two_theta` is the angle 2θ in degrees (0 < 2θ <= 180).
    pub fn d_spacing_angstrom(self, two_theta: f64) -> f64 {
        self.0 / (2.0 * (two_theta.to_radians() / 2.0).sin())
    }

    /// Whether two wavelengths are equal to within a relative difference of 1e-4.
    ///
    /// Smaller differences, for example from rounding in files, are ignored.
    pub fn same_as(self, other: Self) -> bool {
        (self.0 - other.0).abs() < 1e-4 * self.0
    }
}

impl fmt::Display for Wavelength {
    /// Writes the wavelength in Å, rounded to seven digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = format!("{:.6e}", self.0).parse().unwrap_or(self.0);
        write!(f, "{rounded} angstrom")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bragg_inverts(lambda in 0.1..3.0f64, ratio in 0.5..50.0f64) {
            let wavelength = Wavelength::angstrom(lambda).unwrap();
            let d = lambda * ratio;
            let two_theta = wavelength.two_theta_deg(d).unwrap();
            prop_assert!((wavelength.d_spacing_angstrom(two_theta) / d - 1.0).abs() < 1e-9);
            prop_assert!((wavelength.q_per_angstrom(two_theta) * d / (2.0 * PI) - 1.0).abs() < 1e-9);
        }
    }

    /// Copper Kα1 on silicon, a = 5.430 94 Å: (111) at 28.44°, (220) at 47.30°.
    #[test]
    fn silicon_diffracts_where_every_laboratory_sees_it() {
        let copper = Wavelength::angstrom(1.540_593).unwrap();
        for (squares, expected) in [(3.0, 28.441), (8.0, 47.301)] {
            let d = 5.430_94 / f64::sqrt(squares);
            let two_theta = copper.two_theta_deg(d).unwrap();
            assert!((two_theta - expected).abs() < 2e-3, "{two_theta}");
            assert!((copper.q_per_angstrom(two_theta) - 2.0 * PI / d).abs() < 1e-12);
        }
        assert_eq!(copper.two_theta_deg(1.540_593 / 2.0), Some(180.0));
        assert_eq!(
            (copper.as_angstrom(), copper.to_string().as_str()),
            (1.540_593, "1.540593 angstrom")
        );
        // Of a file in nm with single precision.
        let rounded = Wavelength::angstrom(1.540_599_942_207_336_4).unwrap();
        assert_eq!(rounded.to_string(), "1.5406 angstrom");
    }

    #[test]
    fn wavelengths_are_the_same_to_one_in_ten_thousand() {
        let of = |value| Wavelength::angstrom(value).unwrap();
        for (share, same) in [
            (0.99e-4, true),
            (-0.99e-4, true),
            (1.01e-4, false),
            (-1.01e-4, false),
        ] {
            assert_eq!(of(0.5).same_as(of(0.5 * (1.0 + share))), same, "{share}");
            assert_eq!(of(20.0).same_as(of(20.0 * (1.0 + share))), same, "{share}");
        }
    }

    #[test]
    fn refuses_what_cannot_diffract() {
        let cu = Wavelength::angstrom(1.540_593).unwrap();
        assert_eq!(cu.two_theta_deg(0.7), None);
        assert!(Wavelength::angstrom(f64::NAN).is_err());
        assert!(Wavelength::angstrom(0.0).is_err());
        assert!(Wavelength::angstrom(8047.8).is_err());
    }
}
