use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use xrd_core::Labels;

use crate::error::{Error, Place, Result, shorten};
use crate::number::parse_value;
use crate::source::Source;
use crate::table::{Line, Table};

/// Table of labels, such as the compositions of samples, with one row per sample and one column per
/// quantity. The cells are kept as text.
///
/// # Example
/// ```
/// let path = std::env::temp_dir().join(format!("xrd-io-labels-{}.csv", std::process::id()));
/// std::fs::write(&path, "name,phase,Fe\na,cubic,12\nb,cubic,11.5\n")?;
/// let table = xrd_io::read_labels(&path)?;
/// std::fs::remove_file(&path)?;
/// assert_eq!(table.name_column(), Some(0));
/// assert_eq!(table.column("phase"), Some(vec!["cubic", "cubic"]));
/// assert_eq!(table.labels(&[])?.columns(), ["Fe"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LabelTable {
    path: PathBuf,
    /// Line number of the first row.
    first_line: usize,
    columns: Vec<String>,
    /// The line number of each row.
    lines: Vec<usize>,
    /// The cells row by row, one per column.
    cells: Vec<String>,
    decimal_comma: bool,
}

/// Largest number of columns of a table of labels.
const MOST_COLUMNS: usize = 1 << 16;

/// Largest absolute value of a label. The square of this value is finite.
const LARGEST: f64 = 1e100;

/// Reads a table of labels. Cells are separated by commas, semicolons, tabs or white space.
///
/// The first row holds the column names if any of its cells is not a number. Otherwise the columns
/// are called label1, label2, … Cost: O(length of the file).
///
/// # Errors
/// - [`Error::Io`] if the file cannot be opened.
/// - [`Error::Malformed`] if the file is not text, has no rows, or has rows of different lengths.
/// - [`Error::Malformed`] if a column name is repeated or the table has more than 65,536 columns.
pub fn read_labels(path: impl AsRef<Path>) -> Result<LabelTable> {
    let path = path.as_ref();
    LabelTable::parse(&Source::open(path)?)
}

/// Reads a table of labels from the bytes of a file; see [`read_labels`]. Error messages use `name`
/// as the name of the file.
///
/// # Errors
/// Any error of [`read_labels`].
pub fn read_labels_bytes(name: impl AsRef<Path>, bytes: &[u8]) -> Result<LabelTable> {
    LabelTable::parse(&Source::unpacked(name.as_ref(), bytes.to_vec())?)
}

/// Whether a column with this name holds the names of patterns.
pub(crate) fn is_name_column(column: &str) -> bool {
    let column = column.trim();
    ["name", "file", "sample", "filename"]
        .iter()
        .any(|n| column.eq_ignore_ascii_case(n))
}

impl LabelTable {
    pub(crate) fn parse(source: &Source) -> Result<Self> {
        let table = Table::of(source.require_text()?).cut_as_said().cut_alike();
        let refuse = |place, found: String, expected: &str| {
            Err(Error::malformed(source.path, place, found, expected))
        };
        let Some(first) = table.lines.first() else {
            return refuse(Place::File, "no row".to_owned(), "a table of labels");
        };
        let cells = |line: &Line| -> Vec<String> {
            table
                .cells(line)
                .into_iter()
                .map(|c| c.into_owned())
                .collect()
        };
        let head = cells(first);
        let is_number = |cell: &String| parse_value(cell, table.dialect.decimal_comma).is_some();
        let named = !head.iter().all(is_number);
        let columns = match named {
            true => head,
            false => (1..=head.len()).map(|i| format!("label{i}")).collect(),
        };
        let width = columns.len();
        if width > MOST_COLUMNS {
            let place = Place::Line(first.number);
            return refuse(place, format!("{width} columns"), "at most 65536");
        }
        let rows = &table.lines[usize::from(named)..];
        let mut all = Vec::with_capacity(rows.len());
        for line in rows {
            let cells = table.cells(line);
            if cells.len() != width {
                let place = Place::Line(line.number);
                let expected = format!("{width} as in line {}", first.number);
                return refuse(place, format!("{} values", cells.len()), &expected);
            }
            all.extend(cells.into_iter().map(Cow::into_owned));
        }
        let labels = Self {
            path: source.path.to_owned(),
            first_line: first.number,
            columns,
            lines: rows.iter().map(|line| line.number).collect(),
            cells: all,
            decimal_comma: table.dialect.decimal_comma,
        };
        labels.check()?;
        Ok(labels)
    }

