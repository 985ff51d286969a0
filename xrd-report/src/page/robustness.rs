//! Results of a robustness test on the page.

use std::path::Path;

use serde_json::{Value, json};
use xrd_study::{ROBUSTNESS_FILE, RobustnessReport, StudyReport};

use crate::error::Result;

/// Table and figure of a robustness test.
pub(super) const FILES: [&str; 2] = ["robustness.csv", "robustness.svg"];

/// Reads the report of a robustness test in the folder of a study. `None` if there is no test, or a test
/// of other patterns.
pub(super) fn report(folder: &Path, study: &StudyReport) -> Result<Option<RobustnessReport>> {
    let file = folder.join(ROBUSTNESS_FILE);
    if !file.is_file() {
        return Ok(None);
    }
    let report = RobustnessReport::read(&file)?;
    let of_study = (study.dataset.patterns, study.dataset.points);
    Ok(Some(report).filter(|r| (r.patterns, r.points) == of_study))
}

/// Returns what the script shows. The scores of all sizes are in the table.
pub(super) fn shown(report: &RobustnessReport) -> Value {
    let verdict = |v: &xrd_study::RobustnessVerdict| {
        json!({
            "name": v.disturbance.name(),
            "size": v.disturbance.size_text(v.size),
            "r2": v.r2,
            "r2_se": v.r2_se,
            "neighbours": v.neighbours,
            "ridge": v.ridge,
            "holds": v.holds,
            "better_than_raw": v.better_than_raw,
        })
    };
    json!({
        "label": report.label,
        "splits": report.splits,
        "estimator": report.estimator,
        "verdicts": report.verdicts.iter().map(verdict).collect::<Vec<_>>(),
        "undisturbed": report.undisturbed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_a_test_has_none_and_a_damaged_test_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        let study = StudyReport::default();
        assert!(report(place.path(), &study).unwrap().is_none());
        std::fs::write(place.path().join(ROBUSTNESS_FILE), "{}").unwrap();
        let error = report(place.path(), &study).unwrap_err().to_string();
        assert!(error.contains(ROBUSTNESS_FILE), "{error}");
    }
}
