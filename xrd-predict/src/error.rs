use std::fmt;

use xrd_core::Element;

/// Error of this crate: the reason why an input is refused.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// An element or its amount has no place in the one-hot matrix.
    NotEncodable {
        /// The element.
        element: Element,
        /// Its amount.
        amount: u32,
    },
    /// Two lists differ in length.
    Length {
        /// What the list contains.
        what: &'static str,
        /// Its length.
        found: usize,
        /// Length of the other list.
        expected: usize,
    },
    /// A list is empty.
    Empty {
        /// What the list contains.
        what: &'static str,
    },
    /// Atoms of a structure are not in whole numbers, or share a place.
    PartlyOccupied,
    /// Bytes are not a file of this crate.
    File {
        /// Position in the bytes.
        at: usize,
        /// What is wrong with them.
        reason: &'static str,
    },
    /// A structure is impossible.
    Structure(xrd_core::Error),
    /// The network of the paper has no variant with this number of residual blocks.
    Blocks {
        /// Number of blocks.
        found: usize,
    },
    /// A network cannot be built, trained or read.
    Network(xrd_nn::Error),
}

/// Result with the error type [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEncodable { element, amount } => write!(
                f,
                "{amount} atoms of {element} have no place in the one-hot matrix (expected at most 9, of one of 84 elements)"
            ),
            Self::Length {
                what,
                found,
                expected,
            } => write!(f, "{found} {what} (expected {expected})"),
            Self::Empty { what } => write!(f, "no {what} (expected at least one)"),
            Self::PartlyOccupied => f.write_str("a site is partly occupied (expected whole atoms)"),
            Self::File { at, reason } => {
                write!(f, "not a library of structures: {reason} at byte {at}")
            }
            Self::Structure(error) => write!(f, "{error}"),
            Self::Blocks { found } => {
                write!(f, "{found} residual blocks (expected 10, 15, 20 or 25)")
            }
            Self::Network(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Structure(error) => Some(error),
            Self::Network(error) => Some(error),
            _ => None,
        }
    }
}

impl From<xrd_core::Error> for Error {
    fn from(error: xrd_core::Error) -> Self {
        Self::Structure(error)
    }
}

impl From<xrd_nn::Error> for Error {
    fn from(error: xrd_nn::Error) -> Self {
        Self::Network(error)
    }
}
