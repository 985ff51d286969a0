//! Round trips with serde, and refusal of invalid values.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use xrd_core::{Atom, Lattice, Structure};
use xrd_sim::{
    Anode, Instrument, PatternKey, Placement, Polarization, Profile, QGrid, Reflection, SiteChoice,
    SubstitutionSeries, TubeLine, reflections, simulate,
};

fn written_and_read<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn goes_round<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    assert_eq!(&written_and_read(value), value);
}

fn iron() -> Structure {
    let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0).unwrap();
    let atoms = [[0.0; 3], [0.5; 3]].map(|p| Atom::new("Fe".parse().unwrap(), p));
    Structure::new(cell, atoms.to_vec()).unwrap()
}

#[test]
fn reflections_and_instruments_go_round() {
    let mut instrument = Instrument::laboratory(0.1).unwrap();
    instrument.diffraction.polarization = Polarization::monochromator(26.4).unwrap();
    let range = instrument.grid.start()..=instrument.grid.last();
    let lines: Vec<Reflection> = reflections(&iron(), &instrument.diffraction, range).unwrap();
    assert_eq!(lines.len(), 3); // (110), (200), (211)
    goes_round(&lines);
    goes_round(&instrument);
    goes_round(&instrument.with_grid(QGrid::new(0.5, 0.001, 5001).unwrap()));
    // The instrument that was read draws the same pattern.
    let draw = |i: &Instrument| simulate(&iron(), &i.diffraction, &i.grid, &i.profile).unwrap();
    assert_eq!(draw(&written_and_read(&instrument)), draw(&instrument));
}

#[test]
fn what_names_a_pattern_goes_round() {
    TubeLine::all().for_each(|line| goes_round(&line));
    Anode::ALL.iter().for_each(goes_round);
    let key = PatternKey::new(u64::MAX, 734_512);
    goes_round(&key);
    let site = SiteChoice::new("Fe".parse().unwrap()).with_near([0.5, 1.0 / 3.0, 0.0]);
    goes_round(&site);
    let every = SiteChoice::new(site.element);
    let series = SubstitutionSeries::new(&iron(), every, "Co".parse().unwrap(), [2, 2, 2]).unwrap();
    let pairs: Vec<Placement> = series.arrangements(2).unwrap();
    assert_eq!(pairs.len(), 4);
    goes_round(&pairs);
}

#[test]
fn what_no_constructor_makes_is_not_read() {
    let refusal = |text| {
        serde_json::from_str::<Profile>(text)
            .unwrap_err()
            .to_string()
    };
    assert!(refusal(r#"{"eta":1.5,"fwhm_deg":0.1}"#).contains("eta is 1.5"));
    assert!(refusal(r#"{"eta":0.5,"fwhm_deg":0}"#).contains("maximum is 0"));
    let refused = serde_json::from_str::<QGrid>(r#"{"start":0.5,"step":0,"len":2}"#).unwrap_err();
    assert!(refused.to_string().contains("step of Q is 0"), "{refused}");
    for ratio in ["-0.1", "1.1"] {
        let refused = serde_json::from_str::<Polarization>(ratio).unwrap_err();
        assert!(refused.to_string().contains(ratio), "{refused}");
    }
}
