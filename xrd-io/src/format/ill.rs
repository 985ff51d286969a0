//! Counts from the powder diffractometers at ILL. Each mean count is preceded by the number of
//! counters that were averaged.
//!
//! ```text
//!   10.000   0.050 159.900           old D1A: start, step, end
//!  5   1234 5   1240 5   1239        ten of I2 F6: counters, mean counts of one
//!
//! a title                            D1A and D2B
//!                    0.050           step, after 16 characters
//!    0.000                           start
//!  100000. 100000.                   monitors
//!  5   1234 5   1240                 ten of I2 F6
//!    -1000                           the end
//!
//! 13-JUL-98 22:37:05 a title         D1B and D20; a line with a number may precede it
//!   1  45791                         run and numor
//!    124699.  120.   30.010  …       monitor, start from character 24, 45 characters, the last nine of
//!                                    which are the wavelength, step, temperatures
//!  400 …                             points
//!  1     185 1     192               ten of I2 F8
//!      -1000                         the end; the next run may follow
//! ```
//!
//! The fields have fixed widths. For counts of 100,000 or more there is no blank between them.
//! Columns of eight or ten characters without numbers of counters do not belong to this format.
//!
//! Sources: FullProf manual (2001), INSTRM 1, 6 and 3; the columns read by CrysFML; one file of
//! D1B.

use xrd_core::Wavelength;

use super::content::{Content, FormatReader};
use super::kind::Format;
use super::lines::{Line, lines};
use super::stream;
use crate::error::{Error, Place, Result, shorten};
use crate::scan::{AxisKind, Draft, Scan};
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::Ill,
    |source| source.text().is_some_and(is_ill),
    read,
);

const SHORT: usize = 6;
const LONG: usize = 8;

/// Information before the counts of a run.
struct Head {
    title: Option<String>,
    start: f64,
    step: f64,
    /// The number of points, if stated.
    points: Option<usize>,
    wavelength: Option<f64>,
    temperature_k: Option<f64>,
    /// The number of lines.
    lines: usize,
    /// The number of characters of an intensity.
    width: usize,
}

/// The lines that are not empty.
fn all(text: &str) -> impl Iterator<Item = Line<'_>> {
    let said = lines(text).map(|line| Line {
        text: line.text.trim_end_matches([' ', '\t', '\u{1a}']),
        ..line
    });
    said.filter(|line| !line.text.is_empty())
}

/// Whether counts follow the header. Old headers contain so little that every part must match.
fn is_ill(text: &str) -> bool {
    /// The longest header, and one row.
    const LINES: usize = 6;
    let beginning: Vec<Line> = all(text).take(LINES).collect();
    match Head::of(&beginning) {
        Some(head) if head.title.is_some() => true,
        Some(head) => {
            let rows = all(text).skip(head.lines);
            let rows = rows.take_while(|line| !is_end(line.text));
            let fields: Option<Vec<_>> = rows.map(|line| fields(line.text, head.width)).collect();
            let fields = fields.unwrap_or_default().concat();
            let changes = fields.windows(2).filter(|pair| pair[0].0 != pair[1].0);
            head.points == Some(fields.len()) && 5 * changes.count() < fields.len()
        }
        None => false,
    }
}

impl Head {
    fn of(lines: &[Line]) -> Option<Self> {
        let head = Self::of_d1b(lines)
            .or_else(|| Self::of_d2b(lines))
            .or_else(|| Self::of_old(lines))?;
        let fits = head.step > 0.0 && head.step <= 1.0 && head.start.abs() <= 180.0;
        let row = lines.get(head.lines)?;
        (fits && fields(row.text, head.width).is_some()).then_some(head)
    }

    fn of_old(lines: &[Line]) -> Option<Self> {
        let [start, step, end] = *stream::numbers(lines.first()?.text)? else {
            return None;
        };
        let steps = (end - start) / step;
        let is_whole = (steps - steps.round()).abs() < 0.02 && (1.0..1e6).contains(&steps);
        is_whole.then(|| Self {
            points: Some(steps.round() as usize + 1),
            ..Self::new((start, step), 1, SHORT)
        })
    }

    fn of_d2b(lines: &[Line]) -> Option<Self> {
        let [title, step, start, monitors, ..] = lines else {
            return None;
        };
        let blank = step.text.get(..16)?.trim().is_empty();
        let step = alone(step.text).filter(|_| blank)?;
        let start = alone(start.text)?;
        stream::numbers(monitors.text).filter(|m| m.len() <= 2)?;
        Some(Self {
            title: Some(title.text.trim().to_owned()),
            ..Self::new((start, step), 4, SHORT)
        })
    }

