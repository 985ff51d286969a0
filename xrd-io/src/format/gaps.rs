//! Tables with columns that hold no numbers: empty columns, notes next to the numbers, words or dates
//! in every row, and names of the patterns in the last column.
//!
//! ```text
//! 2Theta,I,,2Theta,I,,measured in May
//! 10.00,26,,10.01,31,,
//! 10.02,24,,10.03,29,,the lamp is new
//!
//! 2Theta  I   frame  date        time      frames of a detector
//! 10.00   26  1      2024-03-01  12:30:15
//! 10.02   24  1      2024-03-01  12:30:15
//!
//! 10.0,10.1,10.2,                          the last column names the patterns
//! 26,24,22,quartz
//! ```
//!
//! The other columns are read like any other table, and a warning lists what is not used. Columns of
//! words in every row are left out only if the other columns are called axis and intensity, because
//! tables of labels have such columns too. Names in the last column are moved to the first.
//!
//! Source: tables of users. There is no standard.

use super::columns::told;
use super::content::{Content, FormatReader, no_scan};
use super::kind::Format;
use super::{columns, matrix, no_pattern, side_by_side};
use crate::error::Result;
use crate::source::Source;
use crate::table::{Line, Table};

mod column;
mod last;

use column::Column;

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

/// Score of names that contain an axis and an intensity.
const NAMES_BOTH: usize = 3;

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
    rest.warnings
        .iter()
        .for_each(|warning| content.warn(warning));
    Ok(content)
}

/// Table after its gaps are removed.
struct Rest {
    text: String,
    warnings: Vec<String>,
}

impl Rest {
    /// Removes the gaps of a table; `None` for a table without gaps. Lines keep their line numbers.
    fn of(table: &Table) -> Option<Self> {
        if let Some(text) = last::moved(table) {
            let warning = "the last column is read as the names of the patterns";
            return Some(Self {
                text,
                warnings: vec![warning.to_owned()],
            });
        }
        const FEWEST_ROWS: usize = 5;
        let (filled, rows) = Column::all(table);
        let is_empty = |i: usize| filled[i].is_gap(rows) && table.dialect.separator.is_some();
        let has_words = |i: usize| filled[i].is_of_words(rows);
        let words: Vec<usize> = (0..filled.len()).filter(|i| has_words(*i)).collect();
        let are_left_out = !words.is_empty() && names_a_pattern_without(table, &words);
        let is_gap = |i: usize| i < filled.len() && (is_empty(i) || are_left_out && has_words(i));
        if rows < FEWEST_ROWS || !(0..filled.len()).any(is_gap) {
            return None;
        }
        let is_note = |i: &usize| is_gap(*i) && filled[*i].words > 0 && !has_words(*i);
        let notes: Vec<usize> = (0..filled.len()).filter(is_note).collect();
        let words = if are_left_out { words } else { Vec::new() };
        let notes = listed("notes next to the numbers", &notes);
        Some(Self {
            text: joined(table, |cells| {
                let kept = cells.into_iter().enumerate();
                kept.filter(|(i, _)| !is_gap(*i)).map(|(_, c)| c).collect()
            }),
            warnings: notes.into_iter().chain(listed("words", &words)).collect(),
        })
    }

    fn source<'a>(&self, of: &Source<'a>) -> Source<'a> {
        Source::new(of.path, self.text.clone().into_bytes())
    }
}

/// Whether a heading names an axis and intensities in the other columns.
fn names_a_pattern_without(table: &Table, columns: &[usize]) -> bool {
    const HEADINGS: usize = 20;
    table.lines.iter().take(HEADINGS).any(|line| {
        let names = table.cells(line).into_iter().enumerate();
        let kept = names.filter(|(i, _)| !columns.contains(i));
        let kept: Vec<_> = kept.map(|(_, name)| name).collect();
        told(&kept) == NAMES_BOTH
    })
}

/// The warning that lists unused columns, counted from 1.
fn listed(what: &str, columns: &[usize]) -> Option<String> {
    let list: Vec<String> = columns.iter().map(|i| (i + 1).to_string()).collect();
    let list = list.join(", ");
    (!list.is_empty()).then(|| format!("not used: {what}, in column {list}"))
}

/// The text of a table after a change of its cells. Lines keep their line numbers.
fn joined(table: &Table, mut change: impl FnMut(Vec<String>) -> Vec<String>) -> String {
    let last = table.lines.iter().chain(&table.comments).map(|l| l.number);
    let mut lines = vec![String::new(); last.max().unwrap_or(0)];
    for Line { number, text } in &table.comments {
        lines[number - 1] = format!("# {text}");
    }
    let separator = table.dialect.separator.unwrap_or(' ');
    let stands_in = if separator == ' ' { "_" } else { " " };
    for line in &table.lines {
        let cells = table.cells(line).into_iter();
        let cells = cells.map(|c| c.replace([separator, '"'], stands_in));
        lines[line.number - 1] = change(cells.collect()).join(&separator.to_string());
    }
    lines.join("\n")
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
        let found = read(&text);
        assert!(found.is_none(), "{:?}", found.map(|(format, _)| format));
    }

    #[test]
    fn words_are_left_out_only_next_to_a_named_pattern() {
        let text = rows(|x, i| format!("a,{x},{i},2024-03-01 12:00"));
        assert!(read(&text).is_none());
        assert!(read(&format!("phase,Fe,Ni,date\n{text}")).is_none());
        let named = read(&format!("scan,twotheta,intensity,date time\n{text}"));
        let Some((_, Content::Scans(scans))) = named else {
            panic!("no scan");
        };
        assert_eq!((scans[0].axis()[1], scans[0].intensities()[8]), (10.5, 8.0));
        assert_eq!(scans[0].warnings(), ["not used: words, in column 1, 4"]);
    }

    #[test]
    fn the_last_column_may_name_the_patterns() {
        for (corner, label) in [("", "quartz"), ("name", "quartz"), ("", "7")] {
            let text = format!(
                "10,10.5,11,11.5,12,{corner}\n1,2,3,4,5,{label}\n3,2,8,4,5,b\n3,1,2,4,5,{label}\n"
            );
            let Some((_, Content::Matrix(matrix))) = read(&text) else {
                panic!("no matrix");
            };
            let again = format!("{label} (2)");
            assert_eq!(matrix.names, [label, "b", &again], "{corner:?}");
            assert_eq!(matrix.intensities[5..7], [3.0, 2.0]);
        }
    }
}
