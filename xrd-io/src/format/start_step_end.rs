//! Files for Rietveld programs: three numbers, then lines of eight or ten intensities.
//!
//! ```text
//! Title: 1.9114 A  LaNi2Mn3Dx               up to eight lines of any text
//! 10.000   0.025 160.000  PbSO4             start, step, end in degrees; then a title or more
//!      179     147     165     172          intensities, as many as fit the range
//!      131     144     131     140
//!     13.4    12.1    12.8    13.1          in some files twice as many numbers, see `halves.rs`
//! ```
//!
//! The files for these programs differ only in details: FullProf (`INSTRM 0`), DBWS (`3F8.2,A`,
//! `8F7`), XDD of Koalariet and XFIT, RIET7, LHPM and CSRIET (free format, up to four lines
//! before), D1A5 of ILL and DMC of PSI (`10F8`, three to four lines before). Some programs write
//! start, end, step. Others (RIETAN, MAUD) write the number of points instead of the end, or as the
//! first number. A number is accepted as the number of points only if exactly as many intensities
//! follow. Further numbers may follow on the same line, such as a time and wavelengths.
//!
//! A table of three columns must not be read as this format. The three numbers are therefore
//! accepted only if the number of intensities fits them. Usually the range from start to end
//! contains a whole number of steps, and there is one intensity per point. If the printed step is
//! rounded, the exact step is calculated from the range and the number of intensities. This step
//! must agree with the printed digits.
//!
//! `powdll.rs` describes the header lines of PowDLL. Fields without blanks between them are
//! separated by their width.
//!
//! Sources: the manuals of FullProf (1998) and DBWS, ccp14's page on the formats of XFIT, DASH
//! (`Load_dat_File`).

use halves::Others;

use super::content::{Content, FormatReader};
use super::kind::Format;
use super::steps::{StatedAxis, decimals};
use super::stream::{self, Stream};
use crate::column_names::stated_wavelength;
use crate::error::{Place, Result};
use crate::scan::{AxisKind, Draft, Metadata, SigmaOrigin};
use crate::source::Source;
use crate::table::{Line, lines_of};

mod halves;
mod powdll;

pub(super) const READER: FormatReader =
    FormatReader::new(Format::StartStepEnd, |source| find(source).is_some(), read);

/// Largest number of lines before the line with the three numbers.
const MOST_LINES_BEFORE: usize = 8;

/// Largest number of lines that are tried as the line with the three numbers.
const MOST_TRIES: usize = 3;

/// The line with the three numbers.
struct Range<'a> {
    line: Line<'a>,
    /// The possible meanings of the numbers, most likely first.
    uniform: Vec<Uniform>,
    /// Start, step and end, even if the range is not a whole number of steps.
    stated: Vec<StatedAxis>,
    /// The number of further numbers on the line.
    more: usize,
    /// The text after the numbers.
    title: &'a str,
}

/// A uniform axis.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Uniform {
    start: f64,
    step: f64,
    points: usize,
    /// Whether the file states the number of points in place of the end.
    counted: bool,
}

/// The line with the three numbers, and the intensities after it.
struct Found<'a> {
    before: Vec<Line<'a>>,
    range: Range<'a>,
    uniform: Uniform,
    stream: Stream<'a>,
    /// The number of intensities on the first line.
    row: usize,
}

fn find<'a>(source: &'a Source) -> Option<Found<'a>> {
    let text = source.text()?;
    let (mut before, mut tries) = (Vec::new(), 0);
    for line in lines_of(text)
        .filter(|l| !l.text.is_empty())
        .take(MOST_LINES_BEFORE + 1)
    {
        if tries == MOST_TRIES {
            break;
        }
        if let Some(range) = Range::of(line) {
            let after = lines_of(text).skip(line.number);
            let row = after.clone().find(|line| !line.text.is_empty());
            let row = row.and_then(|line| stream::numbers(line.text));
            if let Some(row) = row.filter(|row| !is_row_of_columns(row, &range)) {
                let mut stream = stream::read(source, after).ok()?;
                let row = row.len();
                drop_end_marks(&mut stream.values);
                let ends = ends_by_itself(text, &stream, row);
                if let Some(uniform) = fitting(stream.values.len(), row, ends, &range) {
                    return Some(Found {
                        before,
                        range,
                        uniform,
                        stream,
                        row,
                    });
                }
                tries += usize::from(!range.uniform.is_empty());
            }
        }
        before.push(line);
    }
    None
}

/// Drops the numbers after the intensities that mark the end in files of ILL.
fn drop_end_marks(values: &mut Vec<f64>) {
    while values
        .last()
        .is_some_and(|v| *v == -1000.0 || *v == -10000.0)
    {
        values.pop();
    }
}

