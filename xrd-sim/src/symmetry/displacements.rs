use nalgebra::{Matrix3, Vector3};
use xrd_core::Structure;

use super::{SAME_SITE_ANGSTROM, Sites, Symmetry, distance};

impl Symmetry {
    /// Returns the part of displacements of atoms that is invariant under the symmetry operations: for each atom, the mean of
    /// R·u over the operations, where u is the displacement of the atom that the operation maps onto it.
    ///
    /// Atoms that are moved by this part keep the symmetry of the structure. The displacements are in fractional
    /// coordinates, one per atom; those that are missing at the end count as 0. Of several atoms at one position, the
    /// displacement of the first counts for all.
    ///
    /// Cost: O(operations · atoms²).
    pub fn invariant_displacements(
        &self,
        structure: &Structure,
        displacements: &[[f64; 3]],
    ) -> Vec<[f64; 3]> {
        let sites = Sites::of(structure);
        let count = sites.positions.len();
        let mut of_site = vec![Vector3::zeros(); count];
        let given = sites.of_atom.iter().zip(displacements).enumerate();
        for (atom, (site, displacement)) in given {
            if sites.of_atom[..atom].iter().all(|s| s != site) {
                of_site[*site] = Vector3::from(*displacement);
            }
        }
        let mut sums = vec![(Vector3::zeros(), 0u32); count];
        for (k, rows) in self.rotations.iter().enumerate() {
            let rotation = Matrix3::from_fn(|i, j| f64::from(rows[i][j]));
            for (site, position) in sites.positions.iter().enumerate() {
                let image = self.apply(k, *position);
                let near = |q: &[f64; 3]| distance(structure, image, *q) < 2.0 * SAME_SITE_ANGSTROM;
                if let Some(image) = sites.positions.iter().position(near) {
                    sums[image].0 += rotation * of_site[site];
                    sums[image].1 += 1;
                }
            }
        }
        let mean = |site: &usize| {
            let (sum, count) = sums[*site];
            <[f64; 3]>::from(sum / f64::from(count.max(1)))
        };
        sites.of_atom.iter().map(mean).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{Atom, Lattice};

    /// Rutile: the oxygen at (u, u, 0) may move along the diagonal only, and titanium not at all.
    #[test]
    fn atoms_move_along_the_free_coordinates_only() {
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
        let rutile = Structure::new(cell, positions.map(atom).to_vec()).unwrap();
        let symmetry = Symmetry::within(&rutile, 1e-3).unwrap();
        assert_eq!(symmetry.space_group, 136);
        let any = [
            [0.01, 0.02, 0.03],
            [-0.01, 0.0, 0.02],
            [0.03, -0.01, 0.01],
            [0.0, 0.01, -0.02],
            [0.01, 0.03, 0.0],
            [-0.02, 0.0, 0.01],
        ];
        let found = symmetry.invariant_displacements(&rutile, &any);
        for titanium in &found[..2] {
            assert!(titanium.iter().all(|x| x.abs() < 1e-12), "{titanium:?}");
        }
        let along = found[2][0];
        assert!(along.abs() > 1e-4);
        for (k, signs) in [[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]]
            .into_iter()
            .enumerate()
        {
            let expected = [signs[0] * along, signs[1] * along, 0.0];
            let near = found[2 + k].iter().zip(expected);
            assert!(
                near.clone().all(|(a, b)| (a - b).abs() < 1e-12),
                "{found:?}"
            );
        }
        // Missing displacements are 0, and more than atoms are no error.
        let padded = [&any[..2], &[[0.0; 3]; 4]].concat();
        let fewer = symmetry.invariant_displacements(&rutile, &any[..2]);
        assert_eq!(fewer, symmetry.invariant_displacements(&rutile, &padded));
        // What is invariant stays as it is.
        let again = symmetry.invariant_displacements(&rutile, &found);
        let same = again.iter().flatten().zip(found.iter().flatten());
        assert!(same.into_iter().all(|(a, b)| (a - b).abs() < 1e-12));
    }
}
