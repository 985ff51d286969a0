//! Figures of a study as SVG, one journal column (85 mm) wide.
//!
//! Each figure is a function from plain data to the text of one SVG file. The same data gives the same
//! bytes. Values that are not finite are skipped, and missing data leaves an empty panel. Lengths are in
//! typographic points; a figure is [`svg::WIDTH`] points wide.

mod axis;
mod comparison;
mod curve;
mod feature_space;
mod found;
mod group_patterns;
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
mod predicted;
mod recognised;
mod reference;
mod relevance;
mod robustness;
mod samples;
mod scores;
mod sensitivity;
mod series;
mod svg;
mod symmetry;
mod ternary;
mod text;
mod waterfall;

#[cfg(test)]
mod check;

pub use comparison::{Generated, Reproduced, generated, reproduction};
pub use feature_space::feature_space;
pub use found::{FoundGroup, found_groups};
pub use group_patterns::{GroupPattern, group_patterns};
pub use loss_curves::loss_curves;
pub use maps::{MapPanel, maps};
pub use painted_map::{Painted, painted_map};
pub use path::{Step, path};
pub(crate) use png::base64;
pub use predicted::predicted;
pub use recognised::{Recognised, RecognisedStructure, recognised};
pub use reference::ReferenceLines;
pub use relevance::relevance;
pub use robustness::{Disturbed, robustness};
pub use samples::Samples;
pub use scores::{Scatter, Scored, scores};
pub use sensitivity::{Arrow, sensitivity};
pub use series::{places, series, series_path};
pub use symmetry::{draw_symmetry, draw_symmetry_history};
pub use ternary::{Ternary, ternary};
pub(crate) use waterfall::MOST_ROWS;
pub use waterfall::{Waterfall, waterfall};
