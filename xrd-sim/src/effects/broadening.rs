use multiversion::multiversion;

use crate::bragg::Bragg;
use crate::elementary::fifth_root;
use crate::error::within;
use crate::{Profile, Result, Shape};

/// Shape constant K of Scherrer's formula for the FWHM.
const SCHERRER: f64 = 0.9;

/// Line profile whose width depends on the angle.
///
/// The profile is the pseudo-Voigt function of Thompson, Cox and Hastings. The Gaussian width Γ_G
/// follows the Caglioti formula with the parameters U, V and W. The Lorentzian width Γ_L is the sum
/// of the widths caused by the crystallite size L and the strain ε. Γ_G and Γ_L give the full width
/// at half maximum Γ of the line and its Lorentzian fraction η:
///
/// Γ_G² = U·tan²θ + V·tan θ + W,
/// Γ_L = K·λ/(L·cos θ) + 4ε·tan θ (in radians; K = 0.9),
/// Γ⁵ = Γ_G⁵ + 2.69269·Γ_G⁴Γ_L + 2.42843·Γ_G³Γ_L² + 4.47163·Γ_G²Γ_L³ + 0.07842·Γ_GΓ_L⁴ + Γ_L⁵,
/// η = 1.36603·q − 0.47719·q² + 0.11116·q³ with q = Γ_L/Γ.
///
/// Gaussian broadening by strain is part of U.
///
/// # References
/// P. Thompson, D. E. Cox, J. B. Hastings, J. Appl. Cryst. 20, 79 (1987), eqs. 3 to 6;
/// G. Caglioti, A. Paoletti, F. P. Ricci, Nucl. Instrum. 3, 223 (1958); P. Scherrer, Nachr. Ges.
/// Wiss. Göttingen, 98 (1918); A. R. Stokes, A. J. C. Wilson, Proc. Phys. Soc. 56, 174 (1944).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Broadening {
    caglioti: [f64; 3],
    size_angstrom: f64,
    strain: f64,
}

impl Broadening {
    /// Creates the effect from the Caglioti parameters, the crystallite size and the strain.
    ///
    /// The argument `caglioti` contains the Caglioti parameters U, V and W in square degrees. The
    /// crystallite size L is in Å; an infinite size causes no broadening. The strain ε is the
    /// spread Δd/d of the lattice spacings.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless U, V and W are −100 to 100, the size
    /// is at least 1 Å and the strain is 0 to 1.
    pub fn new(caglioti: [f64; 3], size_angstrom: f64, strain: f64) -> Result<Self> {
        for value in caglioti {
            within(
                "U, V or W",
                value,
                -100.0..=100.0,
                "-100 to 100 square degrees",
            )?;
        }
        Ok(Self {
            caglioti,
            size_angstrom: within(
                "crystallite size",
                size_angstrom,
                1.0..,
                "1 angstrom or more",
            )?,
            strain: within("strain", strain, 0.0..=1.0, "0 to 1")?,
        })
    }

    /// Returns the Caglioti parameters U, V and W in square degrees.
    pub(crate) fn caglioti(&self) -> [f64; 3] {
        self.caglioti
    }

    /// Returns the profile of a line.
    ///
    /// The argument `two_theta` is the angle of the line in degrees. It must be less than 180°. The
    /// argument `wavelength` is in Å.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) if the squared Gaussian width is negative,
    /// or if the width of the line is 0 or greater than 10°.
    pub fn profile(&self, two_theta: f64, wavelength: f64) -> Result<Profile> {
        self.profile_of(&Bragg::of_degrees(two_theta), wavelength)
    }

    fn profile_of(&self, bragg: &Bragg, wavelength: f64) -> Result<Profile> {
        let (what, expected) = ("squared Gaussian width", "0 square degrees or more");
        within(what, self.gaussian_squared(bragg), 0.0.., expected)?;
        let (fwhm, eta) = self.fwhm_and_eta(bragg, wavelength);
        Profile::new(Shape::PseudoVoigt { eta }, fwhm)
    }

    /// Profiles of lines, in their order.
    pub(crate) fn profiles_of(&self, lines: &[Bragg], wavelength: f64) -> Result<Vec<Profile>> {
        let mut found = vec![(0.0, 0.0); lines.len()];
        all_fwhm_and_eta(self, lines, wavelength, &mut found);
        let profile = |(&(fwhm, eta), bragg)| {
            // An invalid width is NaN here; `profile` returns its error.
            Profile::new(Shape::PseudoVoigt { eta }, fwhm)
                .or_else(|_| self.profile_of(bragg, wavelength))
        };
        found.iter().zip(lines).map(profile).collect()
    }

    #[inline(always)]
    fn fwhm_and_eta(&self, bragg: &Bragg, wavelength: f64) -> (f64, f64) {
        let size = SCHERRER * wavelength / (self.size_angstrom * bragg.cos);
        let strain = 4.0 * self.strain * bragg.sin / bragg.cos;
        let gaussian = self.gaussian_squared(bragg).sqrt();
        thompson_cox_hastings(gaussian, (size + strain).to_degrees())
    }

