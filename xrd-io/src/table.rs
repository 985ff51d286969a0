//! Text files with lines of cells and any separator. Columns, matrices and label tables are read
//! with this module.

mod comments;
mod dialect;
mod first_row;

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;

pub(crate) use comments::Comments;
pub(crate) use dialect::Dialect;

/// A line of a text file with its number, from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line<'a> {
    pub(crate) number: usize,
    pub(crate) text: &'a str,
}

/// The non-empty lines of a text, with comments kept apart.
pub(crate) struct Table<'a> {
    pub(crate) dialect: Dialect,
    /// Comments, without their comment marks.
    pub(crate) comments: Vec<Line<'a>>,
    pub(crate) lines: Vec<Line<'a>>,
}

/// Positions of the lines of a table in its text, as line numbers and byte offsets.
pub(crate) struct Places {
    dialect: Dialect,
    comments: Vec<(usize, Range<usize>)>,
    lines: Vec<(usize, Range<usize>)>,
}

impl<'a> Table<'a> {
    /// Splits a text into lines and comments and detects the cell separator. Cost: O(length).
    pub(crate) fn of(text: &'a str) -> Self {
        Self::of_lines(lines_of(text))
    }

    /// Like [`of`](Self::of), but reads only the start of the text, until a line of numbers is
    /// found.
    pub(crate) fn of_head(text: &'a str) -> Self {
        const LEAST_BYTES: usize = 1 << 15;
        const LEAST_LINES: usize = 100;
        let (mut bytes, mut lines) = (0, 0);
        let head = lines_of(text).take_while(|line| {
            bytes += line.text.len();
            lines += 1;
            bytes < LEAST_BYTES || lines <= LEAST_LINES
        });
        let head = Self::of_lines(head);
        match head.heading_len() {
            Some(_) => head,
            None => Self::of(text),
        }
    }

    /// Replaces the detected separator if it does not split all lines into the same number of
    /// cells. The first separator that does so is used. The detected separator may be wrong if
    /// texts contain blanks and numbers.
    pub(crate) fn cut_alike(mut self) -> Self {
        let is_even = |dialect: Dialect, least: usize| {
            let mut widths = self.lines.iter().map(|line| dialect.split(line.text).len());
            let first = widths.next().unwrap_or(0);
            first >= least && widths.all(|width| width == first)
        };
        if !is_even(self.dialect, 1) {
            let with = |separator| Dialect::separated_by(separator, &self.lines);
            let all = [';', '\t', ','].map(with);
            let even = all.into_iter().find(|dialect| is_even(*dialect, 2));
            self.dialect = even.unwrap_or(self.dialect);
        }
        self
    }

    /// Removes a first line such as `sep=;`, which spreadsheets write, and uses the separator it
    /// states.
    pub(crate) fn cut_as_said(mut self) -> Self {
        let said = self.lines.first().and_then(|line| {
            let text = line.text.trim_matches('"');
            let (key, separator) = text.split_at_checked(4)?;
            let is_one = key.eq_ignore_ascii_case("sep=") && separator.chars().count() < 2;
            is_one.then(|| separator.chars().next())
        });
        if let Some(separator) = said {
            self.lines.remove(0);
            self.dialect = match separator {
                Some(separator) => Dialect::separated_by(separator, &self.lines),
                None => Dialect::of(&self.lines),
            };
        }
        self
    }

    /// The positions of this table's lines in its text.
    pub(crate) fn places(&self, text: &str) -> Places {
        let start_of = |line: &Line| line.text.as_ptr() as usize - text.as_ptr() as usize;
        let place = |line: &Line| {
            (
                line.number,
                start_of(line)..start_of(line) + line.text.len(),
            )
        };
        Places {
            dialect: self.dialect,
            comments: self.comments.iter().map(place).collect(),
            lines: self.lines.iter().map(place).collect(),
        }
    }

    /// Restores a table from positions found earlier in the same text. Cost: O(lines).
    pub(crate) fn at(text: &'a str, places: &Places) -> Self {
        let line = |(number, range): &(usize, Range<usize>)| Line {
            number: *number,
            text: text.get(range.clone()).unwrap_or_default(),
        };
        Self {
            dialect: places.dialect,
            comments: places.comments.iter().map(line).collect(),
            lines: places.lines.iter().map(line).collect(),
        }
    }

    fn of_lines(all: impl Iterator<Item = Line<'a>>) -> Self {
        let (mut comments, mut lines) = (Vec::new(), Vec::new());
        let mut state = Comments::default();
        for line in all {
            match state.comment(line.text) {
                Some(text) => comments.push(Line { text, ..line }),
                None if line.text.trim().is_empty() => {}
                None => lines.push(line),
            }
        }
        let dialect = Dialect::of(&lines);
        Self {
            dialect,
            comments,
            lines,
        }
    }

