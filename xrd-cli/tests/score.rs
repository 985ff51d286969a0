//! `xrd score`: what it writes, that chance and threads have no say, and intervals of estimates.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/workplace.rs"]
#[allow(dead_code, reason = "each test uses a part of it")]
mod workplace;

use serde_json::Value;
use workplace::{PATTERNS, Workplace};

const SCORE: &str = "score --patterns scans --labels labels.csv --group batch --hidden 8,4 \
                     --epochs 30 --seeds 2 --folds 3";

fn rows(text: &str) -> Vec<Vec<String>> {
    let rows = text.lines().skip(1);
    rows.map(|l| l.replace("\"", "").split(',').map(str::to_owned).collect())
        .collect()
}

#[test]
fn threads_have_no_say_and_every_method_is_scored() {
    let place = Workplace::with_samples();
    let all = "--schemes leave-one-out,folds,regions";
    let printed = place.done(&format!("{SCORE} {all} --threads 1 --out one"));
    place.done(&format!("{SCORE} {all} --threads 3 --out three"));
    for file in ["scores.csv", "scores.json", "held_out.csv"] {
        assert_eq!(
            place.read(&format!("one/{file}")),
            place.read(&format!("three/{file}"))
        );
    }
    let scores: Value = serde_json::from_str(&place.read("one/scores.json")).unwrap();
    let scores = scores["scores"].as_array().unwrap();
    // Three schemes, five estimators and three raw methods, labels p and q.
    assert_eq!(scores.len(), 3 * 8 * 2);
    assert_eq!(rows(&place.read("one/scores.csv")).len(), scores.len());
    for row in scores {
        let r2 = row["r2_mean"].as_f64().unwrap();
        assert!(r2 <= 1.0, "{row}");
        let raw = row["method"].as_str().unwrap().starts_with("raw");
        let seeds = if raw && row["scheme"] != "folds" {
            1
        } else {
            2
        };
        assert_eq!(row["seeds"], seeds, "{row}");
        assert_eq!(row["estimates"], seeds * PATTERNS as u64, "{row}");
        assert_eq!(row["covered_left_out"].is_null(), raw, "{row}");
    }
    // The set is made of two peaks that follow the labels: regression on raw patterns finds them.
    let best = scores
        .iter()
        .find(|r| r["method"] == "raw, PLS" && r["scheme"] == "folds");
    assert!(
        best.unwrap()["r2_mean"].as_f64().unwrap() > 0.9,
        "{printed}"
    );
    assert!(printed.contains("regions") && printed.contains("plane, kmeans"));
    assert_eq!(rows(&place.read("one/held_out.csv")).len(), 2 * PATTERNS);
}

#[test]
fn what_cannot_be_scored_is_refused() {
    let place = Workplace::with_samples();
    let refused = |more: &str, expected: &str| {
        let run = place.xrd(&format!("{SCORE} {more}"));
        assert_eq!(run.status, Some(2), "{more}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert!(!place.path("scores").exists());
    };
    refused("--schemes compositions", "have 24");
    refused(
        "--patience 3 --validation-fraction 0.2",
        "for train and study",
    );
    refused("--folds 1", "at least 2");
    refused("--estimator nearest", "expected triangle");
}
