//! Step scans of the diffractometers in Venice, which MAUD also reads. A file has a title, a header
//! line and one count per line.
//!
//! ```text
//! Al2O3 + CeO2-stabilized ZrO2        the sample
//! 2660 .05 22 1.540598 1              points, step, start, wavelength in Å, ?
//! 49                                  one intensity per line
//! 61
//! ```
//!
//! Source: one file from MAUD, and the order of numbers in its manual.

use super::content::{Content, FormatReader};
use super::kind::Format;
use super::stream;
use crate::error::{Place, Result};
use crate::scan::{AxisKind, Draft};
use crate::source::Source;
use crate::table::lines_of;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::Venezia,
    |source| source.text().and_then(Head::of).is_some(),
    read,
);

/// The two lines before the intensities.
struct Head<'a> {
    title: &'a str,
    points: usize,
    step: f64,
    start: f64,
    wavelength: f64,
}

impl<'a> Head<'a> {
    /// The header, if the numbers have no other possible meaning and a line with one number
    /// follows.
    fn of(text: &'a str) -> Option<Self> {
        let mut lines = lines_of(text);
        let title = lines.next()?.text;
        let second = stream::numbers(lines.next()?.text)?;
        let [points, step, start, wavelength, ..] = *second.as_slice() else {
            return None;
        };
        let one = stream::numbers(lines.next()?.text)?.len() == 1;
        let is_count = points >= 2.0 && points.fract() == 0.0 && points < 1e7;
        let end = start + points * step;
        let fits = step > 0.0 && step < 1.0 && end <= 181.0 && (0.1..4.0).contains(&wavelength);
        (one && is_count && fits).then_some(Self {
            title,
            points: points as usize,
            step,
            start,
            wavelength,
        })
    }
}

fn read(source: &Source) -> Result<Content> {
    let text = source.require_text()?;
    let Some(head) = Head::of(text) else {
        return Ok(Content::Scans(vec![]));
    };
    let mut counts = stream::read(source, lines_of(text).skip(2))?.values;
    let extra = counts.len().saturating_sub(head.points);
    counts.truncate(head.points);
    let mut draft = Draft::uniform(
        source,
        AxisKind::TwoThetaDeg,
        (head.start, head.step),
        counts,
    );
    draft.metadata.sample = Some(head.title.to_owned()).filter(|t| !t.is_empty());
    draft
        .metadata
        .radiation
        .set_angstrom(Some(head.wavelength), None);
    draft.warn_if_cut(head.points);
    if extra > 0 {
        draft.warn(format!("not used: {extra} numbers after the last point"));
    }
    Ok(Content::Scans(vec![draft.build(source, |_| Place::File)?]))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn points_step_start() {
        let read_text = |text: &str| {
            let source = Source::new(Path::new("a.dat"), text.as_bytes().to_vec());
            assert!((READER.recognises)(&source), "{text}");
            match read(&source).unwrap() {
                Content::Scans(mut scans) => scans.remove(0),
                Content::Matrix(_) => unreachable!("a scan"),
            }
        };
        let scan = read_text("a sample\n3 .05 22 1.540598 1\n49\n61\n69\n");
        assert_eq!(scan.axis(), [22.0, 22.05, 22.1]);
        assert_eq!(scan.intensities(), [49.0, 61.0, 69.0]);
        assert_eq!(scan.wavelength().map(|w| w.as_angstrom()), Some(1.540598));
        assert_eq!(scan.warnings().len(), 0);
        let cut = read_text("a sample\n3 .05 22 1.540598 1\n49\n61\n");
        assert_eq!(cut.warnings(), ["cut short: 2 of 3 points found"]);
    }
}
