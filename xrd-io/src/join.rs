use std::collections::HashMap;

use xrd_core::Labels;

use crate::error::{Error, Place, Result};
use crate::labels::LabelTable;

/// The labels of patterns, in the order of the patterns; see [`match_rows`] for how a row is
/// found and [`LabelTable::labels`] for which columns are labels.
///
/// # Errors
/// Those of [`match_rows`] and [`LabelTable::labels`].
pub fn join(
    table: &LabelTable,
    patterns: &[String],
    by_order_allowed: bool,
    excluded: &[&str],
) -> Result<Labels> {
    let rows = match_rows(table, patterns, by_order_allowed)?;
    Ok(table.labels(excluded)?.select(&rows))
}

/// The row of the table that belongs to each pattern.
///
/// With a name column, a row belongs to the pattern whose name equals its cell; failing that, to
/// the one whose name does without folders and extension on either side. Case counts. Without a
/// name column, rows follow the order of the patterns, where `by_order_allowed`. O(rows +
/// patterns).
///
/// # Errors
/// [`Error::Unmatched`] unless every pattern has a row and every row a pattern,
/// [`Error::Ambiguous`] where one has two, [`Error::NoNameColumn`] where names are needed,
/// [`Error::RowCount`] where an order cannot fit.
pub fn match_rows(
    table: &LabelTable,
    patterns: &[String],
    by_order_allowed: bool,
) -> Result<Vec<usize>> {
    let path = || table.path().to_owned();
    match table.name_column() {
        Some(column) => by_name(table, column, patterns),
        None if !by_order_allowed => Err(Error::NoNameColumn { path: path() }),
        None if table.len() != patterns.len() => Err(Error::RowCount {
            path: path(),
            patterns: patterns.len(),
            rows: table.len(),
        }),
        None => Ok((0..patterns.len()).collect()),
    }
}

fn by_name(table: &LabelTable, column: usize, patterns: &[String]) -> Result<Vec<usize>> {
    let ambiguous = |row: usize, name: &str, what| Error::Ambiguous {
        path: table.path().to_owned(),
        place: Place::Line(table.line(row)),
        name: name.to_owned(),
        what,
    };
    let mut exact = HashMap::new();
    let mut by_stem: HashMap<&str, Vec<usize>> = HashMap::new();
    for row in 0..table.len() {
        let cell = table.cell(row, column);
        if exact.insert(cell, row).is_some() {
            return Err(ambiguous(row, cell, "a row"));
        }
        by_stem.entry(stem(cell)).or_default().push(row);
    }
    let mut taken = vec![false; table.len()];
    let (mut rows, mut without_row) = (Vec::new(), Vec::new());
    for name in patterns {
        let candidates = match exact.get(name.as_str()) {
            Some(row) => std::slice::from_ref(row),
            None => by_stem.get(stem(name)).map_or([].as_slice(), Vec::as_slice),
        };
        match *candidates {
            [] => without_row.push(name.clone()),
            [row] if !taken[row] => {
                taken[row] = true;
                rows.push(row);
            }
            [row] => return Err(ambiguous(row, name, "a pattern")),
            [_, row, ..] => return Err(ambiguous(row, name, "a row")),
        }
    }
    let free = (0..table.len()).filter(|&row| !taken[row]);
    let without_pattern: Vec<String> = free.map(|r| table.cell(r, column).to_owned()).collect();
    if without_row.is_empty() && without_pattern.is_empty() {
        return Ok(rows);
    }
    Err(Error::Unmatched {
        path: table.path().to_owned(),
        patterns: without_row,
        rows: without_pattern,
    })
}

/// A name without folders and extension. What follows the last dot is an extension only if it
/// is short and begins with a letter: the end of Fe11.5 is none.
fn stem(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && is_extension(extension) => stem,
        _ => name,
    }
}

fn is_extension(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric());
    plain && text.len() <= 5 && text.starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> LabelTable {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.csv");
        std::fs::write(&path, text).unwrap();
        crate::read_labels(&path).unwrap()
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&n| n.to_owned()).collect()
    }

    #[test]
    fn names_join_whatever_their_order() {
        let t = table("Fe,file,group\n1,runs/b.xy,p\n2,a.xy,q\n");
        for patterns in [["a", "b"], ["a.xy", "b.xy"], ["a.csv", "b"]] {
            let labels = join(&t, &names(&patterns), false, &[]).unwrap();
            assert_eq!(labels.column("Fe").unwrap(), [2.0, 1.0]);
        }
        let rows = match_rows(&t, &names(&["b", "a"]), false).unwrap();
        assert_eq!(rows, [0, 1]);
    }

    #[test]
    fn dots_in_names_are_not_extensions() {
        let t = table("name,x\nFe1.25,1\nFe1.5,2\n");
        let labels = join(&t, &names(&["Fe1.5", "Fe1.25"]), false, &[]).unwrap();
        assert_eq!(labels.column("x").unwrap(), [2.0, 1.0]);
    }

    #[test]
    fn an_exact_name_comes_before_a_stem() {
        let t = table("name,x\na.xy,1\na.csv,2\n");
        let rows = match_rows(&t, &names(&["a.csv", "a.xy"]), false).unwrap();
        assert_eq!(rows, [1, 0]);
        let message = match_rows(&t, &names(&["a"]), false)
            .unwrap_err()
            .to_string();
        assert!(message.contains("'a' matches a row twice"), "{message}");
    }

    #[test]
    fn both_sides_are_listed() {
        let t = table("name,x\na,1\nb,2\n");
        let refusal = |n: &[&str]| match_rows(&t, &names(n), true).unwrap_err().to_string();
        let message = refusal(&["a", "c"]);
        assert!(
            message.ends_with("no row for pattern c; no pattern for row b"),
            "{message}"
        );
        let many: Vec<String> = (0..9).map(|i| format!("p{i}")).collect();
        let message = match_rows(&t, &many, true).unwrap_err().to_string();
        assert!(
            message.contains("p0, p1, p2, p3, p4 and 4 more"),
            "{message}"
        );
        assert!(refusal(&["a", "A"]).contains("pattern A"));
        assert!(refusal(&["a", "a.xy"]).contains("'a.xy' matches a pattern twice"));
        let twice = table("name,x\na,1\na,2\n");
        assert!(match_rows(&twice, &names(&["a"]), true).is_err());
    }

    #[test]
    fn order_joins_only_where_it_means_something() {
        let t = table("x,y\n1,2\n3,4\n");
        assert_eq!(match_rows(&t, &names(&["p", "q"]), true).unwrap(), [0, 1]);
        let refused = match_rows(&t, &names(&["p", "q"]), false);
        assert!(matches!(refused, Err(Error::NoNameColumn { .. })));
        let message = match_rows(&t, &names(&["p"]), true)
            .unwrap_err()
            .to_string();
        assert!(
            message.ends_with("1 patterns but 2 label rows"),
            "{message}"
        );
    }
}
