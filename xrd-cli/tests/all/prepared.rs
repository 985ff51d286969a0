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
fn new_patterns_are_prepared_as_those_of_the_model() {
    let place = with_model();
    let encode = "encode --model m.safetensors --patterns scans";
    place.done(&format!("{encode} {OPTIONS} --out asked.csv"));
    let run = place.xrd(&format!("{encode} --out trained.csv"));
    let note = "note: patterns are prepared like the training patterns of the model: snip:5, crop:21:48, scale:max (--no-preparation leaves them as they are)\n";
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), note));
    assert_eq!(place.read("asked.csv"), place.read("trained.csv"));
    // The option of earlier versions.
    place.done(&format!("{encode} --as-trained --out earlier.csv"));
    assert_eq!(place.read("asked.csv"), place.read("earlier.csv"));
}

#[test]
fn preparation_options_replace_the_preparation_of_the_model() {
    let place = with_model();
    let encode = "encode --model m.safetensors --patterns scans";
    place.done(&format!("{encode} --out trained.csv"));
    let other = place.xrd(&format!("{encode} --crop 21:48 --out other.csv"));
    assert_eq!(other.status, Some(0));
    let note = "note: preparation of these patterns: crop:21:48; of the training patterns of the model: snip:5, crop:21:48, scale:max (without preparation options, patterns are prepared like those)";
    assert!(other.stderr.contains(note), "{}", other.stderr);
    assert_ne!(place.read("trained.csv"), place.read("other.csv"));
    let none = place.xrd(&format!("{encode} --no-preparation --out none.csv"));
    assert_eq!(none.status, Some(2));
    assert!(none.stderr.contains("20 to 49.5"), "{}", none.stderr);
}

#[test]
fn what_files_state_as_done_is_not_done_again() {
    let place = with_model();
    place.done("convert scans prepared.csv --background snip:5 --crop 21:48");
    let encode = "encode --model m.safetensors --patterns";
    let run = place.xrd(&format!("{encode} prepared.csv --out prepared-points.csv"));
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    place.done(&format!("{encode} scans --out points.csv"));
    let points = |name: &str| -> Vec<f64> {
        let text = place.read(name);
        let cells = text
            .lines()
            .skip(1)
            .flat_map(|line| line.split(',').skip(1).take(2));
        cells.map(|cell| cell.parse().unwrap()).collect()
    };
    let (once, twice) = (points("points.csv"), points("prepared-points.csv"));
    let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-3;
    assert!(once.iter().zip(&twice).all(near), "{once:?} {twice:?}");
}

#[test]
fn a_map_with_a_model_prepares_like_it() {
    let place = with_model();
    let maps = "maps --patterns scans --labels labels.csv --model m.safetensors";
    let report: Value = serde_json::from_str(&place.done(&format!("{maps} --json"))).unwrap();
    assert_eq!(report["preparation"], json!(STEPS));
}

/// The text `rebin:1` of an earlier model means the sum of counts.
#[test]
fn a_model_of_an_earlier_version_prepares_as_it_was_trained() {
    let place = Workplace::with_samples();
    for k in 0..crate::support::workplace::PATTERNS {
        let name = format!("scans/s{k:02}.xy");
        place.write(&name, &format!("two-theta counts\n{}", place.read(&name)));
    }
    place.done(&format!(
        "train --patterns scans --rebin 1:sum {TINY} --out m.safetensors"
    ));
    let path = place.path("m.safetensors");
    let model = xrd_ae::Autoencoder::load(&path).unwrap();
    assert_eq!(model.preparation(), ["rebin:1:sum"]);
    let earlier = model.with_preparation(vec!["rebin:1".to_owned()]);
    std::fs::write(
        place.path("earlier.safetensors"),
        earlier.to_bytes().unwrap(),
    )
    .unwrap();
    let points = |model: &str| {
        place.done(&format!(
            "encode --model {model} --patterns scans --out points.csv"
        ));
        let text = place.read("points.csv");
        // Without the name of the model, which is its content.
        let lines = text
            .lines()
            .map(|line| line.rsplit_once(',').unwrap().0.to_owned());
        lines.collect::<Vec<_>>()
    };
    assert_eq!(points("m.safetensors"), points("earlier.safetensors"));
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
    let silent = place.xrd("encode --model m.safetensors --patterns scans");
    assert_eq!((silent.status, silent.stderr.as_str()), (Some(0), ""));
}

#[test]
fn every_command_that_asks_a_model_prepares_alike() {
    let place = with_model();
    place.done("encode --model m.safetensors --patterns scans --labels labels.csv");
    let estimate = "estimate --model m.safetensors --known latent.csv --patterns scans/s03.xy";
    let asked = place.done(&format!("{estimate} {OPTIONS}"));
    assert_eq!(asked, place.done(estimate));
    let relevance = "relevance --model m.safetensors --patterns scans/s03.xy";
    place.done(&format!("{relevance} {OPTIONS} --out asked.csv"));
    place.done(&format!("{relevance} --out trained.csv"));
    assert_eq!(place.read("asked.csv"), place.read("trained.csv"));
}

#[test]
fn every_command_says_which_files_it_left_out() {
    let place = with_model();
    place.write("scans/notes.txt", "no pattern\n");
    let rocking = place.read("scans/s03.xy");
    place.write("scans/rocking.xy", &format!("omega intensity\n{rocking}"));
    let model = "--model m.safetensors --patterns scans";
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
            "note: skipped: scans/notes.txt: line 1 is not understood: 'no pattern'",
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
