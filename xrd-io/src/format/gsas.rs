//! GSAS powder data: banks with columns of fixed width, after a title.
//!
//! ```text
//! title, up to 80 characters
//! # comments, or the name of an instrument file; 11-BM writes "name = value" there
//! BANK n points records binning c1 c2 c3 c4 type
//! values
//! ```
//!
//! The binning `CONS` or `CONST` starts at c1 and has steps of c2, in 1/100 degree. The values are
//! in µs instead if a position would exceed 180 degrees, or if another bank is time of flight.
//! `SLOG` is time of flight in µs from c1 to c2; each step is c3 times the time at its start.
//! `RALF`, used at ISIS, is time of flight from c1 with steps of c2, in 1/32 µs. The types are:
//!
//! ```text
//! STD   10 of I2 F6    counters (blank: 1), mean counts of one: sigma is √(counts / counters)
//! ESD   5 of F8 F8     intensity, sigma
//! FXY   free           position (1/100 degree or µs), intensity
//! FXYE  free           position, intensity, sigma
//! ALT   4 of F8 F7 F5  32 times the position, 1000 times intensity and sigma
//! ```
//!
//! Free positions are positions stated for each point. They are read as degrees in two cases: if
//! they start at c1 / 100, as in files of scikit-beam, or if they would otherwise end below 1.8
//! degrees. `CONQ`, written by Dioptas, is Q in 1/Å.
//!
//! STD and ESD lines may also have numbers separated by blanks in place of fixed columns. A file
//! may consist of records of 80 characters without line ends.
//!
//! STD is the default type. In STD and ESD, zeros after the announced points fill the last line.
//! FXYE may have one row more than announced. GSAS-II divides the positions of ALT by 3200 for both
//! kinds of axis, so its times of flight are in units of 100 µs.
//!
//! Sources: A. C. Larson and R. B. Von Dreele, GSAS manual (LAUR 86-748), "Histogram file"; files
//! of 11-BM, POWGEN, BT-1, ILL and ISIS.

use std::iter::Peekable;

use xrd_core::IntensityUnit;

use super::content::{Content, FormatReader};
use super::kind::Format;
use super::lines::{Line, lines};
use crate::error::{Error, Place, Result, shorten};
use crate::scan::{AxisKind, Draft, Metadata, Scan, SigmaOrigin, TimePerStep, UnitEvidence};
use crate::source::Source;

mod fields;

use fields::{fixed, is_torn, numbers};

pub(super) const READER: FormatReader = FormatReader::new(Format::Gsas, recognises, read);

/// Largest number of lines before the first bank.
const LONGEST_HEAD: usize = 200;

fn recognises(source: &Source) -> bool {
    let text = source.text().unwrap_or_default();
    let mut head = all(text).take(LONGEST_HEAD);
    head.any(|line| Bank::parse(line.text).is_some())
}

/// The lines of a text. A text without line ends is split into records of 80 characters.
fn all(text: &str) -> Peekable<Box<dyn Iterator<Item = Line<'_>> + '_>> {
    const RECORD: usize = 80;
    let is_unbroken = text.len() > RECORD && !text.contains(['\n', '\r']) && text.is_ascii();
    let all: Box<dyn Iterator<Item = Line<'_>>> = match is_unbroken {
        false => Box::new(lines(text)),
        true => Box::new((0..text.len().div_ceil(RECORD)).map(move |i| Line {
            text: &text[RECORD * i..text.len().min(RECORD * (i + 1))],
            number: i + 1,
            is_open: RECORD * (i + 1) > text.len(),
        })),
    };
    all.peekable()
}

fn read(source: &Source) -> Result<Content> {
    let text = source.require_text()?;
    let mut banks = all(text).filter_map(|line| Bank::parse(line.text)?.ok());
    let any_times = banks.any(|bank| bank.binning.is_of_times());
    let mut lines = all(text);
    let mut head = Vec::new();
    let mut scans = Vec::new();
    while let Some(line) = lines.next() {
        let Some(bank) = Bank::parse(line.text) else {
            head.push(line.text);
            continue;
        };
        let mut bank = bank.map_err(|found| malformed(source, line, found, BANK_LINE))?;
        if let (true, Binning::Degrees(start, step)) = (any_times, bank.binning) {
            bank.binning = Binning::Times(start, step);
        }
        let mut reader = Reader {
            source,
            bank,
            points: Points::default(),
            is_free: false,
        };
        while let Some(line) = lines.next_if(|line| Bank::parse(line.text).is_none()) {
            reader.take(line)?;
        }
        scans.push(reader.scan(metadata(&head))?);
    }
    Ok(Content::Scans(scans))
}