    fn check(&self) -> Result<()> {
        let refuse = |found: String, expected| {
            let place = Place::Line(self.first_line);
            Err(Error::malformed(&self.path, place, found, expected))
        };
        if self.lines.is_empty() {
            return refuse("no row below the names".to_owned(), "labels");
        }
        let mut seen = HashSet::new();
        let mut named = self.columns.iter().filter(|name| !name.trim().is_empty());
        match named.find(|name| !seen.insert(*name)) {
            Some(name) => refuse(
                format!("a second column '{}'", shorten(name)),
                "every name once",
            ),
            None => Ok(()),
        }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The number of rows, without the row of column names. A table has at least one row.
    #[allow(clippy::len_without_is_empty, reason = "a table is never empty")]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The text of a cell.
    ///
    /// # Panics
    /// If the row or column does not exist.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        assert!(column < self.columns.len(), "there is no column {column}");
        &self.cells[row * self.columns.len() + column]
    }

    /// The line of the file, counted from 1, that holds a row.
    ///
    /// # Panics
    /// If the row does not exist.
    pub fn line(&self, row: usize) -> usize {
        self.lines[row]
    }

    /// The index of the column with a given name; `None` if there is no such column. Case is
    /// ignored, but a column with exactly the given name is preferred.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|c| c == name);
        exact.or_else(|| {
            self.columns
                .iter()
                .position(|c| c.eq_ignore_ascii_case(name))
        })
    }

    /// The cells of the column with a given name, as text; `None` if there is no such column. The
    /// column is found as in [`column_index`](Self::column_index).
    pub fn column(&self, name: &str) -> Option<Vec<&str>> {
        let column = self.column_index(name)?;
        Some((0..self.len()).map(|row| self.cell(row, column)).collect())
    }

    /// The cells of a column, row by row.
    pub(crate) fn cells_of(&self, column: usize) -> impl Iterator<Item = &str> {
        (0..self.len()).map(move |row| self.cell(row, column))
    }

    /// Returns the name of a column. If the name is empty, the function returns the number of the
    /// column, counted from 1.
    ///
    /// # Panics
    /// If the column does not exist.
    pub fn title(&self, column: usize) -> String {
        match self.columns[column].trim() {
            "" => (column + 1).to_string(),
            _ => shorten(&self.columns[column]),
        }
    }

    /// The index of the column that holds the names of the patterns. This is the first column
    /// called "name", "file", "filename" or "sample"; case is ignored.
    pub fn name_column(&self) -> Option<usize> {
        self.name_columns().first().copied()
    }

    /// The indices of all columns called "name", "file", "filename" or "sample", ignoring case.
    pub(crate) fn name_columns(&self) -> Vec<usize> {
        let is_one = |&column: &usize| is_name_column(&self.columns[column]);
        (0..self.columns.len()).filter(is_one).collect()
    }

    /// Returns the labels from all numeric columns, in the order of the table. Columns called
    /// "name", "file", "filename" or "sample" are skipped. The columns named in the argument
    /// `excluded` are also skipped. Case is ignored in all these names.
    ///
    /// Text columns ([`is_text`](Self::is_text)) are skipped too. In all other columns, every cell
    /// must be a number. Cost: O(cells).
    ///
    /// # Errors
    /// [`Error::Malformed`] in these cases:
    ///
    /// - A label is not a finite number between −1e100 and 1e100.
    /// - An excluded column does not exist.
    /// - A numeric column has no name. The only exception is a column of row numbers, which is
    ///   skipped.
    /// - No column is numeric.
    pub fn labels(&self, excluded: &[&str]) -> Result<Labels> {
        self.labels_without(&self.no_labels(excluded)?)
    }

    /// The indices of the columns called "name", "file", "filename" or "sample", and of the
    /// excluded columns.
    pub(crate) fn no_labels(&self, excluded: &[&str]) -> Result<Vec<usize>> {
        let mut columns = self.name_columns();
        for name in excluded {
            columns.push(self.require_column(name)?);
        }
        Ok(columns)
    }

    fn require_column(&self, name: &str) -> Result<usize> {
        let column = self.column_index(name);
        column.ok_or_else(|| self.no_column(name))
    }

    /// Returns the labels from all numeric columns except some excluded columns. The argument
    /// `left_out` contains the indices of the excluded columns.
    ///
    /// A numeric column called "name", "file", "filename" or "sample" gives labels here, unless it
    /// is excluded. The function [`labels`](Self::labels) always skips such a column. Cost:
    /// O(cells).
    ///
    /// # Errors
    /// Any error of [`labels`](Self::labels).
    pub fn labels_without(&self, left_out: &[usize]) -> Result<Labels> {
        let (mut names, mut columns) = (Vec::new(), Vec::new());
        for column in (0..self.columns.len()).filter(|c| !left_out.contains(c)) {
            if self.columns[column].trim().is_empty() {
                self.check_unnamed(column)?;
            } else if let Some(numbers) = self.numbers(column)? {
                names.push(self.columns[column].clone());
                columns.push(numbers);
            }
        }
        if names.is_empty() {
            let mut doubtful = self.doubtful_columns().into_iter();
            if let Some((column, row)) = doubtful.find(|(c, _)| !left_out.contains(c)) {
                return Err(self.not_a_label(row, column, "a finite number"));
            }
            let found = "no column of numbers";
            return Err(Error::malformed(
                &self.path,
                Place::File,
                found,
                "at least one label",
            ));
        }
        self.labels_from(names, &columns)
    }

    /// Returns the labels from the columns with the given names, in the order of these names. All
    /// these columns must be numeric.
    ///
    /// # Errors
    /// [`Error::Malformed`] if a column does not exist or a cell is not a finite number;
    /// [`Error::Invalid`] if a name is given twice or no name is given.
    pub fn labels_of(&self, names: &[&str]) -> Result<Labels> {
        let column = |name: &&str| self.require_column(name);
        let places: Vec<usize> = names.iter().map(column).collect::<Result<_>>()?;
        let columns: Vec<Vec<f64>> = places
            .iter()
            .map(|&column| self.finite(column))
            .collect::<Result<_>>()?;
        let names = places.into_iter().map(|c| self.columns[c].clone());
        self.labels_from(names.collect(), &columns)
    }

    fn labels_from(&self, names: Vec<String>, columns: &[Vec<f64>]) -> Result<Labels> {
        let values = (0..self.len()).flat_map(|row| columns.iter().map(move |c| c[row]));
        Labels::new(names, values.collect()).map_err(|e| Error::invalid(&self.path, e))
    }

    /// Refuses a numeric column without a name, unless it contains row numbers.
    fn check_unnamed(&self, column: usize) -> Result<()> {
        let counts_from = |start: usize| {
            let mut cells = self.cells_of(column).zip(start..);
            cells.all(|(cell, i)| self.number(cell) == Some(i as f64))
        };
        if self.is_text(column) || counts_from(0) || counts_from(1) {
            return Ok(());
        }
        let place = Place::Cell {
            line: self.first_line,
            column: column + 1,
        };
        let (found, expected) = (
            "a column without a name",
            "a name above each column of numbers",
        );
        Err(Error::malformed(&self.path, place, found, expected))
    }

    fn no_column(&self, name: &str) -> Error {
        let found = format!("no column called '{}'", shorten(name));
        let expected = format!("one of {}", shorten(&self.columns.join(", ")));
        Error::malformed(&self.path, Place::File, found, expected)
    }

    /// Whether a column is a text column, in which at least half of the cells are not numbers.
    ///
    /// # Panics
    /// If the column does not exist.
    pub fn is_text(&self, column: usize) -> bool {
        let is_number = |cell: &&str| self.number(cell).is_some();
        2 * self.cells_of(column).filter(is_number).count() <= self.len()
    }

    fn number(&self, cell: &str) -> Option<f64> {
        parse_value(cell, self.decimal_comma)
    }

    /// Finds text columns that may have been meant as numeric labels. In such a column, at least
    /// one cell starts with a digit, as in `82 %`. Spaces, signs and punctuation before the digit
    /// are ignored, as in `<0.01`.
    ///
    /// Returns pairs of a column index and a row index. The row is the first one whose cell is not
    /// a number. Columns of names are skipped. Cost: O(cells).
    pub fn doubtful_columns(&self) -> Vec<(usize, usize)> {
        let names = self.name_columns();
        let columns = (0..self.columns.len()).filter(|c| !names.contains(c));
        let doubtful =
            |&column: &usize| self.is_text(column) && self.cells_of(column).any(begins_as_a_number);
        let row = |column| {
            let mut cells = self.cells_of(column);
            let row = cells.position(|cell| self.number(cell).is_none())?;
            Some((column, row))
        };
        columns.filter(doubtful).filter_map(row).collect()
    }

    /// The numbers of a column; `None` for a text column.
    fn numbers(&self, column: usize) -> Result<Option<Vec<f64>>> {
        match self.is_text(column) {
            true => Ok(None),
            false => self.finite(column).map(Some),
        }
    }

    fn finite(&self, column: usize) -> Result<Vec<f64>> {
        let finite = |(row, cell): (usize, &str)| match self.number(cell) {
            Some(v) if v.abs() <= LARGEST => Ok(v),
            Some(v) if v.is_finite() => Err(self.not_a_label(row, column, "at most 1e100 in size")),
            _ => Err(self.not_a_label(row, column, "a finite number")),
        };
        self.cells_of(column).enumerate().map(finite).collect()
    }

    fn not_a_label(&self, row: usize, column: usize, expected: &str) -> Error {
        let place = Place::Cell {
            line: self.line(row),
            column: column + 1,
        };
        let (name, cell) = (
            shorten(&self.columns[column]),
            shorten(self.cell(row, column)),
        );
        let found = format!("'{cell}' in the label column '{name}'");
        Error::malformed(&self.path, place, found, expected)
    }
}

