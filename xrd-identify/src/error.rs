/// Error of this crate: the reason why an input is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A pattern has no wavelength, so that its angles mean nothing.
    #[error("the wavelength is unknown")]
    NoWavelength,
    /// A pattern covers too little of the axis.
    #[error(
        "angles from {from:.2}° to {to:.2}° for Cu Kα1 (expected at least 15° within 5° to 90°)"
    )]
    Range {
        /// First covered angle in degrees, for Cu Kα1.
        from: f64,
        /// Last covered angle in degrees.
        to: f64,
    },
    /// All intensities of a pattern are background, or a structure has no line on the axis.
    #[error("no lines above the background")]
    NoLines,
    /// The number of intensities is not that of the axis.
    #[error("{found} intensities (expected 2125, one per point of the axis)")]
    Length {
        /// Number of intensities.
        found: usize,
    },
    /// A line of a structure is impossible.
    #[error(
        "line {place} has 1/d = {inverse_d} 1/Å and intensity {intensity} (expected positive finite numbers)"
    )]
    Line {
        /// Place of the line in the list, from 0.
        place: usize,
        /// Inverse d spacing in 1/Å.
        inverse_d: f64,
        /// Integrated intensity.
        intensity: f64,
    },
    /// A structure has no space group.
    #[error("space group {number} (expected 1 to 230)")]
    SpaceGroup {
        /// The number.
        number: u16,
    },
    /// A name, formula or source of a structure is too long.
    #[error("text of {length} bytes (expected at most 255)")]
    Text {
        /// Length in bytes.
        length: usize,
    },
    /// Bytes are not a library.
    #[error("not a library of line lists: {reason} at byte {at}")]
    File {
        /// What is wrong.
        reason: &'static str,
        /// Position of the damage in bytes.
        at: usize,
    },
    /// A setting is out of its range.
    #[error("{what} {value} (expected {expected})")]
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
