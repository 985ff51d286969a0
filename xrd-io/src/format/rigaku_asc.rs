//! Rigaku text of the RINT, Ultima and SmartLab programs (.asc, .dat): `*KEY = value` and groups.
//!
//! ```text
//! *TYPE        =  Raw                     the first line
//! *CLASS       =  Polefig                 or Standard measurement
//! *SAMPLE      =  111_al                  also COMMENT, DATE, GONIO, SCAN_AXIS, YUNIT
//! *TARGET      =  29                      atomic number of the anode; WAVE_LENGTH1, WAVE_LENGTH2
//! *SPEED_DIM   =  sec./step               or deg./min.
//! *BEGIN                                  a group is a scan
//! *GROUP       =  0
//! *START       =  10.0                    also STOP, STEP, SPEED, COUNT
//! *COUNT       =  721
//! 26, 15, 22, 14                          intensities, up to four per line
//! *END
//! *EOF
//! ```
//!
//! Sources: DASH (`Load_asc_File`), the fragment in xylib's documentation, and two files.

use std::collections::HashMap;

use xrd_core::Element;

use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::drives::axis_of_drive;
use super::kind::Format;
use super::steps::{StatedAxis, decimals};
use super::stream;
use crate::error::{Error, Place, Result, shorten};
use crate::scan::{AxisKind, Draft, Metadata, Radiation, Scan, TimePerStep};
use crate::source::Source;
use crate::table::{Line, lines_of};

pub(super) const READER: FormatReader = FormatReader::new(
    Format::RigakuText,
    |source| source.text().is_some_and(is_rigaku),
    read,
);

/// Whether the first line that is not a comment starts with `*TYPE`.
fn is_rigaku(text: &str) -> bool {
    const MARK: &str = "*TYPE";
    let mut said = lines_of(text).filter(|l| !l.text.is_empty() && !l.text.starts_with('#'));
    let start = said.next().and_then(|line| line.text.get(..MARK.len()));
    start.is_some_and(|start| start.eq_ignore_ascii_case(MARK))
}

fn read(source: &Source) -> Result<Content> {
    let mut reader = Reader {
        source,
        fields: HashMap::new(),
        points: None,
        scans: Vec::new(),
    };
    for line in lines_of(source.require_text()?) {
        reader.line(line)?;
    }
    reader.end_group()?;
    Ok(Content::Scans(reader.scans))
}

