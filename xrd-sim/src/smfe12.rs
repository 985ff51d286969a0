//! The series Sm(1−y)Zr(y)Fe(12−x)Ti(x), re-created from published facts.
//!
//! Utimula et al. (2022) trained on 150 patterns of this series, computed from
//! density-functional geometries that are not public. What is public, and used here:
//!
//! - ThMn12 type, I4/mmm; SmFe12 by the Materials Project (PBE, mp-1104899): a = 8.514,
//!   c = 4.663 Å; Sm 2a (0,0,0), Fe 8f (1/4,1/4,1/4), 8j (0.2682,1/2,0), 8i (0.3588,0,0).
//! - a = 8.514 + 0.032x − 0.175y and c = 4.663 + 0.049x − 0.028y Å: by x from SmFe12 and
//!   SmFe11Ti (mp-1219022), by y from a published linear fit. Both slopes may be off by half.
//! - Ti sits on 8i. Placements are enumerated in the 2×2×1 primitive cell (4 formula units, 52
//!   atoms): 1, 13, 134, 539, 854 inequivalent ones for x = 0, 0.5, 1, 1.5, 2. Zr sits on 2a of
//!   the 2×2×2 cell (8 formula units, 104 atoms) that repeats a placement of two complete Ti
//!   dumbbells: 1, 2, 7, 10, 15 for y = 0, 0.125, 0.25, 0.375, 0.5.
//! - The paper used 1, 13, 22, 27, 61 of the former and 1, 2, 7, 6, 10 of the latter, without
//!   saying which; [`draw`] picks as many by a seed.
//!
//! Each arrangement is relaxed by a [`BondModel`] with metallic radii for coordination 12
//! (Teatum, Gschneidner and Waber, report LA-4003, 1968). It stands in for the
//! density-functional relaxation of the paper.

use rand::seq::index;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use xrd_core::{Atom, Element, Labels, Lattice, Pattern, PatternSet, Structure};

pub use crate::Instrument;
use crate::{
    BondModel, Placement, Result, Symmetry, inequivalent_placements, simulate, substitute,
    supercell,
};

/// The label columns of the series: atoms per formula unit.
pub const LABELS: [&str; 4] = ["Sm", "Zr", "Fe", "Ti"];

/// Springs between neighbours up to 3.4 Å, which takes in the 20 Fe around Sm.
pub const BONDS: BondModel = BondModel {
    cutoff_angstrom: 3.4,
};

const SM_RADIUS: f64 = 1.804;
const ZR_RADIUS: f64 = 1.602;
const FE_RADIUS: f64 = 1.274;
const TI_RADIUS: f64 = 1.462;

/// One composition of the series, by what is counted in the cell that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Composition {
    /// This many Ti among the 16 sites 8i of 4 formula units; x = n/4, y = 0.
    Titanium(usize),
    /// This many Zr among the 8 sites 2a of 8 formula units; x = 1, y = n/8.
    Zirconium(usize),
}

impl Composition {
    /// The ten rows of the paper's Table I with the number of arrangements it used.
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

    /// Ti per formula unit.
    pub fn x(self) -> f64 {
        match self {
            Self::Titanium(n) => n as f64 / 4.0,
            Self::Zirconium(_) => 1.0,
        }
    }

    /// Zr per formula unit.
    pub fn y(self) -> f64 {
        match self {
            Self::Titanium(_) => 0.0,
            Self::Zirconium(n) => n as f64 / 8.0,
        }
    }

    /// Sm, Zr, Fe and Ti per formula unit.
    pub fn labels(self) -> [f64; 4] {
        let (x, y) = (self.x(), self.y());
        [1.0 - y, y, 12.0 - x, x]
    }

    /// Every inequivalent arrangement, in the order of the lowest sites taken.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error) for more Ti than 16 or Zr than 8.
    pub fn arrangements(self) -> Result<Vec<Placement>> {
        let (host, sites, count) = match self {
            Self::Titanium(n) => (Host::new(0.0, 0.0, [2, 2, 1])?.structure, SITES_8I_OF_4, n),
            Self::Zirconium(n) => (double_dumbbell_host(0.0)?.structure, SITES_2A_OF_8, n),
        };
        let sites: Vec<usize> = sites.collect();
        let permutations = Symmetry::within(&host, 1e-4)?.permutations(&host, &sites);
        inequivalent_placements(sites.len(), count, &permutations)
    }