/// Whether the file is not truncated: words follow the intensities, or the last line is shorter
/// than the others and has a line end.
fn ends_by_itself(text: &str, stream: &Stream, row: usize) -> bool {
    let is_ended = text.trim_end_matches('\u{1a}').ends_with(['\n', '\r']);
    stream.words.is_some() || is_ended && !stream.values.len().is_multiple_of(row)
}

/// Whether the line after the three numbers is a row of a table of columns. This is so if it starts
/// with the first angle, or if both lines have the same count of numbers and this is more than
/// three.
fn is_row_of_columns(row: &[f64], range: &Range) -> bool {
    let begins = |(start, step): (f64, f64)| (row[0] - start).abs() < 0.01 * step;
    let uniform = range.uniform.iter().map(|u| (u.start, u.step));
    let mut all = uniform.chain(range.stated.iter().map(|s| (s.first, s.step)));
    row.len() > 1 && (all.any(begins) || range.more > 0 && row.len() == 3 + range.more)
}

/// The axis that fits the count of the numbers, with one or two numbers per point. The step of the
/// axis may be rounded. If the row length shows that the rows are not columns, a truncated file may
/// have fewer numbers, and any file may have one line more.
fn fitting(count: usize, row: usize, ends: bool, range: &Range) -> Option<Uniform> {
    const FEWEST: usize = 20;
    const MOST_BEYOND: usize = 10;
    let exact = |u: &&Uniform| match u.counted {
        true => count == u.points && row > 3,
        false => count == u.points || count == 2 * u.points,
    };
    let of_few = |u: &&Uniform| row != 2 && row != 3 || u.points >= FEWEST;
    let mut uniform = range.uniform.iter();
    if let Some(found) = uniform.clone().filter(of_few).find(exact) {
        return Some(*found);
    }
    if row == 2 || row == 3 || range.more > 1 {
        return None;
    }
    let rounded = |axis: &StatedAxis| {
        let step = axis.step_unannounced(count, ends)?;
        let uniform = Uniform::new(axis.first, step, count);
        (count >= FEWEST).then_some(uniform)
    };
    let most = |u: &Uniform| u.points + row.max(MOST_BEYOND);
    let is_cut = |u: &&Uniform| !u.counted && (2..=most(u)).contains(&count);
    let stated = range.stated.iter().find_map(rounded);
    stated.or_else(|| uniform.find(is_cut).copied())
}

impl<'a> Range<'a> {
    /// Parses a line with three numbers that can be start, step and end (or the number of points),
    /// and the text after them.
    fn of(line: Line<'a>) -> Option<Self> {
        const MOST_MORE: usize = 5;
        let mut rest = line.text;
        let (mut numbers, mut places) = ([0.0; 3], [None; 3]);
        for (number, places) in numbers.iter_mut().zip(&mut places) {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            let (value, length) = fast_float2::parse_partial::<f64, _>(rest).ok()?;
            // Fields of eight characters may touch: "  160.00PbSO4" is a number with the title
            // directly after it.
            *number = value;
            *places = decimals(&rest[..length]);
            rest = &rest[length..];
        }
        let more = stream::numbers(rest).map_or(0, |more| more.len());
        let uniform = Uniform::all(numbers);
        let stated = stated(numbers, places);
        let is_range = !uniform.is_empty() || !stated.is_empty();
        (more <= MOST_MORE && is_range).then_some(Self {
            line,
            uniform,
            stated,
            more,
            title: rest.trim(),
        })
    }
}

/// The possible values of start, step and end, in each order that programs use.
fn stated([a, b, c]: [f64; 3], [_, of_b, of_c]: [Option<i32>; 3]) -> Vec<StatedAxis> {
    let axis = |step, last, decimals| StatedAxis {
        first: a,
        last,
        step,
        decimals,
    };
    let known = [axis(b, c, of_b), axis(c, b, of_c)];
    let fits = |axis: &StatedAxis| Uniform::is_plausible(a, axis.step, axis.last);
    known.into_iter().filter(fits).collect()
}

impl Uniform {
    fn new(start: f64, step: f64, points: usize) -> Self {
        Self {
            start,
            step,
            points,
            counted: false,
        }
    }

    /// All possible meanings of three numbers, most likely first.
    fn all([a, b, c]: [f64; 3]) -> Vec<Self> {
        let known = [
            Self::to_end(a, b, c),
            Self::to_end(a, c, b),
            Self::counted(a, b, c),
            Self::counted(c, b, a),
            Self::counted(b, c, a),
        ];
        known.into_iter().flatten().collect()
    }

