//! Tables and figures of a study on the page.

use std::path::{Component, Path};

use serde_json::Map;
use xrd_study::StudyReport;

use crate::error::{Error, Result};

/// Extensions of the files on the page.
const CARRIED: [&str; 3] = ["csv", "svg", "xy"];

/// Returns the largest size of a file on the page in bytes, so that the page of 100,000 patterns stays
/// below 15 MB. The page itself shows the points of large figures.
fn most_bytes(name: &Path) -> u64 {
    match name.extension().is_some_and(|e| e == "svg") {
        true => 2_000_000,
        false => 8_000_000,
    }
}

/// Files of a study for the page.
pub(super) struct Files {
    /// Text of each table, figure and generated pattern by name, as JSON.
    pub(super) texts: String,
    /// Names and sizes in bytes of files that are too large for the page.
    pub(super) omitted: Vec<(String, u64)>,
}

/// Reads the tables, figures and generated patterns, and the files `more`. Missing files are skipped.
pub(super) fn files(folder: &Path, study: &StudyReport, more: &[&str]) -> Result<Files> {
    let names = study.files.iter().map(String::as_str);
    let mut names: Vec<&str> = names.filter(|name| !more.contains(name)).collect();
    names.extend(more);
    read(folder, &names, most_bytes)
}

fn read(folder: &Path, names: &[&str], most_bytes: impl Fn(&Path) -> u64) -> Result<Files> {
    let (mut texts, mut omitted) = (Map::new(), Vec::new());
    for &name in names {
        let path = folder.join(name);
        if is_carried(Path::new(name)) && path.is_file() {
            let size = path.metadata().map_or(0, |about| about.len());
            if size > most_bytes(Path::new(name)) {
                omitted.push((name.to_owned(), size));
                continue;
            }
            let bytes = std::fs::read(&path).map_err(|source| Error::File {
                path: path.clone(),
                source,
            })?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            texts.insert(name.to_owned(), text.into());
        }
    }
    let texts = serde_json::to_string(&texts)?;
    Ok(Files { texts, omitted })
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
            files(place.path(), &study, &[]).unwrap().texts,
            r#"{"a.csv":"x\n1\n"}"#
        );
    }

    #[test]
    fn what_is_too_large_is_named() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("a.csv"), "x\n1\n").unwrap();
        std::fs::write(place.path().join("b.csv"), "x\n10\n").unwrap();
        let found = read(place.path(), &["a.csv", "b.csv"], |_| 4).unwrap();
        assert_eq!(found.texts, r#"{"a.csv":"x\n1\n"}"#);
        assert_eq!(found.omitted, [("b.csv".to_owned(), 5)]);
    }
}
