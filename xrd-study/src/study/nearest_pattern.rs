//! Training pattern that is most similar to a test pattern, by the raw intensities.

use nalgebra::DMatrix;
use rayon::prelude::*;
use xrd_ae::PatternSource;

use crate::dataset::Patterns;
use crate::error::Result;

/// Number of test patterns that are compared at once.
const BLOCK: usize = 64;

/// Largest relative error of a product of two patterns in `f32`. The real error is several times
/// smaller.
const ROUNDING: f64 = 1e-4;

/// Returns, for each test pattern, the training pattern with the smallest Euclidean distance. Of
/// equal distances, the first one counts.
///
/// Distances are first computed from matrix products in `f32`. Those that could be the smallest are
/// then computed exactly.
///
/// Cost O(test · train · angles).
pub(super) fn nearest_patterns(
    set: &Patterns,
    test: &[usize],
    train: &[usize],
) -> Result<Vec<usize>> {
    let known = columns(set, train)?;
    let sizes: Vec<f64> = known
        .column_iter()
        .map(|c| squared_size(c.as_slice()))
        .collect();
    let of_block = |block: &[usize]| -> Result<Vec<usize>> {
        let asked = columns(set, block)?;
        let products = asked.transpose() * &known;
        let rows = asked.column_iter().zip(products.row_iter());
        let nearest = rows.map(|(pattern, products)| {
            let pattern = pattern.as_slice();
            let own = squared_size(pattern);
            let ends = products.iter().zip(&sizes).map(|(product, size)| {
                let squared = own + size - 2.0 * f64::from(*product);
                let error = ROUNDING * (own + size);
                [squared - error, squared + error]
            });
            let ends: Vec<[f64; 2]> = ends.collect();
            let least = ends
                .iter()
                .map(|[_, high]| *high)
                .fold(f64::INFINITY, f64::min);
            (0..train.len())
                // Products that overflow are not compared in advance.
                .filter(|&j| ends[j][0] <= least || ends[j][0].is_nan())
                .map(|j| (j, distance(pattern, known.column(j).as_slice())))
                .min_by(|a, b| a.1.total_cmp(&b.1))
                .map_or(0, |(j, _)| train[j])
        });
        Ok(nearest.collect())
    };
    let blocks: Result<Vec<Vec<usize>>> = test.par_chunks(BLOCK).map(of_block).collect();
    Ok(blocks?.concat())
}

/// Patterns as the columns of a matrix.
fn columns(set: &Patterns, rows: &[usize]) -> Result<DMatrix<f32>> {
    let mut matrix = DMatrix::zeros(set.grid().len(), rows.len());
    for (mut column, &i) in matrix.column_iter_mut().zip(rows) {
        set.read(i, column.as_mut_slice())?;
    }
    Ok(matrix)
}

fn squared_size(pattern: &[f32]) -> f64 {
    pattern.iter().map(|v| f64::from(*v).powi(2)).sum()
}

fn distance(a: &[f32], b: &[f32]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{PatternSet, TwoThetaGrid};

    /// Patterns of which some are equal, some nearly so, and some far away.
    fn set() -> PatternSet {
        let (n, angles) = (150, 40);
        let value = |i: usize, k: usize| {
            let kind = i % 7;
            let line = ((k * (kind + 1)) as f32 * 0.7).sin() + 2.0;
            let noise = if i.is_multiple_of(3) {
                0.0
            } else {
                1e-5 * ((i * k) % 11) as f32
            };
            line * if i.is_multiple_of(5) {
                1.0
            } else {
                1.0 + 1e-4 * (i % 4) as f32
            } + noise
        };
        let block = (0..n).flat_map(|i| (0..angles).map(move |k| value(i, k)));
        let grid = TwoThetaGrid::new(10.0, 0.1, angles).unwrap();
        PatternSet::unnamed(grid, block.collect()).unwrap()
    }

    #[test]
    fn the_nearest_pattern_is_that_of_comparing_all() {
        let set = set();
        let (test, train): (Vec<usize>, Vec<usize>) = (0..150).partition(|i| i % 2 == 0);
        let found = nearest_patterns(&set.clone().into(), &test, &train).unwrap();
        for (&i, &j) in test.iter().zip(&found) {
            let distances = train
                .iter()
                .map(|&j| (j, distance(set.intensities(i), set.intensities(j))));
            let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
            assert_eq!(j, nearest.0, "pattern {i}");
        }
    }
}
