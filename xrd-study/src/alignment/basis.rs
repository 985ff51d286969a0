//! Principal components of patterns of unit length.

use nalgebra::{DMatrix, DVector};
use xrd_latent::maps::PrincipalComponents;

/// Largest number of components. With more, the parts of a shifted pattern are reproduced too.
const MOST_COMPONENTS: usize = 20;

/// Number of patterns per component.
const PATTERNS_PER_COMPONENT: usize = 4;

/// Mean and principal components of patterns of unit length.
pub(super) struct Basis {
    pub(super) mean: DVector<f32>,
    /// One column of unit length per component.
    pub(super) axes: DMatrix<f32>,
}

/// Returns a pattern divided by its Euclidean norm. A pattern without intensity is not changed.
pub(super) fn of_unit_length(pattern: &[f32]) -> DVector<f32> {
    let mut unit = DVector::from_column_slice(pattern);
    let norm = unit.norm();
    if norm > 0.0 && norm.is_finite() {
        unit /= norm;
    }
    unit
}

impl Basis {
    /// Computes the components of patterns. Returns `None` if all patterns are equal, or if an
    /// intensity is not finite.
    ///
    /// Cost: O(n²·angles + n³).
    pub(super) fn of(rows: &[&[f32]]) -> Option<Self> {
        let mut columns = DMatrix::from_columns(
            &rows
                .iter()
                .map(|row| of_unit_length(row))
                .collect::<Vec<_>>(),
        );
        let mean = columns.column_mean();
        columns.column_iter_mut().for_each(|mut c| c -= &mean);
        let products = columns.tr_mul(&columns).map(f64::from);
        let most = (rows.len() / PATTERNS_PER_COMPONENT).clamp(1, MOST_COMPONENTS);
        let found = PrincipalComponents::of_products(products.as_slice(), rows.len(), most).ok()?;
        // Single precision: smaller variances are rounding errors.
        let least = 1e-10 * found.variances.first().filter(|v| **v > 1e-12)?;
        let kept = found.vectors.iter().zip(&found.variances);
        let weights: Vec<DVector<f32>> = kept
            .filter(|(_, variance)| **variance > least)
            .map(|(v, variance)| {
                DVector::from_iterator(v.len(), v.iter().map(|w| (w / variance.sqrt()) as f32))
            })
            .collect();
        Some(Self {
            axes: columns * DMatrix::from_columns(&weights),
            mean,
        })
    }

    /// Number of grid points of a pattern.
    pub(super) fn points(&self) -> usize {
        self.mean.len()
    }

    /// Returns the part of a direction that the components do not reproduce.
    ///
    /// Cost: O(components · angles).
    pub(super) fn rest(&self, mut direction: DVector<f32>) -> DVector<f32> {
        let scores = self.axes.tr_mul(&direction);
        direction.gemv(-1.0, &self.axes, &scores, 1.0);
        direction
    }
}
