//! Series Sm(1−y)Zr(y)Fe(12−x)Ti(x) of Utimula et al. (2022), re-created from published data.
//!
//! The encoder of the paper was trained with 150 patterns of this series. The patterns were
//! computed from structures relaxed by density-functional theory. These structures are not public.
//! This module uses only public data:
//!
//! - The crystal structure of SmFe12 is from the Materials Project (PBE, mp-1104899). The structure
//!   type is ThMn12, and the space group is I4/mmm. The cell lengths are a = 8.514 Å and c = 4.663
//!   Å. The sites are Sm 2a (0,0,0), Fe 8f (1/4,1/4,1/4), Fe 8j (0.2682,1/2,0) and Fe 8i
//!   (0.3588,0,0).
//! - The cell lengths of the series are a = 8.514 + 0.032x − 0.175y and c = 4.663 + 0.049x − 0.028y
//!   in Å. The coefficients of x follow from SmFe12 and SmFe11Ti (mp-1219022). The coefficients of
//!   y follow from a published linear fit. The coefficients may be wrong by up to 50 %.
//! - Ti is on the sites 8i of the 2×2×1 supercell of the primitive cell (4 formula units, 52
//!   atoms). There are 1, 13, 134, 539 and 854 inequivalent placements for x = 0, 0.5, 1, 1.5 and
//!   2.
//! - Zr is on the sites 2a of the 2×2×2 supercell of the primitive cell (8 formula units, 104
//!   atoms). The Ti atoms of this supercell form pairs on neighbouring 8i sites (dumbbells). There
//!   are 1, 2, 7, 10 and 15 inequivalent placements for y = 0, 0.125, 0.25, 0.375 and 0.5.
//! - The paper used 1, 13, 22, 27 and 61 placements of Ti, and 1, 2, 7, 6 and 10 placements of Zr.
//!   The paper does not say which placements it used. [`paper_set`] therefore chooses the
//!   placements at random, with the same numbers of placements as in the paper. [`draw`] chooses
//!   any number of placements at random.
//!
//! Each arrangement is relaxed with a [`BondModel`] instead of density-functional theory. The model
//! uses metallic radii for coordination 12 (Teatum, Gschneidner and Waber, report LA-4003, 1968).

mod crystal;
mod patterns;

pub use crystal::{average_crystal, conventional_hkl};
pub use patterns::{instrument, pattern, patterns};

use rand::seq::index;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use xrd_core::Structure;

use self::crystal::{
    Host, SITES_2A_OF_8, SITES_8I_OF_4, double_dumbbell_host, radius, titanium, zirconium,
};
use crate::{BondModel, Placement, Result, Symmetry, inequivalent_placements, substitute};

/// Names of the label columns; each label is a number of atoms per formula unit.
pub const LABELS: [&str; 4] = ["Sm", "Zr", "Fe", "Ti"];

/// Bond model of the series, with a bond cutoff of 3.4 Å.
///
/// With this cutoff, Sm is bonded to its 20 Fe neighbours.
pub const BONDS: BondModel = BondModel::new(3.4);

/// Composition of the series, given by the number of Ti or Zr atoms in the supercell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Composition {
    /// Number n of Ti atoms on the 16 sites 8i of a supercell with 4 formula units; x = n/4, y = 0.
    Titanium(usize),
    /// Number n of Zr atoms on the 8 sites 2a of a supercell with 8 formula units; x = 1, y = n/8.
    Zirconium(usize),
}

impl Composition {
    /// Rows of Table I of the paper: ten compositions, each with the number of arrangements that
    /// the paper used.
    pub const TABLE_1: [(Self, usize); 10] = [
        (Self::Titanium(0), 1),
        (Self::Titanium(2), 13),
        (Self::Titanium(4), 22),
        (Self::Titanium(6), 27),
        (Self::Titanium(8), 61),
        (Self::Zirconium(0), 1),
        (Self::Zirconium(1), 2),
        (Self::Zirconium(2), 7),
        (Self::Zirconium(3), 6),
        (Self::Zirconium(4), 10),
    ];

    /// Returns the number x of Ti atoms per formula unit.
    pub fn x(self) -> f64 {
        match self {
            Self::Titanium(n) => n as f64 / 4.0,
            Self::Zirconium(_) => 1.0,
        }
    }

    /// Returns the number y of Zr atoms per formula unit.
    pub fn y(self) -> f64 {
        match self {
            Self::Titanium(_) => 0.0,
            Self::Zirconium(n) => n as f64 / 8.0,
        }
    }

    /// Returns the labels: the numbers of Sm, Zr, Fe and Ti atoms per formula unit, as in
    /// [`LABELS`].
    pub fn labels(self) -> [f64; 4] {
        let (x, y) = (self.x(), self.y());
        [1.0 - y, y, 12.0 - x, x]
    }

