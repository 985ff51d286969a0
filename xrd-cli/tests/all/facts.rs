//! Labels from the names and headers of files, and notes on intensities that are not comparable.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::workplace::{PATTERNS, Workplace, angle, pattern, scan};

/// The small set, each file with its number in its name and in its header.
fn place() -> Workplace {
    let place = Workplace::with_samples();
    for k in 0..PATTERNS {
        let header = format!(
            "# temperature_k: {}\n# sample: batch {}, x=0.{k:02}\n# date: 2021-03-04T10:{k:02}:00\n",
            300 + 5 * k,
            k / 2
        );
        let text = header + &scan(&pattern(k), 0.0);
        place.write(&format!("ramp/a1_{k:03}_T{:03}.50C_s.xy", 30 + k), &text);
    }
    place
}

/// The labels by pattern from `xrd maps`, which needs no training, and the notes.
fn labels(place: &Workplace, arguments: &str) -> (Vec<String>, String) {
    let run = place.xrd(&format!("maps {arguments}"));
    assert_eq!(run.status, Some(0), "{arguments}: {}", run.stderr);
    let table = place.read("maps/maps.csv");
    let line = |line: &str| line.split(',').skip(5).collect::<Vec<_>>().join(",");
    (table.lines().map(line).collect(), run.stderr)
}

#[test]
fn numbers_in_names_are_labels() {
    let place = place();
    let (lines, notes) = labels(
        &place,
        "--patterns ramp --label-from T{T_C}C --label-from a1_{n}_",
    );
    assert_eq!(&lines[..3], ["T_C,n", "30.5,0", "31.5,1"]);
    assert_eq!(notes, "");
    let refused = place.xrd("maps --patterns ramp --label-from P{P}");
    assert_eq!(refused.status, Some(2));
    assert!(
        refused
            .stderr
            .contains("'a1_000_T030.50C_s': its name has no number as in 'P{P}'"),
        "{}",
        refused.stderr
    );
    let wrong = place.xrd("maps --patterns ramp --label-from T");
    assert!(
        wrong.stderr.contains("is not a source of labels"),
        "{}",
        wrong.stderr
    );
    let neither = place.xrd("score --patterns ramp");
    assert!(
        neither.stderr.contains("--label-from"),
        "{}",
        neither.stderr
    );
}

#[test]
fn entries_of_headers_are_labels() {
    let place = place();
    let sources = ["header:temperature", "header:time", "header:sample:x={c}"];
    let options: String = sources
        .iter()
        .map(|s| format!(" --label-from {s}"))
        .collect();
    let (lines, _) = labels(&place, &format!("--patterns ramp{options}"));
    assert_eq!(
        &lines[..3],
        ["temperature_K,time_s,c", "300,0,0", "305,60,0.01"]
    );
    let refused = place.xrd("maps --patterns scans --label-from header:temperature");
    let told = "'s00': its file states nothing for 'header:temperature' (--label-from";
    assert!(refused.stderr.contains(told), "{}", refused.stderr);
}

#[test]
fn facts_join_a_table_and_name_samples() {
    let place = place();
    let rows: String = (0..PATTERNS)
        .map(|k| format!("a1_{k:03}_T{:03}.50C_s,{k}\n", 30 + k))
        .collect();
    place.write("table.csv", &format!("name,p\n{rows}"));
    let (lines, _) = labels(
        &place,
        "--patterns ramp --labels table.csv --label-from T{T_C}C",
    );
    assert_eq!(&lines[..2], ["p,T_C", "0,30.5"]);
    let tiny = "--hidden 8,4 --epochs 3 --threads 1";
    let study =
        format!("study --patterns ramp --label-from T{{T_C}}C --group header:sample {tiny} --json");
    let report: Value =
        serde_json::from_str(&place.done(&format!("{study} --save-config e.toml"))).unwrap();
    assert_eq!(report["dataset"]["labels"], serde_json::json!(["T_C"]));
    // The experiment can be run again.
    let again: Value = serde_json::from_str(&place.done("study --config e.toml --json")).unwrap();
    assert_eq!(report["experiment"], again["experiment"]);
    place.done("encode --model out/model.safetensors --patterns ramp --label-from T{T_C}C");
    assert!(
        place
            .read("latent.csv")
            .lines()
            .next()
            .unwrap()
            .contains("T_C")
    );
}

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-cli -- --ignored"]
fn the_temperatures_of_a_ramp_are_those_of_its_table() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let data = std::env::var("XRD_TEST_DATA").unwrap_or_else(|_| beside.to_owned());
    let ramp = PathBuf::from(data).join("measured/nacl-ramp");
    let truth = std::fs::read_to_string(ramp.join("temperatures.csv")).unwrap();
    let place = Workplace::new();
    let over_q = "--axis-unit q --wavelength 0.1665 --resample";
    let (lines, _) = labels(
        &place,
        &format!(
            "--patterns {} {over_q} --label-from T{{T_C}}C",
            ramp.display()
        ),
    );
    let expected: Vec<&str> = truth
        .lines()
        .map(|line| line.split_once(',').unwrap().1)
        .collect();
    assert_eq!(lines, expected);
}

/// The small set with one column of counts, the pattern `k` counted `times(k)` times as long.
fn counted(place: &Workplace, times: impl Fn(usize) -> f64, states: bool) {
    for k in 0..PATTERNS {
        let time = times(k);
        let values: Vec<f64> = pattern(k)
            .iter()
            .map(|v| (1000.0 * v * time).round())
            .collect();
        let note = if states {
            format!("# time_per_step_s: {time}\n")
        } else {
            String::new()
        };
        let text = format!("{note}two-theta counts\n{}", scan(&values, 0.0));
        place.write(&format!("scans/s{k:02}.xy"), &text);
    }
}

#[test]
fn intensities_that_are_not_comparable_are_told() {
    let place = Workplace::with_samples();
    let notes = |more: &str| {
        labels(
            &place,
            &format!("--patterns scans --labels labels.csv {more}"),
        )
        .1
    };
    assert_eq!(notes(""), "");
    let long = |k: usize| if k == 7 { 4.0 } else { 1.0 };
    counted(&place, long, true);
    let times = "note: counting times differ: 1 s per point in 's00', 4 s in 's07' (--scale max makes them comparable)\n";
    assert_eq!(notes(""), times);
    assert_eq!(notes("--scale max"), "");
    counted(&place, |k| if k % 2 == 0 { 1.0 } else { 5.0 }, false);
    let repeats = notes("--group batch");
    assert!(
        repeats.starts_with("note: repeats of sample 'b"),
        "{repeats}"
    );
    // A copy of one pattern, measured three times as long.
    counted(&place, |_| 1.0, false);
    let copy: String = pattern(0)
        .iter()
        .enumerate()
        .map(|(i, v)| format!("{} {}\n", angle(i), (3000.0 * v).round()))
        .collect();
    place.write("scans/s07.xy", &format!("two-theta counts\n{copy}"));
    let shapes = notes("");
    assert!(shapes.contains("'s07' and 's00' have nearly the same shape, but the intensities of the first are 3.0 times"), "{shapes}");
    assert!(
        shapes.contains("--scale max") && shapes.contains("--group"),
        "{shapes}"
    );
    let train = place.xrd("train --patterns scans --hidden 8,4 --epochs 1 --threads 1");
    assert!(
        train.stderr.contains("nearly the same shape"),
        "{}",
        train.stderr
    );
}
