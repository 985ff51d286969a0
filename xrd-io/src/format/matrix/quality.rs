//! Score of a list of numbers as an axis.

use std::borrow::Cow;

use crate::table::{Line, Table};

/// Score of a list of numbers as an axis. A larger score is better.
#[derive(PartialEq, PartialOrd)]
pub(super) struct AxisQuality {
    pub(super) uniform: bool,
    /// The fraction of increasing steps; 1 if the numbers decrease uniformly.
    pub(super) increasing: f64,
    /// Whether the numbers are not 1, 2, 3, …, which are more likely pattern numbers.
    pub(super) not_counting: bool,
    pub(super) len: usize,
}

impl AxisQuality {
    pub(super) fn of_row(table: &Table, cells: &[Cow<str>]) -> Self {
        Self::of(cells.iter().filter_map(|c| table.number(c)).collect())
    }

    pub(super) fn of_column(table: &Table, rows: &[Line]) -> Self {
        let first = |line| table.number(&table.first_cell(line));
        Self::of(rows.iter().filter_map(first).collect())
    }

    fn of(values: Vec<f64>) -> Self {
        let pairs = values.len().saturating_sub(1).max(1) as f64;
        let rising = values.windows(2).filter(|pair| pair[1] > pair[0]).count() as f64;
        let mean_step = (values.last().unwrap_or(&0.0) - values.first().unwrap_or(&0.0)) / pairs;
        let regular = |pair: &[f64]| (pair[1] - pair[0] - mean_step).abs() <= 0.1 * mean_step.abs();
        let uniform = values.len() > 2 && mean_step != 0.0 && values.windows(2).all(regular);
        let falls = uniform && mean_step < 0.0;
        Self {
            uniform,
            increasing: if falls { 1.0 } else { rising / pairs },
            not_counting: !(mean_step == 1.0 && values.first().is_some_and(|v| *v <= 1.0)),
            len: values.len(),
        }
    }
}
