//! Free parameters of a structure: changes that keep its symmetry.

use std::collections::BTreeMap;

use nalgebra::{Matrix3, Vector3};
use xrd_core::{Atom, Displacement, Lattice, Structure};

use crate::symmetry::{Found, Sites};
use crate::{CrystalSystem, Diffraction, Result};

/// Length in Å below which the image of an axis of 1 Å counts as zero.
const NO_DIRECTION: f64 = 1e-4;

/// Free parameter of a crystal structure: a quantity that can change while the symmetry stays the
/// same.
///
/// The parameter is a cell parameter, a coordinate of a Wyckoff position, an occupancy or a
/// displacement parameter. [`free_parameters()`] finds all free parameters of a structure.
///
/// Names refer to the standard setting of International Tables A. Examples of names are "a", "c",
/// "c/a", "beta", "x of Fe/Ti 8i", "Ti for Fe on 8i", "occupancy of Sm 2a" and "B of Sm 2a".
///
/// # Example
/// ```
/// use xrd_sim::smfe12::{Composition, average_crystal};
/// use xrd_sim::{Diffraction, ParameterKind, free_parameters};
/// # use xrd_core::Wavelength;
/// let beam = Diffraction::new(Wavelength::angstrom(0.496)?);
/// let crystal = average_crystal(Composition::Titanium(4))?;
/// let free = free_parameters(&crystal, 1e-3, &beam)?;
/// let names: Vec<&str> = free.iter().map(|p| p.name()).collect();
/// assert_eq!(names[..3], ["a", "c", "c/a"]);
/// assert!(names.contains(&"x of Fe/Ti 8i") && names.contains(&"Ti for Fe on 8i"));
///
/// assert_eq!(free[1].kind(), ParameterKind::Length);
/// let longer = free[1].changed(&crystal, 0.01)?;
/// let volume = longer.lattice().volume() / crystal.lattice().volume();
/// assert!((volume - 1.01).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FreeParameter {
    name: String,
    change: Change,
}

/// Kind of a free parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// Cell length, or ratio of cell lengths.
    Length,
    /// Cell angle.
    Angle,
    /// Coordinate of a Wyckoff position.
    Coordinate,
    /// Occupancy of a Wyckoff position by a species.
    Occupancy,
    /// Displacement parameter B = 8π²U.
    Displacement,
}

