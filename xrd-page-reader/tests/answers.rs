//! The answers are those of the other crates.

#![allow(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use xrd_core::{TwoThetaGrid, Wavelength};
use xrd_page_reader::{Reader, estimator};
use xrd_study::serde_json::{Value, json};
use xrd_study::{Error, NamedEstimator};

/// Description of a study with the labels 0, 1 and 2 at three corners, and two groups.
fn description() -> Value {
    json!({
        "options": {
            "prepare": ["crop:11:20", "scale:max"], "skip_done": true, "common_grid": true,
            "resample": { "start": 11.0, "step": 0.5, "len": 19 },
        },
        "grid": { "start": 11.0, "step": 0.5, "len": 19 },
        "wavelength": 1.5406,
        "known": {
            "dimensions": 2, "coordinates": [0.0, 0.0, 1.0, 0.0, 0.0, 1.0],
            "columns": ["p"], "labels": [0.0, 1.0, 2.0], "estimator": "triangle",
            "loneliest": 1.0, "worst_residual": 0.2,
            "limits": [[0.0, null]], "half_widths": [0.5],
        },
        "groups": [],
    })
}

fn reader() -> Reader {
    Reader::new(description().to_string().as_bytes()).unwrap()
}

/// Two columns with one line at 15°.
fn columns(step: f64, points: usize) -> String {
    let at = |i: usize| 10.0 + step * i as f64;
    let line = |i| {
        format!(
            "{} {}\n",
            at(i),
            1.0 + 9.0 * f64::from(u8::from(at(i) == 15.0))
        )
    };
    (0..points).map(line).collect()
}

#[test]
fn files_are_prepared_and_come_onto_the_grid() {
    let mut reader = reader();
    let read = reader.read("a.xy", columns(0.5, 40).as_bytes()).unwrap();
    assert_eq!((read.patterns[0].name.as_str(), read.notes.len()), ("a", 0));
    let same = reader.intensities(0).unwrap().to_vec();
    assert_eq!((same.len(), same[8], same[0]), (19, 1.0, 0.1));
    assert!(reader.intensities(1).is_none());
    // Every second angle of this file is one of the grid.
    let finer = reader.read("b.xy", columns(0.25, 80).as_bytes()).unwrap();
    assert!(finer.notes[0].contains("resampled"), "{:?}", finer.notes);
    assert_eq!(reader.intensities(0).unwrap(), same);
}

#[test]
fn what_is_no_pattern_is_refused_in_one_line() {
    let mut reader = reader();
    for (name, text, words) in [
        ("notes.txt", "nothing to see\n", "notes.txt"),
        ("short.xy", "12 1\n12.5 2\n13 3\n", "short.xy"),
    ] {
        let error = reader.read(name, text.as_bytes()).unwrap_err();
        assert!(error.contains(words) && !error.contains('\n'), "{error}");
    }
    assert!(Reader::new(b"{}").is_err());
}

#[test]
fn patterns_without_intensity_are_refused_as_by_the_study() {
    let mut study = description();
    study["options"]["prepare"] = json!(["crop:11:20"]);
    let mut reader = Reader::new(study.to_string().as_bytes()).unwrap();
    let flat = columns(0.5, 40)
        .replace(" 10\n", " 0\n")
        .replace(" 1\n", " 0\n");
    let read = reader.read("flat.xy", flat.as_bytes()).unwrap();
    let pattern = "flat".to_owned();
    let expected = Error::Blank { pattern }.to_string();
    assert_eq!(read.patterns[0].error.as_ref(), Some(&expected));
}

#[test]
fn patterns_at_another_wavelength_are_refused_as_by_the_study() {
    let of = |value| Wavelength::angstrom(value).unwrap();
    let expected = Error::OtherWavelength {
        found: of(0.7093),
        expected: of(1.5406),
    };
    let text = format!("# wavelength: 0.7093\n{}", columns(0.5, 40));
    let error = reader().read("a.xy", text.as_bytes()).unwrap_err();
    assert_eq!(error, expected.to_string());
}

#[test]
fn labels_are_estimated_within_their_limits() {
    let mut reader = reader();
    reader.read("a.xy", columns(0.5, 40).as_bytes()).unwrap();
    let found = reader.estimate(0, &[0.25, 0.5], 0.1).unwrap();
    assert!((found.values[0] - 1.25).abs() < 1e-12);
    assert_eq!(found.intervals, [Some([0.75, 1.75])]);
    assert_eq!(
        (found.inside, found.far, found.unlike),
        (true, false, Some(false))
    );
    let beyond = reader.estimate(0, &[-3.0, -0.5], 0.3).unwrap();
    assert_eq!(
        (beyond.inside, beyond.far, beyond.unlike),
        (false, true, Some(true))
    );
    assert_eq!(
        (beyond.values[0], beyond.intervals[0]),
        (0.0, Some([0.0, 0.5]))
    );
    assert!(reader.estimate(1, &[0.0, 0.0], 0.1).is_err());
    assert!(reader.estimate(0, &[f64::NAN, 0.0], 0.1).is_err());
}

#[test]
fn the_group_has_the_nearest_mean_lines() {
    let grid = TwoThetaGrid::new(11.0, 0.5, 19).unwrap();
    let lines = xrd_io::prepare::Lines::new(&grid);
    let peak = |at: usize| -> Vec<f32> { (0..19).map(|i| f32::from(i == at) + 0.1).collect() };
    let mut study = description();
    study["groups"] = json!([lines.of(&peak(3)), lines.of(&peak(8))]);
    let mut reader = Reader::new(study.to_string().as_bytes()).unwrap();
    reader.read("a.xy", columns(0.5, 40).as_bytes()).unwrap();
    let group = reader.estimate(0, &[0.1, 0.1], 0.1).unwrap().group.unwrap();
    assert_eq!((group.number, group.other), (2, Some(1)));
    assert!(group.position < 0.01, "{group:?}");
}

/// Names of all estimators of studies, without `auto`: those in the message about an unknown name.
fn names() -> Vec<String> {
    let unknown = "none".parse::<NamedEstimator>().unwrap_err().to_string();
    let list = unknown
        .rsplit("expected ")
        .next()
        .unwrap()
        .replace(" or ", ", ");
    let bare = |name: &str| name.split('[').next().unwrap().trim().to_owned();
    let names = list.split(',').map(bare);
    names.filter(|name| name != "auto").collect()
}

#[test]
fn estimators_are_those_of_the_study() {
    let names = names();
    assert!(
        names.contains(&"curve".to_owned()) && names.len() >= 9,
        "{names:?}"
    );
    let numbered = ["knn:7", "idw:3", "idw:3:9", "kmeans:4"].map(str::to_owned);
    for name in names.iter().chain(&numbered) {
        let expected: NamedEstimator = name.parse().unwrap();
        let found = estimator(name).unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", &*expected), "{name}");
    }
    assert!(estimator("auto").is_none() && estimator("knn:x").is_none());
}
