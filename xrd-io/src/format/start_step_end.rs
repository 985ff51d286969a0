//! The files of the Rietveld programs: three numbers, then intensities in lines of eight or ten.
//!
//! ```text
//! Title: 1.9114 A  LaNi2Mn3Dx               up to eight lines of anything, comments too
//! 10.000   0.025 160.000  PbSO4             start, step, end in degrees; then a title or more
//!      179     147     165     172          intensities, as many as fit the range
//!      131     144     131     140
//!     13.4    12.1    12.8    13.1          in some as many other numbers, see `halves.rs`
//! ```
//!
//! FullProf (`INSTRM 0`), DBWS (`3F8.2,A`, `8F7`), XDD of Koalariet and XFIT, RIET7, LHPM and
//! CSRIET (free, up to four lines before), D1A5 of ILL and DMC of PSI (`10F8`, preceded by three
//! to four lines) differ in no more than that. Some programs write start, end, step; others the
//! count of points in place of the end, also first (RIETAN, MAUD), which is taken where exactly as
//! many numbers follow. More numbers may follow the three, such as a time and wavelengths.
//!
//! The three numbers are taken where the range holds a whole number of steps and the numbers that
//! follow fit it, so that three columns are not taken for this format. Fields that touch are told
//! apart. Sources: the manuals of FullProf (1998) and DBWS, ccp14's page on the formats of XFIT,
//! DASH (`Load_dat_File`).

use halves::Others;

use super::steps::{StatedAxis, decimals};
use super::stream::{self, Stream};
use super::{Content, Format};
use crate::column_names::stated_wavelength;
use crate::error::{Place, Result};
use crate::patterns::ReadOptions;
use crate::scan::{AxisKind, Draft, Metadata, SigmaOrigin};
use crate::source::Source;
use crate::table::{Line, lines_of};

mod halves;
mod powdll;

pub(super) const FORMAT: Format =
    Format::new("start step end", |source| find(source).is_some(), read);

/// How many lines may come before the three numbers.
const MOST_LINES_BEFORE: usize = 8;

/// What follows is read for so many lines that could hold them.
const MOST_TRIES: usize = 3;

/// The line with the three numbers.
struct Range<'a> {
    line: Line<'a>,
    /// What the numbers may mean, the likeliest first.
    uniform: Vec<Uniform>,
    /// Start, step and end, whether or not a whole number of steps fits.
    stated: Vec<StatedAxis>,
    /// How many numbers follow the three.
    more: usize,
    /// What follows the three numbers.
    title: &'a str,
}

/// A uniform axis.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Uniform {
    start: f64,
    step: f64,
    points: usize,
    /// Whether the count of points is stated, not the end.
    counted: bool,
}

/// The range of a file, and what its lines hold.
struct Found<'a> {
    before: Vec<Line<'a>>,
    range: Range<'a>,
    uniform: Uniform,
    stream: Stream<'a>,
    /// How many numbers the first line of intensities has.
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
                tries += 1;
            }
        }
        before.push(line);
    }
    None
}

/// Drops the numbers that mark the end, as ILL's do.
fn drop_end_marks(values: &mut Vec<f64>) {
    while values
        .last()
        .is_some_and(|v| *v == -1000.0 || *v == -10000.0)
    {
        values.pop();
    }
}

/// Whether nothing is missing at the end: words follow, or the last line is short and ended.
fn ends_by_itself(text: &str, stream: &Stream, row: usize) -> bool {
    let is_ended = text.trim_end_matches('\u{1a}').ends_with(['\n', '\r']);
    stream.words.is_some() || is_ended && !stream.values.len().is_multiple_of(row)
}

/// Whether the line after the range begins with the first angle, as rows of columns do, or has as
/// many numbers as the line of the range, where that has more than three.
fn is_row_of_columns(row: &[f64], range: &Range) -> bool {
    let begins = |(start, step): (f64, f64)| (row[0] - start).abs() < 0.01 * step;
    let uniform = range.uniform.iter().map(|u| (u.start, u.step));
    let mut all = uniform.chain(range.stated.iter().map(|s| (s.first, s.step)));
    row.len() > 1 && (all.any(begins) || range.more > 0 && row.len() == 3 + range.more)
}

