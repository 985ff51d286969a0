//! Other maps for comparison with a latent plane, and scores of maps.
//!
//! A map assigns a point with a few coordinates to each pattern or other item. This module contains
//! maps that are common for diffraction patterns, and scores of maps:
//!
//! - Principal components: [`PrincipalComponents`].
//! - Multidimensional scaling of [`Distances`]: [`metric_scaling`] and [`classical_scaling`]. The
//!   program PolySNAP uses such maps.
//! - Scores that compare the distances on a map with the distances between the patterns:
//!   [`trustworthiness`] and [`continuity`].
//! - Scores that need one group index per item: [`silhouette`] and [`adjusted_rand_index`].
//! - Groups by k-means clustering: [`clusters`](fn@clusters).
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
