//! Metric multidimensional scaling.

use crate::distances::Distances;
use crate::eigen::symmetric;
use crate::error::{Error, Result};
use crate::neighbours::distance;
use crate::principal::{PrincipalComponents, pointed};

/// A map of things from their distances.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    /// Around their mean, along their principal axes.
    pub points: Vec<Vec<f64>>,
    /// √(Σ (d − δ)² / Σ δ²) over all pairs, d being distances on the map and δ those given
    /// (Kruskal's stress of the first kind, normalised by the distances given).
    pub stress: f64,
    /// How often the points were moved.
    pub rounds: usize,
}

/// Rounds at most.
const ROUNDS: usize = 3000;

/// The stress no longer falls where a round takes less than this share of it.
const SETTLED: f64 = 1e-10;

/// Points of `dimensions` coordinates whose distances are as near to those given as can be found:
/// least Σ (d − δ)² from the start of [`classical_scaling`], by majorisation (SMACOF), which never
/// raises it. There is no chance in it.
///
/// Cost: O(n²) a round, and the start.
///
/// # Errors
/// [`Error::Empty`] without distances or dimensions.
///
/// # Example
/// ```
/// use xrd_latent::{Distances, metric_scaling};
///
/// // Three towns 3, 4 and 5 apart.
/// let between = [[0.0, 3.0, 4.0], [3.0, 0.0, 5.0], [4.0, 5.0, 0.0]];
/// let map = metric_scaling(&Distances::new(3, |i, j| between[i][j])?, 2)?;
/// assert!(map.stress < 1e-9);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
///
/// # References
/// I. Borg, P. Groenen, Modern Multidimensional Scaling, Springer (2005), chapter 8; J. de Leeuw,
/// "Applications of convex analysis to multidimensional scaling", in Recent Developments in
/// Statistics (1977).
pub fn metric_scaling(distances: &Distances, dimensions: usize) -> Result<Scaled> {
    let mut points = classical_scaling(distances, dimensions)?;
    let mut last = raw_stress(distances, &points);
    let mut rounds = 0;
    while rounds < ROUNDS {
        let next = moved(distances, &points);
        let stress = raw_stress(distances, &next);
        // At the end it stays or, by rounding, rises.
        if stress >= last {
            break;
        }
        let settled = last - stress <= SETTLED * last;
        (points, last, rounds) = (next, stress, rounds + 1);
        if settled {
            break;
        }
    }
    let total: f64 = pairs(distances.len())
        .map(|(i, j)| distances.at(i, j).powi(2))
        .sum();
    Ok(Scaled {
        points: along_principal_axes(&points),
        stress: if total > 0.0 {
            (last / total).sqrt()
        } else {
            0.0
        },
        rounds,
    })
}

/// Points whose products are nearest to those that the distances would have, were they Euclidean
/// (Torgerson's scaling): the principal components where they are.
///
/// Cost: O(n³).
///
/// # Errors
/// As [`metric_scaling`].
///
/// # References
/// W. S. Torgerson, "Multidimensional scaling: I. Theory and method", Psychometrika 17, 401 (1952).
pub fn classical_scaling(distances: &Distances, dimensions: usize) -> Result<Vec<Vec<f64>>> {
    distances.check_some()?;
    if dimensions == 0 {
        return Err(Error::Empty { what: "dimensions" });
    }
    let n = distances.len();
    let squared = |i: usize, j: usize| distances.at(i, j).powi(2);
    let mean = |i: usize| (0..n).map(|j| squared(i, j)).sum::<f64>() / n as f64;
    let means: Vec<f64> = (0..n).map(mean).collect();
    let of_all = means.iter().sum::<f64>() / n as f64;
    let product = |i: usize, j: usize| -0.5 * (squared(i, j) - means[i] - means[j] + of_all);
    let products: Vec<f64> = (0..n)
        .flat_map(|i| (0..n).map(move |j| (i, j)))
        .map(|(i, j)| product(i, j))
        .collect();
    let points = PrincipalComponents::of_products(&products, n, dimensions)?.points(dimensions);
    Ok(match points.is_empty() {
        // All are at one place.
        true => vec![vec![0.0; dimensions]; n],
        false => points,
    })
}

fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(|i| (0..i).map(move |j| (i, j)))
}

/// Σ (d − δ)² over pairs.
fn raw_stress(distances: &Distances, points: &[Vec<f64>]) -> f64 {
    pairs(points.len())
        .map(|(i, j)| (distance(&points[i], &points[j]) - distances.at(i, j)).powi(2))
        .sum()
}

/// Guttman's transform with equal weights: each point goes to the mean of where the others would
/// have it, at the given distance in the present direction.
fn moved(distances: &Distances, points: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let (n, dimensions) = (points.len(), points[0].len());
    let mut next = vec![vec![0.0; dimensions]; n];
    for (i, j) in pairs(n) {
        let apart = distance(&points[i], &points[j]);
        if apart <= 0.0 {
            continue;
        }
        let ratio = distances.at(i, j) / apart / n as f64;
        for c in 0..dimensions {
            let pull = ratio * (points[i][c] - points[j][c]);
            next[i][c] += pull;
            next[j][c] -= pull;
        }
    }
    next
}

fn along_principal_axes(points: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let (n, dimensions) = (points.len() as f64, points[0].len());
    let mean = |c: usize| points.iter().map(|p| p[c]).sum::<f64>() / n;
    let means: Vec<f64> = (0..dimensions).map(mean).collect();
    let centred: Vec<Vec<f64>> = points
        .iter()
        .map(|p| p.iter().zip(&means).map(|(v, m)| v - m).collect())
        .collect();
    let product = |a: usize, b: usize| centred.iter().map(|p: &Vec<f64>| p[a] * p[b]).sum();
    let products: Vec<f64> = (0..dimensions)
        .flat_map(|a| (0..dimensions).map(move |b| (a, b)))
        .map(|(a, b)| product(a, b))
        .collect();
    let (_, axes) = symmetric(&products, dimensions);
    let along = |axis: &Vec<f64>| -> Vec<f64> {
        let coordinate = |p: &Vec<f64>| p.iter().zip(axis).map(|(v, a)| v * a).sum();
        pointed(centred.iter().map(coordinate).collect())
    };
    let columns: Vec<Vec<f64>> = axes.iter().map(along).collect();
    (0..points.len())
        .map(|i| columns.iter().map(|column| column[i]).collect())
        .collect()
}
