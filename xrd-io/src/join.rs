use std::borrow::Cow;
use std::collections::HashSet;

use xrd_core::Labels;

use crate::error::{Error, Place, Result};
use crate::labels::LabelTable;

mod names;

use names::{Index, base, composed, file_stem, stem};

/// Whether the order of rows may join them to patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByOrder {
    /// Never: the order of the patterns means nothing.
    Never,
    /// Where no column holds the names of the patterns.
    WithoutNames,
    /// Where no column is called as one of names is: the patterns are only numbered.
    Always,
}

impl From<bool> for ByOrder {
    fn from(allowed: bool) -> Self {
        match allowed {
            true => Self::WithoutNames,
            false => Self::Never,
        }
    }
}

/// Which rows of a table belong to patterns, and what tells so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matched {
    /// The row of each pattern.
    pub rows: Vec<usize>,
    /// The column that holds their names; none where the order tells.
    pub column: Option<usize>,
}

impl Matched {
    /// The labels of the patterns, in their order: of the columns of [`LabelTable::labels`] all
    /// but the one of names.
    ///
    /// # Errors
    /// Those of [`LabelTable::labels`].
    pub fn labels(&self, table: &LabelTable, excluded: &[&str]) -> Result<Labels> {
        let mut left_out = table.no_labels(excluded)?;
        left_out.extend(self.column);
        Ok(table.labels_without(&left_out)?.select(&self.rows))
    }
}

/// The labels of patterns, in the order of the patterns; see [`matched`] for how a row is
/// found and [`LabelTable::labels`] for which columns are labels.
///
/// # Errors
/// Those of [`matched`] and [`LabelTable::labels`].
pub fn join(
    table: &LabelTable,
    patterns: &[String],
    by_order: impl Into<ByOrder>,
    excluded: &[&str],
) -> Result<Labels> {
    matched(table, patterns, by_order)?.labels(table, excluded)
}

/// The row of the table that belongs to each pattern; see [`matched`].
///
/// # Errors
/// Those of [`matched`].
pub fn match_rows(
    table: &LabelTable,
    patterns: &[String],
    by_order: impl Into<ByOrder>,
) -> Result<Vec<usize>> {
    Ok(matched(table, patterns, by_order)?.rows)
}

/// Finds the row of the table that belongs to each pattern.
///
/// The names of the patterns stand in a column called name, file, filename or sample, or else in
/// any one column that holds all of them. A row belongs to the pattern whose name equals its
/// cell; failing that, to the one whose name is the cell without folders or extension; failing
/// that, to the one whose name does without them too, where both extensions are of pattern files.
/// Case counts; composed and decomposed letters are the same where nothing else fits.
///
/// Names that only count the patterns, from 0 or 1 on, are looked for in columns of text and under
/// these headings alone: any column of numbers may hold as many.
///
/// Where no column holds any of the names, rows follow the order of the patterns, if `by_order`
/// allows it. O(cells + patterns).
///
/// # Errors
/// [`Error::Unmatched`] unless every pattern has a row and every row a pattern,
/// [`Error::Ambiguous`] where one has two, [`Error::NoNameColumn`] where names are needed,
/// [`Error::RowCount`] where an order cannot fit, [`Error::Malformed`] where two columns hold the
/// names in different orders.
pub fn matched(
    table: &LabelTable,
    patterns: &[String],
    by_order: impl Into<ByOrder>,
) -> Result<Matched> {
    let by_order = by_order.into();
    let known = table.name_columns();
    if let Some(found) = fitting(table, &known, patterns)? {
        return Ok(found);
    }
    let others = match by_order {
        ByOrder::Always => 0..0,
        _ => 0..table.columns().len(),
    };
    let keys = Keys::of(patterns);
    // That numbers are those from 1 to n says nothing of what they count.
    let counted = are_counted(patterns);
    let may_fit = |column: &usize| {
        let tells = !counted || table.is_text(*column);
        tells && table.cells_of(*column).all(|cell| keys.has(cell))
    };
    let fit: Vec<usize> = others.clone().filter(may_fit).collect();
    if let Some(found) = fitting(table, &fit, patterns)? {
        return Ok(found);
    }
    let is_partly = |&column: &usize| {
        let mut cells = table.cells_of(column);
        cells.any(|cell| keys.has(cell))
            && table.is_text(column)
            && found(table, column, patterns) > 0
    };
    let partly: Vec<usize> = others.filter(is_partly).collect();
    let column = best(table, known, patterns).or_else(|| best(table, partly, patterns));
    let path = || table.path().to_owned();
    match column {
        Some(column) => by_name(table, column, patterns),
        None if by_order == ByOrder::Never => Err(Error::NoNameColumn { path: path() }),
        None if table.len() != patterns.len() => Err(Error::RowCount {
            path: path(),
            patterns: patterns.len(),
            rows: table.len(),
        }),
        None => Ok(Matched {
            rows: (0..patterns.len()).collect(),
            column: None,
        }),
    }
}

