//! Eigenvalues and eigenvectors of symmetric matrices, computed by the crate `nalgebra`.

use nalgebra::{DMatrix, SymmetricEigen};

/// Eigenvalues of a symmetric matrix in descending order, each with a unit eigenvector.
///
/// The list `matrix` contains n × n numbers, row by row.
///
/// Cost: O(n³).
pub(crate) fn symmetric(matrix: &[f64], n: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    // nalgebra refuses an empty matrix.
    if n == 0 {
        return (Vec::new(), Vec::new());
    }
    let mut shifted = DMatrix::from_row_slice(n, n, matrix);
    // nalgebra ends when the numbers next to the diagonal are small compared with the diagonal. If
    // many eigenvalues are 0, rounding errors alone can prevent this end. This happens, for
    // example, with more patterns than angles. The shift by twice a bound of all eigenvalues keeps
    // the diagonal large.
    let shift = 2.0 * bound(&shifted);
    for i in 0..n {
        shifted[(i, i)] += shift;
    }
    let found = SymmetricEigen::new(shifted);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| found.eigenvalues[b].total_cmp(&found.eigenvalues[a]));
    let values = order.iter().map(|&i| found.eigenvalues[i] - shift);
    let vector = |&i: &usize| found.eigenvectors.column(i).iter().copied().collect();
    (values.collect(), order.iter().map(vector).collect())
}

/// Largest sum of the absolute values in a row. No eigenvalue has a larger absolute value
/// (Gershgorin).
fn bound(matrix: &DMatrix<f64>) -> f64 {
    let sums = matrix
        .column_iter()
        .map(|c| c.iter().map(|v| v.abs()).sum());
    sums.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    /// Symmetric matrices, some of them of less than full rank and with equal eigenvalues.
    fn matrices() -> impl Strategy<Value = (usize, Vec<f64>)> {
        (
            1usize..12,
            0usize..3,
            prop::collection::vec(-3.0..3.0f64, 144),
        )
            .prop_map(|(n, kind, v)| {
                let entry = |i: usize, j: usize| match kind {
                    0 => v[i.min(j) * 12 + i.max(j)],
                    1 => v[i] * v[j],
                    _ => (v[i.min(j) * 12 + i.max(j)]).round(),
                };
                let all = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
                (n, all.map(|(i, j)| entry(i, j)).collect())
            })
    }

    proptest! {
        #[test]
        fn vectors_are_stretched_by_their_values((n, a) in matrices(), exponent in -100i32..100) {
            let scale = 10f64.powi(exponent);
            let a: Vec<f64> = a.iter().map(|v| v * scale).collect();
            let (values, vectors) = symmetric(&a, n);
            prop_assert!(values.windows(2).all(|w| w[0] >= w[1]));
            for (value, vector) in values.iter().zip(&vectors) {
                for (row, v) in a.chunks(n).zip(vector) {
                    prop_assert!((dot(row, vector) - value * v).abs() < 1e-12 * 30.0 * scale);
                }
            }
            for (i, u) in vectors.iter().enumerate() {
                for (j, v) in vectors.iter().enumerate() {
                    let expected = f64::from(u8::from(i == j));
                    prop_assert!((dot(u, v) - expected).abs() < 1e-12);
                }
            }
            let trace: f64 = (0..n).map(|i| a[i * n + i]).sum();
            prop_assert!((values.iter().sum::<f64>() - trace).abs() < 1e-12 * 30.0 * scale);
        }
    }

    /// Products of few different rows with each other: nearly all eigenvalues are 0.
    #[test]
    fn matrices_of_low_rank_come_to_an_end() {
        let n = 90;
        for (rank, scale) in [(1, 1.0), (2, 1e-9), (5, 1e9), (9, 0.1)] {
            let row = |i: usize| -> Vec<f64> {
                let entry = |k: usize| ((i % rank * 7 + k * 5) % 11) as f64 / 3.0;
                (0..12).map(entry).collect()
            };
            let rows: Vec<Vec<f64>> = (0..n).map(row).collect();
            let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
            let products: Vec<f64> = pairs
                .map(|(i, j)| scale * dot(&rows[i], &rows[j]))
                .collect();
            let (values, vectors) = symmetric(&products, n);
            assert!(
                values[rank..].iter().all(|v| v.abs() < 1e-11 * values[0]),
                "{rank}"
            );
            for (row, v) in products.chunks(n).zip(&vectors[0]) {
                assert!((dot(row, &vectors[0]) - values[0] * v).abs() < 1e-12 * values[0]);
            }
        }
    }

    /// Four groups of equal rows. A limit on the number of iterations gives wrong answers here.
    #[test]
    fn groups_of_equal_rows_have_their_sizes_as_eigenvalues() {
        let n = 50;
        let alike = |i: usize| f64::from(u8::from(i / n % 4 == i % n % 4));
        let matrix: Vec<f64> = (0..n * n).map(alike).collect();
        let (values, _) = symmetric(&matrix, n);
        for (found, expected) in values.iter().zip([13.0, 13.0, 12.0, 12.0, 0.0, 0.0]) {
            assert!((found - expected).abs() < 1e-12, "{values:?}");
        }
    }

    #[test]
    fn empty_and_zero_matrices_have_eigenvalues_too() {
        assert_eq!(symmetric(&[], 0), (vec![], vec![]));
        assert_eq!(symmetric(&[0.0; 9], 3).0, [0.0; 3]);
        assert_eq!(symmetric(&[-2.0], 1), (vec![-2.0], vec![vec![1.0]]));
    }
}
