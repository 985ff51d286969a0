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

const NACL: &str = include_str!("support/NaCl.cif");

/// A scan of rock salt in `sim/NaCl.xy`.
fn rock_salt() -> Workplace {
    let place = Workplace::new();
    place.write("NaCl.cif", NACL);
    place.done("simulate NaCl.cif --from 10 --to 90 --step 0.02 --xy --out sim");
    place
}

#[test]
fn rock_salt_is_cubic_and_a_file_that_is_no_pattern_loses_no_other() {
    let place = rock_salt();
    place.write("notes.txt", "nothing here\n");
    let run = place.xrd("symmetry sim/NaCl.xy notes.txt sim/NaCl.xy --json");
    assert_eq!(run.status, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("notes.txt"), "{}", run.stderr);
    let all: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(all[1]["pattern"], "notes.txt");
    assert!(all[1]["error"].is_string() && all[1].get("refused").is_none());
    assert_eq!(all[0], all[2]);
    let salt = &all[0];
    assert_eq!(salt["pattern"], "sim/NaCl.xy");
    assert_eq!(salt["refused"], false);
    assert_eq!(salt["crystal_system"]["name"], "cubic");
    let systems = salt["crystal_system"]["all"].as_object().unwrap();
    let sum: f64 = systems.values().map(|p| p.as_f64().unwrap()).sum();
    assert!(systems.len() == 7 && (sum - 1.0).abs() < 1e-3, "{sum}");
    let groups = salt["space_groups"].as_array().unwrap();
    assert_eq!(groups.len(), 5);
    assert_eq!(groups[0]["number"], 225, "{salt}");
    assert_eq!(groups[0]["symbol"], "Fm-3m");
    assert!(salt["extinction_group"]["symbol"].is_string());
    assert!(salt["model"].as_str().unwrap().contains("laboratory"));
}

#[test]
fn the_files_of_a_folder_are_answered() {
    let place = rock_salt();
    place.write("two/a.xy", &place.read("sim/NaCl.xy"));
    place.write("two/b.xy", &place.read("sim/NaCl.xy"));
    place.write("two/.hidden", "");
    for command in ["symmetry", "identify"] {
        let printed = place.done(&format!("{command} two --json"));
        let all: Vec<Value> = serde_json::from_str(&printed).unwrap();
        let names: Vec<_> = all.iter().map(|a| a["pattern"].as_str().unwrap()).collect();
        assert_eq!(names, ["two/a.xy", "two/b.xy"], "{command}");
    }
}

#[test]
fn the_threshold_refuses_and_the_answer_is_still_given() {
    let place = rock_salt();
    let printed = place.done("symmetry sim/NaCl.xy --threshold 1");
    for part in [
        "not certain enough",
        "cubic",
        "225 Fm-3m",
        "extinction groups: ",
    ] {
        assert!(printed.contains(part), "{part}\n{printed}");
    }
    let one = place.done("symmetry sim/NaCl.xy --json --threads 1");
    assert_eq!(one, place.done("symmetry sim/NaCl.xy --json --threads 2"));
    for (arguments, part) in [
        ("symmetry missing.xy", "missing.xy"),
        ("symmetry sim/NaCl.xy --model NaCl.cif", "NaCl.cif"),
        ("symmetry sim/NaCl.xy --threshold 2", "--threshold"),
    ] {
        let run = place.xrd(arguments);
        assert_eq!(run.status, Some(2), "{arguments}");
        assert!(run.stderr.contains(part), "{}", run.stderr);
        assert_eq!(run.stderr.trim_end().lines().count(), 1, "{}", run.stderr);
    }
}

#[test]
fn the_classifier_is_scored() {
    let place = rock_salt();
    place.write("labels.csv", "name,space_group\nNaCl.xy,225\n");
    let printed =
        place.done("symmetry score --patterns sim/NaCl.xy --labels labels.csv --out scores --json");
    let reports: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(reports[0]["all"]["space_group"], 1.0);
    assert!(place.read("scores/symmetry.json").contains("laboratory"));
}
