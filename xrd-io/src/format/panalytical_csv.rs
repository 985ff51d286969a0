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
//! Source: yadg, and one file.

use std::collections::HashMap;

use super::counting::decide_unit;
use super::drives::axis_of_drive;
use super::{Content, Format};
use crate::error::{Error, Place, Result};
use crate::patterns::ReadOptions;
use crate::scan::{AxisKind, Draft, Metadata, Radiation, SigmaOrigin, TimePerStep};
use crate::source::Source;
use crate::table::{Line, lines_of};

const CONDITIONS: &str = "[Measurement conditions]";
const POINTS: &str = "[Scan points]";

pub(super) const FORMAT: Format = Format::new(
    "PANalytical CSV",
    |source| {
        source
            .text()
            .is_some_and(|text| text.trim_start().starts_with(CONDITIONS))
    },
    read,
);

fn read(source: &Source, _: &ReadOptions) -> Result<Content> {
    let mut lines = lines_of(source.require_text()?).filter(|line| !line.text.is_empty());
    let conditions: HashMap<&str, &str> = lines
        .by_ref()
        .take_while(|line| line.text != POINTS)
        .filter_map(|line| line.text.split_once(','))
        .map(|(key, value)| (key.trim(), value.trim().trim_matches('"').trim()))
        .collect();
    let Some(heading) = lines.next() else {
        return Err(Error::malformed(
            source.path,
            Place::File,
            "no scan points",
            POINTS,
        ));
    };
    let names: Vec<&str> = heading.text.split(',').map(str::trim).collect();
    let table = Points::read(source, &names, lines)?;
    let drive = conditions.get("Scan axis").copied().unwrap_or("Gonio");
    let kind = axis_of_drive(drive).unwrap_or_else(|| AxisKind::other(drive, ""));
    let (Some(axis), Some(intensities)) = (table.column("Angle"), table.column("Intensity")) else {
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
    draft.metadata.time_per_step = match table.column("TimePerStep") {
        Some(each) => Some(TimePerStep::Each(each)),
        None => number(&conditions, "Time per step").map(TimePerStep::Same),
    };
    draft.sigma = table
        .column("ESD")
        .map(|sigma| (sigma, SigmaOrigin::Stated));
    decide_unit(&mut draft, None);
    draft.warn_if_cut(number(&conditions, "No. of points").unwrap_or(0.0) as usize);
    let first = heading.number + 1;
    Ok(Content::Scans(vec![
        draft.build(source, |i| Place::Line(first + i))?,
    ]))
}

fn number(conditions: &HashMap<&str, &str>, key: &str) -> Option<f64> {
    conditions
        .get(key)?
        .parse()
        .ok()
        .filter(|v: &f64| v.is_finite())
}

fn metadata(conditions: &HashMap<&str, &str>) -> Metadata {
    let text = |key: &str| {
        let text = conditions.get(key).filter(|text| !text.is_empty());
        text.map(|text| (*text).to_owned())
    };
    let mut radiation = Radiation {
        anode: text("Anode material"),
        k_alpha2_ratio: number(conditions, "Ratio K-Alpha2/K-Alpha1"),
        ..Radiation::default()
    };
    radiation.set_angstrom(
        number(conditions, "K-Alpha1 wavelength"),
        number(conditions, "K-Alpha2 wavelength"),
    );
    Metadata {
        sample: text("Sample identification"),
        date: text("File date and time"),
        drive: text("Scan axis"),
        radiation,
        ..Metadata::default()
    }
}

/// The rows below the names, column by column.
struct Points<'a> {
    names: &'a [&'a str],
    columns: Vec<Vec<f64>>,
}

impl<'a> Points<'a> {
    fn read<'b>(
        source: &Source,
        names: &'a [&'a str],
        lines: impl Iterator<Item = Line<'b>>,
    ) -> Result<Self> {
        let mut columns = vec![Vec::new(); names.len()];
        let mut lines = lines.peekable();
        while let Some(line) = lines.next() {
            let cells: Vec<&str> = line.text.split(',').map(str::trim).collect();
            let is_whole = cells.len() >= names.len() && cells.iter().all(|c| !c.is_empty());
            if !is_whole && lines.peek().is_none() {
                // The file ends within a line.
                break;
            }
            for (i, column) in columns.iter_mut().enumerate() {
                let cell = cells.get(i).copied().unwrap_or_default();
                let value = cell.parse().ok().filter(|v: &f64| v.is_finite());
                let error = || Error::not_a_number(source.path, line.number, i + 1, cell);
                column.push(value.ok_or_else(error)?);
            }
        }
        Ok(Self { names, columns })
    }

    fn column(&self, name: &str) -> Option<Vec<f64>> {
        let i = self
            .names
            .iter()
            .position(|n| n.eq_ignore_ascii_case(name))?;
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
        assert!((FORMAT.recognises)(&source));
        match read(&source, &ReadOptions::default())? {
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
        assert_eq!(scan.warnings(), ["cut short: 1 of 2 points are there"]);
        let scan = read_text("Angle,Intensity\n5.01,1719.0\n5.02,").unwrap();
        assert_eq!(scan.warnings(), ["cut short: 1 of 2 points are there"]);
    }
}
