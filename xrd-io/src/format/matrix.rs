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
//! The axis is the first row or the first column, whichever is uniform. If both are, the longer one
//! is used. A decreasing axis is reversed. A number in the corner that continues neither the row nor
//! the column is ignored. A pattern without a name is named by its number. A table of three
//! columns or fewer is a matrix only if its column names show this. Otherwise the columns are
//! angle, intensity and standard deviation.
//!
//! Source: tables written by spreadsheets and `numpy.savetxt`. There is no standard.

use super::content::{Content, FormatReader};
use super::kind::Format;
use crate::column_names::{stated_scale, stated_wavelength};
use crate::error::{Error, Place, Result};
use crate::notes;
use crate::source::Source;
use crate::table::Table;

mod layout;
mod names;
mod quality;
mod rows;

use layout::{Layout, names_and_units};
pub(super) use names::tell_apart;
use rows::Rows;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::Matrix,
    |source| {
        let table = source.head();
        table.is_some_and(|table| Layout::of(&table).is_some())
    },
    read,
);

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

#[cfg(test)]
mod tests;
