#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod cell;
mod cluster_mean;
mod conformal;
mod curve;
mod delaunay;
mod error;
mod estimate;
mod estimator;
pub mod groups;
mod hull;
pub mod maps;
mod measures;
mod natural;
mod nearby;
mod nearest_triangle;
mod neighbours;
mod places;
mod plane;
mod score;
mod search;
mod space;
mod tree;
mod triangle;
mod wide;

pub use cluster_mean::ClusterMean;
pub use conformal::conformal_radius;
pub use curve::AlongCurve;
pub use delaunay::DelaunayTriangle;
pub use error::{Error, Result};
pub use estimate::{Basis, Estimate, FallbackReason};
pub use estimator::{Choice, Estimator};
pub use hull::convex_hull;
pub use natural::NaturalNeighbours;
pub use nearest_triangle::{NearestTriangle, TriangleRule};
pub use neighbours::{InverseDistance, NearestNeighbours};
pub use places::{Place, Places};
pub use plane::LabelledPlane;
pub use score::{LabelScore, Summary, delta, mean_absolute_error, r_squared};
pub use space::LabelledSpace;
pub use xrd_core;
