use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use xrd_core::{Atom, Lattice, Structure};

use crate::{Error, Result};

/// Small stiffness against a translation of the whole cell, because no bond resists it.
const ANCHOR: f64 = 1e-7;

/// Largest move of an atom, in Å, in a step that counts as converged.
const SETTLED_ANGSTROM: f64 = 1e-10;

/// Largest number of steps.
const MAX_ITERATIONS: usize = 60;

/// Spring model of atomic relaxation.
///
/// Springs of equal stiffness join near neighbours. The natural length of a spring depends on the
/// radii of its two atoms.
///
/// The input is the virtual crystal: the average geometry of a composition, with an average atom on
/// each site. Consider the bond between the sites i and j, which has the length l in the virtual
/// crystal. The average atoms have the radii Rᵢ and Rⱼ, and the actual atoms have the radii rᵢ and
/// rⱼ. The natural length of the bond is
///
/// l·(rᵢ + rⱼ)/(Rᵢ + Rⱼ).
///
/// The model minimises the energy ½·Σ(length − natural length)² over all positions and the cell.
/// Suppose that Rᵢ is the mean of rᵢ over all arrangements of a composition. Then the mean of the
/// relaxed cells equals the cell of the virtual crystal to first order.
///
/// Use the model instead of a relaxation with density-functional theory (DFT) if the distortions
/// need a realistic size but not exact values. The relaxed cells and positions differ between the
/// arrangements of the atoms of one composition. These differences are about as large as with DFT.
/// The only chemical input of the model is the radii.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BondModel {
    /// Bond cutoff in Å: atoms with a smaller distance in the virtual crystal are bonded.
    pub cutoff_angstrom: f64,
}

/// Relaxed structure and its remaining bond energy.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Relaxed {
    /// Relaxed structure, with the atoms in the order of the input.
    pub structure: Structure,
    /// Bond energy ½·Σ(length − natural length)² in Å² (the stiffness is 1).
    pub energy: f64,
}

impl BondModel {
    /// Creates a model that joins atoms whose distance is less than a cutoff in Å.
    ///
    /// [`SubstitutionSeries::bond_reach`](crate::SubstitutionSeries::bond_reach) suggests a cutoff.
    pub const fn new(cutoff_angstrom: f64) -> Self {
        Self { cutoff_angstrom }
    }

    /// Relaxes a virtual crystal, as explained in [`BondModel`].
    ///
    /// The argument `radii` contains the radii of the actual atoms. The argument `mean_radii`
    /// contains the radii of the average atoms. Each list has one radius per atom. The unit is
    /// arbitrary but must be the same in both lists. The cell does not rotate.
    ///
    /// Cost: O((3·atoms + 6)³) once, and O((3·atoms + 6)²) for each step. There are about ten
    /// steps.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] unless both lists have one positive radius per atom.
    /// - [`Error::OutOfRange`] unless the cutoff is greater than 0 and less than 20 Å.
    /// - [`Error::NotRelaxed`] if the relaxation does not converge.
    pub fn relax(
        &self,
        virtual_crystal: &Structure,
        radii: &[f64],
        mean_radii: &[f64],
    ) -> Result<Relaxed> {
        self.check(virtual_crystal, radii)?;
        self.check(virtual_crystal, mean_radii)?;
        let bonds = self.bonds(virtual_crystal, radii, mean_radii);
        let stiffness = stiffness(virtual_crystal, &bonds)?;
        let mut structure = virtual_crystal.clone();
        let mut step = f64::INFINITY;
        for _ in 0..MAX_ITERATIONS {
            let residuals = Residuals::of(&structure, &bonds);
            if step < SETTLED_ANGSTROM {
                let energy = 0.5 * residuals.values.iter().map(|r| r * r).sum::<f64>();
                return Ok(Relaxed { structure, energy });
            }
            let x = stiffness.solve(&residuals.force(&structure, &bonds));
            (structure, step) = moved(&structure, &x)?;
        }
        Err(Error::NotRelaxed {
            iterations: MAX_ITERATIONS,
            step,
        })
    }

    fn check(&self, structure: &Structure, radii: &[f64]) -> Result<()> {
        let out_of_range = |what, value, expected| {
            Err(Error::OutOfRange {
                what,
                value,
                expected,
            })
        };
        if !(self.cutoff_angstrom > 0.0 && self.cutoff_angstrom < 20.0) {
            return out_of_range("bond cutoff", self.cutoff_angstrom, "over 0 to 20 angstrom");
        }
        if radii.len() != structure.atoms().len() {
            return out_of_range("number of radii", radii.len() as f64, "one per atom");
        }
        match radii.iter().find(|r| !(**r > 0.0 && r.is_finite())) {
            Some(&r) => out_of_range("atomic radius", r, "> 0"),
            None => Ok(()),
        }
    }

