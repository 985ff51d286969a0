use xrd_core::Wavelength;

use crate::{Anode, Error, Result};

/// X-ray beam and scattering model: wavelength, polarisation, dispersion and atomic displacement.
///
/// # Example
/// ```
/// use xrd_sim::{Diffraction, Polarization};
/// // Copper Kα1 behind a graphite monochromator.
/// let graphite = Polarization::monochromator(26.4)?;
/// let copper = Diffraction::default().with_polarization(graphite).with_b_iso(0.8);
/// assert_eq!(copper.wavelength.as_angstrom(), 1.5405929);
/// # Ok::<(), xrd_sim::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Diffraction {
    /// Wavelength of the beam; by default Cu Kα1 (1.5405929 Å).
    pub wavelength: Wavelength,
    /// Isotropic displacement parameter B in Å² for atoms with unknown displacement; 0.5 by
    /// default.
    pub b_iso: f64,
    /// Threshold for weak reflections, relative to the strongest reflection; 10⁻⁹ by default.
    ///
    /// [`reflections()`](crate::reflections()) and
    /// [`reflections_by_symmetry`](crate::reflections_by_symmetry) skip reflections that are not
    /// stronger than the threshold.
    pub weakest: f64,
    /// Polarisation of the beam; unpolarised by default.
    pub polarization: Polarization,
    /// Whether form factors include f′ and f″ ([`Dispersion`](crate::Dispersion)); `false` by
    /// default.
    pub dispersion: bool,
}

impl Diffraction {
    /// Creates a model with this wavelength and the default values of all other fields.
    pub fn new(wavelength: Wavelength) -> Self {
        Self {
            wavelength,
            b_iso: 0.5,
            weakest: 1e-9,
            polarization: Polarization::UNPOLARIZED,
            dispersion: false,
        }
    }

    /// Sets the wavelength.
    pub fn with_wavelength(mut self, wavelength: Wavelength) -> Self {
        self.wavelength = wavelength;
        self
    }

    /// Sets the isotropic displacement parameter B in Å² for atoms with unknown displacement.
    pub fn with_b_iso(mut self, b_iso: f64) -> Self {
        self.b_iso = b_iso;
        self
    }

    /// Sets the threshold for weak reflections, relative to the strongest reflection.
    pub fn with_weakest(mut self, weakest: f64) -> Self {
        self.weakest = weakest;
        self
    }

    /// Sets the polarisation of the beam.
    pub fn with_polarization(mut self, polarization: Polarization) -> Self {
        self.polarization = polarization;
        self
    }

    /// Sets whether form factors include f′ and f″ ([`Dispersion`](crate::Dispersion)).
    pub fn with_dispersion(mut self, dispersion: bool) -> Self {
        self.dispersion = dispersion;
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.b_iso.is_finite() {
            return Ok(());
        }
        Err(Error::OutOfRange {
            what: "displacement B",
            value: self.b_iso,
            expected: "a finite number of square angstrom",
        })
    }
}

/// Polarisation of the beam, given by the ratio K.
///
/// K is a ratio of two intensities: the part polarised in the plane of scattering, divided by the
/// part polarised perpendicular to this plane. In the polarisation factor, cos²2θ is multiplied by
/// K.
///
/// # References
/// International Tables for Crystallography C (2004), section 6.2.2.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::Polarization"))]
pub struct Polarization(pub(crate) f64);

impl Default for Diffraction {
    /// Creates the model for unpolarised Cu Kα1 with B = 0.5 Å².
    fn default() -> Self {
        Self::new(Anode::Cu.k_alpha1())
    }
}

impl Polarization {
    /// Unpolarised beam (K = 1), for example of an X-ray tube without a monochromator.
    pub const UNPOLARIZED: Self = Self(1.0);

    /// Creates the polarisation of an X-ray tube with a monochromator: K = cos²2θ_M.
    ///
    /// The monochromator is a mosaic crystal before or after the sample. It diffracts in the plane
    /// of scattering at the angle 2θ_M. The argument `two_theta_deg` is 2θ_M in degrees, for
    /// example 26.4 for graphite and Cu Kα.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless 0 <= 2θ_M < 180°.
    pub fn monochromator(two_theta_deg: f64) -> Result<Self> {
        if !(0.0..180.0).contains(&two_theta_deg) {
            return Err(Error::OutOfRange {
                what: "two-theta of the monochromator",
                value: two_theta_deg,
                expected: "0 to under 180 degrees",
            });
        }
        Ok(Self(two_theta_deg.to_radians().cos().powi(2)))
    }

