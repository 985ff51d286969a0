//! Linear methods on raw patterns, computed from the Gram matrix of the patterns. The results equal
//! those from the intensities; the cost is lower if there are fewer patterns than angles.

use nalgebra::DMatrix;
use rayon::prelude::*;
use xrd_core::PatternSet;
use xrd_latent::maps::PrincipalComponents;

use crate::error::Result;

/// Gram matrix of patterns: the products x·y of all pairs.
#[derive(Clone, Debug)]
pub(super) struct Products {
    n: usize,
    products: Vec<f64>,
}

impl Products {
    /// Computes the Gram matrix of patterns. `change` maps each intensity first.
    ///
    /// Cost: O(n² · angles), on all threads of the current rayon pool.
    pub(super) fn of(set: &PatternSet, change: impl Fn(f32) -> f64) -> Self {
        let n = set.len();
        let rows: Vec<Vec<f64>> = (0..n)
            .map(|i| set.intensities(i).iter().map(|&v| change(v)).collect())
            .collect();
        let below = |i: usize| -> Vec<f64> {
            let blocks = rows[..=i].chunks(TOGETHER);
            blocks
                .flat_map(|others| dot_products(&rows[i], others))
                .collect()
        };
        let below: Vec<Vec<f64>> = (0..n).into_par_iter().map(below).collect();
        let mut products = vec![0.0; n * n];
        for (i, row) in below.iter().enumerate() {
            for (j, &product) in row.iter().enumerate() {
                products[i * n + j] = product;
                products[j * n + i] = product;
            }
        }
        Self { n, products }
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.products[i * self.n + j]
    }

    /// Returns the cosine of the angle between two patterns; 0 if one is zero.
    pub(super) fn cosine(&self, i: usize, j: usize) -> f64 {
        let size = (self.at(i, i) * self.at(j, j)).sqrt();
        if size > 0.0 {
            self.at(i, j) / size
        } else {
            0.0
        }
    }

    /// Returns the products of the patterns `rows` with the patterns `train`, all relative to the
    /// mean of `train`.
    ///
    /// # Shapes
    /// rows.len() × train.len()
    pub(super) fn centred(&self, rows: &[usize], train: &[usize]) -> DMatrix<f64> {
        let n = train.len() as f64;
        let to_mean = |i: usize| train.iter().map(|&j| self.at(i, j)).sum::<f64>() / n;
        let of_train: Vec<f64> = train.iter().map(|&j| to_mean(j)).collect();
        let mean_squared = of_train.iter().sum::<f64>() / n;
        let of_rows: Vec<f64> = rows.iter().map(|&i| to_mean(i)).collect();
        DMatrix::from_fn(rows.len(), train.len(), |a, b| {
            self.at(rows[a], train[b]) - of_rows[a] - of_train[b] + mean_squared
        })
    }
}

/// Number of products that are summed at the same time. A sum waits for its last addition; several
/// sums do not wait for each other.
const TOGETHER: usize = 8;

/// Products of a pattern with several others. Each sum is over ascending angles.
fn dot_products(row: &[f64], others: &[Vec<f64>]) -> Vec<f64> {
    let Ok(others) = <&[Vec<f64>; TOGETHER]>::try_from(others) else {
        let dot = |other: &Vec<f64>| row.iter().zip(other).map(|(a, b)| a * b).sum();
        return others.iter().map(dot).collect();
    };
    let others = others.each_ref().map(|other| &other[..row.len()]);
    // The sum of no products, as by `Iterator::sum`.
    let mut sums = [std::iter::empty::<f64>().sum::<f64>(); TOGETHER];
    for (k, a) in row.iter().enumerate() {
        for (sum, other) in sums.iter_mut().zip(others) {
            *sum += a * other[k];
        }
    }
    sums.to_vec()
}

/// Principal components of training patterns.
pub(super) struct Components(PrincipalComponents);

impl Components {
    /// Computes the first components from the centred products of the training patterns.
    ///
    /// Cost: O(n³).
    pub(super) fn of(within: &DMatrix<f64>, most: usize) -> Result<Self> {
        let found = PrincipalComponents::of_products(within.as_slice(), within.nrows(), most)?;
        Ok(Self(found))
    }

