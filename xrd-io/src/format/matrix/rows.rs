//! Reading of the rows of a matrix.

use std::borrow::Cow;

use super::names::{names_of_like, sigma_columns};
use crate::column_names::{Role, axis_factor, foreign_axis, intensity_unit, role, with_unit};
use crate::error::{Error, Place, Result, shorten};
use crate::format::content::Matrix;
use crate::scan::AxisKind;
use crate::source::Source;
use crate::table::{Line, Table};

pub(super) struct Rows<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) table: &'a Table<'a>,
    pub(super) headings: &'a [Line<'a>],
    pub(super) lines: &'a [Line<'a>],
}

impl Rows<'_> {
    pub(super) fn with_axis_in_row(&self, named: bool) -> Result<Matrix> {
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

    pub(super) fn with_axis_in_column(
        &self,
        heading: Option<&Line>,
        units: Option<&Line>,
    ) -> Result<Matrix> {
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
        let heading =
            heading.map(|line| (line, super::layout::heading_cells(self.table, line, width)));
        if let Some((line, cells)) = heading.as_ref().filter(|(_, c)| c.len() != width) {
            let found = format!("{} names of columns", cells.len());
            let expected = format!("{width} as in line {}", self.lines[0].number);
            let place = Place::Line(line.number);
            return Err(Error::malformed(self.source.path, place, found, expected));
        }
        let names = match &heading {
            Some((_, cells)) => {
                let named = cells.iter().enumerate().skip(1);
                let named = named.map(|(i, cell)| name_of_column(cell, i + 1)).collect();
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
            matrix.warnings.extend(unnamed(cells));
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
        let mut matrix = Matrix {
            axis_kind,
            axis_is_assumed: false,
            axis,
            names,
            named,
            intensities,
            scale: xrd_core::Scale::ARBITRARY,
            wavelength: None,
            preparation: Vec::new(),
            warnings: Vec::new(),
        };
        matrix.turn_if_falling();
        matrix
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
        let rises = axis[1] > axis[0];
        let turns = |pair: &[f64]| pair[1] == pair[0] || (pair[1] > pair[0]) != rises;
        match axis.windows(2).position(turns) {
            Some(i) => Err(Error::malformed(
                self.source.path,
                place(i + 1),
                format!("axis value {} after {}", axis[i + 1], axis[i]),
                "an axis in the first row or column, increasing or decreasing",
            )),
            None => Ok(()),
        }
    }
}

/// The name of a column; its number if it has none.
fn name_of_column(cell: &str, number: usize) -> String {
    match cell {
        "" => format!("column {number}"),
        name => name.to_owned(),
    }
}

/// The warning that lists columns without names.
fn unnamed(cells: &[Cow<str>]) -> Option<String> {
    let without = cells
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, c)| c.is_empty());
    let list: Vec<String> = without.map(|(i, _)| (i + 1).to_string()).collect();
    let list = shorten(&list.join(", "));
    (!list.is_empty()).then(|| format!("no name above column {list}: it is named by its number"))
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

impl Matrix {
    /// Reverses a decreasing axis and its patterns, and adds a warning.
    fn turn_if_falling(&mut self) {
        let points = self.axis.len();
        if points > 1 && self.axis[1] < self.axis[0] {
            self.axis.reverse();
            let patterns = self.intensities.chunks_mut(points);
            patterns.for_each(<[f32]>::reverse);
            self.warnings
                .push("the axis decreases: the patterns are reversed".to_owned());
        }
    }

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
