//! Rows of columns, with a fast parser for plain rows and a general parser for all other lines.

use super::plain;
use super::widths::Widths;
use crate::error::{Error, Place, Result, shorten};
use crate::source::Source;
use crate::table::{Comments, Dialect, Line, after_line_end};

/// The columns to read, and their format.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) axis: usize,
    pub(super) intensity: usize,
    pub(super) sigma: Option<usize>,
    /// The number of columns.
    pub(super) width: usize,
    pub(super) dialect: Dialect,
    /// The line number of the first point, from 1.
    pub(super) first_line: usize,
}

/// The points of a file, one scan after the other.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) axis: Vec<f64>,
    pub(super) intensities: Vec<f64>,
    /// The standard deviations. The list is empty if there is no such column; a value is NaN if its
    /// cell is not a number.
    pub(super) sigma: Vec<f64>,
    /// The number of points without a known intensity.
    unknown: usize,
    /// The number of lines whose columns touch, and the first of them.
    touching: Option<(usize, usize)>,
    pub(super) warnings: Vec<String>,
}

/// Reads all rows of a text. Cost: O(length).
pub(super) fn read(source: &Source, text: &str, wanted: &Wanted) -> Result<Rows> {
    read_in_pieces(source, text, wanted, Some(LEAST_PIECE))
}

/// Smallest size of a piece in bytes; splitting shorter texts costs more time than it saves.
const LEAST_PIECE: usize = 1 << 17;

/// Like [`read`], but plain rows are read in parallel pieces of at least `least` bytes. If `least`
/// is `None`, the text is read line by line.
pub(super) fn read_in_pieces(
    source: &Source,
    text: &str,
    wanted: &Wanted,
    least_piece: Option<usize>,
) -> Result<Rows> {
    let mut reader = Reader {
        source,
        wanted,
        rows: Rows::default(),
        comments: Comments::default(),
        words: None,
        widths: Widths::of(text, wanted),
    };
    let (mut number, mut rest) = (0, text);
    while !rest.is_empty() {
        number += 1;
        let is_point = number >= wanted.first_line;
        if number == wanted.first_line.max(1) && !reader.comments.in_block() {
            if let Some(least) = least_piece {
                let length = plain::rows(rest, wanted, least, &mut reader.rows);
                number += reader.rows.axis.len();
                rest = &rest[length..];
            }
            if rest.is_empty() {
                break;
            }
            reader.rows.reserve(rest, wanted);
        }
        let end = match is_point.then(|| reader.plain_row(rest)).flatten() {
            Some(length) => length,
            None => {
                let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
                let is_last = end == rest.len();
                let line = Line {
                    number,
                    text: rest[..end].trim(),
                };
                reader.line(line, is_last)?;
                end
            }
        };
        rest = match rest.as_bytes().get(end) {
            Some(b'\n') => &rest[end + 1..],
            _ => after_line_end(&rest[end..]),
        };
    }
    if reader.rows.unknown > 0 {
        let warning = format!(
            "left out: {} points of unknown intensity",
            reader.rows.unknown
        );
        reader.rows.warnings.push(warning);
    }
    if let Some((lines, first)) = reader.rows.touching {
        reader.rows.warnings.push(format!(
            "the columns of {lines} lines touch, first in line {first}: cut where those of other lines end"
        ));
    }
    if ends_short(text) {
        let warning = "the last line has no end and is shorter than those before: \
            its last number may be incomplete";
        reader.rows.warnings.push(warning.to_owned());
    }
    if let Some(line) = reader.words {
        let warning = format!("not used: the text from line {} on", line.number);
        reader.rows.warnings.push(warning);
    }
    Ok(reader.rows)
}

/// Whether a text ends without a line end, in a line that is shorter than each of the ten lines
/// before.
fn ends_short(text: &str) -> bool {
    const BEFORE: usize = 10;
    if text.ends_with(['\n', '\r']) {
        return false;
    }
    let mut lines = text.rsplit('\n').map(|line| line.trim().len());
    let last = lines.next().unwrap_or(0);
    let before: Vec<usize> = lines.take(BEFORE).collect();
    before.len() == BEFORE && last > 0 && before.iter().all(|length| *length > last)
}

struct Reader<'a> {
    source: &'a Source<'a>,
    wanted: &'a Wanted,
    rows: Rows,
    comments: Comments,
    /// The first line of words since the last point.
    words: Option<Line<'a>>,
    /// Where columns of fixed width end.
    widths: Option<Widths>,
}

