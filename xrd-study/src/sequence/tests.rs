use xrd_core::{Atom, Element, Lattice, PatternSet, Structure, TwoThetaGrid};
use xrd_sim::{CountingNoise, Effects, Instrument, PatternKey, measure};

use super::*;
use crate::experiment::Reading;
use crate::report::OnsetReport;

const ANGLES: usize = 500;

/// Patterns of a phase whose lines move with the value, and of another phase above 412.
fn ramp(values: &[f64]) -> Patterns {
    let grid = TwoThetaGrid::new(20.0, 0.05, ANGLES).unwrap();
    let pattern = |(i, &value): (usize, &f64)| {
        let high = ((value - 402.0) / 20.0).clamp(0.0, 1.0);
        let drift = 1e-4 * value;
        let lines = [
            (24.0 - drift, 10.0 * (1.0 - high)),
            (31.0 - drift, 6.0 * (1.0 - high)),
            (27.5 - drift, 9.0 * high),
            (38.0 - drift, 7.0 * high),
        ];
        let mut state = i as u64 + 1;
        let at = move |t: f64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let noise = 0.01 * ((state >> 40) as f64 / (1u64 << 24) as f64 - 0.5);
            let line = |(p, h): &(f64, f64)| h * (-((t - p) / 0.15).powi(2)).exp();
            (1.0 + noise + lines.iter().map(line).sum::<f64>()) as f32
        };
        grid.angles().map(at).collect::<Vec<f32>>()
    };
    let block = values.iter().enumerate().flat_map(pattern).collect();
    PatternSet::unnamed(grid, block).unwrap().into()
}

#[test]
fn the_transition_of_a_ramp_is_found() {
    let values: Vec<f64> = (0..17).map(|i| 300.0 + 15.0 * f64::from(i)).collect();
    let found = sequence(&ramp(&values), &values, &[]).unwrap();
    let [transition] = found.report.transitions.as_slice() else {
        panic!("{:?}", found.report);
    };
    assert!((transition.value - 412.0).abs() < 8.0, "{transition:?}");
    assert!(
        transition.from <= 412.0 && transition.to >= 412.0,
        "{transition:?}"
    );
    assert!(transition.to - transition.from <= 45.0 && transition.speed > 5.0);
    assert!(transition.begins <= transition.from.max(405.0) && transition.ends >= 420.0);
    let angles = |lines: &[OnsetReport]| -> Vec<f64> {
        lines
            .iter()
            .map(|l| (l.two_theta_deg * 2.0).round() / 2.0)
            .collect()
    };
    assert_eq!(angles(&transition.appear), [27.5, 38.0]);
    assert_eq!(angles(&transition.disappear), [24.0, 31.0]);
    assert!(
        transition
            .appear
            .iter()
            .all(|l| (405.0..=420.0).contains(&l.value))
    );
    assert!(
        transition
            .disappear
            .iter()
            .all(|l| (405.0..=435.0).contains(&l.value))
    );
    // Positions grow, and most of the path is the transition.
    assert!(found.positions.windows(2).all(|w| w[0] <= w[1]));
    assert_eq!((found.positions[0], found.positions.len()), (0.0, 17));
    assert!(
        found.positions[9] - found.positions[6] > 0.7,
        "{:?}",
        found.positions
    );
    assert!(found.residuals[0].is_none() && found.residuals[16].is_none());
}

#[test]
fn the_order_of_the_patterns_does_not_matter() {
    let values: Vec<f64> = (0..17).map(|i| 300.0 + 15.0 * f64::from(i)).collect();
    let set = ramp(&values);
    let order: Vec<usize> = (0..17).map(|i| (i * 5) % 17).collect();
    let mixed: Patterns = set.select(&order).unwrap().into();
    let mixed_values: Vec<f64> = order.iter().map(|&i| values[i]).collect();
    let found = sequence(&mixed, &mixed_values, &[]).unwrap();
    let expected = sequence(&set, &values, &[]).unwrap();
    assert_eq!(
        (&found.values, &found.report),
        (&expected.values, &expected.report)
    );
    assert_eq!(
        found.patterns[3],
        [order.iter().position(|&i| i == 3).unwrap()]
    );
}

