/// Reasons why a figure cannot be drawn as PNG.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The machine has no font, so no number of a figure could be read.
    #[error("this machine has no font (expected at least one); SVG figures need none")]
    NoFont,
    /// The text is not an SVG file.
    #[error("not an SVG file: {0}")]
    NotSvg(#[source] resvg::usvg::Error),
    /// The figure is too large for memory, or has no pixel.
    #[error(
        "a figure of {width} × {height} pixels at 96 per inch (expected at least one, and at most \
         {most} at 600 per inch)"
    )]
    Size {
        /// Width in pixels of 1/96 inch.
        width: f32,
        /// Height in pixels of 1/96 inch.
        height: f32,
        /// Largest number of pixels of 1/600 inch.
        most: u32,
    },
    /// The pixels cannot be written as a PNG file.
    #[error("cannot write the pixels as PNG: {0}")]
    Encode(#[source] std::io::Error),
}

/// Result with this crate's [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;
