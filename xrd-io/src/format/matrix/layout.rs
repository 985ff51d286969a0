//! Position of the axis and of the names in a table that may be a matrix.

use std::borrow::Cow;

use super::names::sigma_columns;
use super::quality::AxisQuality;
use crate::column_names::{Role, are_units, role};
use crate::format::columns::{names_a_pattern, told};
use crate::table::{Line, Table};

/// Position of the axis and the names in a matrix.
#[derive(Debug)]
pub(super) struct Layout {
    /// The number of lines before the first row.
    pub(super) headings: usize,
    pub(super) axis_in_row: bool,
    /// Whether the rows, or the heading, contain names of patterns.
    pub(super) named: bool,
}

impl Layout {
    /// The layout, if the table is a matrix.
    pub(super) fn of(table: &Table) -> Option<Self> {
        let headings = table.heading_len()?;
        // Numbers before rows of another length belong to a heading.
        if table.first_row() != (headings, 0) {
            return None;
        }
        let (heading, rows) = table.lines.split_at(headings);
        let first = table.cells(rows.first().filter(|_| rows.len() > 1)?);
        let width = first.len();
        let (line, units) = names_and_units(table, heading);
        let names = line.map(|l| heading_cells(table, l, width));
        let is_longer = |h: &Vec<Cow<str>>| h.len() > width && names_a_pattern(h);
        let units = units.map(|l| table.cells(l)).unwrap_or_default();
        if names.as_ref().is_some_and(is_longer) || names_one_pattern(table, heading, width) {
            return None;
        }
        let heading = names.filter(|h| h.len() == width);
        let is_nan = |cell: &str| cell.eq_ignore_ascii_case("nan");
        let named_rows = table.number(&first[0]).is_none() || is_nan(&first[0]);
        let in_row = Layout {
            headings,
            axis_in_row: true,
            named: named_rows,
        };
        let in_column = Layout {
            headings,
            axis_in_row: false,
            named: heading.is_some(),
        };
        let heads =
            || numbers_patterns(table, &first, rows) || names_by_numbers(table, &first, rows);
        if named_rows && heads() {
            return Some(Layout {
                headings: headings + 1,
                axis_in_row: false,
                named: true,
            });
        }
        if named_rows && (table.counts_rows(&rows[1..]) || counts_both(table, &first, rows)) {
            return None;
        }
        if named_rows {
            return (heading.is_none() && width > 2).then_some(in_row);
        }
        match heading {
            Some(heading) => {
                let mut of_patterns = units.iter().skip(1).filter(|unit| !unit.is_empty());
                let first = of_patterns.next();
                let is_one = of_patterns.any(|unit| Some(unit) != first);
                (names_patterns(&heading) && !is_one).then_some(in_column)
            }
            None if width < 4 || named_in_comment(table, width) => None,
            None if width == 4 && is_of_fit(table, headings) => None,
            None if table.counts_rows(rows) => None,
            None if has_corner(table, &first, rows) => Some(corner_layout(table, &first, rows)),
            None if AxisQuality::of_row(table, &first) > AxisQuality::of_column(table, rows) => {
                Some(in_row)
            }
            None => Some(in_column),
        }
    }
}

/// The line of names before the rows, and the line below it if that contains their units.
pub(super) fn names_and_units<'b, 'a>(
    table: &Table<'a>,
    headings: &'b [Line<'a>],
) -> (Option<&'b Line<'a>>, Option<&'b Line<'a>>) {
    if let [.., names, units] = headings {
        let (above, below) = (table.cells(names), table.cells(units));
        if above.len() == below.len() && are_units(&below) && !are_units(&above) {
            return (Some(names), Some(units));
        }
    }
    (headings.last(), None)
}

/// Whether a heading above the last one names the axis and the intensities of a single pattern.
fn names_one_pattern(table: &Table, headings: &[Line], width: usize) -> bool {
    const ALL: usize = 3;
    headings.iter().rev().skip(1).any(|line| {
        let names = table.cells(line);
        names.len() == width && told(&names) == ALL && !names_patterns(&names)
    })
}

/// Whether the heading of a table with the axis in its first column names several patterns, not the
/// columns of one pattern.
fn names_patterns(heading: &[Cow<str>]) -> bool {
    let Some((_, names)) = heading.split_first() else {
        return false;
    };
    let unknown = |name: &Cow<str>| role(name) == Role::Unknown;
    let sigma = sigma_columns(heading);
    if sigma.len() > 1 {
        let patterns = (1..heading.len()).filter(|i| !sigma.contains(i));
        let is_pattern = |i: usize| matches!(role(&heading[i]), Role::Unknown | Role::Intensity(_));
        return patterns.into_iter().all(is_pattern);
    }
    let are_named = names.iter().filter(|name| !name.is_empty()).count() > 1;
    // "Intensity at 30 °C", "Intensity at 100 °C", …: more such columns than one pattern has.
    let intensity = |name: &Cow<str>| matches!(role(name), Role::Intensity(_));
    are_named && names.iter().all(unknown) || names.len() > 2 && names.iter().all(intensity)
}

