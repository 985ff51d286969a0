use crate::Result;
use crate::bragg::Bragg;
use crate::error::within;

/// Sample displacement: line shift of a flat specimen that is not on the axis of a Bragg–Brentano
/// goniometer.
///
/// The shift is Δ2θ = −2s·cos θ/R in radians. Here s is the displacement of the surface and R the
/// radius of the goniometer.
///
/// # References
/// A. J. C. Wilson, Mathematical Theory of X-ray Powder Diffractometry (1963), chapter 3;
/// H. P. Klug and L. E. Alexander, X-Ray Diffraction Procedures (1974), section 5-1.2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleDisplacement {
    displacement_mm: f64,
    radius_mm: f64,
}

impl SampleDisplacement {
    /// Creates the effect from the displacement of the specimen surface and the radius of the
    /// goniometer, both in mm.
    ///
    /// The displacement is positive if the surface is behind the axis. Lines then move to lower
    /// angles.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the displacement is −5 to 5 mm and
    /// the radius is 10 to 10,000 mm.
    pub fn new(displacement_mm: f64, radius_mm: f64) -> Result<Self> {
        Ok(Self {
            displacement_mm: within(
                "sample displacement",
                displacement_mm,
                -5.0..=5.0,
                "-5 to 5 mm",
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
        (-2.0 * self.displacement_mm * bragg.cos / self.radius_mm).to_degrees()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with ray tracing: a beam at angle θ meets the lowered surface behind the axis, and
    /// the diffracted beam meets the detector circle.
    fn traced(two_theta: f64, s: f64, radius: f64) -> f64 {
        let theta = two_theta.to_radians() / 2.0;
        let (x, y) = (s / theta.tan(), -s);
        let (dx, dy) = (theta.cos(), theta.sin());
        let along = -(x * dx + y * dy);
        let offset2 = x * x + y * y - along * along;
        let length = along + (radius * radius - offset2).sqrt();
        let (px, py) = (x + length * dx, y + length * dy);
        (py.atan2(px) - theta).to_degrees()
    }

    #[test]
    fn the_shift_is_that_of_the_rays() {
        for two_theta in [20.0, 60.0, 120.0] {
            let displaced = SampleDisplacement::new(0.1, 200.0).unwrap();
            let (formula, rays) = (
                displaced.shift_deg(two_theta),
                traced(two_theta, 0.1, 200.0),
            );
            assert!(
                (formula / rays - 1.0).abs() < 2e-3,
                "{two_theta}: {formula} {rays}"
            );
        }
    }

    #[test]
    fn what_is_no_goniometer_is_refused() {
        assert!(SampleDisplacement::new(0.1, 0.0).is_err());
        assert!(SampleDisplacement::new(f64::NAN, 200.0).is_err());
        assert_eq!(
            SampleDisplacement::new(0.0, 200.0).unwrap().shift_deg(30.0),
            0.0
        );
    }
}
