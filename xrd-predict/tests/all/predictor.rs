//! Predictions from a few made-up families of structures.

use proptest::prelude::*;
use xrd_predict::xrd_core::{Atom, Element, Lattice, Structure};
use xrd_predict::{CellSettings, Error, FitSettings, Formula, Known, Origin, Predictor, Reduced};

fn known(id: &str, group: u16, a: f64, atoms: &[(&str, [f64; 3])]) -> Known {
    let cell = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0).unwrap();
    let atom = |(symbol, place): &(&str, [f64; 3])| Atom::new(symbol.parse().unwrap(), *place);
    let atoms = atoms.iter().map(atom).collect();
    Known::new(id, group, Structure::new(cell, atoms).unwrap()).unwrap()
}

/// A cubic perovskite whose length is the sum of two numbers of its cations.
fn perovskite(a: &str, b: &str) -> Known {
    let large = [("Ca", 1.9), ("Sr", 1.95), ("Ba", 2.05), ("Pb", 2.0)];
    let small = [("Ti", 2.0), ("Zr", 2.17), ("Hf", 2.15), ("Sn", 2.1)];
    let of = |list: &[(&str, f64)], s: &str| list.iter().find(|e| e.0 == s).unwrap().1;
    let atoms = [
        (a, [0.0; 3]),
        (b, [0.5; 3]),
        ("O", [0.5, 0.5, 0.0]),
        ("O", [0.5, 0.0, 0.5]),
        ("O", [0.0, 0.5, 0.5]),
    ];
    known(
        &format!("{a}{b}O3"),
        221,
        of(&large, a) + of(&small, b),
        &atoms,
    )
}

/// A made-up structure of metals with the same amounts.
fn alloy(a: &str, b: &str, c: &str) -> Known {
    let atoms = [
        (a, [0.0; 3]),
        (b, [0.1; 3]),
        (c, [0.3, 0.3, 0.8]),
        (c, [0.3, 0.8, 0.3]),
        (c, [0.8, 0.3, 0.3]),
    ];
    known(&format!("{a}{b}{c}3"), 160, 4.2, &atoms)
}

fn library() -> Vec<Known> {
    let mut all = Vec::new();
    for a in ["Ca", "Sr", "Ba", "Pb"] {
        all.extend(["Ti", "Zr", "Hf", "Sn"].map(|b| perovskite(a, b)));
    }
    for a in ["Y", "La", "Ce"] {
        all.extend(["Rh", "Ir", "Co"].map(|b| alloy(a, b, "Al")));
    }
    let salt = [("Na", [0.0; 3]), ("Cl", [0.5; 3])];
    all.push(known("salt", 221, 3.5, &salt));
    all.push(known(
        "iron",
        229,
        2.87,
        &[("Fe", [0.0; 3]), ("Fe", [0.5; 3])],
    ));
    all
}

fn without(formula: &str) -> Predictor {
    let formula = reduced(formula);
    let known = library().into_iter().filter(|k| *k.formula() != formula);
    fit(known.collect())
}

fn fit(known: Vec<Known>) -> Predictor {
    Predictor::fit(known, &FitSettings::default(), &CellSettings::default()).unwrap()
}

fn formula(text: &str) -> Formula {
    text.parse().unwrap()
}

fn reduced(text: &str) -> Reduced {
    formula(text).reduced().unwrap()
}

fn length(structure: &Structure) -> f64 {
    structure.lattice().volume().cbrt()
}

#[test]
fn an_unknown_member_of_a_family_is_predicted() {
    let predictor = without("BaZrO3");
    let found = predictor.predict(&formula("BaZrO3"), 3);
    assert_eq!(
        (found[0].origin, found[0].space_group),
        (Origin::Substituted, 221)
    );
    let a = length(&found[0].structure);
    assert!((a - 4.22).abs() < 0.02, "{a}");
    assert!(
        found
            .windows(2)
            .all(|w| w[0].probability >= w[1].probability)
    );
    // Barium is where the other large cations are.
    let at_origin =
        |e: &str| found[0].structure.atoms()[0].element() == e.parse::<Element>().unwrap();
    assert!(at_origin("Ba"));
    let alloy = without("LaIrAl3").predict(&formula("LaIrAl3"), 1);
    assert_eq!(alloy[0].space_group, 160);
}

#[test]
fn the_formula_itself_never_contributes() {
    let predictor = fit(library());
    for known in library() {
        for candidate in predictor.predict_unknown(known.formula(), 10) {
            assert_ne!(candidate.prototype_formula, *known.formula());
            assert_ne!(candidate.prototype, known.id());
        }
    }
    // A polymorph of the formula with another cell has no part in the predicted cell.
    let of = |extra: Option<Known>| {
        let found = fit(library().into_iter().chain(extra).collect());
        length(&found.predict_unknown(&reduced("BaZrO3"), 1)[0].structure)
    };
    let swollen = known(
        "swollen",
        221,
        4.6,
        &[
            ("Ba", [0.0; 3]),
            ("Zr", [0.5; 3]),
            ("O", [0.5, 0.5, 0.0]),
            ("O", [0.5, 0.0, 0.5]),
            ("O", [0.0, 0.5, 0.5]),
        ],
    );
    // It is part of the fit of mean volumes, so that the last digits may differ.
    assert!((of(None) - of(Some(swollen))).abs() < 0.02);
}