    /// All bonded pairs, each once, including those with images in other cells.
    fn bonds(&self, structure: &Structure, radii: &[f64], mean_radii: &[f64]) -> Vec<Bond> {
        let reciprocal = structure.lattice().reciprocal();
        let length = |v: [f64; 3]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        // Positions may lie outside the cell, so images are counted from the nearest one.
        let n = reciprocal.map(|r| (self.cutoff_angstrom * length(r)).ceil() as i32);
        let images: Vec<[i32; 3]> = (-n[0]..=n[0])
            .flat_map(|a| (-n[1]..=n[1]).map(move |b| (a, b)))
            .flat_map(|(a, b)| (-n[2]..=n[2]).map(move |c| [a, b, c]))
            .collect();
        let atoms = structure.atoms();
        let mut bonds = Vec::new();
        for i in 0..atoms.len() {
            for j in i..atoms.len() {
                let delta = [0, 1, 2].map(|k| atoms[j].position[k] - atoms[i].position[k]);
                for image in &images {
                    let shift = [0, 1, 2].map(|k| f64::from(image[k]) - delta[k].round());
                    // A site and two opposite images of it have one bond.
                    if i == j && *image <= [0; 3] {
                        continue;
                    }
                    let vector = [0, 1, 2].map(|k| delta[k] + shift[k]);
                    let ideal = length(structure.lattice().cartesian(vector));
                    if ideal < self.cutoff_angstrom {
                        let ratio = (radii[i] + radii[j]) / (mean_radii[i] + mean_radii[j]);
                        bonds.push(Bond {
                            i,
                            j,
                            shift,
                            natural: ideal * ratio,
                        });
                    }
                }
            }
        }
        bonds
    }
}

struct Bond {
    i: usize,
    j: usize,
    /// Number of cells from the cell of i to that of j, along each vector.
    shift: [f64; 3],
    /// Natural length in Å.
    natural: f64,
}

/// Length minus natural length of each bond, with its present direction and vector.
struct Residuals {
    values: Vec<f64>,
    directions: Vec<[f64; 3]>,
    vectors: Vec<[f64; 3]>,
}

/// The two axes of each of the six strain components.
const STRAIN: [(usize, usize); 6] = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)];

impl Residuals {
    fn of(structure: &Structure, bonds: &[Bond]) -> Self {
        let atoms = structure.atoms();
        let vectors: Vec<[f64; 3]> = bonds
            .iter()
            .map(|b| {
                let (from, to) = (atoms[b.i].position, atoms[b.j].position);
                let delta = [0, 1, 2].map(|k| to[k] - from[k] + b.shift[k]);
                structure.lattice().cartesian(delta)
            })
            .collect();
        let length = |v: &[f64; 3]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let values = vectors
            .iter()
            .zip(bonds)
            .map(|(v, b)| length(v) - b.natural);
        Self {
            values: values.collect(),
            directions: vectors.iter().map(|v| v.map(|x| x / length(v))).collect(),
            vectors,
        }
    }

    /// −Σ d(length) · residual, by each displacement and each strain.
    fn force(&self, structure: &Structure, bonds: &[Bond]) -> DVector<f64> {
        let size = 3 * structure.atoms().len() + 6;
        let mut force = DVector::<f64>::zeros(size);
        for (index, bond) in bonds.iter().enumerate() {
            for (p, dp) in self.derivatives(index, bond, size - 6) {
                force[p] -= dp * self.values[index];
            }
        }
        force
    }

    /// d(length) by each variable that it depends on: two displacements and the strain.
    fn derivatives(&self, index: usize, bond: &Bond, strain: usize) -> [(usize, f64); 12] {
        let (n, v) = (self.directions[index], self.vectors[index]);
        let mut row = [(0, 0.0); 12];
        for k in 0..3 {
            row[k] = (3 * bond.i + k, -n[k]);
            row[3 + k] = (3 * bond.j + k, n[k]);
        }
        for (k, (a, b)) in STRAIN.into_iter().enumerate() {
            let derivative = if a == b {
                n[a] * v[a]
            } else {
                n[a] * v[b] + n[b] * v[a]
            };
            row[6 + k] = (strain + k, derivative);
        }
        row
    }
}

/// Factored matrix Σ d(length)·d(length)ᵀ of the structure.
///
/// It changes little on the way to the minimum, so all steps use the first one (chord instead of
/// Gauss–Newton tangent). Each step gains more than a digit, at a hundredth of the cost of a new
/// matrix.
fn stiffness(structure: &Structure, bonds: &[Bond]) -> Result<Cholesky<f64, Dyn>> {
    let residuals = Residuals::of(structure, bonds);
    let size = 3 * structure.atoms().len() + 6;
    let mut matrix = DMatrix::<f64>::identity(size, size) * ANCHOR;
    for (index, bond) in bonds.iter().enumerate() {
        let row = residuals.derivatives(index, bond, size - 6);
        for &(p, dp) in &row {
            for &(q, dq) in &row {
                matrix[(p, q)] += dp * dq;
            }
        }
    }
    matrix.cholesky().ok_or(Error::NotRelaxed {
        iterations: 0,
        step: f64::NAN,
    })
}

