//! The four header lines that PowDLL and XTranscoder write before the range.
//!
//! ```text
//! SampleIdent S 1 DataFileName ______                        a keyword with its value; _ if unknown
//! DiffrType ______   GeneratorVoltage __   TubeCurrent __
//! Anode Cu    Alpha1  1.54060    Alpha2  1.54443    Ratio  0.50000
//! MonochromatorUsed __   DivergenceSlit _      ReceivingSlit ___
//!   10.023   0.026  89.987    MeasureDateTime 04/11/2024   10:43
//! ```

use crate::scan::Metadata;

const WORDS: [&str; 13] = [
    "SampleIdent",
    "DataFileName",
    "DiffrType",
    "GeneratorVoltage",
    "TubeCurrent",
    "Anode",
    "Alpha1",
    "Alpha2",
    "Ratio",
    "MonochromatorUsed",
    "DivergenceSlit",
    "ReceivingSlit",
    "MeasureDateTime",
];

/// The metadata in the header lines of PowDLL, if the text has them.
pub(super) fn metadata<'a>(
    mut before: impl Iterator<Item = &'a str> + Clone,
    on_line: &'a str,
) -> Option<Metadata> {
    before.clone().find(|line| line.starts_with(WORDS[0]))?;
    let lines = before.by_ref().chain([on_line]);
    let fields: Vec<(&str, String)> = lines.flat_map(fields).collect();
    let text = |word: &str| {
        let known = fields.iter().find(|(name, _)| *name == word)?;
        Some(known.1.clone()).filter(|value| !value.trim_matches('_').is_empty())
    };
    let number = |word: &str| text(word)?.parse().ok().filter(|v: &f64| v.is_finite());
    let mut metadata = Metadata {
        sample: text("SampleIdent").or_else(|| text("DataFileName")),
        instrument: text("DiffrType"),
        date: text("MeasureDateTime"),
        ..Metadata::default()
    };
    metadata.radiation.anode = text("Anode");
    metadata.radiation.k_alpha2_ratio = number("Ratio");
    metadata
        .radiation
        .set_angstrom(number("Alpha1"), number("Alpha2"));
    Some(metadata)
}

/// The keywords of a line, each with the text up to the next keyword.
fn fields(line: &str) -> Vec<(&'static str, String)> {
    let mut fields: Vec<(&str, String)> = Vec::new();
    for word in line.split_whitespace() {
        match WORDS.iter().find(|known| **known == word) {
            Some(known) => fields.push((known, String::new())),
            None => {
                if let Some((_, value)) = fields.last_mut() {
                    *value = format!("{value} {word}").trim().to_owned();
                }
            }
        }
    }
    fields
}