const BANK_LINE: &str = "BANK, its number, points, records, binning, its coefficients and type";

fn malformed(source: &Source, line: Line, found: String, expected: &str) -> Error {
    Error::malformed(source.path, Place::Line(line.number), found, expected)
}

/// The content announced by a `BANK` line.
struct Bank {
    number: String,
    points: usize,
    binning: Binning,
    layout: Layout,
}

#[derive(Clone, Copy, PartialEq)]
enum Binning {
    /// Start and step in 1/100 degree.
    Degrees(f64, f64),
    /// Start and step of Q in 1/Å.
    Q(f64, f64),
    /// Start and step in µs.
    Times(f64, f64),
    /// Start in µs, and step as a fraction of the time.
    LogTimes(f64, f64),
    /// The binning of ISIS. The axis follows only from the positions of the points.
    Isis,
}

#[derive(Clone, Copy, PartialEq)]
enum Layout {
    Std,
    Esd,
    Fxy,
    Fxye,
    Alt,
}

impl Bank {
    /// Parses a `BANK` line. Returns `None` for any other line, and an error message for an invalid
    /// `BANK` line.
    fn parse(line: &str) -> Option<std::result::Result<Self, String>> {
        let (mark, rest) = line.trim_start().split_at_checked("BANK".len())?;
        mark.eq_ignore_ascii_case("BANK").then_some(())?;
        let words: Vec<&str> = rest.split_whitespace().collect();
        let [number, points, _records, binning, ..] = words[..] else {
            return None;
        };
        let points = points.parse::<usize>().ok()?;
        number.parse::<u32>().ok()?;
        binning
            .starts_with(|c: char| c.is_ascii_alphabetic())
            .then_some(())?;
        let rest = &words[4..];
        let coefficients: Vec<f64> = rest.iter().map_while(|w| w.parse().ok()).collect();
        let layout = rest.get(coefficients.len()).copied().unwrap_or("STD");
        let is_free = self::layout(layout).is_some_and(Layout::is_free);
        let bank = |binning, layout| Self {
            number: number.to_owned(),
            points,
            binning,
            layout,
        };
        Some(
            match (
                self::binning(binning, &coefficients, points, is_free),
                self::layout(layout),
            ) {
                (Some(binning), Some(layout)) => Ok(bank(binning, layout)),
                (None, _) => Err(format!("binning {}", shorten(&words[3..].join(" ")))),
                (_, None) => Err(format!("type {}", shorten(layout))),
            },
        )
    }
}

impl Bank {
    /// The reason why free positions are in degrees, not in hundredths of a degree: either the
    /// first one is a hundredth of the start stated in the bank, or as hundredths of a degree they
    /// would end at an angle where no pattern ends. `None` if neither is true.
    fn why_in_degrees(&self, positions: &[f64]) -> Option<String> {
        const NO_END: f64 = 180.0;
        const ENOUGH: usize = 50;
        let (Binning::Degrees(start, step), true) = (self.binning, self.layout.is_free()) else {
            return None;
        };
        let first = *positions.first().filter(|_| step > 0.0)?;
        let end = start + step * self.points as f64;
        let near = |x: f64| (x - start / 100.0).abs() <= step / 100.0;
        if near(100.0 * first) && !near(first) {
            return Some("the first is a hundredth of the start that the bank states".to_owned());
        }
        let ends_too_soon = self.points >= ENOUGH && end <= NO_END && near(first);
        ends_too_soon.then(|| {
            format!(
                "as hundredths of a degree they would end before {:.3}",
                end / 100.0
            )
        })
    }
}

