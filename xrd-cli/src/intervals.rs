//! How far estimates may be off.

use std::path::Path;

use anyhow::{Context, Result, bail};
use xrd_io::read_labels;
use xrd_latent::{Estimator, LabelledSpace, conformal_radius};

use crate::plane::Estimated;

/// The share of truths that an interval is to hold.
pub(crate) const COVERAGE: f64 = 0.9;

/// Intervals around estimates: estimate ± half width.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Intervals {
    /// A label each; none where there are too few errors to say.
    pub(crate) half_widths: Vec<Option<f64>>,
    /// What the errors are of, in words.
    pub(crate) from: &'static str,
    /// How many errors there are a label.
    pub(crate) errors: usize,
}

impl Intervals {
    /// From the errors of estimates, a row each.
    pub(crate) fn from_errors(
        rows: &[Vec<f64>],
        labels: usize,
        from: &'static str,
    ) -> Result<Self> {
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

    /// From leaving out each known point. The network has seen all of them, so that the intervals
    /// are too narrow for new patterns where it has learnt them by heart.
    pub(crate) fn by_leaving_out(space: &LabelledSpace, estimator: &dyn Estimator) -> Result<Self> {
        let errors = left_out_errors(space, estimator)?;
        Self::of_left_out(&errors, space.labels().columns().len())
    }

    /// The same from the errors of known points left out.
    pub(crate) fn of_left_out(errors: &[Vec<f64>], labels: usize) -> Result<Self> {
        Self::from_errors(errors, labels, "known points left out")
    }

    /// From a table of estimates with their truths, as held_out.csv and estimates.csv are.
    pub(crate) fn from_table(path: &Path, columns: &[String]) -> Result<Self> {
        let table = read_labels(path)?;
        let numbers = |name: String| -> Result<Vec<f64>> {
            let cells = table
                .column(&name)
                .with_context(|| format!("{}: no column '{name}'", path.display()))?;
            let number = |(row, cell): (usize, &str)| {
                let value = cell.parse::<f64>().ok().filter(|v| v.is_finite());
                value.with_context(|| {
                    let line = table.line(row);
                    format!("{}: line {line}: '{cell}' is not a number", path.display())
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
        let intervals = Self::from_errors(&rows, columns.len(), "estimates held out")?;
        if intervals.half_widths.contains(&None) {
            let (found, least) = (rows.len(), (COVERAGE / (1.0 - COVERAGE)).round());
            bail!(
                "--calibration {}: {found} estimates (expected at least {least})",
                path.display()
            );
        }
        Ok(intervals)
    }

    /// Puts the half widths to estimates.
    pub(crate) fn put_to(&self, estimated: &mut [Estimated]) {
        for e in estimated {
            e.half_widths.clone_from(&self.half_widths);
        }
    }
}

/// The errors of the estimates of each known point from the others, label by label; none of a point
/// alone.
pub(crate) fn left_out_errors(
    space: &LabelledSpace,
    estimator: &dyn Estimator,
) -> Result<Vec<Vec<f64>>> {
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
