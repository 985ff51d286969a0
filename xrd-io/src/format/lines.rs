//! The numbered lines of a text; they may end with LF, CR LF or CR.

use std::iter::Peekable;

use memchr::memchr2;

/// A line with its number, from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) number: usize,
    /// Whether the text ends within this line.
    pub(super) is_open: bool,
}

/// The lines of a text. An empty rest after the last line end is not a line.
pub(super) fn lines(text: &str) -> Peekable<impl Iterator<Item = Line<'_>>> {
    let mut rest = text;
    let mut number = 0;
    let next = move || {
        if rest.is_empty() {
            return None;
        }
        number += 1;
        let end = memchr2(b'\n', b'\r', rest.as_bytes());
        let (text, after) = rest.split_at(end.unwrap_or(rest.len()));
        let line_end = if after.starts_with("\r\n") { 2 } else { 1 };
        rest = after.get(line_end..).unwrap_or_default();
        Some(Line {
            text,
            number,
            is_open: end.is_none(),
        })
    };
    std::iter::from_fn(next).peekable()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end() {
        let texts: Vec<_> = lines("a\nb\r\n\rc\r\u{e9}")
            .map(|l| (l.text, l.number))
            .collect();
        assert_eq!(
            texts,
            [("a", 1), ("b", 2), ("", 3), ("c", 4), ("\u{e9}", 5)]
        );
        assert!(lines("a\nb").last().unwrap().is_open);
        assert!(!lines("a\nb\n").last().unwrap().is_open);
        assert!(lines("").next().is_none());
    }
}
