//! Columns of a table of labels that are no labels, but may be variables of a series.

use xrd_io::{LabelTable, Matched};

use crate::experiment::SeriesChoice;
use crate::known_points::check_label_names;

/// Column of numbers that is not a label. It may be the variable of a series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// Number of each pattern. `None` for a cell that is not a number.
    pub(crate) values: Vec<Option<f64>>,
}

impl Variable {
    /// Returns the columns with at least one number, except those of labels and those in `excluded`.
    pub(super) fn of_table(
        table: &LabelTable,
        matched: &Matched,
        labels: &[String],
        excluded: &[Option<usize>],
    ) -> Vec<Self> {
        let is_free = |c: &usize| {
            let name = &table.columns()[*c];
            let has_role = excluded.contains(&Some(*c)) || labels.contains(name);
            !has_role && !name.trim().is_empty()
        };
        let columns = (0..table.columns().len()).filter(is_free);
        let all = columns.map(|c| Self {
            name: table.columns()[c].clone(),
            values: numbers(table, matched, c),
        });
        all.filter(|v| v.values.iter().any(Option::is_some))
            .collect()
    }

    /// Returns the variable of the patterns with these indices.
    pub(super) fn select(&self, rows: &[usize]) -> Self {
        Self {
            name: self.name.clone(),
            values: rows.iter().map(|&i| self.values[i]).collect(),
        }
    }
}

fn numbers(table: &LabelTable, matched: &Matched, column: usize) -> Vec<Option<f64>> {
    let name = table.columns()[column].as_str();
    if let (false, Ok(all)) = (table.is_text(column), table.labels_of(&[name])) {
        let row = |&row: &usize| all.row(row).first().copied();
        return matched.rows.iter().map(row).collect();
    }
    let number = |&row: &usize| {
        let found = table.cell(row, column).trim().parse::<f64>().ok();
        found.filter(|v| v.is_finite())
    };
    matched.rows.iter().map(number).collect()
}

/// Returns the columns of numbers that are variables of the series and cannot be labels, because
/// `latent.csv` has columns with these names: those in the choice, or the columns x and y together.
pub(super) fn set_aside(choice: Option<&SeriesChoice>, table: &LabelTable) -> Vec<usize> {
    let exact = |name: &str| {
        let found = table.columns().iter().position(|c| c == name);
        found.filter(|&c| !table.is_text(c))
    };
    let clashes = |name: &&str| check_label_names(&[(*name).to_owned()]).is_err();
    match choice {
        Some(SeriesChoice::Auto) => match (exact("x"), exact("y")) {
            (Some(x), Some(y)) => vec![x, y],
            _ => Vec::new(),
        },
        Some(SeriesChoice::Named(names)) => {
            let names = names.split(',').map(str::trim);
            names.filter(clashes).filter_map(exact).collect()
        }
        _ => Vec::new(),
    }
}
