//! Estimates from the raw patterns, without a network: what others offer.

use anyhow::Result;

use crate::dataset::Dataset;
use crate::split::Split;

use super::kernel::{Components, Products, partial_least_squares};

/// Names of the methods, in the order of their estimates.
pub(crate) const METHODS: [&str; 3] = ["raw, neighbours", "raw, PCA + ridge", "raw, PLS"];

/// Neighbours by cosine of √intensity.
const NEIGHBOURS: usize = 3;

/// Principal components.
const COMPONENTS: usize = 20;

/// Components of partial least squares, at most; how many is decided by leaving out parts of the
/// training patterns.
const MOST_PLS: usize = 15;

/// Parts of the training patterns that are left out for that.
const INNER_PARTS: usize = 5;

/// Products of the patterns, as they are and of their square roots.
pub(crate) struct Raw {
    plain: Products,
    roots: Products,
}

impl Raw {
    pub(crate) fn of(data: &Dataset) -> Self {
        // Where roots were taken already, they are not taken again.
        let rooted = data.preparation.iter().any(|step| step == "sqrt");
        let root = |v: f32| match rooted {
            true => f64::from(v),
            false => f64::from(v).max(0.0).sqrt(),
        };
        Self {
            plain: Products::of(&data.set, f64::from),
            roots: Products::of(&data.set, root),
        }
    }

    /// The labels of the test patterns by each of [`METHODS`].
    pub(crate) fn estimates(&self, data: &Dataset, split: &Split) -> Result<Vec<Vec<Vec<f64>>>> {
        let neighbours = split.test.iter().map(|&i| self.neighbours(data, split, i));
        let within = self.plain.centred(&split.train, &split.train);
        let across = self.plain.centred(&split.test, &split.train);
        let components = Components::of(&within, COMPONENTS)?;
        let columns = 0..data.labels.columns().len();
        let known: Vec<Vec<f64>> = columns
            .map(|c| split.train.iter().map(|&i| data.labels.row(i)[c]).collect())
            .collect();
        let ridge = known.iter().map(|known| components.ridge(&across, known));
        let pls = known.iter().enumerate().map(|(c, known)| {
            let count = self.pls_components(data, split, c);
            partial_least_squares(&within, &across, count, known)
                .pop()
                .unwrap_or_default()
        });
        Ok(vec![
            neighbours.collect(),
            by_row(ridge.collect(), split.test.len()),
            by_row(pls.collect(), split.test.len()),
        ])
    }

    fn neighbours(&self, data: &Dataset, split: &Split, i: usize) -> Vec<f64> {
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

    /// The number of components with the least error on parts of the training patterns.
    fn pls_components(&self, data: &Dataset, split: &Split, column: usize) -> usize {
        let value = |i: &usize| data.labels.row(*i)[column];
        let mut errors = [0.0; MOST_PLS];
        for part in 0..INNER_PARTS.min(split.train.len() - 1) {
            let places = split.train.iter().enumerate();
            let (test, train): (Vec<_>, Vec<_>) =
                places.partition(|(place, _)| place % INNER_PARTS == part);
            let rows = |list: Vec<(usize, &usize)>| -> Vec<usize> {
                list.into_iter().map(|(_, &i)| i).collect()
            };
            let (test, train) = (rows(test), rows(train));
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

/// Columns as rows.
fn by_row(columns: Vec<Vec<f64>>, rows: usize) -> Vec<Vec<f64>> {
    (0..rows)
        .map(|i| columns.iter().map(|column| column[i]).collect())
        .collect()
}
