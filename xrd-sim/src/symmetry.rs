mod clear_cut;
mod displacements;
mod primitive;
mod space_group;

pub use primitive::primitive_cell;
pub use space_group::space_group;

use moyo::MoyoDataset;
use moyo::base::{AngleTolerance, Cell, Lattice as MoyoLattice};
use moyo::data::Setting;
use nalgebra::Matrix3;
use xrd_core::{Displacement, Lattice, Species, Structure};

use crate::{Error, Result};

/// Distance in Å below which two atoms are on the same site.
const SAME_SITE_ANGSTROM: f64 = 0.1;

/// Symmetry operations that map a structure onto itself.
///
/// The crate `moyo` finds the operations. The operations of a supercell include the translations of
/// the smaller cell.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Symmetry {
    /// International number of the space group, 1 to 230.
    pub space_group: u16,
    /// Rotation matrices that act on fractional coordinates of the cell.
    pub rotations: Vec<[[i32; 3]; 3]>,
    /// Translations in fractional coordinates, one per rotation.
    pub translations: Vec<[f64; 3]>,
}

impl Symmetry {
    /// Finds the symmetry of a structure, with a tolerance in Å.
    ///
    /// A tolerance of 1e-4 Å is usual for computed structures. Several partly occupied atoms at one
    /// position count as one site.
    ///
    /// # Errors
    /// [`Error::Symmetry`] if the search fails, for example for overlapping atoms.
    pub fn within(structure: &Structure, tolerance: f64) -> Result<Self> {
        Ok(Self::of(&search(structure, tolerance)?))
    }

    fn of(found: &MoyoDataset) -> Self {
        let operations = found.operations.iter();
        Self {
            space_group: found.number as u16,
            rotations: operations.clone().map(|o| o.rotation_as_array()).collect(),
            translations: operations.map(|o| o.translation_as_array()).collect(),
        }
    }

