//! Gaussian process regression on principal components.

use nalgebra::{Cholesky, DMatrix, Dyn, RowDVector};

use crate::neighbours::squared_distances;
use crate::optimise::minimise;

/// Largest number of evaluations of the likelihood.
const MOST_EVALUATIONS: usize = 60;

/// Weight of the distance of the logarithms of the parameters from their usual values, against
/// parameters that few patterns do not determine.
const PRIOR: f64 = 0.05;

/// Smallest and largest logarithm of the ratio of the variances of noise and function.
const NOISE: [f64; 2] = [-18.0, 3.0];

/// Parameters of the covariance of two patterns with the scores a and b:
///
/// m(|a − b|/ℓ) + λ·a·b, and ν more on the diagonal.
///
/// m is the Matérn function with ν = 5/2, (1 + √5 r + 5r²/3)·exp(−√5 r). The scores are divided by
/// their root mean square length. All labels of a fit share the parameters; each label has an
/// amplitude of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Parameters {
    /// Natural logarithms of ℓ, ν and λ.
    pub(crate) logarithms: [f64; 3],
}

/// Gaussian process that is conditioned on known patterns.
///
/// # References
/// C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press (2006),
/// algorithm 2.1, equations 4.17 and 5.8.
pub(crate) struct Process {
    known: DMatrix<f64>,
    length: f64,
    used: usize,
    parameters: Parameters,
    /// Weights of the known patterns in the estimate of each label.
    weights: DMatrix<f64>,
    mean: RowDVector<f64>,
}

/// Scores of the first components in units of their root mean square length.
fn scaled(scores: &DMatrix<f64>, used: usize, length: f64) -> DMatrix<f64> {
    scores.columns(0, used.min(scores.ncols())) / length
}

fn length(scores: &DMatrix<f64>, used: usize) -> f64 {
    let first = scores.columns(0, used.min(scores.ncols()));
    (first.norm_squared() / scores.nrows().max(1) as f64)
        .sqrt()
        .max(f64::MIN_POSITIVE)
}

/// Labels in units of their standard deviation, relative to their mean.
fn standardised(labels: &DMatrix<f64>) -> DMatrix<f64> {
    let mut found = crate::ridge::centred(labels);
    let n = labels.nrows() as f64;
    for mut column in found.column_iter_mut() {
        let deviation = (column.norm_squared() / n).sqrt();
        if deviation > 0.0 {
            column /= deviation;
        }
    }
    found
}

/// Squared distances and scalar products of pairs of patterns.
struct Pairs {
    squared: DMatrix<f64>,
    products: DMatrix<f64>,
}

impl Pairs {
    fn of(a: &DMatrix<f64>, b: &DMatrix<f64>) -> Self {
        Self {
            squared: squared_distances(a, b),
            products: a * b.transpose(),
        }
    }

    fn covariance(&self, parameters: &Parameters) -> DMatrix<f64> {
        let [scale, _, linear] = parameters.logarithms;
        let (inverse, linear) = ((-2.0 * scale).exp(), linear.exp());
        self.squared.zip_map(&self.products, |d, p| {
            let r = (5.0 * d * inverse).sqrt();
            (1.0 + r + r * r / 3.0) * (-r).exp() + linear * p
        })
    }

    /// Cholesky decomposition of the covariance with noise; `None` if it is not positive definite.
    fn decomposed(&self, parameters: &Parameters) -> Option<Cholesky<f64, Dyn>> {
        let mut covariance = self.covariance(parameters);
        let noise = parameters.logarithms[1].exp();
        for i in 0..covariance.nrows() {
            covariance[(i, i)] += noise;
        }
        Cholesky::new(covariance)
    }

