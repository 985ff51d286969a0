//! Cells of the series, before atoms are placed and relaxed.

use xrd_core::{Atom, Element, Lattice, Structure};

use super::Composition;
use crate::{Result, substitute, supercell};

const SM_RADIUS: f64 = 1.804;
const ZR_RADIUS: f64 = 1.602;
const FE_RADIUS: f64 = 1.274;
const TI_RADIUS: f64 = 1.462;

pub(super) const SITES_8I_OF_4: std::ops::Range<usize> = 36..52;
pub(super) const SITES_2A_OF_8: std::ops::Range<usize> = 0..8;

pub(super) fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).expect("the four symbols of this file are elements")
}

pub(super) fn titanium() -> Element {
    element("Ti")
}

pub(super) fn zirconium() -> Element {
    element("Zr")
}

pub(super) fn radius(element: Element) -> f64 {
    match element.symbol() {
        "Sm" => SM_RADIUS,
        "Zr" => ZR_RADIUS,
        "Ti" => TI_RADIUS,
        _ => FE_RADIUS,
    }
}

/// Structure SmFe12 with the lattice of a composition, and the mean radius of each site.
pub(super) struct Host {
    pub(super) structure: Structure,
    pub(super) mean_radii: Vec<f64>,
}

impl Host {
    /// Average crystal of a composition, as a multiple of the 13-atom primitive cell.
    pub(super) fn new(x: f64, y: f64, times: [usize; 3]) -> Result<Self> {
        let structure = supercell(&primitive_cell(x, y)?, times)?;
        let repeats = times.iter().product::<usize>();
        let on_2a = SM_RADIUS + y * (ZR_RADIUS - SM_RADIUS);
        // Ti occupies x of the four 8i sites of a formula unit.
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

/// Primitive cell with Sm on 2a, then four Fe each on 8f, 8j and 8i.
pub(super) fn primitive_cell(x: f64, y: f64) -> Result<Structure> {
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

/// Returns the average crystal of a composition.
///
/// The average crystal is the primitive cell in which Sm and Zr share the site 2a, and Fe and Ti
/// share the site 8i.
///
/// # Errors
/// [`Error::Core`](crate::Error::Core) if there are more Ti or Zr atoms than sites.
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

/// Converts Miller indices of the primitive cell to Miller indices of the conventional cell.
///
/// The function returns the equivalent reflection with h >= k >= 0 and l >= 0.
pub fn conventional_hkl([h, k, l]: [i32; 3]) -> [i32; 3] {
    // Indices transform like the cell vectors: a = p2 + p3, b = p1 + p3, c = p1 + p2.
    let [a, b, c] = [k + l, h + l, h + k].map(i32::abs);
    [a.max(b), a.min(b), c]
}

/// First arrangement of x = 1 where the dumbbell partner of every Ti is Ti.
pub(super) const DOUBLE_DUMBBELL: [usize; 4] = [0, 1, 4, 5];

/// Cell of x = 1 with 8 formula units that repeats the double dumbbell.
pub(super) fn double_dumbbell_host(y: f64) -> Result<Host> {
    let mut host = Host::new(1.0, y, [2, 2, 2])?;
    // Site n of the 2×2×1 cell becomes sites 2n and 2n + 1 of the cell of twice its height.
    let lower = DOUBLE_DUMBBELL.map(|i| 2 * (SITES_8I_OF_4.start + i));
    let sites = [lower, lower.map(|i| i + 1)].concat();
    host.structure = substitute(&host.structure, &sites, titanium())?;
    Ok(host)
}
