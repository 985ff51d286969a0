use crate::Result;
use crate::bragg::Bragg;
use crate::elementary::exp;
use crate::error::within;

/// Surface roughness of a flat specimen: loss of intensity at low angles.
///
/// The intensity of a line is multiplied by the factor S(θ). The factor is 1 at θ = 90°.
///
/// S(θ) = (p + (1 − p)·exp(−q/sin θ)) / (p + (1 − p)·exp(−q))
///
/// # References
/// P. Suortti, J. Appl. Cryst. 5, 325 (1972).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurfaceRoughness {
    p: f64,
    q: f64,
}

impl SurfaceRoughness {
    /// Creates the effect from the parameters p and q.
    ///
    /// The parameter p sets the intensity that remains at grazing angles. The parameter q sets the
    /// angle below which the intensity decreases.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless 0 < p <= 1 and 0 <= q <= 10.
    pub fn new(p: f64, q: f64) -> Result<Self> {
        Ok(Self {
            p: within("roughness p", p, f64::MIN_POSITIVE..=1.0, "over 0 to 1")?,
            q: within("roughness q", q, 0.0..=10.0, "0 to 10")?,
        })
    }

    /// Returns the factor S at the angle `two_theta`, in degrees.
    pub fn factor(&self, two_theta: f64) -> f64 {
        self.factor_of(&Bragg::of_degrees(two_theta))
    }

    pub(crate) fn factor_of(&self, bragg: &Bragg) -> f64 {
        let at = |sin: f64| self.p + (1.0 - self.p) * exp(-self.q / sin);
        at(bragg.sin) / at(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_weakens_low_angles_and_none_at_180() {
        let rough = SurfaceRoughness::new(0.6, 0.2).unwrap();
        let factors: Vec<f64> = (1..=18)
            .map(|i| rough.factor(10.0 * f64::from(i)))
            .collect();
        assert!(factors.is_sorted_by(|a, b| a < b));
        assert!((factors[17] - 1.0).abs() < 1e-12);
        // At grazing angles the numerator is p, the denominator p + (1 − p)·exp(−q).
        let grazing = 0.6 / (0.6 + 0.4 * (-0.2f64).exp());
        assert!((rough.factor(1e-3) - grazing).abs() < 1e-12);
    }

    #[test]
    fn a_smooth_surface_is_nothing() {
        for (p, q) in [(1.0, 3.0), (0.3, 0.0)] {
            let smooth = SurfaceRoughness::new(p, q).unwrap();
            assert!((smooth.factor(7.0) - 1.0).abs() < 1e-15);
        }
        assert!(SurfaceRoughness::new(0.0, 1.0).is_err());
        assert!(SurfaceRoughness::new(0.5, f64::NAN).is_err());
    }
}
