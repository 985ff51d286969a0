use std::fmt;

/// Error of this crate: the reason why an input is refused.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The level of a contour is NaN or infinite.
    Level {
        /// Level of the contour.
        level: f64,
    },
    /// An input is empty.
    Empty {
        /// Name of the empty input.
        what: &'static str,
    },
    /// A pattern has the wrong length.
    Length {
        /// Index of the pattern, from 0.
        index: usize,
        /// Number of intensities of the pattern.
        found: usize,
        /// Expected number of intensities: the length of the pattern with index 0, or the number
        /// of grid points.
        expected: usize,
    },
    /// An intensity is NaN or infinite.
    NotFinite {
        /// Index of the pattern, from 0.
        pattern: usize,
        /// Index of the intensity, from 0.
        index: usize,
        /// Value of the intensity.
        value: f32,
    },
    /// A point of a line is not finite.
    Point {
        /// Index of the point on the line, from 0.
        index: usize,
        /// First coordinate.
        x: f64,
        /// Second coordinate.
        y: f64,
    },
    /// A strain is invalid, for example because the argument `share` of
    /// [`strained_blend`](crate::strained_blend) is NaN.
    Strain(xrd_core::Error),
    /// The decoder returned an error for a point.
    Decoder {
        /// Index of the point in the list, from 0.
        index: usize,
        /// Error that the decoder returned.
        source: xrd_core::Error,
    },
}

/// Result with the error type [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level { level } => {
                write!(f, "contour level is {level} (expected a finite number)")
            }
            Self::Empty { what } => write!(f, "no {what}"),
            Self::Length {
                index,
                found,
                expected,
            } => write!(
                f,
                "pattern {index} has {found} intensities (expected {expected})"
            ),
            Self::NotFinite {
                pattern,
                index,
                value,
            } => write!(
                f,
                "intensity {index} of pattern {pattern} is {value} (expected a finite number)"
            ),
            Self::Point { index, x, y } => write!(
                f,
                "point {index} of the line is ({x}, {y}) (expected finite coordinates)"
            ),
            Self::Strain(error) => error.fmt(f),
            Self::Decoder { index, source } => write!(f, "decoder at point {index}: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // The message of this error is already that of the inner one.
            Self::Strain(error) => error.source(),
            Self::Decoder { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<xrd_core::Error> for Error {
    fn from(error: xrd_core::Error) -> Self {
        Self::Strain(error)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn errors_say_what_was_found_and_what_was_expected() {
        let (found, expected) = (3, 5);
        let source = xrd_core::Error::Empty { what: "place" };
        for (error, words) in [
            (
                Error::Level { level: f64::NAN },
                "contour level is NaN (expected a finite number)",
            ),
            (Error::Empty { what: "lines" }, "no lines"),
            (
                Error::Length {
                    index: 2,
                    found,
                    expected,
                },
                "pattern 2 has 3 intensities (expected 5)",
            ),
            (
                Error::NotFinite {
                    pattern: 1,
                    index: 4,
                    value: f32::INFINITY,
                },
                "intensity 4 of pattern 1 is inf (expected a finite number)",
            ),
            (
                Error::Point {
                    index: 6,
                    x: 0.5,
                    y: f64::NAN,
                },
                "point 6 of the line is (0.5, NaN) (expected finite coordinates)",
            ),
            (Error::from(source.clone()), "no place"),
            (
                Error::Decoder { index: 8, source },
                "decoder at point 8: no place",
            ),
        ] {
            assert_eq!(error.to_string(), words);
            let has_source = matches!(error, Error::Decoder { .. });
            assert_eq!(error.source().is_some(), has_source);
        }
    }
}
