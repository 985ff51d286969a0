use std::borrow::Cow;

use super::Line;

/// The cell separator, and whether a comma is the decimal mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// The separator; `None` means any run of white space.
    pub(crate) separator: Option<char>,
    /// Whether every line ends with one extra separator, which does not start a new cell.
    pub(crate) trailing: bool,
    pub(crate) decimal_comma: bool,
}

/// All dialects in order of preference.
const DIALECTS: [Dialect; 8] = [
    dialect(Some(';'), false),
    dialect(Some(';'), true),
    dialect(Some('\t'), false),
    dialect(Some('\t'), true),
    dialect(Some(','), false),
    // Numbers may be quoted.
    dialect(Some(','), true),
    dialect(None, false),
    dialect(None, true),
];

/// Number of lines that are examined. It is large enough that a heading or an invalid line does not
/// change the result.
const PROBED: usize = 40;

const fn dialect(separator: Option<char>, decimal_comma: bool) -> Dialect {
    Dialect {
        separator,
        trailing: false,
        decimal_comma,
    }
}

impl Dialect {
    /// Detects the dialect. The best dialect has the largest fraction of cells that are numbers,
    /// after subtraction of cells that contain another separator. If several are equal, the one
    /// that splits the most lines into two or more cells is used.
    ///
    /// The examined lines come from the middle of the text, where headings are rare. Only the first
    /// cells of each line count, so that the cost does not grow with the width of a matrix.
    pub(super) fn of(lines: &[Line]) -> Self {
        Self::among(&DIALECTS, lines)
    }

    /// Detects the dialect when the separator is known.
    pub(super) fn separated_by(separator: char, lines: &[Line]) -> Self {
        let with_mark = |decimal_comma| dialect(Some(separator), decimal_comma);
        Self::among(&[false, true].map(with_mark), lines)
    }

    fn among(dialects: &[Self], lines: &[Line]) -> Self {
        let first = (lines.len() / 2).saturating_sub(PROBED / 2);
        let probed = &lines[first..lines.len().min(first + PROBED)];
        let score = |d: &Dialect| {
            let (mut balance, mut cells, mut cut) = (0i64, 0i64, 0);
            for line in probed {
                let (b, c) = d.balance(line.text);
                balance += b;
                cells += c;
                cut += i64::from(c > 1);
            }
            (balance * 1_000_000 / cells.max(1), cut)
        };
        // `max_by_key` returns the last of equal items; the list is in order of preference.
        let best = dialects.iter().rev().max_by_key(|d| score(d));
        let best = best.copied().unwrap_or(dialect(None, false));
        let trailing = best.has_trailing(lines.first(), probed);
        Self { trailing, ..best }
    }

    /// Whether all lines end with a separator. The first line, which may hold names, must have no
    /// cell after it.
    fn has_trailing(self, first: Option<&Line>, probed: &[Line]) -> bool {
        let (Some(separator), Some(first), Some(row)) = (self.separator, first, probed.last())
        else {
            return false;
        };
        let mut rows = probed.iter().filter(|line| line.number != first.number);
        let ends = |line: &Line| line.text.ends_with(separator);
        let width = |line: &Line| self.split(line.text).len();
        rows.all(ends) && (ends(first) || width(first) < width(row))
    }

    /// Two counts for the first cells of a line: numbers minus cells with another separator, and
    /// all cells.
    fn balance(self, line: &str) -> (i64, i64) {
        const CELLS: usize = 20;
        let cells = self.split_up_to(line, CELLS);
        // In a line of one cell, a comma may separate two whole numbers.
        let decimal_comma = self.decimal_comma && cells.len() > 1;
        let worth = |cell: &Cow<str>| match crate::number::parse_value(cell, decimal_comma) {
            Some(_) => 1,
            None if self.separator != Some(';') && cell.contains([';', '\t']) => -1,
            None => 0,
        };
        (cells.iter().map(worth).sum(), cells.len() as i64)
    }

    /// Splits a line into trimmed cells without their double quotes.
    pub(crate) fn split<'a>(self, line: &'a str) -> Vec<Cow<'a, str>> {
        self.split_up_to(line, usize::MAX)
    }

    /// The first cell of a line.
    pub(crate) fn first(self, line: &str) -> Cow<'_, str> {
        self.split_up_to(line, 1).pop().unwrap_or_default()
    }

    fn split_up_to<'a>(self, line: &'a str, most: usize) -> Vec<Cow<'a, str>> {
        let Some(separator) = self.separator else {
            return split_spaces(line, most);
        };
        let mut cells = Vec::new();
        let mut rest = Some(line);
        while let Some(text) = rest.filter(|_| cells.len() < most) {
            let (cell, after) = next_cell(text, separator);
            cells.push(cell);
            rest = after;
        }
        if self.trailing && rest.is_none() && cells.len() > 1 && line.ends_with(separator) {
            cells.pop();
        }
        cells
    }
}

