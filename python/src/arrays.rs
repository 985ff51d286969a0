//! Arrays of NumPy from vectors, without copying.

use numpy::{Element, IntoPyArray, PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;

/// An array of `rows` rows that takes over the memory of a vector.
pub(crate) fn matrix<T: Element>(
    py: Python<'_>,
    values: Vec<T>,
    rows: usize,
) -> PyResult<Bound<'_, PyArray2<T>>> {
    let columns = values.len().checked_div(rows).unwrap_or(0);
    values.into_pyarray(py).reshape([rows, columns])
}

/// An array that takes over the memory of a vector.
pub(crate) fn vector<T: Element>(py: Python<'_>, values: Vec<T>) -> Bound<'_, PyArray1<T>> {
    values.into_pyarray(py)
}
