use xrd_core::{Atom, Lattice, Structure};

use crate::{Error, Result};

/// Builds a supercell of a structure.
///
/// The argument `times` contains three numbers: the repeats of the structure along each cell
/// vector. Let n be the product of these three numbers. The copies of atom i have the indices from
/// i·n to (i + 1)·n − 1 in the supercell. Among the copies of one atom, the shift along c changes
/// fastest.
///
/// # Errors
/// [`Error::OutOfRange`] if a number of repeats is 0 or the supercell has more than 10⁶ atoms.
///
/// # Example
/// ```
/// use xrd_core::{Atom, Lattice, Structure};
/// let cell = Lattice::from_parameters(3.6, 3.6, 3.6, 90.0, 90.0, 90.0)?;
/// let polonium = Structure::new(cell, vec![Atom::new("Po".parse()?, [0.0; 3])])?;
/// let double = xrd_sim::supercell(&polonium, [1, 1, 2])?;
/// assert_eq!(double.atoms()[1].position, [0.0, 0.0, 0.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn supercell(structure: &Structure, times: [usize; 3]) -> Result<Structure> {
    let atoms = times
        .iter()
        .fold(structure.atoms().len() as f64, |n, &t| n * t as f64);
    if !(1.0..=1e6).contains(&atoms) {
        return Err(Error::OutOfRange {
            what: "number of atoms of the supercell",
            value: atoms,
            expected: "1 to 1000000",
        });
    }
    let vectors = *structure.lattice().vectors();
    let lattice =
        Lattice::from_vectors([0, 1, 2].map(|i| vectors[i].map(|x| x * times[i] as f64)))?;
    let [na, nb, nc] = times;
    let mut shifted = Vec::with_capacity(atoms as usize);
    for atom in structure.atoms() {
        for shift in (0..na * nb * nc).map(|k| [k / (nb * nc), k / nc % nb, k % nc]) {
            let position =
                [0, 1, 2].map(|i| (atom.position[i] + shift[i] as f64) / times[i] as f64);
            shifted.push(Atom { position, ..*atom });
        }
    }
    Ok(Structure::new(lattice, shifted)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_atom_and_too_many_are_refused() {
        let cell = Lattice::from_parameters(3.6, 3.6, 3.6, 90.0, 90.0, 90.0).unwrap();
        let atom = Atom::new("Po".parse().unwrap(), [0.0; 3]);
        let polonium = Structure::new(cell, vec![atom]).unwrap();
        assert_eq!(
            supercell(&polonium, [10, 10, 10]).unwrap().atoms().len(),
            1000
        );
        for times in [[0, 2, 2], [101, 100, 100], [usize::MAX; 3]] {
            let message = supercell(&polonium, times).unwrap_err().to_string();
            assert!(message.contains("expected 1 to 1000000"), "{message}");
        }
    }
}
