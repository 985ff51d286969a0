//! Which planes belong together.

use std::cmp::Reverse;

use xrd_core::Lattice;

use super::Reflection;
use crate::Symmetry;

/// Lengths, spacings and |F|² are equal where they differ by less than this share (of |F(000)|²
/// for the last): a million times the rounding.
const EQUAL: f64 = 1e-9;

/// h·t is a whole number to within this (translations are found to about 1e-4).
const WHOLE: f64 = 1e-2;

/// Joins planes to families: those that a symmetry of the lattice maps on each other, where
/// their |F|² are equal.
///
/// Intensities and multiplicities are added, so that nothing is lost should a coincidence join
/// more than the symmetry of the crystal does. A family has the indices of its plane of largest
/// h, then k, then l.
pub(super) fn join_equal(
    mut planes: Vec<Reflection>,
    lattice: &Lattice,
    forward: f64,
) -> Vec<Reflection> {
    planes.sort_unstable_by(|a, b| {
        let spacing = b.d_angstrom.total_cmp(&a.d_angstrom);
        spacing.then(b.hkl.cmp(&a.hkl))
    });
    let rotations = lattice_symmetry(lattice);
    let mut families = Vec::with_capacity(planes.len());
    let one_spacing =
        |a: &Reflection, b: &Reflection| a.d_angstrom - b.d_angstrom <= EQUAL * a.d_angstrom;
    for shell in planes.chunk_by_mut(one_spacing) {
        shell.sort_unstable_by_key(|plane| Reverse(plane.hkl));
        join_shell(shell, &rotations, EQUAL * forward * forward, &mut families);
    }
    families
}

/// Joins planes of one spacing, in descending order of their indices.
fn join_shell(
    mut shell: &mut [Reflection],
    rotations: &[[[i32; 3]; 3]],
    equal: f64,
    families: &mut Vec<Reflection>,
) {
    while let [first, rest @ ..] = shell {
        let mut family = *first;
        let mut images = Vec::new();
        if !rest.is_empty() {
            images.extend(rotations.iter().map(|r| positive(turned(first.hkl, r))));
        }
        let mut others = 0;
        for i in 0..rest.len() {
            let plane = rest[i];
            let difference = plane.structure_factor_squared - first.structure_factor_squared;
            if difference.abs() <= equal && images.contains(&plane.hkl) {
                family.multiplicity += plane.multiplicity;
                family.intensity += plane.intensity;
                family.structure_factor_squared += plane.structure_factor_squared;
            } else {
                rest[others] = plane;
                others += 1;
            }
        }
        family.structure_factor_squared /= (rest.len() - others + 1) as f64;
        families.push(family);
        shell = &mut rest[..others];
    }
}

/// Of (hkl) and (−h −k −l) the one whose first index that is not 0 is positive.
fn positive(hkl: [i32; 3]) -> [i32; 3] {
    hkl.max(hkl.map(|x| -x))
}

/// The symmetries of a lattice as they act on (hkl), but for the inversion that all have.
///
/// A symmetry sends each cell vector to one of equal length, and keeps their scalar products.
/// Cells so skew that the images have coefficients beyond ±1 show a part of their symmetry.
fn lattice_symmetry(lattice: &Lattice) -> Vec<[[i32; 3]; 3]> {
    let v = lattice.vectors();
    let metric =
        [0, 1, 2].map(|i| [0, 1, 2].map(|j| (0..3).map(|k| v[i][k] * v[j][k]).sum::<f64>()));
    let product = |a: [i32; 3], b: [i32; 3]| -> f64 {
        let row = |i: usize| (0..3).map(|j| metric[i][j] * f64::from(b[j])).sum::<f64>();
        (0..3).map(|i| f64::from(a[i]) * row(i)).sum()
    };
    let same = |a: [i32; 3], b: [i32; 3], i: usize, j: usize| {
        (product(a, b) - metric[i][j]).abs() <= EQUAL * (metric[i][i] * metric[j][j]).sqrt()
    };
    let all = (0..27).map(|n| [n / 9 - 1, n / 3 % 3 - 1, n % 3 - 1]);
    let images = [0, 1, 2].map(|i| {
        all.clone()
            .filter(|a| same(*a, *a, i, i))
            .collect::<Vec<_>>()
    });
    let mut found = Vec::new();
    // Of a symmetry and its product with the inversion, one.
    for a in images[0].iter().filter(|a| **a > [0; 3]) {
        for b in images[1].iter().filter(|b| same(*a, **b, 0, 1)) {
            for c in images[2]
                .iter()
                .filter(|c| same(*a, **c, 0, 2) && same(*b, **c, 1, 2))
            {
                found.push(transposed([*a, *b, *c]));
            }
        }
    }
    found
}

