//! Methods of regression on principal components.

use std::fmt;

use nalgebra::DMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::neighbours::Neighbours;
use crate::process::{Parameters, Process, best_parameters};
use crate::ridge::{self, Linear};
use crate::transform::Transform;
use crate::{folds, least_squares};

/// Method of regression: how labels are estimated from the principal components of patterns.
///
/// The components are computed from transformed patterns ([`Transform`]). The scores of a pattern
/// are its coordinates along the components. All methods estimate labels from these scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// Weighted mean of the labels of the three nearest known patterns. The weight of a pattern is
    /// the inverse of its squared distance.
    Neighbours,
    /// Ridge regression on the first 20 components. Eleven penalties are compared, and the penalty
    /// with the smallest leave-one-out error is used.
    Ridge,
    /// Partial least squares with at most 25 components. The number of components is chosen for
    /// each label by cross-validation.
    LeastSquares,
    /// Gaussian process on the first components. The covariance of two patterns is the sum of a
    /// Matérn function (ν = 5/2), a linear function and noise. The parameters of the covariance are
    /// fitted: they maximise the likelihood of the known labels, with a weak preference for usual
    /// values.
    Process {
        /// Number of components.
        components: usize,
    },
}

/// Combination of a transform of the patterns and a method of regression.
///
/// `Display` writes a short name, such as `PCA + ridge, √I`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Candidate {
    /// Transform that is applied to the patterns before their principal components are computed.
    pub transform: Transform,
    /// Method of regression on the components.
    pub method: Method,
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.method {
            Method::Neighbours => write!(f, "neighbours")?,
            Method::Ridge => write!(f, "PCA + ridge")?,
            Method::LeastSquares => write!(f, "PLS")?,
            Method::Process { components } => write!(f, "Gaussian process on {components} PC")?,
        }
        let Transform {
            broadening,
            normalised,
            root,
        } = self.transform;
        if root {
            write!(f, ", √I")?;
        }
        if normalised {
            write!(f, ", equal areas")?;
        }
        if broadening > 0 {
            write!(f, ", lines broadened by {broadening} points")?;
        }
        Ok(())
    }
}

/// Returns the methods that are compared for a transform.
fn methods(transform: &Transform) -> Vec<Method> {
    let processes = [20, 40].map(|components| Method::Process { components });
    let mut all = vec![Method::Ridge];
    all.extend(processes);
    if transform.broadening == 0 {
        all.push(Method::LeastSquares);
    }
    if transform.broadening == 0 && transform.root {
        all.push(Method::Neighbours);
    }
    all
}

/// Returns the candidates that are compared for these transforms.
pub(crate) fn candidates(transforms: &[Transform]) -> Vec<Candidate> {
    let of = |&transform: &Transform| {
        let methods = methods(&transform).into_iter();
        methods.map(move |method| Candidate { transform, method })
    };
    transforms.iter().flat_map(of).collect()
}

/// Largest number of patterns from which the parameters of a process are determined.
const MOST_FOR_PARAMETERS: usize = 250;

impl Method {
    /// Determines the parameters of the method, as a list of numbers.
    pub(crate) fn parameters(
        self,
        scores: &DMatrix<f64>,
        labels: &DMatrix<f64>,
        groups: &[usize],
    ) -> Vec<f64> {
        match self {
            Self::Neighbours => Vec::new(),
            Self::Ridge => vec![f64::from(ridge::best_exponent(scores, labels))],
            Self::LeastSquares => {
                let counts = least_squares::best_counts(scores, labels, groups);
                counts.into_iter().map(|n| n as f64).collect()
            }
            Self::Process { components } => {
                let rows = folds::sample(scores.nrows(), MOST_FOR_PARAMETERS);
                let (scores, labels) = (scores.select_rows(&rows), labels.select_rows(&rows));
                let found = best_parameters(&scores, &labels, components);
                found.logarithms.to_vec()
            }
        }
    }

    /// Returns the number of parameters for this number of labels.
    pub(crate) fn parameter_count(self, labels: usize) -> usize {
        match self {
            Self::Neighbours => 0,
            Self::Ridge => 1,
            Self::LeastSquares => labels,
            Self::Process { .. } => 3,
        }
    }

    /// Fits the method with given parameters.
    pub(crate) fn fit(
        self,
        scores: &DMatrix<f64>,
        labels: &DMatrix<f64>,
        parameters: &[f64],
    ) -> Fit {
        let first = parameters.first().copied().unwrap_or(0.0);
        match self {
            Self::Neighbours => Fit::Neighbours(Neighbours::new(scores, labels)),
            Self::Ridge => Fit::Linear(ridge::fit(scores, labels, first as i32)),
            Self::LeastSquares => {
                let counts: Vec<usize> = parameters.iter().map(|&n| n as usize).collect();
                Fit::Linear(least_squares::fit(scores, labels, &counts))
            }
            Self::Process { components } => {
                let at = |k: usize| parameters.get(k).copied().unwrap_or(0.0);
                let logarithms = std::array::from_fn(at);
                let parameters = Parameters { logarithms };
                Fit::Process(Process::new(scores, labels, components, parameters))
            }
        }
    }
}

/// Fitted method.
pub(crate) enum Fit {
    /// State before the fit, without estimates.
    Unfitted,
    Neighbours(Neighbours),
    Linear(Linear),
    Process(Process),
}

impl Fit {
    /// Estimates labels, one row per row of scores. Each row is estimated on its own, so that it does
    /// not depend on the other rows, bit for bit.
    pub(crate) fn estimate_each(&self, scores: &DMatrix<f64>, labels: usize) -> DMatrix<f64> {
        let one = |i: usize| self.estimate(&scores.rows(i, 1).into_owned());
        let found: Vec<DMatrix<f64>> = (0..scores.nrows()).into_par_iter().map(one).collect();
        let numbers = found.iter().flat_map(|row| row.iter().copied());
        DMatrix::from_row_iterator(scores.nrows(), labels, numbers)
    }

    /// Estimates labels, one row per row of scores.
    pub(crate) fn estimate(&self, scores: &DMatrix<f64>) -> DMatrix<f64> {
        match self {
            Self::Unfitted => DMatrix::zeros(scores.nrows(), 0),
            Self::Neighbours(fit) => fit.estimate(scores),
            Self::Linear(fit) => fit.estimate(scores),
            Self::Process(fit) => fit.estimate(scores),
        }
    }
}
