//! Bruker and Siemens UXD: text with one or more ranges.
//!
//! ```text
//! ; comment
//! _FILEVERSION=2
//! _SAMPLE='BT86'                the head of the file: valid for all ranges
//! _WL1=1.540600                 Kα1 in Å, _WL2 Kα2, _WLRATIO Kα2 : Kα1, _ANODE
//! ; (Data for Range number 1)
//! _DRIVE='COUPLED'              the moving axis: COUPLED, THETA, 2THETA, PHI, KHI, X, Y, Z
//! _STEPTIME=0.500000            seconds
//! _STEPSIZE=0.015592
//! _START=3.000000               or else _2THETA, _THETA, …, for that drive
//! _2THETACOUNTS                 rows of position and counts; _2THETACPS: counts per second;
//! 3.000  187                    _2THETACOUNTSTIME: a third column with the time per point;
//! 3.016  183                    _COUNTS and _CPS: intensities only, from _START by _STEPSIZE
//! ```
//!
//! The positions are those of the moving drive, even if the data are called `_2THETACOUNTS`.
//! `_FILEVERSION` may be missing.
//!
//! Sources: files of XCH 1.0; the names in DASH (CCDC) and in xylib (M. Wojdyr).

use std::collections::HashMap;

use xrd_core::IntensityUnit;

use super::content::{Content, FormatReader, no_scan};
use super::drives::axis_of_drive;
use super::kind::Format;
use super::lines::{Line, lines};
use crate::error::{Error, Place, Result, shorten};
use crate::scan::{AxisKind, Draft, Metadata, Scan, TimePerStep, UnitEvidence};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(Format::BrukerUxd, recognises, read);

/// Whether the first content line is a name with a value, and a later one starts the data.
fn recognises(source: &Source) -> bool {
    const LONGEST_HEAD: usize = 300;
    let text = source.text().unwrap_or_default();
    let mut said = lines(text)
        .filter(|l| !is_comment(l.text))
        .map(|l| l.text.trim())
        .take(LONGEST_HEAD);
    let names = [
        "_FILEVERSION",
        "_SITE",
        "_SAMPLE",
        "_DRIVE",
        "_DATEMEASURED",
        "_WL_UNIT",
    ];
    let Some(first) = said.next() else {
        return false;
    };
    let name = first.split('=').next().unwrap_or_default().trim_end();
    let is_known = names.iter().any(|known| name.eq_ignore_ascii_case(known));
    let has_value = first.starts_with('_') && first.contains('=');
    is_known || has_value && said.any(|line| Columns::of(line).is_some())
}

/// The usual names that start the data.
const DATA: [&str; 6] = [
    "_COUNT",
    "_COUNTS",
    "_CPS",
    "_2THETACOUNTS",
    "_2THETACPS",
    "_2THETACOUNTSTIME",
];

/// The names that start lists of peaks.
const PEAKS: [&str; 2] = ["_D-I", "_2THETA-I"];

fn is_comment(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with(';')
}

fn read(source: &Source) -> Result<Content> {
    let mut lines = lines(source.require_text()?);
    let mut head = Head::default();
    let mut scans = Vec::new();
    while let Some(line) = lines.next() {
        let text = line.text.trim();
        if is_comment(text) || text == "\u{1a}" {
            continue;
        }
        // Data may start with "_COUNTS=8", which states how many numbers are on a line.
        let marked = text
            .split_once('=')
            .map_or(text, |(name, _)| name.trim_end());
        let is_data = DATA.iter().any(|name| marked.eq_ignore_ascii_case(name));
        if let Some((name, value)) = text.split_once('=').filter(|_| !is_data) {
            let name = name.trim().to_ascii_uppercase();
            head.set(&name, value.trim().trim_matches('\''));
            continue;
        }
        let Some(columns) = Columns::of(if is_data { marked } else { text }) else {
            // Names without a value are not needed.
            if text.starts_with('_') {
                if PEAKS.iter().any(|name| text.eq_ignore_ascii_case(name)) {
                    return Err(no_scan(source, "a list of peaks".to_owned()));
                }
                continue;
            }
            let found = format!("'{}'", shorten(text));
            let expected = "a name with = and its value, or a name of data";
            return Err(Error::malformed(
                source.path,
                Place::Line(line.number),
                found,
                expected,
            ));
        };
        let mut range = Range::new(source, columns, head.decimal_comma);
        while let Some(line) = lines.next_if(|l| !l.text.trim_start().starts_with('_')) {
            range.take(line)?;
        }
        scans.extend(range.scan(&head)?);
    }
    Ok(Content::Scans(scans))
}

