use xrd_core::Latent2;

/// Why a plane, an estimate or a score is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to work with.
    #[error("no {what}")]
    Empty {
        /// What is missing.
        what: &'static str,
    },
    /// Two lists that belong together differ in length.
    #[error("{found} {what} (expected {expected})")]
    Length {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A point has a coordinate that cannot be computed with.
    #[error(
        "point {index} is ({x}, {y}) (expected finite coordinates of at most 1e100 in size)",
        x = point.x,
        y = point.y
    )]
    Point {
        /// Its place in the list, from 0.
        index: usize,
        /// The point.
        point: Latent2,
    },
    /// A label, an estimate or a true value cannot be computed with.
    #[error("{what} {index} is {value} (expected a finite number of at most 1e100 in size)")]
    Value {
        /// What the number is.
        what: &'static str,
        /// Its place in the list, from 0.
        index: usize,
        /// The number.
        value: f64,
    },
    /// Too few neighbours are asked for.
    #[error("{found} neighbours (expected at least {least})")]
    Neighbours {
        /// How many are asked for.
        found: usize,
        /// How many the estimator needs.
        least: usize,
    },
    /// Too many of something are asked for.
    #[error("{found} {what} (expected at most {most})")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// How many are asked for.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// An exponent of distance is impossible.
    #[error("power {found} of the distance (expected > 0 and finite)")]
    Power {
        /// The exponent asked for.
        found: f64,
    },
    /// An estimator does not work in such a space.
    #[error("{estimator} in {found} dimensions (expected 2)")]
    Dimensions {
        /// The estimator.
        estimator: &'static str,
        /// How many dimensions the space has.
        found: usize,
    },
    /// The estimates do not make a map.
    #[error("painted map: {0}")]
    Map(#[from] xrd_core::Error),
}

/// A result with this crate's [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// The greatest size of a coordinate or label: squares and differences stay finite.
const LARGEST: f64 = 1e100;

/// Fails unless both coordinates are finite and within the limit.
pub(crate) fn check_point(index: usize, point: Latent2) -> Result<()> {
    // A NaN fails both comparisons.
    if point.x.abs() <= LARGEST && point.y.abs() <= LARGEST {
        return Ok(());
    }
    Err(Error::Point { index, point })
}

/// Fails on the first coordinate that is not finite or beyond the limit.
pub(crate) fn check_coordinates(coordinates: &[f64]) -> Result<()> {
    check_values("coordinate", coordinates)
}

/// Fails on the first value that is not finite or beyond the limit.
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