    pub(crate) fn cells(&self, line: &Line<'a>) -> Vec<Cow<'a, str>> {
        self.dialect.split(line.text)
    }

    /// The cells of a comment above `width` columns. Names may have other separators than the rows
    /// of numbers: `# stt;timer;ctr1` of NICOS, `'2theta' 'I obs'` of MAUD.
    pub(crate) fn names(&self, line: &Line<'a>, width: usize) -> Vec<Cow<'a, str>> {
        let cells = self.cells(line);
        if cells.len() == width {
            return cells;
        }
        let cut = |mark: &str| -> Vec<Cow<'a, str>> {
            let names = line.text.split(mark);
            names
                .map(|name| name.trim_matches([' ', '\'']).into())
                .collect()
        };
        let others = ["' '", ";", "\t"].map(cut);
        let whole = others.into_iter().find(|names| names.len() == width);
        whole.unwrap_or(cells)
    }

    /// The first cell; empty if the line has none. Cost: O(cell).
    pub(crate) fn first_cell(&self, line: &Line<'a>) -> Cow<'a, str> {
        self.dialect.first(line.text)
    }

    pub(crate) fn number(&self, cell: &str) -> Option<f64> {
        crate::number::parse(cell, self.dialect.decimal_comma)
    }

    /// The number of lines before the first line of numbers. The first cell of a line of numbers
    /// may be a name.
    pub(crate) fn heading_len(&self) -> Option<usize> {
        self.lines.iter().position(|line| {
            let cells = self.cells(line);
            let rest = cells.get(1..).unwrap_or_default();
            let is_number = |cell: &Cow<str>| self.number(cell).is_some();
            match rest.is_empty() {
                true => cells.iter().all(is_number),
                false => rest.iter().all(is_number),
            }
        })
    }
}

/// The trimmed lines of a text. Lines may end with LF, CR LF, CR CR LF or CR.
pub(crate) fn lines_of(text: &str) -> impl Iterator<Item = Line<'_>> + Clone {
    let mut rest = Some(text);
    let texts = std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = memchr2(b'\n', b'\r', text.as_bytes()) else {
            rest = None;
            return Some(text);
        };
        rest = Some(after_line_end(&text[end..]));
        Some(&text[..end])
    });
    let trimmed = |text: &'_ str| -> (usize, usize) {
        let start = text.len() - text.trim_start_matches(is_space).len();
        (start, text.trim_end_matches(is_space).len().max(start))
    };
    texts.enumerate().map(move |(i, text)| {
        let (start, end) = trimmed(text);
        Line {
            number: i + 1,
            text: &text[start..end],
        }
    })
}

/// Removes one line end from the start of a text.
pub(crate) fn after_line_end(text: &str) -> &str {
    let ends = ["\r\n", "\r\r\n"];
    let after = ends.iter().find_map(|end| text.strip_prefix(end));
    after.unwrap_or_else(|| text.get(1..).unwrap_or_default())
}

/// Whether a character is white space or the DOS end-of-file mark. Tabs are excluded, as they may
/// separate empty cells.
fn is_space(c: char) -> bool {
    c == '\u{1a}' || (c.is_whitespace() && c != '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        lines_of(text).map(|l| l.text).collect()
    }

    #[test]
    fn all_line_ends() {
        for text in ["a\nb\nc", "a\r\nb\r\nc", "a\rb\rc", "a\r\r\nb\r\r\nc"] {
            assert_eq!(texts(text), ["a", "b", "c"], "{text:?}");
        }
        assert_eq!(texts(" a \n\n b\u{1a}"), ["a", "", "b"]);
    }

    #[test]
    fn a_table_is_found_again_in_its_text() {
        let text = "# a\n x 2theta\r\n\n1,5\t2\n/* b */\n2,5 3";
        let table = Table::of_head(text);
        let again = Table::at(text, &table.places(text));
        assert_eq!(again.lines, table.lines);
        assert_eq!(again.comments, table.comments);
        assert_eq!((table.lines.len(), table.comments.len()), (3, 2));
    }

    #[test]
    fn headings_end_where_numbers_begin() {
        let heading_len = |text| Table::of(text).heading_len();
        assert_eq!(heading_len("angle,I\ndeg,cps\n1,2\n2,3\n"), Some(2));
        assert_eq!(heading_len("name,10.0,10.1\na,2,3\n"), Some(0));
        assert_eq!(heading_len("just a text\n"), None);
    }
}