fn begins_as_a_number(cell: &str) -> bool {
    let marks = |c: char| c.is_whitespace() || "<>≤≥=~≈±+-−.,(".contains(c);
    let rest = cell.trim_start_matches(marks);
    rest.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<LabelTable> {
        LabelTable::parse(&Source::new(Path::new("l.csv"), text.as_bytes().to_vec()))
    }

    fn refusal(text: &str) -> String {
        let labels = table(text).and_then(|t| t.labels(&[]));
        labels.unwrap_err().to_string()
    }

    #[test]
    fn text_and_numbers_are_told_apart() {
        let t = table("Sample;phase;Fe;Ti\na;cubic;12;0,5\nb;cubic;11,5;1\n").unwrap();
        assert_eq!((t.name_column(), t.len(), t.line(1)), (Some(0), 2, 3));
        let labels = t.labels(&[]).unwrap();
        assert_eq!(labels.columns(), ["Fe", "Ti"]);
        assert_eq!(labels.column("Ti").unwrap(), [0.5, 1.0]);
        assert_eq!(t.labels(&["fe"]).unwrap().columns(), ["Ti"]);
        assert!(
            t.labels(&["Zr"])
                .unwrap_err()
                .to_string()
                .contains("no column called 'Zr'")
        );
    }

    #[test]
    fn names_are_optional_and_spaces_may_separate() {
        let t = table("0.8 0.2\n0.7 0.3\n").unwrap();
        assert_eq!(t.columns(), ["label1", "label2"]);
        assert_eq!(t.len(), 2);
        let t = table("  Fe\t\t  Ga\n  8.2e-001  1.8e-001\n  8.1e-001  1.9e-001\n").unwrap();
        assert_eq!(t.columns(), ["Fe", "Ga"]);
        assert_eq!(t.labels(&[]).unwrap().row(0), [0.82, 0.18]);
    }

    #[test]
    fn numbers_may_carry_their_uncertainty() {
        let t = table("name;Fe;Ti\na;0,82(5);1(1)\nb;1,5(12);2\n").unwrap();
        let labels = t.labels(&[]).unwrap();
        assert_eq!(labels.rows().collect::<Vec<_>>(), [[0.82, 1.0], [1.5, 2.0]]);
        assert_eq!(table("0.8(1),2\n0.7(1),3\n").unwrap().len(), 2);
    }

    #[test]
    fn spreadsheets_may_say_how_cells_are_separated() {
        for text in [
            "\u{feff}sep=;\nname;Fe\na;0,5\nb;1\n",
            "\"SEP=|\"\nname|Fe\na|0.5\nb|1\n",
            "sep=,\nname,Fe\na,0.5\nb,1\n",
            "sep=\t\nname\tFe\na\t0.5\nb\t1\n",
            "sep=\nname,Fe\na,0.5\nb,1\n",
        ] {
            let t = table(text).unwrap();
            assert_eq!(
                (t.columns(), t.line(0)),
                (&["name", "Fe"].map(str::to_owned)[..], 3)
            );
            assert_eq!(
                t.labels(&[]).unwrap().column("Fe").unwrap(),
                [0.5, 1.0],
                "{text}"
            );
        }
        assert_eq!(table("sep=x,1\n2,3\n").unwrap().len(), 1);
    }

    #[test]
    fn text_that_looks_like_numbers_is_told() {
        let t = table(
            "name,Fe,Ga,Pd,T,phase,note\n\
             1a,1,82%,<0.01,RT,bcc,\n2a,2,81%,<0.01,RT,bcc,dry\n3a,3,83%,0.5,300,nan,\n4a,4,,0.6,300,fcc,\n",
        );
        let t = t.unwrap();
        assert_eq!(t.labels(&[]).unwrap().columns(), ["Fe"]);
        assert_eq!(t.doubtful_columns(), [(2, 0), (3, 0), (4, 0)]);
        let t = table("name,Fe,Pd\na,1,2\nb,2,\n").unwrap();
        assert_eq!(t.doubtful_columns(), [(2, 1)]);
    }

    #[test]
    fn columns_without_a_name_are_no_labels() {
        for start in [0, 1] {
            let index = |i: usize| i + start;
            let text = format!(",name,Fe\n{},a,1\n{},b,2\n", index(0), index(1));
            let labels = table(&text).unwrap().labels(&[]).unwrap();
            assert_eq!(labels.columns(), ["Fe"]);
        }
        let t = table("name,Fe,,\na,1,,\nb,2,x,\n").unwrap();
        assert_eq!(t.labels(&[]).unwrap().columns(), ["Fe"]);
        assert_eq!(
            refusal("name,,Fe\na,5,1\nb,3,2\n"),
            "l.csv: line 1, column 2: a column without a name (expected a name above each column of numbers)"
        );
    }

    #[test]
    fn labels_may_be_chosen() {
        let t = table("name,Fe,Ti,phase\n1,0,5,a\n2,3,4,b\n").unwrap();
        let labels = t.labels_of(&["Ti", "name"]).unwrap();
        assert_eq!(labels.columns(), ["Ti", "name"]);
        assert_eq!(labels.row(1), [4.0, 2.0]);
        let refusal = |names: &[&str]| t.labels_of(names).unwrap_err().to_string();
        assert!(refusal(&["Zr"]).contains("no column called 'Zr'"));
        assert_eq!(
            refusal(&["Fe", "phase"]),
            "l.csv: line 2, column 4: 'a' in the label column 'phase' (expected a finite number)"
        );
        assert!(refusal(&["Fe", "Fe"]).contains("Fe"));
    }

    #[test]
    fn words_and_numbers_in_a_cell_part_no_columns() {
        let t = table("name,treatment,Fe\na,annealed 3 h,1\nb,annealed 30 h,2\nc,as cast 0,3\n")
            .unwrap();
        assert_eq!(t.column("treatment").unwrap()[1], "annealed 30 h");
        assert_eq!(
            t.labels(&[]).unwrap().column("Fe").unwrap(),
            [1.0, 2.0, 3.0]
        );
    }

    #[test]
    fn refusals_name_the_place() {
        assert_eq!(
            refusal("name,Fe\na,1\nb,x\nc,3\n"),
            "l.csv: line 3, column 2: 'x' in the label column 'Fe' (expected a finite number)"
        );
        assert_eq!(
            refusal("Fe,Ti\n1,2\n-1e300,3\n"),
            "l.csv: line 3, column 1: '-1e300' in the label column 'Fe' (expected at most 1e100 in size)"
        );
        assert!(refusal("Fe,Ti\n1,2\n3,nan\n").contains("line 3, column 2: 'nan'"));
        assert!(refusal("Fe,Ti\n1,2\n3,\n1,2\n").contains("line 3"));
        assert!(refusal("Fe,Ti\n1,2\n3\n").contains("line 3: 1 values (expected 2"));
        assert!(refusal("Fe,Fe\n1,2\n").contains("a second column 'Fe'"));
        assert!(refusal("name,Fe\n").contains("no row below"));
        assert!(refusal("name\na\n").contains("no column of numbers"));
        assert!(refusal("name,Fe\na,80%\n").contains("line 2, column 2: '80%'"));
        assert!(refusal("# only a comment\n").contains("no row"));
        assert!(refusal("").contains("is empty"));
        assert!(refusal("a\0b").contains("is not text"));
    }
}