    /// Usual parameters: ℓ is the median distance, ν = 0.01, λ = 1.
    fn usual(&self) -> Parameters {
        let n = self.squared.nrows();
        let mut all: Vec<f64> = (0..n)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| self.squared[(i, j)])
            .collect();
        all.sort_unstable_by(f64::total_cmp);
        let median = all.get(all.len() / 2).copied().unwrap_or(1.0).max(1e-12);
        Parameters {
            logarithms: [0.5 * median.ln(), 0.01f64.ln(), 0.0],
        }
    }

    /// Negative logarithm of the likelihood of standardised labels, with the best amplitude of each
    /// label, plus the prior.
    fn cost(&self, labels: &DMatrix<f64>, parameters: &Parameters, usual: &Parameters) -> f64 {
        let noise = parameters.logarithms[1];
        if !(NOISE[0]..=NOISE[1]).contains(&noise) {
            return f64::INFINITY;
        }
        let Some(cholesky) = self.decomposed(parameters) else {
            return f64::INFINITY;
        };
        let n = labels.nrows() as f64;
        let lower = cholesky.l_dirty();
        let determinant: f64 = (0..labels.nrows()).map(|i| lower[(i, i)].ln()).sum();
        let solved = cholesky.solve(labels);
        let columns = labels.column_iter().zip(solved.column_iter());
        let of_label = |(y, s): (_, nalgebra::DVectorView<'_, f64>)| {
            let y: nalgebra::DVectorView<'_, f64> = y;
            0.5 * n * (y.dot(&s) / n).max(1e-300).ln() + determinant
        };
        let pairs = parameters.logarithms.iter().zip(&usual.logarithms);
        let away: f64 = pairs.map(|(a, b)| (a - b).powi(2)).sum();
        columns.map(of_label).sum::<f64>() + PRIOR * away
    }
}

/// Returns the most likely parameters. The argument `used` is the number of components.
///
/// Cost: O(n³) for n patterns, about 60 times.
pub(crate) fn best_parameters(
    scores: &DMatrix<f64>,
    labels: &DMatrix<f64>,
    used: usize,
) -> Parameters {
    let scores = scaled(scores, used, length(scores, used));
    let pairs = Pairs::of(&scores, &scores);
    let labels = standardised(labels);
    let usual = pairs.usual();
    let cost = |x: &[f64; 3]| pairs.cost(&labels, &Parameters { logarithms: *x }, &usual);
    let steps = [0.7, -2.0, 1.0];
    Parameters {
        logarithms: minimise(cost, usual.logarithms, steps, MOST_EVALUATIONS),
    }
}

impl Process {
    /// Conditions a process on known patterns. A covariance that is not positive definite is given
    /// more noise until it is.
    ///
    /// Cost: O(n³).
    pub(crate) fn new(
        scores: &DMatrix<f64>,
        labels: &DMatrix<f64>,
        used: usize,
        parameters: Parameters,
    ) -> Self {
        let length = length(scores, used);
        let known = scaled(scores, used, length);
        let pairs = Pairs::of(&known, &known);
        let mut with_noise = parameters;
        let centred = crate::ridge::centred(labels);
        let weights = loop {
            match pairs.decomposed(&with_noise) {
                Some(cholesky) => break cholesky.solve(&centred),
                // The noise soon exceeds all rounding errors, because scaled scores are about 1.
                None => with_noise.logarithms[1] += 1.0,
            }
        };
        Self {
            known,
            length,
            used,
            parameters,
            weights,
            mean: labels.row_mean(),
        }
    }