/// Whether names are the numbers from 0 or 1 on.
fn are_counted(patterns: &[String]) -> bool {
    let numbers: HashSet<usize> = patterns.iter().flat_map(|name| name.parse()).collect();
    let first = numbers.iter().min().copied().unwrap_or(0);
    let is_run = (first..first + patterns.len()).all(|i| numbers.contains(&i));
    first < 2 && numbers.len() == patterns.len() && is_run
}

/// The patterns that each of some names may stand for, by the rules of [`matched`]; the one called
/// so exactly comes before all others. O(names + patterns).
pub fn find_patterns(names: &[&str], patterns: &[String]) -> Vec<Vec<usize>> {
    let names = composed(names.iter().copied());
    let patterns = composed(patterns.iter().map(String::as_str));
    let index = Index::of(&names);
    let mut found = vec![Vec::new(); names.len()];
    for (i, pattern) in patterns.iter().enumerate() {
        for name in index.ways(pattern).concat() {
            if found[name].last() != Some(&i) {
                found[name].push(i);
            }
        }
    }
    for (name, found) in names.iter().zip(&mut found) {
        if let Some(&exact) = found.iter().find(|&&i| patterns[i] == *name) {
            *found = vec![exact];
        }
    }
    found
}

/// What a cell must come to that may fit one of the patterns: most columns are told apart from
/// names by their first cell.
struct Keys(HashSet<String>);

impl Keys {
    fn of(patterns: &[String]) -> Self {
        let names = composed(patterns.iter().map(String::as_str));
        let keys = |name: &Cow<str>| [base(name), file_stem(base(name))].map(str::to_owned);
        Self(names.iter().flat_map(keys).collect())
    }

    fn has(&self, cell: &str) -> bool {
        composed(std::iter::once(cell)).iter().any(|cell| {
            let base = base(cell);
            let keys = [base, stem(base), file_stem(base)];
            keys.iter().any(|key| self.0.contains(*key))
        })
    }
}

/// What the first of the columns tells that holds all names, each once. Others that do so must
/// tell the same.
fn fitting(table: &LabelTable, columns: &[usize], patterns: &[String]) -> Result<Option<Matched>> {
    if table.len() != patterns.len() {
        return Ok(None);
    }
    let fits = |&column: &usize| by_name(table, column, patterns).ok();
    let mut all = columns.iter().filter_map(fits);
    let Some(first) = all.next() else {
        return Ok(None);
    };
    match all.find(|other| other.rows != first.rows) {
        None => Ok(Some(first)),
        Some(other) => {
            let title = |matched: &Matched| matched.column.map_or("".into(), |c| table.title(c));
            let (a, b) = (title(&first), title(&other));
            let found = format!("columns '{a}' and '{b}' hold the names in different orders");
            let expected = "one column of names";
            Err(Error::malformed(table.path(), Place::File, found, expected))
        }
    }
}

/// The column with most of the names; of equals the first.
fn best(table: &LabelTable, columns: Vec<usize>, patterns: &[String]) -> Option<usize> {
    let fewest_missing = |&column: &usize| patterns.len() - found(table, column, patterns);
    columns.into_iter().min_by_key(fewest_missing)
}

