//! Tables and figures of a study on the page.

use std::path::{Component, Path};

use serde_json::Map;
use xrd_study::StudyReport;

use crate::error::{Error, Result};

/// Extensions of the files on the page.
const CARRIED: [&str; 3] = ["csv", "svg", "xy"];

/// Returns the text of each table, figure and generated pattern by name, as JSON. Missing files are
/// skipped.
pub(super) fn files(folder: &Path, study: &StudyReport) -> Result<String> {
    let mut texts = Map::new();
    for name in &study.files {
        let path = folder.join(name);
        if is_carried(Path::new(name)) && path.is_file() {
            let bytes = std::fs::read(&path).map_err(|source| Error::File {
                path: path.clone(),
                source,
            })?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            texts.insert(name.clone(), text.into());
        }
    }
    Ok(serde_json::to_string(&texts)?)
}

/// Returns whether the page holds a file: by its extension, and only inside the folder.
fn is_carried(name: &Path) -> bool {
    let inside = name.components().all(|c| matches!(c, Component::Normal(_)));
    let kind = name.extension().and_then(|e| e.to_str());
    inside && kind.is_some_and(|kind| CARRIED.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_outside_the_folder_are_not_carried() {
        for name in ["latent.csv", "generated/Ti=0.75.xy", "map_Ti.svg"] {
            assert!(is_carried(Path::new(name)), "{name}");
        }
        for name in [
            "../secret.csv",
            "/etc/secret.csv",
            "a/../../b.csv",
            "model.safetensors",
            "xy",
        ] {
            assert!(!is_carried(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn what_is_gone_is_left_out() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("a.csv"), "x\n1\n").unwrap();
        let mut study = StudyReport::default();
        study.files = ["a.csv", "gone.csv"].map(str::to_owned).to_vec();
        assert_eq!(
            files(place.path(), &study).unwrap(),
            r#"{"a.csv":"x\n1\n"}"#
        );
    }
}
