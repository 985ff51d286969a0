//! `xrd library` and `xrd identify`.

use serde_json::Value;

use crate::support::bench::Bench;
use crate::support::workplace::Workplace;

const NACL: &str = include_str!("support/NaCl.cif");

/// Structures in JSON lines: the first two have one id.
const LINES: &str = r#"{"id": "one", "name": "Iron", "formula": "Fe", "sg": 229, "cell": [2.8665, 2.8665, 2.8665, 90, 90, 90], "species": ["Fe", "Fe"], "frac": [[0, 0, 0], [0.5, 0.5, 0.5]]}
{"id": "one", "name": "Iron", "cell": [2.8665, 2.8665, 2.8665, 90, 90, 90], "species": ["Fe", "Fe"], "frac": [[0, 0, 0], [0.5, 0.5, 0.5]]}
{"id": "three", "cell": [4.123, 4.123, 4.123, 90, 90, 90], "species": ["Cs", "Cl"], "frac": [[0, 0, 0], [0.5, 0.5, 0.5]]}
{"id": "four", "cell": [4.1, 4.1, 4.1, 90, 90, 90], "species": ["Fl"], "frac": [[0, 0, 0]]}
"#;

/// A folder with a library of three structures, and the pattern of NaCl in `sim/NaCl.xy`.
fn place() -> Workplace {
    let place = Workplace::new();
    place.write("NaCl.cif", NACL);
    place.write("more.jsonl", LINES);
    place.done("simulate NaCl.cif --from 10 --to 90 --step 0.02 --xy --out sim");
    let run = place.xrd("library NaCl.cif more.jsonl --out my.lines");
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(
        run.stdout.starts_with("3 structures in my.lines ("),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("1 skipped, 1 with the id of another"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("more.jsonl: line 4"), "{}", run.stderr);
    place
}

fn json(place: &Workplace, arguments: &str) -> Vec<Value> {
    serde_json::from_str(&place.done(arguments)).unwrap()
}

#[test]
fn a_pattern_is_recognised_in_the_own_library() {
    let place = place();
    let all = json(
        &place,
        "identify sim/NaCl.xy --library my.lines --only-library --json",
    );
    let first = &all[0]["structures"][0];
    assert_eq!(all[0]["pattern"], "sim/NaCl.xy");
    assert_eq!(first["space_group"], 225);
    assert_eq!(first["crystal_system"], "cubic");
    assert_eq!(first["source"], "NaCl");
    assert!(first["similarity"].as_f64().unwrap() > 0.95, "{first}");
    assert!(
        first["lattice_change"].as_f64().unwrap().abs() < 5e-4,
        "{first}"
    );
    let lines = first["lines"].as_array().unwrap();
    assert!(
        lines.len() >= 6 && lines.iter().all(|l| l["found"] == true),
        "{first}"
    );
    assert_eq!(
        first["unmatched_peaks"].as_array().unwrap().len(),
        0,
        "{first}"
    );
    let text = place.done("identify sim/NaCl.xy --library my.lines --only-library");
    assert!(text.contains("space group 225 (cubic)"), "{text}");
    // The number of threads changes nothing.
    let threads = |n: u8| {
        place.done(&format!(
            "identify sim/NaCl.xy --library my.lines --phases 2 --json --threads {n}"
        ))
    };
    assert_eq!(threads(1), threads(3));
}

#[test]
fn a_pattern_is_recognised_among_the_shipped_structures() {
    let place = place();
    let all = json(&place, "identify sim/NaCl.xy --json --top 3 --phases 2");
    let structures = all[0]["structures"].as_array().unwrap();
    assert_eq!(structures.len(), 3);
    assert!(
        structures.iter().any(|s| s["name"] == "Halite"),
        "{structures:?}"
    );
    let phases = all[0]["phases"]["phases"].as_array().unwrap();
    assert_eq!(phases.len(), 1, "{phases:?}");
    assert_eq!(phases[0]["intensity_share"], 1.0);
}

#[test]
fn a_pattern_is_drawn_above_the_lines_of_the_nearest_structures() {
    let place = place();
    place.done("identify sim/NaCl.xy --library my.lines --only-library --top 2 --out figures");
    let figure = place.read("figures/NaCl.xy.svg");
    for part in [
        "space group 225",
        "space group 229",
        "line that the pattern has",
        "line that it lacks",
    ] {
        assert!(figure.contains(part), "{part}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_others_are_answered() {
    let place = place();
    place.write("words.xy", "no numbers\n");
    let run = place.xrd("identify missing.xy sim/NaCl.xy words.xy --json --top 1");
    assert_eq!(run.status, Some(2));
    let all: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(all.len(), 3);
    assert!(all[0]["error"].as_str().unwrap().contains("missing.xy"));
    assert!(all[2]["error"].as_str().unwrap().contains("words.xy"));
    assert_eq!(all[1]["structures"].as_array().unwrap().len(), 1);
    assert!(
        run.stderr
            .lines()
            .last()
            .unwrap()
            .starts_with("xrd: 2 of 3"),
        "{}",
        run.stderr
    );
}

#[test]
fn bad_input_is_refused() {
    let bench = Bench::new();
    bench.write("NaCl.cif", NACL);
    bench.write("bad.lines", "XRDLINES and more");
    bench.write("bad.jsonl", "{\"cell\": 1}\n");
    bench.refuse("identify missing.xy", &["missing.xy"]);
    bench.refuse("identify", &["FILE"]);
    bench.refuse("identify scans/s00.xy --top 0", &["--top"]);
    bench.refuse("identify scans/s00.xy --phases 9", &["--phases", "1 to 5"]);
    bench.refuse("identify scans/s00.xy --only-library", &["--library"]);
    bench.refuse("identify scans/s00.xy --library missing", &["missing"]);
    bench.refuse(
        "identify scans/s00.xy --library bad.lines",
        &["bad.lines", "version"],
    );
    bench.refuse("library missing.cif --out new.lines", &["none of 1"]);
    bench.refuse("library NaCl.cif", &["--out"]);
    bench.refuse("library NaCl.cif --out NaCl.cif", &["NaCl.cif"]);
    bench.refuse("library bad.jsonl --out new.lines", &["none of 1"]);
    bench.refuse("library NaCl.cif --b-iso -1 --out new.lines", &["--b-iso"]);
}