    pub(crate) fn estimate(&self, scores: &DMatrix<f64>) -> DMatrix<f64> {
        let scores = scaled(scores, self.used, self.length);
        let covariance = Pairs::of(&scores, &self.known).covariance(&self.parameters);
        let mut found = covariance * &self.weights;
        for mut row in found.row_iter_mut() {
            row += &self.mean;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(n: usize) -> DMatrix<f64> {
        DMatrix::from_fn(n, 3, |i, j| {
            ((i * (2 * j + 3) + i * i) % 17) as f64 / (j + 1) as f64
        })
    }

    fn parameters(noise: f64) -> Parameters {
        Parameters {
            logarithms: [0.3, noise, -1.0],
        }
    }

    /// The estimate is k(K + ν)⁻¹y, by an explicit inverse.
    #[test]
    fn estimates_agree_with_the_definition() {
        let (known, new) = (scores(12), scores(20));
        let labels = DMatrix::from_fn(12, 2, |i, c| (i as f64 * 0.3).sin() + c as f64);
        let p = parameters(-2.0);
        let found = Process::new(&known, &labels, 3, p).estimate(&new);
        let size = (known.norm_squared() / 12.0).sqrt();
        let kernel = |a: nalgebra::RowDVector<f64>, b: nalgebra::RowDVector<f64>| {
            let (a, b) = (a / size, b / size);
            let r = 5f64.sqrt() * (&a - &b).norm() / 0.3f64.exp();
            (1.0 + r + r * r / 3.0) * (-r).exp() + (-1f64).exp() * a.dot(&b)
        };
        let row = |m: &DMatrix<f64>, i: usize| m.row(i).into_owned();
        let mut matrix = DMatrix::from_fn(12, 12, |i, j| kernel(row(&known, i), row(&known, j)));
        for i in 0..12 {
            matrix[(i, i)] += (-2f64).exp();
        }
        let inverse = matrix.try_inverse().unwrap();
        let cross = DMatrix::from_fn(20, 12, |i, j| kernel(row(&new, i), row(&known, j)));
        let mean = labels.row_mean();
        let expected = cross * inverse * crate::ridge::centred(&labels);
        for i in 0..20 {
            for c in 0..2 {
                assert!((found[(i, c)] - expected[(i, c)] - mean[c]).abs() < 1e-9);
            }
        }
    }

    /// The cost differs from the logarithm of a multivariate normal density, maximised over the
    /// amplitude, by a constant.
    #[test]
    fn the_cost_is_that_of_the_density() {
        let known = scores(9);
        let scaled = scaled(&known, 3, length(&known, 3));
        let pairs = Pairs::of(&scaled, &scaled);
        let labels = standardised(&DMatrix::from_fn(9, 1, |i, _| (i as f64 * 0.7).cos()));
        let density = |p: &Parameters| {
            let mut k = pairs.covariance(p);
            (0..9).for_each(|i| k[(i, i)] += p.logarithms[1].exp());
            let quadratic = (labels.transpose() * k.clone().try_inverse().unwrap() * &labels)[0];
            0.5 * (k * (quadratic / 9.0)).determinant().ln()
        };
        let cost = |p: &Parameters| pairs.cost(&labels, p, p);
        let (a, b) = (parameters(-1.0), parameters(-3.0));
        assert!((cost(&a) - cost(&b) - density(&a) + density(&b)).abs() < 1e-9);
        assert_eq!(pairs.cost(&labels, &parameters(-19.0), &a), f64::INFINITY);
    }

    #[test]
    fn a_smooth_function_is_found_without_noise() {
        let known = DMatrix::from_fn(40, 1, |i, _| i as f64 / 10.0 - 2.0);
        let labels = known.map(f64::sin);
        let p = best_parameters(&known, &labels, 1);
        assert!(p.logarithms[1] < -8.0, "{p:?}");
        let between = DMatrix::from_fn(39, 1, |i, _| i as f64 / 10.0 - 1.95);
        let found = Process::new(&known, &labels, 1, p).estimate(&between);
        assert!((found - between.map(f64::sin)).abs().max() < 1e-3);
    }

    #[test]
    fn equal_patterns_do_not_stop_a_process() {
        let known = DMatrix::from_fn(6, 2, |i, _| (i / 3) as f64);
        let labels = DMatrix::from_fn(6, 1, |i, _| i as f64);
        let found = Process::new(&known, &labels, 2, parameters(-60.0)).estimate(&known);
        assert!(found.iter().all(|v| v.is_finite()));
    }
}
