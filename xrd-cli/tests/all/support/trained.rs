//! A small set, a trained model, and their tables.

use serde_json::Value;

use super::workplace::Workplace;

/// Settings that keep a training tiny.
pub(crate) const TINY: &str = "--hidden 8,4 --epochs 3 --threads 1";

/// A study of the small set by name.
pub(crate) const STUDY: &str = "study --patterns scans --labels labels.csv --hidden 8,4 --epochs 3";

/// The rows of a table below its header, and the header.
fn table(text: &str) -> (Vec<&str>, Vec<Vec<&str>>) {
    let mut rows = text.lines().map(|l| l.split(',').collect::<Vec<_>>());
    (rows.next().unwrap(), rows.collect())
}

/// The cells of a column.
pub(crate) fn column<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let (header, rows) = table(text);
    let place = header.iter().position(|h| *h == name).unwrap();
    rows.iter().map(|row| row[place]).collect()
}

pub(crate) fn report(place: &Workplace, out: &str) -> Value {
    serde_json::from_str(&place.read(&format!("{out}/study.json"))).unwrap()
}

/// A trained model, and the points of the small set.
pub(crate) fn with_model() -> Workplace {
    let place = Workplace::with_samples();
    place.done(&format!(
        "train --patterns scans {TINY} --out m.safetensors"
    ));
    place.done("encode --model m.safetensors --patterns scans --labels labels.csv");
    place
}
