//! Rigaku RAS, written by SmartLab Guidance: text in Shift-JIS.
//!
//! ```text
//! *RAS_DATA_START
//! *RAS_HEADER_START                        once per scan
//! *FILE_SAMPLE "M3-1002"                   also FILE_COMMENT, FILE_MEMO, FILE_DATA_TYPE
//! *HW_XG_TARGET_NAME "Cu"                  also HW_XG_WAVE_LENGTH_ALPHA1 and 2, HW_GONIOMETER_NAME
//! *MEAS_COND_XG_WAVE_TYPE "Ka1"            with a monochromator; "Kb" for HW_XG_WAVE_LENGTH_BETA
//! *MEAS_DATA_COUNT "3001.0000000000"       a float
//! *MEAS_SCAN_AXIS_X_INTERNAL "TwoThetaTheta"   MEAS_SCAN_AXIS_X is in the user's language
//! *MEAS_SCAN_SPEED "2.0000"                with MEAS_SCAN_SPEED_UNIT "deg/min", MEAS_SCAN_STEP
//! *MEAS_SCAN_UNIT_Y "counts"
//! *RAS_HEADER_END
//! *RAS_INT_START
//! 10.0000 26.0000 1.0000                   axis, intensity, attenuation
//! *RAS_INT_END
//! *RAS_DATA_END
//! ```
//!
//! Some files state "counts" for intensities that are not whole numbers, so the unit is derived
//! from the intensities. Whole numbers are counts. Numbers that become whole when multiplied by the
//! time per step are counts per second. All others are in arbitrary units.
//!
//! It is not known whether intensities are already corrected for the attenuation; in all available
//! files the attenuation is 1. Intensities are therefore not corrected. A warning is added if the
//! attenuation changes.
//!
//! Sources: RigakuFiles.jl and rietx for the names; checked on seven files.

use std::collections::HashMap;

use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::drives::{axis_of_drive, measurement_of_area};
use super::kind::Format;
use crate::error::{Error, Place, Result};
use crate::scan::{AxisKind, Draft, Metadata, Radiation, Scan, TimePerStep};
use crate::source::Source;
use crate::table::{Line, lines_of};

pub(super) const READER: FormatReader = FormatReader::new(
    Format::RigakuRas,
    |source| {
        source
            .text()
            .is_some_and(|text| text.trim_start().starts_with("*RAS_"))
    },
    read,
);

fn read(source: &Source) -> Result<Content> {
    let mut reader = Reader::new(source);
    let mut lines = lines_of(source.require_text()?).peekable();
    while let Some(line) = lines.next() {
        match reader.line(line) {
            // The file ends within a line.
            Err(_) if lines.peek().is_none() && reader.has_points() => break,
            read => read?,
        }
    }
    reader.end_scan(true)?;
    Ok(Content::Scans(reader.scans))
}

struct Reader<'a> {
    source: &'a Source<'a>,
    header: Header<'a>,
    /// The points of the scan being read, between RAS_INT_START and RAS_INT_END.
    points: Option<Vec<[f64; 3]>>,
    scans: Vec<Scan>,
}

/// The keys of a scan without asterisks, and their values without quotes.
#[derive(Default)]
struct Header<'a>(HashMap<&'a str, &'a str>);

impl<'a> Reader<'a> {
    fn new(source: &'a Source<'a>) -> Self {
        Self {
            source,
            header: Header::default(),
            points: None,
            scans: Vec::new(),
        }
    }

    /// Whether points have been read for a scan that has not ended yet.
    fn has_points(&self) -> bool {
        self.points
            .as_ref()
            .is_some_and(|points| !points.is_empty())
    }

    fn line(&mut self, line: Line<'a>) -> Result<()> {
        match line.text.strip_prefix('*') {
            Some("RAS_HEADER_START") => self.header = Header::default(),
            Some("RAS_INT_START") => self.points = Some(Vec::new()),
            Some("RAS_INT_END") => self.end_scan(false)?,
            Some(key) => self.header.add(key),
            None => self.point(line)?,
        }
        Ok(())
    }

