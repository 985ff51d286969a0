use crate::Result;
use crate::error::within;

/// Uniform lattice strain: all lattice spacings are multiplied by 1 + ε.
///
/// A strain ε = Δd/d moves each line from θ to θ′ with sin θ′ = sin θ/(1 + ε). A positive strain
/// moves lines to smaller angles. The intensities of the lines do not change, except for the
/// Lorentz-polarisation factor, which is that of the new angle. Broadening by a spread of strains is
/// part of [`Broadening`](crate::Broadening).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatticeStrain {
    strain: f64,
}

impl LatticeStrain {
    /// Creates the effect from the strain ε = Δd/d.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the strain is −0.1 to 0.1.
    pub fn new(strain: f64) -> Result<Self> {
        let strain = within("lattice strain", strain, -0.1..=0.1, "-0.1 to 0.1")?;
        Ok(Self { strain })
    }

    /// Returns the factor 1 + ε of all lattice spacings.
    pub fn factor(&self) -> f64 {
        1.0 + self.strain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_strains_are_refused() {
        assert_eq!(LatticeStrain::new(0.01).unwrap().factor(), 1.01);
        assert!(LatticeStrain::new(-0.11).is_err() && LatticeStrain::new(f64::NAN).is_err());
    }
}
