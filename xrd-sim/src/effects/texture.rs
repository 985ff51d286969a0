use crate::error::within;
use crate::{Error, Result};

/// Preferred orientation (texture) by the March–Dollase formula.
///
/// The intensity of a reflection is multiplied by the mean of P(α) over its family of equivalent
/// planes, where P(α) = (r²·cos²α + sin²α/r)^(−3/2). Here α is the angle between a plane of the
/// family and the preferred planes, and r is the March coefficient.
///
/// If r is less than 1, most crystallites have their preferred planes parallel to the surface of
/// the specimen, as is usual for plates. If r is greater than 1, most crystallites have their
/// preferred planes perpendicular to the surface, as is usual for needles whose axis is normal to
/// these planes. The mean of P over all directions is 1.
///
/// # References
/// W. A. Dollase, J. Appl. Cryst. 19, 267 (1986), eqs. 1 and 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarchDollase {
    hkl: [i32; 3],
    r: f64,
}

impl MarchDollase {
    /// Creates the effect from the Miller indices of the preferred planes and the March coefficient
    /// r.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the indices are (0 0 0), or unless 0.05 <= r <= 20.
    pub fn new(hkl: [i32; 3], r: f64) -> Result<Self> {
        if hkl == [0; 3] {
            return Err(Error::OutOfRange {
                what: "number of non-zero indices of the preferred orientation",
                value: 0.0,
                expected: "1 to 3",
            });
        }
        let r = within("March coefficient r", r, 0.05..=20.0, "0.05 to 20")?;
        Ok(Self { hkl, r })
    }

    /// Returns the factor P(α) for a given value of cos²α.
    pub fn density(&self, cos_squared: f64) -> f64 {
        let r = self.r;
        let base = r * r * cos_squared + (1.0 - cos_squared) / r;
        1.0 / (base * base.sqrt())
    }

    /// Returns the factor P of a single set of lattice planes, not the mean over the equivalent
    /// planes.
    ///
    /// The argument `reciprocal` contains the vectors of the reciprocal lattice. The argument `hkl`
    /// contains the Miller indices of the lattice planes. These planes need not be the preferred
    /// planes.
    pub fn density_of(&self, reciprocal: &[[f64; 3]; 3], hkl: [i32; 3]) -> f64 {
        let dot = |p: [f64; 3], q: [f64; 3]| p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
        let normal = |hkl: [i32; 3]| {
            [0, 1, 2].map(|j| (0..3).map(|i| f64::from(hkl[i]) * reciprocal[i][j]).sum())
        };
        let (n, preferred) = (normal(hkl), normal(self.hkl));
        let along = dot(n, preferred);
        self.density(along * along / (dot(n, n) * dot(preferred, preferred)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use xrd_core::Lattice;

    proptest! {
        #[test]
        fn the_mean_over_all_directions_is_one(r in 0.2..5.0f64) {
            let texture = MarchDollase::new([0, 0, 1], r).unwrap();
            // cos α is uniform over the sphere; Simpson's rule in its cube root converges for r << 1.
            let n = 20_000;
            let f = |i: usize| {
                let t = i as f64 / n as f64;
                texture.density(t.powi(6)) * 3.0 * t * t
            };
            let inner: f64 = (1..n).map(|i| f(i) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
            let mean = (f(0) + inner + f(n)) / (3.0 * n as f64);
            prop_assert!((mean - 1.0).abs() < 1e-6, "{mean}");
        }

        #[test]
        fn r_of_one_is_nothing(hkl in prop::array::uniform3(-5..=5i32)) {
            prop_assume!(hkl != [0; 3]);
            let lattice = Lattice::from_parameters(4.0, 5.0, 6.0, 80.0, 95.0, 110.0).unwrap();
            let texture = MarchDollase::new([1, 2, 0], 1.0).unwrap();
            let density = texture.density_of(&lattice.reciprocal(), hkl);
            prop_assert!((density - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn plates_lie_flat_and_needles_lie_down() {
        let plates = MarchDollase::new([0, 0, 1], 0.5).unwrap();
        let needles = MarchDollase::new([0, 0, 1], 2.0).unwrap();
        assert!((plates.density(1.0) - 8.0).abs() < 1e-12); // r⁻³
        assert!((needles.density(1.0) - 0.125).abs() < 1e-12);
        assert!((plates.density(0.0) - 0.5f64.powf(1.5)).abs() < 1e-12); // r^(3/2)
    }

    #[test]
    fn angles_are_those_between_normals() {
        let hexagonal = Lattice::from_parameters(3.0, 3.0, 5.0, 90.0, 90.0, 120.0).unwrap();
        let texture = MarchDollase::new([1, 0, 0], 0.5).unwrap();
        let reciprocal = hexagonal.reciprocal();
        let density = |hkl| texture.density_of(&reciprocal, hkl);
        assert!((density([-3, 0, 0]) - 8.0).abs() < 1e-9);
        assert!((density([0, 0, 2]) - texture.density(0.0)).abs() < 1e-9);
        // (100) and (010) are 60° apart.
        assert!((density([0, 1, 0]) - texture.density(0.25)).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_texture_is_refused() {
        assert!(MarchDollase::new([0, 0, 0], 0.5).is_err());
        assert!(MarchDollase::new([0, 0, 1], 0.0).is_err());
        assert!(MarchDollase::new([0, 0, 1], f64::NAN).is_err());
    }
}
