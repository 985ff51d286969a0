//! `xrd symmetry train`: the same model with any number of threads and after an interruption, and refused input.

use std::fmt::Write;

use serde_json::Value;

use crate::support::workplace::Workplace;

const TRAIN: &str =
    "symmetry train cells.jsonl --steps 3 --batch 4 --seed 5 --variants 0.3 --library few.lines";

/// Simple and body-centred cubic cells, and a library of four of them.
fn workplace() -> Workplace {
    let place = Workplace::new();
    let cells = |numbers: std::ops::Range<u8>| {
        let mut cells = String::new();
        for i in numbers {
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
        cells
    };
    place.write("cells.jsonl", &cells(0..60));
    place.write("few.jsonl", &cells(0..4));
    for folder in ["one", "two", "three"] {
        place.write(&format!("{folder}/note.txt"), "");
    }
    place.done("library few.jsonl --out few.lines");
    let point = |i: i32| {
        let angle = 5.0 + 0.05 * f64::from(i);
        let height = 100.0 * (-((angle - 44.0) / 0.2_f64).powi(2)).exp() + 1.0;
        format!("{angle:.2} {height:.4}\n")
    };
    place.write("scan.xy", &(0..1700).map(point).collect::<String>());
    place
}

#[test]
fn a_model_is_the_same_with_any_number_of_threads_and_grows() {
    let place = workplace();
    let printed = place.done(&format!(
        "{TRAIN} --networks 2 --out one/mine.model --checkpoint saved --keep --threads 1"
    ));
    for text in [
        "threshold 0.",
        "exponents for crystal system / extinction group / space group: networks",
        "both",
        "one/mine.model",
    ] {
        assert!(printed.contains(text), "{text}: {printed}");
    }
    // Finished networks are not trained again, and another thread changes nothing.
    place.done(&format!(
        "{TRAIN} --networks 2 --out two/mine.model --checkpoint saved --resume --threads 2"
    ));
    place.done(&format!(
        "{TRAIN} --networks 2 --out three/mine.model --threads 2"
    ));
    let [one, two, three] = ["one", "two", "three"]
        .map(|d| std::fs::read(place.path(&format!("{d}/mine.model"))).unwrap());
    assert!(one == two && one == three);
    // The networks of a model, calibrated on the same structures, are the same model.
    let calibrate = "symmetry train cells.jsonl --seed 5 --variants 0.3 --library few.lines";
    place.write("four/note.txt", "");
    place.done(&format!(
        "{calibrate} --calibrate one/mine.model --out four/mine.model"
    ));
    assert!(one == std::fs::read(place.path("four/mine.model")).unwrap());
    assert!(!place.path("saved").exists());
    let found = place.done("symmetry scan.xy --model one/mine.model --json --wavelength CuKa1");
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found[0]["model"], "mine");
    assert_eq!(found[0]["space_groups"].as_array().unwrap().len(), 5);
}

#[test]
fn bad_input_is_one_line() {
    let place = workplace();
    let first = place.read("cells.jsonl");
    place.write("one.jsonl", first.lines().next().unwrap());
    let cases = [
        (
            "symmetry train one.jsonl --library few.lines",
            "held out (expected at least one each)",
        ),
        (
            "symmetry train cells.jsonl --variants 1",
            "0 to 1, without 1",
        ),
        (
            "symmetry train cells.jsonl --library cells.jsonl",
            "cells.jsonl",
        ),
        (
            "symmetry train cells.jsonl --out cells.jsonl",
            "cells.jsonl",
        ),
    ];
    for (command, text) in cases {
        let run = place.xrd(command);
        let errors = run.stderr.lines().filter(|l| l.starts_with("xrd: "));
        assert_eq!((run.status, errors.count()), (Some(2), 1), "{}", run.stderr);
        assert!(run.stderr.contains(text), "{command}: {}", run.stderr);
        assert!(!place.path("symmetry.model").exists());
    }
}
