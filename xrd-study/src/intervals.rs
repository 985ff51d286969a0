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
/// width to the estimate plus the half width. The half width is a quantile of the errors of other
/// estimates, so that the intervals contain the fraction [`COVERAGE`] of true labels (split
/// conformal prediction).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Intervals {
    /// Half width for each label, in units of the label. `None` if there are too few errors.
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
    /// Leave-one-out errors of the known points.
    KnownPoints,
    /// Errors of held-out patterns.
    HeldOut,
    /// Errors of the test patterns of other seeds.
    OtherSeeds,
}

impl fmt::Display for ErrorSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KnownPoints => "known points left out",
            Self::HeldOut => "estimates held out",
            Self::OtherSeeds => "estimates held out by other seeds",
        })
    }
}

impl Intervals {
    /// Returns intervals computed from the errors of estimates. `rows` has one row per estimate,
    /// with one error per label.
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

    /// Returns intervals computed from the leave-one-out errors of the known points.
    ///
    /// The network was trained on all known points. If the network overfits these points, the
    /// intervals are too narrow for new patterns.
    ///
    /// # Errors
    /// [`Error::Latent`].
    pub fn from_leave_one_out(space: &LabelledSpace, estimator: &dyn Estimator) -> Result<Self> {
        let errors = left_out_errors(space, estimator)?;
        Self::from_left_out_errors(&errors, space.labels().columns().len())
    }

    /// Returns intervals computed from given leave-one-out errors of the known points, one row per
    /// point.
    ///
    /// # Errors
    /// [`Error::Latent`].
    pub fn from_left_out_errors(errors: &[Vec<f64>], labels: usize) -> Result<Self> {
        Self::from_errors(errors, labels, ErrorSource::KnownPoints)
    }

    /// Reads a table of estimates and true labels, such as `held_out.csv`, and returns intervals
    /// computed from the errors of the estimates.
    ///
    /// # Errors
    /// [`Error::Reading`], [`Error::NoColumn`], [`Error::NotANumber`], [`Error::TooFewEstimates`].
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

    /// Copies the half widths into estimates.
    pub fn apply_to(&self, estimated: &mut [Estimated]) {
        for e in estimated {
            e.half_widths.clone_from(&self.half_widths);
        }
    }
}

/// Returns the leave-one-out errors of the known points, with one row per point and one error per
/// label. The result is empty for a single point.
///
/// # Errors
/// [`Error::Latent`].
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
