//! Known points, those at the same place merged.

use std::cmp::Ordering;

use xrd_core::{Labels, Latent2};

/// One place of the plane and the known points that lie exactly there.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) point: Latent2,
    /// The points there, ascending.
    pub(crate) members: Vec<usize>,
    /// The mean of their labels.
    pub(crate) values: Vec<f64>,
}

/// The places of the points numbered `kept`, sorted by coordinates: whatever is computed from
/// them cannot depend on the order of the points.
pub(crate) fn merge(
    points: &[Latent2],
    labels: &Labels,
    kept: impl Iterator<Item = usize>,
) -> Vec<Site> {
    let mut order: Vec<usize> = kept.collect();
    order.sort_by(|&i, &j| by_content(points, labels, i, j));
    order
        .chunk_by(|&i, &j| points[i] == points[j])
        .map(|group| site(points, labels, group))
        .collect()
}

/// Orders by coordinates, then by labels.
fn by_content(points: &[Latent2], labels: &Labels, i: usize, j: usize) -> Ordering {
    let pair = |a: &f64, b: &f64| a.partial_cmp(b).unwrap_or(Ordering::Equal);
    let (p, q) = (points[i], points[j]);
    pair(&p.x, &q.x)
        .then_with(|| pair(&p.y, &q.y))
        .then_with(|| {
            labels
                .row(i)
                .partial_cmp(labels.row(j))
                .unwrap_or(Ordering::Equal)
        })
}

fn site(points: &[Latent2], labels: &Labels, group: &[usize]) -> Site {
    let mean = |column: usize| {
        let first = labels.row(group[0])[column];
        // Summing differences keeps the mean of equal labels exact.
        let excess: f64 = group.iter().map(|&i| labels.row(i)[column] - first).sum();
        first + excess / group.len() as f64
    };
    let mut members = group.to_vec();
    members.sort_unstable();
    Site {
        point: points[group[0]],
        members,
        values: (0..labels.columns().len()).map(mean).collect(),
    }
}