    /// Returns the symmetry operations as permutations of the given sites.
    ///
    /// The argument `sites` contains indices of atoms. If entry i of a permutation is j, the
    /// operation maps the atom `sites[i]` onto the atom `sites[j]`.
    ///
    /// An operation is skipped if it maps a site onto an atom that is not in this list. Repeated
    /// permutations are also skipped.
    pub fn permutations(&self, structure: &Structure, sites: &[usize]) -> Vec<Vec<usize>> {
        let positions: Vec<[f64; 3]> = sites
            .iter()
            .map(|&i| structure.atoms()[i].position)
            .collect();
        let mut found: Vec<Vec<usize>> = (0..self.rotations.len())
            .filter_map(|k| {
                positions
                    .iter()
                    .map(|&p| {
                        let image = self.apply(k, p);
                        let same =
                            |q: &[f64; 3]| distance(structure, image, *q) < SAME_SITE_ANGSTROM;
                        positions.iter().position(same)
                    })
                    .collect()
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// Returns the part of a strain tensor that is invariant under the point group: the mean of
    /// R·ε·Rᵀ over its rotations R. The tensor is in the Cartesian axes of the lattice.
    ///
    /// A strain by this part keeps equivalent lattice planes equivalent
    /// ([`LatticeStrain::tensor`](crate::LatticeStrain::tensor)).
    pub fn invariant_strain(&self, lattice: &Lattice, tensor: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
        let to_cartesian = Matrix3::from(*lattice.vectors());
        // A lattice has a volume.
        let Some(to_fractional) = to_cartesian.try_inverse() else {
            return tensor;
        };
        let tensor = Matrix3::from(tensor);
        let mut sum = Matrix3::zeros();
        for rows in &self.rotations {
            let fractional = Matrix3::from_fn(|i, j| f64::from(rows[i][j]));
            let rotation = to_cartesian * fractional * to_fractional;
            sum += rotation * tensor * rotation.transpose();
        }
        let mean = sum / self.rotations.len().max(1) as f64;
        [0, 1, 2].map(|i| [0, 1, 2].map(|j| (mean[(i, j)] + mean[(j, i)]) / 2.0))
    }

    fn apply(&self, k: usize, p: [f64; 3]) -> [f64; 3] {
        let (r, t) = (&self.rotations[k], &self.translations[k]);
        [0, 1, 2].map(|i| t[i] + (0..3).map(|j| f64::from(r[i][j]) * p[j]).sum::<f64>())
    }
}

/// Result of the symmetry search.
pub(crate) struct Found {
    /// Number of the space group, 1 to 230.
    pub(crate) number: u16,
    pub(crate) sites: Sites,
    /// Vectors of the standard cell as columns, in the basis of the structure.
    pub(crate) standard: Matrix3<f64>,
    symmetry: Symmetry,
    dataset: MoyoDataset,
}

impl Found {
    pub(crate) fn of(structure: &Structure, tolerance: f64) -> Result<Self> {
        let dataset = search(structure, tolerance)?;
        Ok(Self {
            number: dataset.number as u16,
            sites: Sites::of(structure),
            standard: dataset.std_linear,
            symmetry: Symmetry::of(&dataset),
            dataset,
        })
    }

    /// Orbits: lists of equivalent sites, in their order.
    pub(crate) fn orbits(&self) -> Vec<Vec<usize>> {
        let mut orbits: Vec<Vec<usize>> = Vec::new();
        for (site, of) in self.dataset.orbits.iter().enumerate() {
            match orbits.iter_mut().find(|o| self.dataset.orbits[o[0]] == *of) {
                Some(orbit) => orbit.push(site),
                None => orbits.push(vec![site]),
            }
        }
        orbits
    }

    /// Multiplicity and letter of the Wyckoff position of a site, from the length of its orbit.
    pub(crate) fn wyckoff(&self, site: usize, orbit: usize) -> String {
        let all = self.sites.positions.len().max(1);
        let multiplicity = orbit * self.dataset.std_cell.num_atoms() / all;
        format!("{multiplicity}{}", self.dataset.wyckoffs[site])
    }

    /// Rotation parts of the operations that map one site onto another.
    pub(crate) fn operations_between<'a>(
        &'a self,
        structure: &'a Structure,
        from: usize,
        to: usize,
    ) -> impl Iterator<Item = Matrix3<f64>> + 'a {
        let [from, to] = [from, to].map(|site| self.sites.positions[site]);
        let maps = move |k: &usize| {
            distance(structure, self.symmetry.apply(*k, from), to) < SAME_SITE_ANGSTROM
        };
        let rotation = |k: usize| {
            let rows = self.symmetry.rotations[k];
            Matrix3::from_fn(|i, j| f64::from(rows[i][j]))
        };
        (0..self.symmetry.rotations.len())
            .filter(maps)
            .map(rotation)
    }
}

fn search(structure: &Structure, symprec: f64) -> Result<MoyoDataset> {
    found_in(&moyo_cell(structure), symprec)
}

fn moyo_cell(structure: &Structure) -> Cell {
    let sites = Sites::of(structure);
    Cell::new(
        MoyoLattice::from_basis(*structure.lattice().vectors()),
        sites.positions.iter().map(|&p| p.into()).collect(),
        sites.kinds,
    )
}

fn found_in(cell: &Cell, symprec: f64) -> Result<MoyoDataset> {
    let angles = AngleTolerance::default();
    let found = MoyoDataset::new(cell, symprec, angles, Setting::default(), false);
    found.map_err(|e| Error::Symmetry {
        reason: e.to_string(),
    })
}

/// Distance in Å between two fractional positions, with the nearest image in each coordinate.
fn distance(structure: &Structure, a: [f64; 3], b: [f64; 3]) -> f64 {
    let delta = [0, 1, 2].map(|i| (a[i] - b[i]) - (a[i] - b[i]).round());
    structure
        .lattice()
        .cartesian(delta)
        .iter()
        .map(|x| x * x)
        .sum::<f64>()
        .sqrt()
}

/// Sites of a structure. Partly occupied atoms at one position are one site.
pub(crate) struct Sites {
    pub(crate) positions: Vec<[f64; 3]>,
    /// Number of the occupation of each site; equal numbers mean equal occupation.
    kinds: Vec<i32>,
    /// Site of each atom.
    pub(crate) of_atom: Vec<usize>,
}

impl Sites {
    fn of(structure: &Structure) -> Self {
        type Kind = Vec<(Species, u64, Option<i64>)>;
        let mut positions: Vec<[f64; 3]> = Vec::new();
        let mut occupants: Vec<Kind> = Vec::new();
        let mut of_atom = Vec::with_capacity(structure.atoms().len());
        // In 1e-9 Å², so that images under a rotation are equal in spite of rounding.
        let u_equivalent =
            |u: Displacement| (1e9 * u.u_equivalent(structure.lattice())).round() as i64;
        for atom in structure.atoms() {
            let kind = (
                atom.species,
                atom.occupancy.to_bits(),
                atom.displacement.map(u_equivalent),
            );
            let near = |q: &[f64; 3]| distance(structure, atom.position, *q) < SAME_SITE_ANGSTROM;
            // Only partly occupied atoms may share a position.
            let shared = (atom.occupancy < 1.0).then(|| positions.iter().position(near));
            let site = shared.flatten().unwrap_or(positions.len());
            if site == positions.len() {
                positions.push(atom.position);
                occupants.push(Vec::new());
            }
            occupants[site].push(kind);
            of_atom.push(site);
        }
        for kind in &mut occupants {
            kind.sort_unstable();
        }
        let mut kinds = occupants.clone();
        kinds.sort_unstable();
        kinds.dedup();
        let number = |o| kinds.binary_search(o).unwrap_or_default() as i32;
        Self {
            kinds: occupants.iter().map(number).collect(),
            positions,
            of_atom,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::Atom;

    fn rock_salt(shared: bool) -> Structure {
        let cell = Lattice::from_parameters(5.64, 5.64, 5.64, 90.0, 90.0, 90.0).unwrap();
        let (na, cl) = ("Na".parse().unwrap(), "Cl".parse().unwrap());
        let mut atoms = Vec::new();
        for t in [
            [0.0, 0.0, 0.0],
            [0.0, 0.5, 0.5],
            [0.5, 0.0, 0.5],
            [0.5, 0.5, 0.0],
        ] {
            atoms.push(Atom::new(na, t));
            atoms.push(Atom::new(cl, [t[0] + 0.5, t[1], t[2]]));
        }
        if shared {
            for atom in &mut atoms {
                atom.occupancy = 0.5;
            }
            let potassium: xrd_core::Element = "K".parse().unwrap();
            let other = |a: &Atom| Atom {
                species: potassium.into(),
                ..*a
            };
            let more: Vec<Atom> = atoms
                .iter()
                .filter(|a| a.element() == na)
                .map(other)
                .collect();
            atoms.extend(more);
        }
        Structure::new(cell, atoms).unwrap()
    }

    #[test]
    fn rock_salt_is_number_225_with_192_operations() {
        for shared in [false, true] {
            let symmetry = Symmetry::within(&rock_salt(shared), 1e-4).unwrap();
            assert_eq!(symmetry.space_group, 225);
            assert_eq!(symmetry.rotations.len(), 192);
        }
    }

    #[test]
    fn permutations_are_a_transitive_group_on_equivalent_sites() {
        let salt = rock_salt(false);
        let sites: Vec<usize> = (0..8).step_by(2).collect();
        let all = Symmetry::within(&salt, 1e-4)
            .unwrap()
            .permutations(&salt, &sites);
        assert!((0..4).all(|j| all.iter().any(|p| p[0] == j)));
        for p in &all {
            for q in &all {
                let product: Vec<usize> = p.iter().map(|&i| q[i]).collect();
                assert!(all.contains(&product));
            }
        }
    }

    #[test]
    fn the_invariant_strain_of_a_cube_is_its_mean_and_of_a_prism_keeps_its_axis() {
        let tensor = [
            [0.01, 0.003, 0.002],
            [0.003, -0.02, 0.001],
            [0.002, 0.001, 0.04],
        ];
        let salt = rock_salt(false);
        let cubic = Symmetry::within(&salt, 1e-4).unwrap();
        let found = cubic.invariant_strain(salt.lattice(), tensor);
        let cell = Lattice::from_parameters(3.2, 3.2, 5.2, 90.0, 90.0, 120.0).unwrap();
        let magnesium = [[1.0 / 3.0, 2.0 / 3.0, 0.25], [2.0 / 3.0, 1.0 / 3.0, 0.75]];
        let atoms = magnesium
            .map(|p| Atom::new("Mg".parse().unwrap(), p))
            .to_vec();
        let prism = Structure::new(cell, atoms).unwrap();
        let hexagonal = Symmetry::within(&prism, 1e-4).unwrap();
        let other = hexagonal.invariant_strain(prism.lattice(), tensor);
        for i in 0..3 {
            for j in 0..3 {
                let (mean, across) = (0.01, [-0.005, -0.005, 0.04][i]);
                let of = |diagonal: f64| if i == j { diagonal } else { 0.0 };
                assert!((found[i][j] - of(mean)).abs() < 1e-12, "{found:?}");
                assert!((other[i][j] - of(across)).abs() < 1e-12, "{other:?}");
            }
        }
    }
}
