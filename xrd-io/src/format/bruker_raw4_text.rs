//! Bruker RAW 4 as text, written by DIFFRAC.EVA and its file exchange.
//!
//! ```text
//! ;RAW4.00
//! [RawHeader]                     Date=01/07/2024, Time=21:18:10 of the clock
//! [VarInfo]                       many: Type=SAMPLEID or COMMENT, Value=quartz
//! [HardwareConfiguration]         Alpha1, Alpha2, AlphaAverage in WaveUnit=A; AlphaRatio; Anode=Cu
//! [RangeHeader]                   a range is a scan
//! ActuallyUsedLambda=1.54184
//! ScanType=Locked Coupled         or Rocking Curve, Phi Scan, Z-Drive, …
//! Steps=3604                      NumberOfMeasuredData of them were measured
//! Time=32                         seconds per step
//! [Drive]                         one per drive; not used
//! [Data]
//!      Angle,       PSD,          the axis of the scan under any name, and one detector per column
//!         10,       110,
//!      10.02,     -9999,          not measured
//! ```
//!
//! The meaning of a key depends on its section. The key Time, for example, occurs in two sections.
//! Each detector gives one scan. Sources: the readers of Stoner-PythonCode, pypif and several
//! others on GitHub, which use the same sections and keys. Bruker has published no description.

use std::collections::HashMap;

use super::content::{Content, FormatReader};
use super::counting::decide_unit;
use super::drives::axis_of_drive;
use super::kind::Format;
use super::lines::{Line, lines};
use crate::error::{Error, Place, Result, shorten};
use crate::scan::{AxisKind, BLANK, Draft, Metadata, Scan, TimePerStep};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::BrukerRaw4Text,
    |source| {
        let text = source.text().unwrap_or_default();
        text.trim_start().starts_with(";RAW4.")
    },
    read,
);

/// Largest number of detectors; no goniometer has more.
const MOST_DETECTORS: usize = 64;

fn read(source: &Source) -> Result<Content> {
    let mut lines = lines(source.require_text()?);
    let mut head = Head::default();
    let mut scans = Vec::new();
    while let Some(line) = lines.next() {
        let text = line.text.trim();
        if let Some(section) = text.strip_prefix('[').and_then(|s| s.strip_suffix(']')) {
            head.begin(section);
        } else if let Some((key, value)) = text.split_once('=') {
            head.set(key.trim(), value.trim());
        }
        if head.section != "data" {
            continue;
        }
        let mut data = Data::default();
        let is_row = |l: &Line| !l.text.trim_start().starts_with('[');
        while let Some(line) = lines.next_if(is_row) {
            data.take(source, line)?;
        }
        scans.extend(data.scans(source, &head)?);
        head.section.clear();
    }
    Ok(Content::Scans(scans))
}

/// The values of all sections, by "section.key" in lower case. A later section of the same name
/// adds its values.
#[derive(Default)]
struct Head<'a> {
    section: String,
    fields: HashMap<String, &'a str>,
    /// The values of the last range, by key.
    range: HashMap<String, &'a str>,
    /// The type of the variable being described.
    variable: &'a str,
}

impl<'a> Head<'a> {
    fn begin(&mut self, section: &str) {
        self.section = section.trim().to_ascii_lowercase();
        self.variable = "";
        if self.section == "rangeheader" {
            self.range = HashMap::new();
        }
    }

    fn set(&mut self, key: &str, value: &'a str) {
        let key = key.to_ascii_lowercase();
        match (self.section.as_str(), key.as_str()) {
            ("varinfo", "type") => self.variable = value,
            ("varinfo", "value") => {
                let key = format!("varinfo.{}", self.variable.to_ascii_lowercase());
                self.fields.insert(key, value);
            }
            ("rangeheader", key) => {
                self.range.insert(key.to_owned(), value);
            }
            // The section of drives repeats its keys for each drive.
            ("drive", _) => {}
            (section, key) => {
                self.fields.insert(format!("{section}.{key}"), value);
            }
        }
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        let value = match key.strip_prefix("rangeheader.") {
            Some(key) => self.range.get(key),
            None => self.fields.get(key),
        };
        value.copied().filter(|v| !v.is_empty())
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.text(key)?.parse().ok().filter(|v: &f64| v.is_finite())
    }