/// The binning with this name. A step is not required for free positions.
fn binning(name: &str, coefficients: &[f64], points: usize, is_free: bool) -> Option<Binning> {
    let first = coefficients.first().copied().filter(|c| c.is_finite());
    let at = |i: usize| {
        coefficients
            .get(i)
            .copied()
            .filter(|c| c.is_finite() && *c > 0.0)
    };
    match name.to_ascii_uppercase().as_str() {
        "CONS" | "CONST" => {
            let (start, step) = (first?, at(1).or(is_free.then_some(0.0))?);
            let end = start + step * points.saturating_sub(1) as f64;
            Some(match end <= 18_000.0 {
                true => Binning::Degrees(start, step),
                false => Binning::Times(start, step),
            })
        }
        "CONQ" => Some(Binning::Q(first?, at(1)?)),
        "SLOG" => Some(Binning::LogTimes(at(0)?, at(2)?)),
        "RALF" => Some(Binning::Isis),
        _ => None,
    }
}

fn layout(name: &str) -> Option<Layout> {
    match name.to_ascii_uppercase().as_str() {
        "STD" => Some(Layout::Std),
        "ESD" => Some(Layout::Esd),
        "FXY" => Some(Layout::Fxy),
        "FXYE" => Some(Layout::Fxye),
        "ALT" => Some(Layout::Alt),
        _ => None,
    }
}

impl Layout {
    fn columns(self) -> usize {
        match self {
            Self::Std | Self::Esd | Self::Fxy => 2,
            Self::Fxye | Self::Alt => 3,
        }
    }

    fn is_free(self) -> bool {
        matches!(self, Self::Fxy | Self::Fxye)
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Std => "counts in columns of 2 and 6 characters",
            Self::Esd => "intensities and sigmas in columns of 8 characters",
            Self::Fxy => "a position and an intensity",
            Self::Fxye => "a position, an intensity and its sigma",
            Self::Alt => "positions, intensities and sigmas in columns of 8, 7 and 5 characters",
        }
    }

    /// The numbers of a line; `None` if the line contains anything else. If the file ends within
    /// the line, the last number may be incomplete. It is dropped unless it fills its column.
    fn values(self, line: &str, is_open: bool, is_free: bool) -> Option<Vec<f64>> {
        let fixed = match self {
            Self::Std | Self::Esd if is_free => None,
            Self::Std => fixed(line, &[2, 6], is_open),
            Self::Esd => fixed(line, &[8, 8], is_open),
            Self::Alt => fixed(line, &[8, 7, 5], is_open),
            Self::Fxy | Self::Fxye => {
                let mut values = numbers(line)?;
                values.truncate(self.columns());
                return Some(values);
            }
        };
        let is_whole = |v: &Vec<f64>| is_open || v.len().is_multiple_of(self.columns());
        // Some programs separate the columns by blanks.
        fixed.filter(is_whole).or_else(|| {
            let values = numbers(line)?;
            Some(match self {
                Self::Std => values.into_iter().flat_map(|y| [1.0, y]).collect(),
                _ => values,
            })
        })
    }
}

impl Binning {
    fn is_of_times(self) -> bool {
        matches!(self, Self::Times(..) | Self::LogTimes(..) | Self::Isis)
    }

    fn axis_kind(self, layout: Layout) -> AxisKind {
        match self {
            Self::Degrees(..) => AxisKind::TwoThetaDeg,
            Self::Q(..) => AxisKind::QPerAngstrom,
            _ if layout == Layout::Alt => AxisKind::other("time of flight", "100 us"),
            _ => AxisKind::TimeOfFlightUs,
        }
    }

    fn position(self, i: usize) -> Option<f64> {
        let i = i as f64;
        match self {
            Self::Degrees(start, step) => Some((start + step * i) / 100.0),
            Self::Times(start, step) | Self::Q(start, step) => Some(start + step * i),
            Self::LogTimes(start, step) => Some(start * (1.0 + step).powf(i)),
            Self::Isis => None,
        }
    }
}

