use crate::Result;
use crate::error::within;

/// Uniform lattice strain: the spacing of each set of lattice planes is multiplied by 1 + ε.
///
/// A strain ε = Δd/d moves each line from θ to θ′ with sin θ′ = sin θ/(1 + ε). A positive strain
/// moves lines to smaller angles. The intensities of the lines do not change, except for the
/// Lorentz-polarisation factor, which is that of the new angle. Broadening by a spread of strains is
/// part of [`Broadening`](crate::Broadening).
///
/// The strain of all planes is equal ([`new`](Self::new)), or depends on the direction of their
/// normal ([`tensor`](Self::tensor)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatticeStrain {
    /// Strain of all planes, or the mean over all directions.
    strain: f64,
    /// Strain tensor without the mean.
    deviation: Option<[[f64; 3]; 3]>,
}

impl LatticeStrain {
    /// Creates the effect from the strain ε = Δd/d of all planes.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the strain is −0.1 to 0.1.
    pub fn new(strain: f64) -> Result<Self> {
        let strain = within("lattice strain", strain, -0.1..=0.1, "-0.1 to 0.1")?;
        Ok(Self {
            strain,
            deviation: None,
        })
    }

    /// Creates the effect from a strain tensor in the Cartesian axes of the lattice.
    ///
    /// Planes with the unit normal n have the strain ε = Σ nᵢ·εᵢⱼ·nⱼ. Only the symmetric part of the
    /// tensor counts. A tensor that is not invariant under the point group of a structure splits
    /// lines of equivalent planes.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the square root of the sum of the squared
    /// components is at most 0.1, so that every strain is −0.1 to 0.1.
    pub fn tensor(tensor: [[f64; 3]; 3]) -> Result<Self> {
        let squared: f64 = tensor.iter().flatten().map(|e| e * e).sum();
        within("norm of the strain", squared.sqrt(), 0.0..=0.1, "0 to 0.1")?;
        let strain = (tensor[0][0] + tensor[1][1] + tensor[2][2]) / 3.0;
        let component = |i: usize, j: usize| {
            (tensor[i][j] + tensor[j][i]) / 2.0 - if i == j { strain } else { 0.0 }
        };
        let deviation = Some([0, 1, 2].map(|i| [0, 1, 2].map(|j| component(i, j))));
        Ok(Self { strain, deviation })
    }

    /// Returns the factor 1 + ε of all lattice spacings; of a tensor, its mean over all directions.
    pub fn factor(&self) -> f64 {
        1.0 + self.strain
    }

    /// Returns the factor 1 + ε of planes with this normal, which may have any length except 0.
    pub fn factor_along(&self, normal: [f64; 3]) -> f64 {
        let Some(tensor) = self.deviation else {
            return self.factor();
        };
        let squared: f64 = normal.iter().map(|n| n * n).sum();
        let row = |i: usize| (0..3).map(|j| tensor[i][j] * normal[j]).sum::<f64>();
        let along: f64 = (0..3).map(|i| normal[i] * row(i)).sum();
        self.factor() + along / squared
    }

    /// Returns whether the strain depends on the direction.
    pub(crate) fn is_directional(&self) -> bool {
        self.deviation.is_some()
    }

    /// Bounds of the factors of all directions.
    pub(crate) fn bounds(&self) -> [f64; 2] {
        // No eigenvalue is larger than the norm.
        let squares = self.deviation.iter().flatten().flatten().map(|e| e * e);
        let most = squares.sum::<f64>().sqrt();
        [self.factor() - most, self.factor() + most]
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

    #[test]
    fn the_strain_of_a_tensor_is_that_along_the_normal() {
        let tensor = [[0.01, 0.004, 0.0], [0.002, -0.005, 0.0], [0.0, 0.0, 0.02]];
        let strain = LatticeStrain::tensor(tensor).unwrap();
        let close = |normal, expected: f64| {
            let found = strain.factor_along(normal);
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
            let [low, high] = strain.bounds();
            assert!((low..=high).contains(&found));
        };
        close([2.0, 0.0, 0.0], 1.01);
        close([0.0, 0.0, -3.0], 1.02);
        close([1.0, 1.0, 0.0], 1.0 + (0.01 - 0.005 + 0.006) / 2.0);
        let same = LatticeStrain::tensor([[0.01, 0.0, 0.0], [0.0, 0.01, 0.0], [0.0, 0.0, 0.01]]);
        let found = same.unwrap().factor_along([1.0, 2.0, 3.0]);
        assert!((found - LatticeStrain::new(0.01).unwrap().factor()).abs() < 1e-15);
        assert!(LatticeStrain::tensor([[0.04; 3]; 3]).is_err());
        assert!(LatticeStrain::tensor([[f64::NAN; 3]; 3]).is_err());
    }
}