impl ParameterKind {
    /// Returns the unit in which a change of the parameter is given.
    ///
    /// The unit is "relative" for lengths and their ratios, "degrees" for angles, "angstrom" for
    /// coordinates and "angstrom^2" for B. It is empty for occupancies.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Length => "relative",
            Self::Angle => "degrees",
            Self::Coordinate => "angstrom",
            Self::Occupancy => "",
            Self::Displacement => "angstrom^2",
        }
    }

    /// Returns the size of a change that a refinement can easily detect.
    ///
    /// The change is 0.1 % for lengths, 0.1° for angles, 0.01 Å for coordinates, 0.01 for
    /// occupancies and 0.1 Å² for B.
    pub fn usual_change(self) -> f64 {
        match self {
            Self::Length => 1e-3,
            Self::Angle | Self::Displacement => 0.1,
            Self::Coordinate | Self::Occupancy => 0.01,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Change {
    /// Relative changes of the lengths of the standard cell.
    Lengths {
        standard: Matrix3<f64>,
        of: [f64; 3],
    },
    /// One angle of the standard cell.
    Angle {
        standard: Matrix3<f64>,
        which: usize,
    },
    /// Atoms, each with its shift in fractional coordinates per Å.
    Shift(Vec<(usize, [f64; 3])>),
    /// Atoms with increasing and with decreasing occupancy.
    Occupancy { more: Vec<usize>, less: Vec<usize> },
    /// Atoms, and the displacement of those without one of their own.
    Displacement {
        atoms: Vec<usize>,
        otherwise: Displacement,
    },
}

impl FreeParameter {
    /// Returns the name of the parameter.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the kind of the parameter, which determines the unit and the usual size of a change.
    pub fn kind(&self) -> ParameterKind {
        match self.change {
            Change::Lengths { .. } => ParameterKind::Length,
            Change::Angle { .. } => ParameterKind::Angle,
            Change::Shift(_) => ParameterKind::Coordinate,
            Change::Occupancy { .. } => ParameterKind::Occupancy,
            Change::Displacement { .. } => ParameterKind::Displacement,
        }
    }

    /// Changes this parameter and returns the new structure.
    ///
    /// The argument `amount` is the change. Its [unit](ParameterKind::unit) depends on the kind of
    /// the parameter.
    ///
    /// # Errors
    /// Any error of [`Lattice::from_parameters`] and [`Structure::new`], for example for an
    /// occupancy greater than 1.
    ///
    /// Cost: O(atoms).
    pub fn changed(&self, structure: &Structure, amount: f64) -> Result<Structure> {
        let mut lattice = *structure.lattice();
        let mut atoms = structure.atoms().to_vec();
        match &self.change {
            Change::Lengths { standard, of } => {
                let change = |(lengths, angles): ([f64; 3], [f64; 3])| {
                    let longer = |i: usize| lengths[i] * (1.0 + amount * of[i]);
                    ([0, 1, 2].map(longer), angles)
                };
                lattice = restored(&lattice, standard, change)?;
            }
            Change::Angle { standard, which } => {
                let change = |(lengths, mut angles): ([f64; 3], [f64; 3])| {
                    angles[*which] += amount;
                    (lengths, angles)
                };
                lattice = restored(&lattice, standard, change)?;
            }
            Change::Shift(ways) => {
                for (atom, way) in ways {
                    let position = &mut atoms[*atom].position;
                    position
                        .iter_mut()
                        .zip(way)
                        .for_each(|(x, w)| *x += amount * w);
                }
            }
            Change::Occupancy { more, less } => {
                more.iter().for_each(|&i| atoms[i].occupancy += amount);
                less.iter().for_each(|&i| atoms[i].occupancy -= amount);
            }
            Change::Displacement {
                atoms: of,
                otherwise,
            } => {
                for &i in of {
                    let now = atoms[i].displacement.unwrap_or(*otherwise);
                    atoms[i].displacement = Some(wider(now, amount, &lattice));
                }
            }
        }
        Ok(Structure::new(lattice, atoms)?)
    }
}

/// Displacement with a B larger by `b` in all directions.
fn wider(now: Displacement, b: f64, lattice: &Lattice) -> Displacement {
    let Displacement::Isotropic(more) = Displacement::from_b_iso(b) else {
        return now;
    };
    match now {
        Displacement::Isotropic(u) => Displacement::Isotropic(u + more),
        // Isotropic displacements are U_ij = U·(a_i*·a_j*)/(a_i* a_j*).
        Displacement::Anisotropic(u) => {
            let stars = lattice.reciprocal().map(Vector3::from);
            let pairs = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)];
            let cosine = |(i, j): (usize, usize)| stars[i].normalize().dot(&stars[j].normalize());
            let mut wide = u;
            wide.iter_mut()
                .zip(pairs)
                .for_each(|(u, p)| *u += more * cosine(p));
            Displacement::Anisotropic(wide)
        }
    }
}

/// Lattice with other lengths (Å) and angles (degrees) of its standard cell, in some orientation.
fn restored(
    lattice: &Lattice,
    standard: &Matrix3<f64>,
    change: impl FnOnce(([f64; 3], [f64; 3])) -> ([f64; 3], [f64; 3]),
) -> Result<Lattice> {
    let ([a, b, c], [alpha, beta, gamma]) = change(parameters(lattice, standard));
    let cell = Lattice::from_parameters(a, b, c, alpha, beta, gamma)?;
    let back = standard.try_inverse().unwrap_or_else(Matrix3::identity);
    let basis = columns(&cell) * back;
    let vectors = [0, 1, 2].map(|i| basis.column(i).into_owned().into());
    Ok(Lattice::from_vectors(vectors)?)
}

/// Cell vectors as columns.
fn columns(lattice: &Lattice) -> Matrix3<f64> {
    Matrix3::from_columns(&lattice.vectors().map(Vector3::from))
}

