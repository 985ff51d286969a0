//! Primitive cell in the standard setting.

use xrd_core::{Atom, Lattice, Structure};

use super::{Sites, found_in, moyo_cell};
use crate::Result;

/// Finds the primitive cell of a structure in the standard setting of its space group. Returns the number of
/// the space group (1 to 230), and the cell with its atoms at the positions of the symmetry.
///
/// Equal structures in different cells give equal cells, except where the standard leaves a choice of the
/// origin or of the axes. The argument `tolerance` is that of the search in Å, as in
/// [`Symmetry::within`](super::Symmetry::within). The volume per atom is nearly kept.
///
/// # Errors
/// Any error of [`Symmetry::within`](super::Symmetry::within).
pub fn primitive_cell(structure: &Structure, tolerance: f64) -> Result<(u16, Structure)> {
    let found = found_in(&moyo_cell(structure), tolerance)?;
    let cell = &found.prim_std_cell;
    let basis = &cell.lattice.basis;
    let lattice = Lattice::from_vectors([0, 1, 2].map(|i| [0, 1, 2].map(|j| basis[(j, i)])))?;
    let site_of_atom = Sites::of(structure).of_atom;
    let mut atoms = Vec::new();
    for (place, position) in cell.positions.iter().enumerate() {
        let site = found.mapping_std_prim.iter().position(|p| *p == place);
        let of_site = site_of_atom.iter().zip(structure.atoms());
        let of_site = of_site.filter(|(s, _)| Some(**s) == site);
        atoms.extend(of_site.map(|(_, atom)| Atom {
            position: [0, 1, 2].map(|i| position[i]),
            displacement: None,
            ..*atom
        }));
    }
    Ok((found.number as u16, Structure::new(lattice, atoms)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body_centred(atoms: &[[f64; 3]]) -> Structure {
        let cell = Lattice::from_parameters(3.0, 3.0, 4.0, 90.0, 90.0, 90.0).unwrap();
        let atom = |p| Atom::new("In".parse().unwrap(), p);
        Structure::new(cell, atoms.iter().copied().map(atom).collect()).unwrap()
    }

    #[test]
    fn a_centred_cell_is_halved_and_its_origin_does_not_matter() {
        let at = |[x, y, z]: [f64; 3]| [[x, y, z], [x + 0.5, y + 0.5, z + 0.5]];
        for origin in [[0.0; 3], [0.1, 0.2, 0.3]] {
            let (group, found) = primitive_cell(&body_centred(&at(origin)), 0.01).unwrap();
            assert_eq!((group, found.atoms().len()), (139, 1));
            assert!((found.lattice().volume() - 18.0).abs() < 1e-9);
            let mut lengths = found.lattice().lengths();
            lengths.sort_by(f64::total_cmp);
            assert!(
                (lengths[0] - 34f64.sqrt() / 2.0).abs() < 1e-9,
                "{lengths:?}"
            );
        }
    }

    #[test]
    fn partly_occupied_sites_keep_their_atoms() {
        let mut atoms = body_centred(&[[0.0; 3], [0.5; 3]]).atoms().to_vec();
        for atom in &mut atoms {
            atom.occupancy = 0.5;
        }
        let tin = |a: &Atom| Atom {
            species: "Sn".parse::<xrd_core::Element>().unwrap().into(),
            ..*a
        };
        let tin: Vec<Atom> = atoms.iter().map(tin).collect();
        atoms.extend(tin);
        let lattice = *body_centred(&[[0.0; 3]]).lattice();
        let shared = Structure::new(lattice, atoms).unwrap();
        let (_, found) = primitive_cell(&shared, 0.01).unwrap();
        assert_eq!(found.atoms().len(), 2);
        assert_eq!(found.composition().len(), 2);
    }
}