    fn axis_kind(&self) -> AxisKind {
        match self.text("rangeheader.scantype") {
            None => AxisKind::TwoThetaDeg,
            Some(words) => axis_of_drive(words).unwrap_or_else(|| AxisKind::other(words, "")),
        }
    }

    /// The expected number of rows.
    fn announced(&self) -> usize {
        let measured = self.number("rangeheader.numberofmeasureddata");
        let steps = measured.or_else(|| self.number("rangeheader.steps"));
        steps.filter(|n| *n > 0.0).unwrap_or(0.0) as usize
    }

    fn metadata(&self) -> Metadata {
        let owned = |key: &str| self.text(key).map(str::to_owned);
        let date = self.text("rawheader.date");
        let clock = self.text("rawheader.time");
        let mut metadata = Metadata {
            sample: owned("varinfo.sampleid"),
            comment: owned("varinfo.comment"),
            date: date.map(|date| match clock {
                Some(clock) => format!("{date} {clock}"),
                None => date.to_owned(),
            }),
            drive: owned("rangeheader.scantype"),
            ..Metadata::default()
        };
        let seconds = self.number("rangeheader.time").filter(|s| *s > 0.0);
        metadata.time_per_step = seconds.map(TimePerStep::Same);
        metadata.radiation.anode = owned("hardwareconfiguration.anode");
        self.set_wavelengths(&mut metadata);
        metadata
    }

    /// Sets Kα1 and Kα2 if one of them or their mean was used, otherwise the wavelength used.
    fn set_wavelengths(&self, metadata: &mut Metadata) {
        let unit = self.text("hardwareconfiguration.waveunit").unwrap_or("A");
        let factor = if unit.starts_with(['n', 'N']) {
            10.0
        } else {
            1.0
        };
        let of = |key: &str| self.number(&format!("hardwareconfiguration.{key}"));
        let angstrom = |wavelength: f64| factor * wavelength;
        let radiation = &mut metadata.radiation;
        radiation.set_angstrom(of("alpha1").map(angstrom), of("alpha2").map(angstrom));
        radiation.k_alpha2_ratio = of("alpharatio");
        if let Some(used) = self.number("rangeheader.actuallyusedlambda") {
            radiation.set_used_angstrom(angstrom(used));
        }
    }
}

/// The rows of a range.
#[derive(Default)]
struct Data<'a> {
    names: Vec<&'a str>,
    axis: Vec<f64>,
    /// The intensities, detector by detector.
    intensities: Vec<Vec<f64>>,
    places: Vec<usize>,
    /// Whether rows end with a comma.
    has_end: bool,
    is_cut: bool,
}

impl<'a> Data<'a> {
    fn take(&mut self, source: &Source, line: Line<'a>) -> Result<()> {
        let text = line.text.trim_matches([' ', '\t', '\u{1a}']);
        if text.is_empty() || text.starts_with(';') {
            return Ok(());
        }
        let ends = text.ends_with(',');
        let cells: Vec<&str> = text
            .trim_end_matches(',')
            .split(',')
            .map(str::trim)
            .collect();
        if self.axis.is_empty() && self.names.is_empty() && cells[0].parse::<f64>().is_err() {
            self.names = cells;
            return Ok(());
        }
        if line.is_open && self.has_end && !ends {
            self.is_cut = true;
            return Ok(());
        }
        self.has_end = ends;
        let numbers: Option<Vec<f64>> = cells.iter().map(|c| number(c)).collect();
        let width = self.intensities.len() + 1;
        let is_first = self.axis.is_empty();
        if line.is_open && !is_first && cells.len() < width {
            self.is_cut = true;
            return Ok(());
        }
        match numbers.as_deref() {
            Some([x, values @ ..])
                if (1..=MOST_DETECTORS).contains(&values.len())
                    && (is_first || cells.len() == width) =>
            {
                self.axis.push(*x);
                self.places.push(line.number);
                self.intensities.resize(values.len(), Vec::new());
                let columns = self.intensities.iter_mut().zip(values);
                columns.for_each(|(column, y)| column.push(*y));
                Ok(())
            }
            _ => {
                let found = format!("'{}'", shorten(text));
                let place = Place::Line(line.number);
                let expected = "an angle and the intensities of the detectors";
                Err(Error::malformed(source.path, place, found, expected))
            }
        }
    }

