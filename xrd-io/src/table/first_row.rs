//! Detection of the first row of a table.

use std::borrow::Cow;

use super::{Line, Table};

/// Number of consecutive similar rows that show where the columns begin.
const ALIKE: usize = 3;

/// Number of lines with numbers that are searched for the first row.
const MOST_BEFORE: usize = 60;

impl Table<'_> {
    /// The number of lines before the first row, and how many of these lines hold numbers that
    /// belong to no column. Examples are a number of points, or the numbers of a longer heading.
    ///
    /// The first line of numbers is the first row, unless the line after it has another form and
    /// three similar rows follow later.
    pub(crate) fn first_row(&self) -> (usize, usize) {
        let Some(first) = self.heading_len() else {
            return (0, 0);
        };
        // A single number cannot be a row.
        let needed = match self.cells(&self.lines[first]).len() {
            1 => 1,
            _ => ALIKE,
        };
        let begins = |at: &usize| {
            let rows = self.lines.get(*at..at + needed).unwrap_or_default();
            let width = rows.first().and_then(|line| self.row_width(line));
            width.is_some() && rows.iter().all(|line| self.row_width(line) == width)
        };
        let width = |at: usize| self.lines.get(at).map(|line| self.cells(line).len());
        if needed > 1 && (width(first + 1).is_none() || width(first + 1) == width(first)) {
            return (first, 0);
        }
        let last = self.lines.len().min(first + MOST_BEFORE);
        match (first + 1..last).find(begins) {
            Some(at) => (at, at - first),
            None => (first, 0),
        }
    }

    /// Like [`first_row`](Self::first_row), but for columns that contain only numbers. Lines that
    /// start with a word belong to the heading. A first row 0, 1, … with column numbers also
    /// belongs to the heading. It is recognised because the following rows do not continue the
    /// sequence.
    pub(crate) fn first_row_of_columns(&self) -> (usize, usize) {
        let (first, numbers) = self.first_row();
        let last = self.lines.len().min(first + MOST_BEFORE);
        let begins = |at: &usize| self.number(&self.first_cell(&self.lines[*at])).is_some();
        let at = (first..last).find(begins).unwrap_or(first);
        match self.numbers_columns(at) {
            true => (at + 1, numbers + at + 1 - first),
            false => (at, numbers + at - first),
        }
    }

    /// Finds a row with words or empty cells directly before the first row. Such a line starts with a
    /// number from which the axis continues with the same step.
    pub(crate) fn row_with_words_before(&self, first: usize) -> Option<usize> {
        let before = self.lines.get(first.checked_sub(1)?)?;
        let rows = self.lines.get(first..first + 2)?;
        let second_is_number = {
            let cells = self.cells(before);
            let is_one = |cell: &Cow<str>| cell.is_empty() || self.number(cell).is_some();
            cells.get(1).is_some_and(is_one)
        };
        let axis = |line: &Line| self.number(&self.first_cell(line));
        let (a, b, c) = (axis(before)?, axis(&rows[0])?, axis(&rows[1])?);
        let goes_on = c > b && (b - a - (c - b)).abs() <= 0.05 * (c - b);
        (second_is_number && goes_on).then_some(before.number)
    }

    fn numbers_columns(&self, at: usize) -> bool {
        const FEWEST: usize = 4;
        let Some(lines) = self.lines.get(at..at + FEWEST) else {
            return false;
        };
        let counts = self
            .cells(&lines[0])
            .iter()
            .enumerate()
            .all(|(i, cell)| *cell == i.to_string());
        let axis: Vec<f64> = lines[1..]
            .iter()
            .filter_map(|line| self.number(&self.first_cell(line)))
            .collect();
        let [a, b, c] = axis[..] else {
            return false;
        };
        counts && b > a && c > b && a > 3.0 * (b - a)
    }

    /// Whether the first column contains row numbers from 0 or 1, and the second column increases
    /// by other steps, as an axis does.
    pub(crate) fn counts_rows(&self, rows: &[Line]) -> bool {
        const FEWEST: usize = 5;
        let cell = |line: &Line, at: usize| self.cells(line).get(at).and_then(|c| self.number(c));
        let column = |at| {
            rows.iter()
                .map_while(move |line| cell(line, at))
                .collect::<Vec<f64>>()
        };
        let (numbers, axis) = (column(0), column(1));
        let is_first = numbers.first().is_some_and(|n| *n == 0.0 || *n == 1.0);
        let counts = numbers.windows(2).all(|pair| pair[1] - pair[0] == 1.0);
        let rises = axis.windows(2).all(|pair| pair[1] > pair[0]);
        let differs = axis.windows(2).any(|pair| pair[1] - pair[0] != 1.0);
        numbers.len() >= FEWEST
            && axis.len() == numbers.len()
            && is_first
            && counts
            && rises
            && differs
    }

    /// The number of columns in a row of numbers; `None` for any other line.
    fn row_width(&self, line: &Line) -> Option<usize> {
        let cells = self.cells(line);
        let row = cells.len() > 1 && cells.iter().all(|cell| self.number(cell).is_some());
        row.then_some(cells.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_begin_where_they_are_alike() {
        let first = |text: &str| Table::of(text).first_row();
        let rows = "1 2\n2 3\n3 4\n";
        assert_eq!(first(rows), (0, 0));
        assert_eq!(first(&format!("a title\n{rows}")), (1, 0));
        assert_eq!(first(&format!("3\n{rows}")), (1, 1));
        assert_eq!(first(&format!("a 1 2 3\nb\n1 2 3\n{rows}")), (3, 3));
        assert_eq!(first("1 2 3\n1 2\n"), (0, 0));
        assert_eq!(first("name,1,2\na,5,6\nb,6,7\n"), (0, 0));
        assert_eq!(first("words\n"), (0, 0));
    }

    #[test]
    fn points_may_be_numbered() {
        let counts = |text: &str| {
            let table = Table::of(text);
            table.counts_rows(&table.lines)
        };
        assert!(counts("1 10.0 5\n2 10.1 5\n3 10.2 5\n4 10.3 5\n5 10.4 5\n"));
        assert!(!counts("1 5 5\n2 4 5\n3 6 5\n4 7 5\n5 8 5\n"));
        assert!(!counts(
            "5 10.0 5\n6 10.1 5\n7 10.2 5\n8 10.3 5\n9 10.4 5\n"
        ));
    }

    #[test]
    fn columns_are_of_numbers_alone() {
        let first = |text: &str| Table::of(text).first_row_of_columns();
        let rows = "10.1 2\n10.2 3\n10.3 4\n";
        assert_eq!(first(rows), (0, 0));
        assert_eq!(first(&format!("Start 10.1\nStop 10.3\n{rows}")), (2, 2));
        assert_eq!(first(&format!("0 1\n{rows}")), (1, 1));
        assert_eq!(first("0 1\n1 2\n2 3\n3 4\n"), (0, 0));
        assert_eq!(first("a,1\nb,2\n"), (0, 0));
    }
}
