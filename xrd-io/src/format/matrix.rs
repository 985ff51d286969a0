//! Matrix in text: several patterns on one axis, which is the first row or the first column.
//!
//! ```text
//! # wavelength_angstrom: 0.496     comments as for columns; also intensity_unit, preparation
//! name,10.00,10.02,10.04           the axis; names follow if the first cell is not a number
//! a,1,5,2                          one pattern per row
//! b,3,4,4
//!
//! 2theta;a;b                       names; optional
//! 10,00;1;3                        the axis, and one pattern per column
//! 10,02;5;4
//! ```
//!
//! The axis is the first row or the first column, whichever is increasing and uniform. If both are,
//! the longer one is used. A pattern without a name is named by its number. A table of three
//! columns or fewer is a matrix only if its column names show this. Otherwise the columns are
//! angle, intensity and standard deviation.
//!
//! Source: tables written by spreadsheets and `numpy.savetxt`. There is no standard.

use std::borrow::Cow;

use super::columns::{names_a_pattern, told};
use super::content::{Content, FormatReader, Matrix};
use super::kind::Format;
use crate::column_names::{
    Role, are_units, axis_factor, foreign_axis, intensity_unit, role, stated_scale,
    stated_wavelength, with_unit,
};
use crate::error::{Error, Place, Result, shorten};
use crate::notes;
use crate::scan::AxisKind;
use crate::source::Source;
use crate::table::{Line, Table};

mod names;

#[cfg(feature = "archives")]
pub(super) use names::tell_apart;
use names::{names_of_like, sigma_columns};

pub(super) const READER: FormatReader = FormatReader::new(
    Format::Matrix,
    |source| {
        let table = source.head();
        table.is_some_and(|table| Layout::of(&table).is_some())
    },
    read,
);

/// Position of the axis and the names in a matrix.
struct Layout {
    /// The number of lines before the first row.
    headings: usize,
    axis_in_row: bool,
    /// Whether the rows, or the heading, contain names of patterns.
    named: bool,
}

impl Layout {
    /// The layout, if the table is a matrix.
    fn of(table: &Table) -> Option<Self> {
        let headings = table.heading_len()?;
        // Numbers before rows of another length belong to a heading.
        if table.first_row() != (headings, 0) {
            return None;
        }
        let (heading, rows) = table.lines.split_at(headings);
        let first = table.cells(rows.first().filter(|_| rows.len() > 1)?);
        let width = first.len();
        let (line, units) = names_and_units(table, heading);
        let names = line.map(|l| table.cells(l));
        let is_longer = |h: &Vec<Cow<str>>| h.len() > width && names_a_pattern(h);
        let units = units.map(|l| table.cells(l)).unwrap_or_default();
        if names.as_ref().is_some_and(is_longer) || names_one_pattern(table, heading, width) {
            return None;
        }
        let heading = names.filter(|h| h.len() == width);
        let named_rows = table.number(&first[0]).is_none();
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
            None if AxisQuality::of_row(table, &first) > AxisQuality::of_column(table, rows) => {
                Some(in_row)
            }
            None => Some(in_column),
        }
    }
}

