//! Residuals of patterns whose components are computed from other patterns.

use nalgebra::DMatrix;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use super::model::Model;
use super::order::median;
use crate::error::Result;

/// Compared numbers of components.
const NUMBERS: [usize; 13] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 80];
/// A larger number of components must reduce the error to this fraction.
const BETTER: f64 = 0.98;
/// Number of folds, and of folds of large sets.
const FOLDS: usize = 10;
const FEW_FOLDS: usize = 5;
/// Largest number of patterns with [`FOLDS`].
const MOST_WITH_FOLDS: usize = 500;

/// Patterns as columns, with their scalar products and their folds.
pub(crate) struct Columns {
    pub(crate) columns: DMatrix<f64>,
    pub(crate) products: DMatrix<f64>,
    folds: Vec<Vec<usize>>,
}

/// Residuals of patterns, one column per pattern.
pub(crate) struct LeftOut {
    /// Number of components.
    pub(crate) components: usize,
    pub(crate) residuals: DMatrix<f64>,
}

impl Columns {
    pub(crate) fn new(columns: DMatrix<f64>) -> Self {
        let n = columns.ncols();
        let count = match n <= MOST_WITH_FOLDS {
            true => FOLDS.min(n),
            false => FEW_FOLDS,
        };
        let mut order: Vec<usize> = (0..n).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(0));
        let fold = |f| order.iter().copied().skip(f).step_by(count).collect();
        Self {
            products: columns.tr_mul(&columns),
            folds: (0..count).map(fold).collect(),
            columns,
        }
    }

    /// Computes the components of the kept patterns.
    pub(crate) fn model(&self, kept: &[bool], most: usize) -> Result<Model> {
        let known: Vec<usize> = (0..kept.len()).filter(|&i| kept[i]).collect();
        Model::fit(&self.columns, &self.products, &known, most)
    }

    /// Computes the residuals of all patterns. The components for the patterns of a fold are computed
    /// from the kept patterns of the other folds. Their number is the one with which blocks of bins
    /// are best predicted from the other bins.
    pub(crate) fn left_out(&self, kept: &[bool]) -> Result<LeftOut> {
        let numbers = self.numbers(kept);
        let most = numbers.last().copied().unwrap_or(1);
        let model = |fold: &Vec<usize>| {
            let mut others = kept.to_vec();
            fold.iter().for_each(|&i| others[i] = false);
            self.model(&others, most)
        };
        let models: Result<Vec<Model>> = self.folds.par_iter().map(model).collect();
        let mut models = models?;
        let components = self.best_number(&models, &numbers, kept);
        models.iter_mut().for_each(|m| m.truncate(components));
        let of_fold = |(fold, model): (&Vec<usize>, &Model)| {
            model.residuals(self.columns.select_columns(fold))
        };
        let parts: Vec<DMatrix<f64>> = self.folds.par_iter().zip(&models).map(of_fold).collect();
        let mut residuals = DMatrix::zeros(self.columns.nrows(), self.columns.ncols());
        for (fold, part) in self.folds.iter().zip(&parts) {
            for (&i, column) in fold.iter().zip(part.column_iter()) {
                residuals.set_column(i, &column);
            }
        }
        Ok(LeftOut {
            components,
            residuals,
        })
    }

    /// Numbers of components that the number of patterns and of bins permits.
    fn numbers(&self, kept: &[bool]) -> Vec<usize> {
        let kept = kept.iter().filter(|k| **k).count();
        let training = kept - kept / self.folds.len();
        let most = (training / 3).min(self.columns.nrows() / 4).max(1);
        NUMBERS.into_iter().filter(|k| *k <= most).collect()
    }

    fn best_number(&self, models: &[Model], numbers: &[usize], kept: &[bool]) -> usize {
        let of_fold = |(fold, model): (&Vec<usize>, &Model)| {
            let fold: Vec<usize> = fold.iter().copied().filter(|&i| kept[i]).collect();
            model.prediction_errors(self.columns.select_columns(&fold), numbers)
        };
        let errors: Vec<Vec<Vec<f64>>> = self.folds.par_iter().zip(models).map(of_fold).collect();
        let typical = |c: usize| median(errors.iter().flat_map(|f| f[c].iter().copied()).collect());
        let mut best = (f64::INFINITY, 1);
        for (c, &number) in numbers.iter().enumerate() {
            let error = typical(c);
            if error < BETTER * best.0 {
                best = (error, number);
            }
        }
        best.1
    }
}