/// Lengths and angles of the standard cell.
fn parameters(lattice: &Lattice, standard: &Matrix3<f64>) -> ([f64; 3], [f64; 3]) {
    let basis = columns(lattice) * standard;
    let vector = |i: usize| basis.column(i).into_owned();
    let angle = |i: usize, j: usize| vector(i).angle(&vector(j)).to_degrees();
    let lengths = [0, 1, 2].map(|i| vector(i).norm());
    (lengths, [angle(1, 2), angle(0, 2), angle(0, 1)])
}

/// Finds the free parameters of a structure.
///
/// The argument `tolerance` is the tolerance of the symmetry search in Å. Atoms with unknown
/// displacement get the displacement parameter B of the argument `diffraction`
/// ([`Diffraction::b_iso`]).
///
/// The list starts with the cell parameters. In the tetragonal, trigonal and hexagonal systems,
/// these are a, c and the ratio c/a. A small change of the parameter c/a changes a and c in such a
/// way that the volume of the cell stays the same. Next come the coordinates, the occupancies and
/// the displacement parameter B of each Wyckoff position. A structure without equivalent atoms,
/// such as a relaxed supercell, has three coordinates per atom. The occupancy parameters depend on
/// the number of species on a position:
///
/// - If a position has only one species, its occupancy is a parameter.
/// - If a position has several species, every species except the most abundant one has a parameter.
///   An increase of this parameter increases the occupancy of its species and decreases the
///   occupancy of the most abundant species by the same amount.
///
/// # Errors
/// [`Error::Symmetry`](crate::Error::Symmetry) if the symmetry search fails, for example for
/// overlapping atoms.
///
/// Cost: O(operations · sites²).
pub fn free_parameters(
    structure: &Structure,
    tolerance: f64,
    diffraction: &Diffraction,
) -> Result<Vec<FreeParameter>> {
    let found = Found::of(structure, tolerance)?;
    let mut free = of_cell(structure, &found)?;
    let otherwise = Displacement::from_b_iso(diffraction.b_iso);
    let mut names = BTreeMap::new();
    for orbit in found.orbits() {
        let on_orbit = |i: &usize| orbit.contains(&found.sites.of_atom[*i]);
        let atoms: Vec<usize> = (0..structure.atoms().len()).filter(on_orbit).collect();
        let species = species_of(structure.atoms(), &found.sites, orbit[0]);
        let mut position = found.wyckoff(orbit[0], orbit.len());
        let of_name = format!("{} {position}", species.join("/"));
        let times = names
            .entry(of_name.clone())
            .and_modify(|n| *n += 1)
            .or_insert(1);
        let suffix = match *times {
            1 => String::new(),
            n => format!(" ({n})"),
        };
        position.push_str(&suffix);
        let site = format!("{of_name}{suffix}");
        let mut push = |name: String, change| free.push(FreeParameter { name, change });
        for (axis, ways) in found.coordinates(structure, &orbit) {
            let of_atom = |&i: &usize| {
                let place = orbit.iter().position(|s| *s == found.sites.of_atom[i]);
                place.map(|place| (i, ways[place]))
            };
            let ways = atoms.iter().filter_map(of_atom).collect();
            push(format!("{axis} of {site}"), Change::Shift(ways));
        }
        let named = |name: &str| -> Vec<usize> {
            let is = |i: &&usize| structure.atoms()[**i].species.to_string() == name;
            atoms.iter().filter(is).copied().collect()
        };
        match &species[..] {
            [only] => push(
                format!("occupancy of {site}"),
                Change::Occupancy {
                    more: named(only),
                    less: vec![],
                },
            ),
            [first, others @ ..] => {
                for other in others {
                    let (more, less) = (named(other), named(first));
                    let name = format!("{other} for {first} on {position}");
                    push(name, Change::Occupancy { more, less });
                }
            }
            [] => {}
        }
        push(
            format!("B of {site}"),
            Change::Displacement { atoms, otherwise },
        );
    }
    Ok(free)
}