    fn point(&mut self, line: Line) -> Result<()> {
        let Some(points) = self.points.as_mut().filter(|_| !line.text.is_empty()) else {
            return Ok(());
        };
        let mut point = [0.0, 0.0, 1.0];
        let cells = line.text.split_ascii_whitespace().enumerate().take(3);
        let mut count = 0;
        for (i, cell) in cells {
            let value = number(cell).filter(|v| v.is_finite());
            let error = || Error::not_a_number(self.source.path, line.number, i + 1, cell);
            point[i] = value.ok_or_else(error)?;
            count += 1;
        }
        if count < 2 {
            let place = Place::Line(line.number);
            return Err(Error::malformed(
                self.source.path,
                place,
                "one number",
                "axis and intensity",
            ));
        }
        points.push(point);
        Ok(())
    }

    /// Ends the scan being read, if there is one: at its end mark, or at the end of the file, where
    /// it may be cut short.
    fn end_scan(&mut self, at_end: bool) -> Result<()> {
        let Some(mut points) = self.points.take() else {
            return Ok(());
        };
        if at_end {
            // The last number may be incomplete.
            points.pop();
        }
        if points.is_empty() {
            return Ok(());
        }
        let scan = self.header.scan(self.source, &points, at_end)?;
        self.scans.push(scan);
        Ok(())
    }
}

/// A number with either decimal mark.
fn number(cell: &str) -> Option<f64> {
    let with_comma = || crate::number::parse(cell, true).filter(|_| cell.contains(','));
    cell.parse().ok().or_else(with_comma)
}

impl<'a> Header<'a> {
    /// Adds an entry `KEY "value"`.
    fn add(&mut self, line: &'a str) {
        if let Some((key, value)) = line.split_once(char::is_whitespace) {
            self.0.insert(key, value.trim().trim_matches('"').trim());
        }
    }

