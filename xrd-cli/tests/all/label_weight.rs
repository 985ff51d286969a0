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
fn weights_are_compared_and_wrong_ones_refused() {
    let place = Workplace::with_samples();
    let printed = place.done(&format!("tune {SMALL} --seeds 2 --vary label-weight=1,10"));
    for name in ["label-weight=0", "label-weight=1", "label-weight=10"] {
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
