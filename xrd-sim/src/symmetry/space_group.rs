//! Space group, with the tolerance that crystal databases use.

use std::collections::BTreeMap;

use moyo::MoyoDataset;
use moyo::base::Cell;
use nalgebra::Vector3;
use xrd_core::Structure;

use super::{clear_cut, found_in, moyo_cell};
use crate::{Error, Result};

/// Factor of each reduction of the tolerance of the search.
const REDUCTION: f64 = 0.95;

/// Largest number of reductions.
const REDUCTIONS: usize = 60;

/// Largest number of atoms. The search tries every atom as the end of a translation and of an
/// operation, so its time grows as the square of the number of atoms: seconds here.
const MOST_ATOMS: usize = 2000;

/// Finds the space group of a structure. Returns its number (1 to 230) in International Tables A.
///
/// The argument `symprec` is the tolerance in Å. A tolerance of 0.1 Å is usual for databases of
/// computed structures.
///
/// A symmetry operation is accepted by the criterion of the program spglib. First, the translation
/// of the operation is adjusted so that the image of one chosen site coincides exactly with a site
/// of the same kind. The chosen site is the first site of the rarest kind of atom. Then the image
/// of every other site must be closer than `symprec` to a site of the same kind.
///
/// The crate `moyo` finds the operations. `moyo` adjusts the translation of each operation to the
/// best average fit. Its result may therefore contain operations with errors up to twice `symprec`.
/// If an operation does not meet the criterion of spglib, or if the operations do not form a group,
/// the search is repeated with a tolerance smaller by 5 %.
///
/// The tolerance also applies to the cell. An operation must map each cell vector to a lattice
/// vector whose length differs by less than `symprec`. If the angle between two cell vectors with
/// the lengths l and m differs from the angle between their images by δ, then |sin δ|·√(l·m) must
/// be less than `symprec`. There is no separate tolerance for angles, because an error of some
/// degrees would mean errors of several Å for long vectors.
///
/// Before this search, the function tries a much faster search without `moyo`. The fast search
/// succeeds if every candidate operation is either clearly correct or clearly wrong. A candidate is
/// clearly correct if all its errors are below a tenth of `symprec`. A candidate is clearly wrong
/// if one of its errors is above twice `symprec`. Most structures in databases meet this condition.
/// `moyo` then only identifies the group of the operations.
///
/// # Errors
/// - Any error of [`Symmetry::within`](super::Symmetry::within).
/// - [`Error::Symmetry`] for more than 2000 atoms.
///
/// # References
/// A. Togo, K. Shinohara, I. Tanaka, Sci. Technol. Adv. Mater. Meth. 4, 2384822 (2024), spglib.
pub fn space_group(structure: &Structure, symprec: f64) -> Result<u16> {
    let atoms = structure.atoms().len();
    if atoms > MOST_ATOMS {
        return Err(Error::Symmetry {
            reason: format!("{atoms} atoms (expected at most {MOST_ATOMS})"),
        });
    }
    let cell = moyo_cell(structure);
    match clear_cut::space_group(&cell, symprec) {
        Some(number) => Ok(number),
        None => searched(&cell, symprec),
    }
}

/// Space group by the search of moyo.
fn searched(cell: &Cell, symprec: f64) -> Result<u16> {
    let mut tolerance = symprec;
    let mut last = found_in(cell, tolerance);
    for _ in 0..REDUCTIONS {
        // Moyo halves a tolerance that finds no group; the halved one may be far too small.
        let holds =
            |found: &MoyoDataset| found.symprec >= tolerance && largest_miss(cell, found) < symprec;
        if last.as_ref().is_ok_and(holds) {
            break;
        }
        tolerance *= REDUCTION;
        last = found_in(cell, tolerance);
    }
    Ok(last?.number as u16)
}

