//! Principal components of patterns, and what they do not reproduce.

use nalgebra::{DMatrix, DVector, DVectorView};
use xrd_latent::maps::PrincipalComponents;

use crate::error::Result;

/// Number of blocks of bins, each of which is predicted from the other blocks.
const BLOCKS: usize = 16;
/// Added to the diagonal of equations, so that they have a solution.
const RIDGE: f64 = 1e-6;

/// Mean and principal components of some patterns.
pub(crate) struct Model {
    mean: DVector<f64>,
    /// Orthonormal columns, one per component.
    axes: DMatrix<f64>,
}

impl Model {
    /// Computes the components of some columns. `products` contains the scalar products of all
    /// columns.
    pub(crate) fn fit(
        columns: &DMatrix<f64>,
        products: &DMatrix<f64>,
        known: &[usize],
        most: usize,
    ) -> Result<Self> {
        let chosen = columns.select_columns(known);
        let mean = chosen.column_mean();
        let n = known.len();
        let part = DMatrix::from_fn(n, n, |a, b| products[(known[a], known[b])]);
        let means = part.row_mean();
        let overall = means.mean();
        let centred = DMatrix::from_fn(n, n, |a, b| part[(a, b)] - means[a] - means[b] + overall);
        let found = PrincipalComponents::leading_of_products(centred.as_slice(), n, most)?;
        if found.vectors.is_empty() {
            let axes = DMatrix::zeros(columns.nrows(), 0);
            return Ok(Self { mean, axes });
        }
        let vectors = DMatrix::from_vec(n, found.vectors.len(), found.vectors.concat());
        let axes = subtracted(chosen, &mean) * vectors;
        // The products have few digits along the last components.
        let axes = axes.qr().q();
        Ok(Self { mean, axes })
    }

    /// Number of components.
    pub(crate) fn len(&self) -> usize {
        self.axes.ncols()
    }

    /// Keeps at most this number of components.
    pub(crate) fn truncate(&mut self, components: usize) {
        let kept = components.min(self.len());
        self.axes = self.axes.columns(0, kept).into_owned();
    }

    /// Returns the squared distance of a column from the mean.
    pub(crate) fn distance(&self, column: DVectorView<'_, f64>) -> f64 {
        (column - &self.mean).norm_squared()
    }

    /// Returns the coordinates of each column along the components.
    pub(crate) fn scores(&self, columns: DMatrix<f64>) -> DMatrix<f64> {
        self.axes.tr_mul(&subtracted(columns, &self.mean))
    }

    /// Returns the part of each column that the components do not reproduce.
    pub(crate) fn residuals(&self, columns: DMatrix<f64>) -> DMatrix<f64> {
        let centred = subtracted(columns, &self.mean);
        if self.len() == 0 {
            return centred;
        }
        let scores = self.axes.tr_mul(&centred);
        centred - &self.axes * scores
    }

    /// Returns the squared errors of predicting each block of each column from its other blocks, one
    /// list per number of components.
    pub(crate) fn prediction_errors(
        &self,
        columns: DMatrix<f64>,
        numbers: &[usize],
    ) -> Vec<Vec<f64>> {
        let centred = subtracted(columns, &self.mean);
        let mut errors = vec![vec![0.0; centred.ncols()]; numbers.len()];
        let scores = self.axes.tr_mul(&centred);
        let bins = centred.nrows();
        for block in 0..BLOCKS {
            let from = block * bins / BLOCKS;
            let count = (block + 1) * bins / BLOCKS - from;
            let axes = self.axes.rows(from, count).into_owned();
            let values = centred.rows(from, count).into_owned();
            let others = &scores - axes.tr_mul(&values);
            let overlap = axes.tr_mul(&axes);
            for (errors, &number) in errors.iter_mut().zip(numbers) {
                let k = number.min(self.len());
                let rest = match solved(&overlap, &others, k) {
                    Some(scores) => &values - axes.columns(0, k) * scores,
                    None => values.clone(),
                };
                let squared = rest.column_iter().map(|c| c.norm_squared());
                errors.iter_mut().zip(squared).for_each(|(e, s)| *e += s);
            }
        }
        errors
    }
}

/// Scores along the first `k` components, from the bins outside a block.
fn solved(overlap: &DMatrix<f64>, others: &DMatrix<f64>, k: usize) -> Option<DMatrix<f64>> {
    if k == 0 {
        return None;
    }
    let mut matrix = -overlap.view((0, 0), (k, k)).into_owned();
    (0..k).for_each(|i| matrix[(i, i)] += 1.0 + RIDGE);
    let solver = matrix.cholesky()?;
    Some(solver.solve(&others.rows(0, k).into_owned()))
}

fn subtracted(mut columns: DMatrix<f64>, mean: &DVector<f64>) -> DMatrix<f64> {
    columns.column_iter_mut().for_each(|mut c| c -= mean);
    columns
}
