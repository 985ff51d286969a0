#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod agreement;
mod cell;
mod clusters;
mod conformal;
mod delaunay;
mod distances;
mod eigen;
mod error;
mod estimate;
mod estimator;
mod faithful;
mod hull;
mod natural;
mod nearby;
mod nearest_triangle;
mod neighbours;
mod places;
mod plane;
mod principal;
mod scaling;
mod score;
mod search;
mod space;
mod triangle;

pub use agreement::{adjusted_rand_index, silhouette};
pub use clusters::{ClusterMean, clusters};
pub use conformal::conformal_radius;
pub use delaunay::DelaunayTriangle;
pub use distances::Distances;
pub use error::{Error, Result};
pub use estimate::{Basis, Estimate, FallbackReason};
pub use estimator::{Choice, Estimator};
pub use faithful::{continuity, trustworthiness};
pub use hull::convex_hull;
pub use natural::NaturalNeighbours;
pub use nearest_triangle::{NearestTriangle, TriangleRule};
pub use neighbours::{InverseDistance, NearestNeighbours};
pub use places::Place;
pub use plane::LabelledPlane;
pub use principal::PrincipalComponents;
pub use scaling::{Scaled, classical_scaling, metric_scaling};
pub use score::{LabelScore, Summary, delta, mean_absolute_error, r_squared};
pub use space::LabelledSpace;
