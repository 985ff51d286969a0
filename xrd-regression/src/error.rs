use std::fmt;

/// Reason why this crate refuses an input.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// There are too few samples for a cross-validation.
    TooFew {
        /// Number of samples. Several patterns of the same sample count once.
        found: usize,
        /// Smallest allowed number.
        least: usize,
    },
    /// A list has the wrong length.
    Length {
        /// Name of the elements of the list, for example rows of labels.
        what: &'static str,
        /// Length of the list.
        found: usize,
        /// Expected length.
        expected: usize,
    },
    /// A number is not finite or has an absolute value above 1e30.
    Value {
        /// Name of the number: intensity or label.
        what: &'static str,
        /// Index of the pattern in its set, from 0.
        pattern: usize,
        /// Value of the number.
        value: f64,
    },
    /// All patterns are equal, or all patterns of a training fold are equal. Labels cannot be
    /// estimated from equal patterns.
    EqualPatterns,
    /// The fraction [`Settings::coverage`](crate::Settings::coverage) is not between 0 and 1.
    Coverage {
        /// Value of the fraction.
        found: f64,
    },
    /// The parts of a [`Stored`](crate::Stored) contradict each other. See
    /// [`Regression::from_stored`](crate::Regression::from_stored).
    Stored {
        /// Description of the contradiction.
        reason: String,
    },
}

/// Result with the error type [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { found, least } => write!(
                f,
                "{found} samples are too few for a regression (at least {least})"
            ),
            Self::Length {
                what,
                found,
                expected,
            } => write!(f, "{found} {what} (expected {expected})"),
            Self::Value {
                what,
                pattern,
                value,
            } => write!(
                f,
                "{what} {value} of pattern {pattern} is not a finite number of size at most 1e30"
            ),
            Self::EqualPatterns => write!(f, "all patterns are equal"),
            Self::Coverage { found } => {
                write!(f, "coverage {found} is not between 0 and 1")
            }
            Self::Stored { reason } => write!(f, "damaged regression: {reason}"),
        }
    }
}

impl std::error::Error for Error {}

/// Largest absolute value of an intensity or a label.
const LARGEST: f64 = 1e30;

pub(crate) fn check_value(what: &'static str, pattern: usize, value: f64) -> Result<()> {
    if value.abs() <= LARGEST {
        return Ok(());
    }
    Err(Error::Value {
        what,
        pattern,
        value,
    })
}

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