/// The axis for which there are as many numbers as points, or twice as many, or whose step is a
/// rounded one; fewer numbers in a file cut short, or a line more, where the length of its rows
/// leaves no doubt that they are no columns.
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
    /// Three numbers that can be start, step and end, or the like, and what follows them.
    fn of(line: Line<'a>) -> Option<Self> {
        const MOST_MORE: usize = 5;
        let mut rest = line.text;
        let (mut numbers, mut places) = ([0.0; 3], [None; 3]);
        for (number, places) in numbers.iter_mut().zip(&mut places) {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            let (value, length) = fast_float2::parse_partial::<f64, _>(rest).ok()?;
            // Fields of eight characters may touch: "  160.00PbSO4" has its title right after.
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

/// Start, step and end in the orders in which programs write them.
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

    /// All that three numbers can mean, the likeliest first.
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

    /// Where these can be step and end: a whole number of steps fits.
    fn to_end(start: f64, step: f64, end: f64) -> Option<Self> {
        let steps = (end - start) / step;
        let whole = (steps - steps.round()).abs() < 0.02 + 1e-4 * steps.abs().min(100.0);
        let fits = Self::is_plausible(start, step, end) && whole;
        (fits && (1.0..MOST_STEPS).contains(&steps))
            .then(|| Self::new(start, step, steps.round() as usize + 1))
    }

    /// Where these can be step and count.
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

fn read(source: &Source, _: &ReadOptions) -> Result<Content> {
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
    /// The points, and what is told of the numbers that are none.
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

/// The title on the line of the range, else the first line before it that has letters.
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

/// The wavelength of a line that begins as "1.9114 A ".
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
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scan::Scan;

    fn read_text(text: &str) -> Option<Scan> {
        let source = Source::new(Path::new("a.dat"), text.as_bytes().to_vec());
        if !(FORMAT.recognises)(&source) {
            return None;
        }
        match read(&source, &ReadOptions::default()).unwrap() {
            Content::Scans(mut scans) => Some(scans.remove(0)),
            Content::Matrix(_) => unreachable!("a scan"),
        }
    }

    #[test]
    fn every_program_of_the_family() {
        let rows = "  80  75  90  81\n  87\n";
        for head in [
            "10.000   0.025 10.1  a title\n",
            "   10.00    .025    10.1a title\n",
            "/* a title */\n10.0 0.025 10.1\n",
            "# a title\n# more\n10 10.1 0.025\n",
            "D1A5 a title\n Ident: 1 to 2\n 5 -1.0 100.0 1\n 10.0 0.025 10.1\n",
        ] {
            let scan = read_text(&format!("{head}{rows}")).unwrap();
            assert_eq!(scan.axis(), [10.0, 10.025, 10.05, 10.075, 10.1], "{head}");
            assert_eq!(scan.intensities(), [80.0, 75.0, 90.0, 81.0, 87.0], "{head}");
            assert!(
                scan.metadata()
                    .sample
                    .as_deref()
                    .unwrap()
                    .contains("a title")
            );
            assert_eq!((scan.sigma(), scan.warnings().len()), (None, 0), "{head}");
        }
    }

    #[test]
    fn as_many_numbers_again_are_standard_deviations() {
        let text = "T\n1.9114 A  LaNi2\n 10 0.5 11.5\n 80 75 90 81\n 8.9 8.7 9.5 9\n";
        let scan = read_text(text).unwrap();
        assert_eq!(scan.sigma(), Some([8.9, 8.7, 9.5, 9.0].as_slice()));
        assert_eq!(scan.wavelength().map(|w| w.as_angstrom()), Some(1.9114));
        let scan = read_text(&format!("{text}some words\n1 2\n")).unwrap();
        assert_eq!(scan.warnings(), ["not used: the text from line 6 on"]);
    }

    #[test]
    fn counts_of_points_in_place_of_the_end() {
        let rows = "  80  75  90  81\n".repeat(5);
        for head in [
            "10 0.5 20\n",
            "20 0.5 10.0\n",
            "20, 10.0, 0.5\n",
            "a title\n20 10 0.5\n",
        ] {
            let scan = read_text(&format!("{head}{rows}")).unwrap();
            assert_eq!((scan.axis()[0], scan.axis()[19]), (10.0, 19.5), "{head}");
            assert_eq!(scan.warnings().len(), 0);
        }
        assert!(read_text(&format!("21 0.5 10.0\n{rows}")).is_none());
    }

    #[test]
    fn more_numbers_after_the_three() {
        let rows = "80\n75\n90\n81\n".repeat(5);
        for more in ["1.0", "1.0 1.5406 1.5444", "2 0.5 1.5406 1 1"] {
            let scan = read_text(&format!("a title\n10 0.5 19.5 {more}\n{rows}")).unwrap();
            assert_eq!((scan.axis().len(), scan.axis()[19]), (20, 19.5), "{more}");
        }
        assert!(read_text("10 0.5 11.5 1 2\n10.5 2 3 4 5\n11 2 3 4 5\n").is_none());
    }

    #[test]
    fn samples_in_quotes_and_heads_of_powdll() {
        let rows = "  80  75  90  81\n  87\n";
        let text = format!("HRPT, a\n10 0.5 12 18000000., sample=\"Nd Ni, 3\"\n{rows}");
        let scan = read_text(&text).unwrap();
        assert_eq!(scan.metadata().sample.as_deref(), Some("Nd Ni, 3"));
        let head = "SampleIdent S 1 DataFileName ______\nDiffrType ______   GeneratorVoltage __\n\
            Anode Cu    Alpha1  1.54060    Alpha2  1.54443    Ratio  0.50000\n\
            MonochromatorUsed __   DivergenceSlit _\n";
        let scan = read_text(&format!(
            "{head}10 0.5 12 MeasureDateTime 04/11/2024 10:43\n{rows}"
        ));
        let about = scan.unwrap().metadata().clone();
        assert_eq!(about.sample.as_deref(), Some("S 1"));
        assert_eq!(about.date.as_deref(), Some("04/11/2024 10:43"));
        assert_eq!(about.radiation.anode.as_deref(), Some("Cu"));
        assert_eq!(about.radiation.k_alpha2_ratio, Some(0.5));
        assert_eq!(
            about.radiation.wavelength.map(|w| w.as_angstrom()),
            Some(1.5406)
        );
    }

    #[test]
    fn cut_short_it_gives_what_is_there() {
        let scan = read_text("10 0.5 12\n80 75 90 81\n").unwrap();
        assert_eq!(scan.warnings(), ["cut short: 4 of 5 points are there"]);
    }

    #[test]
    fn a_rounded_step_is_that_of_the_points() {
        let whole = |head: &str, count: usize| {
            let numbers: Vec<String> = (0..count).map(|i| format!("{:6}", 100 + i % 7)).collect();
            let rows: Vec<String> = numbers.chunks(10).map(|row| row.concat() + "\n").collect();
            read_text(&format!("{head}\n{}", rows.concat()))
        };
        for (head, count, last) in [
            ("10.023 0.026 19.004", 343, 19.004),
            ("14.480 0.0131 60.042", 3471, 60.042),
            ("14.480 60.042 0.0131", 3471, 60.042),
            ("10.023 0.0167 70.166", 3600, 70.166),
        ] {
            let scan = whole(head, count).unwrap();
            assert_eq!(
                (scan.axis().len(), scan.warnings().len()),
                (count, 0),
                "{head}"
            );
            assert_eq!(scan.axis()[count - 1], last, "{head}");
        }
        let cut = whole("10.0 0.02 90.0", 3500).unwrap();
        assert_eq!(cut.axis()[1], 10.02);
        assert_eq!(cut.warnings(), ["cut short: 3500 of 4001 points are there"]);
    }

    #[test]
    fn far_more_numbers_than_points_are_of_something_else() {
        let rows = |count: usize| "  80  75  90  81\n".repeat(count / 4);
        assert!(read_text(&format!("10 0.5 29.5\n{}", rows(60))).is_none());
        let scan = read_text(&format!("10 0.5 29.5\n{}", rows(48))).unwrap();
        assert!(scan.warnings()[0].contains("8 numbers after"));
        let marked = read_text(&format!("10 0.5 29.5\n{}   -1000\n", rows(40))).unwrap();
        assert_eq!((marked.axis().len(), marked.warnings().len()), (40, 0));
    }

    #[test]
    fn columns_are_not_taken() {
        for text in [
            "10.0 0.5 11.0\n10.5 0.7 12.0\n11.0 0.9 13.0\n",
            "10 0.5 12\n10 5\n10.5 6\n11 7\n11.5 8\n12 9\n",
            "10 1\n11 2\n",
            "10 90 0.02\nwords\n",
            "1.5406\n10 5\n11 6\n",
        ] {
            assert!(read_text(text).is_none(), "{text:?}");
        }
    }
}
