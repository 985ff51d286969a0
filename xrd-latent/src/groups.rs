//! Groups of items such as patterns: a tree, the number of groups, their members, and the items
//! between two groups.
//!
//! The method uses distances between items only, so that it works for patterns, for points of a
//! latent space and for any other distances:
//!
//! 1. [`ward`](ward()) merges the items step by step. The result is a [`Dendrogram`].
//! 2. The tree is cut into k groups, for k from 2 to a limit. Then every item moves to the group
//!    with the nearest mean, until no item moves (k-means, started from the tree).
//! 3. The number of groups is the k with the highest silhouette, among those whose silhouette and
//!    stability reach a limit. If there are none, all items are one group.
//!
//! The stability of k groups is the mean adjusted Rand index between them and the groups that are
//! found in parts of the items. The caller chooses the parts, because this crate contains no random
//! numbers.
//!
//! [`Groups::of_distances`] is the whole method. [`Groups::of_points`] does the same for points, of
//! which it groups a sample if there are many. [`GroupMeans`] assigns new points to known groups.
//!
//! # Example
//! ```
//! use xrd_latent::groups::{GroupSettings, Groups};
//!
//! // Two groups, and an item between them.
//! let points: Vec<Vec<f64>> = [0.0, 1.0, 2.0, 9.0, 10.0, 11.0, 4.0].map(|x| vec![x]).to_vec();
//! let groups = Groups::of_points(&points, &GroupSettings::default(), &[])?;
//! assert_eq!(groups.number(), 2);
//! let last = groups.members[6];
//! assert!(last.position > 0.2 && last.is_between(0.12));
//! # Ok::<(), xrd_latent::Error>(())
//! ```
//!
//! # References
//! J. H. Ward, "Hierarchical grouping to optimize an objective function", J. Am. Stat. Assoc. 58, 236
//! (1963); P. J. Rousseeuw, J. Comput. Appl. Math. 20, 53 (1987) for the silhouette; U. von Luxburg,
//! "Clustering stability: an overview", Found. Trends Mach. Learn. 2, 235 (2010).

mod dendrogram;
mod find;
mod means;
mod member;
mod relocation;
mod sampled;
mod settings;
mod stability;
mod ward;

pub use dendrogram::{Dendrogram, Merge};
pub use find::{Groups, NumberTried};
pub use means::GroupMeans;
pub use member::Member;
pub use sampled::{MOST_GROUPED, grouped_rows};
pub use settings::GroupSettings;
pub use ward::ward;
