use crate::error::{Error, Result};
use crate::estimator::{Choice, Estimator};
use crate::maps::{k_means, nearest};
use crate::neighbours::distance;
use crate::places::{Place, Places};

/// Estimator that takes the mean labels of a k-means cluster of known points: the cluster whose
/// centre is nearest to a point P.
///
/// This estimator works in any number of dimensions. The estimator serves for comparison only.
/// Utimula et al. (2022) discuss this simple method and reject it, because every point of a cluster
/// gets the same labels. The clusters are computed with the algorithm of the function
/// [`clusters`](fn@crate::maps::clusters). All known points of the cluster have the same weight in
/// the mean of the labels.
///
/// The radius of a cluster is the distance from its centre to its farthest known point. P lies
/// inside if its distance to the nearest known point of the cluster is at most twice the radius.
/// Otherwise the estimate is a fallback; see [`Estimate::is_inside`](crate::Estimate::is_inside).
///
/// Cost: O(n·k·d) per iteration for n known points in d dimensions. The clusters are computed again
/// for each estimate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterMean {
    /// Number k of clusters, at least 1. `None` means the square root of the number of distinct
    /// known points, rounded up.
    pub clusters: Option<usize>,
}

impl ClusterMean {
    /// Sets the number k of clusters, at least 1. `None` means the square root of the number of
    /// distinct known points, rounded up.
    #[must_use]
    pub fn with_clusters(mut self, clusters: Option<usize>) -> Self {
        self.clusters = clusters;
        self
    }
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

    fn choose(&self, places: &Places<'_>, p: &[f64]) -> Choice {
        let by_root = (places.len() as f64).sqrt().ceil() as usize;
        let k = self.clusters.unwrap_or(by_root).min(places.len());
        let (sites, places): (Vec<usize>, Vec<&Place>) = places.iter().unzip();
        let points: Vec<&[f64]> = places.iter().map(|place| place.coordinates()).collect();
        let (centres, cluster) = k_means(&points, &points_at(&places), k);
        let own = nearest(&centres, p);
        let members: Vec<usize> = (0..places.len()).filter(|&i| cluster[i] == own).collect();
        let weight = |&i: &usize| (sites[i], places[i].members.len() as f64);
        let radius = |&i: &usize| distance(points[i], &centres[own]);
        let extent = members.iter().map(radius).fold(0.0, f64::max);
        let away = members.iter().map(|&i| distance(points[i], p));
        Choice::Weighted {
            inside: away.fold(f64::INFINITY, f64::min) <= 2.0 * extent,
            shares: members.iter().map(weight).collect(),
        }
    }
}

/// Number of known points at each place.
fn points_at(places: &[&Place]) -> Vec<f64> {
    places.iter().map(|p| p.members.len() as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_clusters_are_refused() {
        let of = |k| ClusterMean::default().with_clusters(Some(k)).check(2);
        assert_eq!(of(0), Err(Error::Empty { what: "clusters" }));
        assert!(of(1).is_ok() && ClusterMean::default().check(2).is_ok());
    }
}
