//! Places of columns that are separated by blanks.
//!
//! A line with fewer cells than the first row has blanks in place of the others. The place of a cell
//! says to which column it belongs.

use std::borrow::Cow;
use std::ops::Range;

use crate::table::{Line, Table};

/// The columns of the first row; empty if a mark separates the columns.
pub(super) struct Places(Vec<Range<usize>>);

impl Places {
    pub(super) fn of(text: &str, table: &Table, first: &Line) -> Self {
        match table.dialect.separator {
            Some(_) => Self(Vec::new()),
            None => Self(words(text, first).into_iter().map(|(at, _)| at).collect()),
        }
    }

    /// The cells of a line, one per column. Cells of a line whose words are elsewhere are in order.
    pub(super) fn split<'a>(
        &self,
        text: &str,
        table: &Table<'a>,
        line: &Line<'a>,
    ) -> Vec<Cow<'a, str>> {
        let cells = table.cells(line);
        if cells.len() >= self.0.len() {
            return cells;
        }
        let mut placed = vec![Cow::Borrowed(""); self.0.len()];
        for (at, word) in words(text, line) {
            let is_here = |column: &Range<usize>| column.start < at.end && at.start < column.end;
            match self.0.iter().position(is_here) {
                Some(i) if placed[i].is_empty() => placed[i] = Cow::Borrowed(word),
                _ => return cells,
            }
        }
        placed
    }
}

/// The words of a line of a text, with their places in the whole line.
fn words<'a>(text: &str, line: &Line<'a>) -> Vec<(Range<usize>, &'a str)> {
    let offset = line.text.as_ptr() as usize - text.as_ptr() as usize;
    let before = text.get(..offset).unwrap_or_default();
    let start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let words = line.text.split_whitespace();
    let place = |word: &str| {
        let at = word.as_ptr() as usize - line.text.as_ptr() as usize + offset - start;
        at..at + word.len()
    };
    words.map(|word| (place(word), word)).collect()
}
