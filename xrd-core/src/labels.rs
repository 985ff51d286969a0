use crate::error::{Error, Result, all_finite, all_unique, same_length};

/// Labels of samples: a table with one row per sample and one named quantity per column.
///
/// A quantity is any number, such as atoms per formula unit, a weight fraction or a temperature.
/// Units are not stored. Column names are unique, and every value is finite. Samples without any
/// labels have a table without columns ([`none`](Self::none)).
///
/// # Example
/// ```
/// use xrd_core::Labels;
/// let columns = vec!["Fe".to_owned(), "Ti".to_owned()];
/// let labels = Labels::new(columns, vec![12.0, 0.0, 11.0, 1.0])?;
/// assert_eq!(labels.len(), 2);
/// assert_eq!(labels.row(1), [11.0, 1.0]);
/// assert_eq!(labels.column("Ti").unwrap(), [0.0, 1.0]);
/// # Ok::<(), xrd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::Labels"))]
pub struct Labels {
    columns: Vec<String>,
    rows: usize,
    values: Vec<f64>,
}

impl Labels {
    /// Creates labels from the column names and the values. The values are given row by row.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no columns. For samples without labels, see
    ///   [`none`](Self::none).
    /// - [`Error::Duplicate`] for a column name that occurs twice.
    /// - [`Error::Length`] if the last row is incomplete.
    /// - [`Error::NotFinite`] if a value is NaN or infinite.
    pub fn new(columns: Vec<String>, values: Vec<f64>) -> Result<Self> {
        if columns.is_empty() {
            return Err(Error::Empty {
                what: "label columns",
            });
        }
        all_unique("label column", &columns)?;
        let rows = values.len().div_ceil(columns.len());
        same_length("label values", values.len(), rows * columns.len())?;
        all_finite("label value", values.iter().copied())?;
        Ok(Self {
            columns,
            rows,
            values,
        })
    }

    /// Creates a table without columns for samples without labels. The argument `rows` is the
    /// number of samples.
    pub fn none(rows: usize) -> Self {
        Self {
            columns: Vec::new(),
            rows,
            values: Vec::new(),
        }
    }

    /// Names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Values of sample `i`, in the order of the columns.
    ///
    /// # Panics
    /// Panics if there is no sample `i`.
    pub fn row(&self, i: usize) -> &[f64] {
        assert!(i < self.rows, "there is no sample {i}");
        &self.values[i * self.columns.len()..][..self.columns.len()]
    }

    /// Values of all samples, one row per sample.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        (0..self.rows).map(|i| self.row(i))
    }

    /// Index of the column with this name; `None` if there is no such column.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c == name)
    }

    /// Values of the column with this name, one per sample; `None` if there is no such column.
    pub fn column(&self, name: &str) -> Option<Vec<f64>> {
        let i = self.column_index(name)?;
        Some(self.rows().map(|row| row[i]).collect())
    }

    /// Labels of the samples at `indices`, in the order of `indices`.
    ///
    /// # Panics
    /// Panics if there is no sample at one of the indices.
    pub fn select(&self, indices: &[usize]) -> Self {
        Self {
            columns: self.columns.clone(),
            rows: indices.len(),
            values: indices.iter().flat_map(|&i| self.row(i)).copied().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_table() {
        let name = |s: &str| s.to_owned();
        assert!(Labels::new(vec![], vec![]).is_err());
        assert!(Labels::new(vec![name("a"), name("a")], vec![]).is_err());
        assert!(Labels::new(vec![name("a"), name("b")], vec![1.0]).is_err());
        assert!(Labels::new(vec![name("a")], vec![f64::NAN]).is_err());
    }

    #[test]
    fn rows_and_columns_are_those_given() {
        let columns = ["a", "b"].map(str::to_owned).to_vec();
        let labels = Labels::new(columns.clone(), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert_eq!(labels.columns(), columns);
        assert_eq!((labels.len(), labels.is_empty()), (3, false));
        assert_eq!(
            (labels.row(0), labels.row(2)),
            (&[1.0, 2.0][..], &[5.0, 6.0][..])
        );
        assert_eq!(
            labels.rows().collect::<Vec<_>>(),
            [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
        );
        assert_eq!(
            (labels.column_index("b"), labels.column_index("c")),
            (Some(1), None)
        );
        assert_eq!(labels.column("b").unwrap(), [2.0, 4.0, 6.0]);
        let none = Labels::new(columns, vec![]).unwrap();
        assert_eq!((none.len(), none.is_empty()), (0, true));
    }

    #[test]
    fn samples_without_labels_are_counted() {
        let none = Labels::none(3);
        assert_eq!((none.len(), none.columns().len()), (3, 0));
        assert_eq!(none.rows().collect::<Vec<_>>(), [&[][..]; 3]);
        assert_eq!(none.select(&[2, 0]), Labels::none(2));
        assert!(Labels::none(0).is_empty());
    }

    #[test]
    fn select_keeps_order() {
        let labels = Labels::new(vec!["a".to_owned()], vec![0.0, 1.0, 2.0]).unwrap();
        assert_eq!(labels.select(&[2, 0]).column("a").unwrap(), [2.0, 0.0]);
        assert_eq!(labels.column("b"), None);
    }
}