    fn of_d1b(lines: &[Line]) -> Option<Self> {
        // A single number may come before the first run.
        let first = usize::from(alone(lines.first()?.text).is_some());
        let [title, _, numbers, points, ..] = lines.get(first..)? else {
            return None;
        };
        let field = |from: usize, to: usize| {
            let cell = numbers.text.get(from..to.min(numbers.text.len()))?;
            cell.trim().parse::<f64>().ok().filter(|v| v.is_finite())
        };
        field(0, 13)?;
        let points = points.text.get(..4)?.trim().parse().ok()?;
        Some(Self {
            title: Some(title.text.trim().to_owned()),
            points: Some(points),
            wavelength: field(67, 76).filter(|w| (0.3..10.0).contains(w)),
            temperature_k: field(103, 112).filter(|t| *t > 0.0),
            ..Self::new((field(23, 31)?, field(76, 85)?), first + 4, LONG)
        })
    }

    fn new((start, step): (f64, f64), lines: usize, width: usize) -> Self {
        Self {
            title: None,
            start,
            step,
            points: None,
            wavelength: None,
            temperature_k: None,
            lines,
            width,
        }
    }
}

/// The number on a line that contains nothing else.
fn alone(line: &str) -> Option<f64> {
    let mut words = line.split_whitespace();
    let number = words.next()?.parse().ok().filter(|v: &f64| v.is_finite());
    number.filter(|_| words.next().is_none())
}

/// The numbers of counters and the intensities of a line; `None` if the line contains anything
/// else.
fn fields(line: &str, width: usize) -> Option<Vec<(u32, f64)>> {
    if !line.is_ascii() || line.is_empty() || !line.len().is_multiple_of(2 + width) {
        return None;
    }
    let fields = line.as_bytes().chunks_exact(2 + width).map(|field| {
        let (counters, intensity) = field.split_at(2);
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default().trim();
        let intensity = text(intensity);
        let whole = intensity.strip_suffix('.').unwrap_or(intensity);
        let whole: f64 = whole.parse::<u32>().ok()?.into();
        Some((text(counters).parse().ok()?, whole))
    });
    fields.collect()
}

fn is_end(line: &str) -> bool {
    line.trim().trim_end_matches('.') == "-1000"
}

fn read(source: &Source) -> Result<Content> {
    let lines: Vec<Line> = all(source.require_text()?).collect();
    let (mut scans, mut at) = (Vec::new(), 0);
    while let Some(head) = Head::of(&lines[at..]) {
        let rows = at + head.lines;
        let end = lines[rows..].iter().position(|line| is_end(line.text));
        let end = end.map_or(lines.len(), |i| rows + i);
        scans.push(scan(source, &head, &lines[rows..end])?);
        at = (end + 1).min(lines.len());
    }
    if let (Some(line), Some(last)) = (lines.get(at), scans.last_mut()) {
        last.warn(&format!("not used: the text from line {} on", line.number));
    }
    Ok(Content::Scans(scans))
}

