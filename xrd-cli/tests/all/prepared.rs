//! Patterns prepared on request, as recorded in reports and models.

use crate::support::workplace::Workplace;
use serde_json::{Value, json};

const TINY: &str = "--hidden 8,4 --epochs 3 --threads 1";

/// Options, and the corresponding steps.
const OPTIONS: &str = "--scale max --background snip:5 --crop 21:48";
const STEPS: [&str; 3] = ["snip:5", "crop:21:48", "scale:max"];

/// A model trained on prepared patterns.
fn with_model() -> Workplace {
    let place = Workplace::with_samples();
    place.done(&format!(
        "train --patterns scans {OPTIONS} {TINY} --out m.safetensors"
    ));
    place
}

#[test]
fn a_model_tells_what_was_done_to_its_patterns() {
    let place = with_model();
    let about: Value = serde_json::from_str(&place.done("info m.safetensors --json")).unwrap();
    assert_eq!(about[0]["preparation"], json!(STEPS));
    place.done(&format!(
        "train --patterns scans {TINY} --out raw.safetensors"
    ));
    let about: Value = serde_json::from_str(&place.done("info raw.safetensors --json")).unwrap();
    assert_eq!(about[0]["preparation"], json!([]));
}

#[test]
fn new_patterns_are_prepared_as_those_of_the_model_on_request() {
    let place = with_model();
    let encode = "encode --model m.safetensors --patterns scans";
    place.done(&format!("{encode} {OPTIONS} --out asked.csv"));
    let run = place.xrd(&format!("{encode} --as-trained --out trained.csv"));
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(place.read("asked.csv"), place.read("trained.csv"));
    let other = place.xrd(&format!("{encode} --crop 21:48 --out other.csv"));
    assert_eq!(other.status, Some(0));
    let note = "note: preparation of these patterns: crop:21:48; of the training patterns of the model: snip:5, crop:21:48, scale:max";
    assert!(other.stderr.contains(note), "{}", other.stderr);
    assert_ne!(place.read("asked.csv"), place.read("other.csv"));
    let both = place.xrd(&format!("{encode} --as-trained --despike"));
    assert_eq!(both.status, Some(2));
    assert!(both.stderr.contains("(--as-trained)"), "{}", both.stderr);
}

#[test]
fn a_model_without_preparation_warns_of_prepared_patterns() {
    let place = Workplace::with_samples();
    place.done(&format!(
        "train --patterns scans {TINY} --out m.safetensors"
    ));
    let run = place.xrd("encode --model m.safetensors --patterns scans --background arpls");
    assert_eq!(run.status, Some(0));
    let note = "note: preparation of these patterns: arpls:100000; of the training patterns of the model: none";
    assert!(run.stderr.contains(note), "{}", run.stderr);
    let silent = place.xrd("encode --model m.safetensors --patterns scans --as-trained");
    assert_eq!((silent.status, silent.stderr.as_str()), (Some(0), ""));
}

#[test]
fn every_command_that_asks_a_model_prepares_alike() {
    let place = with_model();
    place.done("encode --model m.safetensors --patterns scans --labels labels.csv --as-trained");
    let estimate = "estimate --model m.safetensors --known latent.csv --patterns scans/s03.xy";
    let asked = place.done(&format!("{estimate} {OPTIONS}"));
    assert_eq!(asked, place.done(&format!("{estimate} --as-trained")));
    let relevance = "relevance --model m.safetensors --patterns scans/s03.xy";
    place.done(&format!("{relevance} {OPTIONS} --out asked.csv"));
    place.done(&format!("{relevance} --as-trained --out trained.csv"));
    assert_eq!(place.read("asked.csv"), place.read("trained.csv"));
}

#[test]
fn every_command_says_which_files_it_left_out() {
    let place = with_model();
    place.write("scans/notes.txt", "no pattern\n");
    let rocking = place.read("scans/s03.xy");
    place.write("scans/rocking.xy", &format!("omega intensity\n{rocking}"));
    let model = "--model m.safetensors --as-trained --patterns scans";
    for command in [
        format!("train --patterns scans {TINY} --out again.safetensors"),
        format!("encode {model} --out all.csv"),
        format!("encode {model} --labels labels.csv --out latent.csv"),
        format!("estimate {model} --known latent.csv"),
        format!("relevance {model} --out relevance.csv"),
        format!("study --patterns scans --labels labels.csv {TINY}"),
    ] {
        let run = place.xrd(&command);
        assert_eq!(run.status, Some(0), "{command}: {}", run.stderr);
        for why in [
            "note: skipped: scans/notes.txt: no line of numbers",
            "note: skipped: scans/rocking.xy: not a powder pattern but a scan over omega",
        ] {
            assert!(run.stderr.contains(why), "{command}: {}", run.stderr);
        }
    }
}

#[test]
fn a_study_reports_its_preparation() {
    let place = Workplace::with_samples();
    let study = format!("study --patterns scans --labels labels.csv {TINY} --json");
    let report = |more: &str| -> Value {
        serde_json::from_str(&place.done(&format!("{study} {more}"))).unwrap()
    };
    let prepared = report("--rebin 1 --zero-shift 0.5");
    assert_eq!(
        prepared["dataset"]["preparation"],
        json!(["zero-shift:0.5", "rebin:1:mean"])
    );
    assert_eq!(prepared["dataset"]["two_theta_step"], 1.0);
    let about = place.done("info out/model.safetensors");
    assert!(about.contains("zero-shift:0.5, rebin:1:mean"), "{about}");
    let raw = report("");
    assert_eq!(raw["dataset"]["preparation"], json!([]));
    assert_eq!(raw["dataset"]["two_theta_step"], 0.5);
}

#[test]
fn steps_that_cannot_be_done_are_refused_in_one_line() {
    let place = Workplace::with_samples();
    let refused = |arguments: &str, words: &str| {
        let run = place.xrd(&format!("train --patterns {arguments}"));
        assert_eq!(run.status, Some(2), "{arguments}");
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    };
    refused(
        "scans --strip-ka2",
        "s00.xy: strip-ka2: the file states no K-alpha-1",
    );
    refused(
        "matrix.csv --crop 80:90",
        "matrix.csv: crop:80:90: no point from 80 to 90",
    );
    refused(
        "scans --smooth 4,2",
        "'smooth:4,2' is not a step of preparation",
    );
    refused("scans --background spline", "--background");
    refused(
        "scans --rebin 1000",
        "s00.xy: rebin:1000:mean: the bin width is 1000",
    );
}