/// Values stated before the data. They remain valid for later ranges until a range states them
/// again.
#[derive(Clone, Default)]
struct Head {
    metadata: Metadata,
    k_alpha1: Option<f64>,
    k_alpha2: Option<f64>,
    in_nanometres: bool,
    start: Option<f64>,
    /// The positions of the drives, as in `_2THETA`.
    positions: HashMap<String, f64>,
    step: Option<f64>,
    points: Option<usize>,
    decimal_comma: bool,
}

impl Head {
    fn set(&mut self, name: &str, value: &str) {
        let text = Some(value.to_owned()).filter(|v| !v.is_empty());
        let plain = value.parse::<f64>().ok().filter(|v| v.is_finite());
        let number = plain.or_else(|| crate::number::parse(value, true));
        let radiation = &mut self.metadata.radiation;
        match name {
            "_SAMPLE" => self.metadata.sample = text,
            "_COMMENT" => self.metadata.comment = text,
            "_DATEMEASURED" => self.metadata.date = text,
            "_DRIVE" => self.metadata.drive = text,
            "_STEPTIME" => self.metadata.time_per_step = number.map(TimePerStep::Same),
            "_TEMPERATURE" => self.metadata.temperature_k = number.filter(|k| *k > 0.0),
            "_ANODE" => radiation.anode = text,
            "_WLRATIO" => radiation.k_alpha2_ratio = number,
            "_WL_UNIT" => self.in_nanometres = value.to_ascii_lowercase().starts_with('n'),
            "_WL1" => self.k_alpha1 = number,
            "_WL2" => self.k_alpha2 = number,
            "_START" => self.start = number,
            "_STEPSIZE" => {
                self.step = number;
                self.decimal_comma = plain.is_none() && number.is_some();
            }
            "_2THETA" | "_THETA" | "_PHI" | "_CHI" | "_KHI" => {
                self.positions
                    .extend(number.map(|n| (name[1..].to_owned(), n)));
            }
            "_STEPCOUNT" => self.points = value.parse().ok(),
            _ => {}
        }
    }

    /// The start of a range: the stated start if there is one, otherwise the position of its drive.
    fn start(&self, drive: &str) -> Option<f64> {
        let drive = match drive.to_ascii_uppercase().as_str() {
            "COUPLED" => "2THETA".to_owned(),
            other => other.to_owned(),
        };
        self.start.or_else(|| self.positions.get(&drive).copied())
    }

    fn metadata(&self) -> Metadata {
        let angstrom = |w: Option<f64>| w.map(|w| if self.in_nanometres { 10.0 * w } else { w });
        let mut metadata = self.metadata.clone();
        let (first, second) = (angstrom(self.k_alpha1), angstrom(self.k_alpha2));
        metadata.radiation.set_angstrom(first, second);
        metadata
    }
}

/// Meaning of the numbers in the rows of a range.
#[derive(Clone, Copy)]
struct Columns {
    unit: IntensityUnit,
    has_position: bool,
    has_time: bool,
}

impl Columns {
    /// The columns for the name that starts the data, as in `_2THETACOUNTS`.
    fn of(name: &str) -> Option<Self> {
        let name = name.trim().strip_prefix('_')?.to_ascii_uppercase();
        if name.contains('=') {
            return None;
        }
        let units = ["COUNTS", "CPS"].iter().find_map(|unit| name.find(unit));
        let rest = units.or_else(|| (name == "COUNT").then_some(0))?;
        let (position, unit) = name.split_at(rest);
        Some(Self {
            unit: match unit.starts_with("CPS") {
                true => IntensityUnit::CountsPerSecond,
                false => IntensityUnit::Counts,
            },
            has_position: !position.is_empty(),
            has_time: unit.ends_with("TIME"),
        })
    }

