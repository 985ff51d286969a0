//! Substitution of one element for another in any structure.

mod radii;

pub use radii::covalent_radius;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use xrd_core::{Element, Structure};

use crate::{
    BondModel, Error, Placement, Relaxed, Result, Symmetry, inequivalent_placements,
    number_of_placements, sampled_placements, substitute, supercell,
};

/// Tolerance in Å of the symmetry operations that make sites equivalent.
const SYMMETRY_ANGSTROM: f64 = 1e-3;

/// Choice of the atoms that guest atoms of a [`SubstitutionSeries`] can replace.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SiteChoice {
    /// Element of the atoms that can be replaced.
    pub element: Element,
    /// Fractional coordinates near one of the atoms that can be replaced; `None` by default.
    ///
    /// If `None`, all atoms of the element can be replaced. Otherwise only the nearest atom of the
    /// element and all atoms equivalent to this atom by symmetry can be replaced.
    pub near: Option<[f64; 3]>,
}

impl SiteChoice {
    /// Chooses all atoms of an element.
    pub fn new(element: Element) -> Self {
        Self {
            element,
            near: None,
        }
    }

    /// Restricts the choice to one set of symmetry-equivalent atoms.
    ///
    /// The argument `position` is a point in fractional coordinates. The set contains the nearest
    /// atom of the chosen element and all atoms equivalent to that atom.
    pub fn with_near(mut self, position: [f64; 3]) -> Self {
        self.near = Some(position);
        self
    }
}

/// Substitution series: the ways to replace atoms of a supercell by guest atoms of another element.
///
/// The supercell without guest atoms is the host. A choice of sites for the guest atoms is an
/// arrangement. Arrangements are equivalent if a symmetry operation of the host maps one onto the
/// other. One [`Placement`] represents all arrangements that are equivalent.
///
/// # Example
/// ```
/// use xrd_core::{Atom, Lattice, Structure};
/// use xrd_sim::{SiteChoice, SubstitutionSeries};
///
/// let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0)?;
/// let iron = "Fe".parse()?;
/// let atoms = [[0.0; 3], [0.5; 3]].map(|p| Atom::new(iron, p)).to_vec();
/// let site = SiteChoice::new(iron);
/// let bcc = Structure::new(cell, atoms)?;
/// let series = SubstitutionSeries::new(&bcc, site, "Co".parse()?, [2, 2, 2])?;
/// // Two of sixteen sites: neighbours along ⟨111⟩/2, ⟨100⟩, ⟨110⟩ and ⟨111⟩.
/// let pairs = series.arrangements(2)?;
/// let mut multiplicities: Vec<usize> = pairs.iter().map(|p| p.multiplicity).collect();
/// multiplicities.sort();
/// assert_eq!(multiplicities, [8, 24, 24, 64]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SubstitutionSeries {
    host: Structure,
    sites: Vec<usize>,
    guest: Element,
    permutations: Vec<Vec<usize>>,
}

impl SubstitutionSeries {
    /// Creates the series for a supercell of a cell.
    ///
    /// The argument `site` chooses the atoms of the cell that can be replaced. The argument `guest`
    /// is the element of the guest atoms. The argument `times` contains three numbers: the repeats
    /// of the cell along each cell vector.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] if the cell has no atom of the element or has partly occupied atoms.
    /// - [`Error::Symmetry`] if the symmetry search fails.
    /// - Any error of [`supercell()`].
    pub fn new(
        cell: &Structure,
        site: SiteChoice,
        guest: Element,
        times: [usize; 3],
    ) -> Result<Self> {
        let chosen = choose(cell, site)?;
        let host = supercell(cell, times)?;
        let copies: usize = times.iter().product();
        let of_atom = |atom: usize| atom * copies..(atom + 1) * copies;
        let sites: Vec<usize> = chosen.into_iter().flat_map(of_atom).collect();
        let symmetry = Symmetry::within(&host, SYMMETRY_ANGSTROM)?;
        Ok(Self {
            permutations: symmetry.permutations(&host, &sites),
            host,
            sites,
            guest,
        })
    }

    /// Returns the number of sites that guest atoms can occupy.
    pub fn sites(&self) -> usize {
        self.sites.len()
    }

    /// Returns the host: the supercell without guest atoms.
    pub fn host(&self) -> &Structure {
        &self.host
    }

    /// Returns every inequivalent arrangement of a given number of guest atoms.
    ///
    /// The argument `count` is the number of guest atoms.
    ///
    /// # Errors
    /// Any error of [`inequivalent_placements`].
    pub fn arrangements(&self, count: usize) -> Result<Vec<Placement>> {
        inequivalent_placements(self.sites.len(), count, &self.permutations)
    }

    /// Counts the inequivalent arrangements of a given number of guest atoms without enumerating
    /// them.
    ///
    /// The argument `count` is the number of guest atoms.
    ///
    /// # Errors
    /// Any error of [`number_of_placements`].
    pub fn number_of_arrangements(&self, count: usize) -> Result<u128> {
        number_of_placements(self.sites.len(), count, &self.permutations)
    }

