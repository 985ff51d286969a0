//! Scores of groups of points or other items.

use std::collections::BTreeMap;

use super::distances::Distances;
use crate::error::{Error, Result, same_length};

/// Silhouette score of groups: a measure of how well the groups are separated, from −1 to 1.
///
/// The argument `groups` contains one group index per item. For each item, the function computes
/// two mean distances:
/// - a is the mean distance from the item to the other items of its own group.
/// - b is the mean distance from the item to the items of the nearest other group. The nearest
///   other group is the group with the smallest mean distance.
///
/// The score is the mean of (b − a) / max(a, b) over all items. An item that is alone in its group
/// contributes 0. The result is `None` if there is only one group, or if every item is alone in its
/// group.
///
/// Cost: O(n²) for n items.
///
/// # Errors
/// [`Error::Length`] if there is not exactly one group index per item.
///
/// # Example
/// ```
/// let points = [0.0, 1.0, 10.0, 11.0].map(|x| vec![x]);
/// let distances = xrd_latent::maps::Distances::of_points(&points)?;
/// let apart = xrd_latent::maps::silhouette(&distances, &[7, 7, 3, 3])?;
/// assert!((apart.unwrap_or_default() - 0.8997).abs() < 1e-4);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
///
/// # References
/// P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster
/// analysis", J. Comput. Appl. Math. 20, 53 (1987).
pub fn silhouette(distances: &Distances, groups: &[usize]) -> Result<Option<f64>> {
    let n = distances.len();
    same_length("groups", groups.len(), n)?;
    let (groups, sizes) = numbered(groups);
    if !(2..n).contains(&sizes.len()) {
        return Ok(None);
    }
    let of = |i: usize| {
        let mut sums = vec![0.0; sizes.len()];
        for (group, distance) in groups.iter().zip(distances.row(i)) {
            sums[*group] += distance;
        }
        let own = sizes[groups[i]];
        if own == 1 {
            return 0.0;
        }
        let inside = sums[groups[i]] / (own - 1) as f64;
        let others = sums.iter().zip(&sizes).enumerate();
        let nearest = others
            .filter(|(group, _)| *group != groups[i])
            .map(|(_, (sum, size))| sum / *size as f64)
            .fold(f64::INFINITY, f64::min);
        match inside.max(nearest) {
            0.0 => 0.0,
            most => (nearest - inside) / most,
        }
    };
    Ok(Some((0..n).map(of).sum::<f64>() / n as f64))
}

/// Groups numbered from 0 in the order of their indices, and their sizes.
fn numbered(groups: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for group in groups {
        *sizes.entry(*group).or_default() += 1;
    }
    let names: Vec<usize> = sizes.keys().copied().collect();
    let number = |group: &usize| names.binary_search(group).unwrap_or(0);
    (
        groups.iter().map(number).collect(),
        sizes.into_values().collect(),
    )
}

/// Adjusted Rand index: agreement of two groupings of the same items, corrected for chance.
///
/// The arguments `a` and `b` are the two groupings. Each contains one group index per item. The
/// function counts the pairs of items that are in the same group in both groupings. The function
/// compares this count with the count that is expected for random groups of the same sizes.
///
/// The result is 1 if both groupings consist of the same groups, even if the indices of the groups
/// differ. The result is about 0 for random groups, and negative if the agreement is worse than
/// for random groups.
///
/// Cost: O(n log n) for n items.
///
/// # Errors
/// - [`Error::Length`] if the two lists have different lengths.
/// - [`Error::Empty`] if the lists are empty.
///
/// # Example
/// ```
/// assert_eq!(xrd_latent::maps::adjusted_rand_index(&[0, 0, 1, 1], &[5, 5, 2, 2])?, 1.0);
/// let crossed = xrd_latent::maps::adjusted_rand_index(&[0, 0, 1, 1], &[0, 1, 0, 1])?;
/// assert!((crossed + 0.5).abs() < 1e-12);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
///
/// # References
/// L. Hubert, P. Arabie, "Comparing partitions", J. Classification 2, 193 (1985), Eq. (5).
pub fn adjusted_rand_index(a: &[usize], b: &[usize]) -> Result<f64> {
    same_length("groups", b.len(), a.len())?;
    if a.is_empty() {
        return Err(Error::Empty { what: "groups" });
    }
    let pairs: Vec<(usize, usize)> = a.iter().copied().zip(b.iter().copied()).collect();
    let (both, of_a, of_b) = (pairs_within(&pairs), pairs_within(a), pairs_within(b));
    let all = choose_two(a.len());
    let expected = of_a * of_b / all.max(1.0);
    let most = (of_a + of_b) / 2.0;
    Ok(match most - expected {
        0.0 => 1.0,
        room => (both - expected) / room,
    })
}

/// Purity of groups: fraction of the items that belong to the most frequent class of their group.
///
/// The argument `groups` contains one group index per item, and the argument `classes` one class
/// index per item. The result is above 0 and at most 1. It is 1 if each group contains one class
/// only, also if a class is divided among several groups: groups of one item each always have the
/// purity 1. With a single group it is the fraction of the largest class.
///
/// Cost: O(n log n) for n items.
///
/// # Errors
/// - [`Error::Length`] if the two lists have different lengths.
/// - [`Error::Empty`] if the lists are empty.
///
/// # Example
/// ```
/// assert_eq!(xrd_latent::maps::purity(&[0, 0, 0, 1], &[5, 5, 2, 2])?, 0.75);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
///
/// # References
/// C. D. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval" (2008), Eq. (182).
pub fn purity(groups: &[usize], classes: &[usize]) -> Result<f64> {
    same_length("classes", classes.len(), groups.len())?;
    if groups.is_empty() {
        return Err(Error::Empty { what: "groups" });
    }
    let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for pair in groups.iter().copied().zip(classes.iter().copied()) {
        *counts.entry(pair).or_default() += 1;
    }
    let mut most: BTreeMap<usize, usize> = BTreeMap::new();
    for ((group, _), count) in counts {
        let largest = most.entry(group).or_default();
        *largest = count.max(*largest);
    }
    Ok(most.into_values().sum::<usize>() as f64 / groups.len() as f64)
}

/// Number of pairs of equal keys.
fn pairs_within<K: Ord + Copy>(keys: &[K]) -> f64 {
    let mut counts: BTreeMap<K, usize> = BTreeMap::new();
    for key in keys {
        *counts.entry(*key).or_default() += 1;
    }
    counts.into_values().map(choose_two).sum()
}

fn choose_two(n: usize) -> f64 {
    n as f64 * (n as f64 - 1.0) / 2.0
}
