//! Values written with serde are read back exactly, and invalid ones are refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Debug;

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use xrd_core::{
    Atom, Displacement, Element, IntensityUnit, Labels, Latent2, LatentGrid, LatentMap, Lattice,
    Pattern, PatternSet, Scale, Species, Structure, TwoThetaGrid, Wavelength,
};

fn goes_round<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let again: T = serde_json::from_str(&text).unwrap();
    assert_eq!(&again, value, "{text}");
}

fn refusal<T: DeserializeOwned>(text: &str) -> String {
    let read = serde_json::from_str::<T>(text);
    read.err().map(|e| e.to_string()).unwrap()
}

fn structure() -> Structure {
    let cell = Lattice::from_parameters(3.1, 4.2, 5.3, 80.0, 95.0, 101.0).unwrap();
    let mut iron = Atom::new("Fe".parse().unwrap(), [0.1, 0.2, 0.3]);
    iron.species.charge = Some(3);
    iron.occupancy = 0.7;
    iron.displacement = Some(Displacement::Anisotropic([
        0.01, 0.02, 0.03, 0.0, 0.001, 0.0,
    ]));
    let mut oxygen = Atom::new("O".parse().unwrap(), [0.5; 3]);
    oxygen.displacement = Some(Displacement::from_b_iso(0.5));
    Structure::new(cell, vec![iron, oxygen]).unwrap()
}

#[test]
fn structures_go_round() {
    goes_round(&structure());
    goes_round(structure().lattice());
    goes_round(&Element::from_number(118).unwrap());
    goes_round(&Species::from(Element::from_number(1).unwrap()));
    let text = serde_json::to_string(&structure()).unwrap();
    assert!(text.contains("\"Fe\""), "{text}");
}

proptest! {
    #[test]
    fn patterns_and_labels_go_round(
        start in -10.0..90.0f64, step in 1e-4..0.5f64, angstrom in 0.01..100.0f64,
        factor in 1e-3..1e3f64, rows in prop::collection::vec(prop::array::uniform4(-1e6..1e6f32), 0..5),
    ) {
        let grid = TwoThetaGrid::new(start, step, 4).unwrap();
        let scale = Scale { unit: IntensityUnit::CountsPerSecond, factor };
        let wavelength = Some(Wavelength::angstrom(angstrom).unwrap());
        let names: Vec<String> = (0..rows.len()).map(|i| format!("scan \"{i}\"")).collect();
        let values: Vec<f64> = rows.concat().into_iter().map(f64::from).collect();
        let set = PatternSet::new(grid, scale, wavelength, names, rows.concat()).unwrap();
        goes_round(&set);
        if !set.is_empty() {
            goes_round(&set.pattern(0));
        }
        let columns = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        goes_round(&Labels::new(columns, values).unwrap());
    }

    #[test]
    fn planes_go_round(
        x in -5.0..5.0f64, y in -5.0..5.0f64, width in 1e-3..9.0f64,
        values in prop::array::uniform6(prop::option::of(-1e9..1e9f64)),
    ) {
        let grid = LatentGrid::new(Latent2::new(x, y), Latent2::new(x + width, y + width), 3, 2).unwrap();
        goes_round(&LatentMap::new(grid, values.to_vec()).unwrap());
    }
}

#[test]
fn what_no_constructor_makes_is_not_read() {
    let grid = r#"{"start":10.0,"step":0.0,"len":4}"#;
    assert!(refusal::<TwoThetaGrid>(grid).contains("step is 0"));
    assert!(refusal::<Wavelength>("0").contains("wavelength is 0"));
    assert!(refusal::<Element>("\"Xx\"").contains("Xx"));
    let pattern = r#"{"grid":{"start":10.0,"step":0.1,"len":4},"scale":{"unit":"Counts",
        "factor":1.0},"wavelength":null,"intensities":[1,2,3]}"#;
    assert!(refusal::<Pattern>(pattern).contains("3 intensities"));
    let map = r#"{"grid":{"low":{"x":0,"y":0},"high":{"x":1,"y":1},"columns":2,"rows":2},
        "values":[null]}"#;
    assert!(refusal::<LatentMap>(map).contains("1 map values"));
    let labels = r#"{"columns":["a","a"],"values":[]}"#;
    assert!(refusal::<Labels>(labels).contains('a'));
    let flat = r#"{"vectors":[[1,0,0],[2,0,0],[0,0,1]]}"#;
    assert!(refusal::<Lattice>(flat).contains("volume"));
    let text = serde_json::to_string(&structure()).unwrap();
    let crowded = text.replace("\"occupancy\":0.7", "\"occupancy\":1.7");
    assert!(refusal::<Structure>(&crowded).contains("occupancy"));
    let unknown = text.replace("\"atoms\"", "\"atom\"");
    assert!(refusal::<Structure>(&unknown).contains("atom"));
}
