//! `xrd symmetry paper`: a short training, its files, and refused input.

use std::fmt::Write;

use serde_json::Value;

use crate::support::workplace::Workplace;

const PAPER: &str = "symmetry paper cells.jsonl --network convolutional --patterns scans \
                     --labels labels.csv --epochs 2 --patterns-per-epoch 4 --batch 2";

/// Simple and body-centred cubic cells, and two scans.
fn workplace() -> Workplace {
    let place = Workplace::new();
    let mut cells = String::new();
    for i in 0..60 {
        let a = 2.8 + 0.02 * f64::from(i);
        let (sg, species, frac) = match i % 2 {
            0 => (221, r#""Fe""#, "[0,0,0]"),
            _ => (229, r#""Fe","Fe""#, "[0,0,0],[0.5,0.5,0.5]"),
        };
        let cell = format!("[{a},{a},{a},90,90,90]");
        writeln!(
            cells,
            r#"{{"id":"cell-{i}","sg":{sg},"cell":{cell},"species":[{species}],"frac":[{frac}]}}"#
        )
        .unwrap();
    }
    place.write("cells.jsonl", &cells);
    for (name, line) in [("a.xy", 44.0), ("b.xy", 30.0), ("c.xy", 44.0)] {
        let point = |i: i32| {
            let angle = 4.0 + 0.05 * f64::from(i);
            let height = 100.0 * (-((angle - line) / 0.2_f64).powi(2)).exp() + 1.0;
            format!("{angle:.2} {height:.4}\n")
        };
        place.write(
            &format!("scans/{name}"),
            &(0..1800).map(point).collect::<String>(),
        );
    }
    place.write(
        "labels.csv",
        "name,space_group\na.xy,229\nb.xy,221\nc.xy,229\n",
    );
    place
}

#[test]
fn a_network_is_trained_and_scored() {
    let place = workplace();
    let printed = place.done(&format!("{PAPER} --out one --keep --threads 1"));
    for line in [
        "measured: 3 patterns",
        "42.0 %",
        "majority class: space group 229 66.7 %",
    ] {
        assert!(printed.contains(line), "{line}\n{printed}");
    }
    let reports: Value = serde_json::from_str(&place.read("one/symmetry.json")).unwrap();
    assert_eq!(reports[1]["all"]["patterns"], 3);
    assert_eq!(reports[1]["repeated_once"]["patterns"], 2);
    let training: Value = serde_json::from_str(&place.read("one/training.json")).unwrap();
    assert_eq!(training["epochs"].as_array().unwrap().len(), 2);
    for figure in [
        "epochs",
        "simulated-top",
        "measured-confusion",
        "measured-distances",
    ] {
        assert!(
            place.path(&format!("one/{figure}.svg")).exists(),
            "{figure}"
        );
    }
    // A kept training is scored again without training, on another number of threads.
    std::fs::rename(place.path("one.unfinished"), place.path("two.unfinished")).unwrap();
    let again = place.done(&format!("{PAPER} --out two --resume --json --threads 2"));
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap(), reports);
    assert!(!place.path("two.unfinished").exists());
}

#[test]
fn bad_input_is_one_line() {
    let place = workplace();
    place.write(
        "wrong.csv",
        "name,space_group\na.xy,229\nb.xy,231\nc.xy,229\n",
    );
    place.write(
        "text.csv",
        "name,space_group\na.xy,Fm-3m\nb.xy,P1\nc.xy,Fm-3m\n",
    );
    place.write("no.jsonl", "{\"id\":\"x\",\"sg\":0}\n");
    let refused = |from: &str, to: &str, expected: &str| {
        let run = place.xrd(&PAPER.replace(from, to));
        let errors = run.stderr.lines().filter(|l| l.starts_with("xrd: "));
        assert_eq!((run.status, errors.count()), (Some(2), 1), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
    };
    refused("labels.csv", "wrong.csv", "'space_group' of 'b' is 231");
    refused("labels.csv", "text.csv", "numbers of space groups");
    refused("labels.csv", "absent.csv", "absent.csv");
    refused("cells.jsonl", "no.jsonl", "no structure can be simulated");
    refused("cells.jsonl", "absent.jsonl", "absent.jsonl");
    refused("convolutional", "deep", "deep");
    refused("--epochs 2", "--epochs 0", "--epochs");
}