/// How many of the patterns a column has a row for.
fn found(table: &LabelTable, column: usize, patterns: &[String]) -> usize {
    let cells = composed(table.cells_of(column));
    let names = composed(patterns.iter().map(String::as_str));
    let index = Index::of(&cells);
    names.iter().filter(|n| !index.rows(n).is_empty()).count()
}

/// What a column tells.
fn by_name(table: &LabelTable, column: usize, patterns: &[String]) -> Result<Matched> {
    let cells: Vec<Cow<str>> = table.cells_of(column).map(Cow::Borrowed).collect();
    let names = || patterns.iter().map(String::as_str);
    let rows = pairs(&cells, &names().map(Cow::Borrowed).collect::<Vec<_>>());
    let is_plain = cells.iter().all(|c| c.is_ascii()) && names().all(str::is_ascii);
    let rows = match rows {
        Err(_) if !is_plain => {
            let again = pairs(&composed(table.cells_of(column)), &composed(names()));
            again.or(rows)
        }
        _ => rows,
    };
    match rows {
        Ok(rows) => Ok(Matched {
            rows,
            column: Some(column),
        }),
        Err(fault) => Err(fault.told(table, column, patterns)),
    }
}

/// Why cells and names are no pairs, by their indices.
enum Fault {
    Unmatched {
        patterns: Vec<usize>,
        rows: Vec<usize>,
    },
    RowTwice {
        row: usize,
        pattern: Option<usize>,
    },
    PatternTwice {
        row: usize,
        pattern: usize,
    },
}

impl Fault {
    fn told(self, table: &LabelTable, column: usize, patterns: &[String]) -> Error {
        let cell = |row: usize| table.cell(row, column).to_owned();
        let ambiguous = |row: usize, name: String, what| Error::Ambiguous {
            path: table.path().to_owned(),
            column: table.title(column).into(),
            place: Place::Line(table.line(row)),
            name,
            what,
        };
        match self {
            Self::RowTwice { row, pattern } => {
                let name = pattern.map_or_else(|| cell(row), |i| patterns[i].clone());
                ambiguous(row, name, "a row")
            }
            Self::PatternTwice { row, pattern } => {
                ambiguous(row, patterns[pattern].clone(), "a pattern")
            }
            Self::Unmatched { patterns: i, rows } => Error::Unmatched {
                path: table.path().to_owned(),
                column: table.title(column).into(),
                patterns: i.into_iter().map(|i| patterns[i].clone()).collect(),
                rows: rows.into_iter().map(cell).collect(),
            },
        }
    }
}

/// The row of each pattern, where every pattern has one and every row a pattern.
fn pairs(cells: &[Cow<str>], patterns: &[Cow<str>]) -> std::result::Result<Vec<usize>, Fault> {
    let mut seen = HashSet::new();
    if let Some(row) = cells.iter().position(|cell| !seen.insert(cell)) {
        return Err(Fault::RowTwice { row, pattern: None });
    }
    let index = Index::of(cells);
    let mut taken = vec![false; cells.len()];
    let (mut rows, mut without_row) = (Vec::new(), Vec::new());
    for (pattern, name) in patterns.iter().enumerate() {
        match *index.rows(name) {
            [] => without_row.push(pattern),
            [row] if !taken[row] => {
                taken[row] = true;
                rows.push(row);
            }
            [row] => return Err(Fault::PatternTwice { row, pattern }),
            [_, row, ..] => {
                let pattern = Some(pattern);
                return Err(Fault::RowTwice { row, pattern });
            }
        }
    }
    let free: Vec<usize> = (0..cells.len()).filter(|&row| !taken[row]).collect();
    match without_row.is_empty() && free.is_empty() {
        true => Ok(rows),
        false => Err(Fault::Unmatched {
            patterns: without_row,
            rows: free,
        }),
    }
}

#[cfg(test)]
mod tests;