#[derive(Default)]
struct Points {
    positions: Vec<f64>,
    intensities: Vec<f64>,
    sigma: Vec<f64>,
    /// The largest number of counters whose counts were averaged.
    counters: f64,
    /// The line of each point.
    lines: Vec<u32>,
    /// The first line with values beyond the announced points.
    beyond: Option<usize>,
    warnings: Vec<String>,
}

struct Reader<'a> {
    source: &'a Source<'a>,
    bank: Bank,
    points: Points,
    /// Whether numbers are separated by blanks in a layout of fixed columns.
    is_free: bool,
}

impl Reader<'_> {
    fn take(&mut self, line: Line) -> Result<()> {
        let text = line.text.trim_end_matches([' ', '\t', '\u{1a}']);
        if text.trim_start().is_empty() || text.trim_start().starts_with('#') {
            return Ok(());
        }
        if self.is_full() {
            return self.take_beyond(line);
        }
        let layout = self.bank.layout;
        let torn = match layout {
            Layout::Std => is_torn(text, &[2, 6]),
            Layout::Esd => is_torn(text, &[8, 8]),
            _ => false,
        };
        self.is_free |= torn && !line.is_open;
        let Some(values) = layout.values(text, line.is_open, self.is_free) else {
            let found = format!("'{}'", shorten(text.trim()));
            return Err(malformed(self.source, line, found, layout.expected()));
        };
        for row in values.chunks_exact(layout.columns()) {
            if !self.is_full() {
                self.push(row, line.number);
            }
        }
        if values.len() % layout.columns() != 0 {
            self.take_part(line)?;
        }
        Ok(())
    }

    /// Whether all announced points have been read. Rows with free positions may continue after
    /// them.
    fn is_full(&self) -> bool {
        let full = self.points.intensities.len() >= self.bank.points;
        full && !self.bank.layout.is_free()
    }

    /// Records values after the announced points, unless they are padding.
    fn take_beyond(&mut self, line: Line) -> Result<()> {
        let mut words = line.text.split_whitespace();
        let is_padding = words.all(|w| w.parse().is_ok_and(|v: f64| v == 0.0));
        if !is_padding && self.points.beyond.is_none() {
            self.points.beyond = Some(line.number);
        }
        Ok(())
    }

    /// Records a row with too few numbers, at the end of the file or before.
    fn take_part(&mut self, line: Line) -> Result<()> {
        if !line.is_open {
            let found = format!("'{}'", shorten(line.text.trim()));
            return Err(malformed(
                self.source,
                line,
                found,
                self.bank.layout.expected(),
            ));
        }
        let warning = format!(
            "line {} is cut short: its last value is left out",
            line.number
        );
        self.points.warnings.push(warning);
        Ok(())
    }

    fn push(&mut self, row: &[f64], line: usize) {
        let points = &mut self.points;
        let index = points.intensities.len();
        let by_index = || self.bank.binning.position(index).unwrap_or(f64::NAN);
        let free = |position: f64| match self.bank.binning {
            Binning::Degrees(..) => position / 100.0,
            _ => position,
        };
        let (position, intensity, sigma) = match (self.bank.layout, row) {
            (Layout::Std, [counters, y]) => {
                points.counters = points.counters.max(*counters);
                (by_index(), *y, (y.max(0.0) / counters.max(1.0)).sqrt())
            }
            (Layout::Esd, [y, sigma]) => (by_index(), *y, *sigma),
            (Layout::Alt, [x, y, sigma]) => (x / 3200.0, y / 1000.0, sigma / 1000.0),
            (_, [x, y, rest @ ..]) => (free(*x), *y, rest.first().copied().unwrap_or(0.0)),
            _ => return,
        };
        points.positions.push(position);
        points.intensities.push(intensity);
        points.sigma.push(sigma);
        points.lines.push(u32::try_from(line).unwrap_or(u32::MAX));
    }

    fn scan(self, metadata: Metadata) -> Result<Scan> {
        let Self {
            source,
            bank,
            points,
            ..
        } = self;
        let axis_kind = bank.binning.axis_kind(bank.layout);
        if bank.binning == Binning::Isis && !matches!(bank.layout, Layout::Alt | Layout::Fxye) {
            let found = format!("bank {} of RALF binning without positions", bank.number);
            let place = Place::File;
            return Err(Error::malformed(
                source.path,
                place,
                found,
                "type ALT or FXYE",
            ));
        }
        let mut points = points;
        let mut axis_kind = axis_kind;
        let most = points.positions.iter().copied().fold(0.0, f64::max);
        if axis_kind == AxisKind::TwoThetaDeg && bank.layout.is_free() && most > 180.0 {
            // The coefficients do not describe the positions.
            axis_kind = AxisKind::TimeOfFlightUs;
            points.positions.iter_mut().for_each(|x| *x *= 100.0);
        }
        let in_degrees = bank.why_in_degrees(&points.positions);
        if in_degrees.is_some() {
            points.positions.iter_mut().for_each(|x| *x *= 100.0);
        }
        let mut draft = Draft::new(source, axis_kind, points.positions, points.intensities);
        draft.metadata = metadata;
        if let Some(why) = in_degrees {
            draft.warn(format!("the positions are read as degrees: {why}"));
        }
        if draft.axis_kind != AxisKind::TwoThetaDeg {
            // For a pulsed source, the wavelength in the header is the middle of a band.
            draft.metadata.radiation.wavelength = None;
        }
        draft.warnings.extend(points.warnings);
        if let Some(line) = points.beyond {
            let points = bank.points;
            draft.warn(format!(
                "left out: the values from line {line} on, beyond the {points} points announced"
            ));
        }
        draft.warn_if_cut(bank.points);
        decide_unit(&mut draft, bank.layout, points.counters, &points.sigma);
        let origin = match bank.layout {
            Layout::Std => SigmaOrigin::Counting,
            _ => SigmaOrigin::Stated,
        };
        draft.sigma = (bank.layout != Layout::Fxy).then_some((points.sigma, origin));
        let lines = points.lines;
        draft.build(source, |i| {
            Place::Line(lines.get(i).map_or(0, |l| *l as usize))
        })
    }
}

