//! Symmetric positive definite systems of equations.

/// Solves A·x = b for several right-hand sides by Cholesky's method, in place. The matrix has `n` rows, row by
/// row, and only its lower half is read. Returns `false` if A is not positive definite.
///
/// Cost: O(n³/6) multiplications.
pub(crate) fn solve(matrix: &mut [f64], n: usize, sides: &mut [Vec<f64>]) -> bool {
    for i in 0..n {
        let (above, below) = matrix.split_at_mut(i * n);
        let row = &mut below[..n];
        for j in 0..i {
            let of_j = &above[j * n..j * n + n];
            row[j] = (row[j] - dot(&row[..j], &of_j[..j])) / of_j[j];
        }
        let pivot = row[i] - dot(&row[..i], &row[..i]);
        if !(pivot > 0.0 && pivot.is_finite()) {
            return false;
        }
        row[i] = pivot.sqrt();
    }
    for side in sides {
        for i in 0..n {
            let row = &matrix[i * n..i * n + n];
            side[i] = (side[i] - dot(&row[..i], &side[..i])) / row[i];
        }
        for i in (0..n).rev() {
            side[i] /= matrix[i * n + i];
            let value = side[i];
            let row = &matrix[i * n..i * n + i];
            side[..i]
                .iter_mut()
                .zip(row)
                .for_each(|(s, l)| *s -= l * value);
        }
    }
    true
}

/// Sum of products, in eight parts so that the processor adds them at once.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut parts = [0.0; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a8
        .remainder()
        .iter()
        .zip(b8.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in a8.zip(b8) {
        for k in 0..8 {
            parts[k] += x[k] * y[k];
        }
    }
    parts.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn solutions_solve(values in proptest::collection::vec(-1.0f64..1.0, 400), n in 1usize..20) {
            // B·Bᵀ + 1 is positive definite.
            let b = |i: usize, j: usize| values[i * 20 + j];
            let entry = |i: usize, j: usize| -> f64 {
                let product: f64 = (0..20).map(|k| b(i, k) * b(j, k)).sum();
                product + if i == j { 1.0 } else { 0.0 }
            };
            let mut matrix: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
            let side: Vec<f64> = (0..n).map(|i| values[i]).collect();
            let mut sides = [side.clone()];
            prop_assert!(solve(&mut matrix, n, &mut sides));
            for (i, wanted) in side.iter().enumerate() {
                let product: f64 = (0..n).map(|j| entry(i, j) * sides[0][j]).sum();
                prop_assert!((product - wanted).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn other_matrices_are_refused() {
        assert!(!solve(&mut [1.0, 0.0, 2.0, 1.0], 2, &mut []));
        assert!(!solve(&mut [f64::NAN], 1, &mut []));
        assert!(solve(&mut [], 0, &mut []));
    }
}
