#![doc = include_str!("../README.md")]

mod error;
mod estimate;
mod hull;
#[cfg(test)]
mod laws;
mod nearby;
mod plane;
mod score;
mod search;
mod sites;
mod triangle;

pub use error::{Error, Result};
pub use estimate::{Basis, Estimate, EstimateOptions, FallbackReason, TriangleRule};
pub use hull::convex_hull;
pub use plane::LabelledPlane;
pub use score::{LabelScore, Summary, delta, mean_absolute_error, r_squared};
