//! PANalytical CSV, as Data Viewer and HighScore export it.
//!
//! ```text
//! [Measurement conditions]
//! Sample identification,7059
//! Anode material,Cu
//! K-Alpha1 wavelength,1.5405980       also K-Alpha2 wavelength, Ratio K-Alpha2/K-Alpha1
//! File date and time,20/May/2021 15:55
//! Scan axis,Gonio
//! No. of points, 4489
//! Time per step,50.165
//! [Scan points]
//! Angle,Intensity                     or Angle,TimePerStep,Intensity,ESD
//! 5.008355630,1719.0
//! ```
//!
//! Files saved again by spreadsheets have semicolons or tabs between cells, decimal commas, quotes,
//! and empty cells at line ends.
//!
//! Source: yadg, and one file.

use std::borrow::Cow;
use std::collections::HashMap;

use super::content::{Content, FormatReader};
use super::counting::{decide_unit, unit_of};
use super::drives::axis_of_drive;
use super::kind::Format;
use crate::column_names::{Role, role};
use crate::error::{Error, Place, Result};
use crate::scan::{AxisKind, Draft, Metadata, Radiation, SigmaOrigin, TimePerStep};
use crate::source::Source;
use crate::table::{Dialect, Line, Table, lines_of};

const CONDITIONS: &str = "[Measurement conditions]";
const POINTS: &str = "[Scan points]";

pub(super) const READER: FormatReader = FormatReader::new(
    Format::PanalyticalCsv,
    |source| {
        source
            .text()
            .and_then(|text| lines_of(text).find(|line| !line.text.is_empty()))
            .is_some_and(|line| is_section(line.text, CONDITIONS))
    },
    read,
);

fn read(source: &Source) -> Result<Content> {
    let text = source.require_text()?;
    let mut lines = lines_of(text).filter(|line| !line.text.is_empty());
    let head: Vec<Line> = lines
        .by_ref()
        .take_while(|line| !is_section(line.text, POINTS))
        .collect();
    let Some(heading) = lines.next() else {
        return Err(Error::malformed(
            source.path,
            Place::File,
            "no scan points",
            POINTS,
        ));
    };
    let start = heading.text.as_ptr() as usize - text.as_ptr() as usize;
    let dialect = Table::of_head(&text[start..]).dialect;
    let conditions = Conditions::of(&head, dialect);
    let lines = lines.take_while(|line| !line.text.starts_with('['));
    let table = Points::read(source, heading, dialect, lines)?;
    let drive = conditions.get("Scan axis").unwrap_or("Gonio");
    let kind = axis_of_drive(drive).unwrap_or_else(|| AxisKind::other(drive, ""));
    let two_theta = |name: &str| role(name) == Role::Axis(AxisKind::TwoThetaDeg);
    let angle = |name: &str| matches!(role(name), Role::Axis(_));
    let counted = |name: &str| matches!(role(name), Role::Intensity(_));
    // Scans of two drives may list both.
    let axis = table.column(two_theta).or_else(|| table.column(angle));
    let (Some(axis), Some(intensities)) = (axis, table.column(counted)) else {
        let place = Place::Line(heading.number);
        let found = format!("columns {}", crate::error::shorten(heading.text));
        return Err(Error::malformed(
            source.path,
            place,
            found,
            "Angle and Intensity",
        ));
    };
    let mut draft = Draft::new(source, kind, axis, intensities);
    draft.metadata = metadata(&conditions);
    let time = table.column(|name| name.to_ascii_lowercase().starts_with("time"));
    draft.metadata.time_per_step = match time {
        Some(each) => Some(TimePerStep::Each(each)),
        None => conditions.number("Time per step").map(TimePerStep::Same),
    };
    draft.sigma = table
        .column(|name| role(name) == Role::Sigma)
        .map(|sigma| (sigma, SigmaOrigin::Stated));
    let unit = table.names.iter().find(|name| unit_of(name).is_some());
    decide_unit(&mut draft, unit.map(Cow::as_ref));
    let blocks = lines_of(text)
        .filter(|line| is_section(line.text, POINTS))
        .count();
    if blocks > 1 {
        draft.warn(format!(
            "only the first of {blocks} blocks of points is read"
        ));
    }
    draft.warn_if_cut(conditions.number("No. of points").unwrap_or(0.0) as usize);
    let first = heading.number + 1;
    Ok(Content::Scans(vec![
        draft.build(source, |i| Place::Line(first + i))?,
    ]))
}

