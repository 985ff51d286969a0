use std::borrow::Cow;
use std::collections::HashSet;

use xrd_core::Labels;

use crate::error::{Error, Place, Result};
use crate::labels::LabelTable;

mod names;

use names::{Index, base, composed, file_stem, stem};

/// Condition under which the rows of a label table are matched to patterns by order instead of by
/// name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByOrder {
    /// Rows are never matched by order. Use this variant for patterns from several files, because
    /// such patterns have no meaningful order.
    Never,
    /// Rows are matched by order only if no column holds the names of the patterns.
    WithoutNames,
    /// Rows are matched by order unless a column is called "name", "file", "filename" or "sample".
    /// Use this variant for patterns without names, which are called 1, 2, 3, …
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

/// Row of a label table for each pattern, found by [`matched`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matched {
    /// The row index for each pattern, in the order of the patterns.
    pub rows: Vec<usize>,
    /// The index of the column that holds the names of the patterns. `None` if the rows were
    /// matched by order.
    pub column: Option<usize>,
}

impl Matched {
    /// Returns the labels of the patterns, in the order of the patterns. The labels come from the
    /// columns that [`LabelTable::labels`] selects, except the column with the names of the
    /// patterns.
    ///
    /// # Errors
    /// Any error of [`LabelTable::labels`].
    pub fn labels(&self, table: &LabelTable, excluded: &[&str]) -> Result<Labels> {
        let mut left_out = table.no_labels(excluded)?;
        left_out.extend(self.column);
        Ok(table.labels_without(&left_out)?.select(&self.rows))
    }
}

/// Returns the labels of patterns from a label table, in the order of the patterns.
///
/// [`matched`] finds the row for each pattern. [`LabelTable::labels`] selects the columns.
///
/// # Errors
/// Any error of [`matched`] and [`LabelTable::labels`].
pub fn join(
    table: &LabelTable,
    patterns: &[String],
    by_order: impl Into<ByOrder>,
    excluded: &[&str],
) -> Result<Labels> {
    matched(table, patterns, by_order)?.labels(table, excluded)
}

/// Returns the row index in a label table for each pattern; see [`matched`].
///
/// # Errors
/// Any error of [`matched`].
pub fn match_rows(
    table: &LabelTable,
    patterns: &[String],
    by_order: impl Into<ByOrder>,
) -> Result<Vec<usize>> {
    Ok(matched(table, patterns, by_order)?.rows)
}

/// Finds the row of a label table for each pattern.
///
/// Columns called "name", "file", "filename" or "sample" are tried first. If none of them matches
/// the names of the patterns, every other column is tried (not with [`ByOrder::Always`]). A row
/// matches a pattern in one of three ways, tried in this order:
///
/// 1. The cell equals the name of the pattern.
/// 2. The cell is a path or a file name. The name of the pattern equals the cell after the folders,
///    the extension, or both are removed from the cell.
/// 3. The cell and the name are equal after folders and extensions are removed from both. Only
///    extensions of pattern files are removed.
///
/// Case matters. Unicode can store a letter with an accent as one character or as two characters.
/// If nothing matches, the search is repeated, and both forms of such a letter then count as equal.
///
/// If the names of the patterns are consecutive numbers from 0 or 1, a column of measured numbers
/// may contain the same numbers by chance. Columns of numbers are therefore not searched for such
/// names, unless the column is called "name", "file", "filename" or "sample".
///
/// Rows are matched by order only if all of these conditions are met:
///
/// - No column is called "name", "file", "filename" or "sample".
/// - No other column contains names of the patterns. (With [`ByOrder::Always`], the other columns
///   are not searched, so this condition is always met.)
/// - The argument `by_order` allows matching by order.
///
/// Cost: O(cells + patterns).
///
/// # Errors
/// - [`Error::Unmatched`] if a pattern has no row or a row has no pattern.
/// - [`Error::Ambiguous`] if a pattern matches two rows or a row matches two patterns.
/// - [`Error::NoNameColumn`] if no column contains the names and `by_order` does not allow matching
///   by order.
/// - [`Error::RowCount`] if rows are matched by order and the number of rows differs from the
///   number of patterns.
/// - [`Error::Malformed`] if two columns hold the names in different orders.
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
    // A column of the numbers 1 to n does not show what it counts.
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

/// Whether the names are the numbers from 0 or 1 upwards.
fn are_counted(patterns: &[String]) -> bool {
    let numbers: HashSet<usize> = patterns.iter().flat_map(|name| name.parse()).collect();
    let first = numbers.iter().min().copied().unwrap_or(0);
    let is_run = (first..first + patterns.len()).all(|i| numbers.contains(&i));
    first < 2 && numbers.len() == patterns.len() && is_run
}

/// Finds the patterns to which each name may refer, by the rules of [`matched`]. Returns a list of
/// pattern indices for each name. If a pattern has exactly this name, the list holds only that
/// pattern. Cost: O(names + patterns).
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

/// All forms of the pattern names. If the first cell of a column is not one of them, the column is
/// skipped.
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

/// The match by the first column that contains every name exactly once. Any other column that
/// contains every name exactly once must give the same match.
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

/// The column that contains the largest number of the names; the first such column if several are
/// equal.
fn best(table: &LabelTable, columns: Vec<usize>, patterns: &[String]) -> Option<usize> {
    let fewest_missing = |&column: &usize| patterns.len() - found(table, column, patterns);
    columns.into_iter().min_by_key(fewest_missing)
}

/// The number of patterns whose names occur in a column.
fn found(table: &LabelTable, column: usize, patterns: &[String]) -> usize {
    let cells = composed(table.cells_of(column));
    let names = composed(patterns.iter().map(String::as_str));
    let index = Index::of(&cells);
    names.iter().filter(|n| !index.rows(n).is_empty()).count()
}

/// Matches patterns by one column.
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

/// Reason why cells and names do not form pairs, with the indices of the cells or names.
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

/// The row of each pattern, if patterns and rows form pairs.
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
