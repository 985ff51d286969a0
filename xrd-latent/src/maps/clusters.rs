use crate::error::{Error, Result, check_coordinates, same_length};
use crate::neighbours::distance;

/// Groups points into k clusters (k-means) with Lloyd's algorithm.
///
/// The result contains one cluster index per point, from 0 to k − 1. Some clusters can be empty,
/// for example if there are fewer than k distinct points.
///
/// The algorithm uses no random numbers. The first initial centre is the point farthest from the
/// mean of all points. Each further initial centre is the point with the largest distance to the
/// nearest of the centres chosen so far.
///
/// Cost: O(n·k·d) per iteration for n points in d dimensions. There are at most 100 iterations.
///
/// # Errors
/// - [`Error::Empty`] if there are no points or k is 0.
/// - [`Error::Length`] if the points have different numbers of coordinates.
/// - [`Error::Value`] for a coordinate that is not finite or has an absolute value above 1e100.
///
/// # Example
/// ```
/// let points = [vec![0.0], vec![9.0], vec![0.1], vec![9.2]];
/// let clusters = xrd_latent::maps::clusters(&points, 2)?;
/// assert_eq!((clusters[0], clusters[1]), (clusters[2], clusters[3]));
/// assert_ne!(clusters[0], clusters[1]);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
///
/// # References
/// S. P. Lloyd, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28, 129 (1982). The
/// choice of the initial centres is from T. F. Gonzalez, "Clustering to minimize the maximum
/// intercluster distance", Theor. Comput. Sci. 38, 293 (1985).
pub fn clusters(points: &[Vec<f64>], k: usize) -> Result<Vec<usize>> {
    let Some(first) = points.first() else {
        return Err(Error::Empty { what: "points" });
    };
    if k == 0 {
        return Err(Error::Empty { what: "clusters" });
    }
    for point in points {
        same_length("coordinates", point.len(), first.len())?;
        check_coordinates(point)?;
    }
    let points: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
    Ok(k_means(&points, &vec![1.0; points.len()], k).1)
}

/// Centres of k weighted clusters, and the cluster of each point.
pub(crate) fn k_means(points: &[&[f64]], weights: &[f64], k: usize) -> (Vec<Vec<f64>>, Vec<usize>) {
    let mut centres = first_centres(points, weights, k);
    let mut cluster: Vec<usize> = points.iter().map(|p| nearest(&centres, p)).collect();
    for _ in 0..100 {
        for (c, centre) in centres.iter_mut().enumerate() {
            let own = |&i: &usize| cluster[i] == c;
            let members: Vec<usize> = (0..points.len()).filter(own).collect();
            // A centre without points stays where it is.
            if !members.is_empty() {
                *centre = mean(points, weights, &members);
            }
        }
        let next: Vec<usize> = points.iter().map(|p| nearest(&centres, p)).collect();
        if next == cluster {
            break;
        }
        cluster = next;
    }
    (centres, cluster)
}

fn first_centres(points: &[&[f64]], weights: &[f64], k: usize) -> Vec<Vec<f64>> {
    let all: Vec<usize> = (0..points.len()).collect();
    let middle = mean(points, weights, &all);
    let mut away: Vec<f64> = points.iter().map(|p| distance(p, &middle)).collect();
    let mut centres: Vec<Vec<f64>> = Vec::new();
    while centres.len() < k {
        let Some(farthest) = (0..points.len()).max_by(|&i, &j| {
            // Among points equally far away, the first is taken.
            away[i].total_cmp(&away[j]).then(j.cmp(&i))
        }) else {
            break;
        };
        let centre = points[farthest];
        for (away, point) in away.iter_mut().zip(points) {
            let d = distance(point, centre);
            *away = if centres.is_empty() { d } else { away.min(d) };
        }
        centres.push(centre.to_vec());
    }
    centres
}

/// Index of the centre nearest to `p`.
pub(crate) fn nearest(centres: &[Vec<f64>], p: &[f64]) -> usize {
    let distances = centres.iter().map(|c| distance(c, p)).enumerate();
    let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1));
    nearest.map_or(0, |(i, _)| i)
}

fn mean(points: &[&[f64]], weights: &[f64], members: &[usize]) -> Vec<f64> {
    let total: f64 = members.iter().map(|&i| weights[i]).sum();
    let along = |axis: usize| {
        let sum = members
            .iter()
            .map(|&i| weights[i] / total * points[i][axis]);
        sum.sum::<f64>()
    };
    (0..points.first().map_or(0, |p| p.len()))
        .map(along)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn impossible_clusters_are_refused() {
        let error = |points: &[Vec<f64>], k| clusters(points, k).unwrap_err();
        assert_eq!(error(&[], 2), Error::Empty { what: "points" });
        assert_eq!(error(&[vec![1.0]], 0), Error::Empty { what: "clusters" });
        let uneven = error(&[vec![1.0, 2.0], vec![1.0]], 2);
        assert!(matches!(uneven, Error::Length { found: 1, .. }));
        assert!(matches!(error(&[vec![f64::NAN]], 1), Error::Value { .. }));
    }

    #[test]
    fn centres_begin_farthest_from_the_mean_and_from_each_other() {
        let rows = [[0.0], [1.0], [10.0], [3.0]];
        let points: Vec<&[f64]> = rows.iter().map(|r| &r[..]).collect();
        let centres = |weights: [f64; 4], k| first_centres(&points, &weights, k).concat();
        assert_eq!(centres([1.0; 4], 3), [10.0, 0.0, 3.0]);
        // Among points equally far away, the first is taken.
        assert_eq!(centres([1.0, 0.0, 1.0, 0.0], 2), [0.0, 10.0]);
    }

    #[test]
    fn a_place_counts_by_its_points() {
        let rows = [[0.0], [3.0], [9.0]];
        let points: Vec<&[f64]> = rows.iter().map(|r| &r[..]).collect();
        assert_eq!(mean(&points, &[1.0, 2.0, 5.0], &[0, 1]), [2.0]);
        assert_eq!(k_means(&points, &[1.0, 2.0, 5.0], 2).0, [[2.0], [9.0]]);
    }

    proptest! {
        /// At the end of Lloyd's algorithm every point is in the cluster whose mean is nearest.
        #[test]
        fn clusters_are_their_own_nearest_means(
            points in prop::collection::vec(prop::collection::vec(-9.0..9.0f64, 2), 1..30),
            k in 1..6usize,
        ) {
            let found = clusters(&points, k).unwrap();
            prop_assert_eq!(found.len(), points.len());
            let means: Vec<Option<Vec<f64>>> = (0..k).map(|c| {
                let own: Vec<_> = (0..points.len()).filter(|&i| found[i] == c).collect();
                let sum = |axis: usize| own.iter().map(|&i| points[i][axis]).sum::<f64>();
                (!own.is_empty()).then(|| (0..2).map(|a| sum(a) / own.len() as f64).collect())
            }).collect();
            for (point, &c) in points.iter().zip(&found) {
                let own = distance(point, means[c].as_ref().unwrap());
                for other in means.iter().flatten() {
                    prop_assert!(own <= distance(point, other) + 1e-9);
                }
            }
        }
    }
}
