use std::fmt;

/// Error of this crate: the reason why an input is refused.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// There is no space group of this number.
    SpaceGroup {
        /// The number.
        number: u16,
    },
    /// A probability, or a score from which probabilities are made, is invalid.
    Probability {
        /// Number of the space group.
        space_group: u16,
        /// Value of the probability or score.
        value: f64,
    },
    /// The number of probabilities is not that of the space groups.
    Length {
        /// Number of values.
        found: usize,
    },
    /// The sum of probabilities is 0 or infinite.
    Sum {
        /// The sum.
        sum: f64,
    },
    /// A list is empty.
    Empty {
        /// What the list contains.
        what: &'static str,
    },
    /// A pattern cannot be prepared.
    Pattern(xrd_identify::Error),
    /// A network fails, or is not one for patterns and space groups.
    Network(xrd_nn::Error),
    /// Bytes are not a file of this crate.
    File {
        /// What is wrong with them.
        reason: String,
    },
    /// A number is out of its range.
    OutOfRange {
        /// Meaning of the number.
        what: &'static str,
        /// The number.
        value: f64,
        /// Allowed values.
        expected: &'static str,
    },
}

/// Result with the error type [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SpaceGroup { number } => {
                write!(
                    f,
                    "no space group has the number {number} (expected 1 to 230)"
                )
            }
            Self::Probability { space_group, value } => write!(
                f,
                "probability {value} of space group {space_group} (expected a finite number that is not negative)"
            ),
            Self::Length { found } => {
                write!(
                    f,
                    "{found} probabilities (expected 230, one per space group)"
                )
            }
            Self::Sum { sum } => write!(
                f,
                "probabilities with the sum {sum} (expected a positive finite sum)"
            ),
            Self::Empty { what } => write!(f, "no {what} (expected at least one)"),
            Self::Pattern(error) => write!(f, "{error}"),
            Self::Network(error) => write!(f, "network: {error}"),
            Self::File { reason } => write!(f, "not a file of a classifier: {reason}"),
            Self::OutOfRange {
                what,
                value,
                expected,
            } => write!(f, "{what} {value} (expected {expected})"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Network(error) => Some(error),
            Self::Pattern(error) => error.source(),
            _ => None,
        }
    }
}

impl From<xrd_identify::Error> for Error {
    fn from(error: xrd_identify::Error) -> Self {
        Self::Pattern(error)
    }
}

impl From<xrd_nn::Error> for Error {
    fn from(error: xrd_nn::Error) -> Self {
        Self::Network(error)
    }
}
