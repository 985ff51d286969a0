//! Partial least squares regression.

use nalgebra::{DMatrix, DVector};

use crate::folds::inner_folds;
use crate::ridge::{Linear, centred};

/// Largest number of components of partial least squares.
const MOST: usize = 25;

/// Number of folds of the choice of the number of components.
const FOLDS: usize = 5;

/// Returns the slopes for 1, 2, … components.
///
/// Partial least squares of one label equals least squares by conjugate gradients with one step per
/// component (A. Phatak, F. de Hoog, J. Chemometr. 16, 361, 2002). After the last useful step, the
/// slopes stay the same.
fn slopes(scores: &DMatrix<f64>, label: &DVector<f64>, most: usize) -> Vec<DVector<f64>> {
    let mut rest = label.clone();
    let mut slopes = DVector::zeros(scores.ncols());
    let mut gradient = scores.transpose() * &rest;
    let mut direction = gradient.clone();
    let mut steepness = gradient.norm_squared();
    let beginning = steepness;
    let mut all = Vec::with_capacity(most);
    for _ in 0..most {
        let ahead = scores * &direction;
        let size = ahead.norm_squared();
        if size > 0.0 && steepness > 1e-14 * beginning {
            let step = steepness / size;
            slopes += step * &direction;
            rest -= step * ahead;
            gradient = scores.transpose() * &rest;
            let next = gradient.norm_squared();
            direction = &gradient + (next / steepness) * direction;
            steepness = next;
        }
        all.push(slopes.clone());
    }
    all
}

/// Returns the number of components of each label with the smallest error in a cross-validation.
/// The argument `groups` contains the sample of each row.
pub(crate) fn best_counts(
    scores: &DMatrix<f64>,
    labels: &DMatrix<f64>,
    groups: &[usize],
) -> Vec<usize> {
    let mut errors = vec![[0.0; MOST]; labels.ncols()];
    for (known, test) in inner_folds(groups, FOLDS) {
        let (x, y) = (scores.select_rows(&known), labels.select_rows(&known));
        let (mean, at_mean) = (x.row_mean(), y.row_mean());
        let (x, y) = (centred(&x), centred(&y));
        for (c, errors) in errors.iter_mut().enumerate() {
            let all = slopes(&x, &y.column(c).into_owned(), MOST);
            for (error, slopes) in errors.iter_mut().zip(all) {
                for &i in &test {
                    let estimate = at_mean[c] + (scores.row(i) - &mean).dot(&slopes.transpose());
                    *error += (estimate - labels[(i, c)]).powi(2);
                }
            }
        }
    }
    let best = |errors: [f64; MOST]| (0..MOST).min_by(|&a, &b| errors[a].total_cmp(&errors[b]));
    errors
        .into_iter()
        .map(|e| best(e).unwrap_or(0) + 1)
        .collect()
}

/// Fits a partial least squares regression. The argument `counts` contains the number of components
/// for each label.
pub(crate) fn fit(scores: &DMatrix<f64>, labels: &DMatrix<f64>, counts: &[usize]) -> Linear {
    let (x, y) = (centred(scores), centred(labels));
    let column = |c: usize| {
        let all = slopes(&x, &y.column(c).into_owned(), counts[c]);
        all.last()
            .cloned()
            .unwrap_or_else(|| DVector::zeros(x.ncols()))
    };
    let columns: Vec<DVector<f64>> = (0..labels.ncols()).map(column).collect();
    Linear::through_mean(scores, labels, DMatrix::from_columns(&columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_components_give_least_squares() {
        let scores = DMatrix::from_fn(14, 3, |i, j| ((i * 5 + j * 7 + i * i) % 11) as f64);
        let labels = DMatrix::from_fn(14, 2, |i, c| ((i * 3 + c * i * i) % 7) as f64);
        let expected = centred(&scores).pseudo_inverse(1e-9).unwrap() * centred(&labels);
        let expected = Linear::through_mean(&scores, &labels, expected).estimate(&scores);
        let found = fit(&scores, &labels, &[3, 3]).estimate(&scores);
        assert!((found - expected).abs().max() < 1e-8);
    }

    #[test]
    fn one_component_points_along_the_covariance() {
        let scores = DMatrix::from_fn(9, 3, |i, j| ((i * 4 + j * 2 + i * j) % 9) as f64);
        let label = DMatrix::from_fn(9, 1, |i, _| ((i * i) % 5) as f64);
        let covariance = centred(&scores).transpose() * centred(&label);
        let found = slopes(
            &centred(&scores),
            &centred(&label).column(0).into_owned(),
            1,
        );
        let ratio = found[0].component_div(&covariance.column(0));
        assert!((ratio.max() - ratio.min()).abs() < 1e-12);
    }

    #[test]
    fn a_label_of_two_components_needs_two() {
        let scores = DMatrix::from_fn(40, 6, |i, j| {
            ((i * (j + 3) * 7 + i * i * (j + 1)) % 23) as f64 * 0.5f64.powi(j as i32)
        });
        let label = DMatrix::from_fn(40, 1, |i, _| scores[(i, 0)] - 30.0 * scores[(i, 5)]);
        let groups: Vec<usize> = (0..40).collect();
        assert!(best_counts(&scores, &label, &groups)[0] > 1);
    }
}