#[test]
fn a_drift_has_no_transition() {
    let values: Vec<f64> = (0..30).map(|i| 10.0 * f64::from(i)).collect();
    let found = sequence(&ramp(&values), &values, &[]).unwrap();
    assert!(found.report.transitions.is_empty(), "{:?}", found.report);
}

#[test]
fn values_may_repeat_and_have_gaps() {
    let mut values: Vec<f64> = (0..12).map(|i| 340.0 + 5.0 * f64::from(i)).collect();
    values.extend([
        350.0, 350.0, 425.0, 430.0, 435.0, 440.0, 500.0, 505.0, 510.0,
    ]);
    let points: Vec<Vec<f64>> = values.iter().map(|v| vec![v / 100.0, 1.0]).collect();
    let found = sequence(&ramp(&values), &values, &points).unwrap();
    assert_eq!(found.values.len(), 19);
    assert_eq!(found.patterns[2], [2, 12, 13]);
    assert_eq!(found.report.transitions.len(), 1, "{:?}", found.report);
    let transition = &found.report.transitions[0];
    assert!(
        transition.from <= 412.0 && transition.to >= 412.0,
        "{transition:?}"
    );
    assert_eq!(found.point_steps.len(), 18);
    assert!((found.point_steps[0] - 0.05).abs() < 1e-12);
}

#[test]
fn few_or_equal_patterns_have_no_transitions() {
    for n in [0, 1, 2, 3, 7, 20] {
        let values: Vec<f64> = (0..n).map(f64::from).collect();
        let one = ramp(&[300.0]);
        let block = one.intensities(0).unwrap().repeat(n as usize);
        let set: Patterns = PatternSet::unnamed(*one.grid(), block).unwrap().into();
        let found = sequence(&set, &values, &[]).unwrap();
        assert_eq!(found.values.len(), n as usize);
        assert!(found.report.transitions.is_empty());
        assert_eq!(found.positions.len(), n as usize);
        assert!(found.positions.iter().all(|p| p.is_finite()));
    }
    let all_at_once = sequence(&ramp(&[300.0, 410.0, 420.0]), &[5.0; 3], &[]).unwrap();
    assert_eq!((all_at_once.values, all_at_once.steps), (vec![5.0], vec![]));
}

#[test]
fn wrong_values_are_refused() {
    let set = ramp(&[300.0, 310.0]);
    let error = |values: &[f64], points: &[Vec<f64>]| {
        sequence(&set, values, points).unwrap_err().to_string()
    };
    assert_eq!(
        error(&[1.0], &[]),
        "1 values for 2 patterns (expected one per pattern)"
    );
    assert_eq!(
        error(&[1.0, 2.0], &[vec![0.0]]),
        "1 points for 2 patterns (expected one per pattern)"
    );
    assert_eq!(
        error(&[1.0, f64::NAN], &[]),
        "value of a series is NaN (expected a finite number)"
    );
}

