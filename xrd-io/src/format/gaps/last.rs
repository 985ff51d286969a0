//! Names of patterns in the last column, below an axis in the first row.

use std::borrow::Cow;

use super::joined;
use crate::format::matrix::tell_apart;
use crate::table::Table;

/// The text of a table with its last column moved to the front; `None` if this column does not hold
/// names. The first line is an axis, and its last cell is empty or a word.
pub(super) fn moved(table: &Table) -> Option<String> {
    const FEWEST: usize = 5;
    table.dialect.separator?;
    let first = table.cells(table.lines.first().filter(|_| table.lines.len() > 1)?);
    let (corner, axis) = first.split_last()?;
    let axis = numbers(table, axis)?;
    let is_rising = axis.windows(2).all(|pair| pair[1] > pair[0]);
    if axis.len() < FEWEST || table.number(corner).is_some() || !is_rising {
        return None;
    }
    let mut names = vec![corner.to_string()];
    for line in &table.lines[1..] {
        let cells = table.cells(line);
        let (name, values) = cells.split_last()?;
        let is_row = values.len() == axis.len() && !name.is_empty();
        numbers(table, values).filter(|_| is_row)?;
        names.push(name.to_string());
    }
    tell_apart(&mut names[1..]);
    let mut names = names.into_iter();
    Some(joined(table, |mut cells| {
        cells.rotate_right(1);
        cells[0] = names.next().unwrap_or_default();
        cells
    }))
}

fn numbers(table: &Table, cells: &[Cow<str>]) -> Option<Vec<f64>> {
    cells.iter().map(|cell| table.number(cell)).collect()
}