/// Whether a first row that starts with a word contains pattern numbers. This is so if its numbers
/// count from 0 or 1, and the first column is an axis whose values are not 0, 1, 2, … or 1, 2, 3, …
fn numbers_patterns(table: &Table, first: &[Cow<str>], rows: &[Line]) -> bool {
    let row = AxisQuality::of_row(table, &first[1..]);
    let column = AxisQuality::of_column(table, &rows[1..]);
    let all_numbers = column.len == rows.len() - 1;
    !row.not_counting && all_numbers && column.uniform && column.not_counting
}

/// Whether the numbers in a first row that starts with a word are names of the columns, such as
/// temperatures. This is so if every following line starts with a number, and these numbers are
/// more suitable as an axis.
fn names_by_numbers(table: &Table, first: &[Cow<str>], rows: &[Line]) -> bool {
    const FAR_LONGER: usize = 10;
    let row = AxisQuality::of_row(table, &first[1..]);
    let column = AxisQuality::of_column(table, &rows[1..]);
    let is_axis = column.len == rows.len() - 1 && column.increasing == 1.0 && column.not_counting;
    let is_longer = column.len > FAR_LONGER * row.len;
    let is_named = matches!(role(&first[0]), Role::Axis(_)) && !row.uniform;
    let names_rows = crate::labels::is_name_column(&first[0]);
    first.len() > 2
        && !names_rows
        && is_axis
        && (is_longer || is_named || column.uniform && column > row)
}

/// Whether a first row that starts with a word contains column numbers and the first column
/// contains row numbers, as in exported data frames.
fn counts_both(table: &Table, first: &[Cow<str>], rows: &[Line]) -> bool {
    let counts = |quality: AxisQuality| !quality.not_counting && quality.len > 1;
    counts(AxisQuality::of_row(table, &first[1..]))
        && counts(AxisQuality::of_column(table, &rows[1..]))
}

/// Whether the number in the corner of a table belongs neither to the axis nor to the names of the
/// patterns, as in arrays with 0 in the corner. The other numbers of the first row are an axis.
fn has_corner(table: &Table, first: &[Cow<str>], rows: &[Line]) -> bool {
    const FEWEST: usize = 5;
    let row = AxisQuality::of_row(table, &first[1..]);
    let column = AxisQuality::of_column(table, &rows[1..]);
    let is_whole = |quality: AxisQuality| quality.uniform;
    row.len >= FEWEST
        && (row.uniform || column.uniform)
        && !is_whole(AxisQuality::of_row(table, first))
        && !is_whole(AxisQuality::of_column(table, rows))
        && row.increasing == 1.0
        && column.increasing == 1.0
}

/// The layout of a table with a number in its corner. The longer axis is used, and the other one
/// names the patterns.
fn corner_layout(table: &Table, first: &[Cow<str>], rows: &[Line]) -> Layout {
    let row = AxisQuality::of_row(table, &first[1..]);
    let axis_in_row = row >= AxisQuality::of_column(table, &rows[1..]);
    let headings = rows.first().map_or(0, |_| table.lines.len() - rows.len());
    Layout {
        headings: headings + usize::from(!axis_in_row),
        axis_in_row,
        named: true,
    }
}

/// The names in a line above `width` columns. Empty cells after the last column are dropped.
pub(super) fn heading_cells<'a>(
    table: &Table<'a>,
    line: &Line<'a>,
    width: usize,
) -> Vec<Cow<'a, str>> {
    let mut names = table.cells(line);
    while names.len() > width && names.last().is_some_and(|name| name.is_empty()) {
        names.pop();
    }
    names
}

/// Whether a title says that the columns hold a calculated pattern next to the measured one.
fn is_of_fit(table: &Table, headings: usize) -> bool {
    let calculated = |word: &str| {
        let word = word
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        ["calc", "ycalc", "ycal", "icalc"].contains(&word.trim_end_matches(['(', '-', ')']))
    };
    let titles = table.comments.iter().rev().take(3);
    let mut titles = titles.chain(&table.lines[..headings]);
    titles.any(|line| line.text.split_whitespace().any(calculated))
}

/// Whether one of the last comments names columns. The comments of a SPEC scan always do so.
fn named_in_comment(table: &Table, width: usize) -> bool {
    table.comments.iter().rev().take(3).any(|line| {
        let cells = table.names(line, width);
        let are_known = cells.len() == width && cells.iter().any(|c| role(c) != Role::Unknown);
        are_known || line.text.starts_with("L ")
    })
}
