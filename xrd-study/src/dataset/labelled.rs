//! Labels of patterns from a table.

use std::path::{Path, PathBuf};

use xrd_core::{Element, Labels};
use xrd_io::{ByOrder, LabelTable, Matched, ReadPatterns, matched, read_labels};

use super::classes::Classes;
use super::label_source::{LabelSource, labels_from};
use super::variables::{Variable, set_aside};
use crate::error::{Error, Result};
use crate::experiment::SeriesChoice;
use crate::known_points::check_label_names;
use crate::note::{Note, Remedy};

/// Choice of labels: columns of a table, and facts that the pattern files state in their names and
/// headers.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct LabelChoice<'a> {
    /// File of the table.
    pub table: Option<&'a Path>,
    /// Facts that are used as labels, from the names and headers of the pattern files.
    pub facts: &'a [LabelSource],
    /// Column that names the sample of each pattern.
    pub group: Option<&'a str>,
    /// Columns that are used as labels: numbers, or texts as classes. If empty, all numeric columns
    /// are labels. If there are none, text columns with repeated texts are classes.
    pub columns: &'a [String],
    /// Choice of the variable of a series, whose columns need not be labels. If `None`, a column
    /// called x or y is refused.
    pub series: Option<&'a SeriesChoice>,
}

/// Labels of patterns, in the order of the patterns.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Labelled {
    /// The labels, one row per pattern. Without columns if there are no numeric labels.
    pub labels: Labels,
    /// Labels that are text.
    pub classes: Vec<Classes>,
    /// Name of the sample of each pattern. `None` if no column of the table names the samples.
    pub groups: Option<Vec<String>>,
    /// Notes on how the table was read.
    pub notes: Vec<Note>,
    /// Columns of numbers that are not labels.
    pub(crate) variables: Vec<Variable>,
}

impl<'a> LabelChoice<'a> {
    /// Returns a choice of all numeric columns of a table as labels.
    pub fn new(table: &'a Path) -> Self {
        Self {
            table: Some(table),
            ..Self::default()
        }
    }

    /// Sets the facts that are used as labels.
    #[must_use]
    pub fn with_facts(mut self, facts: &'a [LabelSource]) -> Self {
        self.facts = facts;
        self
    }

    /// Sets the column that names the sample of each pattern.
    #[must_use]
    pub fn with_group(mut self, column: Option<&'a str>) -> Self {
        self.group = column;
        self
    }

    /// Sets the columns that are labels.
    #[must_use]
    pub fn with_columns(mut self, columns: &'a [String]) -> Self {
        self.columns = columns;
        self
    }

    /// Sets the choice of the variable of a series.
    #[must_use]
    pub fn with_series(mut self, series: &'a SeriesChoice) -> Self {
        self.series = Some(series);
        self
    }

    /// Reads the table and matches each row with a pattern, by name or by order. The facts become
    /// further columns.
    ///
    /// # Errors
    /// [`Error::Reading`] if rows and patterns do not match, [`Error::NoColumn`],
    /// [`Error::LabelName`]; [`Error::NoFact`] for a pattern without one of the facts;
    /// [`Error::NoLabels`] for a column of samples without a table.
    pub fn read_for(&self, read: &ReadPatterns) -> Result<Labelled> {
        let of_table = self
            .table
            .map(|path| self.read_table(path, read.set.names(), read.by_order()))
            .transpose()
            .map_err(|error| with_files_left_out(error, &read.skipped))?;
        let of_facts = match self.facts {
            [] => None,
            facts => Some(labels_from(facts, read)?),
        };
        let table = match of_table {
            Some(table) => table,
            None => self.without_table(read.set.len())?,
        };
        let Some(facts) = of_facts else {
            return Ok(table);
        };
        check_label_names(facts.columns())?;
        let labels = side_by_side(&table.labels, &facts)?;
        Ok(Labelled { labels, ..table })
    }

    /// Returns no labels.
    fn without_table(&self, patterns: usize) -> Result<Labelled> {
        match self.group.or(self.columns.first().map(String::as_str)) {
            Some(_) => Err(Error::NoLabels),
            None => Ok(Labelled {
                labels: Labels::none(patterns),
                classes: Vec::new(),
                groups: None,
                notes: Vec::new(),
                variables: Vec::new(),
            }),
        }
    }

