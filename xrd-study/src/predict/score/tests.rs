use std::sync::atomic::{AtomicBool, Ordering};

use xrd_core::{Atom, Lattice, Structure};

use super::*;

/// Cubic perovskites with made-up lengths.
fn perovskites(cations: &[&str]) -> Vec<Known> {
    let others = [("Ti", 2.0), ("Zr", 2.17), ("Sn", 2.1)];
    let mut all = Vec::new();
    for (i, a) in cations.iter().enumerate() {
        for (b, length) in others {
            let length = length + 1.9 + 0.05 * i as f64;
            let cell = Lattice::from_parameters(length, length, length, 90.0, 90.0, 90.0);
            let atom = |symbol: &str, place| Atom::new(symbol.parse().unwrap(), place);
            let atoms = vec![
                atom(a, [0.0; 3]),
                atom(b, [0.5; 3]),
                atom("O", [0.5, 0.5, 0.0]),
                atom("O", [0.5, 0.0, 0.5]),
                atom("O", [0.0, 0.5, 0.5]),
            ];
            let structure = Structure::new(cell.unwrap(), atoms).unwrap();
            all.push(Known::new(format!("{a}{b}O3"), 221, structure).unwrap());
        }
    }
    all
}

/// Stops the work at the first look.
struct Impatient(AtomicBool);

impl Observer for Impatient {
    fn should_stop(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

fn settings(split: TestSplit) -> ScoreSettings {
    ScoreSettings {
        split,
        share: 0.3,
        seed: 0,
        is_validation: false,
    }
}

#[test]
fn a_stopped_score_goes_on() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("work");
    let known = perovskites(&["Ca", "Sr", "Ba", "Pb"]);
    let observer = Impatient(AtomicBool::new(true));
    let run = |resume, seed| {
        let saving = Saving::new(&folder).with_resume(resume);
        let settings = ScoreSettings {
            seed,
            ..settings(TestSplit::Formula)
        };
        score_prediction(&known, &[], settings, Some(&saving), &observer)
    };
    let stopped = run(false, 0).unwrap_err();
    assert!(matches!(stopped, Error::Interrupted { .. }), "{stopped}");
    observer.0.store(false, Ordering::SeqCst);
    assert!(matches!(run(false, 0), Err(Error::Unfinished(_))));
    assert!(matches!(run(true, 1), Err(Error::Unfinished(_))));
    let resumed = run(true, 0).unwrap();
    assert!(!folder.exists());
    let whole = run(false, 0).unwrap();
    let text = |s: &PredictScore| serde_json::to_string(s).unwrap();
    assert_eq!(text(&resumed), text(&whole));
    assert_eq!(whole.ternary[0].formulas, 3);
}

#[test]
fn later_structures_are_tested_if_their_formula_is_new() {
    let known = perovskites(&["Ca", "Sr", "Ba"]);
    let later = perovskites(&["Ba", "Pb"]);
    let observer = Impatient(AtomicBool::new(false));
    let score = score_prediction(&known, &later, settings(TestSplit::Time), None, &observer);
    let score = score.unwrap();
    assert_eq!((score.learned, score.ternary[0].formulas), (9, 3));
    let none = score_prediction(&known, &known, settings(TestSplit::Time), None, &observer);
    assert!(matches!(none, Err(Error::Expected(_))));
}

#[test]
fn the_validation_part_has_no_test_formula() {
    let known = perovskites(&["Ca", "Sr", "Ba", "Pb"]);
    let test = parts(&known, &[], settings(TestSplit::Formula)).0;
    let validation = ScoreSettings {
        is_validation: true,
        ..settings(TestSplit::Formula)
    };
    let (scored, left_out) = parts(&known, &[], validation);
    assert_eq!((test.len(), scored.len()), (3, 2));
    assert!(scored.is_disjoint(&test));
    assert!(scored.is_subset(&left_out) && test.is_subset(&left_out));
}