/// Whether a line is a section mark, apart from empty cells and quotes.
fn is_section(line: &str, mark: &str) -> bool {
    let bare = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"'));
    bare.eq_ignore_ascii_case(mark)
}

/// The header entries before the points, by names in lower case.
struct Conditions<'a> {
    values: HashMap<String, Cow<'a, str>>,
    decimal_comma: bool,
}

impl<'a> Conditions<'a> {
    fn of(head: &[Line<'a>], dialect: Dialect) -> Self {
        let pair = |line: &Line<'a>| {
            let mut cells = dialect.split(line.text).into_iter();
            let key = cells.next()?.to_ascii_lowercase();
            Some((key, cells.find(|cell| !cell.is_empty())?))
        };
        Self {
            values: head.iter().filter_map(pair).collect(),
            decimal_comma: dialect.decimal_comma,
        }
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.values.get(&key.to_ascii_lowercase()).map(Cow::as_ref)
    }

    fn owned(&self, key: &str) -> Option<String> {
        self.get(key).map(str::to_owned)
    }

    fn number(&self, key: &str) -> Option<f64> {
        let value = crate::number::parse(self.get(key)?, self.decimal_comma);
        value.filter(|v| v.is_finite())
    }
}

fn metadata(conditions: &Conditions) -> Metadata {
    let mut radiation = Radiation {
        anode: conditions.owned("Anode material"),
        k_alpha2_ratio: conditions.number("Ratio K-Alpha2/K-Alpha1"),
        ..Radiation::default()
    };
    radiation.set_angstrom(
        conditions.number("K-Alpha1 wavelength"),
        conditions.number("K-Alpha2 wavelength"),
    );
    Metadata {
        sample: conditions.owned("Sample identification"),
        date: conditions.owned("File date and time"),
        drive: conditions.owned("Scan axis"),
        radiation,
        ..Metadata::default()
    }
}

/// The rows below the column names, column by column.
struct Points<'a> {
    names: Vec<Cow<'a, str>>,
    columns: Vec<Vec<f64>>,
}

