//! Prediction intervals of estimates.

use std::fmt;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_io::read_labels;
use xrd_latent::{Estimator, LabelledSpace, conformal_radius};

use crate::error::{Error, Result};
use crate::known_points::Estimated;

/// Nominal coverage: the intended fraction of true labels inside the intervals.
pub const COVERAGE: f64 = 0.9;

/// Prediction intervals around estimates. An interval reaches from the estimate minus the half
/// width to the estimate plus the half width. The half width is a quantile of the absolute errors
/// of other estimates. The quantile is chosen so that the fraction [`COVERAGE`] of the intervals
/// contains the true label (split conformal prediction, [`conformal_radius`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Intervals {
    /// Half widths, one per label, in units of the label. `None` if there are fewer than 9 errors.
    pub half_widths: Vec<Option<f64>>,
    /// Source of the errors.
    pub from: ErrorSource,
    /// Number of errors per label.
    pub errors: usize,
}

/// Source of the errors from which intervals are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorSource {
    /// Leave-one-out errors: each known point is estimated from all other known points.
    KnownPoints,
    /// Errors of test patterns, read from a table.
    HeldOut,
    /// Errors of the test patterns of other seeds.
    OtherSeeds,
    /// Errors of the known patterns in a cross-validation of the regression on raw patterns.
    CrossValidation,
}

impl fmt::Display for ErrorSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KnownPoints => "known points left out",
            Self::HeldOut => "estimates held out",
            Self::OtherSeeds => "estimates held out by other seeds",
            Self::CrossValidation => "cross-validation of the known patterns",
        })
    }
}

impl Intervals {
    /// Computes intervals from the errors of estimates. The argument `rows` contains one row per
    /// estimate, with one error per label. The argument `labels` is the number of labels.
    ///
    /// # Errors
    /// [`Error::Latent`] for an error that is not finite.
    pub fn from_errors(rows: &[Vec<f64>], labels: usize, from: ErrorSource) -> Result<Self> {
        let half_width = |c: usize| {
            let column: Vec<f64> = rows.iter().map(|row| row[c]).collect();
            Ok(conformal_radius(&column, COVERAGE)?)
        };
        Ok(Self {
            half_widths: (0..labels).map(half_width).collect::<Result<_>>()?,
            from,
            errors: rows.len(),
        })
    }

    /// Computes intervals from the leave-one-out errors of the known points ([`left_out_errors`]).
    ///
    /// The network was trained on the patterns of all known points. If the network overfits these
    /// patterns, the intervals are too narrow for new patterns.
    ///
    /// # Errors
    /// [`Error::Latent`] if a label cannot be estimated.
    pub fn from_leave_one_out(space: &LabelledSpace, estimator: &dyn Estimator) -> Result<Self> {
        let errors = left_out_errors(space, estimator)?;
        Self::from_left_out_errors(&errors, space.labels().columns().len())
    }

    /// Computes intervals from leave-one-out errors, as returned by [`left_out_errors`]. The
    /// argument `labels` is the number of labels.
    ///
    /// # Errors
    /// [`Error::Latent`] for an error that is not finite.
    pub fn from_left_out_errors(errors: &[Vec<f64>], labels: usize) -> Result<Self> {
        Self::from_errors(errors, labels, ErrorSource::KnownPoints)
    }

    /// Computes intervals from a table of estimates and true labels, such as `held_out.csv`. The
    /// argument `columns` contains the names of the labels.
    ///
    /// # Errors
    /// - [`Error::Reading`] if the table cannot be read.
    /// - [`Error::NoColumn`] if the column `…_true` or `…_estimated` of a label is missing.
    /// - [`Error::NotANumber`] for a cell that is not a finite number.
    /// - [`Error::TooFewEstimates`] for fewer than 9 estimates.
    pub fn from_table(path: &Path, columns: &[String]) -> Result<Self> {
        let table = read_labels(path)?;
        let numbers = |name: String| -> Result<Vec<f64>> {
            let cells = table.column(&name).ok_or_else(|| Error::NoColumn {
                path: path.to_owned(),
                column: name,
            })?;
            let number = |(row, cell): (usize, &str)| {
                let value = cell.parse::<f64>().ok().filter(|v| v.is_finite());
                value.ok_or_else(|| Error::NotANumber {
                    path: path.to_owned(),
                    line: table.line(row),
                    cell: cell.to_owned(),
                })
            };
            cells.into_iter().enumerate().map(number).collect()
        };
        let mut rows = vec![Vec::new(); table.len()];
        for column in columns {
            let truth = numbers(format!("{column}_true"))?;
            let estimated = numbers(format!("{column}_estimated"))?;
            for (row, (e, t)) in rows.iter_mut().zip(estimated.iter().zip(truth)) {
                row.push(e - t);
            }
        }
        let intervals = Self::from_errors(&rows, columns.len(), ErrorSource::HeldOut)?;
        if intervals.half_widths.contains(&None) {
            return Err(Error::TooFewEstimates {
                path: path.to_owned(),
                found: rows.len(),
                least: (COVERAGE / (1.0 - COVERAGE)).round() as usize,
            });
        }
        Ok(intervals)
    }

    /// Sets the intervals of estimates.
    pub fn apply_to(&self, estimated: &mut [Estimated]) {
        for e in estimated {
            let pairs = e.estimate.values.iter().zip(&self.half_widths);
            let interval = |(v, half): (&f64, &Option<f64>)| half.map(|h| [v - h, v + h]);
            e.intervals = pairs.map(interval).collect();
        }
    }
}

/// Computes the leave-one-out errors of the known points. The labels of each point are estimated
/// from all other points, and the error is the estimate minus the true label.
///
/// The result contains one row per point, with one error per label. It is empty for a single point.
///
/// # Errors
/// [`Error::Latent`] if a label cannot be estimated.
pub fn left_out_errors(space: &LabelledSpace, estimator: &dyn Estimator) -> Result<Vec<Vec<f64>>> {
    if space.points().len() < 2 {
        return Ok(Vec::new());
    }
    let error = |i: usize| {
        let estimate = space.estimate_without(i, estimator)?;
        Ok(difference(&estimate.values, space.labels().row(i)))
    };
    (0..space.len()).into_par_iter().map(error).collect()
}

/// Returns estimate minus truth for each label.
pub(crate) fn difference(estimated: &[f64], truth: &[f64]) -> Vec<f64> {
    estimated.iter().zip(truth).map(|(e, t)| e - t).collect()
}
