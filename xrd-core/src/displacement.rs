use std::f64::consts::PI;

use crate::Lattice;
use crate::error::{Result, all_finite};

/// Atomic displacement parameter: the mean-square displacement U of an atom, in Å².
///
/// The scattering amplitude of an atom in the reflection (hkl) is multiplied by the Debye-Waller
/// factor exp(−2π²·u²/d²). Here d is the spacing of the lattice planes (hkl), and u² is the
/// mean-square displacement along the normal of these planes (see [`along`](Self::along)). The
/// parameter B of other conventions is 8π²U.
///
/// # Example
/// ```
/// use xrd_core::{Displacement, Lattice};
/// let cell = Lattice::from_parameters(3.0, 4.0, 5.0, 90.0, 90.0, 90.0)?;
/// let flat = Displacement::Anisotropic([0.01, 0.01, 0.04, 0.0, 0.0, 0.0]);
/// assert!((flat.along([0, 0, 2], &cell) - 0.04).abs() < 1e-12);
/// assert!((flat.u_equivalent(&cell) - 0.02).abs() < 1e-12);
/// # Ok::<(), xrd_core::Error>(())
/// ```
///
/// # References
/// K. N. Trueblood et al., Acta Cryst. A52, 770 (1996).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Displacement {
    /// Isotropic displacement U in Å².
    Isotropic(f64),
    /// Anisotropic displacement U₁₁, U₂₂, U₃₃, U₁₂, U₁₃, U₂₃ in Å².
    ///
    /// The components are defined as in CIF (`_atom_site_aniso_U_ij`): the exponent of the
    /// Debye-Waller factor is −2π² Σᵢⱼ Uᵢⱼ hᵢ hⱼ aᵢ* aⱼ*. Here aᵢ* are the lengths of the
    /// reciprocal vectors.
    Anisotropic([f64; 6]),
}

impl Displacement {
    /// Creates an isotropic displacement from the parameter B in Å²: U = B / 8π².
    pub fn from_b_iso(b: f64) -> Self {
        Self::Isotropic(b / (8.0 * PI * PI))
    }

    /// Equivalent isotropic displacement U in Å².
    ///
    /// For an anisotropic displacement, this is the mean of the mean-square displacements in three
    /// orthogonal directions.
    pub fn u_equivalent(&self, lattice: &Lattice) -> f64 {
        let beta = match self {
            Self::Isotropic(u) => return *u,
            Self::Anisotropic(u) => beta(u, lattice),
        };
        let v = lattice.vectors();
        let metric = |i: usize, j: usize| (0..3).map(|k| v[i][k] * v[j][k]).sum::<f64>();
        let trace = |i: usize| (0..3).map(|j| beta[i][j] * metric(i, j)).sum::<f64>();
        (0..3).map(trace).sum::<f64>() / 3.0
    }

    /// Equivalent isotropic parameter B = 8π²U in Å², where U is
    /// [`u_equivalent`](Self::u_equivalent).
    pub fn b_equivalent(&self, lattice: &Lattice) -> f64 {
        8.0 * PI * PI * self.u_equivalent(lattice)
    }

    /// Mean-square displacement in Å² along the normal of the lattice planes (hkl).
    ///
    /// For (000), the result is NaN if the displacement is anisotropic.
    pub fn along(&self, hkl: [i32; 3], lattice: &Lattice) -> f64 {
        let beta = match self {
            Self::Isotropic(u) => return *u,
            Self::Anisotropic(u) => beta(u, lattice),
        };
        let h = hkl.map(f64::from);
        let row = |i: usize| (0..3).map(|j| h[i] * h[j] * beta[i][j]).sum::<f64>();
        let d = lattice.d_spacing(hkl);
        (0..3).map(row).sum::<f64>() * d * d
    }

    /// Displacement of the atom after a symmetry operation.
    ///
    /// The matrix `rotation` is the rotation part R of the operation x' = R·x + t in fractional
    /// coordinates.
    pub fn rotated(&self, rotation: &[[f64; 3]; 3], lattice: &Lattice) -> Self {
        let Self::Anisotropic(u) = self else {
            return *self;
        };
        let (beta, stars) = (beta(u, lattice), stars(lattice));
        let r = rotation;
        let turned = |i: usize, j: usize| -> f64 {
            let row = |k: usize| (0..3).map(|l| r[i][k] * beta[k][l] * r[j][l]).sum::<f64>();
            (0..3).map(row).sum::<f64>() / (stars[i] * stars[j])
        };
        Self::Anisotropic(PAIRS.map(|(i, j)| turned(i, j)))
    }

    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Isotropic(u) => all_finite("displacement U", [*u]),
            Self::Anisotropic(u) => all_finite("displacement U", *u),
        }
    }
}

/// Row and column of each stored component.
const PAIRS: [(usize, usize); 6] = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)];

