//! Principal components of transformed patterns.

use nalgebra::{DMatrix, RowDVector};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use xrd_latent::maps::PrincipalComponents;

use crate::error::{Error, Result};

/// Largest number of principal components.
pub(crate) const MOST_COMPONENTS: usize = 40;

/// Number of patterns up to which all components are computed at once.
const EXACT: usize = 120;

/// Additional directions of the subspace iteration.
const ADDITIONAL: usize = 15;

/// Number of iterations. The error of a direction falls with the power 2·8 of the ratio of the
/// variances.
const ITERATIONS: usize = 8;

/// Scalar products of all pairs of patterns.
pub(crate) struct Products(DMatrix<f64>);

impl Products {
    /// Computes the products of rows.
    ///
    /// Cost: O(n² · angles).
    pub(crate) fn of(rows: &DMatrix<f64>) -> Self {
        Self(rows * rows.transpose())
    }

    /// Returns the products of two groups of patterns, relative to the mean of the second group.
    /// The arguments `rows` and `known` contain the indices of the two groups.
    fn centred(&self, rows: &[usize], known: &[usize]) -> DMatrix<f64> {
        let n = known.len() as f64;
        let to_mean = |i: usize| known.iter().map(|&j| self.0[(i, j)]).sum::<f64>() / n;
        let of_known: Vec<f64> = known.iter().map(|&j| to_mean(j)).collect();
        let mean_squared = of_known.iter().sum::<f64>() / n;
        let of_rows: Vec<f64> = rows.iter().map(|&i| to_mean(i)).collect();
        DMatrix::from_fn(rows.len(), known.len(), |a, b| {
            self.0[(rows[a], known[b])] - of_rows[a] - of_known[b] + mean_squared
        })
    }

    /// Computes the components of some patterns. The argument `known` contains their indices.
    ///
    /// # Errors
    /// [`Error::EqualPatterns`].
    pub(crate) fn components(&self, known: &[usize]) -> Result<Components> {
        let centred = self.centred(known, known);
        let weights = leading(&centred).ok_or(Error::EqualPatterns)?;
        Ok(Components {
            known: known.to_vec(),
            weights,
        })
    }

    /// Returns the scores of some patterns: their coordinates along the components. The argument
    /// `rows` contains the indices of the patterns.
    pub(crate) fn scores(&self, components: &Components, rows: &[usize]) -> DMatrix<f64> {
        self.centred(rows, &components.known) * &components.weights
    }

    /// Returns the relative residual of each pattern: the length of what the components do not
    /// reproduce, divided by the length of the pattern.
    pub(crate) fn residuals(
        &self,
        components: &Components,
        rows: &[usize],
        scores: &DMatrix<f64>,
    ) -> Vec<f64> {
        let known = &components.known;
        let n = known.len() as f64;
        let pairs = known
            .iter()
            .flat_map(|&i| known.iter().map(move |&j| (i, j)));
        let mean_squared = pairs.map(|(i, j)| self.0[(i, j)]).sum::<f64>() / (n * n);
        let of = |(a, &i): (usize, &usize)| {
            let to_mean = known.iter().map(|&j| self.0[(i, j)]).sum::<f64>() / n;
            let away = self.0[(i, i)] - 2.0 * to_mean + mean_squared;
            relative_residual(away - scores.row(a).norm_squared(), self.0[(i, i)])
        };
        rows.iter().enumerate().map(of).collect()
    }
}

/// Returns √(rest / whole), or 0 for a pattern without intensity.
pub(crate) fn relative_residual(rest: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (rest.max(0.0) / whole).sqrt()
    } else {
        0.0
    }
}

/// Principal components, as weights of the patterns that they were computed from.
pub(crate) struct Components {
    known: Vec<usize>,
    /// One column per component. Scores are centred products times these weights.
    weights: DMatrix<f64>,
}