    /// Reads the table and matches each row with a name, or with patterns in order. Facts of files
    /// are not read.
    ///
    /// # Errors
    /// Any error of [`read_for`](Self::read_for).
    pub(crate) fn read_names(&self, names: &[String], order: ByOrder) -> Result<Labelled> {
        match self.table {
            Some(path) => self.read_table(path, names, order),
            None => self.without_table(names.len()),
        }
    }

    fn read_table(&self, path: &Path, names: &[String], order: ByOrder) -> Result<Labelled> {
        let table = read_labels(path)?;
        let matched = matched(&table, names, order)?;
        let aside = set_aside(self.series, &table);
        let texts = self.texts(&table, &matched, &aside);
        let (labels, about_labels) = self.labels(&table, &matched, (&texts, &aside))?;
        let names: Vec<String> = texts.iter().map(|&c| table.columns()[c].clone()).collect();
        for names in [labels.columns(), &names] {
            check_label_names(names).map_err(|e| e.at(table.path().display()))?;
        }
        let roles = [
            matched.column,
            table.name_column(),
            self.group.and_then(|name| table.column_index(name)),
        ];
        let variables = Variable::of_table(&table, &matched, labels.columns(), &roles);
        let groups = self.group.map(|column| groups(&table, &matched, column));
        let notes = by_order(&table, &matched, order);
        let class = |&c: &usize| {
            let texts = matched.rows.iter().map(|&row| table.cell(row, c));
            Classes::new(&table.columns()[c], &texts.collect::<Vec<_>>())
        };
        Ok(Labelled {
            labels,
            classes: texts.iter().map(class).collect(),
            groups: groups.transpose()?,
            notes: notes.into_iter().chain(about_labels).collect(),
            variables,
        })
    }

    /// Returns the columns of texts that are classes: the chosen ones. If no columns are chosen and there
    /// are no numbers, these are the columns with repeated texts.
    fn texts(&self, table: &LabelTable, matched: &Matched, aside: &[usize]) -> Vec<usize> {
        let columns = 0..table.columns().len();
        let chosen = |&c: &usize| match self.columns {
            [] => {
                let has_role = matched.column == Some(c)
                    || table.name_column() == Some(c)
                    || self.group.and_then(|name| table.column_index(name)) == Some(c);
                !has_role && is_class(table, c) && !has_numbers(table, matched, aside)
            }
            names => names.iter().any(|n| table.column_index(n) == Some(c)),
        };
        columns
            .filter(|&c| table.is_text(c))
            .filter(chosen)
            .collect()
    }

    /// Returns the columns of numbers that are labels, and notes on the columns that are not.
    fn labels(
        &self,
        table: &LabelTable,
        matched: &Matched,
        (texts, aside): (&[usize], &[usize]),
    ) -> Result<(Labels, Vec<Note>)> {
        let is_number = |name: &&String| {
            let column = table.column_index(name);
            column.is_none_or(|c| !texts.contains(&c) && !aside.contains(&c))
        };
        let has_numbers = has_numbers(table, matched, aside);
        let chosen: Vec<&str> = match self.columns {
            [] if has_numbers || (texts.is_empty() && aside.is_empty()) => {
                return self.all_labels(table, matched, aside);
            }
            names => names.iter().filter(is_number).map(String::as_str).collect(),
        };
        let labels = match chosen[..] {
            [] => Labels::none(matched.rows.len()),
            _ => table.labels_of(&chosen)?.select(&matched.rows),
        };
        Ok((labels, Vec::new()))
    }

    /// Returns the labels from all columns of numbers.
    fn all_labels(
        &self,
        table: &LabelTable,
        matched: &Matched,
        aside: &[usize],
    ) -> Result<(Labels, Vec<Note>)> {
        let about = about_samples(table, matched.column);
        let absent = absent_elements(table);
        let aside = aside.iter().map(|&c| table.columns()[c].as_str());
        let excluded = about.iter().chain(&absent).copied().chain(self.group);
        let excluded = excluded.chain(aside);
        let labels = matched.labels(table, &excluded.collect::<Vec<_>>())?;
        let of_names = matched.column.and_then(|c| of_names(table, c));
        let group = self.group.and_then(|name| table.column_index(name));
        let reported = [matched.column, group];
        let doubtful = table.doubtful_columns().into_iter();
        let doubtful = doubtful.filter(|(column, _)| !reported.contains(&Some(*column)));
        let notes = about.into_iter().map(|name| not_a_label(table, name));
        let notes = of_names.into_iter().chain(notes);
        let notes = notes.chain(doubtful.map(|(column, row)| read_as_text(table, column, row)));
        Ok((labels, notes.collect()))
    }
}

