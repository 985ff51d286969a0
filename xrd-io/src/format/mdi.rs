//! MDI format of the program Jade (Materials Data), also written by the instrument Olympus BTX.
//!
//! ```text
//!        09/11/91 DIF Demo01: 10-173                  date, "DIF", title
//!  5.000 0.0500  4.0 CU  1.540598 24.950   400        start, step, rate, anode, Å, end, points
//!       73      89      83      71                    intensities, eight per line
//!       70      70      -1                            -1 ends them
//! ```
//!
//! Sources: DASH (`Load_mdi_File`), MAUD.

use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::kind::Format;
use super::steps::{StatedAxis, decimals};
use super::stream;
use crate::error::{Place, Result};
use crate::scan::{AxisKind, Draft};
use crate::source::Source;
use crate::table::{Line, lines_of};

pub(super) const READER: FormatReader = FormatReader::new(
    Format::Mdi,
    |source| source.text().and_then(Head::of).is_some(),
    read,
);

struct Head<'a> {
    title: &'a str,
    start: f64,
    step: f64,
    /// The number of decimals of the step.
    decimals: Option<i32>,
    end: f64,
    anode: &'a str,
    wavelength: f64,
    points: usize,
}

impl<'a> Head<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut lines = said(text).map(|line| line.text);
        let title = lines.next()?;
        let words: Vec<&str> = lines.next()?.split_whitespace().collect();
        let [start, step, _rate, anode, wavelength, end, points] = *words.as_slice() else {
            return None;
        };
        let is_anode = !anode.is_empty() && anode.chars().all(|c| c.is_ascii_alphabetic());
        let head = Self {
            title,
            start: start.parse().ok()?,
            step: step.parse().ok()?,
            decimals: decimals(step),
            end: end.parse().ok()?,
            anode,
            wavelength: wavelength.parse().ok()?,
            points: points.parse().ok()?,
        };
        let fits = head.step > 0.0 && head.end > head.start && head.end <= 180.0;
        (is_anode && fits).then_some(head)
    }

    fn anode(&self) -> String {
        let (first, rest) = self.anode.split_at(1);
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    }
}

/// The lines of a text, starting with the first one that is not empty.
fn said(text: &str) -> impl Iterator<Item = Line<'_>> {
    lines_of(text).skip_while(|line| line.text.is_empty())
}

fn read(source: &Source) -> Result<Content> {
    let text = source.require_text()?;
    let Some(head) = Head::of(text) else {
        return Ok(Content::Scans(vec![]));
    };
    let mut values = stream::read(source, said(text).skip(2))?.values;
    if values.last() == Some(&-1.0) && values.len() > head.points {
        values.pop();
    }
    let extra = values.len().saturating_sub(head.points);
    values.truncate(head.points);
    let stated = StatedAxis {
        first: head.start,
        last: head.end,
        step: head.step,
        decimals: head.decimals,
    };
    let step = match values.len() == head.points {
        true => stated.step_of(head.points),
        false => head.step,
    };
    let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, (head.start, step), values);
    let (date, title) = head.title.split_once(" DIF ").unwrap_or(("", head.title));
    let some = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    (draft.metadata.date, draft.metadata.sample) = (some(date), some(title));
    draft.metadata.radiation.anode = Some(head.anode());
    draft
        .metadata
        .radiation
        .set_angstrom(Some(head.wavelength), None);
    decide_unit(&mut draft, None);
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
    fn a_head_and_numbers_up_to_minus_one() {
        let read_text = |text: &str| {
            let source = Source::new(Path::new("a.mdi"), text.as_bytes().to_vec());
            assert!((READER.recognises)(&source), "{text}");
            match read(&source).unwrap() {
                Content::Scans(mut scans) => scans.remove(0),
                Content::Matrix(_) => unreachable!("a scan"),
            }
        };
        let head = "09/11/91 DIF Demo: 1\n 5.000 0.0500  4.0 CU  1.540598 5.15 4\n";
        let scan = read_text(&format!("\n \n{head} 73 89 83\n 71 -1\n"));
        assert_eq!(scan.axis(), [5.0, 5.05, 5.1, 5.15]);
        assert_eq!(scan.intensities(), [73.0, 89.0, 83.0, 71.0]);
        assert_eq!(scan.metadata().radiation.anode.as_deref(), Some("Cu"));
        assert_eq!(scan.metadata().sample.as_deref(), Some("Demo: 1"));
        assert_eq!(scan.warnings().len(), 0);
        let rounded = " 5.013 0.026 4.0 CU 1.540598 15.488 400";
        let text = format!("a\n{rounded}\n{}", " 73 89 83 71\n".repeat(100));
        assert_eq!(read_text(&text).axis()[399], 15.488);
        let cut = read_text(&format!("{head} 73 89\n"));
        assert_eq!(cut.warnings(), ["cut short: 2 of 4 points found"]);
    }
}
