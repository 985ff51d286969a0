//! Axes that files do not state, axes that are not uniform, and files on different grids.

use std::f64::consts::PI;

use serde_json::Value;

use crate::support::workplace::{PATTERNS, Workplace, pattern, scan};

const TINY: &str = "--hidden 8,4 --epochs 3 --threads 1";
const LAMBDA: f64 = 1.5406;

/// The small set over points that are uniform in ln Q, as a detector of pixels may give them.
fn over_log_q() -> Workplace {
    let place = Workplace::with_samples();
    for k in 0..PATTERNS {
        let points = pattern(k).into_iter().enumerate();
        let line = |(i, y)| format!("{} {y}\n", 1.4 * 1.014f64.powi(i as i32));
        let text: String = points.map(line).collect();
        place.write(&format!("pixels/s{k:02}.xy"), &text);
    }
    place
}

fn two_theta(q: f64) -> f64 {
    2.0 * (q * LAMBDA / (4.0 * PI)).asin().to_degrees()
}

fn report(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn one_option_is_enough_for_a_grid_of_pixels() {
    let place = over_log_q();
    let over_q = "--axis-unit q --wavelength 1.5406";
    let study = format!("study --patterns pixels --labels labels.csv {over_q} {TINY} --json");
    let refused = place.xrd(&study);
    assert_eq!(refused.status, Some(2));
    assert!(
        refused.stderr.contains("(--resample; --axis-unit"),
        "{}",
        refused.stderr
    );
    let report = report(&place.done(&format!("{study} --resample")));
    let steps: Vec<&str> = report["dataset"]["preparation"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step.as_str().unwrap())
        .collect();
    assert_eq!(steps[0], "to-wavelength:1.5406");
    assert!(steps[1].starts_with("resample:"), "{steps:?}");
    let step = report["dataset"]["two_theta_step"].as_f64().unwrap();
    assert_eq!(step, 0.43);
    // New patterns need no more than their axis.
    let run = place.xrd("encode --model out/model.safetensors --patterns pixels --axis-unit q");
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let point = |text: &str| {
        text.lines()
            .nth(1)
            .unwrap()
            .split(',')
            .take(3)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        point(&place.read("latent.csv")),
        point(&place.read("out/latent.csv"))
    );
}

#[test]
fn a_grid_can_be_chosen() {
    let place = over_log_q();
    let train = format!(
        "train --patterns pixels --axis-unit q --wavelength 1.5406 {TINY} --out m.safetensors"
    );
    place.done(&format!("{train} --resample 21:42:0.25"));
    let about = report(&place.done("info m.safetensors --json"));
    assert_eq!(about[0]["grid"], "85 points from 21 to 42 by 0.25 degrees");
    let wrong = place.xrd(&format!("{train} --resample 21:42"));
    assert_eq!(wrong.status, Some(2));
    assert!(wrong.stderr.contains("FROM:TO:STEP"), "{}", wrong.stderr);
}

#[test]
fn files_that_start_elsewhere_are_studied_over_their_common_range() {
    let place = Workplace::with_samples();
    place.write("scans/s03.xy", &scan(&pattern(3), 0.012 * 5.0));
    let train = format!("train --patterns scans {TINY} --out m.safetensors");
    let refused = place.xrd(&train);
    assert!(
        refused.stderr.contains("(--resample)"),
        "{}",
        refused.stderr
    );
    place.done(&format!("{train} --resample"));
    let about = report(&place.done("info m.safetensors --json"));
    assert_eq!(
        about[0]["grid"],
        "59 points from 20.5 to 49.5 by 0.5 degrees"
    );
    // A new pattern comes onto the grid of the model without a word.
    place.write("new.xy", &scan(&pattern(3), 0.2));
    place.done("encode --model m.safetensors --patterns new.xy");
}

#[test]
fn an_option_named_by_a_message_works() {
    let place = over_log_q();
    let given = "--axis-unit q --wavelength 1.5406";
    let snip = format!("convert pixels/s00.xy out.xy {given} --background snip:5");
    let refused = place.xrd(&snip);
    assert!(
        refused.stderr.contains("(--resample;"),
        "{}",
        refused.stderr
    );
    place.done(&format!("{snip} --resample"));
    let first = place
        .read("out.xy")
        .lines()
        .find(|l| !l.starts_with('#'))
        .unwrap()
        .to_owned();
    let angle: f64 = first.split(' ').next().unwrap().parse().unwrap();
    assert!((angle - two_theta(1.4)).abs() < 0.43, "{first}");
    place.write(
        "stated.xy",
        &format!("q_A^-1 intensity\n{}", place.read("pixels/s00.xy")),
    );
    let train = format!("train --patterns stated.xy {TINY}");
    let refused = place.xrd(&train);
    assert!(
        refused.stderr.contains("--wavelength X"),
        "{}",
        refused.stderr
    );
    let other = place.xrd(&format!("{train} --axis-unit d"));
    assert!(
        other.stderr.contains("--axis-unit is for files"),
        "{}",
        other.stderr
    );
    let conversion = place.xrd("convert pixels/s00.xy o.xy --to-wavelength 0.7");
    assert!(
        conversion.stderr.contains("(--wavelength; --axis-unit"),
        "{}",
        conversion.stderr
    );
}

#[test]
fn every_command_that_reads_patterns_takes_their_axis() {
    let place = over_log_q();
    let about = report(&place.done("info pixels/s00.xy --axis-unit q --wavelength CuKa1 --json"));
    assert_eq!(about[0]["scans"][0]["axis_unit"], "1/angstrom");
    let wavelength = about[0]["scans"][0]["wavelength_angstrom"]
        .as_f64()
        .unwrap();
    assert!((wavelength - 1.5406).abs() < 1e-4);
    for command in [
        "study",
        "score",
        "tune",
        "maps",
        "train",
        "encode",
        "estimate",
        "relevance",
        "fit",
        "convert",
        "info",
    ] {
        let help = place.done(&format!("{command} --help"));
        assert!(
            help.contains("--axis-unit") && help.contains("--wavelength"),
            "{command}"
        );
    }
}