/// The line of names before the rows, and the line below it if that contains their units.
fn names_and_units<'b, 'a>(
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
    // "Intensity at 30 °C", "Intensity at 100 °C", …: more such columns than one pattern has.
    let intensity = |name: &Cow<str>| matches!(role(name), Role::Intensity(_));
    names.len() > 1 && names.iter().all(unknown) || names.len() > 2 && names.iter().all(intensity)
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

/// Score of a list of numbers as an axis. A larger score is better.
#[derive(PartialEq, PartialOrd)]
struct AxisQuality {
    uniform: bool,
    /// The fraction of increasing steps.
    increasing: f64,
    /// Whether the numbers are not 1, 2, 3, …, which are more likely pattern numbers.
    not_counting: bool,
    len: usize,
}

impl AxisQuality {
    fn of_row(table: &Table, cells: &[Cow<str>]) -> Self {
        Self::of(cells.iter().filter_map(|c| table.number(c)).collect())
    }

    fn of_column(table: &Table, rows: &[Line]) -> Self {
        let first = |line| table.number(&table.first_cell(line));
        Self::of(rows.iter().filter_map(first).collect())
    }

    fn of(values: Vec<f64>) -> Self {
        let pairs = values.len().saturating_sub(1).max(1) as f64;
        let rising = values.windows(2).filter(|pair| pair[1] > pair[0]).count() as f64;
        let mean_step = (values.last().unwrap_or(&0.0) - values.first().unwrap_or(&0.0)) / pairs;
        let regular = |pair: &[f64]| (pair[1] - pair[0] - mean_step).abs() <= 0.1 * mean_step;
        Self {
            uniform: values.len() > 2 && values.windows(2).all(regular),
            increasing: rising / pairs,
            not_counting: !(mean_step == 1.0 && values.first().is_some_and(|v| *v <= 1.0)),
            len: values.len(),
        }
    }
}

fn read(source: &Source) -> Result<Content> {
    let table = Table::of(source.require_text()?);
    let Some(layout) = Layout::of(&table) else {
        let expected = "a matrix of patterns";
        return Err(Error::malformed(
            source.path,
            Place::File,
            "no matrix",
            expected,
        ));
    };
    if let Some(line) = table.row_with_words_before(layout.headings) {
        let expected = "numbers alone";
        let place = Place::Line(line);
        return Err(Error::malformed(
            source.path,
            place,
            "a row with words",
            expected,
        ));
    }
    let rows = Rows {
        source,
        table: &table,
        headings: &table.lines[..layout.headings],
        lines: &table.lines[layout.headings..],
    };
    let mut matrix = match layout.axis_in_row {
        true => rows.with_axis_in_row(layout.named)?,
        false => {
            let (names, units) = names_and_units(&table, &table.lines[..layout.headings]);
            rows.with_axis_in_column(names.filter(|_| layout.named), units)?
        }
    };
    const FEW: usize = 5;
    let count = matrix.names.len();
    if !layout.axis_in_row && !layout.named && count <= FEW {
        let warning =
            format!("columns without names: the first is read as the axis of {count} patterns");
        matrix.warnings.push(warning);
    }
    let said = || table.comments.iter().chain(&table.lines[..layout.headings]);
    matrix.wavelength = said().find_map(|l| stated_wavelength(l.text));
    stated_scale(&mut matrix.scale, said().map(|l| l.text));
    matrix.preparation = notes::read(said().map(|l| l.text)).preparation();
    Ok(Content::Matrix(matrix))
}

impl Matrix {
    /// Removes columns of standard deviations from the patterns, and adds a warning.
    fn leave_out(&mut self, columns: &[usize]) {
        if columns.is_empty() {
            return;
        }
        let points = self.axis.len();
        let is_kept = |pattern: &usize| !columns.contains(&(pattern + 1));
        let left_out: Vec<&str> = columns.iter().map(|c| &*self.names[c - 1]).collect();
        let list = shorten(&left_out.join(", "));
        self.warnings.push(format!(
            "not used: the standard deviations in column {list}"
        ));
        let kept: Vec<usize> = (0..self.names.len()).filter(is_kept).collect();
        let rows = kept
            .iter()
            .flat_map(|i| &self.intensities[i * points..][..points]);
        self.intensities = rows.copied().collect();
        self.names = kept.iter().map(|i| self.names[*i].clone()).collect();
    }
}

struct Rows<'a> {
    source: &'a Source<'a>,
    table: &'a Table<'a>,
    headings: &'a [Line<'a>],
    lines: &'a [Line<'a>],
}

