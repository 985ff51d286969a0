//! Eigenvalues and eigenvectors of symmetric matrices.

/// Eigenvalues from the greatest to the least, with a unit eigenvector each, of a symmetric matrix of
/// n × n numbers, row by row.
///
/// Householder's reflections make it tridiagonal, rotations with implicit shifts diagonal.
///
/// Cost: O(n³).
///
/// # References
/// H. Bowdler, R. S. Martin, C. Reinsch, J. H. Wilkinson, "The QR and QL algorithms for symmetric
/// matrices", Numer. Math. 11, 293 (1968).
pub(crate) fn symmetric(matrix: &[f64], n: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut tridiagonal = Tridiagonal::of(matrix, n);
    for first in 0..n {
        // A handful of rounds each; sixty only if rounding itself stands in the way.
        for _ in 0..60 {
            let last = tridiagonal.block_from(first);
            if last == first {
                break;
            }
            tridiagonal.rotate(first, last);
        }
    }
    let Tridiagonal { diagonal, rows, .. } = tridiagonal;
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| diagonal[b].total_cmp(&diagonal[a]));
    let vectors = order.iter().map(|&i| rows[i].clone()).collect();
    (order.iter().map(|&i| diagonal[i]).collect(), vectors)
}

/// A tridiagonal matrix T, and the rows of R where the matrix it came from is Rᵀ·T·R.
struct Tridiagonal {
    diagonal: Vec<f64>,
    /// Beside the diagonal; the last one is 0.
    beside: Vec<f64>,
    rows: Vec<Vec<f64>>,
}

impl Tridiagonal {
    fn of(matrix: &[f64], n: usize) -> Self {
        let mut a: Vec<Vec<f64>> = matrix.chunks(n.max(1)).map(<[f64]>::to_vec).collect();
        let unit = |i: usize| (0..n).map(|j| f64::from(u8::from(i == j))).collect();
        let mut rows: Vec<Vec<f64>> = (0..n).map(unit).collect();
        let mut beside = vec![0.0; n];
        for k in 0..n.saturating_sub(1) {
            let column: Vec<f64> = (k + 1..n).map(|i| a[i][k]).collect();
            let Some((mirror, kept)) = mirror(column) else {
                beside[k] = a[k + 1][k];
                continue;
            };
            beside[k] = kept;
            reflect_both_sides(&mut a, k + 1, &mirror);
            reflect(&mut rows[k + 1..], &mirror);
        }
        Self {
            diagonal: (0..n).map(|i| a[i][i]).collect(),
            beside,
            rows,
        }
    }

    /// The end of the block that begins at `first` and is not parted by a number next to nothing.
    fn block_from(&self, first: usize) -> usize {
        let parted = |i: &usize| {
            let size = self.diagonal[*i].abs() + self.diagonal[i + 1].abs();
            self.beside[*i].abs() <= f64::EPSILON * size
        };
        let end = self.diagonal.len() - 1;
        (first..end).find(parted).unwrap_or(end)
    }

    /// One round of rotations over a block, from its end to its beginning.
    fn rotate(&mut self, first: usize, last: usize) {
        let (d, e) = (&mut self.diagonal, &mut self.beside);
        let half = (d[first + 1] - d[first]) / (2.0 * e[first]);
        let shift = d[first] - e[first] / (half + half.hypot(1.0).copysign(half));
        let mut bulge = d[last] - shift;
        let (mut sine, mut cosine, mut moved) = (1.0, 1.0, 0.0);
        for i in (first..last).rev() {
            let (off, kept) = (sine * e[i], cosine * e[i]);
            let length = off.hypot(bulge);
            e[i + 1] = length;
            if length == 0.0 {
                d[i + 1] -= moved;
                e[last] = 0.0;
                return;
            }
            (sine, cosine) = (off / length, bulge / length);
            let below = d[i + 1] - moved;
            let change = (d[i] - below) * sine + 2.0 * cosine * kept;
            moved = sine * change;
            d[i + 1] = below + moved;
            bulge = cosine * change - kept;
            let (upper, lower) = self.rows.split_at_mut(i + 1);
            for (a, b) in upper[i].iter_mut().zip(&mut lower[0]) {
                (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
            }
        }
        d[first] -= moved;
        e[first] = bulge;
        e[last] = 0.0;
    }
}

/// The unit vector of the mirror that takes a vector to its first axis, and what is left there; none
/// where it lies there already.
fn mirror(mut vector: Vec<f64>) -> Option<(Vec<f64>, f64)> {
    let largest = vector[1..].iter().fold(0.0, |l: f64, v| l.max(v.abs()));
    if largest == 0.0 {
        return None;
    }
    let length = norm(&vector);
    let kept = -length.copysign(vector[0]);
    vector[0] -= kept;
    let size = norm(&vector);
    vector.iter_mut().for_each(|v| *v /= size);
    Some((vector, kept))
}

/// The Euclidean length, also of the smallest and largest vectors.
fn norm(vector: &[f64]) -> f64 {
    let largest = vector.iter().fold(0.0, |l: f64, v| l.max(v.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let squares = vector.iter().map(|v| (v / largest).powi(2));
    largest * squares.sum::<f64>().sqrt()
}

/// H·A·H of the lower right part of a symmetric matrix, H = 1 − 2·v·vᵀ.
fn reflect_both_sides(a: &mut [Vec<f64>], from: usize, v: &[f64]) {
    let along: Vec<f64> = a[from..].iter().map(|row| dot(&row[from..], v)).collect();
    let twice = dot(&along, v);
    let w: Vec<f64> = along
        .iter()
        .zip(v)
        .map(|(p, v)| 2.0 * (p - twice * v))
        .collect();
    for (i, row) in a[from..].iter_mut().enumerate() {
        for (j, value) in row[from..].iter_mut().enumerate() {
            *value -= v[i] * w[j] + w[i] * v[j];
        }
    }
}

/// H·R of some rows.
fn reflect(rows: &mut [Vec<f64>], v: &[f64]) {
    let columns = rows.first().map_or(0, Vec::len);
    let mut along = vec![0.0; columns];
    for (row, v) in rows.iter().zip(v) {
        along.iter_mut().zip(row).for_each(|(sum, r)| *sum += v * r);
    }
    for (row, v) in rows.iter_mut().zip(v) {
        row.iter_mut()
            .zip(&along)
            .for_each(|(r, sum)| *r -= 2.0 * v * sum);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    #[test]
    fn nothing_and_zeros_are_no_matter() {
        assert_eq!(symmetric(&[], 0), (vec![], vec![]));
        assert_eq!(symmetric(&[0.0; 9], 3).0, [0.0; 3]);
        assert_eq!(symmetric(&[-2.0], 1), (vec![-2.0], vec![vec![1.0]]));
    }
}
