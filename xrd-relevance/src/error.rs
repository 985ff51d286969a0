use std::fmt;

/// Error of this crate: the reason why an input is refused.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The width of the windows is smaller than the step size of the grid, or not finite.
    Window {
        /// Width of the window in degrees.
        window_deg: f64,
        /// Step size of the grid in degrees.
        step_deg: f64,
    },
    /// The distance between neighbouring windows is smaller than the step size of the grid, or
    /// larger than the width of the windows.
    Step {
        /// Distance between the starts of neighbouring windows in degrees.
        step_deg: f64,
        /// Smallest allowed distance: the step size of the grid, in degrees.
        least_deg: f64,
        /// Largest allowed distance: the width of the windows, in degrees.
        most_deg: f64,
    },
    /// A fraction is below 0, above 1 or NaN.
    Share {
        /// Name of the fraction.
        what: &'static str,
        /// Value of the fraction.
        value: f64,
    },
    /// The number of intensities differs from the number of grid points.
    Length {
        /// Number of intensities.
        found: usize,
        /// Number of grid points.
        expected: usize,
    },
    /// An intensity is NaN or infinite.
    NotFinite {
        /// Index of the grid point, from 0.
        index: usize,
        /// Value of the intensity.
        value: f32,
    },
    /// A peak extends beyond the last window of the sweep.
    Uncovered {
        /// Index of the peak in the list, from 0.
        index: usize,
        /// Index of the first grid point after the peak.
        end: usize,
        /// Index of the first grid point after the last window.
        covered: usize,
    },
    /// A part of a pattern extends beyond the grid.
    Reach {
        /// Index of the first grid point after the part.
        end: usize,
        /// Number of grid points.
        points: usize,
    },
    /// The encoder returned an error for a pattern.
    Encoder(xrd_core::Error),
    /// The encoder returns a point that is not finite.
    Point {
        /// Index of the window or part, from 0.
        index: usize,
        /// First coordinate.
        x: f64,
        /// Second coordinate.
        y: f64,
    },
}

/// Result with the error type [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Window {
                window_deg,
                step_deg,
            } => write!(
                f,
                "mask window is {window_deg} degrees (expected at least the grid step of {step_deg})"
            ),
            Self::Step {
                step_deg,
                least_deg,
                most_deg,
            } => write!(
                f,
                "sweep step is {step_deg} degrees (expected {least_deg}, the grid step, to \
                 {most_deg}, the window)"
            ),
            Self::Share { what, value } => write!(f, "{what} is {value} (expected 0 to 1)"),
            Self::Length { found, expected } => {
                write!(
                    f,
                    "{found} intensities (expected {expected}, one per grid point)"
                )
            }
            Self::NotFinite { index, value } => {
                write!(f, "intensity {index} is {value} (expected a finite number)")
            }
            Self::Uncovered {
                index,
                end,
                covered,
            } => write!(
                f,
                "peak {index} reaches to grid point {end} (expected at most {covered}, the end of the sweep)"
            ),
            Self::Reach { end, points } => write!(
                f,
                "part of a pattern reaches to grid point {end} (expected at most {points})"
            ),
            Self::Encoder(error) => write!(f, "encoder: {error}"),
            Self::Point { index, x, y } => write!(
                f,
                "point of window {index} is ({x}, {y}) (expected finite coordinates)"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Encoder(error) => Some(error),
            _ => None,
        }
    }
}

impl From<xrd_core::Error> for Error {
    fn from(error: xrd_core::Error) -> Self {
        Self::Encoder(error)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn errors_say_what_was_found_and_what_was_expected() {
        let (index, end) = (2, 9);
        for (error, words) in [
            (
                Error::Window {
                    window_deg: 0.1,
                    step_deg: 0.2,
                },
                "mask window is 0.1 degrees (expected at least the grid step of 0.2)",
            ),
            (
                Error::Step {
                    step_deg: 3.0,
                    least_deg: 0.2,
                    most_deg: 0.5,
                },
                "sweep step is 3 degrees (expected 0.2, the grid step, to 0.5, the window)",
            ),
            (
                Error::Share {
                    what: "prominence",
                    value: 1.5,
                },
                "prominence is 1.5 (expected 0 to 1)",
            ),
            (
                Error::Length {
                    found: 3,
                    expected: 5,
                },
                "3 intensities (expected 5, one per grid point)",
            ),
            (
                Error::NotFinite {
                    index,
                    value: f32::NAN,
                },
                "intensity 2 is NaN (expected a finite number)",
            ),
            (
                Error::Uncovered {
                    index,
                    end,
                    covered: 7,
                },
                "peak 2 reaches to grid point 9 (expected at most 7, the end of the sweep)",
            ),
            (
                Error::Reach { end, points: 8 },
                "part of a pattern reaches to grid point 9 (expected at most 8)",
            ),
            (
                Error::from(xrd_core::Error::Empty { what: "place" }),
                "encoder: no place",
            ),
            (
                Error::Point {
                    index,
                    x: f64::NAN,
                    y: 0.5,
                },
                "point of window 2 is (NaN, 0.5) (expected finite coordinates)",
            ),
        ] {
            assert_eq!(error.to_string(), words);
            assert_eq!(error.source().is_some(), matches!(error, Error::Encoder(_)));
        }
    }
}
