//! Metadata in the comments of text files written by this crate: lines `# key: value`.
//!
//! ```text
//! # axis: omega                    if it is not clearly two-theta; with axis_unit
//! # intensity_unit: counts         or counts_per_second
//! # intensity_factor: 0.01         stored = factor · raw
//! # sigma: stated                  or counting; there is a column of standard deviations
//! # not_powder: a pole figure
//! # preparation: snip:1 crop:10:80  the preparation steps in order
//! # wavelength_angstrom: 1.5406    also k_alpha2_angstrom, k_alpha2_ratio, anode
//! # time_per_step_s: 96            also temperature_k, sample, comment, date, instrument, drive
//! ```

use std::io::{self, Write};

use xrd_core::{Scale, Wavelength};

use crate::column_names::{unit_from_word, unit_word};
use crate::prepare::Step;
use crate::scan::{AxisKind, Draft, Metadata, Scan, SigmaOrigin, TimePerStep, UnitEvidence};

/// Program name that marks a file as written by this crate, so that its notes are read.
pub(crate) const WRITER: &str = "xrd-io";

/// The notes of a file as pairs of key and value.
#[derive(Default)]
pub(crate) struct Notes(Vec<(String, String)>);

type Text = fn(&mut Metadata) -> &mut Option<String>;
type Number = fn(&mut Metadata) -> &mut Option<f64>;

const TEXTS: [(&str, Text); 6] = [
    ("sample", |m| &mut m.sample),
    ("comment", |m| &mut m.comment),
    ("date", |m| &mut m.date),
    ("instrument", |m| &mut m.instrument),
    ("drive", |m| &mut m.drive),
    ("anode", |m| &mut m.radiation.anode),
];

const NUMBERS: [(&str, Number); 2] = [
    ("temperature_k", |m| &mut m.temperature_k),
    ("k_alpha2_ratio", |m| &mut m.radiation.k_alpha2_ratio),
];

/// Finds the notes among comments.
pub(crate) fn read<'a>(comments: impl Iterator<Item = &'a str>) -> Notes {
    let pairs = comments.filter_map(|line| line.split_once(':'));
    Notes(
        pairs
            .map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned()))
            .collect(),
    )
}

impl Notes {
    /// Whether the notes state the axis.
    pub(crate) fn has_axis(&self) -> bool {
        self.get("axis").is_some()
    }

    fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(k, v)| k == key && !v.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.parse().ok().filter(|v: &f64| v.is_finite())
    }

    /// Whether the notes announce a column of standard deviations.
    pub(crate) fn has_sigma(&self) -> bool {
        self.get("sigma").is_some()
    }

    /// The preparation steps already applied; empty if the notes list none.
    pub(crate) fn preparation(&self) -> Vec<Step> {
        let told = self.get("preparation").map(steps);
        told.and_then(Result::ok).unwrap_or_default()
    }

    /// Copies the notes into a draft. They take precedence over values derived from other
    /// information.
    pub(crate) fn apply(&self, draft: &mut Draft) {
        if let Some(name) = self.get("axis") {
            draft.axis_kind = AxisKind::from_words(name, self.get("axis_unit").unwrap_or(""));
        }
        if let Some(unit) = self.get("intensity_unit").and_then(unit_from_word) {
            draft.unit(unit, UnitEvidence::Stated(unit_word(unit).to_owned()));
        }
        if let Some(factor) = self.number("intensity_factor").filter(|f| *f > 0.0) {
            draft.scale.factor = factor;
        }
        if let (Some("counting"), Some((_, origin))) = (self.get("sigma"), &mut draft.sigma) {
            *origin = SigmaOrigin::Counting;
        }
        if let Some(what) = self.get("not_powder") {
            draft.not_powder = Some(what.to_owned());
        }
        let preparation = self.preparation();
        if !preparation.is_empty() {
            draft.preparation = preparation;
        }
        self.apply_metadata(&mut draft.metadata);
    }

    fn apply_metadata(&self, metadata: &mut Metadata) {
        for (key, field) in TEXTS {
            if let Some(text) = self.get(key) {
                *field(metadata) = Some(text.to_owned());
            }
        }
        for (key, field) in NUMBERS {
            if let Some(number) = self.number(key) {
                *field(metadata) = Some(number);
            }
        }
        if let Some(seconds) = self.number("time_per_step_s") {
            metadata.time_per_step = Some(TimePerStep::Same(seconds));
        }
        let wavelength = |key| Wavelength::angstrom(self.number(key)?).ok();
        let radiation = &mut metadata.radiation;
        radiation.wavelength = wavelength("wavelength_angstrom").or(radiation.wavelength);
        radiation.k_alpha2 = wavelength("k_alpha2_angstrom").or(radiation.k_alpha2);
    }
}

