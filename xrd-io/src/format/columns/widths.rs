//! Columns of fixed width, which may touch where the numbers are long.
//!
//! ```text
//!  99.950 9.168110228
//!  99.975 9.871230048
//! 100.00014.168110228      cut ten characters before the end, as the lines above
//! ```

use std::borrow::Cow;

use super::rows::Wanted;
use crate::table::lines_of;

/// Where the columns end, as distances from the end of a line.
pub(super) struct Widths(Vec<usize>);

impl Widths {
    /// The ends of columns that are separated by blanks, if they are the same in the first rows.
    /// Cost: O(examined lines).
    pub(super) fn of(text: &str, wanted: &Wanted) -> Option<Self> {
        const EXAMINED: usize = 50;
        const FEWEST: usize = 5;
        if wanted.dialect.separator.is_some() {
            return None;
        }
        let rows = lines_of(text).skip(wanted.first_line.saturating_sub(1));
        let rows = rows.take(EXAMINED).filter(|line| line.text.is_ascii());
        let ends = rows.filter_map(|line| {
            let ends = ends(line.text);
            (ends.len() == wanted.width).then_some(ends)
        });
        let ends: Vec<Vec<usize>> = ends.collect();
        let first = ends.first()?;
        let are_same = ends.iter().all(|e| e == first);
        (ends.len() >= FEWEST && are_same).then(|| Self(first.clone()))
    }

    /// The cells of a line in which columns touch; `None` for any other line.
    pub(super) fn cut<'a>(&self, line: &'a str, cells: &[Cow<str>]) -> Option<Vec<Cow<'a, str>>> {
        if cells.len() >= self.0.len() || !line.is_ascii() {
            return None;
        }
        let mut at = 0;
        let cut = self.0.iter().map(|from_end| {
            let end = line.len().checked_sub(*from_end).filter(|end| *end > at)?;
            let cell = line[at..end].trim();
            at = end;
            let is_number = cell.parse::<f64>().is_ok();
            is_number.then_some(Cow::Borrowed(cell))
        });
        cut.collect()
    }
}

/// The end of each cell, as its distance from the end of the line.
fn ends(line: &str) -> Vec<usize> {
    let bytes = line.as_bytes();
    let is_end = |i: &usize| {
        let next = bytes.get(i + 1);
        !bytes[*i].is_ascii_whitespace() && next.is_none_or(u8::is_ascii_whitespace)
    };
    (0..bytes.len())
        .filter(is_end)
        .map(|i| bytes.len() - i - 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widths(text: &str) -> Option<Widths> {
        let wanted = Wanted {
            width: 2,
            ..Wanted::default()
        };
        Widths::of(text, &wanted)
    }

    #[test]
    fn touching_columns_are_cut_where_others_end() {
        let row = |i: i32| format!(" 99.{:03} {}.168110228\n", 900 + i, i % 10);
        let text: String = (0..9).map(row).collect();
        let widths = widths(&text).unwrap();
        let cut = |line: &str| {
            widths
                .cut(line, &[line.into()])
                .map(|cells| cells.join(" "))
        };
        assert_eq!(
            cut("100.00014.168110228").as_deref(),
            Some("100.000 14.168110228")
        );
        for other in ["12", "words and words", "x100.00014.168110228"] {
            assert_eq!(cut(other), None, "{other}");
        }
    }

    #[test]
    fn free_columns_have_no_widths() {
        assert!(widths("1 2\n10 20\n3 400\n4 5\n5 6\n6 7\n").is_none());
        assert!(widths("1 2\n1 3\n").is_none());
    }
}
