//! Comparison of candidates by cross-validation.

use nalgebra::DMatrix;
use rayon::prelude::*;
use xrd_core::PatternSet;

use crate::basis::transformed;
use crate::components::Products;
use crate::error::Result;
use crate::folds::inner_folds;
use crate::method::{Candidate, candidates};
use crate::transform::{Transform, compared, line_width};

/// Number of folds of the cross-validation.
const FOLDS: usize = 5;

/// Labels that are estimated together: the fractions of a composition, or a single label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Together {
    pub(crate) columns: Vec<usize>,
    /// Sum of the labels of each sample, if they are a composition.
    pub(crate) total: Option<f64>,
}

/// Results of a candidate in the cross-validation, for labels that are estimated together.
pub(crate) struct Tested {
    pub(crate) candidate: Candidate,
    pub(crate) parameters: Vec<f64>,
    /// Estimates of the left-out patterns.
    pub(crate) estimates: DMatrix<f64>,
}

/// Results of all candidates.
pub(crate) struct Tests {
    /// Results by labels that are estimated together, then by candidate.
    pub(crate) tested: Vec<Vec<Tested>>,
    /// Residuals of the left-out patterns by transform.
    pub(crate) residuals: Vec<(Transform, Vec<f64>)>,
}

/// Patterns of a set with their labels and samples.
pub(crate) struct Known<'a> {
    pub(crate) set: &'a PatternSet,
    /// Rows of the set that are compared.
    pub(crate) rows: Vec<usize>,
    /// Labels of these rows.
    pub(crate) labels: DMatrix<f64>,
    /// Sample of each of these rows, counted from 0.
    pub(crate) samples: Vec<usize>,
}

/// Tests all candidates by cross-validation.
///
/// # Errors
/// [`Error::EqualPatterns`](crate::Error::EqualPatterns).
pub(crate) fn test_all(known: &Known<'_>, together: &[Together]) -> Result<Tests> {
    let transforms = compared(line_width(known.set));
    let tested = transforms.par_iter().map(|t| test(known, together, *t));
    let tested: Vec<_> = tested.collect::<Result<_>>()?;
    let mut all = Tests {
        tested: together.iter().map(|_| Vec::new()).collect(),
        residuals: Vec::new(),
    };
    for (transform, (groups, residuals)) in transforms.into_iter().zip(tested) {
        all.residuals.push((transform, residuals));
        for (into, found) in all.tested.iter_mut().zip(groups) {
            into.extend(found);
        }
    }
    Ok(all)
}

/// Tests the candidates of one transform. Returns the results by labels that are estimated together,
/// and the residuals of the left-out patterns.
fn test(
    known: &Known<'_>,
    together: &[Together],
    transform: Transform,
) -> Result<(Vec<Vec<Tested>>, Vec<f64>)> {
    let products = Products::of(&transformed(known.set, &known.rows, transform));
    let all: Vec<usize> = (0..known.rows.len()).collect();
    let scores = products.scores(&products.components(&all)?, &all);
    let labels: Vec<DMatrix<f64>> = together
        .iter()
        .map(|t| known.labels.select_columns(&t.columns))
        .collect();
    let begun = |labels: &DMatrix<f64>| -> Vec<Tested> {
        let of = |candidate: Candidate| Tested {
            parameters: candidate.method.parameters(&scores, labels, &known.samples),
            estimates: DMatrix::zeros(labels.nrows(), labels.ncols()),
            candidate,
        };
        candidates(&[transform]).into_par_iter().map(of).collect()
    };
    let mut tested: Vec<Vec<Tested>> = labels.iter().map(begun).collect();
    let mut residuals = vec![0.0; all.len()];
    for (train, test) in inner_folds(&known.samples, FOLDS) {
        let components = products.components(&train)?;
        let of_train = products.scores(&components, &train);
        let of_test = products.scores(&components, &test);
        let found = products.residuals(&components, &test, &of_test);
        for (&i, residual) in test.iter().zip(found) {
            residuals[i] = residual;
        }
        for (labels, tested) in labels.iter().zip(&mut tested) {
            let labels = labels.select_rows(&train);
            tested.par_iter_mut().for_each(|t| {
                let fit = t.candidate.method.fit(&of_train, &labels, &t.parameters);
                let found = fit.estimate(&of_test);
                for (row, &i) in test.iter().enumerate() {
                    t.estimates.row_mut(i).copy_from(&found.row(row));
                }
            });
        }
    }
    Ok((tested, residuals))
}

/// Candidates with a mean squared error of at most this multiple of the smallest are averaged.
const AVERAGED: f64 = 1.25;

/// The disagreement of candidates with a mean squared error of at most this multiple of the smallest
/// determines the widths of intervals.
const CONSULTED: f64 = 3.0;

/// Use of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// The estimate is the mean of the averaged candidates.
    Averaged,
    /// The candidate is used for the widths of intervals only.
    Consulted,
    /// The candidate is not used.
    Rejected,
}

/// Returns the mean squared error of each candidate, in units of the variance of each label.
pub(crate) fn errors(tested: &[Tested], labels: &DMatrix<f64>) -> Vec<f64> {
    let variances: Vec<f64> = crate::ridge::centred(labels)
        .column_iter()
        .map(|c| c.norm_squared().max(f64::MIN_POSITIVE))
        .collect();
    let error = |t: &Tested| {
        let rest = &t.estimates - labels;
        let columns = rest.column_iter().zip(&variances);
        columns.map(|(c, v)| c.norm_squared() / v).sum::<f64>() / variances.len().max(1) as f64
    };
    tested.iter().map(error).collect()
}

/// Returns the role of each candidate. The argument `most` is the largest number of different
/// transforms. The transforms with the smallest errors are used.
pub(crate) fn roles(tested: &[Tested], errors: &[f64], most: usize) -> Vec<Role> {
    let mut order: Vec<usize> = (0..tested.len()).collect();
    order.sort_by(|&a, &b| errors[a].total_cmp(&errors[b]));
    let least = order.first().map_or(0.0, |&i| errors[i]);
    let mut used: Vec<Transform> = Vec::new();
    let mut roles = vec![Role::Rejected; tested.len()];
    for i in order {
        let role = match errors[i] {
            e if e <= AVERAGED * least => Role::Averaged,
            e if e <= CONSULTED * least => Role::Consulted,
            _ => break,
        };
        let transform = tested[i].candidate.transform;
        if !used.contains(&transform) {
            if used.len() == most {
                continue;
            }
            used.push(transform);
        }
        roles[i] = role;
    }
    roles
}
