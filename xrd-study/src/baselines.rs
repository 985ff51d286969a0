//! Baselines: estimates from raw patterns, without a network.

mod kernel;

use std::borrow::Cow;

use crate::dataset::Dataset;
use crate::error::Result;
use crate::split::Split;
use kernel::{Components, Products, partial_least_squares};

/// Names of the baselines, in the order of [`Baselines::estimates`].
pub const BASELINES: [&str; 3] = ["raw, neighbours", "raw, PCA + ridge", "raw, PLS"];

/// Number of nearest neighbours by the cosine of √intensity.
const NEIGHBOURS: usize = 3;

/// Number of principal components.
const COMPONENTS: usize = 20;

/// Largest number of components of partial least squares. The number of components is chosen by
/// cross-validation on the training patterns.
const MOST_PLS: usize = 15;

/// Number of folds of that cross-validation.
const INNER_FOLDS: usize = 5;

/// Baselines: estimates of labels from raw patterns, without a network.
///
/// This type stores the scalar products of all pairs of patterns (Gram matrix). The methods need
/// only these products, and not the intensities. The computation is fast if there are fewer
/// patterns than angles.
#[derive(Clone, Debug)]
pub struct Baselines {
    plain: Products,
    /// Products of the square roots of the intensities.
    roots: Products,
}

impl Baselines {
    /// Computes the scalar products of all pairs of patterns of a set.
    ///
    /// # Errors
    /// [`Error::Network`](crate::Error::Network) if patterns on disk cannot be read.
    ///
    /// Cost O(patterns² · angles).
    pub fn new(data: &Dataset) -> Result<Self> {
        // Patterns that hold square roots already are used as they are.
        let rooted = data.preparation.iter().any(|step| step == "sqrt");
        let root = |v: f32| match rooted {
            true => f64::from(v),
            false => f64::from(v).max(0.0).sqrt(),
        };
        let rows: Vec<usize> = (0..data.set.len()).collect();
        let set = match data.set.in_memory() {
            Some(set) => Cow::Borrowed(set),
            None => Cow::Owned(data.set.select(&rows)?),
        };
        Ok(Self {
            plain: Products::of(&set, f64::from),
            roots: Products::of(&set, root),
        })
    }

    /// Estimates the labels of the test patterns by each method of [`BASELINES`]. Each method
    /// returns one row of labels per test pattern.
    ///
    /// # Errors
    /// Any error of [`ridge`](Self::ridge).
    pub fn estimates(&self, data: &Dataset, split: &Split) -> Result<[Vec<Vec<f64>>; 3]> {
        Ok([
            self.neighbours(data, split),
            self.ridge(data, split)?,
            self.partial_least_squares(data, split),
        ])
    }

    /// Estimates the labels of each test pattern as the mean of the labels of the three most
    /// similar training patterns. The similarity of two patterns is the cosine of the angle between
    /// their vectors of √intensity.
    pub fn neighbours(&self, data: &Dataset, split: &Split) -> Vec<Vec<f64>> {
        let tests = split.test.iter();
        tests.map(|&i| self.nearest(data, split, i)).collect()
    }

    /// Estimates the labels of the test patterns by ridge regression on the first 20 principal
    /// components of the training patterns. The penalty of the regression is selected from eleven
    /// values by the leave-one-out error of the training patterns.
    ///
    /// # Errors
    /// [`Error::Latent`](crate::Error::Latent) if a scalar product of two patterns is not finite.
    ///
    /// Cost O(patterns³).
    pub fn ridge(&self, data: &Dataset, split: &Split) -> Result<Vec<Vec<f64>>> {
        let within = self.plain.centred(&split.train, &split.train);
        let across = self.plain.centred(&split.test, &split.train);
        let components = Components::of(&within, COMPONENTS)?;
        let known = known(data, split);
        let columns = known.iter().map(|known| components.ridge(&across, known));
        Ok(by_row(columns.collect(), split.test.len()))
    }

    /// Estimates the labels of the test patterns by partial least squares, one label at a time. The
    /// number of components, at most 15, is chosen by five-fold cross-validation on the training
    /// patterns.
    ///
    /// Cost O(patterns²) per label and component.
    pub fn partial_least_squares(&self, data: &Dataset, split: &Split) -> Vec<Vec<f64>> {
        let within = self.plain.centred(&split.train, &split.train);
        let across = self.plain.centred(&split.test, &split.train);
        let known = known(data, split);
        let columns = known.iter().enumerate().map(|(c, known)| {
            let count = self.pls_components(data, split, c);
            partial_least_squares(&within, &across, count, known)
                .pop()
                .unwrap_or_default()
        });
        by_row(columns.collect(), split.test.len())
    }

    fn nearest(&self, data: &Dataset, split: &Split, i: usize) -> Vec<f64> {
        let mut near: Vec<(f64, usize)> = split
            .train
            .iter()
            .map(|&j| (self.roots.cosine(i, j), j))
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.truncate(NEIGHBOURS);
        let mean = |c: usize| {
            let values = near.iter().map(|&(_, j)| data.labels.row(j)[c]);
            values.sum::<f64>() / near.len() as f64
        };
        (0..data.labels.columns().len()).map(mean).collect()
    }

    /// Returns the number of components with the smallest cross-validation error on the training
    /// patterns.
    fn pls_components(&self, data: &Dataset, split: &Split, column: usize) -> usize {
        let value = |i: &usize| data.labels.row(*i)[column];
        let mut errors = [0.0; MOST_PLS];
        for fold in 0..INNER_FOLDS.min(split.train.len() - 1) {
            let rows = split.train.iter().enumerate();
            let (test, train): (Vec<_>, Vec<_>) = rows.partition(|(i, _)| i % INNER_FOLDS == fold);
            let indices = |list: Vec<(usize, &usize)>| -> Vec<usize> {
                list.into_iter().map(|(_, &i)| i).collect()
            };
            let (test, train) = (indices(test), indices(train));
            let within = self.plain.centred(&train, &train);
            let across = self.plain.centred(&test, &train);
            let known: Vec<f64> = train.iter().map(value).collect();
            let estimates = partial_least_squares(&within, &across, MOST_PLS, &known);
            for (error, estimates) in errors.iter_mut().zip(estimates) {
                let pairs = estimates.iter().zip(&test);
                *error += pairs.map(|(e, i)| (e - value(i)).powi(2)).sum::<f64>();
            }
        }
        let best = (0..MOST_PLS).min_by(|&a, &b| errors[a].total_cmp(&errors[b]));
        best.unwrap_or_default() + 1
    }
}

/// Returns the labels of the training patterns, one list per label.
fn known(data: &Dataset, split: &Split) -> Vec<Vec<f64>> {
    let train = split.train.iter();
    (0..data.labels.columns().len())
        .map(|c| train.clone().map(|&i| data.labels.row(i)[c]).collect())
        .collect()
}

/// Transposes columns into rows.
fn by_row(columns: Vec<Vec<f64>>, rows: usize) -> Vec<Vec<f64>> {
    (0..rows)
        .map(|i| columns.iter().map(|column| column[i]).collect())
        .collect()
}