    fn get(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).copied().filter(|value| !value.is_empty())
    }

    fn owned(&self, key: &str) -> Option<String> {
        self.get(key).map(str::to_owned)
    }

    fn number(&self, key: &str) -> Option<f64> {
        number(self.get(key)?).filter(|v| v.is_finite())
    }

    fn scan(&self, source: &Source, points: &[[f64; 3]], is_cut: bool) -> Result<Scan> {
        let column = |i: usize| points.iter().map(|p| p[i]).collect::<Vec<f64>>();
        let mut draft = Draft::new(source, self.axis_kind(), column(0), column(1));
        draft.metadata = self.metadata();
        draft.not_powder = self.not_powder();
        if points.iter().any(|p| p[2] != points[0][2]) {
            draft.warn("the attenuation changes; the file does not say whether the intensities are corrected for it");
        }
        decide_unit(&mut draft, self.get("MEAS_SCAN_UNIT_Y"));
        let announced = self.number("MEAS_DATA_COUNT").unwrap_or(0.0) as usize;
        draft.warn_if_cut(announced);
        if is_cut && points.len() >= announced {
            draft.warn("cut short: the end of the data is not marked");
        }
        draft.build(source, |_| Place::File)
    }

    fn axis_kind(&self) -> AxisKind {
        let drive = self.drive().unwrap_or("TwoTheta");
        let unit = self.get("MEAS_SCAN_UNIT_X").unwrap_or_default();
        let ascii = drive.replace(['θ', 'Θ'], "theta");
        axis_of_drive(&ascii).unwrap_or_else(|| AxisKind::other(drive, unit))
    }

    fn drive(&self) -> Option<&'a str> {
        self.get("MEAS_SCAN_AXIS_X_INTERNAL")
            .or_else(|| self.get("MEAS_SCAN_AXIS_X"))
    }

    fn not_powder(&self) -> Option<String> {
        let kind = self.get("FILE_DATA_TYPE")?.to_ascii_uppercase();
        match () {
            () if kind.contains("POLEFIG") => Some("a pole figure".to_owned()),
            () if kind.contains("RSM") => Some(measurement_of_area(&self.axis_kind()).to_owned()),
            () => None,
        }
    }

    fn metadata(&self) -> Metadata {
        let wave_type = self.get("MEAS_COND_XG_WAVE_TYPE");
        let mut radiation = Radiation {
            anode: self.owned("HW_XG_TARGET_NAME"),
            k_alpha2_ratio: (wave_type == Some("Ka1")).then_some(0.0),
            ..Radiation::default()
        };
        match wave_type {
            Some("Kb") => radiation.set_angstrom(self.number("HW_XG_WAVE_LENGTH_BETA"), None),
            _ => radiation.set_angstrom(
                self.number("HW_XG_WAVE_LENGTH_ALPHA1"),
                self.number("HW_XG_WAVE_LENGTH_ALPHA2"),
            ),
        }
        Metadata {
            sample: self.owned("FILE_SAMPLE"),
            comment: self
                .owned("FILE_COMMENT")
                .or_else(|| self.owned("FILE_MEMO")),
            date: self.owned("MEAS_SCAN_START_TIME"),
            instrument: self
                .owned("HW_GONIOMETER_NAME")
                .map(|name| format!("Rigaku {name}")),
            drive: self.drive().map(str::to_owned),
            time_per_step: self.time_per_step().map(TimePerStep::Same),
            radiation,
            ..Metadata::default()
        }
    }

    /// The time in seconds.
    fn time_per_step(&self) -> Option<f64> {
        let speed = self
            .number("MEAS_SCAN_SPEED")
            .filter(|speed| *speed > 0.0)?;
        match self.get("MEAS_SCAN_SPEED_UNIT")? {
            "sec" | "sec/step" | "sec." => Some(speed),
            "deg/min" => Some(60.0 * self.number("MEAS_SCAN_STEP")?.abs() / speed),
            "deg/sec" => Some(self.number("MEAS_SCAN_STEP")?.abs() / speed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use xrd_core::IntensityUnit;

    use super::*;

    /// A synthetic file with one scan.
    fn file(drive: &str, rows: &str) -> String {
        format!(
            "*RAS_DATA_START\r\n*RAS_HEADER_START\r\n*FILE_SAMPLE \"two words\"\r\n\
             *HW_XG_TARGET_NAME \"Cu\"\r\n*HW_XG_WAVE_LENGTH_ALPHA1 \"1.540593\"\r\n\
             *HW_XG_WAVE_LENGTH_ALPHA2 \"1.544414\"\r\n*MEAS_DATA_COUNT \"3.0000000000\"\r\n\
             *MEAS_SCAN_AXIS_X_INTERNAL \"{drive}\"\r\n*MEAS_SCAN_SPEED \"2.0\"\r\n\
             *MEAS_SCAN_SPEED_UNIT \"deg/min\"\r\n*MEAS_SCAN_STEP \"0.02\"\r\n\
             *MEAS_SCAN_UNIT_Y \"counts\"\r\n*RAS_HEADER_END\r\n*RAS_INT_START\r\n{rows}\
             *RAS_INT_END\r\n*RAS_DATA_END\r\n"
        )
    }

    const ROWS: &str = "10.00 26.0 1.0\r\n10.02 15.0 1.0\r\n10.04 22.0 1.0\r\n";

    fn read_bytes(bytes: &[u8]) -> Result<Vec<Scan>> {
        let source = Source::new(Path::new("a.ras"), bytes.to_vec());
        match read(&source)? {
            Content::Scans(scans) => Ok(scans),
            Content::Matrix(_) => unreachable!("scans"),
        }
    }

    #[test]
    fn a_scan_and_what_is_known_of_it() {
        let scans = read_bytes(file("TwoThetaTheta", ROWS).as_bytes()).unwrap();
        let [scan] = scans.as_slice() else {
            panic!("{}", scans.len())
        };
        assert_eq!(scan.axis(), [10.0, 10.02, 10.04]);
        assert_eq!(scan.intensities(), [26.0, 15.0, 22.0]);
        assert_eq!(
            (scan.unit(), scan.warnings().len()),
            (IntensityUnit::Counts, 0)
        );
        let about = scan.metadata();
        assert_eq!(about.sample.as_deref(), Some("two words"));
        assert_eq!(about.time_per_step, Some(TimePerStep::Same(0.6)));
        assert_eq!(
            about.radiation.k_alpha2.map(|w| w.as_angstrom()),
            Some(1.544414)
        );
    }

    #[test]
    fn k_beta_may_be_what_was_used() {
        let text = file("TwoTheta", ROWS).replace(
            "*HW_XG_WAVE_LENGTH_ALPHA1",
            "*MEAS_COND_XG_WAVE_TYPE \"Kb\"\r\n*HW_XG_WAVE_LENGTH_BETA \"1.392250\"\r\n\
             *HW_XG_WAVE_LENGTH_ALPHA1",
        );
        let scan = read_bytes(text.as_bytes()).unwrap().remove(0);
        let radiation = &scan.metadata().radiation;
        assert_eq!(radiation.wavelength.map(|w| w.as_angstrom()), Some(1.39225));
        assert_eq!(radiation.k_alpha2, None);
    }

    #[test]
    fn the_decimal_mark_may_be_a_comma() {
        let points = read_bytes(file("TwoThetaTheta", ROWS).as_bytes()).unwrap();
        let text = file("TwoThetaTheta", ROWS).replace('.', ",");
        assert_eq!(read_bytes(text.as_bytes()).unwrap(), points);
        assert!(read_bytes(file("TwoThetaTheta", "10,0,0 26 1\r\n10 5 1\r\n").as_bytes()).is_err());
    }

    #[test]
    fn the_word_for_the_axis_may_be_in_shift_jis() {
        let text = file("", ROWS).replace("AXIS_X_INTERNAL \"", "AXIS_X \"2?/?");
        let bytes: Vec<u8> = text
            .bytes()
            .flat_map(|b| match b {
                b'?' => vec![0x83, 0xc6],
                b => vec![b],
            })
            .collect();
        let source = Source::new(Path::new("a.ras"), bytes);
        assert!(source.text().unwrap().contains("\"2θ/θ\""));
        let scans = read_bytes(source.bytes()).unwrap();
        assert_eq!(scans[0].axis_kind(), &AxisKind::TwoThetaDeg);
    }

    #[test]
    fn several_scans_of_a_map_and_other_axes() {
        let map = file("Phi", ROWS).replace(
            "*FILE_SAMPLE",
            "*FILE_DATA_TYPE \"RAS_3DE_POLEFIG\"\r\n*FILE_SAMPLE",
        );
        let scans = read_bytes(map.repeat(2).as_bytes()).unwrap();
        assert_eq!(scans.len(), 2);
        assert_eq!(scans[1].axis_kind(), &AxisKind::PhiDeg);
        assert_eq!(scans[1].not_powder(), Some("a pole figure"));
    }

    #[test]
    fn counts_that_are_none_and_attenuators_are_told() {
        let scans = read_bytes(
            file(
                "TwoTheta",
                "10.00 26.1 1.0\n10.02 15.3 7.5\n10.04 22.0 1.0\n",
            )
            .as_bytes(),
        );
        let scan = scans.unwrap().remove(0);
        assert_eq!(scan.unit(), IntensityUnit::Arbitrary);
        assert_eq!(scan.warnings().len(), 2);
    }

    #[test]
    fn cut_anywhere_it_gives_what_is_there() {
        let text = file("TwoTheta", ROWS);
        let data = text.find("10.00 26").unwrap();
        for end in 0..text.len() {
            let scans = read_bytes(&text.as_bytes()[..end]);
            assert!(end < data + 14 || scans.is_ok(), "{end}: {scans:?}");
            let points = scans
                .as_ref()
                .map_or(0, |s| s.first().map_or(0, |s| s.axis().len()));
            assert!(points <= 3);
            if points > 0 && points < 3 {
                assert!(scans.unwrap()[0].warnings()[0].contains("cut short"));
            }
            assert!(points == 0 || end > data);
        }
    }

    #[test]
    fn refusals_name_the_line() {
        let refusal = |rows: &str| {
            read_bytes(file("TwoTheta", rows).as_bytes())
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            refusal("10.00 x 1.0\n"),
            "a.ras: line 15, column 2: 'x' is not a number"
        );
        assert_eq!(
            refusal("10.00\n"),
            "a.ras: line 15: one number (expected axis and intensity)"
        );
    }
}
