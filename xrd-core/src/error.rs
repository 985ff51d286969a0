use std::fmt;
use std::sync::Arc;

use crate::TwoThetaGrid;

/// Error of this crate: an invalid value, or an encoder or decoder that failed.
///
/// The error of an invalid value contains the value and the allowed values.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A list has the wrong number of entries.
    Length {
        /// Kind of the entries, such as "intensities".
        what: &'static str,
        /// Actual number of entries.
        found: usize,
        /// Expected number of entries.
        expected: usize,
    },
    /// A list that must not be empty is empty.
    Empty {
        /// Kind of the missing entries.
        what: &'static str,
    },
    /// A number is NaN or infinite.
    NotFinite {
        /// Kind of the number.
        what: &'static str,
        /// Index in the list, from 0.
        index: usize,
        /// Value of the number.
        value: f64,
    },
    /// A number lies outside its range.
    OutOfRange {
        /// Kind of the number.
        what: &'static str,
        /// Value of the number.
        value: f64,
        /// Allowed range, in words.
        expected: &'static str,
    },
    /// A name occurs twice in a list of unique names.
    Duplicate {
        /// Kind of the named items, such as "pattern".
        what: &'static str,
        /// Repeated name.
        name: String,
        /// Index of the first item with this name, from 0.
        first: usize,
        /// Index of the second item with this name, from 0.
        second: usize,
    },
    /// An axis is not uniform.
    NotUniform {
        /// Index of the first point that is not on the uniform axis. Indices start at 0.
        index: usize,
        /// Angle of this point in degrees.
        found: f64,
        /// Angle of this point on the uniform axis, in degrees.
        expected: f64,
    },
    /// The 2θ grid differs from the expected grid.
    GridMismatch {
        /// Actual grid.
        found: TwoThetaGrid,
        /// Expected grid.
        expected: TwoThetaGrid,
    },
    /// Patterns differ in a property that must be equal.
    Mixed {
        /// Name of the property, such as "wavelength".
        what: &'static str,
        /// Index of the first pattern that differs from pattern 0.
        index: usize,
    },
    /// No element has this symbol.
    UnknownElement {
        /// Unknown symbol.
        symbol: String,
    },
    /// An [`Encoder`](crate::Encoder) or [`Decoder`](crate::Decoder) failed, although its input is
    /// valid.
    ///
    /// [`Error::model`] creates this variant.
    Model(ModelError),
}

/// Failure inside an encoder or decoder that is not caused by an invalid input.
///
/// Two model errors are equal if their messages are equal.
#[derive(Clone, Debug)]
pub struct ModelError(Arc<dyn std::error::Error + Send + Sync>);

impl PartialEq for ModelError {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_string() == other.0.to_string()
    }
}

impl Error {
    /// Creates the error of a failed encoder or decoder from another error or from a text.
    ///
    /// # Example
    /// ```
    /// let error = xrd_core::Error::model("the server does not answer");
    /// assert_eq!(error.to_string(), "the model failed: the server does not answer");
    /// ```
    pub fn model(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Model(ModelError(source.into().into()))
    }
}

/// Result with the [`Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length {
                what,
                found,
                expected,
            } => write!(f, "{found} {what} (expected {expected})"),
            Self::Empty { what } => write!(f, "no {what}"),
            Self::NotFinite { what, index, value } => {
                write!(f, "{what} {index} is {value} (expected a finite number)")
            }
            Self::OutOfRange {
                what,
                value,
                expected,
            } => write!(f, "{what} is {value} (expected {expected})"),
            Self::Duplicate {
                what,
                name,
                first,
                second,
            } => write!(f, "{what} '{name}' occurs twice, at {first} and {second}"),
            Self::NotUniform {
                index,
                found,
                expected,
            } => write!(
                f,
                "two-theta of point {index} is {found} (a uniform axis has {expected} there)"
            ),
            Self::GridMismatch { found, expected } => {
                write!(f, "two-theta grid is {found} (expected {expected})")
            }
            Self::Mixed { what, index } => {
                write!(f, "pattern {index} has another {what} than pattern 0")
            }
            Self::UnknownElement { symbol } => write!(f, "no element has the symbol '{symbol}'"),
            Self::Model(ModelError(source)) => write!(f, "the model failed: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Model(ModelError(source)) => source.source(),
            _ => None,
        }
    }
}

/// Fails at the first value that is not finite.
pub(crate) fn all_finite(what: &'static str, values: impl IntoIterator<Item = f64>) -> Result<()> {
    match values.into_iter().enumerate().find(|(_, v)| !v.is_finite()) {
        Some((index, value)) => Err(Error::NotFinite { what, index, value }),
        None => Ok(()),
    }
}

/// Fails unless `found == expected`.
pub(crate) fn same_length(what: &'static str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Length {
        what,
        found,
        expected,
    })
}

/// Fails at the first name that occurs a second time.
pub(crate) fn all_unique(what: &'static str, names: &[String]) -> Result<()> {
    let mut seen = std::collections::HashMap::new();
    for (second, name) in names.iter().enumerate() {
        if let Some(first) = seen.insert(name.as_str(), second) {
            return Err(Error::Duplicate {
                what,
                name: name.clone(),
                first,
                second,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_tell_what_was_found_and_what_is_needed() {
        let grid = |points| TwoThetaGrid::new(10.0, 0.5, points).unwrap();
        let differs = Error::GridMismatch {
            found: grid(3),
            expected: grid(4),
        };
        let [found, expected] = [grid(3), grid(4)].map(|grid| grid.to_string());
        assert!(found != expected);
        for (error, message) in [
            (
                differs,
                format!("two-theta grid is {found} (expected {expected})"),
            ),
            (
                all_unique("pattern", &["a", "b", "a"].map(str::to_owned)).unwrap_err(),
                "pattern 'a' occurs twice, at 0 and 2".to_owned(),
            ),
            (
                Error::Mixed {
                    what: "wavelength",
                    index: 3,
                },
                "pattern 3 has another wavelength than pattern 0".to_owned(),
            ),
            (
                same_length("labels", 3, 4).unwrap_err(),
                "3 labels (expected 4)".to_owned(),
            ),
            (
                all_finite("intensity", [1.0, f64::INFINITY]).unwrap_err(),
                "intensity 1 is inf (expected a finite number)".to_owned(),
            ),
        ] {
            assert_eq!(error.to_string(), message);
        }
    }
}