fn scan(source: &Source, head: &Head, rows: &[Line]) -> Result<Scan> {
    let (mut intensities, mut places) = (Vec::new(), Vec::new());
    let (mut counters, mut is_cut) = (0, false);
    for line in rows {
        match fields(line.text, head.width) {
            Some(fields) => {
                for (of, intensity) in fields {
                    counters = counters.max(of);
                    intensities.push(intensity);
                    places.push(line.number);
                }
            }
            None if line.is_open => is_cut = true,
            None => {
                let found = format!("'{}'", shorten(line.text.trim()));
                let expected = "counters and counts in columns of fixed width";
                let place = Place::Line(line.number);
                return Err(Error::malformed(source.path, place, found, expected));
            }
        }
    }
    let beyond = intensities
        .len()
        .saturating_sub(head.points.unwrap_or(usize::MAX));
    intensities.truncate(intensities.len() - beyond);
    let axis = (head.start, head.step);
    let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, axis, intensities);
    draft.metadata.sample = head.title.clone();
    draft.metadata.temperature_k = head.temperature_k;
    let wavelength = head.wavelength.map(Wavelength::angstrom);
    draft.metadata.radiation.wavelength = wavelength.and_then(std::result::Result::ok);
    draft.warn_if_cut(head.points.unwrap_or(0));
    if is_cut {
        draft.warn("cut short: the last line lacks columns");
    }
    if beyond > 0 {
        draft.warn(format!("not used: {beyond} numbers after the last point"));
    }
    if counters > 1 {
        draft.warn(format!(
            "not used: the number before each intensity, a mean over up to {counters} counters"
        ));
    }
    draft.build(source, |i| {
        places.get(i).map_or(Place::File, |line| Place::Line(*line))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn scans(text: &str) -> Vec<Scan> {
        let source = Source::new(Path::new("a.dat"), text.as_bytes().to_vec());
        match crate::format::read(&source) {
            Ok((Format::Ill, Content::Scans(scans))) => scans,
            _ => vec![],
        }
    }

    /// Twelve counts with their numbers of counters, ten per line.
    fn rows(counts: &[u32; 12], width: usize) -> String {
        let field = |count: &u32| format!("{:2}{count:width$}", 5);
        let row = |counts: &[u32]| counts.iter().map(field).collect::<String>() + "\n";
        counts.chunks(10).map(row).collect()
    }

    const SMALL: [u32; 12] = [90, 80, 75, 91, 84, 120, 250, 117, 84, 80, 79, 82];

    #[test]
    fn fields_that_touch_are_told_apart() {
        for factor in [1, 100, 3000] {
            let counts = SMALL.map(|c| c * factor);
            let text = format!("  10.000   0.050  10.550\n{}", rows(&counts, SHORT));
            let scans = scans(&text);
            assert_eq!(scans[0].intensities(), counts.map(f64::from), "{factor}");
            assert_eq!((scans[0].axis()[1], scans[0].axis()[11]), (10.05, 10.55));
            assert!(scans[0].warnings()[0].contains("5 counters"));
        }
    }

    #[test]
    fn the_old_format_may_have_an_end() {
        for factor in [1, 3000] {
            let counts = SMALL.map(|c| c * factor);
            let text = format!(
                "  10.000   0.050  10.550\n{}   -1000\n",
                rows(&counts, SHORT)
            );
            assert_eq!(
                scans(&text)[0].intensities(),
                counts.map(f64::from),
                "{factor}"
            );
        }
    }

    #[test]
    fn what_has_no_counters_is_not_taken() {
        let counts = SMALL.map(|c| 12_000_000 + c);
        let row =
            |counts: &[u32]| counts.iter().map(|c| format!("{c:9}")).collect::<String>() + "\n";
        let eights: String = SMALL.map(|c| format!("{c:8}")).concat();
        let decimals: String = SMALL
            .map(|c| format!("{c:8.1}", c = f64::from(c) + 12000.5))
            .concat();
        for body in [row(&counts), eights, decimals] {
            assert!(
                scans(&format!("  10.000   0.050  10.550\n{body}")).is_empty(),
                "{body}"
            );
        }
    }

    #[test]
    fn step_and_start_on_lines_of_their_own() {
        let head = format!(
            "La2CuO4 300 K\n{:16}{:8.3}\n{:8.3}\n 100000. 100000.\n",
            "", 0.05, -1.0
        );
        let text = format!("{head}{}   -1000\n  -10000\n", rows(&SMALL, SHORT));
        let scan = &scans(&text)[0];
        assert_eq!((scan.axis()[0], scan.axis()[11]), (-1.0, -0.45));
        assert_eq!(scan.intensities()[..2], [90.0, 80.0]);
        assert_eq!(scan.metadata().sample.as_deref(), Some("La2CuO4 300 K"));
        assert_eq!(scan.warnings()[1], "not used: the text from line 8 on");
    }

    fn run(number: u32, rows: &str) -> String {
        let numbers = [30.01, 240.01, -90.01, 0.0, 0.0, 2.52, 0.2, 0.0, 0.0, 295.0];
        let numbers: String = numbers.map(|v| format!("{v:9.3}")).concat();
        format!(
            "13-JUL-98 22:37:05 TiAl\n{number:3}  45791\n      124699.     120.{numbers}\n  12 0.0E+00\n{rows}"
        )
    }

    #[test]
    fn runs_follow_each_other() {
        let rows = rows(&SMALL, LONG);
        let end = "     -1000\n";
        let one = run(1, &rows);
        for text in [
            format!("    1\n{one}{end}{one}{end}"),
            format!("{one}{end}{one}"),
        ] {
            let scans = scans(&text);
            assert_eq!(scans.len(), 2);
            assert_eq!((scans[1].axis()[0], scans[1].axis()[11]), (30.01, 32.21));
            assert_eq!(scans[1].intensities(), SMALL.map(f64::from));
            assert_eq!(scans[0].wavelength().map(|w| w.as_angstrom()), Some(2.52));
            assert_eq!(scans[0].metadata().temperature_k, Some(295.0));
        }
        let cut = &scans(&one[..one.len() - 5])[0];
        assert_eq!(cut.warnings()[0], "cut short: 10 of 12 points found");
    }
}
