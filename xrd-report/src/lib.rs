#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod figure;
mod files;
mod page;
#[cfg(feature = "png")]
mod render;
mod study;

// Crates whose types are part of the public interface.
#[cfg(feature = "png")]
pub use resvg;
pub use safetensors;
pub use serde_json;
pub use xrd_ae;
pub use xrd_core;
pub use xrd_interp;
pub use xrd_latent;
pub use xrd_study;

pub use error::{Error, Result};
pub use figure::{
    Arrow, Disturbed, FoundGroup, Generated, GroupPattern, MapPanel, Painted, Recognised,
    RecognisedStructure, ReferenceLines, Reproduced, Samples, Scatter, Scored, Step, Ternary,
    Waterfall, draw_symmetry, draw_symmetry_history, feature_space, found_groups, generated,
    group_patterns, loss_curves, maps, painted_map, path, places, predicted, recognised, relevance,
    reproduction, robustness, scores, sensitivity, series, series_path, ternary, waterfall,
};
pub use files::FigureFiles;
pub use page::{ANSWERS_FILE, ANSWERS_PAGE, PAGE_FILE, answers_page, page};
#[cfg(feature = "png")]
pub use render::Renderer;
pub use study::{draw_maps, draw_robustness, draw_scores, draw_study, samples_of};
