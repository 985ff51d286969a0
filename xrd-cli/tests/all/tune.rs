//! `xrd tune`: threads and interrupts do not change its results, which agree with those of a study.

use crate::support::workplace::Workplace;
use serde_json::Value;

const SET: &str = "--patterns scans --labels labels.csv --group batch --hidden 8,4";

const TUNE: &str = "tune --epochs 30 --seeds 3 --seed 5 --test-fraction 0.25";

fn tuned(place: &Workplace, folder: &str) -> Value {
    serde_json::from_str(&place.read(&format!("{folder}/tuned.json"))).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn threads_have_no_say() {
    let place = Workplace::with_samples();
    let all =
        format!("{TUNE} {SET} --vary hidden=6,3/8 --vary batch=5,20 --vary epochs=2 --full-grid");
    let printed = place.done(&format!("{all} --threads 1 --out one"));
    place.done(&format!("{all} --threads 3 --out three"));
    for file in ["tuned.csv", "tuned.json"] {
        let read = |folder: &str| place.read(&format!("{folder}/{file}"));
        assert_eq!(read("one"), read("three"));
    }
    assert!(!place.path("one.unfinished").exists());
    let settings = tuned(&place, "one")["settings"].as_array().unwrap().clone();
    assert_eq!(settings.len(), 3 * 3 * 2);
    assert_eq!(
        place.read("one/tuned.csv").lines().count(),
        1 + settings.len()
    );
    assert_eq!(settings[0]["setting"], "base");
    assert_eq!(settings[17]["setting"], "hidden=8 batch=20 epochs=2");
    assert!(printed.contains("hidden=8 batch=20 epochs=2"), "{printed}");
    // With every seed two epochs are worse than thirty.
    let two = settings
        .iter()
        .find(|s| s["setting"] == "epochs=2")
        .unwrap();
    assert_eq!(two["test_mse_lower"], 0);
    let (difference, error) = (&two["test_mse_difference"], &two["test_mse_standard_error"]);
    assert!(number(difference) > 2.0 * number(error), "{two}");
}

#[test]
fn a_setting_is_what_a_study_with_its_options_gives() {
    let place = Workplace::with_samples();
    place.done(&format!("{TUNE} {SET} --vary batch=7 --estimator knn:3"));
    let tuned = tuned(&place, "tuned");
    for (row, batch) in [(0, 10), (1, 7)] {
        for (index, seed) in [(0, 5), (2, 7)] {
            let options = format!("--epochs 30 --seed {seed} --batch {batch} --estimator knn:3");
            let study = place.done(&format!(
                "study {SET} {options} --test-fraction 0.25 --json"
            ));
            let study: Value = serde_json::from_str(&study).unwrap();
            let ours = &tuned["settings"][row]["by_seed"][index];
            assert_eq!(ours["seed"], seed);
            let training = &study["training"];
            for figure in [
                "test_mse",
                "train_mse",
                "explained_variance_test",
                "explained_variance_train",
            ] {
                assert_eq!(ours[figure], training[figure], "{figure}");
            }
            assert_eq!(ours["saturated"], training["saturated_fraction"]);
            let deltas = study["estimation"]["delta_sorted"].as_array().unwrap();
            let mean = deltas.iter().map(number).sum::<f64>() / deltas.len() as f64;
            assert!(
                (number(&ours["delta"]) - mean).abs() <= 1e-12 * mean,
                "{ours}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn a_comparison_that_was_stopped_goes_on() {
    let place = Workplace::with_samples();
    let of = |more: &str| {
        let tune = TUNE.replace("--epochs 30", "--epochs 150");
        format!("{tune} {SET} --vary batch=5,20 --threads 1 {more}")
    };
    place.done(&of("--out whole"));
    let stopped = of("--resume --out stopped");
    // The run is interrupted when two of the nine trainings are done.
    let folder = place.path("stopped.unfinished");
    let saved = || std::fs::read_dir(&folder).map_or(0, |files| files.count());
    let run = place.interrupted(&stopped, || saved() >= 3);
    assert_eq!(run.status, Some(130), "{}", run.stderr);
    assert!(run.stderr.contains("stopped.unfinished") && run.stderr.contains("--resume"));
    assert!(!place.path("stopped").exists() && (3..10).contains(&saved()));

    let refused = place.xrd(&stopped.replace(" --resume", "")).stderr;
    assert!(
        refused.contains("unfinished comparison: continue with --resume"),
        "{refused}"
    );
    let other = place.xrd(&stopped.replace("0.25", "0.5")).stderr;
    let expected = "started with test-fraction 0.25 (now test-fraction 0.5)";
    assert!(other.contains(expected), "{other}");
    place.done(&format!("{stopped} --keep"));
    for file in ["tuned.csv", "tuned.json"] {
        let read = |folder: &str| place.read(&format!("{folder}/{file}"));
        assert_eq!(read("whole"), read("stopped"));
    }
    assert_eq!(saved(), 10);
    // With one more value, only its three trainings are new.
    let more = place.done(&format!("{stopped} --keep --vary lr=0.01"));
    assert!(more.contains("lr=0.01") && saved() == 13, "{more}");
    let damaged = std::fs::read_dir(&folder)
        .unwrap()
        .map(|f| f.unwrap().path());
    let damaged = damaged.filter(|f| f.file_name().unwrap() != "settings.txt");
    for file in damaged {
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("epochs", "passes")).unwrap();
    }
    let refused = place.xrd(&stopped).stderr;
    assert!(
        refused.contains("(expected 'AutoencoderConfig"),
        "{refused}"
    );
}

#[test]
fn a_setting_that_diverges_says_so() {
    let place = Workplace::with_samples();
    let printed = place.done(&format!("{TUNE} {SET} --vary lr=1e30"));
    assert!(printed.contains("diverged in 3 of 3 seeds"), "{printed}");
    let row = &tuned(&place, "tuned")["settings"][1];
    assert_eq!(
        (&row["diverged"], &row["test_mse_mean"]),
        (&3.into(), &Value::Null)
    );
    assert_eq!(row["by_seed"][0]["delta"], Value::Null);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let place = Workplace::with_samples();
    let refused = |more: &str, expected: &str| {
        let run = place.xrd(&format!("tune {SET} {more}"));
        assert_eq!(run.status, Some(2), "{more}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert!(!place.path("tuned").exists() && !place.path("tuned.unfinished").exists());
    };
    refused("--vary depth=3", "--vary");
    refused(
        "--vary depth=3",
        "expected hidden, batch, epochs, lr, weight-decay or label-weight",
    );
    refused("--vary batch=5,0", "batch=0: expected a whole number");
    refused("--vary hidden=8,x", "hidden=8,x: expected a whole number");
    refused("--full-grid", "--vary");
    refused(
        "--patience 3 --validation-fraction 0.2",
        "unexpected argument '--patience'",
    );
    refused("--seeds 0", "--seeds");
    refused("--seed 18446744073709551615", "exceed the largest seed");
    refused("--test-fraction 0.99", "training");
    refused("--estimator nearest", "expected auto, triangle");
}

#[test]
fn every_column_and_key_is_documented() {
    let place = Workplace::with_samples();
    place.done(&format!("{TUNE} {SET} --vary batch=5"));
    let text = include_str!("../../docs/tuned.md");
    let rows = text.lines().filter_map(|l| l.strip_prefix("| `"));
    let documented: Vec<&str> = rows.filter_map(|l| l.split('`').next()).collect();
    let written = place.read("tuned/tuned.csv");
    let columns: Vec<&str> = written.lines().next().unwrap().split(',').collect();
    assert_eq!(columns, documented[..columns.len()]);
    let json = tuned(&place, "tuned");
    let of_row = json["settings"][0].as_object().unwrap().keys();
    let new = of_row.filter(|k| !columns.contains(&k.as_str()));
    let all = json.as_object().unwrap().keys().chain(new);
    let mut keys: Vec<&str> = all.map(String::as_str).collect();
    let mut others = documented[columns.len()..].to_vec();
    keys.sort_unstable();
    others.sort_unstable();
    assert_eq!(keys, others);
}
