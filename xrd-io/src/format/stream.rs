//! Intensities as a sequence of numbers on many lines, shared by formats with a uniform axis.

use crate::error::{Error, Result};
use crate::source::Source;
use crate::table::Line;

/// Numbers from many lines, and the text that ends them.
pub(super) struct Stream<'a> {
    pub(super) values: Vec<f64>,
    /// The first line of words.
    pub(super) words: Option<Line<'a>>,
}

/// The numbers of a line separated by white space or commas; `None` if the line is empty or
/// contains anything else.
pub(super) fn numbers(line: &str) -> Option<Vec<f64>> {
    let cells = line.split(is_separator).filter(|cell| !cell.is_empty());
    let numbers: Option<Vec<f64>> = cells.map(parse).collect();
    numbers.filter(|list| !list.is_empty())
}

fn parse(cell: &str) -> Option<f64> {
    crate::number::parse(cell, false).filter(|v| v.is_finite())
}

/// Reads numbers up to the first line of words. Fields of fixed width that touch, as Fortran writes
/// large numbers, are separated by the field width of the first line.
///
/// # Errors
/// [`Error::NotANumber`] for a line that starts with a number and contains anything else.
pub(super) fn read<'a>(
    source: &Source,
    lines: impl Iterator<Item = Line<'a>>,
) -> Result<Stream<'a>> {
    let mut stream = Stream {
        values: Vec::new(),
        words: None,
    };
    let mut width = None;
    for line in lines {
        if line.text.is_empty() {
            continue;
        }
        let fields = width.get_or_insert_with(|| field_width(line.text));
        let touching = line
            .text
            .split(is_separator)
            .any(|cell| cell.len() > *fields);
        let found = match touching {
            false => numbers(line.text),
            true => fixed(line.text, *fields).or_else(|| numbers(line.text)),
        };
        match found {
            Some(found) => stream.values.extend(found),
            None => {
                let mut cells = line
                    .text
                    .split(is_separator)
                    .filter(|c| !c.is_empty())
                    .enumerate();
                if cells.next().is_none_or(|(_, first)| parse(first).is_none()) {
                    stream.words = Some(line);
                    break;
                }
                let bad = cells.find(|(_, cell)| parse(cell).is_none());
                let (i, cell) = bad.unwrap_or((0, line.text));
                return Err(Error::not_a_number(source.path, line.number, i + 1, cell));
            }
        }
    }
    Ok(stream)
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || c == ','
}

/// The width of the fields of a line, from the ends of the last two; fields are right-aligned.
fn field_width(line: &str) -> usize {
    let start_of_last = line.rfind(is_separator).unwrap_or(0);
    match line[..start_of_last].trim_end_matches(is_separator).len() {
        0 => usize::MAX,
        end_before => line.len() - end_before,
    }
}

/// The numbers in fields of a fixed width, counted from the end of the line.
fn fixed(line: &str, width: usize) -> Option<Vec<f64>> {
    if !line.is_ascii() {
        return None;
    }
    let mut fields: Vec<f64> = Vec::new();
    let mut end = line.len();
    while end > 0 {
        let start = end.saturating_sub(width);
        fields.push(parse(line[start..end].trim())?);
        end = start;
    }
    fields.reverse();
    Some(fields)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::table::lines_of;

    fn values(text: &str) -> Result<Vec<f64>> {
        let source = Source::new(Path::new("a.dat"), vec![]);
        read(&source, lines_of(text)).map(|s| s.values)
    }

    #[test]
    fn numbers_of_lines() {
        assert_eq!(numbers(" 1, 2.5  3e2"), Some(vec![1.0, 2.5, 300.0]));
        assert_eq!(numbers("1 a"), None);
        assert_eq!(numbers(""), None);
        assert_eq!(
            values("1 2 3\n\n4 5\nwords 6\n7").unwrap(),
            [1.0, 2.0, 3.0, 4.0, 5.0]
        );
        let error = values("1 2\n3 x\n").unwrap_err().to_string();
        assert_eq!(error, "a.dat: line 2, column 2: 'x' is not a number");
    }

    #[test]
    fn fields_that_touch() {
        let text = "    80.    75.    90.\n12345.612345.7     3.\n";
        assert_eq!(values(text).unwrap()[3..], [12345.6, 12345.7, 3.0]);
    }
}