    fn width(self) -> usize {
        1 + usize::from(self.has_position) + usize::from(self.has_time)
    }
}

struct Range<'a> {
    source: &'a Source<'a>,
    columns: Columns,
    positions: Vec<f64>,
    intensities: Vec<f64>,
    times: Vec<f64>,
    cut_line: Option<usize>,
    /// The length of the last line.
    row_length: usize,
    decimal_comma: bool,
}

impl<'a> Range<'a> {
    fn new(source: &'a Source, columns: Columns, decimal_comma: bool) -> Self {
        Self {
            source,
            columns,
            positions: Vec::new(),
            intensities: Vec::new(),
            times: Vec::new(),
            cut_line: None,
            row_length: 0,
            decimal_comma,
        }
    }

    fn take(&mut self, line: Line) -> Result<()> {
        if is_comment(line.text) || line.text.trim() == "\u{1a}" {
            return Ok(());
        }
        let comma = self.decimal_comma;
        let parse = |part: &str| match comma {
            true => crate::number::parse(part, true),
            false => part.parse().ok(),
        };
        let numbers = |part: &str| parse(part).filter(|v: &f64| v.is_finite());
        let separates = |c: char| matches!(c, ' ' | '\t') || c == ',' && !comma;
        let parts = line.text.split(separates).filter(|p| !p.is_empty());
        let values: Option<Vec<f64>> = parts.map(numbers).collect();
        let width = self.columns.width();
        let fits = |n: usize| if width == 1 { n > 0 } else { n == width };
        // All rows have columns of the same width; the last row may end within a number.
        let is_short = width > 1 && line.is_open && line.text.len() < self.row_length;
        self.row_length = line.text.len();
        match values {
            Some(values) if fits(values.len()) && !is_short => self.push(&values),
            _ if line.is_open => self.cut_line = Some(line.number),
            _ => {
                let found = format!("'{}'", shorten(line.text.trim()));
                let expected = match width {
                    1 => "intensities",
                    2 => "a position and an intensity",
                    _ => "a position, an intensity and a time",
                };
                let place = Place::Line(line.number);
                return Err(Error::malformed(self.source.path, place, found, expected));
            }
        }
        Ok(())
    }

    fn push(&mut self, values: &[f64]) {
        match (self.columns.has_position, self.columns.has_time, values) {
            (false, false, all) => self.intensities.extend(all),
            (true, false, [x, y]) => {
                self.positions.push(*x);
                self.intensities.push(*y);
            }
            (true, true, [x, y, time]) => {
                self.positions.push(*x);
                self.intensities.push(*y);
                self.times.push(*time);
            }
            (_, _, [y, time]) => {
                self.intensities.push(*y);
                self.times.push(*time);
            }
            _ => {}
        }
    }

    /// The scan, if the range has any point.
    fn scan(self, head: &Head) -> Result<Option<Scan>> {
        if self.intensities.is_empty() {
            return Ok(None);
        }
        let metadata = head.metadata();
        let drive = metadata.drive.as_deref().unwrap_or("COUPLED");
        let kind = axis_of_drive(drive).unwrap_or_else(|| AxisKind::other(drive, ""));
        let source = self.source;
        let start = head.start(drive);
        let mut draft = match (self.columns.has_position, start, head.step) {
            (true, ..) => Draft::new(source, kind, self.positions, self.intensities),
            (false, Some(start), Some(step)) => {
                Draft::uniform(source, kind, (start, step), self.intensities)
            }
            _ => {
                let found = "intensities without _START and _STEPSIZE";
                return Err(Error::malformed(source.path, Place::File, found, "both"));
            }
        };
        draft.metadata = metadata;
        if self.columns.has_time {
            draft.metadata.time_per_step = Some(TimePerStep::Each(self.times));
        }
        draft.unit(self.columns.unit, UnitEvidence::Format);
        if let Some(line) = self.cut_line {
            draft.warn(format!("line {line} is cut short and left out"));
        }
        draft.warn_if_cut(head.points.unwrap_or(0));
        draft.leave_out_blanks();
        draft.build(source, |_| Place::File).map(Some)
    }
}
