use xrd_core::{Atom, Lattice};

use super::*;
use crate::smfe12::{Composition, average_crystal};

fn element(symbol: &str) -> Element {
    symbol.parse().unwrap()
}

fn cubic(a: f64, atoms: &[(&str, [f64; 3])]) -> Structure {
    let cell = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0).unwrap();
    let atom = |(s, p): &(&str, [f64; 3])| Atom::new(element(s), *p);
    Structure::new(cell, atoms.iter().map(atom).collect()).unwrap()
}

fn on(symbol: &str) -> SiteChoice {
    SiteChoice {
        element: element(symbol),
        near: None,
    }
}

fn binomial(n: usize, k: usize) -> usize {
    (0..k).fold(1, |b, i| b * (n - i) / (i + 1))
}

/// Counts of the paper's series by `SubstitutionSeries`.
#[test]
fn titanium_in_smfe12_is_a_series_like_any_other() {
    let host = average_crystal(Composition::Titanium(0)).unwrap();
    let near = host.lattice().fractional([0.3588 * 8.514, 0.0, 0.0]);
    let site = SiteChoice {
        element: element("Fe"),
        near: Some(near),
    };
    let series = SubstitutionSeries::new(&host, site, element("Ti"), [2, 2, 1]).unwrap();
    assert_eq!((series.sites(), series.host().atoms().len()), (16, 52));
    for (count, expected) in [(0, 1), (2, 13), (4, 134), (6, 539), (8, 854)] {
        let found = series.arrangements(count).unwrap();
        assert_eq!(found.len(), expected, "{count}");
        let total: usize = found.iter().map(|p| p.multiplicity).sum();
        assert_eq!(total, binomial(16, count));
    }
}

#[test]
fn all_atoms_of_an_element_are_meant_unless_one_is_named() {
    // Two kinds of oxygen.
    let crystal = cubic(
        4.2,
        &[
            ("Ti", [0.0; 3]),
            ("O", [0.5, 0.5, 0.5]),
            ("O", [0.5, 0.0, 0.0]),
            ("O", [0.0, 0.5, 0.0]),
            ("O", [0.0, 0.0, 0.5]),
        ],
    );
    let sites = |near| {
        let site = SiteChoice { near, ..on("O") };
        SubstitutionSeries::new(&crystal, site, element("F"), [1, 1, 1]).map(|s| s.sites())
    };
    assert_eq!(sites(None), Ok(4));
    assert_eq!(sites(Some([0.45, 0.5, 0.55])), Ok(1));
    assert_eq!(sites(Some([0.0, 0.0, -0.45])), Ok(3));
    let missing = SubstitutionSeries::new(&crystal, on("Fe"), element("F"), [1, 1, 1]);
    assert!(
        missing
            .unwrap_err()
            .to_string()
            .contains("element to replace is 0")
    );
}

#[test]
fn a_sample_is_made_of_arrangements_and_the_seed_decides() {
    let iron = cubic(2.8665, &[("Fe", [0.0; 3]), ("Fe", [0.5; 3])]);
    let series = SubstitutionSeries::new(&iron, on("Fe"), element("Co"), [2, 2, 2]).unwrap();
    let all = series.arrangements(6).unwrap();
    let some = series.sample(6, 10, 1).unwrap();
    assert_eq!(some.len(), 10);
    assert!(some.iter().all(|p| all.contains(p)));
    assert!(some.is_sorted_by(|a, b| a.chosen < b.chosen));
    assert_eq!(some, series.sample(6, 10, 1).unwrap());
    assert_ne!(some, series.sample(6, 10, 2).unwrap());
    // All are found if more are requested than exist.
    assert_eq!(series.sample(6, 10_000, 1).unwrap(), all);
    // Too many to list, but some can be drawn.
    let large = SubstitutionSeries::new(&iron, on("Fe"), element("Co"), [3, 3, 3]).unwrap();
    assert!(large.arrangements(27).is_err());
    assert_eq!(large.sample(27, 5, 1).unwrap().len(), 5);
}

#[test]
fn larger_guests_widen_the_cell() {
    let iron = cubic(2.8665, &[("Fe", [0.0; 3]), ("Fe", [0.5; 3])]);
    let series = SubstitutionSeries::new(&iron, on("Fe"), element("Zr"), [2, 2, 2]).unwrap();
    let model = BondModel {
        cutoff_angstrom: series.bond_reach(),
    };
    // Nearest neighbours are √3/2 of the edge apart.
    let reach = 1.2 * 2.8665 * 0.75f64.sqrt();
    assert!((series.bond_reach() - reach).abs() < 1e-9);
    let volume = |count: usize| {
        let first = &series.arrangements(count).unwrap()[0];
        let relaxed = series.relaxed(first, &model).unwrap();
        relaxed.structure.lattice().volume()
    };
    let [none, one, two] = [0, 1, 2].map(volume);
    assert!((none / series.host().lattice().volume() - 1.0).abs() < 1e-9);
    assert!(none < one && one < two, "{none} {one} {two}");
}