    /// Estimates values by ridge regression on the components.
    ///
    /// The argument `known` contains the values of the training patterns. The argument `across`
    /// contains the centred products of the test patterns with the training patterns. Eleven
    /// penalties from 1e-8 to 1e2 of the variance of the first component are tried; the one with
    /// the smallest leave-one-out error, by the formula for linear fits, is used.
    pub(super) fn ridge(&self, across: &DMatrix<f64>, known: &[f64]) -> Vec<f64> {
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        let along = |vector: &Vec<f64>| -> f64 {
            vector.iter().zip(known).map(|(u, y)| u * (y - mean)).sum()
        };
        let along: Vec<f64> = self.0.vectors.iter().map(along).collect();
        let largest = self.0.variances.first().copied().unwrap_or(1.0);
        let ridge = (-8..=2)
            .map(|exponent| largest * 10f64.powi(exponent))
            .map(|ridge| (ridge, self.left_out_error(ridge, &along, mean, known)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(largest, |(ridge, _)| ridge);
        let estimate = |row: usize| {
            let of = |c: usize| {
                let products = across.row(row);
                let score: f64 = products
                    .iter()
                    .zip(&self.0.vectors[c])
                    .map(|(x, u)| x * u)
                    .sum();
                score * along[c] / (self.0.variances[c] + ridge)
            };
            mean + (0..self.0.variances.len()).map(of).sum::<f64>()
        };
        (0..across.nrows()).map(estimate).collect()
    }

    fn left_out_error(&self, ridge: f64, along: &[f64], mean: f64, known: &[f64]) -> f64 {
        let error = |(i, y): (usize, &f64)| {
            let (mut estimate, mut leverage) = (mean, 1.0 / known.len() as f64);
            for (c, variance) in self.0.variances.iter().enumerate() {
                let (u, kept) = (self.0.vectors[c][i], variance / (variance + ridge));
                estimate += u * kept * along[c];
                leverage += u * u * kept;
            }
            ((y - estimate) / (1.0 - leverage).max(1e-6)).powi(2)
        };
        known.iter().enumerate().map(error).sum()
    }
}

/// Estimates values by partial least squares, one list for each number of components. The largest
/// number of components is `most`.
///
/// Partial least squares of one quantity equals least squares by conjugate gradients with one step
/// per component (Phatak & de Hoog, J. Chemometr. 16, 361, 2002).
pub(super) fn partial_least_squares(
    within: &DMatrix<f64>,
    across: &DMatrix<f64>,
    most: usize,
    known: &[f64],
) -> Vec<Vec<f64>> {
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let n = known.len();
    let mut residual = nalgebra::DVector::from_iterator(n, known.iter().map(|v| v - mean));
    let mut weights = nalgebra::DVector::zeros(n);
    let mut direction = residual.clone();
    let mut steepness = residual.dot(&(within * &residual));
    let beginning = steepness;
    let mut estimates = Vec::new();
    for _ in 0..most {
        let ahead = within * &direction;
        let size = ahead.dot(&ahead);
        if size > 0.0 && steepness > 1e-14 * beginning {
            let step = steepness / size;
            weights += step * &direction;
            residual -= step * ahead;
            let next = residual.dot(&(within * &residual));
            direction = &residual + (next / steepness) * &direction;
            steepness = next;
        }
        estimates.push((across * &weights).iter().map(|v| v + mean).collect());
    }
    estimates
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{Scale, TwoThetaGrid};

    fn set(rows: &[Vec<f64>]) -> PatternSet {
        let grid = TwoThetaGrid::new(10.0, 0.1, rows[0].len()).unwrap();
        let names = (0..rows.len()).map(|i| i.to_string()).collect();
        let block = rows.iter().flatten().map(|&v| v as f32).collect();
        PatternSet::new(grid, Scale::ARBITRARY, None, names, block).unwrap()
    }

    /// Returns patterns of four angles and a label that is linear in three of the intensities.
    fn linear() -> (Vec<Vec<f64>>, Vec<f64>) {
        let row = |i: u32| -> Vec<f64> {
            (0..4)
                .map(|k| f64::from((i * 7 + k * k * 3 + i * i * k) % 11))
                .collect()
        };
        let rows: Vec<Vec<f64>> = (0..12).map(row).collect();
        let known = rows
            .iter()
            .map(|r| 2.0 + r[0] - 0.5 * r[1] + 0.25 * r[3])
            .collect();
        (rows, known)
    }

    #[test]
    fn what_is_linear_is_found_by_all_components() {
        let (rows, known) = linear();
        let products = Products::of(&set(&rows), f64::from);
        let (train, test): (Vec<usize>, Vec<usize>) = ((0..9).collect(), (9..12).collect());
        let within = products.centred(&train, &train);
        let across = products.centred(&test, &train);
        let by_ridge = Components::of(&within, 20)
            .unwrap()
            .ridge(&across, &known[..9]);
        let by_parts = partial_least_squares(&within, &across, 4, &known[..9]);
        for (i, &truth) in known[9..].iter().enumerate() {
            assert!((by_ridge[i] - truth).abs() < 1e-4, "{by_ridge:?}");
            assert!((by_parts[3][i] - truth).abs() < 1e-8, "{by_parts:?}");
        }
    }

    /// Compares with the textbook formula of one component, computed from the intensities.
    #[test]
    fn one_component_is_the_textbook_formula() {
        let (rows, known) = linear();
        let (n, angles) = (9, 4);
        let mean: Vec<f64> = (0..angles)
            .map(|k| rows[..n].iter().map(|r| r[k]).sum::<f64>() / n as f64)
            .collect();
        let y_mean = known[..n].iter().sum::<f64>() / n as f64;
        let weight: Vec<f64> = (0..angles)
            .map(|k| {
                (0..n)
                    .map(|i| (rows[i][k] - mean[k]) * (known[i] - y_mean))
                    .sum()
            })
            .collect();
        let score = |i: usize| -> f64 {
            (0..angles)
                .map(|k| (rows[i][k] - mean[k]) * weight[k])
                .sum()
        };
        let over: f64 = (0..n).map(|i| score(i) * (known[i] - y_mean)).sum();
        let under: f64 = (0..n).map(|i| score(i).powi(2)).sum();
        let products = Products::of(&set(&rows), f64::from);
        let (train, test): (Vec<usize>, Vec<usize>) = ((0..n).collect(), (n..12).collect());
        let (within, across) = (
            products.centred(&train, &train),
            products.centred(&test, &train),
        );
        let found = &partial_least_squares(&within, &across, 1, &known[..n])[0];
        for (i, value) in found.iter().enumerate() {
            let expected = y_mean + score(n + i) * over / under;
            assert!((value - expected).abs() < 1e-9, "{value} {expected}");
        }
    }

    #[test]
    fn cosines_are_of_directions() {
        let products = Products::of(
            &set(&[vec![1.0, 0.0], vec![3.0, 0.0], vec![0.0, 0.0]]),
            |v| v.into(),
        );
        assert!((products.cosine(0, 1) - 1.0).abs() < 1e-12);
        assert_eq!(products.cosine(0, 2), 0.0);
    }
}
