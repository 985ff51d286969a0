use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;
use xrd_core::Labels;

use crate::error::{Error, Place, Result};
use crate::labels::LabelTable;

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

/// Texts with their letters and accents in one, as most systems write them.
fn composed<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Cow<'a, str>> {
    let one = |text: &'a str| match text.is_ascii() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().collect()),
    };
    texts.map(one).collect()
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

/// The rows of cells, by what a cell may be called.
#[derive(Default)]
struct Index<'a> {
    exact: HashMap<&'a str, Vec<usize>>,
    /// Without folders or extension.
    short: HashMap<&'a str, Vec<usize>>,
    /// Without folders or the extension of a pattern file.
    of_files: HashMap<&'a str, Vec<usize>>,
    /// The same two of cells that name no folder.
    bare_short: HashMap<&'a str, Vec<usize>>,
    bare_of_files: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn of(cells: &'a [Cow<str>]) -> Self {
        let mut index = Self::default();
        for (row, cell) in cells.iter().enumerate() {
            let (cell, base) = (cell.as_ref(), base(cell));
            let short = [cell, base, stem(cell), stem(base)];
            let of_files = [cell, base, file_stem(cell), file_stem(base)];
            put(&mut index.exact, &[cell], row);
            put(&mut index.short, &short, row);
            put(&mut index.of_files, &of_files, row);
            if base == cell {
                put(&mut index.bare_short, &short, row);
                put(&mut index.bare_of_files, &of_files, row);
            }
        }
        index
    }

    /// The rows that fit a name best.
    fn rows(&self, name: &str) -> &[usize] {
        let mut found = self.ways(name).into_iter().filter(|rows| !rows.is_empty());
        found.next().unwrap_or_default()
    }

    /// The rows that fit a name, the best first. Folders are left out, or extensions, on both sides
    /// only where the cell names no folder, or both extensions are of pattern files.
    fn ways(&self, name: &str) -> [&[usize]; 5] {
        let of_file = file_stem(name);
        let ways = [
            self.exact.get(name),
            self.short.get(name),
            self.bare_short.get(base(name)),
            self.of_files.get(of_file),
            self.bare_of_files.get(base(of_file)),
        ];
        ways.map(|rows| rows.map_or(&[][..], Vec::as_slice))
    }
}

fn put<'a>(map: &mut HashMap<&'a str, Vec<usize>>, names: &[&'a str], row: usize) {
    for name in names {
        let rows = map.entry(name).or_default();
        if rows.last() != Some(&row) {
            rows.push(row);
        }
    }
}

/// A name without folders.
fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// A name without extension. What follows the last dot is one only if it is short and begins
/// with a letter: the end of Fe11.5 is none.
fn stem(name: &str) -> &str {
    let is_extension = |text: &str| {
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric());
        plain && text.len() <= 5 && text.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    without_extension(without_packing(name), is_extension)
}

/// A name without the extension of a pattern file, where it has one.
fn file_stem(name: &str) -> &str {
    let is_extension = |text: &str| EXTENSIONS.iter().any(|e| text.eq_ignore_ascii_case(e));
    without_extension(without_packing(name), is_extension)
}

fn without_packing(name: &str) -> &str {
    without_extension(name, |text| ["gz", "bz2"].contains(&text))
}

fn without_extension(name: &str, is_extension: impl Fn(&str) -> bool) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !base(stem).is_empty() && is_extension(extension) => stem,
        _ => name,
    }
}