    /// Samples inequivalent arrangements of a given number of guest atoms at random.
    ///
    /// The argument `count` is the number of guest atoms. The argument `most` is the largest number
    /// of arrangements in the result. The result depends only on the series and the arguments.
    ///
    /// Every choice of sites has the same probability. The probability of a [`Placement`] is
    /// therefore proportional to its multiplicity. Repeated placements are skipped.
    ///
    /// # Errors
    /// Any error of [`sampled_placements`].
    pub fn sample(&self, count: usize, most: usize, seed: u64) -> Result<Vec<Placement>> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // One stream per composition, so that no draw depends on another.
        rng.set_stream(count as u64);
        sampled_placements(self.sites.len(), count, &self.permutations, most, &mut rng)
    }

    /// Returns the structure of an arrangement: the host with its guest atoms.
    ///
    /// # Errors
    /// [`Error::NoSuchSite`] if the placement contains a site that this series does not have.
    pub fn structure(&self, placement: &Placement) -> Result<Structure> {
        let sites = placement.chosen.iter().map(|i| {
            let missing = Error::NoSuchSite {
                index: *i,
                atoms: self.sites.len(),
            };
            self.sites.get(*i).copied().ok_or(missing)
        });
        substitute(&self.host, &sites.collect::<Result<Vec<_>>>()?, self.guest)
    }

    /// Returns the structure of an arrangement, relaxed with a spring model ([`BondModel`]).
    ///
    /// The natural length of a spring is l·A/B, where l is its length in the host. B is the sum of
    /// the covalent radii ([`covalent_radius`]) of its two atoms in the host. A is this sum after
    /// the substitution.
    ///
    /// # Errors
    /// - Any error of [`structure`](Self::structure) and [`BondModel::relax`].
    /// - [`Error::OutOfRange`] for an element without a covalent radius.
    pub fn relaxed(&self, placement: &Placement, model: &BondModel) -> Result<Relaxed> {
        let ideal = self.structure(placement)?;
        model.relax(&ideal, &radii_of(&ideal)?, &radii_of(&self.host)?)
    }

    /// Returns a bond cutoff in Å for [`BondModel::new`].
    ///
    /// Every atom has a distance to its nearest neighbour. The cutoff is 1.2 times the largest of
    /// these distances. Every atom is therefore bonded to its nearest neighbours.
    pub fn bond_reach(&self) -> f64 {
        let atoms = self.host.atoms();
        let lattice = self.host.lattice();
        let distance = |a: [f64; 3], b: [f64; 3]| nearest_image(lattice, a, b);
        let nearest = |i: usize| {
            let others = (0..atoms.len()).filter(|j| *j != i);
            let own_images = lattice.lengths().into_iter().fold(f64::INFINITY, f64::min);
            others
                .map(|j| distance(atoms[i].position, atoms[j].position))
                .fold(own_images, f64::min)
        };
        1.2 * (0..atoms.len()).map(nearest).fold(0.0, f64::max)
    }
}

/// Distance in Å between two positions: the shortest distance to 27 images.
fn nearest_image(lattice: &xrd_core::Lattice, a: [f64; 3], b: [f64; 3]) -> f64 {
    let delta = [0, 1, 2].map(|k| (b[k] - a[k]) - (b[k] - a[k]).round());
    let length = |v: [f64; 3]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let images = (0..27).map(|n| [n % 3, n / 3 % 3, n / 9].map(|k: i32| f64::from(k - 1)));
    images
        .map(|shift| length(lattice.cartesian([0, 1, 2].map(|k| delta[k] + shift[k]))))
        .fold(f64::INFINITY, f64::min)
}

fn radii_of(structure: &Structure) -> Result<Vec<f64>> {
    let atoms = structure.atoms().iter();
    atoms.map(|a| covalent_radius(a.element())).collect()
}

/// Indices of the chosen atoms of a cell.
fn choose(cell: &Structure, site: SiteChoice) -> Result<Vec<usize>> {
    let atoms = cell.atoms();
    if let Some(atom) = atoms.iter().find(|a| a.occupancy < 1.0) {
        return Err(Error::OutOfRange {
            what: "occupancy of an atom of the host",
            value: atom.occupancy,
            expected: "1, so that every site is one atom or the other",
        });
    }
    let of_element: Vec<usize> = (0..atoms.len())
        .filter(|&i| atoms[i].element() == site.element)
        .collect();
    if of_element.is_empty() {
        return Err(Error::OutOfRange {
            what: "number of atoms of the element to replace",
            value: 0.0,
            expected: "1 or more",
        });
    }
    let Some(place) = site.near else {
        return Ok(of_element);
    };
    let away = |i: &usize| nearest_image(cell.lattice(), place, atoms[of_element[*i]].position);
    let nearest = (0..of_element.len()).min_by(|a, b| away(a).total_cmp(&away(b)));
    let symmetry = Symmetry::within(cell, SYMMETRY_ANGSTROM)?;
    let images = symmetry.permutations(cell, &of_element);
    let mut orbit: Vec<usize> = nearest
        .into_iter()
        .flat_map(|i| images.iter().map(move |p| p[i]).chain([i]))
        .map(|i| of_element[i])
        .collect();
    orbit.sort_unstable();
    orbit.dedup();
    Ok(orbit)
}

#[cfg(test)]
mod tests;
