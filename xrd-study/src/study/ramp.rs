//! Study of a simulated temperature ramp with a phase transition.

use xrd_core::{Atom, Element, Labels, Lattice, PatternSet, Scale, Structure, TwoThetaGrid};
use xrd_sim::{CountingNoise, Effects, Instrument, PatternKey, measure};

use super::study;
use crate::dataset::Dataset;
use crate::experiment::{DataSource, Experiment, Settings};
use crate::samples;

/// Lead titanate: tetragonal up to 763 K, cubic above.
fn structure(a: f64, c: f64, displacement: f64) -> Structure {
    let lattice = Lattice::from_parameters(a, a, c, 90.0, 90.0, 90.0).unwrap();
    let atom = |symbol: &str, place| Atom::new(Element::from_symbol(symbol).unwrap(), place);
    let (ti, o) = (0.5 + displacement, 2.8 * displacement);
    let atoms = vec![
        atom("Pb", [0.0, 0.0, 0.0]),
        atom("Ti", [0.5, 0.5, ti]),
        atom("O", [0.5, 0.5, o]),
        atom("O", [0.5, 0.0, 0.5 + o]),
        atom("O", [0.0, 0.5, 0.5 + o]),
    ];
    Structure::new(lattice, atoms).unwrap()
}

/// Patterns on heating, with thermal expansion and counting noise.
fn patterns(kelvins: &[f64]) -> PatternSet {
    let grid = TwoThetaGrid::new(20.0, 0.05, 1000).unwrap();
    let instrument = Instrument::laboratory(0.15).unwrap().with_grid(grid);
    let pattern = |(i, kelvin): (usize, &f64)| {
        let warmer = kelvin - 300.0;
        let structure = match *kelvin < 763.0 {
            true => structure(3.90 + 3e-5 * warmer, 4.15 - 1e-4 * warmer, 0.04),
            false => structure(
                3.96 + 3e-5 * (kelvin - 763.0),
                3.96 + 3e-5 * (kelvin - 763.0),
                0.0,
            ),
        };
        let counts = CountingNoise::new(3e3).unwrap();
        let effects = Effects::default().with_counting_noise(counts);
        let key = PatternKey::new(i as u64, 0);
        let measured = measure(&structure, &instrument, &effects, key).unwrap();
        measured
            .intensities()
            .iter()
            .map(|v| v + 0.02)
            .collect::<Vec<f32>>()
    };
    let block = kelvins.iter().enumerate().flat_map(pattern).collect();
    let names = kelvins.iter().map(|k| format!("T{k}K")).collect();
    PatternSet::new(grid, Scale::ARBITRARY, None, names, block).unwrap()
}

/// A series of 17 patterns uses the plane, is reproduced, and has its transition where it is. With the
/// label loss, which draws the ends of a ramp apart, the border loss needs more weight.
#[test]
fn a_ramp_with_a_transition_does_not_waste_the_plane() {
    let kelvins: Vec<f64> = (0..17).map(|i| 300.0 + 50.0 * f64::from(i)).collect();
    let labels = Labels::new(vec!["T (K)".to_owned()], kelvins.clone()).unwrap();
    let set = patterns(&kelvins);
    let unlabelled = Dataset::unlabelled(set.clone());
    let labelled = Dataset::new(set, labels).unwrap();
    let measured = Settings::measured();
    let more = measured.clone().with_border_weight(1.0);
    for (data, settings, series) in [(unlabelled, measured, "T{T}K"), (labelled, more, "auto")] {
        let experiment = Experiment::new(DataSource::series(0.1, 0))
            .with_settings(settings)
            .with_series(series.parse().unwrap());
        let found = samples::in_session(|session| study(&experiment, data, session).unwrap());
        let report = found.report;
        let training = &report.training;
        assert!(training.saturated_fraction < 0.1, "{training:?}");
        assert!(
            training.explained_variance_train.unwrap() > 0.95,
            "{training:?}"
        );
        let along = report.series.unwrap();
        assert_eq!(along.recognised, series == "auto");
        let sequence = along.sequence.unwrap();
        let [transition] = sequence.transitions.as_slice() else {
            panic!("{sequence:?}");
        };
        assert_eq!(
            (transition.from, transition.to),
            (750.0, 800.0),
            "{transition:?}"
        );
        assert!(!transition.appear.is_empty() && !transition.disappear.is_empty());
        assert_eq!(report.estimation.curve.is_some(), series == "auto");
    }
}
