//! Scores that compare the neighbours on a map with the neighbours in the original data.

use super::distances::Distances;
use crate::error::{Error, Result, same_length};

/// Trustworthiness of a map: a measure of how many neighbours on the map are also neighbours in the
/// original data.
///
/// The argument `truth` contains the distances between the original items, such as patterns. The
/// argument `map` contains the distances between the points of the same items on the map. The
/// neighbours of an item are the k items nearest to it. For n items, the trustworthiness is
///
/// `1 − 2 / (n·k·(2n − 3k − 1)) · Σ_i Σ_j (r(i, j) − k)`
///
/// The first sum is over all items i. The second sum is over the items j that are neighbours of i
/// on the map but not in the original data. The rank r(i, j) describes how near j is to i in the
/// original data: the item nearest to i has rank 1, the next item has rank 2, and so on. If two
/// items are at equal distance from i, the item with the smaller index comes first.
///
/// The result is 1 if all neighbours on the map are also neighbours in the original data. The
/// result is about 0.5 for a random map.
///
/// Cost: O(n² log n).
///
/// # Errors
/// - [`Error::Length`] if `truth` and `map` have different numbers of items.
/// - [`Error::Neighbours`] if k is 0.
/// - [`Error::TooMany`] if k is not smaller than n / 2.
///
/// # Example
/// ```
/// use xrd_latent::maps::{Distances, continuity, trustworthiness};
///
/// let line = |places: [f64; 5]| Distances::of_points(&places.map(|x| vec![x]));
/// let (truth, map) = (line([0.0, 1.0, 2.1, 3.3, 9.0])?, line([0.0, 10.0, 21.0, 33.0, 90.0])?);
/// assert_eq!(trustworthiness(&truth, &map, 2)?, 1.0);
/// let torn = line([0.0, 1.0, 2.1, -3.3, 9.0])?;
/// assert!(continuity(&truth, &torn, 2)? < 1.0);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
///
/// # References
/// J. Venna, S. Kaski, "Neighborhood preservation in nonlinear projection methods: an experimental
/// study", ICANN 2001, LNCS 2130, 485.
pub fn trustworthiness(truth: &Distances, map: &Distances, k: usize) -> Result<f64> {
    let n = truth.len();
    same_length("items on the map", map.len(), n)?;
    if k == 0 {
        return Err(Error::Neighbours { found: 0, least: 1 });
    }
    if 2 * k >= n {
        return Err(Error::TooMany {
            what: "neighbours",
            found: k,
            most: n.saturating_sub(1) / 2,
        });
    }
    let mut penalty = 0;
    for i in 0..n {
        let mut rank = vec![0; n];
        for (place, &j) in by_distance(truth, i).iter().enumerate() {
            rank[j] = place + 1;
        }
        let near = &by_distance(map, i)[..k];
        penalty += near
            .iter()
            .map(|&j| rank[j].saturating_sub(k))
            .sum::<usize>();
    }
    Ok(1.0 - 2.0 * penalty as f64 / (n * k * (2 * n - 3 * k - 1)) as f64)
}

/// Continuity of a map: a measure of how many neighbours in the original data are also neighbours
/// on the map.
///
/// The neighbours of an item are the k items nearest to it. The continuity equals the
/// [`trustworthiness`] with the arguments `truth` and `map` exchanged.
///
/// # Errors
/// Returns the same errors as [`trustworthiness`].
pub fn continuity(truth: &Distances, map: &Distances, k: usize) -> Result<f64> {
    trustworthiness(map, truth, k)
}

/// Indices of all items except item i, from the nearest to the farthest.
fn by_distance(distances: &Distances, i: usize) -> Vec<usize> {
    let row = distances.row(i);
    let mut order: Vec<usize> = (0..row.len()).filter(|&j| j != i).collect();
    order.sort_by(|&a, &b| row[a].total_cmp(&row[b]));
    order
}