#[test]
fn known_structures_come_first() {
    let found = fit(library()).predict(&formula("Sr2Ti2O6"), 4);
    assert_eq!(
        (found[0].origin, found[0].probability),
        (Origin::Known, 1.0)
    );
    assert_eq!(found[0].prototype, "SrTiO3");
    assert!(found[1..].iter().all(|c| c.origin == Origin::Substituted));
}

#[test]
fn other_amounts_fall_back_to_the_nearest() {
    let predictor = fit(library());
    for text in [
        "SrTiO2.9",
        "Ba0.5Sr0.5TiO3",
        "KCaMgFeSi7O20",
        "SrTi0.123456789O3",
        "U7",
    ] {
        let found = predictor.predict(&formula(text), 3);
        assert!(!found.is_empty(), "{text}");
        let is_low = |c: &xrd_predict::Candidate| c.probability <= 0.1;
        let all_low = found.iter().all(is_low);
        assert!(all_low || text == "U7", "{text}: {found:?}");
        let expected = if text == "U7" {
            Origin::Substituted
        } else {
            Origin::OtherStoichiometry
        };
        assert!(found.iter().all(|c| c.origin == expected), "{text}");
    }
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| without("BaZrO3").to_bytes())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn bytes_are_read_back() {
    let predictor = without("BaZrO3");
    let again = Predictor::from_bytes(&predictor.to_bytes()).unwrap();
    let [a, b] = [&predictor, &again].map(|p| p.predict(&formula("BaZrO3"), 5));
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(&b) {
        assert_eq!(
            (a.prototype.as_str(), a.space_group),
            (b.prototype.as_str(), b.space_group)
        );
        assert!((a.probability - b.probability).abs() < 1e-6);
        assert!((length(&a.structure) - length(&b.structure)).abs() < 1e-4);
    }
    assert_eq!(
        again.to_bytes(),
        Predictor::from_bytes(&again.to_bytes()).unwrap().to_bytes()
    );
}

#[test]
fn nothing_is_learned_from_nothing() {
    let none = Predictor::fit(
        Vec::new(),
        &FitSettings::default(),
        &CellSettings::default(),
    );
    assert!(matches!(none, Err(Error::Empty { .. })));
    let mut half = known("half", 221, 3.0, &[("Fe", [0.0; 3])])
        .structure()
        .atoms()
        .to_vec();
    half[0].occupancy = 0.5;
    let cell = Lattice::from_parameters(3.0, 3.0, 3.0, 90.0, 90.0, 90.0).unwrap();
    let half = Structure::new(cell, half).unwrap();
    assert_eq!(
        Known::new("half", 221, half.clone()),
        Err(Error::PartlyOccupied)
    );
    assert!(Known::new("half", 231, half).is_err());
}

fn bytes() -> &'static [u8] {
    static BYTES: std::sync::LazyLock<Vec<u8>> =
        std::sync::LazyLock::new(|| fit(library()).to_bytes());
    &BYTES
}

proptest! {
    /// Damaged bytes are refused, or give a predictor that answers.
    #[test]
    fn damaged_bytes_do_not_panic(at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = value;
        if cut {
            bytes.truncate(at);
        }
        if let Ok(predictor) = Predictor::from_bytes(&bytes) {
            let _ = predictor.predict(&formula("BaZrO3"), 2);
        }
    }
}

#[test]
fn the_shipped_predictor_answers() {
    let predictor = Predictor::shipped().unwrap();
    assert_eq!(predictor.known().len(), 24_666);
    let spinel = predictor.predict(&formula("MgAl2O4"), 5);
    assert_eq!(
        (spinel[0].origin, spinel[0].prototype.as_str()),
        (Origin::Known, "mp-3536")
    );
    // Without its own structures, the formula is still a spinel with a = 8.08 Å, four times the primitive volume.
    let unknown = &predictor.predict_unknown(&reduced("MgAl2O4"), 5)[0];
    assert_eq!(unknown.space_group, 227);
    let a = (4.0 * unknown.structure.lattice().volume()).cbrt();
    assert!((a - 8.14).abs() < 0.12, "{a}");
    let wustite = &predictor.predict(&formula("Fe0.95O"), 1)[0];
    assert_eq!(wustite.origin, Origin::OtherStoichiometry);
    assert_eq!(wustite.structure.composition().len(), 2);
}

#[test]
fn candidates_have_different_space_groups() {
    let found = without("BaZrO3").predict_unknown(&reduced("BaZrO3"), 2);
    let mut groups: Vec<u16> = found.iter().map(|c| c.space_group).collect();
    groups.sort_unstable();
    assert_eq!(groups, [160, 221]);
    // No two candidates with one space group have equal cells.
    let many = without("BaZrO3").predict_unknown(&reduced("BaZrO3"), 10);
    assert!(many.len() > 2, "{}", many.len());
}
