//! `xrd score`: its output, its reproducibility for any number of threads, and intervals of estimates.

use crate::support::workplace::{PATTERNS, Workplace, scan};
use serde_json::Value;

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
    // Three schemes, six estimators, three raw methods and auto, labels p and q.
    assert_eq!(scores.len(), 3 * 10 * 2);
    assert_eq!(rows(&place.read("one/scores.csv")).len(), scores.len());
    for row in scores {
        let r2 = row["r2_mean"].as_f64().unwrap();
        assert!(r2 <= 1.0, "{row}");
        let raw = row["method"].as_str().unwrap().starts_with("raw");
        let auto = row["method"] == "auto";
        let seeds = if (raw || auto) && row["scheme"] != "folds" {
            1
        } else {
            2
        };
        assert_eq!(row["seeds"], seeds, "{row}");
        assert_eq!(row["estimates"], seeds * PATTERNS as u64, "{row}");
        assert_eq!(row["far"].is_null(), raw, "{row}");
        if row["scheme"] == "folds" {
            assert_eq!(row["covered_left_out"].is_null(), raw || auto, "{row}");
            assert_eq!(row["width_follows_error"].is_null(), !auto, "{row}");
        }
    }
    // The set is made of two peaks that follow the labels: regression on raw patterns finds them.
    for method in ["raw, PLS", "auto"] {
        let mut found = scores.iter();
        let row = found.find(|r| r["method"] == method && r["scheme"] == "folds");
        assert!(row.unwrap()["r2_mean"].as_f64().unwrap() > 0.9, "{printed}");
    }
    let figure = place.read("one/scores_p.svg");
    assert!(
        figure.contains("(c)") && figure.contains("leave-one-out") && figure.contains("p, true")
    );
    assert!(printed.contains("regions") && printed.contains("plane, kmeans"));
    let deeper = place.done(&format!("{SCORE} --latent 3 --out deeper"));
    assert!(
        deeper.contains("3-D, knn") && !deeper.contains("triangle"),
        "{deeper}"
    );
    assert_eq!(rows(&place.read("one/held_out.csv")).len(), 2 * PATTERNS);
}

#[test]
fn of_several_networks_the_best_and_the_mean_are_scored() {
    let place = Workplace::with_samples();
    let printed = place.done(&format!("{SCORE} --best-of 3 --estimator knn:2 --out best"));
    assert!(printed.contains("\n  plane, knn:2 ") && printed.contains("\n  3 planes, knn:2 "));
    let scores = rows(&place.read("best/scores.csv"));
    // Seven estimators twice, three raw methods and auto, labels p and q.
    assert_eq!(scores.len(), (2 * 7 + 4) * 2);
    let of_all = scores.iter().filter(|row| row[1] == "3 planes");
    assert_eq!(of_all.count(), 7 * 2);
    let deeper = format!("{SCORE} --best-of 2 --latent 3 --out deeper");
    assert!(place.done(&deeper).contains("\n  2 x 3-D, idw "));
}

