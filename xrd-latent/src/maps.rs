//! Maps to compare a latent plane with, and scores of maps.
//!
//! A map places each pattern (or any other item) at a point of few coordinates. This module has the
//! two maps that are common for diffraction patterns, and scores that need no label or one group
//! per item:
//!
//! - maps: [`PrincipalComponents`], and [`metric_scaling`] or [`classical_scaling`] of [`Distances`],
//!   such as those of PolySNAP;
//! - scores against the distances between the patterns: [`trustworthiness`], [`continuity`];
//! - scores of groups: [`silhouette`], [`adjusted_rand_index`], with k-means
//!   [`clusters`](fn@clusters).
//!
//! # Example
//! ```
//! use xrd_latent::maps::{Distances, PrincipalComponents, trustworthiness};
//! use xrd_core::{PatternSet, TwoThetaGrid};
//!
//! let grid = TwoThetaGrid::new(10.0, 0.1, 3)?;
//! let block = vec![0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 2.0, 1.0, 4.0, 4.0, 1.0, 9.0, 3.0, 1.0];
//! let patterns = PatternSet::unnamed(grid, block)?;
//! let map = PrincipalComponents::of_patterns(&patterns, 2)?.points(2);
//! let score = trustworthiness(&Distances::of_patterns(&patterns)?, &Distances::of_points(&map)?, 1)?;
//! assert_eq!(score, 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod agreement;
mod clusters;
mod distances;
mod eigen;
mod faithful;
mod principal;
mod scaling;

pub use agreement::{adjusted_rand_index, silhouette};
pub use clusters::clusters;
pub(crate) use clusters::{k_means, nearest};
pub use distances::Distances;
pub use faithful::{continuity, trustworthiness};
pub use principal::PrincipalComponents;
pub use scaling::{Scaled, classical_scaling, metric_scaling};