    /// The relaxed structure of one arrangement.
    ///
    /// # Errors
    /// [`Error::NoSuchSite`](crate::Error) for a placement of another composition.
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

const SITES_8I_OF_4: std::ops::Range<usize> = 36..52;
const SITES_2A_OF_8: std::ops::Range<usize> = 0..8;

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).expect("the four symbols of this file are elements")
}

fn titanium() -> Element {
    element("Ti")
}

fn zirconium() -> Element {
    element("Zr")
}

fn radius(element: Element) -> f64 {
    match element.symbol() {
        "Sm" => SM_RADIUS,
        "Zr" => ZR_RADIUS,
        "Ti" => TI_RADIUS,
        _ => FE_RADIUS,
    }
}

/// SmFe12 sites with the lattice of a composition, and the mean radius of each site.
struct Host {
    structure: Structure,
    mean_radii: Vec<f64>,
}

impl Host {
    /// The average crystal of a composition, as a multiple of the 13-atom primitive cell.
    fn new(x: f64, y: f64, times: [usize; 3]) -> Result<Self> {
        let structure = supercell(&primitive_cell(x, y)?, times)?;
        let repeats = times.iter().product::<usize>();
        let on_2a = SM_RADIUS + y * (ZR_RADIUS - SM_RADIUS);
        // x of the four 8i sites of a formula unit hold Ti.
        let on_8i = FE_RADIUS + x / 4.0 * (TI_RADIUS - FE_RADIUS);
        let mean = |atom: usize| match atom / repeats {
            0 => on_2a,
            1..=8 => FE_RADIUS,
            _ => on_8i,
        };
        let mean_radii = (0..structure.atoms().len()).map(mean).collect();
        Ok(Self {
            structure,
            mean_radii,
        })
    }
}

/// Sm on 2a, then four Fe each on 8f, 8j and 8i, in the primitive cell.
fn primitive_cell(x: f64, y: f64) -> Result<Structure> {
    let a = 8.514 + 0.032 * x - 0.175 * y;
    let c = 4.663 + 0.049 * x - 0.028 * y;
    let (a2, c2) = (a / 2.0, c / 2.0);
    let lattice = Lattice::from_vectors([[-a2, a2, c2], [a2, -a2, c2], [a2, a2, -c2]])?;
    let (j, i) = (0.2682, 0.3588);
    let q = 0.25;
    let conventional = [
        [0.0, 0.0, 0.0],
        [q, q, q],
        [-q, -q, q],
        [-q, q, q],
        [q, -q, q],
        [j, 0.5, 0.0],
        [-j, 0.5, 0.0],
        [0.5, j, 0.0],
        [0.5, -j, 0.0],
        [i, 0.0, 0.0],
        [-i, 0.0, 0.0],
        [0.0, i, 0.0],
        [0.0, -i, 0.0],
    ];
    let atoms = conventional.iter().enumerate().map(|(n, p)| {
        let position = lattice.fractional([p[0] * a, p[1] * a, p[2] * c]);
        Atom::new(element(if n == 0 { "Sm" } else { "Fe" }), position)
    });
    Ok(Structure::new(lattice, atoms.collect())?)
}

/// The average crystal of a composition: the 13-atom primitive cell with Sm and Zr sharing 2a,
/// Fe and Ti sharing 8i. Its reflections are those all arrangements have in common.
///
/// # Errors
/// [`Error::OutOfRange`](crate::Error) for more Ti or Zr than there are sites.
pub fn average_crystal(composition: Composition) -> Result<Structure> {
    let (x, y) = (composition.x(), composition.y());
    let cell = primitive_cell(x, y)?;
    let mut atoms = Vec::new();
    for (site, atom) in cell.atoms().iter().enumerate() {
        let (guest, share) = match site {
            0 => (zirconium(), y),
            1..=8 => (atom.element(), 0.0),
            _ => (titanium(), x / 4.0),
        };
        for (element, occupancy) in [(atom.element(), 1.0 - share), (guest, share)] {
            if occupancy > 0.0 {
                let atom = Atom {
                    species: element.into(),
                    occupancy,
                    ..*atom
                };
                atoms.push(atom);
            }
        }
    }
    Ok(Structure::new(*cell.lattice(), atoms)?)
}

/// Miller indices in the conventional cell of planes given in the primitive one, as the
/// member h >= k >= 0, l >= 0 of its tetragonal family.
pub fn conventional_hkl([h, k, l]: [i32; 3]) -> [i32; 3] {
    // Indices transform as the cell vectors do: a = p2 + p3, b = p1 + p3, c = p1 + p2.
    let [a, b, c] = [k + l, h + l, h + k].map(i32::abs);
    [a.max(b), a.min(b), c]
}

