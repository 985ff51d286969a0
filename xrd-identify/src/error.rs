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
    /// All intensities of a pattern are background.
    #[error("no lines above the background")]
    NoLines,
    /// The number of intensities is not that of the axis.
    #[error("{found} intensities (expected 2125, one per point of the axis)")]
    Length {
        /// Number of intensities.
        found: usize,
    },
}

/// Result with the error type [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;
