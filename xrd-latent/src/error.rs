use std::fmt;

use xrd_core::Latent2;

/// Reason why this crate refuses an input.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// An input is empty.
    Empty {
        /// Name of the empty input.
        what: &'static str,
    },
    /// A list has the wrong length.
    Length {
        /// Name of the elements, for example coordinates.
        what: &'static str,
        /// Length of the list.
        found: usize,
        /// Expected length.
        expected: usize,
    },
    /// A point has a coordinate that is not finite or has an absolute value above 1e100.
    Point {
        /// Index of the point in its list, from 0.
        index: usize,
        /// Point with the invalid coordinate.
        point: Latent2,
    },
    /// A number is not finite or has an absolute value above 1e100.
    Value {
        /// Name of the number, such as a label.
        what: &'static str,
        /// Index of the number in its list, from 0.
        index: usize,
        /// Value of the number.
        value: f64,
    },
    /// The number of neighbours is too small.
    Neighbours {
        /// Requested number.
        found: usize,
        /// Smallest allowed number.
        least: usize,
    },
    /// The number of neighbours, clusters or groups is too large.
    TooMany {
        /// Name of the counted items: neighbours, clusters or groups.
        what: &'static str,
        /// Requested number.
        found: usize,
        /// Largest allowed number.
        most: usize,
    },
    /// A part of the items contains an item that does not exist.
    Index {
        /// Index of the item, from 0.
        item: usize,
        /// Number of items.
        items: usize,
    },
    /// The exponent [`InverseDistance::power`](crate::InverseDistance::power) is not positive or
    /// not finite.
    Power {
        /// Value of the exponent.
        found: f64,
    },
    /// The estimator does not work in this number of dimensions.
    Dimensions {
        /// Name of the estimator.
        estimator: &'static str,
        /// Number of dimensions.
        found: usize,
    },
    /// The method [`LabelledPlane::paint`](crate::LabelledPlane::paint) has computed a map that the
    /// crate `xrd-core` refuses. The field contains the error of `xrd-core`.
    Map(xrd_core::Error),
}

/// Result with the error type [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { what } => write!(f, "no {what}"),
            Self::Length {
                what,
                found,
                expected,
            } => {
                write!(f, "{found} {what} (expected {expected})")
            }
            Self::Point {
                index,
                point: Latent2 { x, y },
            } => write!(
                f,
                "point {index} is ({x}, {y}) (expected finite coordinates of at most 1e100 in size)"
            ),
            Self::Value { what, index, value } => write!(
                f,
                "{what} {index} is {value:?} (expected a finite number of at most 1e100 in size)"
            ),
            Self::Neighbours { found, least } => {
                write!(f, "{found} neighbours (expected at least {least})")
            }
            Self::TooMany { what, found, most } => {
                write!(f, "{found} {what} (expected at most {most})")
            }
            Self::Index { item, items } => {
                write!(f, "item {item} of {items} (expected a smaller index)")
            }
            Self::Power { found } => {
                write!(f, "power {found} of the distance (expected > 0 and finite)")
            }
            Self::Dimensions { estimator, found } => {
                write!(f, "{estimator} in {found} dimensions (expected 2)")
            }
            Self::Map(error) => write!(f, "painted map: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Map(error) => Some(error),
            _ => None,
        }
    }
}

impl From<xrd_core::Error> for Error {
    fn from(error: xrd_core::Error) -> Self {
        Self::Map(error)
    }
}

/// Largest size of a coordinate or label. Squares and differences of such numbers are finite.
const LARGEST: f64 = 1e100;

/// Fails unless both coordinates are finite and within the limit.
pub(crate) fn check_point(index: usize, point: Latent2) -> Result<()> {
    // A NaN fails both comparisons.
    if point.x.abs() <= LARGEST && point.y.abs() <= LARGEST {
        return Ok(());
    }
    Err(Error::Point { index, point })
}

/// Fails at the first coordinate that is not finite or exceeds the limit.
pub(crate) fn check_coordinates(coordinates: &[f64]) -> Result<()> {
    check_values("coordinate", coordinates)
}

/// Fails at the first value that is not finite or exceeds the limit.
pub(crate) fn check_values<'a>(
    what: &'static str,
    values: impl IntoIterator<Item = &'a f64>,
) -> Result<()> {
    let within = |v: f64| v.abs() <= LARGEST;
    match values.into_iter().enumerate().find(|(_, v)| !within(**v)) {
        Some((index, &value)) => Err(Error::Value { what, index, value }),
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

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn errors_say_what_was_found_and_what_was_expected() {
        let (found, expected) = (3, 5);
        let point = Latent2::new(f64::NAN, 0.5);
        let map = xrd_core::Error::Empty { what: "values" };
        for (error, words) in [
            (Error::Empty { what: "points" }, "no points"),
            (
                Error::Length {
                    what: "labels",
                    found,
                    expected,
                },
                "3 labels (expected 5)",
            ),
            (
                Error::Point { index: 7, point },
                "point 7 is (NaN, 0.5) (expected finite coordinates of at most 1e100 in size)",
            ),
            (
                Error::Value {
                    what: "label",
                    index: 2,
                    value: f64::INFINITY,
                },
                "label 2 is inf (expected a finite number of at most 1e100 in size)",
            ),
            (
                Error::Value {
                    what: "label",
                    index: 0,
                    value: 1e300,
                },
                "label 0 is 1e300 (expected a finite number of at most 1e100 in size)",
            ),
            (
                Error::Neighbours { found: 1, least: 3 },
                "1 neighbours (expected at least 3)",
            ),
            (
                Error::TooMany {
                    what: "clusters",
                    found: 9,
                    most: 8,
                },
                "9 clusters (expected at most 8)",
            ),
            (
                Error::Index { item: 9, items: 8 },
                "item 9 of 8 (expected a smaller index)",
            ),
            (
                Error::Power { found: -1.0 },
                "power -1 of the distance (expected > 0 and finite)",
            ),
            (
                Error::Dimensions {
                    estimator: "a triangle",
                    found,
                },
                "a triangle in 3 dimensions (expected 2)",
            ),
            (Error::from(map), "painted map: no values"),
        ] {
            assert_eq!(error.to_string(), words);
            assert_eq!(error.source().is_some(), matches!(error, Error::Map(_)));
        }
    }
}
