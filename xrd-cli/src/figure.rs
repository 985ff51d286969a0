//! The figures of a study as SVG, drawn for one journal column (85 mm).
//!
//! Each figure is a function of plain data to the text of one SVG file; the same data gives the
//! same bytes. Values that are not finite are left out, and missing data leaves an empty panel.
//! Lengths are typographic points: the page is [`svg::WIDTH`] of them wide.

mod axis;
mod comparison;
mod curve;
mod feature_space;
mod legend;
mod loss_curves;
mod maps;
mod marker;
mod painted_map;
mod palette;
mod panel;
mod path;
mod pattern;
mod plane;
mod png;
mod relevance;
mod render;
mod samples;
mod scores;
mod sensitivity;
mod svg;
mod text;

#[cfg(test)]
mod check;

pub(crate) use comparison::{Generated, generated, reproduction};
pub(crate) use feature_space::feature_space;
pub(crate) use loss_curves::loss_curves;
pub(crate) use maps::maps;
pub(crate) use painted_map::{Painted, painted_map};
pub(crate) use path::{Step, path};
pub(crate) use png::base64;
pub(crate) use relevance::relevance;
pub(crate) use render::{Pictures, Renderer};
pub(crate) use samples::Samples;
pub(crate) use scores::{Scatter, Scored, scores};
pub(crate) use sensitivity::{Arrow, Cause, sensitivity};
