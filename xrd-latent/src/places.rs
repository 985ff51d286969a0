//! Places: positions in the latent space at which known points lie.

use std::cmp::Ordering;

use xrd_core::{Labels, Latent2};

/// Position in the latent space at which one or more known points lie.
///
/// Known points with exactly the same coordinates are merged into one place. An
/// [`Estimator`](crate::Estimator) chooses among places.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub(crate) coordinates: Vec<f64>,
    /// The first two coordinates.
    pub(crate) point: Latent2,
    pub(crate) members: Vec<usize>,
    pub(crate) values: Vec<f64>,
}

impl Place {
    /// Coordinates of the place.
    pub fn coordinates(&self) -> &[f64] {
        &self.coordinates
    }

    /// Indices of the known points at this place in the list of all known points, from 0. The
    /// indices are in ascending order.
    pub fn members(&self) -> &[usize] {
        &self.members
    }

    /// Mean labels of the known points at this place, one value per label column.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// Places of the points with the indices `kept`. The places are sorted by coordinates, so the
/// result does not depend on the order of the points. `coordinates` contains `dimensions` numbers
/// per point.
pub(crate) fn merge(
    (dimensions, coordinates): (usize, &[f64]),
    labels: &Labels,
    kept: impl Iterator<Item = usize>,
) -> Vec<Place> {
    let at = |i: usize| &coordinates[i * dimensions..][..dimensions];
    let mut order: Vec<usize> = kept.collect();
    // Sort by coordinates, then by labels. All numbers are finite.
    order.sort_by(|&i, &j| {
        let by_labels = || labels.row(i).partial_cmp(labels.row(j));
        let by_place = at(i).partial_cmp(at(j)).unwrap_or(Ordering::Equal);
        by_place.then_with(|| by_labels().unwrap_or(Ordering::Equal))
    });
    order
        .chunk_by(|&i, &j| at(i) == at(j))
        .map(|group| place(at(group[0]), labels, group))
        .collect()
}

fn place(coordinates: &[f64], labels: &Labels, group: &[usize]) -> Place {
    let mean = |column: usize| {
        let first = labels.row(group[0])[column];
        // A sum of differences keeps the mean of equal labels exact.
        let excess: f64 = group.iter().map(|&i| labels.row(i)[column] - first).sum();
        first + excess / group.len() as f64
    };
    let mut members = group.to_vec();
    members.sort_unstable();
    let coordinate = |i: usize| coordinates.get(i).copied().unwrap_or(0.0);
    Place {
        coordinates: coordinates.to_vec(),
        point: Latent2::new(coordinate(0), coordinate(1)),
        members,
        values: (0..labels.columns().len()).map(mean).collect(),
    }
}