/// Determines the unit of the intensities. STD holds counts or means of counts. Other types hold
/// counts if the standard deviations are the square roots of the intensities.
fn decide_unit(draft: &mut Draft, layout: Layout, counters: f64, sigma: &[f64]) {
    let y = &draft.intensities;
    let is_root = |(y, s): (&f64, &f64)| (s * s - y).abs() <= 0.02 * y.abs() + 1e-9;
    let pairs = || y.iter().zip(sigma).filter(|(y, _)| **y > 0.0);
    let whole = y.iter().all(|y| y.fract() == 0.0 && *y >= 0.0);
    match layout {
        Layout::Std if counters <= 1.0 && !whole => {}
        Layout::Std if counters <= 1.0 => draft.unit(IntensityUnit::Counts, UnitEvidence::Format),
        Layout::Std => {
            let why = format!("counts, the means of up to {counters} counters");
            draft.unit(IntensityUnit::Arbitrary, UnitEvidence::Concluded(why));
        }
        _ if whole && pairs().next().is_some() && pairs().all(is_root) => {
            let why = "the sigmas are the square roots of whole intensities".to_owned();
            draft.unit(IntensityUnit::Counts, UnitEvidence::Concluded(why));
        }
        _ => {}
    }
}

/// The metadata in the lines before the first bank.
fn metadata(head: &[&str]) -> Metadata {
    let mut metadata = Metadata {
        comment: head
            .first()
            .map(|t| t.trim().to_owned())
            .filter(|t| !t.is_empty()),
        ..Metadata::default()
    };
    for line in head {
        let Some((name, value)) = line.trim_start_matches('#').split_once('=') else {
            continue;
        };
        let text = Some(value.trim().to_owned()).filter(|v| !v.is_empty());
        let number = || value.trim().parse::<f64>().ok();
        match name.trim() {
            "Calibrated wavelength" => metadata.radiation.set_angstrom(number(), None),
            "Temp (K)" => metadata.temperature_k = number(),
            "Time per step (sec)" => metadata.time_per_step = number().map(TimePerStep::Same),
            "Sample Comment" => metadata.sample = text,
            "Scan time" => metadata.date = text,
            _ => {}
        }
    }
    metadata
}