/// Of files that hold patterns.
#[rustfmt::skip]
const EXTENSIONS: [&str; 42] = [
    "asc", "brml", "chi", "cif", "cpi", "csv", "dat", "dbw", "dif", "esd", "fxy", "fxye", "gsa",
    "gsas", "gss", "h5", "hdf5", "int", "json", "mdi", "npy", "npz", "nxs", "prf", "ras", "rasx",
    "raw", "rd", "sd", "std", "tsv", "txt", "udf", "uxd", "x_y", "xlsx", "xml", "xrdml", "xy",
    "xyd", "xye", "xyn",
];

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
    fn names_with_dots_never_meet_others() {
        let files = names(&["S0.a", "S1.b"]);
        let other = table("name,x\nS0.b,1\nS1.a,2\n");
        let message = match_rows(&other, &files, true).unwrap_err().to_string();
        assert!(
            message.contains("no row for pattern S0.a, S1.b"),
            "{message}"
        );
        let own = table("name,x\nS1.b.xy,1\nscans/S0.a.xy.gz,2\n");
        assert_eq!(match_rows(&own, &files, true).unwrap(), [1, 0]);
        let of_matrix = names(&["S0.a.csv", "x/S1.b.xy"]);
        assert_eq!(match_rows(&own, &of_matrix, true).unwrap(), [1, 0]);
        let folders = table("name,x\nx/a.xy,1\ny/b.xy,2\n");
        assert!(match_rows(&folders, &names(&["y/a", "x/b"]), true).is_err());
    }

    #[test]
    fn accents_may_stand_apart() {
        let t = table("name,x\ne\u{301}1,1\nä,2\n");
        let rows = match_rows(&t, &names(&["a\u{308}", "\u{e9}1"]), false);
        assert_eq!(rows.unwrap(), [1, 0]);
        let both = table("name,x\ne\u{301},1\n\u{e9},2\n");
        let rows = match_rows(&both, &names(&["\u{e9}", "e\u{301}"]), false);
        assert_eq!(rows.unwrap(), [1, 0]);
    }

    #[test]
    fn names_stand_for_patterns() {
        let patterns = names(&["a", "b.x", "c.xy", "c.csv", "a.xy"]);
        let found = find_patterns(&["a", "b.x.xy", "c", "d", "b.x", "a"], &patterns);
        assert_eq!(
            found,
            [vec![0], vec![1], vec![2, 3], vec![], vec![1], vec![0]]
        );
    }

    #[test]
    fn names_are_found_under_any_heading() {
        let patterns = names(&["s0", "s1", "s2"]);
        for head in ["ID", "Sample name", "№", ""] {
            let t = table(&format!(
                "Fe,{head},phase\n2,s2.xy,a\n1,s1.xy,a\n0,s0.xy,b\n"
            ));
            for by_order in [ByOrder::Never, ByOrder::WithoutNames] {
                let found = matched(&t, &patterns, by_order).unwrap();
                assert_eq!((&found.rows[..], found.column), (&[2, 1, 0][..], Some(1)));
                let labels = found.labels(&t, &[]).unwrap();
                assert_eq!(labels.columns(), ["Fe"], "{head}");
            }
            let numbered = matched(&t, &patterns, ByOrder::Always).unwrap();
            assert_eq!(
                (&numbered.rows[..], numbered.column),
                (&[0, 1, 2][..], None)
            );
        }
    }

    #[test]
    fn the_column_that_fits_comes_before_the_first() {
        let patterns = names(&["s0", "s1"]);
        let join = |text| join(&table(text), &patterns, true, &[]);
        let labels = join("sample,file,Fe\n7,s1.xy,1\n8,s0.xy,0\n").unwrap();
        assert_eq!(labels.columns(), ["Fe"]);
        assert_eq!(labels.column("Fe").unwrap(), [0.0, 1.0]);
        assert!(join("sample,file,Fe\nA,s1,1\nA,s0,0\n").is_ok());
        let refused = join("sample,file,Fe\nA,s1,1\nA,s3,0\n").unwrap_err();
        assert!(
            refused.to_string().contains("column 'file': no row"),
            "{refused}"
        );
        let refused = join("a,b,Fe\ns0,s1,1\ns1,s0,0\n").unwrap_err();
        let expected = "columns 'a' and 'b' hold the names in different orders";
        assert!(refused.to_string().contains(expected), "{refused}");
    }

    #[test]
    fn some_of_the_names_are_not_enough() {
        let refusal = |text: &str| {
            let patterns = names(&["s0", "s1", "s2"]);
            let refused = match_rows(&table(text), &patterns, true);
            refused.unwrap_err().to_string()
        };
        let message = refusal("phase,ID,Fe\na,s0,1\na,s1,2\nb,s3,3\n");
        let expected = "column 'ID': no row for pattern s2; no pattern for row s3";
        assert!(message.ends_with(expected), "{message}");
        let message = refusal("ID,Fe\ns0,1\ns0,2\ns1,3\n");
        assert!(
            message.contains("line 3: column 'ID': 's0' matches a row twice"),
            "{message}"
        );
        // Numbers that are by chance the names of some patterns.
        let t = table("Fe\n1\n7\n");
        assert_eq!(match_rows(&t, &names(&["1", "2"]), true).unwrap(), [0, 1]);
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

    #[test]
    fn a_count_names_nothing() {
        let t = table("Mn,rank\n1,3\n2,1\n3,2\n");
        for patterns in [["1", "2", "3"], ["0", "1", "2"]] {
            let found = matched(&t, &names(&patterns), true).unwrap();
            assert_eq!((found.rows, found.column), (vec![0, 1, 2], None));
            assert!(matched(&t, &names(&patterns), false).is_err());
        }
        // Under a heading that says so they are names.
        let named = table("Mn,sample\n1,3\n2,1\n3,2\n");
        let found = matched(&named, &names(&["1", "2", "3"]), true).unwrap();
        assert_eq!(found.rows, [1, 2, 0]);
    }
}
