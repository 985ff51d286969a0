//! JSON of opXRD and xrdpattern: an object with two lists, and two texts that contain JSON.
//!
//! ```text
//! {"two_theta_values": [37.0001, …],      a list, or a text that holds one
//!  "intensities": [7264.0, …],
//!  "label": "{\"xray_info\": \"{\\\"primary_wavelength\\\": \\\"1.5406\\\", …}\", \"temp_K\": null}",
//!  "metadata": "{\"measurement_date\": \"08/30/2021\", …}"}
//! ```
//!
//! The list names of other programs are accepted as well: `two_theta`, `angles`, `x`, …, and
//! `intensity`, `counts`, `y`.
//!
//! Source: xrdpattern 0.9, and one file.

use serde_json::Value;

use super::content::{Content, FormatReader, no_scan};
use super::counting::decide_unit;
use super::kind::Format;
use crate::error::{Error, Place, Result};
use crate::scan::{AxisKind, Draft};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::OpXrdJson,
    |source| source.text().is_some_and(is_object),
    read,
);

/// Whether a text starts with a brace followed by a quoted name or by a closing brace. Image files
/// start with a brace too.
fn is_object(text: &str) -> bool {
    let within = text.trim_start().strip_prefix('{').map(str::trim_start);
    within.is_some_and(|within| within.is_empty() || within.starts_with(['"', '}']))
}

fn read(source: &Source) -> Result<Content> {
    let parsed: std::result::Result<Value, _> = serde_json::from_str(source.require_text()?);
    let value = parsed.map_err(|e| {
        let place = Place::Line(e.line());
        Error::malformed(source.path, place, "not valid JSON", "an opXRD pattern")
    })?;
    let list = |names: &[&str]| names.iter().find_map(|name| numbers(&value[*name]));
    let (Some(axis), Some(intensities)) = (
        list(&[
            "two_theta_values",
            "two_theta",
            "twotheta",
            "2theta",
            "tth",
            "angles",
            "angle",
            "x",
        ]),
        list(&["intensities", "intensity", "counts", "y"]),
    ) else {
        return Err(no_scan(
            source,
            "a JSON file without two_theta_values and intensities".to_owned(),
        ));
    };
    let mut draft = Draft::new(source, AxisKind::TwoThetaDeg, axis, intensities);
    let label = nested(&value["label"]);
    let rays = nested(&label["xray_info"]);
    let angstrom = |name: &str| number(&rays[name]);
    draft.metadata.radiation.set_angstrom(
        angstrom("primary_wavelength"),
        angstrom("secondary_wavelength"),
    );
    draft.metadata.temperature_k = number(&label["temp_K"]);
    let metadata = nested(&value["metadata"]);
    draft.metadata.date = metadata["measurement_date"].as_str().map(str::to_owned);
    draft.metadata.sample = metadata["filename"].as_str().map(str::to_owned);
    decide_unit(&mut draft, None);
    Ok(Content::Scans(vec![draft.build(source, |_| Place::File)?]))
}

/// A value, or the value in its JSON text.
fn nested(value: &Value) -> Value {
    match value.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        None => value.clone(),
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// A list of numbers. Anything that is not a number becomes NaN, which no scan accepts.
fn numbers(value: &Value) -> Option<Vec<f64>> {
    let value = match value {
        Value::String(_) => &nested(value),
        other => other,
    };
    let list = value.as_array()?;
    Some(list.iter().map(|v| number(v).unwrap_or(f64::NAN)).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scan::Scan;

    fn read_text(text: &str) -> Result<Scan> {
        let source = Source::new(Path::new("a.json"), text.as_bytes().to_vec());
        match read(&source)? {
            Content::Scans(mut scans) => Ok(scans.remove(0)),
            Content::Matrix(_) => unreachable!("a scan"),
        }
    }

    #[test]
    fn lists_and_lists_in_texts() {
        let more = r#""label": "{\"xray_info\": \"{\\\"primary_wavelength\\\": \\\"1.5406\\\"}\", \"temp_K\": 300}""#;
        for (x, y) in [("[10, 10.5]", "[3, 4]"), ("\"[10, 10.5]\"", "\"[3, 4]\"")] {
            let scan = read_text(&format!(
                "{{\"two_theta_values\": {x}, \"intensities\": {y}, {more}}}"
            ));
            let scan = scan.unwrap();
            assert_eq!(
                (scan.axis(), scan.intensities()),
                ([10.0, 10.5].as_slice(), [3.0, 4.0].as_slice())
            );
            assert_eq!(scan.metadata().temperature_k, Some(300.0));
            assert_eq!(scan.wavelength().map(|w| w.as_angstrom()), Some(1.5406));
        }
    }

    #[test]
    fn names_of_other_programs() {
        for (x, y) in [("two_theta", "intensity"), ("angles", "counts"), ("x", "y")] {
            let scan = read_text(&format!("{{\"{x}\": [10, 11], \"{y}\": [3, 4]}}")).unwrap();
            assert_eq!(scan.axis(), [10.0, 11.0], "{x}");
        }
    }

    #[test]
    fn refusals() {
        let refusal = |text: &str| read_text(text).unwrap_err().to_string();
        assert!(refusal("{\"a\": 1}").contains("without two_theta_values"));
        assert!(refusal("{\"a\": ").contains("line 1: not valid JSON"));
        let text = "{\"two_theta_values\": [1, null], \"intensities\": [1, 2]}";
        assert!(refusal(text).contains("axis is NaN"));
    }
}
