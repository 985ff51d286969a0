//! Labels of k-means clusters, which the paper tried and rejected.

use crate::error::{Error, Result, check_coordinates, same_length};
use crate::estimator::{Choice, Estimator};
use crate::neighbours::distance;
use crate::places::Place;

/// The mean labels of the k-means cluster whose centre is nearest. In any number of dimensions.
///
/// A comparison: the paper calls it simpler, and rejects it because every point of a cluster gets
/// the same labels. Centres begin at the place farthest from the mean and at the places farthest
/// from those chosen before, and move to the means of their clusters until nothing changes, or a
/// hundred times, so that there is no chance in it. Outside is where the nearest place is farther
/// than the extent of its cluster.
///
/// Cost: O(n·k·d) for n places a round, anew for each estimate.
///
/// # References
/// S. P. Lloyd, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28, 129 (1982);
/// T. F. Gonzalez, "Clustering to minimize the maximum intercluster distance", Theor. Comput. Sci.
/// 38, 293 (1985), for the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClusterMean {
    /// k; the square root of the number of places, rounded up, where there is none.
    pub clusters: Option<usize>,
}

impl Estimator for ClusterMean {
    fn name(&self) -> &'static str {
        "k-means clusters"
    }

    fn check(&self, _dimensions: usize) -> Result<()> {
        match self.clusters {
            Some(0) => Err(Error::Empty { what: "clusters" }),
            _ => Ok(()),
        }
    }

    fn choose(&self, places: &[Place], p: &[f64]) -> Choice {
        let by_root = (places.len() as f64).sqrt().ceil() as usize;
        let k = self.clusters.unwrap_or(by_root).min(places.len());
        let points: Vec<&[f64]> = places.iter().map(Place::coordinates).collect();
        let (centres, cluster) = k_means(&points, &points_at(places), k);
        let own = nearest(&centres, p);
        let members: Vec<usize> = (0..places.len()).filter(|&i| cluster[i] == own).collect();
        let weight = |&i: &usize| (i, places[i].members.len() as f64);
        let radius = |&i: &usize| distance(points[i], &centres[own]);
        let extent = members.iter().map(radius).fold(0.0, f64::max);
        let away = members.iter().map(|&i| distance(points[i], p));
        Choice::Weighted {
            inside: away.fold(f64::INFINITY, f64::min) <= 2.0 * extent,
            shares: members.iter().map(weight).collect(),
        }
    }
}

/// The k-means cluster of each point, from 0 to below k, as [`ClusterMean`] finds them.
///
/// There may be fewer clusters than asked for where points coincide.
///
/// Cost: O(n·k·d) a round for n points in d dimensions, at most a hundred rounds.
///
/// # Errors
/// [`Error::Empty`] without points or clusters; [`Error::Length`] for points of different
/// dimensions; [`Error::Value`] for a coordinate not finite or beyond 1e100.
///
/// # Example
/// ```
/// let points = [vec![0.0], vec![9.0], vec![0.1], vec![9.2]];
/// let clusters = xrd_latent::clusters(&points, 2)?;
/// assert_eq!((clusters[0], clusters[1]), (clusters[2], clusters[3]));
/// assert_ne!(clusters[0], clusters[1]);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
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

/// How many known points lie at each place.
fn points_at(places: &[Place]) -> Vec<f64> {
    places.iter().map(|p| p.members.len() as f64).collect()
}

/// Centres, and the cluster of each point.
fn k_means(points: &[&[f64]], weights: &[f64], k: usize) -> (Vec<Vec<f64>>, Vec<usize>) {
    let mut centres = first_centres(points, weights, k);
    let mut cluster: Vec<usize> = points.iter().map(|p| nearest(&centres, p)).collect();
    for _ in 0..100 {
        for (c, centre) in centres.iter_mut().enumerate() {
            let own = |&i: &usize| cluster[i] == c;
            let members: Vec<usize> = (0..points.len()).filter(own).collect();
            // A centre that nothing is nearest to stays where it is.
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
            // Of equally far points the first.
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

fn nearest(centres: &[Vec<f64>], p: &[f64]) -> usize {
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
        let none = ClusterMean { clusters: Some(0) };
        assert_eq!(none.check(2), Err(Error::Empty { what: "clusters" }));
        let one = ClusterMean { clusters: Some(1) };
        assert!(one.check(2).is_ok() && ClusterMean::default().check(2).is_ok());
    }

    #[test]
    fn centres_begin_farthest_from_the_mean_and_from_each_other() {
        let rows = [[0.0], [1.0], [10.0], [3.0]];
        let points: Vec<&[f64]> = rows.iter().map(|r| &r[..]).collect();
        let centres = |weights: [f64; 4], k| first_centres(&points, &weights, k).concat();
        assert_eq!(centres([1.0; 4], 3), [10.0, 0.0, 3.0]);
        // Of equally far ones the first.
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
        /// Where Lloyd's rounds end, every point is in the cluster whose mean is nearest.
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
