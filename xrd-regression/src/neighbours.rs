//! Nearest neighbours: the weighted mean of the labels of the most similar patterns.

use nalgebra::DMatrix;

/// Number of neighbours.
const NEIGHBOURS: usize = 3;

/// Weights of neighbours at distance 0 are those at this fraction of the mean squared length.
const CLOSEST: f64 = 1e-12;

/// Estimates labels as the mean of the three nearest known patterns, weighted by the inverse of the
/// squared distance.
pub(crate) struct Neighbours {
    scores: DMatrix<f64>,
    labels: DMatrix<f64>,
    least: f64,
}

impl Neighbours {
    pub(crate) fn new(scores: &DMatrix<f64>, labels: &DMatrix<f64>) -> Self {
        let size = scores.norm_squared() / scores.nrows().max(1) as f64;
        Self {
            scores: scores.clone(),
            labels: labels.clone(),
            least: (CLOSEST * size).max(f64::MIN_POSITIVE),
        }
    }

    pub(crate) fn estimate(&self, scores: &DMatrix<f64>) -> DMatrix<f64> {
        let mut estimates = DMatrix::zeros(scores.nrows(), self.labels.ncols());
        let squared = squared_distances(scores, &self.scores);
        for i in 0..scores.nrows() {
            let mut near: Vec<(f64, usize)> = squared.row(i).iter().copied().zip(0..).collect();
            near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            near.truncate(NEIGHBOURS);
            let weight = |d: f64| 1.0 / (d + self.least);
            let total: f64 = near.iter().map(|&(d, _)| weight(d)).sum();
            for (d, j) in near {
                for c in 0..self.labels.ncols() {
                    estimates[(i, c)] += weight(d) / total * self.labels[(j, c)];
                }
            }
        }
        estimates
    }
}

/// Returns the squared distances of the rows of `a` from the rows of `b`.
pub(crate) fn squared_distances(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    let of_a: Vec<f64> = a.row_iter().map(|row| row.norm_squared()).collect();
    let of_b: Vec<f64> = b.row_iter().map(|row| row.norm_squared()).collect();
    let mut products = a * b.transpose();
    for j in 0..products.ncols() {
        for i in 0..products.nrows() {
            products[(i, j)] = (of_a[i] + of_b[j] - 2.0 * products[(i, j)]).max(0.0);
        }
    }
    products
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_pattern_has_its_own_label() {
        let scores = DMatrix::from_fn(6, 2, |i, j| (i * i + j) as f64);
        let labels = DMatrix::from_fn(6, 1, |i, _| i as f64);
        let found = Neighbours::new(&scores, &labels).estimate(&scores);
        assert!((found - &labels).abs().max() < 1e-9);
        // Half-way between two of three distant neighbours.
        let middle = DMatrix::from_row_slice(1, 2, &[20.5, 21.5]);
        let found = Neighbours::new(&scores, &labels).estimate(&middle)[(0, 0)];
        assert!((found - 4.5).abs() < 0.15, "{found}");
    }

    #[test]
    fn distances_are_those_of_the_definition() {
        let a = DMatrix::from_fn(3, 4, |i, j| ((i * 7 + j * 3) % 5) as f64);
        let b = DMatrix::from_fn(2, 4, |i, j| ((i * 3 + j) % 4) as f64);
        let found = squared_distances(&a, &b);
        for i in 0..3 {
            for j in 0..2 {
                let expected = (a.row(i) - b.row(j)).norm_squared();
                assert!((found[(i, j)] - expected).abs() < 1e-12);
            }
        }
    }
}
