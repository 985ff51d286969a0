//! How far estimates may be off.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xrd_io::read_labels;
use xrd_latent::{Estimator, LabelledSpace, conformal_radius};

use crate::error::{Error, Result};
use crate::known_points::Estimated;

/// Share of the truths that intervals are meant to hold.
pub const COVERAGE: f64 = 0.9;

/// Intervals around estimates, estimate ± half width, that hold [`COVERAGE`] of the truths (split
/// conformal).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// Half width for each label, in label units; none where there are too few errors.
    pub half_widths: Vec<Option<f64>>,
    /// Source of the errors.
    pub from: ErrorSource,
    /// Number of errors per label.
    pub errors: usize,
}

/// Source of the errors that intervals are made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorSource {
    /// Known points, each left out in turn.
    KnownPoints,
    /// Estimates of patterns that a network has not seen.
    HeldOut,
    /// Test patterns of other seeds.
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
    /// Intervals from the errors of estimates, one row per estimate with one error per label.
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

    /// Intervals from leaving out each known point. The network has seen all of them, so that the
    /// intervals are too narrow for new patterns where it has learnt them by heart.
    ///
    /// # Errors
    /// [`Error::Latent`].
    pub fn by_leaving_out(space: &LabelledSpace, estimator: &dyn Estimator) -> Result<Self> {
        let errors = left_out_errors(space, estimator)?;
        Self::of_left_out(&errors, space.labels().columns().len())
    }

    /// Intervals from the errors of known points left out, one row per point.
    ///
    /// # Errors
    /// [`Error::Latent`].
    pub fn of_left_out(errors: &[Vec<f64>], labels: usize) -> Result<Self> {
        Self::from_errors(errors, labels, ErrorSource::KnownPoints)
    }

    /// Intervals from a table of estimates with their truths, such as `held_out.csv`.
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

    /// Sets the half widths of estimates.
    pub fn put_to(&self, estimated: &mut [Estimated]) {
        for e in estimated {
            e.half_widths.clone_from(&self.half_widths);
        }
    }
}

/// Errors of the estimates of each known point from the others, label by label; empty for a single
/// point.
///
/// # Errors
/// [`Error::Latent`].
pub fn left_out_errors(space: &LabelledSpace, estimator: &dyn Estimator) -> Result<Vec<Vec<f64>>> {
    if space.points().len() < 2 {
        return Ok(Vec::new());
    }
    let estimates = space.leave_one_out(estimator)?;
    let pairs = estimates.iter().zip(space.labels().rows());
    Ok(pairs
        .map(|(e, truth)| difference(&e.values, truth))
        .collect())
}

/// Estimate minus truth, label by label.
pub(crate) fn difference(estimated: &[f64], truth: &[f64]) -> Vec<f64> {
    estimated.iter().zip(truth).map(|(e, t)| e - t).collect()
}