/// A stopped scoring continues with the networks that it has, and ends with the same bits. So does one
/// with other estimators and schemes.
#[cfg(unix)]
#[test]
fn a_scoring_that_was_stopped_goes_on() {
    let place = Workplace::with_samples();
    let of = |schemes: &str, more: &str| {
        format!("{SCORE} --epochs 200 --threads 1 --schemes {schemes} {more}").replacen(
            "--epochs 30 ",
            "",
            1,
        )
    };
    place.done(&of("folds,regions", "--estimator knn:2 --out whole"));
    let stopped = of("folds,regions", "--estimator knn:2 --resume --out stopped");
    // The run is interrupted when two of the twelve networks are trained.
    let folder = place.path("stopped.unfinished");
    let saved = || std::fs::read_dir(&folder).map_or(0, |files| files.count());
    let run = place.interrupted(&stopped, || saved() >= 3);
    assert_eq!(run.status, Some(130), "{}", run.stderr);
    assert!(run.stderr.contains("stopped.unfinished") && run.stderr.contains("--resume"));
    assert!(!place.path("stopped").exists() && (3..13).contains(&saved()));

    let refused = place.xrd(&stopped.replace(" --resume", ""));
    assert!(
        refused.stderr.contains("continue with --resume"),
        "{}",
        refused.stderr
    );
    let other = place.xrd(&stopped.replace("--folds 3", "--folds 4"));
    assert!(
        other.stderr.contains("started with folds 3 (now folds 4)"),
        "{}",
        other.stderr
    );
    let other = place.xrd(&stopped.replace("--epochs 200", "--epochs 201"));
    let expected = "started with epochs 200 (now epochs 201)";
    assert!(other.stderr.contains(expected), "{}", other.stderr);
    place.done(&format!("{stopped} --keep"));
    for file in ["scores.csv", "scores.json", "held_out.csv"] {
        assert_eq!(
            place.read(&format!("whole/{file}")),
            place.read(&format!("stopped/{file}"))
        );
    }
    assert_eq!(saved(), 13);
    // Another estimator needs no training: the saved networks are unchanged.
    let first = folder.join("folds-0-0.json");
    let written = std::fs::metadata(&first).unwrap().modified().unwrap();
    let more = of("folds", "--estimator knn:3 --resume --keep --out stopped");
    assert!(place.done(&more).contains("plane, knn:3"));
    assert_eq!(
        std::fs::metadata(&first).unwrap().modified().unwrap(),
        written
    );
    for (text, expected) in [
        ("1 2", "folds-0-0.json: "),
        (
            r#"{"points": [[1, 2]], "residuals": [3]}"#,
            "1 points (expected 24 of 2",
        ),
        (
            r#"{"points": [[1]], "residuals": [3]}"#,
            "1 points (expected 24 of 2",
        ),
    ] {
        std::fs::write(&first, text).unwrap();
        let run = place.xrd(&more);
        assert_eq!(run.status, Some(2));
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}

#[test]
fn what_cannot_be_scored_is_refused() {
    let place = Workplace::with_samples();
    let refused = |more: &str, expected: &str| {
        let run = place.xrd(&format!(
            "score --patterns scans --labels labels.csv {more}"
        ));
        assert_eq!(run.status, Some(2), "{more}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert!(!place.path("scores").exists());
    };
    refused("--schemes compositions", "have 24");
    refused(
        "--patience 3 --validation-fraction 0.2",
        "unexpected argument '--patience'",
    );
    refused("--folds 1", "at least 2");
    refused("--estimator nearest", "expected auto, triangle");
}

#[test]
fn estimates_have_intervals_vertices_and_marks() {
    let place = Workplace::with_samples();
    place.done("train --patterns scans --hidden 8,4 --epochs 60 --threads 1 --out m.safetensors");
    place.done("encode --model m.safetensors --patterns scans --labels labels.csv");
    // A pattern unlike all others: noise without peaks.
    let noise: Vec<f64> = (0..60).map(|i| f64::from(i * 7919 % 61) * 9.0).collect();
    place.write("new.xy", &scan(&noise, 0.0));
    let estimate = "estimate --model m.safetensors --known latent.csv --patterns new.xy";
    let found = |more: &str| -> Value {
        serde_json::from_str(&place.done(&format!("{estimate} {more} --json"))).unwrap()
    };
    let half = |json: &Value| {
        let ends = |i: usize| json[0]["intervals"]["p"][i].as_f64().unwrap();
        let value = json[0]["labels"]["p"].as_f64().unwrap();
        assert!((value - ends(0) - (ends(1) - value)).abs() < 1e-12);
        ends(1) - value
    };
    let plain = found("");
    assert_eq!(plain[0]["intervals_from"], "known points left out");
    assert!(half(&plain) > 0.0 && plain[0]["residual"].as_f64().unwrap() > 0.2);
    assert_eq!(plain[0]["unlike"], true, "{plain}");
    assert!(!plain[0]["vertices"].as_array().unwrap().is_empty());
    for estimator in ["delaunay", "natural", "knn:3", "idw:2:8", "kmeans:4"] {
        assert!(half(&found(&format!("--estimator {estimator}"))) > 0.0);
    }

    // Nineteen estimates with errors from 0.01 to 0.19: 18 of them are 90 % of 20.
    let rows = (1..20).map(|i| format!("e{i},0,1,{},2,2\n", 1.0 + 0.01 * f64::from(i)));
    let table = "name,seed,p_true,p_estimated,q_true,q_estimated\n".to_owned();
    place.write("held_out.csv", &(table + &rows.collect::<String>()));
    let calibrated = found("--calibration held_out.csv");
    assert!((half(&calibrated) - 0.18).abs() < 1e-12);
    assert_eq!(calibrated[0]["intervals_from"], "estimates held out");
    let text = place.done(&format!("{estimate} --calibration held_out.csv"));
    assert!(
        text.contains("± 0.1800") && text.contains("unlike all known patterns"),
        "{text}"
    );
    assert!(
        text.contains("90 % of cases, from 19 estimates held out"),
        "{text}"
    );
    place.write(
        "few.csv",
        "name,p_true,p_estimated,q_true,q_estimated\na,1,1,1,1\n",
    );
    let few = place.xrd(&format!("{estimate} --calibration few.csv"));
    assert!(
        few.stderr.contains("1 estimates (expected at least 9)"),
        "{}",
        few.stderr
    );
}

#[test]
fn estimates_on_several_planes_are_their_mean() {
    let place = Workplace::with_samples();
    for seed in 1..4 {
        place.done(&format!(
            "train --patterns scans --hidden 8,4 --epochs 60 --threads 1 --seed {seed} --out {seed}.safetensors"
        ));
        let encode = format!("encode --model {seed}.safetensors --patterns scans");
        place.done(&format!("{encode} --labels labels.csv --out {seed}.csv"));
    }
    let plane = |seed: u32| format!("{seed}.safetensors {seed}.csv");
    let estimate = |seed: u32| {
        format!("estimate --patterns new --model {seed}.safetensors --known {seed}.csv")
    };
    let of_peak = |middle: f64| -> Vec<f64> {
        let intensity = |i: u32| 900.0 * (-((f64::from(i) - middle) / 4.0).powi(2)).exp() + 3.0;
        (0..60).map(intensity).collect()
    };
    for (name, middle) in [("new/a.xy", 14.0), ("new/b.xy", 41.0)] {
        place.write(name, &scan(&of_peak(middle), 0.0));
    }
    let found = |command: &str| -> Value {
        serde_json::from_str(&place.done(&format!("{command} --json"))).unwrap()
    };
    let alone = [1, 2, 3].map(|seed| found(&estimate(seed)));
    let all = format!("{} --also {} --also {}", estimate(1), plane(2), plane(3));
    let together = found(&all);
    for row in 0..2 {
        for label in ["p", "q"] {
            let values = alone
                .each_ref()
                .map(|json| json[row]["labels"][label].as_f64().unwrap());
            let mean = together[row]["labels"][label].as_f64().unwrap();
            assert!((mean - values.iter().sum::<f64>() / 3.0).abs() < 1e-12);
            let each = (0..3).map(|k| together[row]["on_planes"][k][label].as_f64().unwrap());
            assert_eq!(each.collect::<Vec<_>>(), values);
            let half = |json: &Value| {
                json[row]["intervals"][label][1].as_f64().unwrap()
                    - json[row]["labels"][label].as_f64().unwrap()
            };
            let widest = alone.iter().map(half).fold(0.0, f64::max);
            assert!(half(&together) > 0.0 && half(&together) <= 3.0 * widest);
        }
        for field in [
            "vertices", "distance", "residual", "far", "unlike", "inside",
        ] {
            assert_eq!(together[row][field], alone[0][row][field]);
        }
    }
    let text = place.done(&all);
    for (row, line) in [0, 1].into_iter().zip(text.lines()) {
        assert!(line.contains(" on the first of 3 planes"), "{text}");
        // Printed if planes differ by more than the width of the interval, and only then.
        let is_apart = ["p", "q"].iter().any(|label| {
            let values = (0..3).map(|k| together[row]["on_planes"][k][label].as_f64().unwrap());
            let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
                (l.min(v), h.max(v))
            });
            let end = |i: usize| together[row]["intervals"][label][i].as_f64().unwrap();
            high - low > end(1) - end(0)
        });
        assert_eq!(line.contains("planes apart: "), is_apart, "{text}");
    }
    // The intervals are almost zero here.
    let narrow = (0..20).map(|i| format!("e{i},1,1.000001,2,2.000001\n"));
    let table = "name,p_true,p_estimated,q_true,q_estimated\n".to_owned();
    place.write("narrow.csv", &(table + &narrow.collect::<String>()));
    let text = place.done(&format!("{all} --calibration narrow.csv"));
    assert_eq!(text.matches("  (planes apart: ").count(), 2, "{text}");

    let other = place.read("2.csv").replacen(",p,", ",other,", 1);
    place.write("other.csv", &other);
    let refused = place.xrd(&format!("{} --also 2.safetensors other.csv", estimate(1)));
    assert_eq!(refused.status, Some(2));
    let said = "known points with the labels other, q (expected p, q, as of the first model)";
    assert!(refused.stderr.contains(said), "{}", refused.stderr);
    assert_eq!(
        place
            .xrd(&format!("{} --also 2.safetensors", estimate(1)))
            .status,
        Some(2)
    );
}

#[test]
fn every_column_of_the_scores_is_documented() {
    let place = Workplace::with_samples();
    place.done(&format!("{SCORE} --seeds 1").replacen("--seeds 2 ", "", 1));
    let text = include_str!("../../docs/scores.md");
    let rows = text.lines().filter_map(|l| l.strip_prefix("| `"));
    let documented: Vec<&str> = rows.filter_map(|l| l.split('`').next()).collect();
    let written = place.read("scores/scores.csv");
    assert_eq!(written.lines().next(), Some(documented.join(",").as_str()));
}