/// Parses preparation steps separated by spaces.
pub(crate) fn steps(words: &str) -> crate::Result<Vec<Step>> {
    words.split_whitespace().map(str::parse).collect()
}

/// The word for the origin of the standard deviations that are written.
pub(crate) fn sigma_word(scan: &Scan) -> &'static str {
    match scan.sigma_origin() {
        Some(SigmaOrigin::Stated) => "stated",
        _ => "counting",
    }
}

/// Writes all values that differ from the defaults.
pub(crate) fn write<W: Write + ?Sized>(to: &mut W, scan: &Scan) -> io::Result<()> {
    write_axis(to, scan.axis_kind(), scan.axis())?;
    let mut note = |key: &str, value: &str| write_note(to, key, value);
    for (key, value) in beyond_standards(scan) {
        note(key, &value)?;
    }
    let metadata = &mut scan.metadata().clone();
    if let Some(TimePerStep::Same(seconds)) = metadata.time_per_step {
        note("time_per_step_s", &seconds.to_string())?;
    }
    if let Some(wavelength) = metadata.radiation.wavelength {
        note("wavelength_angstrom", &wavelength.as_angstrom().to_string())?;
    }
    if let Some(k_alpha2) = metadata.radiation.k_alpha2 {
        note("k_alpha2_angstrom", &k_alpha2.as_angstrom().to_string())?;
    }
    for (key, field) in NUMBERS {
        field(metadata).map_or(Ok(()), |number| note(key, &number.to_string()))?;
    }
    for (key, field) in TEXTS {
        field(metadata)
            .as_ref()
            .map_or(Ok(()), |text| note(key, text))?;
    }
    Ok(())
}

/// Writes the kind of the axis, unless it is two-theta and its values leave no doubt.
pub(crate) fn write_axis<W: Write + ?Sized>(
    to: &mut W,
    kind: &AxisKind,
    axis: &[f64],
) -> io::Result<()> {
    if *kind == AxisKind::TwoThetaDeg && AxisKind::guess(axis) == (AxisKind::TwoThetaDeg, None) {
        return Ok(());
    }
    write_note(to, "axis", kind.name())?;
    write_note(to, "axis_unit", kind.unit())
}

fn write_note<W: Write + ?Sized>(to: &mut W, key: &str, value: &str) -> io::Result<()> {
    match one_line(value) {
        value if value.is_empty() => Ok(()),
        value => writeln!(to, "# {key}: {value}"),
    }
}

/// Notes on values that differ from the defaults and for which standard formats have no element:
/// the unit and scale of the intensities, why the scan is not a powder pattern, and the preparation
/// steps.
pub(crate) fn beyond_standards(scan: &Scan) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if scan.unit() != Scale::ARBITRARY.unit {
        notes.push(("intensity_unit", unit_word(scan.unit()).to_owned()));
    }
    if scan.scale().factor != Scale::ARBITRARY.factor {
        notes.push(("intensity_factor", scan.scale().factor.to_string()));
    }
    if let Some(what) = scan.not_powder() {
        notes.push(("not_powder", what.to_owned()));
    }
    if !scan.preparation().is_empty() {
        notes.push(("preparation", words(scan.preparation())));
    }
    notes
}

/// Writes steps in the form that [`steps`] reads.
pub(crate) fn words(steps: &[Step]) -> String {
    let words: Vec<String> = steps.iter().map(Step::to_string).collect();
    words.join(" ")
}

/// Puts a text on one line, without characters that would end or hide a comment.
fn one_line(text: &str) -> String {
    let clean = text.replace("*/", "* /").replace(char::is_control, " ");
    clean.trim().to_owned()
}
