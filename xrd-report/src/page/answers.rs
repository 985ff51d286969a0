//! Space groups of a folder of scans, on a page of their own and on that of a study.

use std::path::{Component, Path};

use serde_json::{Map, Value, json};

use super::{ANSWERS_FRAME, ANSWERS_SCRIPT, assembled, pack};
use crate::error::{Error, Result};

/// File name of the answers of `xrd symmetry` in their folder.
pub const ANSWERS_FILE: &str = "answers.json";

/// File name of the page of these answers.
pub const ANSWERS_PAGE: &str = "answers.html";

/// Largest size of the figures of patterns on a page in bytes, before they are compressed to about a third.
const MOST_BYTES: usize = 24_000_000;

/// Returns the page of answers about the space groups of patterns, as the text of one HTML file, which works offline.
///
/// `answers` has the fields `version`, `model`, `threshold` and `patterns`, an array with the answer about each
/// pattern. The figures are pairs of a name and the text of an SVG file; an answer has the name of its figure in
/// the field `figure`. Figures are left out when all together have 24 MB.
///
/// # Errors
/// [`Error::ToJson`] if the data cannot be written as JSON.
pub fn answers_page(answers: &Value, figures: &[(String, String)]) -> Result<String> {
    let figures = figures
        .iter()
        .map(|(name, svg)| (name.clone(), svg.clone()));
    let shown = shown(answers, figures);
    let blocks = [("answers", pack::text(&serde_json::to_string(&shown)?)?)];
    Ok(assembled(ANSWERS_FRAME, ANSWERS_SCRIPT, &blocks))
}

/// Reads the answers in the folder of a study, with their figures. `None` without answers.
pub(super) fn answers(folder: &Path) -> Result<Option<Value>> {
    let path = folder.join(ANSWERS_FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let read = |path: &Path| {
        std::fs::read_to_string(path).map_err(|source| Error::File {
            path: path.to_owned(),
            source,
        })
    };
    let answers: Value = serde_json::from_str(&read(&path)?)?;
    let patterns = answers["patterns"].as_array();
    let names = patterns
        .into_iter()
        .flatten()
        .filter_map(|a| a["figure"].as_str());
    let mut figures = Vec::new();
    for name in names.filter(|name| is_inside(name)) {
        let path = folder.join(name);
        if path.is_file() {
            figures.push((name.to_owned(), read(&path)?));
        }
    }
    Ok(Some(shown(&answers, figures.into_iter())))
}

/// Whether a figure is within the folder.
fn is_inside(name: &str) -> bool {
    let path = Path::new(name);
    let inside = path.components().all(|c| matches!(c, Component::Normal(_)));
    inside && path.extension().is_some_and(|e| e == "svg")
}

/// Returns what the script shows: the answers, and as many figures as fit.
fn shown(answers: &Value, figures: impl Iterator<Item = (String, String)>) -> Value {
    let mut bytes = 0;
    let fits = |(_, svg): &(String, String)| {
        bytes += svg.len();
        bytes <= MOST_BYTES
    };
    let figures = figures
        .take_while(fits)
        .map(|(name, svg)| (name, svg.into()));
    json!({"answers": answers, "figures": figures.collect::<Map<_, _>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_answers_has_none_and_figures_outside_are_not_read() {
        let place = tempfile::tempdir().unwrap();
        assert!(answers(place.path()).unwrap().is_none());
        let file = place.path().join(ANSWERS_FILE);
        let of = |figure: &str| json!({"patterns": [{"figure": figure}]}).to_string();
        std::fs::write(place.path().join("a.svg"), "<svg/>").unwrap();
        for (figure, count) in [
            ("a.svg", 1),
            ("gone.svg", 0),
            ("../a.svg", 0),
            ("/a.svg", 0),
        ] {
            std::fs::write(&file, of(figure)).unwrap();
            let found = answers(place.path()).unwrap().unwrap();
            assert_eq!(
                found["figures"].as_object().unwrap().len(),
                count,
                "{figure}"
            );
        }
        std::fs::write(&file, "no JSON").unwrap();
        assert!(answers(place.path()).is_err());
    }

    #[test]
    fn figures_that_do_not_fit_are_left_out() {
        let large = || ("large.svg".to_owned(), " ".repeat(MOST_BYTES));
        let figures = [("a.svg".to_owned(), "<svg/>".to_owned()), large()];
        let shown = shown(&json!({}), figures.into_iter());
        assert_eq!(shown["figures"], json!({"a.svg": "<svg/>"}));
    }
}