    /// Γ_G² in square degrees.
    #[inline(always)]
    fn gaussian_squared(&self, bragg: &Bragg) -> f64 {
        let ([u, v, w], tan) = (self.caglioti, bragg.sin / bragg.cos);
        (u * tan + v) * tan + w
    }
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn all_fwhm_and_eta(b: &Broadening, lines: &[Bragg], wavelength: f64, found: &mut [(f64, f64)]) {
    for (found, bragg) in found.iter_mut().zip(lines) {
        *found = b.fwhm_and_eta(bragg, wavelength);
    }
}

/// FWHM and Lorentzian fraction of the pseudo-Voigt nearest to the convolution of a Gaussian and a
/// Lorentzian of these FWHM.
#[inline(always)]
fn thompson_cox_hastings(gaussian: f64, lorentzian: f64) -> (f64, f64) {
    let (g, l) = (gaussian, lorentzian);
    let coefficients = [1.0, 2.69269, 2.42843, 4.47163, 0.07842, 1.0];
    // Horner scheme in g for the terms c·gᵏ·l⁵⁻ᵏ, with the power of l carried along.
    let add = |(sum, power): (f64, f64), c: &f64| (sum * g + c * power, power * l);
    let fifth = coefficients.iter().fold((0.0, 1.0), add).0;
    let fwhm = fifth_root(fifth);
    let q = if fwhm > 0.0 { l / fwhm } else { 0.0 };
    let eta = ((0.11116 * q - 0.47719) * q + 1.36603) * q;
    // The coefficients add up to 1 only within their last digit.
    (fwhm, eta.min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Checks that without a Lorentzian or Gaussian width the mixture is the pure shape.
    #[test]
    fn limits_are_gaussian_and_lorentzian() {
        let (fwhm, eta) = thompson_cox_hastings(0.1, 0.0);
        assert!((fwhm - 0.1).abs() < 1e-15 && eta == 0.0);
        let (fwhm, eta) = thompson_cox_hastings(0.0, 0.1);
        assert!((fwhm - 0.1).abs() < 1e-15 && (eta - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_constant_width_is_the_pseudo_voigt_of_that_width() {
        let plain = Profile::new(Shape::Gaussian, 0.2).unwrap();
        let broadening = Broadening::new([0.0, 0.0, 0.04], f64::INFINITY, 0.0).unwrap();
        for two_theta in [10.0, 60.0, 150.0] {
            let profile = broadening.profile(two_theta, 1.54).unwrap();
            assert!((profile.fwhm_deg() - 0.2).abs() < 1e-15);
            for offset in [0.0, 0.07, 0.3] {
                assert!((profile.at(offset) - plain.at(offset)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn widths_follow_caglioti_scherrer_and_stokes() {
        let width = |b: &Broadening, angle| b.profile(angle, 1.54).unwrap().fwhm_deg();
        let size = Broadening::new([0.0; 3], 154.0, 0.0).unwrap();
        let expected = (0.9 * 1.54 / (154.0 * 30f64.to_radians().cos())).to_degrees();
        assert!((width(&size, 60.0) - expected).abs() < 1e-12);
        let strain = Broadening::new([0.0; 3], f64::INFINITY, 1e-3).unwrap();
        // A spacing larger by ε moves a line by 2ε·tan θ; ±ε spans twice that.
        let moved = 2.0 * 1e-3 * 30f64.to_radians().tan();
        assert!((width(&strain, 60.0) - 2.0 * moved.to_degrees()).abs() < 1e-12);
        let caglioti = Broadening::new([0.03, -0.02, 0.01], f64::INFINITY, 0.0).unwrap();
        let t = 30f64.to_radians().tan();
        let squared = 0.03 * t * t - 0.02 * t + 0.01;
        assert!((width(&caglioti, 60.0) - squared.sqrt()).abs() < 1e-12);
    }

    /// FWHM of a Voigt profile by Olivero and Longbothum (1977), with an error below 2·10⁻⁴.
    fn voigt_fwhm(gaussian: f64, lorentzian: f64) -> f64 {
        0.5346 * lorentzian + (0.2166 * lorentzian * lorentzian + gaussian * gaussian).sqrt()
    }

    proptest! {
        #[test]
        fn the_width_is_that_of_the_convolution(g in 0.0..1.0f64, l in 0.001..1.0f64) {
            let (fwhm, eta) = thompson_cox_hastings(g, l);
            prop_assert!((fwhm / voigt_fwhm(g, l) - 1.0).abs() < 1e-2, "{}", fwhm / voigt_fwhm(g, l));
            prop_assert!((0.0..=1.0).contains(&eta));
        }
    }

    #[test]
    fn what_is_no_width_is_refused() {
        let new = |u, size, strain| Broadening::new([u, 0.0, 0.0], size, strain);
        assert!(new(f64::NAN, 100.0, 0.0).is_err());
        assert!(new(0.0, 0.5, 0.0).is_err() && new(0.0, f64::NAN, 0.0).is_err());
        assert!(new(0.0, 100.0, -1e-3).is_err());
        let negative = Broadening::new([0.0, -1.0, 0.1], f64::INFINITY, 0.0).unwrap();
        assert!(negative.profile(5.0, 1.54).is_ok());
        let message = negative.profile(60.0, 1.54).unwrap_err().to_string();
        assert!(
            message.starts_with("squared Gaussian width is -0.47"),
            "{message}"
        );
        let nothing = Broadening::new([0.0; 3], f64::INFINITY, 0.0).unwrap();
        assert!(nothing.profile(60.0, 1.54).is_err());
    }
}
