//! Which planes belong together.

use std::cmp::Reverse;

use xrd_core::Lattice;

use super::{Planes, Reflection};
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
pub(super) fn join_equal(planes: &Planes, lattice: &Lattice) -> Vec<Reflection> {
    // The bits of positive numbers are in their order.
    let bits = planes.inverse_d_squared.iter().map(|q2| q2.to_bits());
    let mut order: Vec<(u64, u32)> = bits.zip(0..).collect();
    order.sort_unstable();
    let mut joiner = Joiner {
        planes,
        rotations: lattice_symmetry(lattice),
        equal: EQUAL * planes.forward * planes.forward,
        families: Vec::with_capacity(order.len()),
        images: Vec::new(),
    };
    let one_spacing =
        |a: &(u64, u32), b: &(u64, u32)| f64::from_bits(b.0) <= f64::from_bits(a.0) * (1.0 + EQUAL);
    for shell in order.chunk_by_mut(one_spacing) {
        // Planes are in ascending order of their indices.
        shell.sort_unstable_by_key(|plane| Reverse(plane.1));
        joiner.join(shell);
    }
    joiner.families
}

struct Joiner<'a> {
    planes: &'a Planes,
    rotations: Vec<[[i32; 3]; 3]>,
    equal: f64,
    families: Vec<Reflection>,
    /// The images of a plane under the rotations, in descending order.
    images: Vec<[i32; 3]>,
}

impl Joiner<'_> {
    /// Joins planes of one spacing, in descending order of their indices.
    fn join(&mut self, mut shell: &mut [(u64, u32)]) {
        while let [(_, first), rest @ ..] = shell {
            let mut family = self.planes.reflection(*first as usize);
            let (f_squared, mut joined) = (family.structure_factor_squared, 1.0);
            self.set_images(family.hkl, rest.is_empty());
            let (mut others, mut next) = (0, 0);
            for i in 0..rest.len() {
                let plane = self.planes.reflection(rest[i].1 as usize);
                let later = |image: &[i32; 3]| *image <= plane.hkl;
                next += self.images[next..].iter().position(later).unwrap_or(0);
                let difference = plane.structure_factor_squared - f_squared;
                if self.images.get(next) == Some(&plane.hkl) && difference.abs() <= self.equal {
                    family.multiplicity += plane.multiplicity;
                    family.intensity += plane.intensity;
                    family.structure_factor_squared += plane.structure_factor_squared;
                    joined += 1.0;
                } else {
                    rest[others] = rest[i];
                    others += 1;
                }
            }
            family.structure_factor_squared /= joined;
            self.families.push(family);
            shell = &mut rest[..others];
        }
    }

    fn set_images(&mut self, hkl: [i32; 3], alone: bool) {
        self.images.clear();
        if !alone {
            let images = self.rotations.iter().map(|r| positive(turned(hkl, r)));
            self.images.extend(images);
            self.images.sort_unstable_by_key(|hkl| Reverse(*hkl));
        }
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

    /// Whether every pair of planes is wanted.
    pub(super) fn are_pairs(&self) -> bool {
        self.laue.is_empty()
    }

    /// How many planes the family of a plane has, if the plane is its first and does not vanish
    /// by a centring, a screw axis or a glide plane; else 0.
    pub(super) fn multiplicity_if_first(&self, hkl: [i32; 3]) -> usize {
        let mut fixed = 0;
        for rotation in &self.laue {
            match turned(hkl, rotation) {
                image if image > hkl => return 0,
                image => fixed += usize::from(image == hkl),
            }
        }
        if self.is_extinct(hkl) {
            0
        } else {
            self.laue.len() / fixed
        }
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
