//! Families of equivalent reflections.

use std::cmp::{Ordering, Reverse};

use xrd_core::Lattice;

use super::{Reflection, ReflectionColumns};
use crate::Symmetry;

/// Largest relative difference of equal lengths, spacings and |F|² (relative to |F(000)|² for the
/// last): a million times the rounding error.
const EQUAL: f64 = 1e-9;

/// Largest difference of h·t from an integer that counts as rounding (translations are accurate to
/// about 1e-4).
const WHOLE: f64 = 1e-2;

/// Joins reflections to families if they are equivalent by a symmetry of the lattice and have equal
/// |F|².
///
/// Intensities and multiplicities are added. Nothing is lost if a coincidence joins more
/// reflections than the symmetry of the crystal. A family has the indices of its member of largest
/// h, then k, then l.
pub(super) fn join_equal(all: &ReflectionColumns, lattice: &Lattice) -> Vec<Reflection> {
    // Positive floating-point numbers have the same order as their bits.
    let bits = all.inverse_d_squared.iter().map(|q2| q2.to_bits());
    let mut order: Vec<(u64, u32)> = bits.zip(0..).collect();
    order.sort_unstable();
    let mut joiner = Joiner {
        all,
        rotations: lattice_symmetry(lattice),
        equal: EQUAL * all.forward * all.forward,
        families: Vec::with_capacity(order.len()),
        images: Vec::new(),
    };
    let one_spacing =
        |a: &(u64, u32), b: &(u64, u32)| f64::from_bits(b.0) <= f64::from_bits(a.0) * (1.0 + EQUAL);
    for shell in order.chunk_by_mut(one_spacing) {
        // Reflections are in ascending order of their indices.
        shell.sort_unstable_by_key(|one| Reverse(one.1));
        joiner.join(shell);
    }
    joiner.families
}

struct Joiner<'a> {
    all: &'a ReflectionColumns,
    rotations: Vec<[[i32; 3]; 3]>,
    equal: f64,
    families: Vec<Reflection>,
    /// Images of a reflection under the rotations, if they have been computed.
    images: Vec<[i32; 3]>,
}