/// Iron on heating, with counting noise: the body-centred phase expands, the face-centred one is
/// there from 1185 K, and half of the specimen has changed at 1200 K.
fn iron(kelvins: &[f64]) -> Patterns {
    let iron = Element::from_symbol("Fe").unwrap();
    let cell = |a: f64, places: &[[f64; 3]]| {
        let lattice = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0).unwrap();
        let atoms = places.iter().map(|p| Atom::new(iron, *p)).collect();
        Structure::new(lattice, atoms).unwrap()
    };
    let grid = TwoThetaGrid::new(40.0, 0.02, 3000).unwrap();
    let instrument = Instrument::laboratory(0.1).unwrap().with_grid(grid);
    let pattern = |(i, kelvin): (usize, &f64)| {
        let strain = 1.0 + 1.5e-5 * (kelvin - 300.0);
        let body = cell(2.866 * strain, &[[0.0; 3], [0.5; 3]]);
        let faces = [[0.0; 3], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]];
        let face = cell(3.58 * strain, &faces);
        let share = ((kelvin - 1185.0) / 30.0).clamp(0.0, 1.0);
        let counts = CountingNoise::new(3e3).unwrap();
        let effects = Effects::default().with_counting_noise(counts);
        let of = |structure: &Structure, stream| {
            let key = PatternKey::new(i as u64, stream);
            measure(structure, &instrument, &effects, key).unwrap()
        };
        let (body, face) = (of(&body, 0), of(&face, 1));
        let pairs = body.intensities().iter().zip(face.intensities());
        let mixed = pairs.map(|(b, f)| (1.0 - share) as f32 * b + share as f32 * f + 0.02);
        mixed.collect::<Vec<f32>>()
    };
    let block = kelvins.iter().enumerate().flat_map(pattern).collect();
    PatternSet::unnamed(grid, block).unwrap().into()
}

#[test]
fn the_transition_of_17_simulated_patterns_is_found() {
    let kelvins: Vec<f64> = (0..17).map(|i| 900.0 + 40.0 * f64::from(i)).collect();
    let report = sequence(&iron(&kelvins), &kelvins, &[]).unwrap().report;
    let [transition] = report.transitions.as_slice() else {
        panic!("{report:?}");
    };
    // The patterns were measured at 1180 K and 1220 K.
    assert_eq!(
        (transition.from, transition.to),
        (1180.0, 1220.0),
        "{report:?}"
    );
    assert!((transition.value - 1200.0).abs() < 1.0, "{transition:?}");
    assert!(transition.speed > 3.0, "{transition:?}");
    let steepest = (transition.steepest_from, transition.steepest_to);
    assert_eq!(steepest, (1180.0, 1220.0));
    // The lines (111) and (200) of the new phase, and (110) of the old one.
    let near = |lines: &[OnsetReport], angle: f64| {
        let found = lines.iter().find(|l| (l.two_theta_deg - angle).abs() < 0.2);
        found.map(|l| l.value)
    };
    assert_eq!(
        near(&transition.appear, 43.2),
        Some(1220.0),
        "{transition:?}"
    );
    assert_eq!(
        near(&transition.appear, 50.4),
        Some(1220.0),
        "{transition:?}"
    );
    assert_eq!(
        near(&transition.disappear, 44.0),
        Some(1220.0),
        "{transition:?}"
    );
}

/// Chromium chloride and sodium chloride react between 380 °C and 590 °C, fastest at 410 °C.
#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-study -- --ignored"]
fn the_reaction_of_a_measured_ramp_is_found() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let data = std::env::var("XRD_TEST_DATA").unwrap_or_else(|_| beside.to_owned());
    let ramp = std::path::Path::new(&data).join("measured/nacl-ramp");
    let table = std::fs::read_to_string(ramp.join("temperatures.csv")).unwrap();
    let value = |line: &str| line.rsplit(',').next().unwrap().parse().unwrap();
    let celsius: Vec<f64> = table.lines().skip(1).map(value).collect();
    let table = ramp.join("temperatures.csv");
    let reading = Reading::default().with_resample(true);
    let read = crate::dataset::read(&ramp, &reading, None, &[&table]);
    let set: Patterns = read.unwrap().set.into();
    let report = sequence(&set, &celsius, &[]).unwrap().report;
    let fastest = report
        .transitions
        .iter()
        .max_by(|a, b| a.speed.total_cmp(&b.speed));
    let fastest = fastest.unwrap();
    assert_eq!(
        (fastest.steepest_from, fastest.steepest_to),
        (405.0, 410.0),
        "{report:?}"
    );
    assert!(fastest.steepest_speed > 15.0 && fastest.from >= 390.0 && fastest.to <= 520.0);
    assert!((370.0..=390.0).contains(&fastest.begins), "{fastest:?}");
    assert!((510.0..=600.0).contains(&fastest.ends), "{fastest:?}");
}