/// Structure after the displacements and strains `x`, with the largest move in Å.
fn moved(structure: &Structure, x: &DVector<f64>) -> Result<(Structure, f64)> {
    let atoms = structure.atoms();
    let strain = 3 * atoms.len();
    let mut deformation = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for (k, (a, b)) in STRAIN.into_iter().enumerate() {
        deformation[a][b] += x[strain + k];
        if a != b {
            deformation[b][a] += x[strain + k];
        }
    }
    let deform =
        |v: [f64; 3]| [0, 1, 2].map(|j| (0..3).map(|i| v[i] * deformation[i][j]).sum::<f64>());
    let lattice = Lattice::from_vectors(structure.lattice().vectors().map(deform))?;
    let mut new = Vec::with_capacity(atoms.len());
    for (i, atom) in atoms.iter().enumerate() {
        let by = structure
            .lattice()
            .fractional([x[3 * i], x[3 * i + 1], x[3 * i + 2]]);
        let position = [0, 1, 2].map(|k| atom.position[k] + by[k]);
        new.push(Atom { position, ..*atom });
    }
    let longest = structure
        .lattice()
        .lengths()
        .into_iter()
        .fold(0.0, f64::max);
    let step = x
        .rows(0, strain)
        .amax()
        .max(x.rows(strain, 6).amax() * longest);
    Ok((Structure::new(lattice, new)?, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two alternating kinds of site, as in CsCl, doubled along c.
    fn crystal() -> Structure {
        let cell = Lattice::from_parameters(3.0, 3.0, 6.0, 90.0, 90.0, 90.0).unwrap();
        let iron = "Fe".parse().unwrap();
        let at = |p| Atom::new(iron, p);
        let atoms = vec![
            at([0.0, 0.0, 0.0]),
            at([0.5, 0.5, 0.25]),
            at([0.0, 0.0, 0.5]),
            at([0.5, 0.5, 0.75]),
        ];
        Structure::new(cell, atoms).unwrap()
    }

    const MODEL: BondModel = BondModel {
        cutoff_angstrom: 3.2,
    };

    #[test]
    fn average_atoms_leave_the_crystal_alone() {
        let relaxed = MODEL.relax(&crystal(), &[1.0; 4], &[1.0; 4]).unwrap();
        assert!(relaxed.energy < 1e-20);
        assert_eq!(relaxed.structure, crystal());
    }

    #[test]
    fn larger_atoms_everywhere_scale_the_cell() {
        let relaxed = MODEL.relax(&crystal(), &[1.02; 4], &[1.0; 4]).unwrap();
        assert!(relaxed.energy < 1e-16);
        let volume = relaxed.structure.lattice().volume();
        assert!((volume / (54.0 * 1.02f64.powi(3)) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn at_the_minimum_no_small_move_lowers_the_energy() {
        let radii = [1.1, 1.0, 0.95, 1.0];
        let mean = [1.0; 4];
        let relaxed = MODEL.relax(&crystal(), &radii, &mean).unwrap();
        assert!(relaxed.energy > 1e-6);
        let bonds = MODEL.bonds(&crystal(), &radii, &mean);
        let energy = |s: &Structure| {
            let values = Residuals::of(s, &bonds).values;
            0.5 * values.iter().map(|r| r * r).sum::<f64>()
        };
        for atom in 0..4 {
            for axis in 0..3 {
                for by in [-1e-3, 1e-3] {
                    let mut atoms = relaxed.structure.atoms().to_vec();
                    atoms[atom].position[axis] += by;
                    let nudged = Structure::new(*relaxed.structure.lattice(), atoms).unwrap();
                    assert!(energy(&nudged) > relaxed.energy);
                }
            }
        }
        for axis in 0..3 {
            for by in [0.999, 1.001] {
                let mut vectors = *relaxed.structure.lattice().vectors();
                for v in &mut vectors {
                    v[axis] *= by;
                }
                let lattice = Lattice::from_vectors(vectors).unwrap();
                let strained = Structure::new(lattice, relaxed.structure.atoms().to_vec());
                assert!(energy(&strained.unwrap()) > relaxed.energy);
            }
        }
    }

    #[test]
    fn bad_radii_are_refused() {
        assert!(MODEL.relax(&crystal(), &[1.0; 3], &[1.0; 4]).is_err());
        assert!(MODEL.relax(&crystal(), &[1.0; 4], &[0.0; 4]).is_err());
        let endless = BondModel {
            cutoff_angstrom: f64::INFINITY,
        };
        assert!(endless.relax(&crystal(), &[1.0; 4], &[1.0; 4]).is_err());
    }
}