    /// Creates the polarisation of a synchrotron beam that is scattered in the vertical plane.
    ///
    /// The argument `horizontal_share` is p, the fraction of the intensity that is polarised
    /// horizontally. The ratio is K = (1 − p)/p.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless 0.5 <= p <= 1.
    pub fn synchrotron(horizontal_share: f64) -> Result<Self> {
        if !(0.5..=1.0).contains(&horizontal_share) {
            return Err(Error::OutOfRange {
                what: "horizontally polarised share",
                value: horizontal_share,
                expected: "0.5 to 1",
            });
        }
        Ok(Self((1.0 - horizontal_share) / horizontal_share))
    }

    /// Returns the ratio K.
    pub fn ratio(self) -> f64 {
        self.0
    }

    /// Returns the Lorentz-polarisation factor of a powder. The argument `two_theta` is the angle
    /// 2θ in degrees (0 < 2θ < 180).
    ///
    /// LP = 2·(1 + K·cos²2θ) / ((1 + K)·sin²θ·cos θ). For an unpolarised beam (K = 1), this equals
    /// (1 + cos²2θ) / (sin²θ·cos θ).
    ///
    /// # References
    /// International Tables for Crystallography C (2004), sections 6.2.5 and 6.2.6.
    pub fn lorentz_polarization(self, two_theta: f64) -> f64 {
        self.at_sin_squared((two_theta.to_radians() / 2.0).sin().powi(2))
    }

    /// Lorentz-polarisation factor by sin²θ.
    #[inline(always)]
    pub(crate) fn at_sin_squared(self, sin_squared: f64) -> f64 {
        let cos_2 = 1.0 - 2.0 * sin_squared;
        let weight = 2.0 / (1.0 + self.0);
        weight * (1.0 + self.0 * cos_2 * cos_2) / (sin_squared * (1.0 - sin_squared).sqrt())
    }
}

/// Returns the Lorentz-polarisation factor of a powder in an unpolarised beam.
///
/// LP = (1 + cos²2θ) / (sin²θ·cos θ), where 2θ is `two_theta` in degrees (0 < 2θ < 180). For
/// polarised beams, use [`Polarization::lorentz_polarization`].
pub fn lorentz_polarization(two_theta: f64) -> f64 {
    Polarization::UNPOLARIZED.lorentz_polarization(two_theta)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_textbook_s(two_theta in 0.1..179.0f64, k in 0.0..90.0f64) {
            let (sin, cos) = (two_theta / 2.0).to_radians().sin_cos();
            let cos_2 = two_theta.to_radians().cos();
            let lorentz = 1.0 / (sin * sin * cos);
            let ratio = lorentz_polarization(two_theta) / ((1.0 + cos_2 * cos_2) * lorentz);
            prop_assert!((ratio - 1.0).abs() < 1e-9);
            let crystal = Polarization::monochromator(k).unwrap();
            let k = k.to_radians().cos().powi(2);
            let expected = (1.0 + k * cos_2 * cos_2) / (1.0 + k) * 2.0 * lorentz;
            let ratio = crystal.lorentz_polarization(two_theta) / expected;
            prop_assert!((ratio - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_fully_polarised_beam_loses_nothing_across_its_plane() {
        let beam = Polarization::synchrotron(1.0).unwrap();
        let lorentz =
            |t: f64| 1.0 / ((t.to_radians() / 2.0).sin().powi(2) * (t.to_radians() / 2.0).cos());
        let ratio = |t: f64| beam.lorentz_polarization(t) / lorentz(t);
        assert!((ratio(90.0) / ratio(10.0) - 1.0).abs() < 1e-12);
        assert_eq!(
            Polarization::synchrotron(0.5).unwrap(),
            Polarization::UNPOLARIZED
        );
        assert_eq!(
            Polarization::monochromator(0.0).unwrap(),
            Polarization::UNPOLARIZED
        );
    }

    #[test]
    fn bad_beams_are_refused() {
        assert!(Polarization::synchrotron(0.4).is_err());
        assert!(Polarization::monochromator(180.0).is_err());
        assert!(Polarization::monochromator(f64::NAN).is_err());
    }
}
