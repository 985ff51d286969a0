//! ChiPlot format of FIT2D: four lines, then rows of two numbers.
//!
//! ```text
//! sample.tif: azimuthal integration      the title
//! 2-Theta Angle (Degrees)                the axis; or Q-Space (Inverse Nanometres), …
//! Intensity
//!        3000                            expected number of rows
//!  6.0461299E-03  0.0000000E+00          axis, intensity; or separated by a comma
//! ```
//!
//! The extension is often `.chi`. A `.chi` file without the four lines, as written by pyFAI, is
//! read as columns with comments.
//!
//! Source: the FIT2D reference manual.

use super::content::{Content, FormatReader};
use super::kind::Format;
use super::stream;
use crate::column_names::{Role, axis_factor, role};
use crate::error::{Error, Place, Result};
use crate::scan::{AxisKind, Draft};
use crate::source::Source;
use crate::table::lines_of;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::ChiPlot,
    |source| source.text().and_then(announced).is_some(),
    read,
);

/// Largest angle in degrees.
const LARGEST_ANGLE: usize = 180;

/// The number on the fourth line, if the three lines before contain words and the fifth has two
/// numbers.
///
/// Columns with a heading of three lines look similar if the first angle is a whole number. The
/// number of points is therefore accepted only without a decimal point. If another number follows
/// on the same line, the number of points must also equal the number of rows, or be larger than any
/// angle.
fn announced(text: &str) -> Option<usize> {
    let mut lines = lines_of(text).map(|line| line.text);
    let words =
        |line: Option<&str>| line.is_some_and(|l| !l.is_empty() && stream::numbers(l).is_none());
    // RIETAN writes this mark at the start of its columns.
    let of_rietan = |line: &str| line.starts_with("GENERAL");
    let first = words(lines.next()) && words(lines.next());
    let third = lines.next().filter(|line| !of_rietan(line));
    let titles = first && words(third);
    let mut fourth = lines.next().filter(|_| titles)?.split_whitespace();
    let count: usize = fourth.next()?.parse().ok().filter(|n| *n > 0)?;
    let beside = fourth.next();
    let mut rows = lines.filter(|line| !line.is_empty());
    let row = stream::numbers(rows.next()?)?;
    let fits = match beside {
        None => true,
        Some(_) => fourth.next().is_none() && (count > LARGEST_ANGLE || rows.count() + 1 == count),
    };
    (fits && row.len() >= 2).then_some(count)
}

fn read(source: &Source) -> Result<Content> {
    let text = source.require_text()?;
    let (mut axis, mut intensities) = (Vec::new(), Vec::new());
    let mut has_more = false;
    let rows = lines_of(text).skip(4).filter(|line| !line.text.is_empty());
    let mut rows = rows.peekable();
    while let Some(line) = rows.next() {
        match stream::numbers(line.text).as_deref() {
            Some([x, y, more @ ..]) => {
                has_more |= !more.is_empty();
                axis.push(*x);
                intensities.push(*y);
            }
            // The file ends within a row, before the announced number of points.
            Some([_]) if rows.peek().is_none() && !axis.is_empty() => break,
            found => {
                let found = match found {
                    Some(_) => "one number".to_owned(),
                    None => format!("'{}'", crate::error::shorten(line.text)),
                };
                let place = Place::Line(line.number);
                return Err(Error::malformed(
                    source.path,
                    place,
                    found,
                    "axis and intensity",
                ));
            }
        }
    }
    let mut heads = lines_of(text).map(|line| line.text.to_owned());
    let (title, label) = (heads.next(), heads.next().unwrap_or_default());
    let kind = axis_kind(&label);
    let factor = axis_factor(&kind, &label);
    let axis = axis.into_iter().map(|x| factor * x).collect();
    let mut draft = Draft::new(source, kind, axis, intensities);
    draft.metadata.sample = title;
    draft.warn_if_cut(announced(text).unwrap_or(0));
    if has_more {
        draft.warn("not used: the lines after the intensities");
    }
    Ok(Content::Scans(vec![
        draft.build(source, |i| Place::Line(i + 5))?,
    ]))
}

fn axis_kind(label: &str) -> AxisKind {
    let lower = label.to_lowercase();
    if lower.starts_with('q') && lower.contains("nano") {
        return AxisKind::QPerNanometre;
    }
    if lower.starts_with('q') && lower.contains("ang") {
        return AxisKind::QPerAngstrom;
    }
    match role(label) {
        Role::Axis(kind) => kind,
        // A label that was left at its default.
        _ if lower.contains("axis") || lower.is_empty() => AxisKind::TwoThetaDeg,
        _ => AxisKind::other(label.trim(), ""),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scan::Scan;

    fn read_text(text: &str) -> Result<Scan> {
        let source = Source::new(Path::new("a.chi"), text.as_bytes().to_vec());
        assert!((READER.recognises)(&source), "{text}");
        match read(&source)? {
            Content::Scans(mut scans) => Ok(scans.remove(0)),
            Content::Matrix(_) => unreachable!("a scan"),
        }
    }

    #[test]
    fn four_lines_and_rows() {
        let scan =
            read_text("a title\n2-Theta Angle (Degrees)\nIntensity\n 3\n1 5e-2\n2., 5.9e-2\n3 1\n")
                .unwrap();
        assert_eq!(scan.axis_kind(), &AxisKind::TwoThetaDeg);
        assert_eq!(
            (scan.axis(), scan.warnings().len()),
            ([1.0, 2.0, 3.0].as_slice(), 0)
        );
        assert_eq!(scan.metadata().sample.as_deref(), Some("a title"));
        let scan =
            read_text("t\nQ-Space (Inverse Nanometres)\nIntensity\n 3 \n1 5\n2 6\n").unwrap();
        assert_eq!(scan.axis_kind(), &AxisKind::QPerNanometre);
        assert_eq!(scan.warnings(), ["cut short: 2 of 3 points found"]);
        let three = read_text("t\n2-Theta\nIntensity\n 2\n1 5 2\n2 6 2\n").unwrap();
        assert_eq!(
            three.warnings(),
            ["not used: the lines after the intensities"]
        );
        let cut = read_text("t\n2-Theta\nIntensity\n 3\n1 5\n2 6\n3").unwrap();
        assert_eq!(cut.warnings(), ["cut short: 2 of 3 points found"]);
        let beside = read_text("t\n2-Theta\nIntensity\n 1455 1\n1 5\n2 6\n").unwrap();
        assert_eq!(beside.warnings(), ["cut short: 2 of 1455 points found"]);
        let radians = read_text("t\n2-Theta Angle (Radians)\nI\n 2\n0.1 5\n0.2 6\n").unwrap();
        assert!((radians.axis()[0] - 5.729_578).abs() < 1e-6);
        assert_eq!(
            axis_kind("Radial Distance (mm)"),
            AxisKind::other("Radial Distance (mm)", "")
        );
    }

    #[test]
    fn a_first_row_is_no_count() {
        let heading = "Sample A\nmeasured at 25\nCu\n";
        for rows in [
            "10.00 5\n10.02 6\n",
            "10 5\n11 6\n",
            "10\t5\n11\t6\n12\t7\n",
            "10 5 2\n11 6 2\n",
        ] {
            assert_eq!(announced(&format!("{heading}{rows}")), None, "{rows:?}");
        }
        assert_eq!(announced(&format!("{heading}  2 1\n10 5\n11 6\n")), Some(2));
    }

    #[test]
    fn refusals_name_the_line() {
        let error = read_text("t\nx axis\ny\n3\n1 2\nwords\n")
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "a.chi: line 6: 'words' (expected axis and intensity)"
        );
    }
}
