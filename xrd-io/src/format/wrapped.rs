//! Rows that hold the angle of a point, its intensity and the intensities of the next points, as
//! exported by some Rigaku programs.
//!
//! ```text
//! 10.00  26 15 22 14 19 21 17 25 18 20 23     the points at 10.00, 10.02, …, 10.20
//! 10.22  24 19 16 20 22 17 21 19 23 18 20
//! ```
//!
//! Such rows look like several patterns on one axis. To tell the two apart, neighbouring values in
//! a row are compared with neighbouring values in a column. In wrapped rows, values next to each
//! other in a row are one step apart, so they differ less than values below each other. The last
//! value of a row and the first value of the next row are also one step apart.
//!
//! Source: GSAS-II's note on files with eleven intensities per line.

use super::content::{Content, FormatReader};
use super::kind::Format;
use crate::column_names::{Role, role};
use crate::error::{Error, Place, Result};
use crate::scan::{AxisKind, Draft};
use crate::source::Source;
use crate::table::{Line, Table};

pub(super) const READER: FormatReader = FormatReader::new(
    Format::WrappedRows,
    |source| {
        let is_candidate = |table: Table| of_table(&table).is_some_and(|w| w.is_uniform());
        source.head().is_some_and(is_candidate) && of_source(source).is_some()
    },
    read,
);

/// The first angle and the intensities of each row. Only the last row may be shorter than the
/// others.
struct Wrapped {
    angles: Vec<f64>,
    rows: Vec<Vec<f64>>,
}

fn of_source(source: &Source) -> Option<Wrapped> {
    let wrapped = of_table(&Table::of(source.text()?))?;
    (wrapped.is_uniform() && wrapped.is_of_one()).then_some(wrapped)
}

fn of_table(table: &Table) -> Option<Wrapped> {
    const FEWEST_ROWS: usize = 5;
    const FEWEST: usize = 4;
    let (first, numbers) = table.first_row();
    let rows = table
        .lines
        .get(first..)
        .filter(|rows| rows.len() >= FEWEST_ROWS)?;
    let is_name = |name: &str| !matches!(role(name), Role::Unknown);
    let names = |line: &Line| table.cells(line).iter().any(|cell| is_name(cell));
    let before = table.lines[..first].iter().rev().take(2);
    if numbers > 0 || before.chain(table.comments.iter().rev().take(2)).any(names) {
        return None;
    }
    let mut wrapped = Wrapped {
        angles: Vec::with_capacity(rows.len()),
        rows: Vec::with_capacity(rows.len()),
    };
    for (i, line) in rows.iter().enumerate() {
        let cells = table.cells(line);
        let mut values = cells.iter().map(|cell| {
            let value = table.number(cell);
            value.filter(|v| v.is_finite())
        });
        let angle = values.next()??;
        let row: Option<Vec<f64>> = values.collect();
        let row = row.filter(|row| !row.is_empty())?;
        let width = wrapped.rows.first().map_or(row.len(), Vec::len);
        let fits = row.len() == width || i + 1 == rows.len() && row.len() < width;
        if width + 1 < FEWEST || !fits {
            return None;
        }
        wrapped.angles.push(angle);
        wrapped.rows.push(row);
    }
    Some(wrapped)
}

impl Wrapped {
    fn width(&self) -> usize {
        self.rows.first().map_or(1, Vec::len)
    }

    fn step(&self) -> f64 {
        let rows = self.angles.len().saturating_sub(1).max(1) as f64;
        let last = self.angles.last().copied().unwrap_or_default();
        (last - self.angles.first().copied().unwrap_or_default()) / rows
    }

    fn is_uniform(&self) -> bool {
        let step = self.step();
        let regular = |pair: &[f64]| (pair[1] - pair[0] - step).abs() <= 0.01 * step;
        step > 0.0 && self.angles.windows(2).all(regular)
    }

    /// Whether neighbouring values along the rows differ clearly less than values one below the
    /// other.
    fn is_of_one(&self) -> bool {
        const CLEARLY: f64 = 0.8;
        let pairs = || self.rows.windows(2);
        let mean = |differences: &mut dyn Iterator<Item = f64>| {
            let (mut sum, mut count) = (0.0, 0.0);
            for difference in differences {
                sum += difference.abs();
                count += 1.0;
            }
            sum / f64::max(count, 1.0)
        };
        let along = self.rows.iter().flat_map(|row| row.windows(2));
        let along = mean(&mut along.map(|pair| pair[1] - pair[0]));
        let over = mean(&mut pairs().map(|rows| rows[1][0] - rows[0][self.width() - 1]));
        let below = pairs().flat_map(|rows| rows[0].iter().zip(&rows[1]));
        let below = mean(&mut below.map(|(above, below)| below - above));
        along < CLEARLY * below && over < CLEARLY * below
    }
}

fn read(source: &Source) -> Result<Content> {
    source.require_text()?;
    let Some(wrapped) = of_source(source) else {
        let found = "rows that are not one pattern";
        return Err(Error::malformed(
            source.path,
            Place::File,
            found,
            "wrapped rows",
        ));
    };
    let axis = (wrapped.angles[0], wrapped.step() / wrapped.width() as f64);
    let values = wrapped.rows.concat();
    let mut draft = Draft::uniform(source, AxisKind::TwoThetaDeg, axis, values);
    draft.warn(format!(
        "the {} numbers after each angle are read as one pattern, as they vary smoothly along the rows",
        wrapped.width()
    ));
    Ok(Content::Scans(vec![draft.build(source, |_| Place::File)?]))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// A background and two diffraction lines.
    fn intensity(i: usize) -> f64 {
        let line = |at: f64| 500.0 * (-((i as f64 - at) / 6.0).powi(2)).exp();
        (100.0 + (i * 7919 % 13) as f64 + line(60.0) + line(140.0)).round()
    }

    fn row(angle: f64, values: impl Iterator<Item = f64>) -> String {
        let values: Vec<String> = values.map(|v| v.to_string()).collect();
        format!("{angle:.2} {}\n", values.join(" "))
    }

    #[test]
    fn one_pattern_in_rows() {
        let of_row = |i: usize| (11 * i..(11 * i + 11).min(200)).map(intensity);
        let text: String = (0..19)
            .map(|i| row(10.0 + 0.22 * i as f64, of_row(i)))
            .collect();
        let source = Source::new(Path::new("a.txt"), format!("\n\n\n{text}").into_bytes());
        let (format, content) = crate::format::read(&source).unwrap();
        let Content::Scans(scans) = content else {
            panic!("{format}");
        };
        assert_eq!(scans[0].axis().len(), 200);
        assert!((scans[0].axis()[199] - 13.98).abs() < 1e-9);
        assert_eq!(scans[0].intensities()[..3], [0, 1, 2].map(intensity));
    }

    #[test]
    fn patterns_on_one_axis_are_none() {
        let patterns = |i: usize| (0..4).map(move |p| intensity(i + p) * (1.0 + p as f64 / 9.0));
        let text: String = (0..200)
            .map(|i| row(10.0 + 0.02 * i as f64, patterns(i)))
            .collect();
        let source = Source::new(Path::new("a.txt"), text.into_bytes());
        assert!(!(READER.recognises)(&source));
    }
}
