//! Maps of patterns for comparison with a latent plane, and scores of maps.
//!
//! In this module, a map is a list of points with a few coordinates. A map has one point per item,
//! for example one point per pattern. The points of an encoder in the latent plane are a map, too.
//! The module contains:
//!
//! - Principal component analysis: [`PrincipalComponents`].
//! - Multidimensional scaling: [`metric_scaling`] and [`classical_scaling`] compute a map from
//!   [`Distances`] between items. The program PolySNAP uses multidimensional scaling.
//! - Scores that compare the neighbours on a map with the neighbours in the original data:
//!   [`trustworthiness`] and [`continuity`].
//! - Scores of groups of items: [`silhouette`] measures how well the groups are separated.
//!   [`adjusted_rand_index`] measures the agreement of two groupings, and [`purity`] that of groups
//!   with known classes.
//! - k-means clustering, which finds groups of points: [`clusters`](fn@clusters).
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
mod leading;
mod principal;
mod scaling;

pub use agreement::{adjusted_rand_index, purity, silhouette};
pub use clusters::clusters;
pub(crate) use clusters::{k_means, nearest};
pub use distances::Distances;
pub use faithful::{continuity, trustworthiness};
pub use principal::PrincipalComponents;
pub use scaling::{Scaled, classical_scaling, metric_scaling};
