//! Patterns joined with a table of what is known of them.

use std::path::Path;

use xrd_core::{Element, Labels};
use xrd_io::{ByOrder, LabelTable, Matched, ReadPatterns, matched, read_labels};

use crate::error::{Error, Result};
use crate::known_points::check_label_names;
use crate::note::{Note, Remedy};

/// A table of labels, and which of its columns are used.
#[derive(Clone, Copy, Debug)]
pub struct LabelChoice<'a> {
    /// File of the table.
    pub table: &'a Path,
    /// Column that names samples.
    pub group: Option<&'a str>,
    /// Columns that are labels; all columns of numbers where empty.
    pub columns: &'a [String],
}

/// Labels of patterns, in the order of the patterns.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// The labels, one row per pattern.
    pub labels: Labels,
    /// Sample of each pattern, where a column of the table names it.
    pub groups: Option<Vec<String>>,
    /// Notes on how the table was read.
    pub notes: Vec<Note>,
}

impl LabelChoice<'_> {
    /// Matches the table with patterns, by name or by order.
    ///
    /// # Errors
    /// [`Error::Reading`] where they do not match, [`Error::NoColumn`], [`Error::LabelName`].
    pub fn of(&self, read: &ReadPatterns) -> Result<Labelled> {
        let table = read_labels(self.table)?;
        let matched = matched(&table, read.set.names(), read.by_order())
            .map_err(|error| with_files_left_out(error, read))?;
        let (labels, about_labels) = match self.columns {
            [] => self.all_labels(&table, &matched)?,
            columns => {
                let names: Vec<&str> = columns.iter().map(String::as_str).collect();
                (table.labels_of(&names)?.select(&matched.rows), vec![])
            }
        };
        check_label_names(labels.columns()).map_err(|e| e.at(table.path().display()))?;
        let groups = self.group.map(|column| groups(&table, &matched, column));
        let notes = by_order(&table, &matched, read.by_order());
        Ok(Labelled {
            labels,
            groups: groups.transpose()?,
            notes: notes.into_iter().chain(about_labels).collect(),
        })
    }

    /// All columns of numbers that are labels, and notes on columns that are none.
    fn all_labels(&self, table: &LabelTable, matched: &Matched) -> Result<(Labels, Vec<Note>)> {
        let about = about_samples(table, matched.column);
        let absent = absent_elements(table);
        let excluded = about.iter().chain(&absent).copied().chain(self.group);
        let labels = matched.labels(table, &excluded.collect::<Vec<_>>())?;
        let of_names = matched.column.and_then(|c| of_names(table, c));
        let group = self.group.and_then(|name| table.column_index(name));
        let told = [matched.column, group];
        let doubtful = table.doubtful_columns().into_iter();
        let doubtful = doubtful.filter(|(column, _)| !told.contains(&Some(*column)));
        let notes = about.into_iter().map(|name| no_label(table, name));
        let notes = of_names.into_iter().chain(notes);
        let notes = notes.chain(doubtful.map(|(column, row)| taken_for_text(table, column, row)));
        Ok((labels, notes.collect()))
    }
}

/// Names the first skipped file: a pattern may be missing because its file could not be read.
fn with_files_left_out(error: xrd_io::Error, read: &ReadPatterns) -> Error {
    match &read.skipped[..] {
        [] => error.into(),
        [(_, why), more @ ..] => Error::Unmatched {
            source: Box::new(error),
            skipped: why.to_string(),
            more: more.len(),
        },
    }
}

/// The sample of each pattern, by a column of the label table.
fn groups(table: &LabelTable, matched: &Matched, column: &str) -> Result<Vec<String>> {
    let cells = table.column(column).ok_or_else(|| Error::NoColumn {
        path: table.path().to_owned(),
        column: column.to_owned(),
    })?;
    let rows = matched.rows.iter();
    Ok(rows.map(|&row| cells[row].to_owned()).collect())
}

fn by_order(table: &LabelTable, matched: &Matched, by_order: ByOrder) -> Option<Note> {
    let is_told = matched.column.is_none() && by_order == ByOrder::WithoutNames;
    is_told.then(|| {
        format!(
            "{}: no column holds the names of the patterns: its rows are taken in their order",
            table.path().display()
        )
        .into()
    })
}

/// Of numbers that name patterns under a heading that does not say so.
fn of_names(table: &LabelTable, column: usize) -> Option<Note> {
    let is_known = table.name_column() == Some(column) || table.is_text(column);
    let (path, title) = (table.path().display(), table.title(column));
    (!is_known).then(|| {
        let text =
            format!("{path}: column '{title}' holds the names of the patterns and is no label");
        Note::new(text, Remedy::LabelColumns)
    })
}

fn taken_for_text(table: &LabelTable, column: usize, row: usize) -> Note {
    let (path, title, line) = (table.path().display(), table.title(column), table.line(row));
    let cell: String = table.cell(row, column).chars().take(40).collect();
    format!("{path}: column '{title}' is taken for text (line {line}: '{cell}')").into()
}

/// Numbers about samples that are no quantities to estimate, in tables that this program writes.
const ABOUT_SAMPLES: [&str; 4] = ["space_group", "pattern", "arrangement", "multiplicity"];

fn about_samples(table: &LabelTable, names: Option<usize>) -> Vec<&str> {
    let columns = table.columns().iter().enumerate();
    let is_one = |&(c, name): &(usize, &String)| {
        let is_known = ABOUT_SAMPLES
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own));
        is_known && names != Some(c) && !table.is_text(c)
    };
    columns
        .filter(is_one)
        .map(|(_, name)| name.as_str())
        .collect()
}

fn no_label(table: &LabelTable, column: &str) -> Note {
    let path = table.path().display();
    let text = format!("{path}: column '{column}' is about the sample and no label");
    Note::new(text, Remedy::LabelColumns)
}

/// Elements that no structure holds, in a table of simulated structures.
fn absent_elements(table: &LabelTable) -> Vec<&str> {
    let columns = || table.columns().iter().map(String::as_str);
    let has = |name: &str| columns().any(|c| c == name);
    if !["formula", "space_group", "crystal_system"]
        .into_iter()
        .all(has)
    {
        return vec![];
    }
    let is_absent = |&(c, name): &(usize, &str)| {
        let zeros = (0..table.len()).all(|row| table.cell(row, c) == "0");
        zeros && name.parse::<Element>().is_ok()
    };
    let absent = columns().enumerate().filter(is_absent);
    absent.map(|(_, name)| name).collect()
}