/// Whether a column of texts can be a label: there are different texts, each occurs at least twice on
/// average, and none looks like a number with a unit.
fn is_class(table: &LabelTable, column: usize) -> bool {
    let doubtful = table.doubtful_columns();
    let mut texts: Vec<&str> = (0..table.len())
        .map(|row| table.cell(row, column))
        .collect();
    texts.sort_unstable();
    texts.dedup();
    texts.len() > 1 && 2 * texts.len() <= table.len() && doubtful.iter().all(|(c, _)| *c != column)
}

/// Whether a column of numbers has a name, does not contain the names of the patterns, and is not set
/// aside.
fn has_numbers(table: &LabelTable, matched: &Matched, aside: &[usize]) -> bool {
    let columns = (0..table.columns().len()).filter(|&c| !table.is_text(c));
    let mut columns = columns.filter(|c| !aside.contains(c));
    columns.any(|c| matched.column != Some(c) && !table.columns()[c].trim().is_empty())
}

/// Returns the columns of both tables.
fn side_by_side(left: &Labels, right: &Labels) -> Result<Labels> {
    let columns = [left.columns(), right.columns()].concat();
    let rows = left.rows().zip(right.rows());
    let values = rows.flat_map(|(a, b)| [a, b].concat()).collect();
    Labels::new(columns, values).map_err(|e| Error::from(e).at("labels"))
}

/// Adds the first skipped file to the error: a pattern may be missing because its file was skipped.
pub(super) fn with_files_left_out(error: Error, skipped: &[(PathBuf, xrd_io::Error)]) -> Error {
    match (error, skipped) {
        (Error::Reading(source), [(_, why), more @ ..]) => Error::Unmatched {
            source,
            skipped: why.to_string(),
            more: more.len(),
        },
        (error, _) => error,
    }
}

/// Returns the sample of each pattern from a column of the label table.
fn groups(table: &LabelTable, matched: &Matched, column: &str) -> Result<Vec<String>> {
    let cells = table.column(column).ok_or_else(|| Error::NoColumn {
        path: table.path().to_owned(),
        column: column.to_owned(),
    })?;
    let rows = matched.rows.iter();
    Ok(rows.map(|&row| cells[row].to_owned()).collect())
}

fn by_order(table: &LabelTable, matched: &Matched, by_order: ByOrder) -> Option<Note> {
    let is_assumed = matched.column.is_none() && by_order == ByOrder::WithoutNames;
    is_assumed.then(|| {
        format!(
            "{}: no column holds the names of the patterns; rows are matched with patterns by order",
            table.path().display()
        )
        .into()
    })
}

/// Returns a note if the names of the patterns are a column of numbers without a telling title.
fn of_names(table: &LabelTable, column: usize) -> Option<Note> {
    let is_known = table.name_column() == Some(column) || table.is_text(column);
    let (path, title) = (table.path().display(), table.title(column));
    (!is_known).then(|| {
        let text =
            format!("{path}: column '{title}' holds the names of the patterns and is not a label");
        Note::new(text, Remedy::LabelColumns)
    })
}

fn read_as_text(table: &LabelTable, column: usize, row: usize) -> Note {
    let (path, title, line) = (table.path().display(), table.title(column), table.line(row));
    let cell: String = table.cell(row, column).chars().take(40).collect();
    format!("{path}: column '{title}' is read as text (line {line}: '{cell}')").into()
}

/// Numeric columns in tables of this program that describe a sample and are not labels.
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

fn not_a_label(table: &LabelTable, column: &str) -> Note {
    let path = table.path().display();
    let text = format!("{path}: column '{column}' describes the sample and is not a label");
    Note::new(text, Remedy::LabelColumns)
}

/// Returns the elements that no structure contains, for a table of simulated structures.
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
