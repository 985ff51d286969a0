//! Errors of figures and pages.

/// Error of a function that draws a figure or makes the page of a study.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Error of `xrd-study`, for example a file of the study that is invalid or an output file
    /// that cannot be written.
    #[error(transparent)]
    Study(#[from] xrd_study::Error),
    /// Pattern that the network cannot reconstruct.
    #[error(transparent)]
    Network(#[from] xrd_ae::Error),
    /// Contour that cannot be computed.
    #[error(transparent)]
    Contour(#[from] xrd_interp::Error),
    /// Patterns that cannot be selected from the set of the study.
    #[error(transparent)]
    Patterns(#[from] xrd_core::Error),
    /// Labels that cannot be estimated.
    #[error(transparent)]
    Latent(#[from] xrd_latent::Error),
    /// File of the study that cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// Model file without the description of its network.
    #[error("{}: no description of a model", path.display())]
    NoModel {
        /// Path of the file.
        path: std::path::PathBuf,
    },
    /// Model file that is not a safetensors file, or that lacks a tensor.
    #[error("{}: {source}", path.display())]
    Tensors {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Error of the crate `safetensors`.
        source: safetensors::SafeTensorError,
    },
    /// Tensor of a model file that does not hold 32-bit floating-point numbers.
    #[error("{}: tensor '{tensor}' is {found} (expected F32)", path.display())]
    TensorKind {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Number type of the tensor.
        found: String,
    },
    /// Patterns of a study on another 2θ grid than the model.
    #[error("{}: patterns have {found} (expected {expected}, as the model)", path.display())]
    OtherGrid {
        /// Path of the file of patterns.
        path: std::path::PathBuf,
        /// Grid of the patterns.
        found: xrd_core::TwoThetaGrid,
        /// Grid of the model.
        expected: xrd_core::TwoThetaGrid,
    },
    /// Pattern of a study without a point in the file `latent.csv`.
    #[error("{}: no point '{name}' in latent.csv", path.display())]
    NoPoint {
        /// Path of the file of patterns.
        path: std::path::PathBuf,
        /// Name of the pattern.
        name: String,
    },
    /// Data of a page that cannot be written as JSON.
    #[error("cannot write JSON: {0}")]
    ToJson(#[from] serde_json::Error),
    /// Data of a page that cannot be compressed.
    #[error("cannot compress: {0}")]
    Compress(#[from] std::io::Error),
    /// No font is installed, so that text cannot be drawn.
    #[cfg(feature = "png")]
    #[error("this machine has no font (expected at least one); SVG figures need none")]
    NoFont,
    /// Text that is not an SVG file.
    #[cfg(feature = "png")]
    #[error("not an SVG file: {0}")]
    NotSvg(#[source] resvg::usvg::Error),
    /// Figure with too many pixels, or with a width or height of zero pixels.
    #[cfg(feature = "png")]
    #[error(
        "a figure of {width} × {height} pixels at 96 per inch (expected at least one, and at most \
         {most} at 600 per inch)"
    )]
    Size {
        /// Width of the figure in pixels, at 96 pixels per inch.
        width: f32,
        /// Height of the figure in pixels, at 96 pixels per inch.
        height: f32,
        /// Largest allowed number of pixels of a figure, at 600 pixels per inch.
        most: u32,
    },
    /// Pixels that cannot be written as a PNG file.
    #[cfg(feature = "png")]
    #[error("cannot write the pixels as PNG: {0}")]
    Encode(#[source] std::io::Error),
}

/// Result with the [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;
