//! `docs/study-json.md` names exactly what a study writes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/workplace.rs"]
#[allow(dead_code, reason = "each test uses a part of it")]
mod workplace;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use workplace::Workplace;

const DOCUMENT: &str = include_str!("../docs/study-json.md");

/// The program text that the fields come from.
const REPORT: &str = concat!(
    include_str!("../src/study/report.rs"),
    include_str!("../src/study/intervals.rs"),
    include_str!("../src/maps.rs")
);

/// The cells of the table rows between a heading and the next of its kind.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = DOCUMENT.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|l| l.starts_with("| `"));
    let cells = |row: &'static str| row.trim_matches('|').split(" |").map(str::trim).collect();
    rows.map(cells).collect()
}

/// A field of the report, as documented.
struct Field {
    kind: &'static str,
    may_be_null: bool,
}

fn documented() -> BTreeMap<&'static str, Field> {
    let field = |row: Vec<&'static str>| {
        assert_eq!(row.len(), 5, "{row:?}");
        let field = Field {
            kind: row[1],
            may_be_null: row[4] != "never",
        };
        (row[0].trim_matches('`'), field)
    };
    rows("study.json").into_iter().map(field).collect()
}

/// Every leaf of a report with its path: lists of objects are entered, labels are `*`.
fn leaves(path: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    let has_objects = |items: &[Value]| items.iter().any(Value::is_object);
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let key = if path.ends_with(".per_label") {
                    "*"
                } else {
                    key
                };
                let dot = if path.is_empty() { "" } else { "." };
                leaves(&format!("{path}{dot}{key}"), value, found);
            }
        }
        Value::Array(items) if has_objects(items) => {
            for item in items {
                leaves(&format!("{path}[]"), item, found);
            }
        }
        leaf => found.push((path.to_owned(), leaf.clone())),
    }
}

fn is_kind(value: &Value, kind: &str) -> bool {
    let all = |test: fn(&Value) -> bool| value.as_array().is_some_and(|v| v.iter().all(test));
    let is_integer = |v: &Value| v.is_u64() || v.is_i64();
    match kind {
        "integer" => is_integer(value),
        "number" => value.is_number(),
        "text" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integers" => all(is_integer),
        "numbers" => all(Value::is_number),
        "texts" => all(Value::is_string),
        "object" => value.is_object(),
        other => panic!("the document has no type '{other}'"),
    }
}

/// Reports of studies that differ in what they have.
fn reports() -> Vec<Value> {
    let place = Workplace::with_samples();
    place.write("test.txt", "s00\n");
    let study = "study --patterns scans --labels labels.csv --hidden 8,4 --epochs 3 --json";
    ["--seeds 2 --target p=0.4 --target p=99", "--test test.txt"]
        .map(|more| serde_json::from_str(&place.done(&format!("{study} {more}"))).unwrap())
        .into()
}

#[test]
fn every_field_is_documented_with_its_type() {
    let documented = documented();
    let mut seen = BTreeSet::new();
    for report in reports() {
        let mut found = Vec::new();
        leaves("", &report, &mut found);
        for (path, value) in found {
            let entries = format!("{path}[].");
            let is_empty_list = value.as_array().is_some_and(Vec::is_empty);
            if is_empty_list && documented.keys().any(|p| p.starts_with(&entries)) {
                continue;
            }
            let field = documented.get(path.as_str());
            let field = field.unwrap_or_else(|| panic!("{path} is not documented"));
            if value.is_null() {
                assert!(field.may_be_null, "{path} is null");
            } else {
                assert!(
                    is_kind(&value, field.kind),
                    "{path} is no {}: {value}",
                    field.kind
                );
            }
            seen.insert(path);
        }
    }
    // What only the built-in series has is held against the program text below.
    let of_series = |path: &&&str| {
        !["relevance.candidates[]", "relevance.lines[]"]
            .iter()
            .any(|list| path.starts_with(list))
    };
    for path in documented.keys().filter(of_series) {
        assert!(
            seen.contains(*path),
            "{path} is documented, but there is none"
        );
    }
}

#[test]
fn the_document_and_the_program_text_name_the_same_keys() {
    let documented = documented();
    let parts = |path: &&'static str| path.split('.').map(|p| p.trim_end_matches("[]"));
    let known: BTreeSet<&str> = documented.keys().flat_map(parts).collect();
    for key in known.iter().filter(|k| **k != "*") {
        assert!(
            REPORT.contains(&format!("\"{key}\"")),
            "{key} is not in the program"
        );
    }
    let before_colon = REPORT
        .split("\":")
        .map(|text| text.rsplit('"').next().unwrap());
    let mut keys: Vec<&str> = before_colon.collect();
    keys.pop();
    assert!(keys.len() > 60, "{keys:?}");
    for key in keys {
        assert!(known.contains(key), "{key} is not documented");
    }
}

#[test]
fn every_column_of_the_tables_is_documented() {
    let place = Workplace::with_samples();
    place.done("study --patterns scans --labels labels.csv --hidden 8,4 --epochs 2");
    for name in [
        "latent.csv",
        "estimates.csv",
        "held_out.csv",
        "history.csv",
        "relevance.csv",
    ] {
        let documented = rows(name);
        let names = documented.iter().map(|row| row[0].trim_matches('`'));
        // The labels of the small set, side by side or in pairs of truth and estimate.
        let expected = names.collect::<Vec<_>>().join(",");
        let expected = expected.replace(
            "LABEL_true,LABEL_estimated,LABEL_low,LABEL_high",
            "p_true,p_estimated,p_low,p_high,q_true,q_estimated,q_low,q_high",
        );
        let expected = expected.replace(
            "LABEL_true,LABEL_estimated",
            "p_true,p_estimated,q_true,q_estimated",
        );
        let expected = expected.replace("LABEL", "p,q");
        let text = place.read(&format!("out/{name}"));
        assert_eq!(text.lines().next(), Some(expected.as_str()), "{name}");
    }
}
