//! Squared distances to the means of groups, from distances between items alone.

use crate::maps::Distances;

/// Squared distances from every item to the mean of every group, and between the means.
///
/// With M(i, g) the mean of the squared distances from item i to the members of group g, and W(g) half
/// the mean of M over these members, the squared distance from item i to the mean is M(i, g) − W(g).
/// This is exact for Euclidean distances, and a definition for others.
pub(crate) struct ToMeans {
    groups: usize,
    /// One row per item.
    squares: Vec<f64>,
}

impl ToMeans {
    /// Every group has a member. Cost: O(n²) for n items.
    pub(crate) fn new(distances: &Distances, group: &[usize], groups: usize) -> Self {
        let sizes = sizes(group, groups);
        let mut squares = vec![0.0; group.len() * groups];
        for (i, row) in squares.chunks_exact_mut(groups).enumerate() {
            for (g, d) in group.iter().zip(distances.row(i)) {
                row[*g] += d * d;
            }
            row.iter_mut()
                .zip(&sizes)
                .for_each(|(m, n)| *m /= *n as f64);
        }
        let mut within = vec![0.0; groups];
        for (row, g) in squares.chunks_exact(groups).zip(group) {
            within[*g] += row[*g] / sizes[*g] as f64 / 2.0;
        }
        for row in squares.chunks_exact_mut(groups) {
            // Rounding must not make a square negative.
            let subtract = |(m, w): (&mut f64, &f64)| *m = (*m - w).max(0.0);
            row.iter_mut().zip(&within).for_each(subtract);
        }
        Self { groups, squares }
    }

    pub(crate) fn row(&self, item: usize) -> &[f64] {
        &self.squares[item * self.groups..][..self.groups]
    }

    /// Squared distances between the means, one row per group.
    pub(crate) fn between(&self, group: &[usize]) -> Vec<Vec<f64>> {
        let sizes = sizes(group, self.groups);
        let mut squares = vec![vec![0.0; self.groups]; self.groups];
        for (i, &g) in group.iter().enumerate() {
            for (sum, square) in squares[g].iter_mut().zip(self.row(i)) {
                *sum += square / sizes[g] as f64;
            }
        }
        // The mean of the members' squares exceeds that of their mean by their spread.
        for (g, row) in squares.iter_mut().enumerate() {
            let spread = row[g];
            row.iter_mut()
                .for_each(|square| *square = (*square - spread).max(0.0));
        }
        squares
    }
}

pub(crate) fn sizes(group: &[usize], groups: usize) -> Vec<usize> {
    let mut sizes = vec![0; groups];
    group.iter().for_each(|&g| sizes[g] += 1);
    sizes
}

/// Largest number of rounds. With Euclidean distances, far fewer are needed.
const ROUNDS: usize = 100;

/// A mean must be nearer by this fraction of the square, so that rounding moves no item.
const NEARER: f64 = 1e-9;

/// Moves every item to the group with the nearest mean, until none moves. No group becomes empty.
/// Cost: O(n²) per round for n items.
pub(crate) fn relocated(distances: &Distances, mut group: Vec<usize>, groups: usize) -> Vec<usize> {
    let mut sizes = sizes(&group, groups);
    for _ in 0..ROUNDS {
        let to = ToMeans::new(distances, &group, groups);
        let mut moved = false;
        for (i, own) in group.iter_mut().enumerate() {
            let nearest = nearest(to.row(i), *own);
            if nearest != *own && sizes[*own] > 1 {
                sizes[*own] -= 1;
                sizes[nearest] += 1;
                *own = nearest;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    group
}

/// Group with the nearest mean, or `own` if none is clearly nearer.
fn nearest(squares: &[f64], own: usize) -> usize {
    let least = (0..squares.len()).min_by(|&a, &b| squares[a].total_cmp(&squares[b]));
    match least {
        Some(best) if squares[best] < squares[own] * (1.0 - NEARER) => best,
        _ => own,
    }
}