    /// One scan per detector.
    fn scans(&self, source: &Source, head: &Head) -> Result<Vec<Scan>> {
        let detectors = self.intensities.iter().enumerate();
        let scans = detectors.map(|(i, column)| self.scan(source, head, i, column));
        scans.collect()
    }

    fn scan(&self, source: &Source, head: &Head, at: usize, column: &[f64]) -> Result<Scan> {
        let kept: Vec<usize> = (0..column.len()).filter(|i| column[*i] != BLANK).collect();
        let of = |values: &[f64]| kept.iter().map(|i| values[*i]).collect::<Vec<f64>>();
        let mut draft = Draft::new(source, head.axis_kind(), of(&self.axis), of(column));
        draft.metadata = head.metadata();
        let (rows, announced) = (column.len(), head.announced());
        if rows < announced {
            draft.warn(format!("cut short: {rows} of {announced} points found"));
        } else if self.is_cut {
            draft.warn("cut short: the last line lacks columns");
        }
        if kept.len() < rows {
            let blank = rows - kept.len();
            draft.warn(format!("left out: {blank} points that were not measured"));
        }
        if let (true, Some(name)) = (self.intensities.len() > 1, self.names.get(at + 1)) {
            draft.warn(format!(
                "this scan is of detector '{}', one of several",
                shorten(name)
            ));
        }
        decide_unit(&mut draft, None);
        draft.build(source, |i| Place::Line(self.places[kept[i]]))
    }
}

fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|v: &f64| v.is_finite())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use xrd_core::IntensityUnit;

    use super::*;

    fn read_text(text: &str) -> Result<Vec<Scan>> {
        let source = Source::new(Path::new("a.txt"), text.as_bytes().to_vec());
        assert!((READER.recognises)(&source));
        match crate::format::read(&source)? {
            (Format::BrukerRaw4Text, Content::Scans(scans)) => Ok(scans),
            _ => unreachable!("scans"),
        }
    }

    const HEAD: &str = ";RAW4.00\r\n[RawHeader]\r\nDate=01/07/2024\r\nTime=21:18:10\r\n\r\n[VarInfo]\r\n\
        Type=USER\r\nValue=nobody\r\n\r\n[VarInfo]\r\nType=SAMPLEID\r\nValue=S 1\r\n\r\n\
        [HardwareConfiguration]\r\nAlpha1=1.5406\r\nAlpha2=1.54439\r\nAlphaAverage=1.54184\r\n\
        AlphaRatio=0.5\r\nAnode=Cu\r\nWaveUnit=A\r\n\r\n";
    const RANGE: &str = "[RangeHeader]\r\nActuallyUsedLambda=1.54184\r\nScanType=Locked Coupled\r\n\
        Steps=4\r\nTime=32\r\n\r\n[Drive]\r\nDriveName=Theta\r\nTime=9\r\n\r\n[Data]\r\n\
             Angle,  PSD,\r\n  10,  26,\r\n  10.02,  15,\r\n  10.04,  22,\r\n  10.06,  19,\r\n";

    fn of_type(kind: &str) -> AxisKind {
        let range = RANGE.replace("Locked Coupled", kind);
        let scans = read_text(&format!("{HEAD}{range}")).unwrap();
        scans[0].axis_kind().clone()
    }

    #[test]
    fn ranges_are_scans() {
        let scans = read_text(&format!("\u{feff}{HEAD}{RANGE}\r\n{RANGE}")).unwrap();
        assert_eq!(scans.len(), 2);
        for scan in &scans {
            assert_eq!(scan.axis(), [10.0, 10.02, 10.04, 10.06]);
            assert_eq!(scan.intensities(), [26.0, 15.0, 22.0, 19.0]);
            assert_eq!(scan.unit(), IntensityUnit::Counts);
            assert!(scan.warnings().is_empty(), "{:?}", scan.warnings());
            let about = scan.metadata();
            assert_eq!(about.sample.as_deref(), Some("S 1"));
            assert_eq!(about.date.as_deref(), Some("01/07/2024 21:18:10"));
            assert_eq!(about.time_per_step, Some(TimePerStep::Same(32.0)));
            assert_eq!(about.radiation.k_alpha2_ratio, Some(0.5));
            assert_eq!(scan.wavelength().map(|w| w.as_angstrom()), Some(1.5406));
        }
        let other = RANGE.replace("=1.54184", "=0.7");
        let scan = read_text(&format!("{HEAD}{other}")).unwrap().remove(0);
        assert_eq!(scan.wavelength().map(|w| w.as_angstrom()), Some(0.7));
        assert_eq!(scan.metadata().radiation.k_alpha2, None);
    }

    #[test]
    fn the_type_of_the_scan_is_its_axis() {
        assert_eq!(of_type("Unlocked Coupled"), AxisKind::TwoThetaDeg);
        assert_eq!(of_type("Rocking Curve"), AxisKind::OmegaDeg);
        assert_eq!(of_type("Phi Scan"), AxisKind::PhiDeg);
        assert_eq!(of_type("Z-Drive"), AxisKind::other("zdrive", "mm"));
        assert_eq!(
            of_type("Divergence Slit"),
            AxisKind::other("Divergence Slit", "")
        );
    }

    #[test]
    fn detectors_and_points_not_measured() {
        let two = RANGE
            .replace("PSD,", "PSD, Det1,")
            .replace("26,", "26, 7,")
            .replace("15,", "15, 8,")
            .replace("22,", "-9999, 9,")
            .replace("19,", "19, 6,");
        let scans = read_text(&format!("{HEAD}{two}")).unwrap();
        assert_eq!(scans[0].axis(), [10.0, 10.02, 10.06]);
        assert_eq!(
            scans[0].warnings(),
            [
                "left out: 1 points that were not measured",
                "this scan is of detector 'PSD', one of several"
            ]
        );
        assert_eq!(scans[1].intensities(), [7.0, 8.0, 9.0, 6.0]);
    }

    #[test]
    fn cut_anywhere_and_broken() {
        let text = format!("{HEAD}{RANGE}");
        for end in 0..text.len() {
            let source = Source::new(Path::new("a.txt"), text.as_bytes()[..end].to_vec());
            if let Ok(Content::Scans(scans)) = read(&source) {
                let is_told = |scan: &Scan| scan.warnings()[0].contains("cut short");
                assert!(
                    scans.iter().all(|s| s.axis().len() == 4 || is_told(s)),
                    "{end}"
                );
            }
        }
        // The comma after the last cell of a row.
        let last = text.trim_end().rfind(',').unwrap();
        let cut = text[..last].rfind(',').unwrap();
        let scans = read_text(&text[..=cut]).unwrap();
        assert_eq!(scans[0].axis().len(), 3);
        let error = read_text(&text.replace("15,", "x,"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("'10.02,  x,' (expected an angle"), "{error}");
        assert!(
            read_text(HEAD)
                .unwrap_err()
                .to_string()
                .contains("without a scan")
        );
    }
}
