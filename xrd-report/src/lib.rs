#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "png")]
mod error;
mod figure;
#[cfg(feature = "png")]
mod render;

#[cfg(feature = "png")]
pub use error::{Error, Result};
pub use figure::{
    Arrow, Cause, Generated, MapPanel, Painted, Samples, Scatter, Scored, Step, base64,
    feature_space, generated, loss_curves, maps, painted_map, path, relevance, reproduction,
    scores, sensitivity,
};
#[cfg(feature = "png")]
pub use render::Renderer;
