//! `xrd robustness`: its table, its reproducibility, its part of the page, and refused options.

use crate::support::workplace::Workplace;
use serde_json::Value;

const ROBUSTNESS: &str = "robustness --patterns scans --labels labels.csv --group batch \
                          --wavelength 1.5406 --hidden 8,4 --epochs 20 --splits 2";

#[test]
fn threads_have_no_say_and_stopped_work_continues() {
    let place = Workplace::with_samples();
    let printed = place.done(&format!("{ROBUSTNESS} --threads 1 --out one"));
    place.done(&format!("{ROBUSTNESS} --threads 3 --keep --out three"));
    for file in ["robustness.csv", "robustness.json", "robustness.svg"] {
        assert_eq!(
            place.read(&format!("one/{file}")),
            place.read(&format!("three/{file}"))
        );
    }
    let found: Value = serde_json::from_str(&place.read("one/robustness.json")).unwrap();
    assert_eq!(found["label"], "p");
    assert!(!found["experiment"]["settings"]["effects"].is_null());
    assert_eq!(found["estimator"], "natural");
    let scores = found["scores"].as_array().unwrap();
    let table = place.read("one/robustness.csv");
    assert_eq!(table.lines().count(), 1 + scores.len());
    assert!(
        table.contains("line width,1.5,\"raw, PCA + ridge\",q,2,"),
        "{table}"
    );
    for line in [
        "zero shift       0.02°",
        "undisturbed: R2 ",
        "plane with effects: R2 of 0.95 or more under ",
    ] {
        assert!(printed.contains(line), "{line}\n{printed}");
    }
    // The networks are saved, and another estimator needs no training.
    let first = place.path("three.unfinished/effects-0.json");
    let written = || std::fs::metadata(&first).unwrap().modified().unwrap();
    let before = written();
    place.done(&format!(
        "{ROBUSTNESS} --resume --keep --estimator knn:3 --out three"
    ));
    assert_eq!(written(), before);
    let other = place.xrd(&format!(
        "{ROBUSTNESS} --resume --radius-mm 200 --out three"
    ));
    let said = "started with radius 240 mm (now radius 200 mm)";
    assert!(other.stderr.contains(said), "{}", other.stderr);
    assert!(!place.path("one.unfinished").exists());
}

#[test]
fn the_page_of_a_study_shows_the_test() {
    let place = Workplace::with_samples();
    let set = "--patterns scans --labels labels.csv --group batch --wavelength 1.5406";
    place.done(&format!("study {set} --hidden 8,4 --epochs 20 --out out"));
    let without = place.read("out/report.html");
    place.done(&format!("{ROBUSTNESS} --out out"));
    let with = place.read("out/report.html");
    assert!(with.len() > without.len());
    place.done("report out");
    assert_eq!(place.read("out/report.html"), with);
    // The page does not show a test of other patterns.
    let json = place.read("out/robustness.json");
    place.write(
        "out/robustness.json",
        &json.replacen("\"patterns\": 24", "\"patterns\": 25", 1),
    );
    place.done("report out");
    assert_eq!(place.read("out/report.html"), without);
}

#[test]
fn what_cannot_be_tested_is_refused() {
    let place = Workplace::with_samples();
    let refused = |more: &str, expected: &str| {
        let run = place.xrd(&format!("{ROBUSTNESS} {more}"));
        assert_eq!(run.status, Some(2), "{more}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert_eq!(run.stderr.trim().lines().count(), 1, "{}", run.stderr);
        assert!(!place.path("robustness").exists());
    };
    refused(
        "--effects none",
        "expected at least one) (--effects laboratory)",
    );
    refused("--label r", "no label 'r' (expected one of p, q) (--label)");
    refused("--radius-mm 1", "goniometer radius");
    refused("--radius-mm 1", "(--radius-mm)");
    refused("--test-fraction 1.5", "between 0 and 1");
}

#[test]
fn every_column_of_the_table_is_documented() {
    let text = include_str!("../../docs/robustness.md");
    let rows = text.lines().filter_map(|l| l.strip_prefix("| `"));
    let documented: Vec<&str> = rows.filter_map(|l| l.split('`').next()).collect();
    let place = Workplace::with_samples();
    place.done(ROBUSTNESS);
    let written = place.read("robustness/robustness.csv");
    assert_eq!(written.lines().next(), Some(documented.join(",").as_str()));
}