impl Rows<'_> {
    fn with_axis_in_row(&self, named: bool) -> Result<Matrix> {
        let skip = usize::from(named);
        let first = self.table.cells(&self.lines[0]);
        let line = self.lines[0].number;
        let mut axis = self
            .numbers(line, &first, skip)
            .collect::<Result<Vec<f64>>>()?;
        self.check_axis(&axis, |i| Place::Cell {
            line,
            column: i + 1 + skip,
        })?;
        let (mut names, mut intensities) = (Vec::new(), Vec::new());
        for line in &self.lines[1..] {
            let cells = self.row(line, first.len())?;
            if named {
                names.push(self.name(&cells[0], line)?);
            }
            for value in self.numbers(line.number, &cells, skip) {
                intensities.push(value? as f32);
            }
        }
        if !named {
            names = Matrix::numbers(self.lines.len() - 1);
        }
        let axis_kind = if named {
            kind(&first[0])
        } else {
            AxisKind::TwoThetaDeg
        };
        scale(&mut axis, &axis_kind, first.first().map(AsRef::as_ref));
        Ok(self.matrix(axis_kind, axis, (names, named), intensities))
    }

    fn with_axis_in_column(&self, heading: Option<&Line>, units: Option<&Line>) -> Result<Matrix> {
        let width = self.table.cells(&self.lines[0]).len();
        let points = self.lines.len();
        let mut axis = Vec::with_capacity(points);
        let mut intensities = vec![0.0; (width - 1) * points];
        for (point, line) in self.lines.iter().enumerate() {
            let cells = self.row(line, width)?;
            let mut numbers = self.numbers(line.number, &cells, 0);
            axis.extend(numbers.next().transpose()?);
            for (pattern, value) in numbers.enumerate() {
                intensities[pattern * points + point] = value? as f32;
            }
        }
        self.check_axis(&axis, |i| Place::Line(self.lines[i].number))?;
        let heading = heading.map(|line| (line, self.table.cells(line)));
        if let Some((line, cells)) = heading.as_ref().filter(|(_, c)| c.len() != width) {
            let found = format!("{} names of columns", cells.len());
            let expected = format!("{width} as in line {}", self.lines[0].number);
            let place = Place::Line(line.number);
            return Err(Error::malformed(self.source.path, place, found, expected));
        }
        let names = match &heading {
            Some((line, cells)) => {
                let named = cells[1..].iter().map(|cell| self.name(cell, line));
                let named = named.collect::<Result<_>>()?;
                names_of_like(self.table, self.headings, cells).unwrap_or(named)
            }
            None => Matrix::numbers(width - 1),
        };
        let named = heading.is_some();
        let unit = units.map(|line| self.table.first_cell(line));
        let unit = unit.unwrap_or_default();
        let corner = heading.as_ref();
        let corner = corner.map(|(_, cells)| with_unit(&cells[0], &unit));
        // The corner cell belongs to the row names, if there are any, otherwise to the axis.
        let is_number =
            |cell: &Cow<str>| cell.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let heads_are_numbers = heading
            .as_ref()
            .is_some_and(|(_, c)| c[1..].iter().all(is_number));
        let of_axis = |c: &String| match role(c) {
            Role::Axis(kind) => kind,
            _ if heads_are_numbers => AxisKind::TwoThetaDeg,
            _ => foreign_axis(c).unwrap_or(AxisKind::TwoThetaDeg),
        };
        let axis_kind = corner.as_ref().map_or(AxisKind::TwoThetaDeg, of_axis);
        scale(&mut axis, &axis_kind, corner.as_deref());
        let mut matrix = self.matrix(axis_kind, axis, (names, named), intensities);
        let of_patterns = units.map(|line| self.table.cells(line)).unwrap_or_default();
        if let Some(unit) = of_patterns.get(1) {
            matrix.scale.unit = intensity_unit(unit);
        }
        if let Some((_, cells)) = &heading {
            matrix.leave_out(&sigma_columns(cells));
        }
        Ok(matrix)
    }

    fn matrix(
        &self,
        axis_kind: AxisKind,
        axis: Vec<f64>,
        (names, named): (Vec<String>, bool),
        intensities: Vec<f32>,
    ) -> Matrix {
        Matrix {
            axis_kind,
            axis,
            names,
            named,
            intensities,
            scale: xrd_core::Scale::ARBITRARY,
            wavelength: None,
            preparation: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn row<'b>(&self, line: &'b Line<'b>, width: usize) -> Result<Vec<Cow<'b, str>>> {
        let cells = self.table.dialect.split(line.text);
        if cells.len() == width {
            return Ok(cells);
        }
        Err(Error::malformed(
            self.source.path,
            Place::Line(line.number),
            format!("{} values", cells.len()),
            format!("{width} as in line {}", self.lines[0].number),
        ))
    }

    /// The numbers of a row, starting at cell `skip`. Each must also be finite as a 32-bit float.
    fn numbers<'b>(
        &'b self,
        line: usize,
        cells: &'b [Cow<str>],
        skip: usize,
    ) -> impl Iterator<Item = Result<f64>> + 'b {
        let number = move |(i, cell): (usize, &Cow<str>)| {
            let value = self.table.number(cell).filter(|v| (*v as f32).is_finite());
            value.ok_or_else(|| Error::not_a_number(self.source.path, line, i + 1, cell))
        };
        cells.iter().enumerate().skip(skip).map(number)
    }

    fn name(&self, cell: &str, line: &Line) -> Result<String> {
        if !cell.is_empty() {
            return Ok(cell.to_owned());
        }
        let place = Place::Line(line.number);
        Err(Error::malformed(
            self.source.path,
            place,
            "a pattern without name",
            "a name",
        ))
    }

    fn check_axis(&self, axis: &[f64], place: impl Fn(usize) -> Place) -> Result<()> {
        if axis.len() < 2 {
            let expected = "at least 2";
            return Err(Error::malformed(
                self.source.path,
                place(0),
                "one point",
                expected,
            ));
        }
        match axis.windows(2).position(|pair| pair[1] <= pair[0]) {
            Some(i) => Err(Error::malformed(
                self.source.path,
                place(i + 1),
                format!("axis value {} after {}", axis[i + 1], axis[i]),
                "an increasing axis",
            )),
            None => Ok(()),
        }
    }
}

/// The kind of axis named by the first cell of a matrix.
fn kind(corner: &str) -> AxisKind {
    match role(corner) {
        Role::Axis(kind) => kind,
        _ => AxisKind::TwoThetaDeg,
    }
}

/// Converts an axis to the unit of its kind.
fn scale(axis: &mut [f64], kind: &AxisKind, corner: Option<&str>) {
    let factor = corner.map_or(1.0, |name| axis_factor(kind, name));
    if factor != 1.0 {
        axis.iter_mut().for_each(|x| *x *= factor);
    }
}

#[cfg(test)]
mod tests;
