use crate::Result;
use crate::bragg::Bragg;
use crate::error::within;

/// Transparency: line shift because the beam penetrates a thick specimen.
///
/// The mean shift is Δ2θ = −sin 2θ/(2μR) in radians. Here μ is the linear attenuation coefficient
/// and R the radius of the goniometer.
///
/// The model moves the whole line by the mean shift. A measured line also has an exponential tail
/// towards lower angles, which is not modelled. If μR is greater than 100, this tail is much
/// narrower than the line.
///
/// # References
/// A. J. C. Wilson, Mathematical Theory of X-ray Powder Diffractometry (1963), chapter 3;
/// H. P. Klug and L. E. Alexander, X-Ray Diffraction Procedures (1974), section 5-1.2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transparency {
    attenuation_per_mm: f64,
    radius_mm: f64,
}

impl Transparency {
    /// Creates the effect from the linear attenuation coefficient μ of the packed specimen in mm⁻¹
    /// and the radius of the goniometer in mm.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless μ >= 0.05 mm⁻¹ and the radius is 10
    /// to 10,000 mm.
    pub fn new(attenuation_per_mm: f64, radius_mm: f64) -> Result<Self> {
        Ok(Self {
            attenuation_per_mm: within(
                "attenuation coefficient",
                attenuation_per_mm,
                0.05..,
                "0.05 per mm or more",
            )?,
            radius_mm: super::goniometer_radius(radius_mm)?,
        })
    }

    /// Returns the shift of a line in degrees. The argument `two_theta` is the angle of the line in
    /// degrees.
    pub fn shift_deg(&self, two_theta: f64) -> f64 {
        self.shift_of(&Bragg::of_degrees(two_theta))
    }

    pub(crate) fn shift_of(&self, bragg: &Bragg) -> f64 {
        let sin = 2.0 * bragg.sin * bragg.cos;
        (-sin / (2.0 * self.attenuation_per_mm * self.radius_mm)).to_degrees()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SampleDisplacement;

    /// Compares with the mean displacement over depths t with the weight exp(−2μt/sin θ).
    #[test]
    fn the_shift_is_the_mean_displacement_of_what_diffracts() {
        let (mu, radius) = (2.0, 200.0);
        let transparency = Transparency::new(mu, radius).unwrap();
        for two_theta in [20f64, 60.0, 120.0] {
            let depth = |i: i32| 0.002 * (f64::from(i) + 0.5);
            let sin = (two_theta.to_radians() / 2.0).sin();
            let weight = |i: i32| (-2.0 * mu * depth(i) / sin).exp();
            let shift = |i: i32| {
                SampleDisplacement::new(depth(i), radius)
                    .unwrap()
                    .shift_deg(two_theta)
            };
            let mean = (0..2500).map(|i| weight(i) * shift(i)).sum::<f64>()
                / (0..2500).map(weight).sum::<f64>();
            let formula = transparency.shift_deg(two_theta);
            assert!(
                (formula / mean - 1.0).abs() < 1e-3,
                "{two_theta}: {formula} {mean}"
            );
        }
    }

    #[test]
    fn what_is_no_specimen_is_refused() {
        assert!(Transparency::new(0.0, 200.0).is_err());
        assert!(Transparency::new(f64::INFINITY, 200.0).is_ok());
        assert!(Transparency::new(1.0, f64::NAN).is_err());
    }
}
