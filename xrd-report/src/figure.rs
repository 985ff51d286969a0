//! Figures of a study as SVG, one journal column (85 mm) wide.
//!
//! Each figure is a function from plain data to the text of one SVG file. The same data gives the same
//! bytes. Values that are not finite are skipped, and missing data leaves an empty panel. Lengths are in
//! typographic points; a figure is [`svg::WIDTH`] points wide.

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
mod samples;
mod scores;
mod sensitivity;
mod series;
mod svg;
mod text;
mod waterfall;

#[cfg(test)]
mod check;

pub use comparison::{Generated, generated, reproduction};
pub use feature_space::feature_space;
pub use loss_curves::loss_curves;
pub use maps::{MapPanel, maps};
pub use painted_map::{Painted, painted_map};
pub use path::{Step, path};
pub(crate) use png::base64;
pub use relevance::relevance;
pub use samples::Samples;
pub use scores::{Scatter, Scored, scores};
pub use sensitivity::{Arrow, sensitivity};
pub use series::{places, series, series_path};
pub(crate) use waterfall::MOST_ROWS;
pub use waterfall::{Waterfall, waterfall};
