//! Errors of the crates as Python exceptions.

use std::error::Error;
use std::io::ErrorKind;

use pyo3::exceptions::{
    PyFileNotFoundError, PyIsADirectoryError, PyNotADirectoryError, PyOSError, PyPermissionError,
    PyValueError,
};
use pyo3::prelude::*;

/// The exception for an error of a crate: a kind of `OSError` if the operating system reported it, otherwise a
/// `ValueError`. The text is one line.
pub(crate) fn exception(error: impl Error + 'static) -> PyErr {
    let text = text(&error);
    match io_kind(&error) {
        None => PyValueError::new_err(text),
        Some(ErrorKind::NotFound) => PyFileNotFoundError::new_err(text),
        Some(ErrorKind::PermissionDenied) => PyPermissionError::new_err(text),
        Some(ErrorKind::IsADirectory) => PyIsADirectoryError::new_err(text),
        Some(ErrorKind::NotADirectory) => PyNotADirectoryError::new_err(text),
        Some(_) => PyOSError::new_err(text),
    }
}

/// A `ValueError` with this text.
pub(crate) fn value_error(text: impl Into<String>) -> PyErr {
    PyValueError::new_err(text.into())
}

/// The text of an error and of those that caused it, unless it repeats them already.
fn text(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in causes(error).skip(1) {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
    }
    text.split('\n')
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The error and those that caused it.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn io_kind(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    let mut io = causes(error).filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    // An error without a number is about the content of a file, such as a damaged archive.
    let io = io.find(|io| io.raw_os_error().is_some())?;
    Some(io.kind())
}

/// Conversion of results whose errors become exceptions.
pub(crate) trait OrRaise<T> {
    /// The value, or the exception for the error.
    fn or_raise(self) -> PyResult<T>;
}

impl<T, E: Error + 'static> OrRaise<T> for Result<T, E> {
    fn or_raise(self) -> PyResult<T> {
        self.map_err(exception)
    }
}
