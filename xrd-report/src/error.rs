//! Errors of figures and pages.

/// Error of a function that draws a figure or makes the page of a study.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `xrd-study` returned an error, for example because a file of the study is invalid or an
    /// output file cannot be written.
    #[error(transparent)]
    Study(#[from] xrd_study::Error),
    /// The network cannot reconstruct a pattern.
    #[error(transparent)]
    Network(#[from] xrd_ae::Error),
    /// A contour cannot be computed.
    #[error(transparent)]
    Contour(#[from] xrd_interp::Error),
    /// Some patterns cannot be selected from the set of the study.
    #[error(transparent)]
    Patterns(#[from] xrd_core::Error),
    /// The labels cannot be estimated.
    #[error(transparent)]
    Latent(#[from] xrd_latent::Error),
    /// A file of the study cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// A model file does not contain the description of its network.
    #[error("{}: no description of a model", path.display())]
    NoModel {
        /// Path of the file.
        path: std::path::PathBuf,
    },
    /// A model file is not a safetensors file, or a tensor is missing in the file.
    #[error("{}: {source}", path.display())]
    Tensors {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Error of the crate `safetensors`.
        source: safetensors::SafeTensorError,
    },
    /// The numbers of a tensor in a model file are not 32-bit floating-point numbers.
    #[error("{}: tensor '{tensor}' is {found} (expected F32)", path.display())]
    TensorKind {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Number type of the tensor.
        found: String,
    },
    /// The patterns of a study and the model have different 2θ grids.
    #[error("{}: patterns have {found} (expected {expected}, as the model)", path.display())]
    OtherGrid {
        /// Path of the file of patterns.
        path: std::path::PathBuf,
        /// Grid of the patterns.
        found: xrd_core::TwoThetaGrid,
        /// Grid of the model.
        expected: xrd_core::TwoThetaGrid,
    },
    /// The file `latent.csv` of a study has no point for one of the patterns.
    #[error("{}: no point '{name}' in latent.csv", path.display())]
    NoPoint {
        /// Path of the file of patterns.
        path: std::path::PathBuf,
        /// Name of the pattern without a point.
        name: String,
    },
    /// The data of a page cannot be written as JSON.
    #[error("cannot write JSON: {0}")]
    ToJson(#[from] serde_json::Error),
    /// The data of a page cannot be compressed.
    #[error("cannot compress: {0}")]
    Compress(#[from] std::io::Error),
    /// No font is installed, so text cannot be drawn.
    #[cfg(feature = "png")]
    #[error("this machine has no font (expected at least one); SVG figures need none")]
    NoFont,
    /// The text is not an SVG file.
    #[cfg(feature = "png")]
    #[error("not an SVG file: {0}")]
    NotSvg(#[source] resvg::usvg::Error),
    /// The figure has too many pixels, or its width or height is zero pixels.
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
    /// The pixels cannot be written as a PNG file.
    #[cfg(feature = "png")]
    #[error("cannot write the pixels as PNG: {0}")]
    Encode(#[source] std::io::Error),
}

/// Result with the [`enum@Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;
