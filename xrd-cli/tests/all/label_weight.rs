//! Labels as part of the loss: `--label-weight`.

use crate::support::workplace::Workplace;
use serde_json::Value;

const SMALL: &str = "--patterns scans --labels labels.csv --hidden 16,8 --epochs 150 --threads 1";

/// Report of a study in the folder.
fn report(place: &Workplace, folder: &str) -> Value {
    serde_json::from_str(&place.read(&format!("{folder}/study.json"))).unwrap()
}

#[test]
fn the_plane_follows_the_labels() {
    let place = Workplace::with_samples();
    let printed = place.done(&format!("study {SMALL} --label-weight 5 --out with"));
    place.done(&format!("study {SMALL} --label-weight 0 --out without"));
    let line = "the labels of the training patterns are part of the loss, with the weight 5";
    assert!(printed.contains(line), "{printed}");
    let [with, without] = ["with", "without"].map(|folder| report(&place, folder));
    assert_eq!(with["training"]["label_weight"], 5.0);
    assert!(without["training"]["label_weight"].is_null());
    let error = |of: &Value| {
        of["estimation"]["leave_one_out_delta_mean"]
            .as_f64()
            .unwrap()
    };
    assert!(error(&with) < error(&without));
    let history = place.read("with/history.csv");
    assert!(history.lines().next().unwrap().ends_with(",label_loss"));
    let last = |line: &str| line.rsplit(',').next().unwrap().parse::<f64>().unwrap();
    let losses: Vec<f64> = history.lines().skip(1).map(last).collect();
    assert!(losses[losses.len() - 1] < 0.7 * losses[0], "{losses:?}");
    assert!(!place.read("without/history.csv").contains("label_loss"));
}

#[test]
fn own_labels_have_a_weight_unless_a_preset_is_given() {
    let place = Workplace::with_samples();
    let weight = |options: &str| {
        let out = place.path("score");
        if out.exists() {
            std::fs::remove_dir_all(out).unwrap();
        }
        let set = "--hidden 4 --epochs 2 --seeds 1 --folds 2";
        place.done(&format!("score {set} {options} --out score"));
        let scores: Value = serde_json::from_str(&place.read("score/scores.json")).unwrap();
        scores["experiment"]["settings"]["label_weight"].clone()
    };
    let own = "--patterns scans --labels labels.csv";
    assert_eq!(weight(own), 10.0);
    assert_eq!(weight(&format!("{own} --label-weight 2")), 2.0);
    assert_eq!(
        weight(&format!("{own} --preset paper --save-config e.toml")),
        Value::Null
    );
    assert_eq!(weight("--config e.toml"), Value::Null);
    assert_eq!(weight("--config e.toml --label-weight 3"), 3.0);
}

#[test]
fn weights_are_compared_and_wrong_ones_refused() {
    let place = Workplace::with_samples();
    let printed = place.done(&format!("tune {SMALL} --seeds 2 --vary label-weight=0,1"));
    for name in ["label-weight=10", "label-weight=0", "label-weight=1"] {
        assert!(printed.contains(name), "{name}: {printed}");
    }
    for (arguments, expected) in [
        ("train --patterns scans --label-weight 1", "(use xrd study)"),
        ("study --label-weight -1", "--label-weight"),
    ] {
        let run = place.xrd(arguments);
        assert_eq!(run.status, Some(2), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}

/// The errors of known points are too small if their labels are part of the loss.
#[test]
fn the_plane_has_no_intervals_from_points_that_were_trained_with_their_labels() {
    let place = Workplace::with_samples();
    let study = "study --patterns scans --labels labels.csv --hidden 8,4 --epochs 20 --threads 1";
    let low = |folder: &str| {
        let table = place.read(&format!("{folder}/estimates.csv"));
        let column = table
            .lines()
            .next()
            .unwrap()
            .split(',')
            .position(|c| c == "p_low");
        let first = table.lines().nth(1).unwrap();
        first.split(',').nth(column.unwrap()).unwrap().to_owned()
    };
    let known = |folder: &str| {
        let known = format!("--model {folder}/model.safetensors --known {folder}/latent.csv");
        place.xrd(&format!(
            "estimate {known} --patterns scans --estimator triangle"
        ))
    };
    for (weight, holds) in [("0", true), ("10", false)] {
        place.done(&format!(
            "{study} --estimator triangle --label-weight {weight} --out w{weight}"
        ));
        let folder = format!("w{weight}");
        assert_eq!(!low(&folder).is_empty(), holds, "{weight}");
        let run = known(&folder);
        assert_eq!(run.stdout.contains('±'), holds, "{}", run.stdout);
        assert_eq!(
            run.stderr.contains("--calibration"),
            !holds,
            "{}",
            run.stderr
        );
    }
}
