/// Why a contour, a generated pattern or a distance is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The level of a contour is NaN or infinite.
    #[error("contour level is {level} (expected a finite number)")]
    Level {
        /// The level.
        level: f64,
    },
    /// There is nothing to work with.
    #[error("no {what}")]
    Empty {
        /// What is missing.
        what: &'static str,
    },
    /// Patterns that belong together differ in length.
    #[error("pattern {index} has {found} intensities (expected {expected}, as pattern 0)")]
    Length {
        /// The pattern, from 0.
        index: usize,
        /// How many intensities it has.
        found: usize,
        /// How many the first one has.
        expected: usize,
    },
    /// An intensity is NaN or infinite.
    #[error("intensity {index} of pattern {pattern} is {value} (expected a finite number)")]
    NotFinite {
        /// The pattern, from 0.
        pattern: usize,
        /// Its place in the pattern, from 0.
        index: usize,
        /// The number.
        value: f32,
    },
    /// A point of a line is not finite.
    #[error("point {index} of the line is ({x}, {y}) (expected finite coordinates)")]
    Point {
        /// Its place on the line, from 0.
        index: usize,
        /// First coordinate.
        x: f64,
        /// Second coordinate.
        y: f64,
    },
    /// A strain is impossible, as for a share that is not a number.
    #[error(transparent)]
    Strain(#[from] xrd_core::Error),
    /// The decoder refuses a point.
    #[error("decoder, at point {index}: {source}")]
    Decoder {
        /// Its place in the list, from 0.
        index: usize,
        /// What the decoder says.
        source: xrd_core::Error,
    },
}

/// A result with this crate's [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;
