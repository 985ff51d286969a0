use nalgebra::{DMatrix, SymmetricEigen};
use xrd_core::Latent2;

/// Latent plane of a latent space with more than two dimensions: the mean of the points and their
/// first two principal axes (Pearson 1901; Hotelling 1933).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PrincipalPlane {
    /// Centre, first axis, second axis. The axes have length 1 and are perpendicular.
    numbers: Vec<f64>,
}

impl PrincipalPlane {
    /// Fits the plane to points with `dimensions` coordinates each. The largest component of each
    /// axis is positive.
    ///
    /// Cost: O(points · dimensions² + dimensions³).
    pub(crate) fn fit(points: &[f64], dimensions: usize) -> Self {
        let rows = points.chunks_exact(dimensions);
        let n = rows.len().max(1) as f64;
        let mut numbers = vec![0.0; dimensions];
        for row in rows.clone() {
            numbers.iter_mut().zip(row).for_each(|(m, v)| *m += v / n);
        }
        let mut squares = DMatrix::zeros(dimensions, dimensions);
        for row in rows {
            let from_mean: Vec<f64> = row.iter().zip(&numbers).map(|(v, m)| v - m).collect();
            for (i, a) in from_mean.iter().enumerate() {
                for (j, b) in from_mean.iter().enumerate() {
                    squares[(i, j)] += a * b;
                }
            }
        }
        for axis in eigenvectors(squares).into_iter().take(2) {
            let largest = axis
                .iter()
                .copied()
                .max_by(|a, b| a.abs().total_cmp(&b.abs()));
            let sign = largest.map_or(1.0, f64::signum);
            numbers.extend(axis.iter().map(|v| sign * v));
        }
        Self { numbers }
    }

    /// Centre, first axis and second axis, as stored in files.
    pub(crate) fn as_slice(&self) -> &[f64] {
        &self.numbers
    }

    pub(crate) fn from_numbers(numbers: Vec<f64>) -> Self {
        Self { numbers }
    }

    fn parts(&self) -> [&[f64]; 3] {
        let d = self.numbers.len() / 3;
        [0, 1, 2].map(|part| &self.numbers[part * d..(part + 1) * d])
    }

    /// Projects a latent point onto the plane.
    pub(crate) fn project(&self, latent: impl Iterator<Item = f64>) -> Latent2 {
        let [centre, first, second] = self.parts();
        let mut p = Latent2::new(0.0, 0.0);
        for (i, value) in latent.enumerate() {
            p.x += (value - centre[i]) * first[i];
            p.y += (value - centre[i]) * second[i];
        }
        p
    }

    /// Latent coordinates of a point of the plane.
    pub(crate) fn lift(&self, p: Latent2) -> impl Iterator<Item = f64> {
        let [centre, first, second] = self.parts();
        let axes = first.iter().zip(second);
        centre
            .iter()
            .zip(axes)
            .map(move |(c, (a, b))| c + p.x * a + p.y * b)
    }
}

/// Eigenvectors of a positive semidefinite matrix in descending order of their eigenvalues.
///
/// The matrix is shifted by twice its trace, which no eigenvalue exceeds: the iteration of nalgebra
/// ends when the numbers off the diagonal are small compared with the diagonal.
fn eigenvectors(mut matrix: DMatrix<f64>) -> Vec<Vec<f64>> {
    let (n, shift) = (matrix.nrows(), 2.0 * matrix.trace());
    if shift > 0.0 {
        for i in 0..n {
            matrix[(i, i)] += shift;
        }
    } else {
        matrix = DMatrix::identity(n, n);
    }
    let found = SymmetricEigen::new(matrix);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| found.eigenvalues[j].total_cmp(&found.eigenvalues[i]));
    let vector = |&i: &usize| found.eigenvectors.column(i).iter().copied().collect();
    order.iter().map(vector).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Eigenvectors are perpendicular and of length 1. The matrix multiplies each by a number,
        /// and these numbers fall.
        #[test]
        fn eigenvectors_are_those_of_the_matrix(
            (n, values) in (2usize..9).prop_flat_map(|n| {
                (Just(n), prop::collection::vec(-3.0..3.0, n * n))
            }),
        ) {
            let dot = |u: &[f64], v: &[f64]| -> f64 { u.iter().zip(v).map(|(a, b)| a * b).sum() };
            let rows: Vec<&[f64]> = values.chunks(n).collect();
            let a: Vec<Vec<f64>> =
                rows.iter().map(|u| rows.iter().map(|v| dot(u, v)).collect()).collect();
            let vectors = eigenvectors(DMatrix::from_fn(n, n, |i, j| a[i][j]));
            let mut last = f64::INFINITY;
            for (i, v) in vectors.iter().enumerate() {
                for (j, u) in vectors.iter().enumerate() {
                    prop_assert!((dot(u, v) - f64::from(u8::from(i == j))).abs() < 1e-12);
                }
                let turned: Vec<f64> = a.iter().map(|row| dot(row, v)).collect();
                let value = dot(&turned, v);
                prop_assert!(turned.iter().zip(v).all(|(t, v)| (t - value * v).abs() < 1e-9));
                prop_assert!(value <= last + 1e-9);
                last = value;
            }
        }

        /// Points of a plane in space come back from it.
        #[test]
        fn points_of_a_plane_are_kept(
            xy in prop::collection::vec((-1.0..1.0, -1.0..1.0), 4..20),
            (a, b) in (0.0..6.3, 0.0..6.3),
        ) {
            let (a, b): (f64, f64) = (a, b);
            let axes = [[a.cos(), a.sin(), 0.0], [-a.sin() * b.cos(), a.cos() * b.cos(), b.sin()]];
            let point = |(x, y): &(f64, f64)| [0, 1, 2].map(|i| 0.3 + x * axes[0][i] + y * axes[1][i]);
            let points: Vec<f64> = xy.iter().flat_map(point).collect();
            let plane = PrincipalPlane::fit(&points, 3);
            for point in points.chunks(3) {
                let lifted = plane.lift(plane.project(point.iter().copied()));
                prop_assert!(lifted.zip(point).all(|(l, p)| (l - p).abs() < 1e-9));
            }
        }
    }

    #[test]
    fn the_widest_axis_comes_first_and_points_forward() {
        let points = [-3.0, 1.0, 0.0, 3.0, 1.0, 0.0, 0.0, 0.0, 5.0, 0.0, 2.0, -5.0];
        let plane = PrincipalPlane::fit(&points, 3);
        let p = plane.project([0.0, 1.0, 5.0].into_iter());
        assert!(p.x > 4.9 && p.y.abs() < 1.0, "{p:?}");
        assert_eq!(
            PrincipalPlane::fit(&[], 3).project([0.0; 3].into_iter()),
            Latent2::default()
        );
    }
}