/// The first arrangement of x = 1 in which every Ti has a Ti for dumbbell partner.
const DOUBLE_DUMBBELL: [usize; 4] = [0, 1, 4, 5];

/// The 8-formula-unit cell of x = 1 that repeats the double dumbbell.
fn double_dumbbell_host(y: f64) -> Result<Host> {
    let mut host = Host::new(1.0, y, [2, 2, 2])?;
    // Site n of the 2x2x1 cell is sites 2n and 2n + 1 of the one twice as high.
    let lower = DOUBLE_DUMBBELL.map(|i| 2 * (SITES_8I_OF_4.start + i));
    let sites = [lower, lower.map(|i| i + 1)].concat();
    host.structure = substitute(&host.structure, &sites, titanium())?;
    Ok(host)
}

/// One arrangement of a composition.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrangement {
    /// Its composition.
    pub composition: Composition,
    /// Its place in [`Composition::arrangements`], from 0.
    pub index: usize,
    /// The sites taken.
    pub placement: Placement,
}

impl Arrangement {
    /// A name that tells composition and arrangement, as in "Ti0.50-007" or "Ti1.00-Zr0.125-002".
    pub fn name(&self) -> String {
        let (x, y, n) = (self.composition.x(), self.composition.y(), self.index);
        match self.composition {
            Composition::Titanium(_) => format!("Ti{x:.2}-{n:03}"),
            Composition::Zirconium(_) => format!("Ti{x:.2}-Zr{y:.3}-{n:03}"),
        }
    }

    /// The relaxed structure.
    ///
    /// # Errors
    /// As [`Composition::structure`].
    pub fn structure(&self) -> Result<Structure> {
        self.composition.structure(&self.placement)
    }
}

/// `count` arrangements of a composition, drawn without replacement by a seed; all of them where
/// there are no more. In the order of [`Composition::arrangements`].
///
/// # Errors
/// As [`Composition::arrangements`].
pub fn draw(composition: Composition, count: usize, dataset_seed: u64) -> Result<Vec<Arrangement>> {
    let all = composition.arrangements()?;
    let mut rng = ChaCha8Rng::seed_from_u64(dataset_seed);
    // One stream a composition, so that no draw depends on another.
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

/// The 150 arrangements of the paper's Table I, drawn by a seed.
///
/// # Errors
/// None in practice; those of [`draw`].
pub fn paper_set(dataset_seed: u64) -> Result<Vec<Arrangement>> {
    let mut set = Vec::with_capacity(150);
    for (composition, count) in Composition::TABLE_1 {
        set.extend(draw(composition, count, dataset_seed)?);
    }
    Ok(set)
}

impl Instrument {
    /// The pattern of one arrangement, scaled to a maximum of 1.
    ///
    /// # Errors
    /// As [`simulate`] and [`Composition::structure`].
    pub fn pattern(&self, arrangement: &Arrangement) -> Result<Pattern> {
        let structure = arrangement.structure()?;
        simulate(&structure, &self.diffraction, &self.grid, &self.profile)
    }

    /// The patterns of many arrangements with their labels, computed on the threads of the
    /// current rayon pool. `progress` is called once after each pattern, from any thread.
    ///
    /// Every pattern is scaled to a maximum of 1 by its own factor, so the set states none.
    ///
    /// # Errors
    /// As [`pattern`](Self::pattern).
    pub fn patterns(
        &self,
        arrangements: &[Arrangement],
        progress: impl Fn() + Sync,
    ) -> Result<(PatternSet, Labels)> {
        let rows: Vec<Vec<f32>> = arrangements
            .par_iter()
            .map(|a| {
                let pattern = self.pattern(a)?;
                progress();
                Ok(pattern.into_intensities())
            })
            .collect::<Result<_>>()?;
        let names = arrangements.iter().map(Arrangement::name).collect();
        let set = PatternSet::new(
            self.grid,
            xrd_core::Scale::ARBITRARY,
            Some(self.diffraction.wavelength),
            names,
            rows.concat(),
        )?;
        let columns = LABELS.map(str::to_owned).to_vec();
        let values = arrangements.iter().flat_map(|a| a.composition.labels());
        Ok((set, Labels::new(columns, values.collect())?))
    }
}

#[cfg(test)]
mod tests;