impl Joiner<'_> {
    /// Joins reflections of one spacing, in descending order of their indices.
    fn join(&mut self, mut shell: &mut [(u64, u32)]) {
        while let [(_, first), rest @ ..] = shell {
            let mut family = self.all.reflection(*first as usize);
            let (f_squared, mut joined) = (family.structure_factor_squared, 1.0);
            self.images.clear();
            let mut others = 0;
            for i in 0..rest.len() {
                let other = rest[i].1 as usize;
                let difference = self.all.f_squared[other] - f_squared;
                if difference.abs() <= self.equal && self.is_image(other, family.hkl) {
                    family.multiplicity += self.all.multiplicity[other];
                    family.intensity += self.all.intensity[other];
                    family.structure_factor_squared += self.all.f_squared[other];
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

    /// Whether a symmetry of the lattice maps (hkl) onto another reflection. The images of (hkl)
    /// are kept until they are cleared.
    fn is_image(&mut self, other: usize, hkl: [i32; 3]) -> bool {
        if self.images.is_empty() {
            let images = self.rotations.iter().map(|r| positive(turned(hkl, r)));
            self.images.extend(images);
        }
        self.images.contains(&self.all.hkl[other])
    }
}

/// The one of (hkl) and (−h −k −l) with a positive first non-zero index.
fn positive(hkl: [i32; 3]) -> [i32; 3] {
    hkl.max(hkl.map(|x| -x))
}

/// Symmetries of a lattice acting on (hkl), without the inversion that all lattices have.
///
/// A symmetry maps each cell vector to one of equal length and keeps the scalar products. For a
/// very oblique cell, with images that have coefficients beyond ±1, only part of the symmetry is
/// found.
fn lattice_symmetry(lattice: &Lattice) -> Vec<[[i32; 3]; 3]> {
    type Image = ([i32; 3], [f64; 3]);
    let v = lattice.vectors();
    let metric =
        [0, 1, 2].map(|i| [0, 1, 2].map(|j| (0..3).map(|k| v[i][k] * v[j][k]).sum::<f64>()));
    // An image and its products with the three vectors.
    let with_row = |a: [i32; 3]| {
        let row = [0, 1, 2].map(|i| (0..3).map(|j| metric[i][j] * f64::from(a[j])).sum::<f64>());
        (a, row)
    };
    let same = |a: &Image, b: &Image, i: usize, j: usize| {
        let product: f64 = (0..3).map(|k| f64::from(a.0[k]) * b.1[k]).sum();
        (product - metric[i][j]).abs() <= EQUAL * (metric[i][i] * metric[j][j]).sqrt()
    };
    let all: [Image; 27] = std::array::from_fn(|n| {
        let n = n as i32;
        with_row([n / 9 - 1, n / 3 % 3 - 1, n % 3 - 1])
    });
    let of_length = |i: usize| all.iter().filter(move |a| same(a, a, i, i));
    let (second, third): (Vec<_>, Vec<_>) = (of_length(1).collect(), of_length(2).collect());
    let mut found = Vec::new();
    // One of each pair of a symmetry and its product with the inversion.
    for a in of_length(0).filter(|a| a.0 > [0; 3]) {
        for b in second.iter().filter(|b| same(a, b, 0, 1)) {
            for c in third
                .iter()
                .filter(|c| same(a, c, 0, 2) && same(b, c, 1, 2))
            {
                found.push(transposed([a.0, b.0, c.0]));
            }
        }
    }
    found
}

/// Mᵀ, because [`turned`] multiplies from the right: M·(hkl) = (hkl)·Mᵀ.
fn transposed(m: [[i32; 3]; 3]) -> [[i32; 3]; 3] {
    [0, 1, 2].map(|i| [0, 1, 2].map(|j| m[j][i]))
}

/// Operations that decide whether a reflection represents its family.
pub(super) struct Families {
    /// Rotations of the Laue class, acting on (hkl) from the right.
    laue: Vec<[[i32; 3]; 3]>,
    /// Operations that can cause systematic absences: those with a non-zero translation.
    extinguishing: Vec<([[i32; 3]; 3], [f64; 3])>,
}

impl Families {
    /// Families of one pair (hkl), (−h −k −l) each.
    pub(super) fn pairs() -> Self {
        Self {
            laue: Vec::new(),
            extinguishing: Vec::new(),
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
        let moves = |t: &[f64; 3]| t.iter().any(|x| (x - x.round()).abs() > 1e-9);
        Self {
            laue,
            extinguishing: operations.filter(|(_, t)| moves(t)).collect(),
        }
    }

    /// Whether every pair is a family of its own.
    pub(super) fn are_pairs(&self) -> bool {
        self.laue.is_empty()
    }

    /// Sets the images of (h k 0) and the step from each l to the next, for every rotation.
    pub(super) fn row(&self, (h, k): (i32, i32), images: &mut Vec<ImageRow>) {
        images.clear();
        let of = |r: &[[i32; 3]; 3]| (turned([h, k, 0], r), r[2]);
        images.extend(self.laue.iter().map(of));
    }

    /// Number of members of the family of a reflection of the [`row`](Self::row). It is 0 if the
    /// reflection is not the first of its family or is systematically absent.
    pub(super) fn multiplicity_if_first(&self, hkl: [i32; 3], images: &[ImageRow]) -> usize {
        let mut fixed = 0;
        for (first, step) in images {
            let image = [0, 1, 2].map(|i| first[i] + hkl[2] * step[i]);
            match image.cmp(&hkl) {
                Ordering::Greater => return 0,
                order => fixed += usize::from(order.is_eq()),
            }
        }
        if self.is_extinct(hkl) {
            0
        } else {
            images.len() / fixed
        }
    }

    fn is_extinct(&self, hkl: [i32; 3]) -> bool {
        let product = |t: &[f64; 3]| (0..3).map(|i| f64::from(hkl[i]) * t[i]).sum::<f64>();
        self.extinguishing.iter().any(|(rotation, translation)| {
            turned(hkl, rotation) == hkl && {
                let phase = product(translation);
                (phase - phase.round()).abs() > WHOLE
            }
        })
    }
}

/// Image of (h k 0) under a rotation, and the step of the image per step of l.
pub(super) type ImageRow = ([i32; 3], [i32; 3]);

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
