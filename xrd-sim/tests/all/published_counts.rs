//! Tests against published numbers of inequivalent arrangements.
//!
//! The numbers are those of the program SHRY: G. I. Prayogo, A. Tirelli, K. Utimula, K. Hongo, R. Maezono,
//! K. Nakano, J. Chem. Inf. Model. 62, 2909 (2022). Its repository (github.com/giprayogo/SHRY,
//! commits 64d7ff5, dd04743 and 18aa76c) states them in `benchmarks/03scailing_benchmark/
//! benchmark_result.csv` by the numbers of the Crystallography Open Database, in
//! `benchmarks/01PbTe_benchmark/01shry/out_bench`, and in `tests`. The tests
//! need only space group, sites and supercell. They use the systems where one element replaces
//! another on one kind of site.

use moyo::data::{HallSymbol, Setting};
use xrd_core::{Atom, Element, Lattice, Structure};
use xrd_sim::{SiteChoice, SubstitutionSeries, number_of_placements};

/// Kind of atom and one position of its orbit.
type Site = (&'static str, [f64; 3]);

/// Crystal by its space group in the standard setting of International Tables A.
struct Crystal {
    space_group: i32,
    /// a, b, c in Å; angles are those of the crystal system.
    edges: [f64; 3],
    gamma: f64,
    sites: &'static [Site],
}

/// Row of the table: repeats of the cell, number of guests, published number of arrangements, and
/// number of choices.
type Row = ([usize; 3], usize, u128, u128);

fn element(symbol: &str) -> Element {
    symbol.parse().unwrap()
}

impl Crystal {
    fn structure(&self) -> Structure {
        let [a, b, c] = self.edges;
        let cell = Lattice::from_parameters(a, b, c, 90.0, 90.0, self.gamma).unwrap();
        let hall_number = Setting::Standard.hall_number(self.space_group).unwrap();
        let symbol = HallSymbol::from_hall_number(hall_number).unwrap();
        let operations = symbol.traverse();
        let centring = &symbol.centering_translations;
        let centring = centring.iter().copied().chain([nalgebra::Vector3::zeros()]);
        let centring: Vec<_> = centring.collect();
        let mut atoms: Vec<Atom> = Vec::new();
        for (symbol, place) in self.sites {
            for (operation, shift) in operations
                .iter()
                .flat_map(|o| centring.iter().map(move |t| (o, t)))
            {
                let image = operation.rotation.map(f64::from) * nalgebra::Vector3::from(*place);
                let image = image + operation.translation + shift;
                let position: [f64; 3] = image.map(|x| x.rem_euclid(1.0)).into();
                let same = |other: &Atom| {
                    let apart = (0..3).map(|i| (position[i] - other.position[i]).abs());
                    apart.map(|d| d.min(1.0 - d)).all(|d| d < 1e-3)
                };
                if !atoms.iter().any(same) {
                    atoms.push(Atom::new(element(symbol), position));
                }
            }
        }
        Structure::new(cell, atoms).unwrap()
    }

    /// Series on the orbit of a site.
    fn series(&self, site: usize, guest: &str, times: [usize; 3]) -> SubstitutionSeries {
        let (symbol, near) = self.sites[site];
        let site = SiteChoice::new(element(symbol)).with_near(near);
        SubstitutionSeries::new(&self.structure(), site, element(guest), times).unwrap()
    }

    /// Compares counts by Pólya's theorem with the published ones.
    fn assert_counts(&self, site: usize, guest: &str, rows: &[Row]) {
        for &(times, guests, arrangements, choices) in rows {
            let series = self.series(site, guest, times);
            let all = number_of_placements(series.sites(), guests, &[]).unwrap();
            assert_eq!(all, choices, "{times:?}: {} sites", series.sites());
            let found = series.number_of_arrangements(guests).unwrap();
            assert_eq!(found, arrangements, "{:?} {times:?}", self.sites);
        }
    }

    /// Compares the lengths of lists, and their multiplicities, with the published counts.
    fn assert_lists(&self, site: usize, guest: &str, rows: &[Row]) {
        for &(times, guests, arrangements, choices) in rows {
            let list = self
                .series(site, guest, times)
                .arrangements(guests)
                .unwrap();
            assert_eq!(
                list.len() as u128,
                arrangements,
                "{:?} {times:?}",
                self.sites
            );
            let all: usize = list.iter().map(|p| p.multiplicity).sum();
            assert_eq!(all as u128, choices);
        }
    }
}

const fn cubic(space_group: i32, a: f64, sites: &'static [Site]) -> Crystal {
    Crystal {
        space_group,
        edges: [a; 3],
        gamma: 90.0,
        sites,
    }
}

const ROCK_SALT: Crystal = cubic(225, 6.46, &[("Pb", [0.0; 3]), ("Te", [0.5; 3])]);

/// `out_bench`: lead telluride, half of the lead replaced by tin.
const LEAD_TELLURIDE: &[Row] = &[
    ([1, 1, 1], 2, 1, 6),
    ([1, 1, 2], 4, 8, 70),
    ([1, 1, 3], 6, 34, 924),
    ([1, 2, 2], 8, 153, 12_870),
    ([2, 2, 2], 16, 404_582, 601_080_390),
];

const TUNGSTEN: Crystal = cubic(229, 3.165, &[("W", [0.0; 3])]);
/// 493, COD 9006519.
const TUNGSTEN_ROWS: &[Row] = &[([3, 2, 2], 10, 6_164, 1_961_256)];

const SPHALERITE: Crystal = cubic(216, 5.41, &[("Zn", [0.0; 3]), ("S", [0.25; 3])]);
/// 461, COD 1100043.
const SPHALERITE_ROWS: &[Row] = &[([3, 1, 2], 10, 21_618, 1_961_256)];

const MANGANESE_SILICIDE: Crystal = cubic(198, 4.558, &[("Mn", [0.138; 3]), ("Si", [0.846; 3])]);
/// 436, COD 9013994.
const MANGANESE_SILICIDE_ROWS: &[Row] = &[([1, 2, 2], 6, 525, 8_008)];

const GARNET: Crystal = cubic(
    230,
    11.98,
    &[
        ("Al", [0.0; 3]),
        ("Er", [0.125, 0.0, 0.25]),
        ("Al", [0.375, 0.0, 0.25]),
    ],
);
/// 496, COD 2103616: the octahedra of erbium aluminium garnet.
const GARNET_ROWS: &[Row] = &[([2, 1, 1], 7, 52_975, 3_365_856)];

const SKUTTERUDITE: Crystal = cubic(204, 8.47, &[("Ir", [0.25; 3]), ("As", [0.0, 0.342, 0.149])]);
/// 448, COD 9016517.
const SKUTTERUDITE_ROWS: &[Row] = &[([2, 1, 2], 8, 166_080, 10_518_300)];

const SILICON_IODIDE: Crystal = cubic(
    205,
    11.99,
    &[
        ("Si", [0.129; 3]),
        ("I", [0.253; 3]),
        ("I", [0.009, 0.001, 0.252]),
    ],
);
/// 449 and 450, COD 9013933 (copper bromide, on the same positions) and 1525681.
const SILICON_IODIDE_ROWS: &[Row] = &[
    ([3, 1, 1], 11, 104_006, 2_496_144),
    ([3, 1, 1], 9, 54_484, 1_307_504),
];

const BIXBYITE: Crystal = cubic(
    206,
    10.39,
    &[
        ("Lu", [0.25; 3]),
        ("Lu", [0.467, 0.0, 0.25]),
        ("O", [0.391, 0.154, 0.38]),
    ],
);
/// 451, COD 1548517: the larger orbit of lutetium in its oxide.
const BIXBYITE_ROWS: &[Row] = &[([1, 2, 1], 4, 6_462, 194_580)];

const EULYTINE: Crystal = cubic(
    220,
    10.52,
    &[
        ("Bi", [0.0875; 3]),
        ("Si", [0.375, 0.0, 0.25]),
        ("O", [0.06, 0.13, 0.29]),
    ],
);
/// 473, COD 9012894.
const EULYTINE_ROWS: &[Row] = &[([1, 2, 3], 6, 3_261_292, 156_238_908)];

const TERBIUM_THALLIUM: Crystal = Crystal {
    space_group: 193,
    edges: [9.03, 9.03, 6.58],
    gamma: 120.0,
    sites: &[
        ("Tb", [1.0 / 3.0, 2.0 / 3.0, 0.0]),
        ("Tb", [0.24, 0.0, 0.25]),
        ("Tl", [0.61, 0.0, 0.25]),
    ],
};
/// 423, COD 1527378.
const TERBIUM_THALLIUM_ROWS: &[Row] = &[([2, 1, 3], 9, 27_575, 1_307_504)];

const SMFE12: Crystal = Crystal {
    space_group: 139,
    edges: [8.59, 8.59, 4.804],
    gamma: 90.0,
    sites: &[
        ("Sm", [0.0; 3]),
        ("Fe", [0.25; 3]),
        ("Fe", [0.278, 0.5, 0.0]),
        ("Fe", [0.352, 0.0, 0.0]),
    ],
};
/// `tests/test_core.py`: on 8f and on 8j.
const SMFE12_8F: &[Row] = &[([1, 2, 1], 2, 11, 120)];
const SMFE12_8J: &[Row] = &[([1, 2, 1], 4, 147, 1_820)];

#[test]
fn counts_are_those_that_shry_published() {
    ROCK_SALT.assert_counts(0, "Sn", LEAD_TELLURIDE);
    TUNGSTEN.assert_counts(0, "Re", TUNGSTEN_ROWS);
    SPHALERITE.assert_counts(0, "Cd", SPHALERITE_ROWS);
    MANGANESE_SILICIDE.assert_counts(0, "Fe", MANGANESE_SILICIDE_ROWS);
    GARNET.assert_counts(0, "Ga", GARNET_ROWS);
    SKUTTERUDITE.assert_counts(0, "Co", SKUTTERUDITE_ROWS);
    SILICON_IODIDE.assert_counts(0, "Ge", SILICON_IODIDE_ROWS);
    BIXBYITE.assert_counts(1, "Y", BIXBYITE_ROWS);
    EULYTINE.assert_counts(1, "Ge", EULYTINE_ROWS);
    TERBIUM_THALLIUM.assert_counts(0, "Gd", TERBIUM_THALLIUM_ROWS);
    SMFE12.assert_counts(1, "Ti", SMFE12_8F);
    SMFE12.assert_counts(2, "Ti", SMFE12_8J);
}

#[test]
fn lists_are_as_long_as_published() {
    ROCK_SALT.assert_lists(0, "Sn", &LEAD_TELLURIDE[..4]);
    MANGANESE_SILICIDE.assert_lists(0, "Fe", MANGANESE_SILICIDE_ROWS);
    SMFE12.assert_lists(1, "Ti", SMFE12_8F);
    SMFE12.assert_lists(2, "Ti", SMFE12_8J);
}

/// `tests/test_cifs/smfe7ti_sym`: the multiplicities of four titanium on the eight sites 8f are in
/// the names of the files.
#[test]
fn multiplicities_are_those_that_shry_published() {
    let list = SMFE12.series(1, "Ti", [1, 1, 1]).arrangements(4).unwrap();
    let mut found: Vec<usize> = list.iter().map(|p| p.multiplicity).collect();
    found.sort_unstable();
    assert_eq!(found, [2, 2, 2, 4, 4, 8, 8, 8, 16, 16]);
}

/// Millions of choices; takes some seconds.
#[test]
fn long_lists_are_as_long_as_published() {
    TUNGSTEN.assert_lists(0, "Re", TUNGSTEN_ROWS);
    SPHALERITE.assert_lists(0, "Cd", SPHALERITE_ROWS);
    GARNET.assert_lists(0, "Ga", GARNET_ROWS);
    SKUTTERUDITE.assert_lists(0, "Co", SKUTTERUDITE_ROWS);
    SILICON_IODIDE.assert_lists(0, "Ge", SILICON_IODIDE_ROWS);
    BIXBYITE.assert_lists(1, "Y", BIXBYITE_ROWS);
    TERBIUM_THALLIUM.assert_lists(0, "Gd", TERBIUM_THALLIUM_ROWS);
}
