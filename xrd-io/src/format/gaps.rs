//! Tables with empty columns, or with notes next to the numbers, as exported by spreadsheets.
//!
//! ```text
//! 2Theta,I,,2Theta,I,,measured in May
//! 10.00,26,,10.01,31,,
//! 10.02,24,,10.03,29,,the lamp is new
//! ```
//!
//! The empty columns and the notes are removed, and the rest is read like any other table. A
//! warning lists the columns with notes.
//!
//! Source: tables of users. There is no standard.

use super::content::{Content, FormatReader, no_scan};
use super::kind::Format;
use super::{columns, matrix, no_pattern, side_by_side};
use crate::error::Result;
use crate::source::Source;
use crate::table::{Line, Table};

pub(super) const READER: FormatReader = FormatReader::new(
    Format::ColumnsWithGaps,
    |source| {
        let rest = source.head().and_then(|table| Rest::of(&table));
        rest.is_some_and(|rest| format_of(&rest.source(source)).is_some())
    },
    read,
);

const READERS: [FormatReader; 4] = [
    no_pattern::READER,
    side_by_side::READER,
    matrix::READER,
    columns::READER,
];

fn format_of(source: &Source) -> Option<FormatReader> {
    READERS.into_iter().find(|f| (f.recognises)(source))
}

fn read(source: &Source) -> Result<Content> {
    let table = Table::of(source.require_text()?);
    let Some(rest) = Rest::of(&table) else {
        let found = "columns that are empty at first and hold something below";
        return Err(no_scan(source, found.to_owned()));
    };
    let inner = rest.source(source);
    let Some(format) = format_of(&inner) else {
        return Err(no_scan(source, "a table without numbers".to_owned()));
    };
    let mut content = (format.read)(&inner)?;
    if let Some(warning) = rest.warning() {
        match &mut content {
            Content::Scans(scans) => scans.iter_mut().for_each(|scan| scan.warn(&warning)),
            Content::Matrix(matrix) => matrix.warnings.push(warning),
        }
    }
    Ok(content)
}

/// Table after its gaps are removed.
struct Rest {
    text: String,
    /// The numbers of the columns with notes, counted from 1.
    notes: Vec<usize>,
}

impl Rest {
    /// Removes the gaps of a table; `None` for a table without gaps. Lines keep their line numbers.
    fn of(table: &Table) -> Option<Self> {
        const FEWEST_ROWS: usize = 5;
        let separator = table.dialect.separator?;
        let is_number = |cell: &str| table.number(cell).is_some();
        let mut filled: Vec<Column> = Vec::new();
        let mut rows = 0;
        for line in &table.lines {
            let cells = table.cells(line);
            if cells.iter().filter(|cell| is_number(cell)).count() < 2 {
                continue;
            }
            rows += 1;
            filled.resize(filled.len().max(cells.len()), Column::default());
            for (column, cell) in filled.iter_mut().zip(&cells) {
                column.numbers += usize::from(is_number(cell));
                column.words += usize::from(!cell.is_empty() && !is_number(cell));
            }
        }
        let is_gap = |i: usize| filled.get(i).is_some_and(|column| column.is_gap(rows));
        if rows < FEWEST_ROWS || !(0..filled.len()).any(is_gap) {
            return None;
        }
        let last = table.lines.iter().chain(&table.comments).map(|l| l.number);
        let mut lines = vec![String::new(); last.max()?];
        for Line { number, text } in &table.comments {
            lines[number - 1] = format!("# {text}");
        }
        for line in &table.lines {
            let cells = table.cells(line).into_iter().enumerate();
            let kept = cells.filter(|(i, _)| !is_gap(*i));
            let kept: Vec<String> = kept
                .map(|(_, c)| c.replace([separator, '"'], " "))
                .collect();
            lines[line.number - 1] = kept.join(&separator.to_string());
        }
        let has_words = |i: &usize| filled[*i].words > 0;
        Some(Self {
            text: lines.join("\n"),
            notes: (0..filled.len())
                .filter(|i| is_gap(*i) && has_words(i))
                .map(|i| i + 1)
                .collect(),
        })
    }

    fn source<'a>(&self, of: &Source<'a>) -> Source<'a> {
        Source::new(of.path, self.text.clone().into_bytes())
    }

    fn warning(&self) -> Option<String> {
        let list: Vec<String> = self.notes.iter().map(usize::to_string).collect();
        let list = list.join(", ");
        (!list.is_empty()).then(|| format!("not used: notes next to the numbers, in column {list}"))
    }
}

/// Content of a column in the rows of numbers.
#[derive(Clone, Default)]
struct Column {
    numbers: usize,
    words: usize,
}

impl Column {
    /// Whether the column is a gap. It is a gap if it is empty, or if fewer than half of its rows
    /// have content and some of this content is not a number. A column with numbers in few rows
    /// belongs to a shorter scan.
    fn is_gap(&self, rows: usize) -> bool {
        2 * (self.numbers + self.words) < rows && (self.words > 0 || self.numbers == 0)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(text: &str) -> Option<(Format, Content)> {
        let source = Source::new(Path::new("a.csv"), text.as_bytes().to_vec());
        crate::format::read(&source).ok()
    }

    fn rows(row: impl Fn(f64, i32) -> String) -> String {
        (0..9)
            .map(|i| row(10.0 + 0.5 * f64::from(i), i) + "\n")
            .collect()
    }

    #[test]
    fn a_column_between_two_scans() {
        let text = rows(|x, i| format!("{x},{i},,{},{}", x + 0.2, i * i));
        for head in ["", "2Theta,I,,2Theta,I\n"] {
            let Some((name, Content::Scans(scans))) = read(&format!("{head}{text}")) else {
                panic!("{head}");
            };
            assert_eq!((name, scans.len()), (Format::ColumnsWithGaps, 2));
            assert_eq!(scans[1].axis()[..2], [10.2, 10.7]);
            assert_eq!(scans[1].intensities()[8], 64.0);
            assert!(scans[0].warnings().is_empty());
        }
    }

    #[test]
    fn notes_beside_the_numbers_are_told() {
        let note = |i| if i == 2 { "a note; 2" } else { "" };
        let text = rows(|x, i| format!("{x},{i},,{}", note(i)));
        let Some((_, Content::Scans(scans))) = read(&format!("# wavelength: 1.2\nx,y\n{text}"))
        else {
            panic!("no scan");
        };
        assert_eq!(scans[0].axis().len(), 9);
        assert_eq!(
            scans[0].warnings(),
            ["not used: notes next to the numbers, in column 4"]
        );
        let wavelength = scans[0].metadata().radiation.wavelength;
        assert_eq!(wavelength.map(|w| w.as_angstrom()), Some(1.2));
    }

    #[test]
    fn patterns_with_a_gap_among_them() {
        let text = rows(|x, i| format!("{x};{i};;{};;", 2 * i));
        let Some((_, Content::Matrix(matrix))) = read(&format!("2theta;a;;b;;\n{text}")) else {
            panic!("no matrix");
        };
        assert_eq!(matrix.names, ["a", "b"]);
    }

    #[test]
    fn a_column_that_is_filled_far_below_is_not_dropped() {
        let row = |i: usize| {
            let second = if i < 3000 { "" } else { "5" };
            format!("{},{second},{i}\n", 10.0 + 0.01 * i as f64)
        };
        let text: String = (0..9000).map(row).collect();
        assert!(read(&text).is_none());
    }

    #[test]
    fn columns_of_words_are_no_gaps() {
        assert!(read(&rows(|x, i| format!("{x},{i},quartz"))).is_none());
    }
}