/// aᵢ* Uᵢⱼ aⱼ*, which transforms as the product of two fractional coordinates.
fn beta(u: &[f64; 6], lattice: &Lattice) -> [[f64; 3]; 3] {
    let stars = stars(lattice);
    let mut beta = [[0.0; 3]; 3];
    for ((i, j), u) in PAIRS.into_iter().zip(u) {
        beta[i][j] = stars[i] * u * stars[j];
        beta[j][i] = beta[i][j];
    }
    beta
}

/// Lengths of the reciprocal vectors in Å⁻¹.
fn stars(lattice: &Lattice) -> [f64; 3] {
    let length = |r: [f64; 3]| r.iter().map(|x| x * x).sum::<f64>().sqrt();
    lattice.reciprocal().map(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hexagonal() -> Lattice {
        Lattice::from_parameters(3.0, 3.0, 5.0, 90.0, 90.0, 120.0).unwrap()
    }

    #[test]
    fn a_sphere_is_isotropic_in_any_cell() {
        let cell = Lattice::from_parameters(4.0, 5.0, 7.0, 80.0, 95.0, 110.0).unwrap();
        let reciprocal = cell.reciprocal();
        let dot = |i: usize, j: usize| (0..3).map(|k| reciprocal[i][k] * reciprocal[j][k]).sum();
        let cosine = |(i, j)| -> f64 {
            let product: f64 = dot(i, j);
            product / (stars(&cell)[i] * stars(&cell)[j])
        };
        let sphere = Displacement::Anisotropic(PAIRS.map(|p| 0.02 * cosine(p)));
        assert!((sphere.u_equivalent(&cell) - 0.02).abs() < 1e-12);
        assert!((sphere.along([1, -2, 3], &cell) - 0.02).abs() < 1e-12);
        assert!((sphere.b_equivalent(&cell) - 0.16 * PI * PI).abs() < 1e-12);
    }

    #[test]
    fn b_is_eight_pi_squared_times_u() {
        let Displacement::Isotropic(u) = Displacement::from_b_iso(1.0) else {
            panic!("B is isotropic")
        };
        assert!((u - 0.012_665_147_955).abs() < 1e-12, "{u}");
        let b = Displacement::from_b_iso(0.7).b_equivalent(&hexagonal());
        assert!((b - 0.7).abs() < 1e-12, "{b}");
    }

    /// Along the normal of the planes (h00) the mean square displacement is U₁₁, whatever the cell.
    #[test]
    fn across_the_planes_of_an_axis_an_atom_moves_as_stated() {
        let cell = Lattice::from_parameters(4.0, 5.0, 7.0, 80.0, 95.0, 110.0).unwrap();
        let u = Displacement::Anisotropic([0.01, 0.02, 0.03, 0.004, -0.002, 0.001]);
        for (hkl, along) in [([3, 0, 0], 0.01), ([0, -1, 0], 0.02), ([0, 0, 2], 0.03)] {
            assert!((u.along(hkl, &cell) - along).abs() < 1e-15, "{hkl:?}");
        }
        // In a cell of right angles the three are the principal directions.
        let cell = Lattice::from_parameters(4.0, 5.0, 7.0, 90.0, 90.0, 90.0).unwrap();
        let u = Displacement::Anisotropic([0.01, 0.02, 0.03, 0.0, 0.0, 0.0]);
        assert!((u.u_equivalent(&cell) - 0.02).abs() < 1e-15);
        // The plane (110) leans to a by b : a.
        let lean = (0.01 / 16.0 + 0.02 / 25.0) / (1.0 / 16.0 + 1.0 / 25.0);
        assert!((u.along([1, 1, 0], &cell) - lean).abs() < 1e-15);
    }

    #[test]
    fn a_turned_atom_looks_from_a_turned_plane_as_before() {
        let (cell, turn) = (
            hexagonal(),
            [[0.0, -1.0, 0.0], [1.0, -1.0, 0.0], [0.0, 0.0, 1.0]],
        );
        let u = Displacement::Anisotropic([0.01, 0.03, 0.02, 0.004, 0.001, -0.002]);
        let turned = u.rotated(&turn, &cell);
        assert_ne!(turned, u);
        assert!((turned.u_equivalent(&cell) - u.u_equivalent(&cell)).abs() < 1e-12);
        for [h, k, l] in [[1, 0, 0], [2, 1, 0], [1, -3, 4]] {
            // h·R, the plane whose phase at x is that of (hkl) at R·x.
            let before = [k, -h - k, l];
            let difference = turned.along([h, k, l], &cell) - u.along(before, &cell);
            assert!(difference.abs() < 1e-12);
        }
        let thrice = (0..3).fold(u, |u, _| u.rotated(&turn, &cell));
        let Displacement::Anisotropic(back) = thrice else {
            panic!("anisotropic stays anisotropic")
        };
        let Displacement::Anisotropic(first) = u else {
            unreachable!()
        };
        assert!(back.iter().zip(first).all(|(a, b)| (a - b).abs() < 1e-12));
        let sphere = Displacement::from_b_iso(1.0);
        assert_eq!(sphere.rotated(&turn, &cell), sphere);
    }
}
