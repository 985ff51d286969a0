//! Experiments that are saved and run again, and files left by killed runs.

use serde_json::Value;

use crate::support::workplace::{Run, Workplace};

const DATA: &str = "--patterns scans --labels labels.csv --group batch";
const TINY: &str = "--hidden 8,4 --epochs 4 --threads 1";

/// A report without the values that differ between equal runs.
fn report(place: &Workplace, file: &str) -> Value {
    let mut report: Value = serde_json::from_str(&place.read(file)).unwrap();
    for part in ["training", "relevance"] {
        for timing in ["seconds", "ms_per_epoch"] {
            report[part]
                .as_object_mut()
                .map(|fields| fields.remove(timing));
        }
    }
    for entry in report["seeds"].as_array_mut().into_iter().flatten() {
        entry.as_object_mut().unwrap().remove("ms_per_epoch");
    }
    for part in ["mean", "sd", "median"] {
        let part = report["summary"][part].as_object_mut();
        part.map(|fields| fields.remove("ms_per_epoch"));
    }
    report
}

#[test]
fn a_study_is_run_again_from_its_config_and_from_its_report() {
    let place = Workplace::with_samples();
    let options = "--seeds 2 --target p=0.4 --place strained --estimator knn:3 --strain 0.002";
    place.done(&format!(
        "study {DATA} {TINY} {options} --save-config e.toml --out first"
    ));
    let saved = place.read("e.toml");
    assert!(
        saved.contains("place = \"strained\"") && !saved.contains("threads"),
        "{saved}"
    );
    place.done("study --config e.toml --threads 2 --out second");
    place.done("study --config first/study.json --threads 1 --out third");
    let first = report(&place, "first/study.json");
    assert_eq!(first["estimation"]["estimator"], "knn:3");
    for again in ["second", "third"] {
        let mut found = report(&place, &format!("{again}/study.json"));
        if again == "second" {
            found["training"]["threads"] = first["training"]["threads"].clone();
        }
        assert_eq!(found, first);
        for file in ["latent.csv", "held_out.csv", "model.safetensors"] {
            let bytes =
                |folder: &str| std::fs::read(place.path(&format!("{folder}/{file}"))).unwrap();
            assert_eq!(bytes(again), bytes("first"), "{file}");
        }
    }
    place.done("study --config e.toml --seeds 1 --estimator triangle --out other");
    let other = report(&place, "other/study.json");
    assert_eq!(other["estimation"]["estimator"], "triangle");
    assert_eq!(other["seeds"].as_array().unwrap().len(), 1);
    assert_eq!(other["place"], "strained");
}

#[test]
fn scorings_and_comparisons_are_run_again_too() {
    let place = Workplace::with_samples();
    let score = format!("score {DATA} {TINY} --seeds 2 --folds 3 --schemes regions,folds");
    place.done(&format!("{score} --save-config s.toml --out s1"));
    place.done("score --config s.toml --threads 1 --out s2");
    assert_eq!(place.read("s1/scores.json"), place.read("s2/scores.json"));
    place.done("score --config s1/scores.json --threads 1 --out s3");
    assert_eq!(place.read("s1/scores.json"), place.read("s3/scores.json"));
    let tune = format!("tune {DATA} {TINY} --seeds 2 --vary batch=5,6 --vary epochs=3 --full-grid");
    place.done(&format!("{tune} --out t1"));
    place.done("tune --config t1/tuned.json --threads 1 --out t2");
    assert_eq!(place.read("t1/tuned.json"), place.read("t2/tuned.json"));
    for (command, words) in [
        ("study --config s.toml", "xrd score --config"),
        ("study --config t1/tuned.json", "xrd tune --config"),
        ("score --config t1/tuned.json", "not a scoring"),
        ("tune --config s.toml", "xrd score --config"),
        ("study --config missing.toml", "missing.toml"),
        ("study --config labels.csv", "labels.csv"),
        ("study --config s1/scores.csv", "scores.csv"),
    ] {
        let run = place.xrd(&format!("{command} --out new"));
        assert_eq!(run.status, Some(2), "{command}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{command}: {}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(!place.path("new").exists());
    }
    // --save-config does not overwrite an input.
    let lost = place.xrd(&format!("study {DATA} {TINY} --save-config labels.csv"));
    assert_eq!(lost.status, Some(2), "{}", lost.stderr);
    assert!(
        lost.stderr.contains("would be overwritten"),
        "{}",
        lost.stderr
    );
}

#[test]
fn the_preset_of_the_paper_has_no_labels_in_the_loss_and_its_triangle() {
    let place = Workplace::with_samples();
    let paper =
        "--label-weight 0 --border-weight 0 --estimator triangle --place contour --effects none";
    place.done(&format!("study {DATA} {TINY} {paper} --out plain"));
    place.done(&format!("study {DATA} --preset paper {TINY} --out preset"));
    let of = |folder: &str| report(&place, &format!("{folder}/study.json"));
    assert_eq!(of("plain"), of("preset"));
}

/// The next run removes files of a killed run, and keeps those of a running one.
#[cfg(unix)]
#[test]
fn what_a_killed_run_leaves_is_removed_by_the_next() {
    let place = Workplace::with_samples();
    let hidden = || -> Vec<String> {
        let entries = std::fs::read_dir(place.path("out")).into_iter().flatten();
        let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
        names
            .filter(|n| n.starts_with(".xrd-unfinished-"))
            .collect()
    };
    let endless = format!("study {DATA} --hidden 8,4 --epochs 100000000 --threads 1 --out out");
    // A folder and its lock, both new.
    let wait_for_new = |before: &[String]| {
        let is_new = |now: &[String]| now.len() == 2 && !now.iter().any(|n| before.contains(n));
        while !is_new(&hidden()) {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    };
    let mut killed = place.command(&endless).spawn().unwrap();
    wait_for_new(&[]);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let litter = hidden();
    assert_eq!(litter.len(), 2);
    // It removes those files, and another run leaves its own.
    let mut alive = place.command(&endless).spawn().unwrap();
    wait_for_new(&litter);
    let run = Run::of(&mut place.command(&format!("study {DATA} {TINY} --out out")));
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert_eq!(hidden().len(), 2);
    alive.kill().unwrap();
    alive.wait().unwrap();
    place.done(&format!("study {DATA} {TINY} --out out"));
    assert_eq!(hidden(), Vec::<String>::new());
}