impl<'a> Points<'a> {
    fn read<'b>(
        source: &Source,
        heading: Line<'a>,
        dialect: Dialect,
        lines: impl Iterator<Item = Line<'b>>,
    ) -> Result<Self> {
        let mut names = dialect.split(heading.text);
        while names.last().is_some_and(|name| name.is_empty()) {
            names.pop();
        }
        let mut columns = vec![Vec::new(); names.len()];
        let mut lines = lines.peekable();
        while let Some(line) = lines.next() {
            let cells = dialect.split(line.text);
            let has = |i: usize| cells.get(i).is_some_and(|cell| !cell.is_empty());
            if !(0..names.len()).all(has) && lines.peek().is_none() {
                // The file ends within a line.
                break;
            }
            for (i, column) in columns.iter_mut().enumerate() {
                let cell = cells.get(i).map_or("", Cow::as_ref);
                let value = crate::number::parse(cell, dialect.decimal_comma);
                let error = || Error::not_a_number(source.path, line.number, i + 1, cell);
                column.push(value.filter(|v| v.is_finite()).ok_or_else(error)?);
            }
        }
        Ok(Self { names, columns })
    }

    fn column(&self, is_wanted: impl Fn(&str) -> bool) -> Option<Vec<f64>> {
        let i = self.names.iter().position(|name| is_wanted(name))?;
        Some(self.columns[i].clone())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use xrd_core::IntensityUnit;

    use super::*;
    use crate::scan::Scan;

    const HEAD: &str = "[Measurement conditions]\nSample identification,S1\nAnode material,Cu\n\
        K-Alpha1 wavelength,1.5405980\nScan axis,Gonio\nNo. of points, 2\nTime per step,50\n[Scan points]\n";

    fn read_text(points: &str) -> Result<Scan> {
        let source = Source::new(Path::new("a.csv"), format!("{HEAD}{points}").into_bytes());
        assert!((READER.recognises)(&source));
        match read(&source)? {
            Content::Scans(mut scans) => Ok(scans.remove(0)),
            Content::Matrix(_) => unreachable!("a scan"),
        }
    }

    #[test]
    fn two_columns_or_four() {
        let scan = read_text("Angle,Intensity\n5.01,1719.0\n5.02,1766.0\n").unwrap();
        assert_eq!((scan.axis()[1], scan.intensities()[1]), (5.02, 1766.0));
        assert_eq!(
            (scan.unit(), scan.warnings().len()),
            (IntensityUnit::Counts, 0)
        );
        assert_eq!(scan.metadata().time_per_step, Some(TimePerStep::Same(50.0)));
        let scan = read_text(
            "Angle,TimePerStep,Intensity,ESD\n5.01, 50.1, 1719.0, 41.5\n5.02,50.2,1766,42\n",
        )
        .unwrap();
        assert_eq!(scan.intensities(), [1719.0, 1766.0]);
        assert_eq!(scan.sigma(), Some([41.5, 42.0].as_slice()));
        assert_eq!(
            scan.metadata().time_per_step,
            Some(TimePerStep::Each(vec![50.1, 50.2]))
        );
    }

    #[test]
    fn as_spreadsheets_save_it() {
        let points = "Angle,Intensity\n5.01,1719.0\n5.02,1766.5\n";
        let plain = read_text(points).unwrap();
        let whole = format!("{HEAD}{points}");
        for text in [
            whole.replace(',', ";").replace('.', ","),
            whole.replace(',', "\t"),
            whole.replace('\n', ",,\r\n"),
            whole.to_uppercase().replace("CU", "Cu"),
            whole.replace("5.01,1719.0", "\"5.01\",\"1719.0\""),
            whole.replace("Angle,Intensity", "Pos. [\u{b0}2Th.],Iobs [cts]"),
            format!("{whole}[Peak list]\nPos.,Height\n"),
        ] {
            let text = text.replace("No; of", "No. of").replace("No, of", "No. of");
            let source = Source::new(Path::new("a.csv"), text.clone().into_bytes());
            assert!((READER.recognises)(&source), "{text}");
            let Ok(Content::Scans(scans)) = read(&source) else {
                panic!("not read: {text}");
            };
            assert_eq!(scans[0].axis(), plain.axis(), "{text}");
            assert_eq!(scans[0].intensities(), plain.intensities());
            assert_eq!(scans[0].wavelength(), plain.wavelength(), "{text}");
            assert_eq!(scans[0].warnings().len(), 0);
        }
    }

    #[test]
    fn refusals_and_warnings() {
        let error = read_text("Angle,Intensity\n5.01,x\n5.02,1\n")
            .unwrap_err()
            .to_string();
        assert_eq!(error, "a.csv: line 10, column 2: 'x' is not a number");
        assert!(
            read_text("Angle\n5.01\n")
                .unwrap_err()
                .to_string()
                .contains("Angle and Intensity")
        );
        assert!(
            read_text("")
                .unwrap_err()
                .to_string()
                .contains("no scan points")
        );
        let scan = read_text("Angle,Intensity\n5.01,1719.0\n5.0").unwrap();
        assert_eq!(scan.warnings(), ["cut short: 1 of 2 points found"]);
        let two = "Omega,2Theta,Intensity\n2.5,5.01,1719.0\n2.51,5.02,1719.0\n[Measurement conditions]\n\
            [Scan points]\nAngle,Intensity\n6,1\n";
        let scan = read_text(two).unwrap();
        assert_eq!(scan.axis(), [5.01, 5.02]);
        assert_eq!(
            scan.warnings(),
            ["only the first of 2 blocks of points is read"]
        );
        let scan = read_text("Angle,Intensity\n5.01,1719.0\n5.02,").unwrap();
        assert_eq!(scan.warnings(), ["cut short: 1 of 2 points found"]);
    }
}
