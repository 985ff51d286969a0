use std::f64::consts::{LN_2, PI};

use crate::elementary::exp;
use crate::{Error, Result};

/// Distance from the centre to the end of a line, in FWHM.
const REACH: f64 = 30.0;

/// Distance from the centre, in FWHM, from which a Lorentzian fades to 0 at the end of the line.
const FADING: f64 = 20.0;

/// Area of 1/(1 + 4u²) up to the end of the line, with fading (π/2 without an end).
const LORENTZIAN_AREA: f64 = 1.550_636_321_056_082;

/// Shape of a line profile.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// Gaussian exp(−4 ln 2 · u²), where u is the distance from the centre divided by the full
    /// width at half maximum.
    Gaussian,
    /// Lorentzian 1/(1 + 4u²), where u is the distance from the centre divided by the full width at
    /// half maximum.
    Lorentzian,
    /// Pseudo-Voigt function: weighted sum of a Lorentzian and a Gaussian of equal width and area.
    ///
    /// The weight of the Lorentzian is `eta`, and the weight of the Gaussian is `1 − eta`.
    PseudoVoigt {
        /// Weight of the Lorentzian: its fraction of the area, 0 to 1.
        eta: f64,
    },
}

/// Line profile of constant width and unit area.
///
/// A line ends 30 FWHM (full widths at half maximum) from its centre and has unit area within this
/// range. The integral of a pattern therefore equals the sum of the intensities of its reflections.
///
/// Over the last 10 FWHM, the Lorentzian is multiplied by 3t² − 2t³, where t decreases from 1 to 0.
/// The line therefore decreases smoothly to 0.
///
/// # References
/// G. K. Wertheim et al., Rev. Sci. Instrum. 45, 1369 (1974), for the pseudo-Voigt sum.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::Profile"))]
pub struct Profile {
    eta: f64,
    fwhm_deg: f64,
}

impl Profile {
    /// Creates a profile from its shape and its full width at half maximum in degrees of 2θ.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless 0 < `fwhm_deg` <= 10 and 0 <= eta <= 1.
    pub fn new(shape: Shape, fwhm_deg: f64) -> Result<Self> {
        let eta = match shape {
            Shape::Gaussian => 0.0,
            Shape::Lorentzian => 1.0,
            Shape::PseudoVoigt { eta } => eta,
        };
        if !(0.0..=1.0).contains(&eta) {
            return Err(Error::OutOfRange {
                what: "pseudo-Voigt mixing eta",
                value: eta,
                expected: "0 to 1",
            });
        }
        if !(fwhm_deg > 0.0 && fwhm_deg <= 10.0) {
            return Err(Error::OutOfRange {
                what: "full width at half maximum",
                value: fwhm_deg,
                expected: "over 0 to 10 degrees",
            });
        }
        Ok(Self { eta, fwhm_deg })
    }

    /// Returns the full width at half maximum in degrees.
    pub fn fwhm_deg(&self) -> f64 {
        self.fwhm_deg
    }

    /// Returns the Lorentzian fraction η of the area, 0 to 1.
    pub fn eta(&self) -> f64 {
        self.eta
    }

    /// Returns the value of the profile in 1/degree. The argument `offset` is the distance from the
    /// centre in degrees.
    #[inline]
    pub fn at(&self, offset: f64) -> f64 {
        let u = (offset / self.fwhm_deg).abs();
        let gaussian = exp(-4.0 * LN_2 * u * u);
        let value = self.lorentzian_height() / (1.0 + 4.0 * u * u) * fade(u)
            + self.gaussian_height() * gaussian;
        if u > REACH { 0.0 } else { value }
    }

    /// Returns the distance in degrees from the centre to either end of a line.
    pub fn reach_deg(&self) -> f64 {
        REACH * self.fwhm_deg
    }

    /// Height of the Lorentzian part of a line of area 1.
    pub(crate) fn lorentzian_height(&self) -> f64 {
        self.eta / (self.fwhm_deg * LORENTZIAN_AREA)
    }

    /// Height of the Gaussian part of a line of area 1.
    pub(crate) fn gaussian_height(&self) -> f64 {
        (1.0 - self.eta) * 2.0 * (LN_2 / PI).sqrt() / self.fwhm_deg
    }
}

/// Factor that is 1 up to [`FADING`], then 3t² − 2t³ down to 0 at [`REACH`].
#[inline]
fn fade(u: f64) -> f64 {
    let t = ((REACH - u) / (REACH - FADING)).min(1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape() -> impl Strategy<Value = Shape> {
        prop_oneof![
            Just(Shape::Gaussian),
            Just(Shape::Lorentzian),
            (0.0..=1.0f64).prop_map(|eta| Shape::PseudoVoigt { eta }),
        ]
    }

    proptest! {
        #[test]
        fn the_area_is_one(shape in shape(), fwhm in 0.01..2.0f64) {
            let profile = Profile::new(shape, fwhm).unwrap();
            // The trapezium rule is exact to rounding for a smooth function that ends at 0.
            let step = fwhm / 200.0;
            let sum: f64 = (-6000..=6000).map(|i| profile.at(step * f64::from(i))).sum();
            prop_assert!((sum * step - 1.0).abs() < 1e-9, "{sum}");
        }

        #[test]
        fn half_the_width_aside_is_half_the_height(shape in shape(), fwhm in 0.05..0.2f64) {
            let profile = Profile::new(shape, fwhm).unwrap();
            let half = profile.at(fwhm / 2.0) / profile.at(0.0);
            prop_assert!((half - 0.5).abs() < 1e-12);
        }
    }

    #[test]
    fn a_lorentzian_keeps_its_formula_and_fades_without_a_step() {
        let profile = Profile::new(Shape::Lorentzian, 0.1).unwrap();
        let ratio = profile.at(1.99) / profile.at(0.0);
        assert!((ratio - 1.0 / (1.0 + 4.0 * 19.9 * 19.9)).abs() < 1e-15);
        assert!(profile.at(2.999) < 1e-9 * profile.at(0.0));
        assert_eq!(profile.at(3.001), 0.0);
        let values: Vec<f64> = (0..=3000)
            .map(|i| profile.at(1e-3 * f64::from(i)))
            .collect();
        assert!(values.is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn bad_profiles_are_refused() {
        assert!(Profile::new(Shape::Gaussian, 0.0).is_err());
        assert!(Profile::new(Shape::Gaussian, f64::NAN).is_err());
        assert!(Profile::new(Shape::PseudoVoigt { eta: 1.1 }, 0.1).is_err());
    }
}
