//! Effects of instrument and specimen on the training patterns: `--effects`.

use crate::support::workplace::Workplace;
use serde_json::Value;

const SMALL: &str = "--patterns scans --labels labels.csv --hidden 16,8 --epochs 30";

fn report(place: &Workplace, folder: &str) -> Value {
    serde_json::from_str(&place.read(&format!("{folder}/study.json"))).unwrap()
}

#[test]
fn training_patterns_are_disturbed_and_the_report_says_how() {
    let place = Workplace::with_samples();
    place.write(
        "own.toml",
        "[zero_shift]\ndeg = { uniform = [-0.1, 0.1] }\n",
    );
    for (folder, options) in [
        ("none", "--effects none --threads 1"),
        ("own", "--effects own.toml --threads 1"),
        ("again", "--effects own.toml --threads 2"),
        ("laboratory", "--effects laboratory --threads 1"),
    ] {
        place.done(&format!("study {SMALL} {options} --out {folder}"));
    }
    let effects = |folder| report(&place, folder)["experiment"]["settings"]["effects"].clone();
    assert_eq!(effects("none"), Value::Null);
    assert_eq!(effects("own")["zero_shift"]["deg"]["uniform"][1], 0.1);
    place.done(&format!("study {SMALL} --threads 1 --out default"));
    assert_eq!(effects("default")["zero_shift"]["deg"]["uniform"][1], 0.02);
    assert!(effects("own")["impurity"].is_null());
    assert!(effects("laboratory")["impurity"].is_object());
    let points = |folder| place.read(&format!("{folder}/latent.csv"));
    assert_eq!(points("own"), points("again"));
    assert_ne!(points("own"), points("none"));
    assert_ne!(points("own"), points("laboratory"));
    // The effects are part of a saved experiment.
    place.done("study --config own/study.json --threads 1 --out same");
    assert_eq!(points("own"), points("same"));
}

#[test]
fn effects_that_do_not_exist_are_refused() {
    let place = Workplace::with_samples();
    place.write("strange.toml", "[moon]\nphase = 1\n");
    place.write("wide.toml", "[zero_shift]\ndeg = 20\n");
    place.write("empty.toml", "");
    for (file, expected) in [
        ("strange.toml", "unknown field `moon`"),
        ("wide.toml", "zero shift is 20 (expected -5 to 5 degrees)"),
        ("empty.toml", "no table of an effect"),
        (
            "absent.toml",
            "expected none, mild, laboratory or a TOML file",
        ),
    ] {
        let refused = place.xrd(&format!("study {SMALL} --effects {file} --out o"));
        assert_eq!(refused.status, Some(2));
        assert!(refused.stderr.contains(expected), "{}", refused.stderr);
        assert!(!place.path("o").exists());
    }
}