impl Components {
    /// Returns the mean of the known patterns and the components as rows of unit length.
    pub(crate) fn axes(&self, rows: &DMatrix<f64>) -> (RowDVector<f64>, DMatrix<f64>) {
        let known = rows.select_rows(&self.known);
        let axes = self.weights.transpose() * crate::ridge::centred(&known);
        (known.row_mean(), axes)
    }
}

/// Returns the first eigenvectors of centred products, each divided by the square root of its
/// eigenvalue; `None` if there is no positive eigenvalue.
fn leading(centred: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let n = centred.nrows();
    let (space, products) = match n <= EXACT {
        true => (None, centred.clone()),
        false => {
            let space = subspace(centred);
            let products = space.transpose() * centred * &space;
            (Some(space), products)
        }
    };
    let size = products.nrows();
    let found =
        PrincipalComponents::of_products(products.as_slice(), size, MOST_COMPONENTS).ok()?;
    if found.variances.is_empty() {
        return None;
    }
    let columns = found.vectors.iter().zip(&found.variances);
    let columns = columns.flat_map(|(v, variance)| v.iter().map(move |v| v / variance.sqrt()));
    let weights = DMatrix::from_iterator(size, found.variances.len(), columns);
    Some(match space {
        Some(space) => space * weights,
        None => weights,
    })
}

/// Returns an orthonormal basis of a space that nearly contains the first eigenvectors (N. Halko,
/// P. G. Martinsson, J. A. Tropp, SIAM Rev. 53, 217, 2011, algorithm 4.4).
fn subspace(products: &DMatrix<f64>) -> DMatrix<f64> {
    let size = (MOST_COMPONENTS + ADDITIONAL).min(products.nrows());
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let random = DMatrix::from_fn(products.nrows(), size, |_, _| rng.random_range(-1.0..1.0));
    (0..ITERATIONS).fold((products * random).qr().q(), |space, _| {
        (products * space).qr().q()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns patterns with variances that fall by a factor, and their products.
    fn patterns(n: usize, angles: usize) -> DMatrix<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        DMatrix::from_fn(n, angles, |_, k| {
            0.8f64.powi(k as i32) * rng.random_range(-1.0..1.0)
        })
    }

    #[test]
    fn scores_are_coordinates_along_the_axes() {
        for n in [30, 150] {
            let rows = patterns(n, 60);
            let products = Products::of(&rows);
            let known: Vec<usize> = (0..n - 5).collect();
            let components = products.components(&known).unwrap();
            let (mean, axes) = components.axes(&rows);
            let all: Vec<usize> = (0..n).collect();
            let scores = products.scores(&components, &all);
            let centred = DMatrix::from_fn(n, 60, |i, k| rows[(i, k)] - mean[k]);
            assert!((&centred * axes.transpose() - &scores).abs().max() < 1e-7);
            let identity = &axes * axes.transpose();
            assert!(
                (identity - DMatrix::identity(axes.nrows(), axes.nrows()))
                    .abs()
                    .max()
                    < 1e-6
            );
            let residuals = products.residuals(&components, &all, &scores);
            for (i, found) in residuals.iter().enumerate() {
                let rest = centred.row(i) - scores.row(i) * &axes;
                assert!((found - rest.norm() / rows.row(i).norm()).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn the_subspace_holds_the_first_components() {
        let rows = patterns(EXACT + 1, 200);
        let products = Products::of(&rows);
        let known: Vec<usize> = (0..rows.nrows()).collect();
        let centred = products.centred(&known, &known);
        let exact = PrincipalComponents::of_products(centred.as_slice(), known.len(), 20).unwrap();
        let found = leading(&centred).unwrap();
        for (c, variance) in exact.variances.iter().enumerate() {
            // A column w has |w|² = 1/variance.
            let ratio = found.column(c).norm_squared() * variance;
            assert!((ratio - 1.0).abs() < 1e-6, "{c}: {ratio}");
        }
    }

    #[test]
    fn equal_patterns_have_no_components() {
        let products = Products::of(&DMatrix::from_element(4, 6, 2.0));
        let found = products.components(&[0, 1, 2]).err();
        assert_eq!(found, Some(Error::EqualPatterns));
    }
}
