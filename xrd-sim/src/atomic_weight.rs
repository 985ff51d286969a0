//! Atomic weights, and masses of cells.

mod table;

use xrd_core::{Element, Structure};

use crate::{Error, Result};

/// Returns the atomic weight of an element in g/mol.
///
/// # Errors
/// [`Error::NoFormFactor`] for an element heavier than californium, which cannot be simulated.
pub(crate) fn atomic_weight(element: Element) -> Result<f64> {
    let found = table::ATOMIC_WEIGHTS.get(usize::from(element.number()) - 1);
    found.copied().ok_or(Error::NoFormFactor { element })
}

/// Returns the mass of all atoms of a cell in g/mol.
pub(crate) fn cell_mass(structure: &Structure) -> Result<f64> {
    let mass = |(element, count)| Ok(count * atomic_weight(element)?);
    structure.composition().into_iter().map(mass).sum()
}

/// Returns the number of formula units per cell: the greatest common divisor of the numbers of
/// atoms, or 1 if a number of atoms is not whole.
pub(crate) fn formula_units(structure: &Structure) -> f64 {
    let counts: Vec<f64> = structure.composition().iter().map(|c| c.1).collect();
    if counts.iter().any(|n| (n - n.round()).abs() > 1e-6) {
        return 1.0;
    }
    let divisor = counts.iter().fold(0, |d, n| common(d, n.round() as u64));
    divisor.max(1) as f64
}

/// Greatest common divisor.
fn common(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{Atom, Lattice};

    #[test]
    fn weights_are_those_of_the_iupac() {
        for (symbol, expected) in [
            ("H", 1.008),
            ("O", 15.999),
            ("Al", 26.982),
            ("Fe", 55.845),
            ("Sr", 87.62),
            ("U", 238.03),
        ] {
            let weight = atomic_weight(symbol.parse().unwrap()).unwrap();
            assert!((weight / expected - 1.0).abs() < 1e-4, "{symbol}: {weight}");
        }
        assert!(atomic_weight("Es".parse().unwrap()).is_err());
    }

    #[test]
    fn a_cell_of_rock_salt_has_four_formula_units() {
        let cell = Lattice::from_parameters(5.64, 5.64, 5.64, 90.0, 90.0, 90.0).unwrap();
        let atom = |i: usize| {
            let symbol = if i < 4 { "Na" } else { "Cl" };
            let place = [i as f64 / 8.0, 0.0, 0.0];
            Atom::new(symbol.parse().unwrap(), place)
        };
        let mut atoms: Vec<Atom> = (0..8).map(atom).collect();
        let salt = Structure::new(cell, atoms.clone()).unwrap();
        assert!((cell_mass(&salt).unwrap() - 4.0 * 58.44).abs() < 0.05);
        assert_eq!(formula_units(&salt), 4.0);
        atoms[0].occupancy = 0.5;
        assert_eq!(formula_units(&Structure::new(cell, atoms).unwrap()), 1.0);
    }
}
