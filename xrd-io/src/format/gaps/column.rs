//! What the columns of a table hold.

use crate::table::Table;

/// Content of a column in the rows of numbers.
#[derive(Clone, Default)]
pub(super) struct Column {
    numbers: usize,
    pub(super) words: usize,
}

impl Column {
    /// The columns of a table, and the number of rows. A row has at least two numbers.
    pub(super) fn all(table: &Table) -> (Vec<Self>, usize) {
        let is_number = |cell: &str| table.number(cell).is_some();
        let mut filled: Vec<Self> = Vec::new();
        let mut rows = 0;
        for line in &table.lines {
            let cells = table.cells(line);
            if cells.iter().filter(|cell| is_number(cell)).count() < 2 {
                continue;
            }
            rows += 1;
            filled.resize(filled.len().max(cells.len()), Self::default());
            for (column, cell) in filled.iter_mut().zip(&cells) {
                column.numbers += usize::from(is_number(cell));
                column.words += usize::from(!cell.is_empty() && !is_number(cell));
            }
        }
        (filled, rows)
    }

    /// Whether the column is a gap. It is a gap if it is empty, or if fewer than half of its rows
    /// have content and some of this content is not a number. A column with numbers in few rows
    /// belongs to a shorter scan.
    pub(super) fn is_gap(&self, rows: usize) -> bool {
        2 * (self.numbers + self.words) < rows && (self.words > 0 || self.numbers == 0)
    }

    /// Whether the column has words or dates in at least half of its rows, and no numbers.
    pub(super) fn is_of_words(&self, rows: usize) -> bool {
        self.numbers == 0 && 2 * self.words >= rows.max(1)
    }
}
