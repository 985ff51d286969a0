//! Files of earlier versions can be read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use xrd_study::{Error, Experiment, KnownPoints, LatentTable, StudyReport, load_model};

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/earlier")
        .join(name)
}

#[test]
fn a_report_without_an_experiment_is_read() {
    let report = StudyReport::read(&file("study.json")).unwrap();
    assert_eq!(report.experiment, None);
    assert_eq!((report.dataset.patterns, report.training.epochs), (24, 40));
    assert_eq!(report.estimation.per_label.len(), 2);
    assert_eq!(report.seeds.len(), 2);
    assert!(report.generation[1].decoded_point.is_none());
    assert!(report.maps.is_some());
    // Every value of the file is kept.
    let text = std::fs::read_to_string(file("study.json")).unwrap();
    let earlier: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut now = serde_json::to_value(&report).unwrap();
    assert!(now.as_object_mut().unwrap().remove("experiment").is_some());
    assert_eq!(now, earlier);
    let refused = Experiment::read(&file("study.json")).unwrap_err();
    assert!(matches!(refused, Error::NoExperiment { .. }), "{refused}");
}

#[test]
fn json_that_is_no_report_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let other = place.path().join("study.json");
    std::fs::write(&other, "{\"a\": 1}").unwrap();
    let refused = StudyReport::read(&other).unwrap_err();
    assert!(matches!(refused, Error::NoStudy { .. }), "{refused}");
    std::fs::write(&other, "{\"a\": ").unwrap();
    let refused = StudyReport::read(&other).unwrap_err();
    assert!(matches!(refused, Error::Json { .. }), "{refused}");
}

#[test]
fn models_and_their_points_are_read() {
    let model = load_model(&file("model.safetensors")).unwrap();
    let table = LatentTable::read(&file("latent.csv"), &model).unwrap();
    assert_eq!((table.names.len(), table.labels.columns().len()), (24, 2));
    assert_eq!(table.test.iter().filter(|t| **t).count(), 2);
    let known = KnownPoints::read(&file("latent.csv"), &model).unwrap();
    assert_eq!(known.names.len(), 22);
}
