//! Check for atoms that overlap.

use xrd_core::Structure;

use crate::{Error, Result};

/// Distance in Å below which atoms are on one site.
const SAME_SITE_ANGSTROM: f64 = 0.1;

/// Largest occupancy of a site, with room for the rounding of shares that add up to 1.
const MOST_OCCUPANCY: f64 = 1.02;

/// Refuses structures with a total occupancy greater than 1 on a site.
///
/// Atoms are sorted by their first coordinate. Each is compared with the following ones that are
/// close enough in this coordinate.
///
/// Cost: O(atoms · log atoms), and quadratic for atoms with the same first coordinate.
///
/// # Errors
/// [`Error::Overlap`] if atoms within 0.1 Å of each other have a total occupancy greater than 1.02.
pub(crate) fn check_overlap(structure: &Structure) -> Result<()> {
    let atoms = structure.atoms();
    let inside = |i: usize| atoms[i].position[0].rem_euclid(1.0);
    let mut order: Vec<(f64, usize)> = (0..atoms.len()).map(|i| (inside(i), i)).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let star = structure.lattice().reciprocal()[0];
    let width = SAME_SITE_ANGSTROM * star.iter().map(|x| x * x).sum::<f64>().sqrt();
    for (n, &(x, first)) in order.iter().enumerate() {
        let after = order[n + 1..].iter().copied();
        let around = order[..n].iter().map(|&(x, i)| (x + 1.0, i));
        let mut occupancy = atoms[first].occupancy;
        for (_, second) in after.chain(around).take_while(|(y, _)| y - x <= width) {
            let angstrom = distance(structure, first, second);
            if angstrom < SAME_SITE_ANGSTROM {
                occupancy += atoms[second].occupancy;
                if occupancy > MOST_OCCUPANCY {
                    return Err(Error::Overlap {
                        first: first.min(second),
                        second: first.max(second),
                        angstrom,
                        occupancy,
                    });
                }
            }
        }
    }
    Ok(())
}

/// Distance in Å to the image that is nearest in each coordinate.
fn distance(structure: &Structure, first: usize, second: usize) -> f64 {
    let (p, q) = (
        structure.atoms()[first].position,
        structure.atoms()[second].position,
    );
    let delta = [0, 1, 2].map(|i| (p[i] - q[i]) - (p[i] - q[i]).round());
    let vector = structure.lattice().cartesian(delta);
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use xrd_core::{Atom, Lattice};

    fn pair(at: [f64; 3], other: [f64; 3], occupancy: f64) -> Structure {
        let cell = Lattice::from_parameters(4.0, 5.0, 6.0, 90.0, 100.0, 90.0).unwrap();
        let iron = "Fe".parse().unwrap();
        let mut atoms = vec![Atom::new(iron, at), Atom::new(iron, other)];
        atoms[1].occupancy = occupancy;
        Structure::new(cell, atoms).unwrap()
    }

    proptest! {
        #[test]
        fn two_atoms_on_a_site_are_found_across_every_face(
            at in prop::array::uniform3(-1.0..2.0f64), cells in prop::array::uniform3(-2i32..3),
        ) {
            let image = [0, 1, 2].map(|i| at[i] + f64::from(cells[i]) + 1e-3);
            let refused = check_overlap(&pair(at, image, 1.0));
            let found = matches!(refused, Err(Error::Overlap { first: 0, second: 1, .. }));
            prop_assert!(found);
            prop_assert!(check_overlap(&pair(at, image, 0.02)).is_ok());
            let away = [at[0] + 0.03, at[1], at[2]];
            prop_assert!(check_overlap(&pair(at, away, 1.0)).is_ok());
        }
    }
}