    /// The axis from start to end with this step, if the range is a whole number of steps.
    fn to_end(start: f64, step: f64, end: f64) -> Option<Self> {
        let steps = (end - start) / step;
        let whole = (steps - steps.round()).abs() < 0.02 + 1e-4 * steps.abs().min(100.0);
        let fits = Self::is_plausible(start, step, end) && whole;
        (fits && (1.0..MOST_STEPS).contains(&steps))
            .then(|| Self::new(start, step, steps.round() as usize + 1))
    }

    /// The axis with this step and number of points, if these are possible.
    fn counted(start: f64, step: f64, count: f64) -> Option<Self> {
        const FEWEST: f64 = 20.0;
        let is_count = count.fract() == 0.0 && (FEWEST..MOST_STEPS).contains(&count);
        let end = start + step * (count - 1.0);
        (is_count && Self::is_plausible(start, step, end)).then_some(Self {
            start,
            step,
            points: count as usize,
            counted: true,
        })
    }

    fn is_plausible(start: f64, step: f64, end: f64) -> bool {
        let is_angle = |x: f64| (-180.0..=180.0).contains(&x);
        is_angle(start) && is_angle(end) && step > 0.0 && step <= 1.0 && end > start
    }
}

const MOST_STEPS: f64 = 1e7;

fn read(source: &Source) -> Result<Content> {
    source.require_text()?;
    let Some(found) = find(source) else {
        return Ok(Content::Scans(vec![]));
    };
    let mut draft = found.draft(source);
    let Found {
        before,
        range,
        stream,
        ..
    } = found;
    let told = powdll::metadata(before.iter().map(|line| line.text), range.title);
    draft.metadata = match told {
        Some(metadata) => metadata,
        None => Metadata {
            sample: title(&before, range.title),
            ..Metadata::default()
        },
    };
    let lines = before.iter().chain([&range.line]).map(|line| line.text);
    let stated = lines.clone().find_map(stated_wavelength);
    let stated = stated.or_else(|| lines.clone().find_map(leading_angstrom));
    let radiation = &mut draft.metadata.radiation;
    radiation.wavelength = radiation.wavelength.or(stated);
    if let Some(words) = stream.words {
        draft.warn(format!("not used: the text from line {} on", words.number));
    }
    let place = Place::Line(range.line.number);
    Ok(Content::Scans(vec![draft.build(source, |_| place)?]))
}

impl Found<'_> {
    /// The points, with warnings about numbers that are not intensities.
    fn draft(&self, source: &Source) -> Draft {
        let (uniform, values) = (self.uniform, &self.stream.values);
        let (mut sigma, mut note) = (None, None);
        let intensities = match values.len() {
            n if n == 2 * uniform.points => {
                let halves = halves::part(values, self.row);
                match halves.others {
                    Others::Sigma(values) => sigma = Some((values, SigmaOrigin::Stated)),
                    Others::Before => {
                        note = Some(
                            "not used: the number before each intensity, counters or seconds"
                                .to_owned(),
                        )
                    }
                }
                halves.intensities
            }
            n => {
                let after = n.saturating_sub(uniform.points);
                note =
                    (after > 0).then(|| format!("not used: {after} numbers after the last point"));
                values[..n - after].to_vec()
            }
        };
        let axis = (uniform.start, uniform.step);
        let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, axis, intensities);
        draft.warn_if_cut(uniform.points);
        draft.sigma = sigma;
        draft.warnings.extend(note);
        draft
    }
}

/// The title on the line of the range, or else the first line before it that contains letters.
fn title(before: &[Line], on_line: &str) -> Option<String> {
    if let Some((_, quoted)) = on_line.split_once("sample=\"") {
        return quoted.split('"').next().map(|text| text.trim().to_owned());
    }
    let has_letters = |text: &&str| text.chars().any(char::is_alphabetic);
    let mut candidates = std::iter::once(on_line).chain(before.iter().map(|l| l.text));
    let marks = |c: char| c.is_whitespace() || matches!(c, '/' | '*' | '#' | '!');
    candidates
        .find(has_letters)
        .map(|text| text.trim_matches(marks).to_owned())
}

/// The wavelength of a line that starts like "1.9114 A ".
fn leading_angstrom(line: &str) -> Option<xrd_core::Wavelength> {
    let mut words = line.split_whitespace();
    let value = words
        .next()?
        .parse()
        .ok()
        .filter(|v| (0.1..10.0).contains(v))?;
    let is_angstrom = matches!(words.next()?, "A" | "Å" | "Ang" | "Angstrom");
    is_angstrom.then(|| xrd_core::Wavelength::angstrom(value).ok())?
}

#[cfg(test)]
mod tests;
