/// Why a sweep or a ranking is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A window narrower than the grid's step would hold no point here and there.
    #[error("mask window is {window_deg} degrees (expected at least the grid step of {step_deg})")]
    Window {
        /// Width of the window in degrees.
        window_deg: f64,
        /// Step of the grid in degrees.
        step_deg: f64,
    },
    /// The sweep would repeat windows or leave angles out.
    #[error(
        "sweep step is {step_deg} degrees (expected {least_deg}, the grid step, to {most_deg}, \
         the window)"
    )]
    Step {
        /// Step of the sweep in degrees.
        step_deg: f64,
        /// Step of the grid in degrees.
        least_deg: f64,
        /// Width of the window in degrees.
        most_deg: f64,
    },
    /// A share lies outside its range.
    #[error("{what} is {value} (expected 0 to 1)")]
    Share {
        /// What it is.
        what: &'static str,
        /// The number.
        value: f64,
    },
    /// A list of intensities does not fit its grid.
    #[error("{found} intensities (expected {expected}, one a grid point)")]
    Length {
        /// How many there are.
        found: usize,
        /// How many grid points there are.
        expected: usize,
    },
    /// An intensity is NaN or infinite.
    #[error("intensity {index} is {value} (expected a finite number)")]
    NotFinite {
        /// The grid point, from 0.
        index: usize,
        /// The number.
        value: f32,
    },
    /// A peak reaches where the sweep has no window.
    #[error("peak {index} reaches to grid point {end} (the sweep ends at {covered})")]
    Uncovered {
        /// Its place in the list, from 0.
        index: usize,
        /// The grid point it ends before.
        end: usize,
        /// The grid point the sweep ends before.
        covered: usize,
    },
    /// A part of a pattern reaches beyond the grid.
    #[error("part of a pattern reaches to grid point {end} (there are {points})")]
    Reach {
        /// The grid point it ends before.
        end: usize,
        /// How many grid points there are.
        points: usize,
    },
    /// The encoder refuses the pattern.
    #[error("encoder: {0}")]
    Encoder(#[from] xrd_core::Error),
    /// The encoder gives a point that is not finite.
    #[error("the point of window {index} is ({x}, {y}) (expected finite coordinates)")]
    Point {
        /// The window, from 0.
        index: usize,
        /// First coordinate.
        x: f64,
        /// Second coordinate.
        y: f64,
    },
}

/// A result with this crate's [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;
