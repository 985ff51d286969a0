//! Principal components that map new patterns to scores.

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use xrd_core::PatternSet;

use crate::components::{Products, relative_residual};
use crate::error::Result;
use crate::transform::Transform;

/// Mean and principal components of transformed patterns, and the scores of the known patterns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Basis {
    pub(crate) transform: Transform,
    pub(crate) mean: Vec<f32>,
    /// One component after the other, each with one number per grid point.
    pub(crate) axes: Vec<f32>,
    /// One row of scores per known pattern.
    pub(crate) scores: Vec<f32>,
}

/// Scores of patterns, and the residual of each: the part of the pattern that the components do not
/// reproduce, relative to the pattern.
pub(crate) struct Scored {
    pub(crate) scores: DMatrix<f64>,
    pub(crate) residuals: Vec<f64>,
}

/// Returns the transformed patterns of these rows, one row per pattern.
pub(crate) fn transformed(set: &PatternSet, rows: &[usize], transform: Transform) -> DMatrix<f64> {
    let points = set.grid().len();
    // Matrices are stored column by column: one pattern per column, then transposed.
    let mut columns = DMatrix::zeros(points, rows.len());
    for (mut column, &i) in columns.column_iter_mut().zip(rows) {
        column.copy_from_slice(&transform.apply(set.intensities(i)));
    }
    columns.transpose()
}

impl Basis {
    /// Computes the components of some patterns of a set. The argument `known` contains their
    /// indices.
    ///
    /// Cost: O(n² · angles).
    ///
    /// # Errors
    /// [`Error::EqualPatterns`](crate::Error::EqualPatterns).
    pub(crate) fn of(set: &PatternSet, known: &[usize], transform: Transform) -> Result<Self> {
        let rows = transformed(set, known, transform);
        let all: Vec<usize> = (0..known.len()).collect();
        let components = Products::of(&rows).components(&all)?;
        let (mean, axes) = components.axes(&rows);
        let mut basis = Self {
            transform,
            mean: mean.iter().map(|&v| v as f32).collect(),
            axes: axes.transpose().iter().map(|&v| v as f32).collect(),
            scores: Vec::new(),
        };
        let scores = basis.score(set, known).scores;
        basis.scores = scores.transpose().iter().map(|&v| v as f32).collect();
        Ok(basis)
    }

    /// Returns the number of components.
    pub(crate) fn components(&self) -> usize {
        self.axes.len() / self.mean.len().max(1)
    }

    /// Returns the scores of the known patterns.
    pub(crate) fn known(&self) -> DMatrix<f64> {
        let k = self.components();
        let rows = self.scores.len() / k.max(1);
        let scores = self.scores.iter().map(|&v| f64::from(v));
        DMatrix::from_row_iterator(rows, k, scores)
    }

    /// Computes the scores of patterns. The scores of a pattern do not depend on the other patterns,
    /// bit for bit.
    ///
    /// Cost: O(components · angles) per pattern.
    pub(crate) fn score(&self, set: &PatternSet, rows: &[usize]) -> Scored {
        let k = self.components();
        let axes = self.axes.iter().map(|&v| f64::from(v));
        let axes = DMatrix::from_row_iterator(k, self.mean.len(), axes);
        let one = |&row: &usize| self.score_one(&axes, set.intensities(row));
        let found: Vec<(DVector<f64>, f64)> = rows.par_iter().map(one).collect();
        let numbers = found.iter().flat_map(|(scores, _)| scores.iter().copied());
        Scored {
            scores: DMatrix::from_row_iterator(rows.len(), k, numbers),
            residuals: found.iter().map(|(_, residual)| *residual).collect(),
        }
    }

    /// Returns the scores and the residual of a pattern.
    fn score_one(&self, axes: &DMatrix<f64>, intensities: &[f32]) -> (DVector<f64>, f64) {
        let mut pattern = DVector::from_vec(self.transform.apply(intensities));
        let whole = pattern.norm_squared();
        let pairs = pattern.iter_mut().zip(&self.mean);
        pairs.for_each(|(v, mean)| *v -= f64::from(*mean));
        let scores = axes * &pattern;
        let rest = pattern.norm_squared() - scores.norm_squared();
        (scores, relative_residual(rest, whole))
    }
}