/// M as [`turned`] takes it, which multiplies from the right: M·(hkl) = (hkl)·Mᵀ.
fn transposed(m: [[i32; 3]; 3]) -> [[i32; 3]; 3] {
    [0, 1, 2].map(|i| [0, 1, 2].map(|j| m[j][i]))
}

/// The operations that tell, of each plane, whether it stands for its family.
pub(super) struct Families {
    /// Rotations of the Laue class, acting on (hkl) from the right.
    laue: Vec<[[i32; 3]; 3]>,
    /// The operations themselves.
    operations: Vec<([[i32; 3]; 3], [f64; 3])>,
}

impl Families {
    /// Every pair (hkl), (−h −k −l) a family of its own.
    pub(super) fn pairs() -> Self {
        Self {
            laue: Vec::new(),
            operations: Vec::new(),
        }
    }

    pub(super) fn of(symmetry: &Symmetry) -> Self {
        let rotations = symmetry.rotations.iter();
        let inverse = |r: &[[i32; 3]; 3]| r.map(|row| row.map(|x| -x));
        let mut laue: Vec<_> = rotations
            .clone()
            .copied()
            .chain(rotations.clone().map(inverse))
            .collect();
        laue.sort_unstable();
        laue.dedup();
        let operations = rotations
            .copied()
            .zip(symmetry.translations.iter().copied());
        Self {
            laue,
            operations: operations.collect(),
        }
    }

    /// How many planes the family of a plane has, if the plane is its first and does not vanish
    /// by a centring, a screw axis or a glide plane.
    pub(super) fn multiplicity_if_first(&self, hkl: [i32; 3]) -> Option<usize> {
        if self.laue.is_empty() {
            return Some(2);
        }
        let mut fixed = 0;
        for rotation in &self.laue {
            match turned(hkl, rotation) {
                image if image > hkl => return None,
                image => fixed += usize::from(image == hkl),
            }
        }
        (!self.is_extinct(hkl)).then(|| self.laue.len() / fixed)
    }

    fn is_extinct(&self, hkl: [i32; 3]) -> bool {
        let product = |t: &[f64; 3]| (0..3).map(|i| f64::from(hkl[i]) * t[i]).sum::<f64>();
        self.operations.iter().any(|(rotation, translation)| {
            let phase = product(translation);
            (phase - phase.round()).abs() > WHOLE && turned(hkl, rotation) == hkl
        })
    }
}

fn turned(hkl: [i32; 3], rotation: &[[i32; 3]; 3]) -> [i32; 3] {
    [0, 1, 2].map(|j| (0..3).map(|i| hkl[i] * rotation[i][j]).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lattices_have_the_symmetry_of_their_system() {
        let order = |a, b, c, al, be, ga| {
            let lattice = Lattice::from_parameters(a, b, c, al, be, ga).unwrap();
            2 * lattice_symmetry(&lattice).len()
        };
        assert_eq!(order(4.0, 4.0, 4.0, 90.0, 90.0, 90.0), 48);
        assert_eq!(order(4.0, 4.0, 4.0, 60.0, 60.0, 60.0), 48);
        assert_eq!(order(4.0, 4.0, 5.0, 90.0, 90.0, 120.0), 24);
        assert_eq!(order(4.0, 4.0, 5.0, 90.0, 90.0, 90.0), 16);
        assert_eq!(order(4.0, 4.0, 4.0, 80.0, 80.0, 80.0), 12);
        assert_eq!(order(4.0, 5.0, 6.0, 90.0, 90.0, 90.0), 8);
        assert_eq!(order(4.0, 5.0, 6.0, 90.0, 95.0, 90.0), 4);
        assert_eq!(order(4.0, 5.0, 6.0, 80.0, 95.0, 98.0), 2);
    }

    #[test]
    fn a_symmetry_keeps_spacings_and_gives_permutations_of_the_shell() {
        let lattice = Lattice::from_parameters(4.0, 4.0, 5.0, 90.0, 90.0, 120.0).unwrap();
        let mut images: Vec<_> = lattice_symmetry(&lattice)
            .iter()
            .map(|r| positive(turned([2, 1, 3], r)))
            .collect();
        for image in &images {
            let ratio = lattice.d_spacing(*image) / lattice.d_spacing([2, 1, 3]);
            assert!((ratio - 1.0).abs() < 1e-12);
        }
        images.sort_unstable();
        images.dedup();
        assert_eq!(images.len(), 12);
    }
}