/// Largest error of the operations in Å, when each maps one site exactly onto another.
///
/// Sites equivalent by a lattice translation are checked once. Cost: O(operations of the
/// point group × sites of a primitive cell × sites of an orbit).
fn largest_miss(cell: &Cell, found: &MoyoDataset) -> f64 {
    let mut orbits = vec![Vec::new(); cell.num_atoms()];
    for (site, &orbit) in found.orbits.iter().enumerate() {
        orbits[orbit].push(site);
    }
    let pivot = pivot(&cell.numbers);
    let sites = first_of_each(&found.mapping_std_prim);
    let mut seen = Vec::new();
    let mut largest: f64 = 0.0;
    for operation in &found.operations {
        // Operations that differ by a centring have the same errors.
        if seen.contains(&operation.rotation) {
            continue;
        }
        seen.push(operation.rotation);
        let rotation = operation.rotation.map(f64::from);
        let miss = |site: usize| -> Vector3<f64> {
            let image = rotation * cell.positions[site] + operation.translation;
            nearest(cell, &image, &orbits[found.orbits[site]])
        };
        let first = miss(pivot);
        let beside = sites
            .iter()
            .map(|&site| (miss(site) - first).norm_squared());
        largest = beside.fold(largest, f64::max);
    }
    largest.sqrt()
}

/// Index of the first occurrence of each number.
fn first_of_each(numbers: &[usize]) -> Vec<usize> {
    let mut seen = vec![false; numbers.iter().max().map_or(0, |most| most + 1)];
    let is_first = |place: &usize| !std::mem::replace(&mut seen[numbers[*place]], true);
    (0..numbers.len()).filter(is_first).collect()
}

/// Vector in Å to a position from the nearest of some sites.
fn nearest(cell: &Cell, position: &Vector3<f64>, sites: &[usize]) -> Vector3<f64> {
    let way = |&site: &usize| {
        let beside = position - cell.positions[site];
        let beside = beside.map(|x| x - x.round());
        cell.lattice.basis * beside
    };
    let ways = sites.iter().map(way);
    let shorter =
        |a: &Vector3<f64>, b: &Vector3<f64>| a.norm_squared().total_cmp(&b.norm_squared());
    ways.min_by(shorter).unwrap_or_default()
}

/// First site of the rarest kind, or of that with the smallest number among equally rare ones.
fn pivot(kinds: &[i32]) -> usize {
    let mut counts = BTreeMap::new();
    kinds
        .iter()
        .for_each(|k| *counts.entry(k).or_insert(0) += 1);
    let rarity = |site: &usize| (counts[&kinds[*site]], kinds[*site]);
    (0..kinds.len()).min_by_key(rarity).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{Atom, CrystalSystem, Lattice};

    #[test]
    fn the_space_group_of_a_nearly_cubic_cell_depends_on_the_tolerance() {
        let cell = Lattice::from_parameters(4.0, 4.0, 4.04, 90.0, 90.0, 90.0).unwrap();
        let polonium = vec![Atom::new("Po".parse().unwrap(), [0.0; 3])];
        let stretched = Structure::new(cell, polonium).unwrap();
        let found = [1e-3, 0.1].map(|symprec| space_group(&stretched, symprec).unwrap());
        assert_eq!(found, [123, 221]);
        let systems = found.map(|n| CrystalSystem::of_space_group(n).unwrap());
        assert_eq!(systems, [CrystalSystem::Tetragonal, CrystalSystem::Cubic]);
        assert_eq!(systems.map(CrystalSystem::name), ["tetragonal", "cubic"]);
    }

    /// An operation with the error x at one of two atoms has the error x/2 at both after a shift.
    #[test]
    fn misses_are_counted_from_one_site() {
        let cell = Lattice::from_parameters(4.1, 4.1, 4.1, 90.0, 90.0, 90.0).unwrap();
        let found = |off_centre: f64| {
            let cs = Atom::new("Cs".parse().unwrap(), [0.0; 3]);
            let cl = Atom::new("Cl".parse().unwrap(), [0.5, 0.5, 0.5 + off_centre / 4.1]);
            let structure = Structure::new(cell, vec![cs, cl]).unwrap();
            space_group(&structure, 0.1).unwrap()
        };
        // Inversion moves chlorine by twice its distance from the middle.
        assert_eq!([0.0, 0.049, 0.051, 0.09].map(found), [221, 221, 99, 99]);
    }
}