impl<'a> Reader<'a> {
    /// Reads the point of a plain line and returns its length; `None` for any other line.
    fn plain_row(&mut self, rest: &str) -> Option<usize> {
        if self.words.is_some() || self.comments.in_block() {
            return None;
        }
        let ([axis, intensity, sigma], length) = self.wanted.plain_row(rest.as_bytes())?;
        self.push(axis, intensity, sigma);
        Some(length)
    }

    fn push(&mut self, axis: f64, intensity: f64, sigma: f64) {
        self.rows.axis.push(axis);
        self.rows.intensities.push(intensity);
        if self.wanted.sigma.is_some() {
            self.rows.sigma.push(sigma);
        }
    }

    /// Reads any line: a comment, words, or a row in any form.
    fn line(&mut self, line: Line<'a>, is_last: bool) -> Result<()> {
        let is_comment = self.comments.comment(line.text).is_some();
        if is_comment || line.text.is_empty() || line.number < self.wanted.first_line {
            return Ok(());
        }
        let mut cells = self.wanted.dialect.split(line.text);
        let cut = self.widths.as_ref().and_then(|w| w.cut(line.text, &cells));
        if let Some(cut) = cut {
            let (lines, first) = self.rows.touching.unwrap_or((0, line.number));
            self.rows.touching = Some((lines + 1, first));
            cells = cut;
        }
        let number = |i: usize| {
            let cell = cells.get(i)?;
            crate::number::parse(cell, self.wanted.dialect.decimal_comma)
        };
        if number(self.wanted.axis).is_none() {
            self.words = self.words.or(Some(line));
            return Ok(());
        }
        // Mantid writes the number of a spectrum above its rows.
        let is_number_alone = matches!(&cells[..], [n] if n.bytes().all(|b| b.is_ascii_digit()));
        if is_number_alone && !is_last {
            self.words = self.words.or(Some(line));
            return Ok(());
        }
        if cells.len() != self.wanted.width {
            if is_last && cells.len() < self.wanted.width {
                let warning = "cut short: the last line lacks columns";
                self.rows.warnings.push(warning.to_owned());
                return Ok(());
            }
            let expected = format!(
                "{} as in line {}",
                self.wanted.width, self.wanted.first_line
            );
            return Err(self.malformed(line, format!("{} values", cells.len()), expected));
        }
        let finite = |i: usize| {
            let value = number(i).filter(|v| v.is_finite());
            let error = || Error::not_a_number(self.source.path, line.number, i + 1, &cells[i]);
            value.ok_or_else(error)
        };
        let axis = finite(self.wanted.axis)?;
        if cells
            .get(self.wanted.intensity)
            .is_some_and(|c| is_unknown(c))
        {
            self.rows.unknown += 1;
            return Ok(());
        }
        let intensity = finite(self.wanted.intensity)?;
        let sigma = self.wanted.sigma.and_then(number).unwrap_or(f64::NAN);
        self.refuse_words_before(axis)?;
        self.push(axis, intensity, sigma);
        Ok(())
    }

    /// Refuses words within a scan. Between two scans, where the axis starts again, words are
    /// allowed.
    fn refuse_words_before(&mut self, axis: f64) -> Result<()> {
        let begins = self.rows.axis.last().is_none_or(|last| axis < *last);
        match self.words.take().filter(|_| !begins) {
            None => Ok(()),
            Some(line) => {
                let found = format!("'{}'", shorten(line.text));
                Err(self.malformed(line, found, "a row of numbers".to_owned()))
            }
        }
    }

    fn malformed(&self, line: Line, found: String, expected: String) -> Error {
        Error::malformed(self.source.path, Place::Line(line.number), found, expected)
    }
}

/// Whether a cell contains only asterisks. Fortran writes them if a number does not fit its field.
fn is_unknown(cell: &str) -> bool {
    !cell.is_empty() && cell.bytes().all(|b| b == b'*')
}

impl Rows {
    /// Reserves memory for the points that the rest of the text may contain.
    fn reserve(&mut self, text: &str, wanted: &Wanted) {
        let ends = text.bytes().filter(|b| matches!(b, b'\n' | b'\r')).count();
        // A line has at least two digits, a separator and its end.
        let points = (ends + 1).min(text.len() / 4 + 1);
        self.axis.reserve(points);
        self.intensities.reserve(points);
        self.sigma
            .reserve(if wanted.sigma.is_some() { points } else { 0 });
    }
}