struct Reader<'a> {
    source: &'a Source<'a>,
    /// The last value of each key, of the file or of the current group.
    fields: HashMap<String, &'a str>,
    /// The intensities of the group being read.
    points: Option<Vec<f64>>,
    scans: Vec<Scan>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: Line<'a>) -> Result<()> {
        let field = line.text.strip_prefix('*');
        match field.map(|f| f.trim().to_ascii_uppercase()).as_deref() {
            Some("BEGIN") => {
                self.end_group()?;
                self.points = Some(Vec::new());
            }
            Some("END" | "EOF") => self.end_group()?,
            Some(_) => {
                if let Some((key, value)) = field.and_then(|f| f.split_once('=')) {
                    let key = key.trim().to_ascii_uppercase();
                    self.fields.insert(key, value.trim());
                }
            }
            None if line.text.is_empty() || line.text.starts_with('#') => {}
            None => self.intensities(line)?,
        }
        Ok(())
    }

    fn intensities(&mut self, line: Line) -> Result<()> {
        // A file with a single group may lack the start mark of the group.
        if self.points.is_none() && self.scans.is_empty() && self.text("STEP").is_some() {
            self.points = Some(Vec::new());
        }
        let Some(points) = &mut self.points else {
            return Ok(());
        };
        match stream::numbers(line.text) {
            Some(values) => points.extend(values),
            None => {
                let found = format!("'{}'", shorten(line.text));
                let place = Place::Line(line.number);
                return Err(Error::malformed(
                    self.source.path,
                    place,
                    found,
                    "intensities",
                ));
            }
        }
        Ok(())
    }

    fn end_group(&mut self) -> Result<()> {
        let Some(mut points) = self.points.take().filter(|p| !p.is_empty()) else {
            return Ok(());
        };
        let needed = |key: &'static str| {
            let error = || {
                let found = format!("group {} without {key}", self.scans.len());
                Error::malformed(
                    self.source.path,
                    Place::File,
                    found,
                    "START, STEP and COUNT",
                )
            };
            self.number(key).ok_or_else(error)
        };
        let (start, step) = (needed("START")?, needed("STEP")?);
        let count = self.number("COUNT").unwrap_or(0.0) as usize;
        if count > 0 {
            points.truncate(count);
        }
        let stated = StatedAxis {
            first: start,
            last: self.number("STOP").unwrap_or(f64::NAN),
            step,
            decimals: self.text("STEP").and_then(decimals),
        };
        let step = match points.len() == count {
            true => stated.step_of(count),
            false => step,
        };
        let mut draft = Draft::uniform(self.source, self.axis_kind(), (start, step), points);
        draft.metadata = self.metadata();
        if self
            .text("CLASS")
            .is_some_and(|class| class.eq_ignore_ascii_case("polefig"))
        {
            draft.not_powder = Some("a pole figure".to_owned());
        }
        decide_unit(&mut draft, self.text("YUNIT"));
        draft.warn_if_cut(count);
        let scan = draft.build(self.source, |_| Place::File)?;
        self.scans.push(scan);
        Ok(())
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.fields
            .get(key)
            .copied()
            .filter(|value| !value.is_empty())
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.text(key)?.parse().ok().filter(|v: &f64| v.is_finite())
    }

    fn axis_kind(&self) -> AxisKind {
        match self.text("SCAN_AXIS") {
            None => AxisKind::TwoThetaDeg,
            Some(axis) if axis.eq_ignore_ascii_case("beta") => AxisKind::PhiDeg,
            Some(axis) => axis_of_drive(axis).unwrap_or_else(|| AxisKind::other(axis, self.unit())),
        }
    }

    fn unit(&self) -> &'a str {
        self.text("XUNIT").unwrap_or_default().trim_end_matches('.')
    }

    fn metadata(&self) -> Metadata {
        let owned = |key: &str| self.text(key).map(str::to_owned);
        let anode = self
            .number("TARGET")
            .and_then(|z| Element::from_number(z as u8).ok());
        let mut radiation = Radiation {
            anode: anode.map(|element| element.symbol().to_owned()),
            ..Radiation::default()
        };
        radiation.set_angstrom(self.number("WAVE_LENGTH1"), self.number("WAVE_LENGTH2"));
        Metadata {
            sample: owned("SAMPLE"),
            comment: owned("COMMENT"),
            date: owned("DATE"),
            instrument: owned("GONIO").map(|name| format!("Rigaku {name}")),
            drive: owned("SCAN_AXIS"),
            time_per_step: self.time_per_step().map(TimePerStep::Same),
            radiation,
            ..Metadata::default()
        }
    }

    /// The time in seconds.
    fn time_per_step(&self) -> Option<f64> {
        let speed = self.number("SPEED").filter(|speed| *speed > 0.0)?;
        match self.text("SPEED_DIM")? {
            unit if unit.starts_with("sec") => Some(speed),
            unit if unit.starts_with("deg./min") || unit.starts_with("deg/min") => {
                Some(60.0 * self.number("STEP")?.abs() / speed)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read_text(text: &str) -> Result<Vec<Scan>> {
        let source = Source::new(Path::new("a.asc"), text.as_bytes().to_vec());
        assert!((READER.recognises)(&source));
        match read(&source)? {
            Content::Scans(scans) => Ok(scans),
            Content::Matrix(_) => unreachable!("scans"),
        }
    }

    const HEAD: &str = "*TYPE\t=  Raw\r\n*CLASS = Standard measurement\r\n*SAMPLE = S 1\r\n\
        *TARGET = 29\r\n*WAVE_LENGTH1 = 1.54056\r\n*SCAN_AXIS = 2theta/theta\r\n\
        *SPEED_DIM = deg./min.\r\n*YUNIT = counts\r\n";
    const GROUP: &str = "*BEGIN\r\n*START = 10\r\n*STEP = 0.02\r\n*SPEED = 2\r\n*COUNT = 5\r\n\
        1, 2, 3, 4\r\n5\r\n*END\r\n";

    #[test]
    fn groups_are_scans() {
        let scans = read_text(&format!("{HEAD}{GROUP}{GROUP}*EOF\r\n")).unwrap();
        assert_eq!(scans.len(), 2);
        assert_eq!(scans[0].axis(), [10.0, 10.02, 10.04, 10.06, 10.08]);
        assert_eq!(scans[1].intensities(), [1.0, 2.0, 3.0, 4.0, 5.0]);
        let about = scans[0].metadata();
        assert_eq!(about.radiation.anode.as_deref(), Some("Cu"));
        assert_eq!(about.time_per_step, Some(TimePerStep::Same(0.6)));
        assert_eq!(scans[0].warnings().len(), 0);
    }

    #[test]
    fn a_rounded_step_is_that_of_the_points() {
        let head = "*START = 5.013\r\n*STOP = 15.488\r\n*STEP = 0.026\r\n*COUNT = 400\r\n";
        let rows = "1, 2, 3, 4\r\n".repeat(100);
        let scan = read_text(&format!("{HEAD}*BEGIN\r\n{head}{rows}*END\r\n"));
        assert_eq!(scan.unwrap()[0].axis()[399], 15.488);
        let rows = "1, 2, 3, 4\r\n".repeat(99);
        let cut = read_text(&format!("{HEAD}*BEGIN\r\n{head}{rows}"))
            .unwrap()
            .remove(0);
        assert_eq!(cut.axis()[1], 5.039);
        assert_eq!(cut.warnings(), ["cut short: 396 of 400 points found"]);
    }

    #[test]
    fn pole_figures_are_told() {
        let text = format!("{HEAD}{GROUP}")
            .replace("Standard measurement", "Polefig")
            .replace("2theta/theta", "beta");
        let scan = read_text(&text).unwrap().remove(0);
        assert_eq!(
            (scan.axis_kind(), scan.not_powder()),
            (&AxisKind::PhiDeg, Some("a pole figure"))
        );
    }

    #[test]
    fn any_case_comments_and_no_beginning() {
        let whole = read_text(&format!("{HEAD}{GROUP}*EOF\r\n")).unwrap();
        for text in [
            format!("# a comment\r\n\r\n{HEAD}{GROUP}"),
            format!("{HEAD}{GROUP}")
                .to_lowercase()
                .replace("s 1", "S 1"),
            format!("{HEAD}{GROUP}").replace("*BEGIN\r\n", ""),
        ] {
            let scan = read_text(&text).unwrap().remove(0);
            assert_eq!(scan.axis(), whole[0].axis(), "{text}");
            assert_eq!(scan.intensities(), whole[0].intensities());
            assert_eq!(scan.metadata().sample, whole[0].metadata().sample);
        }
    }

    #[test]
    fn cut_short_and_broken() {
        let text = format!("{HEAD}{GROUP}").replace("5\r\n*END\r\n", "");
        assert_eq!(
            read_text(&text).unwrap()[0].warnings(),
            ["cut short: 4 of 5 points found"]
        );
        let error = |from: &str, to: &str| {
            let text = format!("{HEAD}{GROUP}").replace(from, to);
            read_text(&text).unwrap_err().to_string()
        };
        assert_eq!(
            error("1, 2, 3", "1, x, 3"),
            "a.asc: line 14: '1, x, 3, 4' (expected intensities)"
        );
        assert!(error("*STEP", "*STEEP").contains("without STEP"));
    }
}
