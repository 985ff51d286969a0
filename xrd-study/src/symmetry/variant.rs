//! Structures with the symmetry of a known one, and with other elements, coordinates and axes.

use std::collections::BTreeMap;

use rand::Rng;
use xrd_core::{Atom, Element, Lattice, Structure};
use xrd_sim::Symmetry;
use xrd_symmetry::SpaceGroup;

use super::crystal::{TOLERANCE, strains, tensor};
use super::normal;

/// Standard deviation of the uniform strain and of each component of the strain that keeps the symmetry.
const STRAIN: f64 = 0.05;

/// Root mean square displacement of the atoms in Å.
const DISPLACEMENT_ANGSTROM: f64 = 0.25;

/// Highest atomic number of the new elements (bismuth).
const HEAVIEST: u8 = 83;

/// Returns a structure with the same space group and the same sites as a known one. Its elements are exchanged for
/// random ones, its atoms are moved along their free coordinates by 0.25 Å (root mean square), and its axes are
/// strained by some 5 %, all as the symmetry allows. Networks that learn from such structures as well cannot learn the
/// known ones by heart.
///
/// Returns `None` if the symmetry search does not find this space group in both structures.
pub fn variant(
    structure: &Structure,
    space_group: SpaceGroup,
    rng: &mut impl Rng,
) -> Option<Structure> {
    let symmetry = Symmetry::within(structure, TOLERANCE).ok()?;
    if symmetry.space_group != space_group.number() {
        return None;
    }
    let moved = moved(structure, &symmetry, rng);
    let mut elements: BTreeMap<Element, Element> = BTreeMap::new();
    let mut other = |element: Element| {
        if let Some(known) = elements.get(&element) {
            return *known;
        }
        loop {
            let number = rng.random_range(3..=HEAVIEST);
            let Ok(new) = Element::from_number(number) else {
                continue;
            };
            if !elements.values().any(|e| *e == new) {
                elements.insert(element, new);
                return new;
            }
        }
    };
    let atoms = structure.atoms().iter().zip(moved);
    let atoms = atoms.map(|(atom, position)| Atom {
        species: other(atom.element()).into(),
        position,
        ..*atom
    });
    let atoms: Vec<Atom> = atoms.collect();
    let lattice = strained(structure, &symmetry, rng)?;
    let variant = Structure::new(lattice, atoms).ok()?;
    let found = Symmetry::within(&variant, TOLERANCE).ok()?;
    (found.space_group == space_group.number()).then_some(variant)
}

/// Positions of the moved atoms.
fn moved(structure: &Structure, symmetry: &Symmetry, rng: &mut impl Rng) -> Vec<[f64; 3]> {
    let lattice = structure.lattice();
    let mut random = || lattice.fractional([0; 3].map(|_| normal(rng)));
    let any: Vec<_> = structure.atoms().iter().map(|_| random()).collect();
    let free = symmetry.invariant_displacements(structure, &any);
    let square = |u: &[f64; 3]| lattice.cartesian(*u).iter().map(|x| x * x).sum::<f64>();
    let mean_square = free.iter().map(square).sum::<f64>() / free.len() as f64;
    // Without free coordinates, rounding is all that is left.
    let factor = match mean_square > 1e-6 {
        true => DISPLACEMENT_ANGSTROM / mean_square.sqrt(),
        false => 0.0,
    };
    let atoms = structure.atoms().iter().zip(free);
    atoms
        .map(|(atom, u)| [0, 1, 2].map(|i| atom.position[i] + factor * u[i]))
        .collect()
}

/// The strained lattice.
fn strained(structure: &Structure, symmetry: &Symmetry, rng: &mut impl Rng) -> Option<Lattice> {
    let uniform = STRAIN * normal(rng);
    let mut sum = tensor(|i, j| if i == j { uniform } else { 0.0 });
    for strain in strains(structure.lattice(), symmetry) {
        let size = STRAIN * normal(rng);
        sum = tensor(|i, j| sum[i][j] + size * strain[i][j]);
    }
    let strained = |vector: &[f64; 3]| {
        [0, 1, 2].map(|i| vector[i] + (0..3).map(|k| sum[i][k] * vector[k]).sum::<f64>())
    };
    let vectors = structure.lattice().vectors().each_ref().map(strained);
    Lattice::from_vectors(vectors).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn rutile() -> Structure {
        let cell = Lattice::from_parameters(4.594, 4.594, 2.959, 90.0, 90.0, 90.0).unwrap();
        let u = 0.305;
        let positions = [
            ("Ti", [0.0, 0.0, 0.0]),
            ("Ti", [0.5, 0.5, 0.5]),
            ("O", [u, u, 0.0]),
            ("O", [-u, -u, 0.0]),
            ("O", [0.5 + u, 0.5 - u, 0.5]),
            ("O", [0.5 - u, 0.5 + u, 0.5]),
        ];
        let atom = |(e, p): (&str, [f64; 3])| Atom::new(e.parse().unwrap(), p);
        Structure::new(cell, positions.map(atom).to_vec()).unwrap()
    }

    #[test]
    fn a_variant_keeps_the_symmetry_and_changes_everything_else() {
        let known = rutile();
        let group = SpaceGroup::from_number(136).unwrap();
        let made = |seed| variant(&known, group, &mut ChaCha8Rng::seed_from_u64(seed));
        let found: Vec<Structure> = (0..20).filter_map(made).collect();
        assert!(found.len() >= 15, "{}", found.len());
        assert_eq!(made(0), made(0));
        let ratio = |s: &Structure| s.lattice().lengths()[2] / s.lattice().lengths()[0];
        for structure in &found {
            let [a, b, _] = structure.lattice().lengths();
            assert!((a - b).abs() < 1e-9);
            assert!((ratio(structure) - ratio(&known)).abs() > 1e-6);
            let elements = structure.composition();
            assert_eq!(elements.len(), 2);
            assert_ne!(elements, known.composition());
            let [x, y, z] = structure.atoms()[2].position;
            assert!((x - y).abs() < 1e-9 && z.abs() < 1e-9 && (x - 0.305).abs() > 1e-3);
        }
        let other = SpaceGroup::from_number(225).unwrap();
        assert_eq!(
            variant(&known, other, &mut ChaCha8Rng::seed_from_u64(0)),
            None
        );
    }
}