/// Splits at runs of white space; quoted cells may contain white space.
fn split_spaces(line: &str, most: usize) -> Vec<Cow<'_, str>> {
    let mut cells = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && cells.len() < most {
        let (cell, after) = match quoted(rest) {
            Some((cell, after)) if after.is_empty() || after.starts_with(char::is_whitespace) => {
                (cell, after)
            }
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        cells.push(cell);
        rest = after.trim_start();
    }
    cells
}

/// The first cell, and the text after its separator.
fn next_cell(text: &str, separator: char) -> (Cow<'_, str>, Option<&str>) {
    let blank = |c: char| c.is_whitespace() && c != separator;
    let start = text.trim_start_matches(blank);
    if let Some((cell, after)) = quoted(start) {
        let after = after.trim_start_matches(blank);
        if after.is_empty() {
            return (cell, None);
        }
        if let Some(after) = after.strip_prefix(separator) {
            return (cell, Some(after));
        }
    }
    match start.split_once(separator) {
        Some((cell, after)) => (Cow::Borrowed(cell.trim()), Some(after)),
        None => (Cow::Borrowed(start.trim()), None),
    }
}

/// The text inside the double quotes at the start, with doubled quotes resolved, and the rest.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut from = 0;
    loop {
        let end = from + inner[from..].find('"')?;
        if !inner[end + 1..].starts_with('"') {
            let cell = &inner[..end];
            let cell = match cell.contains('"') {
                true => Cow::Owned(cell.replace("\"\"", "\"")),
                false => Cow::Borrowed(cell),
            };
            return Some((cell, &inner[end + 1..]));
        }
        from = end + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        let table = Table::of(text);
        let owned = |l| table.cells(l).into_iter().map(Cow::into_owned).collect();
        table.lines.iter().map(owned).collect()
    }

    #[test]
    fn every_separator_and_decimal_mark() {
        for (text, comma) in [
            ("1.5 2.5\n3.5 4.5", false),
            ("1.5\t2.5\n3.5\t4.5", false),
            ("1.5, 2.5\n3.5, 4.5", false),
            ("1.5;2.5\n3.5;4.5", false),
            ("1,5 2,5\n3,5 4,5", true),
            ("1,5\t2,5\n3,5\t4,5", true),
            ("1,5;2,5\n3,5;4,5", true),
            ("1,5  2,5 \n3,5 \t 4,5", true),
            ("\"1,5\",\"2,5\"\n\"3,5\",\"4,5\"", true),
        ] {
            let table = Table::of(text);
            assert_eq!(table.dialect.decimal_comma, comma, "{text:?}");
            let numbers: Vec<_> = cells(text).concat();
            let numbers: Vec<_> = numbers.iter().map(|c| table.number(c)).collect();
            assert_eq!(numbers, [1.5, 2.5, 3.5, 4.5].map(Some), "{text:?}");
        }
    }

    #[test]
    fn quotes_keep_separators() {
        assert_eq!(
            cells("\"a, b\",1,2\n\"say \"\"c\"\"\",3,4\n"),
            [["a, b", "1", "2"], ["say \"c\"", "3", "4"]]
        );
        assert_eq!(cells("\"a b\" 1\nc 2"), [["a b", "1"], ["c", "2"]]);
        assert_eq!(cells("\"broken,1\nc,2"), [["\"broken", "1"], ["c", "2"]]);
    }

    #[test]
    fn empty_cells_stay_and_trailing_separators_go() {
        assert_eq!(cells(",1,2,\na,3,4,\n"), [["", "1", "2"], ["a", "3", "4"]]);
        assert_eq!(
            cells("x,y\n1,2,\n3,4,\n"),
            [["x", "y"], ["1", "2"], ["3", "4"]]
        );
        assert_eq!(cells("x,y\n1,\n3,\n"), [["x", "y"], ["1", ""], ["3", ""]]);
        assert_eq!(cells("a,,3\nb,1,4"), [["a", "", "3"], ["b", "1", "4"]]);
    }
}