    /// Returns every inequivalent arrangement, in lexicographic order of the occupied sites.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error) for more than 16 Ti or 8 Zr atoms.
    pub fn arrangements(self) -> Result<Vec<Placement>> {
        let (host, sites, count) = match self {
            Self::Titanium(n) => (Host::new(0.0, 0.0, [2, 2, 1])?.structure, SITES_8I_OF_4, n),
            Self::Zirconium(n) => (double_dumbbell_host(0.0)?.structure, SITES_2A_OF_8, n),
        };
        let sites: Vec<usize> = sites.collect();
        let permutations = Symmetry::within(&host, 1e-4)?.permutations(&host, &sites);
        inequivalent_placements(sites.len(), count, &permutations)
    }

    /// Returns the relaxed structure of one arrangement.
    ///
    /// # Errors
    /// [`Error::NoSuchSite`](crate::Error) if the placement has a site that the supercell does not
    /// have.
    pub fn structure(self, placement: &Placement) -> Result<Structure> {
        let host = match self {
            Self::Titanium(_) => Host::new(self.x(), 0.0, [2, 2, 1])?,
            Self::Zirconium(_) => double_dumbbell_host(self.y())?,
        };
        let (first, element) = match self {
            Self::Titanium(_) => (SITES_8I_OF_4.start, titanium()),
            Self::Zirconium(_) => (SITES_2A_OF_8.start, zirconium()),
        };
        let sites: Vec<usize> = placement.chosen.iter().map(|i| first + i).collect();
        let ideal = substitute(&host.structure, &sites, element)?;
        let radii: Vec<f64> = ideal.atoms().iter().map(|a| radius(a.element())).collect();
        Ok(BONDS.relax(&ideal, &radii, &host.mean_radii)?.structure)
    }
}

/// Arrangement of Ti or Zr atoms: one structure of the series.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Arrangement {
    /// Composition of the arrangement.
    pub composition: Composition,
    /// Index of the placement in the list of [`Composition::arrangements`], from 0.
    pub index: usize,
    /// Sites that Ti or Zr occupies.
    pub placement: Placement,
}

impl Arrangement {
    /// Returns the name of the arrangement, such as "Ti0.50-007" or "Ti1.00-Zr0.125-002".
    ///
    /// The name contains x and the index, and also y for [`Composition::Zirconium`].
    pub fn name(&self) -> String {
        let (x, y, n) = (self.composition.x(), self.composition.y(), self.index);
        match self.composition {
            Composition::Titanium(_) => format!("Ti{x:.2}-{n:03}"),
            Composition::Zirconium(_) => format!("Ti{x:.2}-Zr{y:.3}-{n:03}"),
        }
    }

    /// Returns the relaxed structure of the arrangement.
    ///
    /// # Errors
    /// Any error of [`Composition::structure`].
    pub fn structure(&self) -> Result<Structure> {
        self.composition.structure(&self.placement)
    }
}

/// Chooses different arrangements of one composition at random, with a seed.
///
/// The argument `count` is the number of arrangements to choose. If the composition has fewer
/// arrangements, the function returns all of them. The list has the order of
/// [`Composition::arrangements`].
///
/// # Errors
/// Any error of [`Composition::arrangements`].
pub fn draw(composition: Composition, count: usize, dataset_seed: u64) -> Result<Vec<Arrangement>> {
    let all = composition.arrangements()?;
    let mut rng = ChaCha8Rng::seed_from_u64(dataset_seed);
    // One stream per composition, so that no draw depends on another.
    rng.set_stream(match composition {
        Composition::Titanium(n) => n as u64,
        Composition::Zirconium(n) => 100 + n as u64,
    });
    let mut drawn = index::sample(&mut rng, all.len(), count.min(all.len())).into_vec();
    drawn.sort_unstable();
    let arrangement = |index: usize| Arrangement {
        composition,
        index,
        placement: all[index].clone(),
    };
    Ok(drawn.into_iter().map(arrangement).collect())
}

/// Chooses 150 arrangements at random, with a seed.
///
/// The number of arrangements of each composition is the number in Table I of the paper
/// ([`Composition::TABLE_1`]).
///
/// # Errors
/// Any error of [`draw`]. No error is expected.
pub fn paper_set(dataset_seed: u64) -> Result<Vec<Arrangement>> {
    let mut set = Vec::with_capacity(150);
    for (composition, count) in Composition::TABLE_1 {
        set.extend(draw(composition, count, dataset_seed)?);
    }
    Ok(set)
}

#[cfg(test)]
mod tests;
