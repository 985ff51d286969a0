#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod contour;
mod distance;
mod error;
mod fit;
mod generate;
mod join;
mod polyline;
mod positions;
#[cfg(feature = "serde")]
mod serial;
mod strained;

pub use contour::contour;
pub use distance::{cosine, pearson, r_weighted_profile, relative_difference};
pub use error::{Error, Result};
pub use fit::{Fit, best_fit};
pub use generate::{generate, mean_pattern};
pub use polyline::{Polyline, nearest_point_on, points_along};
pub use positions::peak_position_error;
pub use strained::{strain_between, strained_blend, strained_mixture};
pub use xrd_core;
