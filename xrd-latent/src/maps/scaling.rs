//! Classical and metric multidimensional scaling.

use super::distances::Distances;
use super::eigen::symmetric;
use super::principal::{PrincipalComponents, pointed};
use crate::error::{Error, Result};
use crate::neighbours::distance;

/// Result of [`metric_scaling`]: a map and its stress.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Scaled {
    /// One point per item.
    ///
    /// The mean of the points is 0, and their coordinates are uncorrelated. The first coordinate
    /// has the largest variance.
    pub points: Vec<Vec<f64>>,
    /// Stress √(Σ (d − δ)² / Σ δ²), which is 0 for a perfect map.
    ///
    /// Here d is the distance between two items on the map, and δ is the given distance between
    /// them. The sums are over all pairs of items. Kruskal's stress-1 is similar, but divides by Σ
    /// d² instead of Σ δ².
    pub stress: f64,
    /// Number of iterations.
    pub rounds: usize,
}

/// Largest number of iterations.
const ROUNDS: usize = 3000;

/// Relative decrease of the raw stress below which the iteration ends.
const SETTLED: f64 = 1e-10;

/// Metric multidimensional scaling (MDS) with the algorithm SMACOF.
///
/// The function computes one point per item. The argument `dimensions` is the number of
/// coordinates of a point. The function minimises the sum Σ (d − δ)² over all pairs of items. Here
/// d is the distance between the two points, and δ is the given distance between the two items.
/// The iteration starts from the result of [`classical_scaling`], and no step increases the sum.
/// The algorithm uses no random numbers. The result is a local minimum of the sum, which is not
/// always the global minimum.
///
/// Cost: O(n²) per iteration for n items, plus O(n³) for the start. There are at most 3000
/// iterations.
///
/// # Errors
/// - [`Error::Empty`] if there are no distances or no dimensions.
/// - [`Error::Value`] for distances so large that their squares exceed about 1e100.
///
/// # Example
/// ```
/// use xrd_latent::maps::{Distances, metric_scaling};
///
/// // Three points at distances 3, 4 and 5.
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
        // At the minimum the stress stays or, by rounding, rises.
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

/// Classical multidimensional scaling (Torgerson).
///
/// The function computes one point per item. The argument `dimensions` is the number of
/// coordinates of a point. The coordinates follow from the eigenvectors of the matrix of squared
/// distances, after the mean of each row and each column has been subtracted. If the distances are
/// Euclidean, the result equals a principal component analysis of the items.
///
/// Cost: O(n³) for n items.
///
/// # Errors
/// Returns the same errors as [`metric_scaling`].
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
        // All items coincide.
        true => vec![vec![0.0; dimensions]; n],
        false => points,
    })
}

fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(|i| (0..i).map(move |j| (i, j)))
}

/// Σ (d − δ)² over all pairs.
fn raw_stress(distances: &Distances, points: &[Vec<f64>]) -> f64 {
    pairs(points.len())
        .map(|(i, j)| (distance(&points[i], &points[j]) - distances.at(i, j)).powi(2))
        .sum()
}

/// Guttman transform of all points, with equal weights.
///
/// For a point i and each other point j, there is a position that has the given distance from j and
/// lies in the present direction from j to i. The point i moves to the mean of these positions.
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