/// Species on a site, by descending occupancy.
fn species_of(atoms: &[Atom], sites: &Sites, site: usize) -> Vec<String> {
    let on_site = atoms
        .iter()
        .zip(&sites.of_atom)
        .filter(|(_, s)| **s == site);
    let mut on_site: Vec<&Atom> = on_site.map(|(atom, _)| atom).collect();
    on_site.sort_by(|a, b| b.occupancy.total_cmp(&a.occupancy));
    let mut names: Vec<String> = Vec::new();
    for name in on_site.into_iter().map(|atom| atom.species.to_string()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn of_cell(structure: &Structure, found: &Found) -> Result<Vec<FreeParameter>> {
    use CrystalSystem as System;
    let standard = found.standard;
    let length = |name: &str, of| FreeParameter {
        name: name.to_owned(),
        change: Change::Lengths { standard, of },
    };
    let system = CrystalSystem::of_space_group(found.number)?;
    let mut free = match system {
        System::Cubic => return Ok(vec![length("a", [1.0; 3])]),
        System::Tetragonal | System::Trigonal | System::Hexagonal => {
            let third = 1.0 / 3.0;
            return Ok(vec![
                length("a", [1.0, 1.0, 0.0]),
                length("c", [0.0, 0.0, 1.0]),
                length("c/a", [-third, -third, 2.0 * third]),
            ]);
        }
        _ => vec![
            length("a", [1.0, 0.0, 0.0]),
            length("b", [0.0, 1.0, 0.0]),
            length("c", [0.0, 0.0, 1.0]),
        ],
    };
    let angles: &[usize] = match system {
        System::Triclinic => &[0, 1, 2],
        System::Monoclinic => {
            // The unique axis is b in the standard setting.
            let (_, angles) = parameters(structure.lattice(), &standard);
            let most = |i: &usize, j: &usize| {
                (angles[*i] - 90.0)
                    .abs()
                    .total_cmp(&(angles[*j] - 90.0).abs())
            };
            match [0, 1, 2].into_iter().max_by(most) {
                Some(0) => &[0],
                Some(2) => &[2],
                _ => &[1],
            }
        }
        _ => &[],
    };
    free.extend(angles.iter().map(|&which| FreeParameter {
        name: ["alpha", "beta", "gamma"][which].to_owned(),
        change: Change::Angle { standard, which },
    }));
    Ok(free)
}

impl Found {
    /// Free directions of an orbit, named after the axes of the standard cell. Each has the shift
    /// of every site by 1 Å, in fractional coordinates.
    fn coordinates(&self, structure: &Structure, orbit: &[usize]) -> Vec<(char, Vec<[f64; 3]>)> {
        let first = orbit.iter().copied();
        let free = first.map(|site| (site, self.free_axes(structure, site)));
        let called = |(_, axes): &(usize, Vec<(char, Vector3<f64>)>)| -> String {
            axes.iter().map(|(axis, _)| axis).collect()
        };
        let Some((from, axes)) = free.min_by_key(called) else {
            return Vec::new();
        };
        let to = |site: usize, way: &Vector3<f64>| -> [f64; 3] {
            let mut found = self.operations_between(structure, from, site);
            found
                .next()
                .map_or([0.0; 3], |rotation| (rotation * way).into())
        };
        let ways = |(axis, way): (char, Vector3<f64>)| {
            (axis, orbit.iter().map(|&site| to(site, &way)).collect())
        };
        axes.into_iter().map(ways).collect()
    }

    /// Directions, fractional and of 1 Å, in which a site may move with what maps it onto itself.
    fn free_axes(&self, structure: &Structure, site: usize) -> Vec<(char, Vector3<f64>)> {
        let basis = columns(structure.lattice());
        let stays: Vec<Matrix3<f64>> = self.operations_between(structure, site, site).collect();
        let mean = stays.iter().sum::<Matrix3<f64>>() / stays.len().max(1) as f64;
        let mut free: Vec<(char, Vector3<f64>)> = Vec::new();
        for (k, axis) in ['x', 'y', 'z'].into_iter().enumerate() {
            let along = self.standard.column(k) / (basis * self.standard.column(k)).norm();
            let mut way = mean * along;
            for (_, other) in &free {
                way -= other * (basis * way).dot(&(basis * other));
            }
            let length = (basis * way).norm();
            if length > NO_DIRECTION {
                free.push((axis, way / length));
            }
        }
        free
    }
}

#[cfg(test)]
mod tests;
