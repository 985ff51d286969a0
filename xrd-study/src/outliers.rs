//! Patterns that differ from all other patterns of their set.
//!
//! A pattern is compared with a reconstruction from the other patterns: the first principal
//! components of the square roots of the intensities. The components are computed without the pattern
//! (in folds) and without patterns that already look like outliers. The residuals are smoothed by a line
//! width and divided by those that are usual in the set. The deviation of a pattern is the mean of its
//! ten largest ratios. The logarithms of the deviations have a median and an upper quartile in every
//! set; the threshold is 2.4 standard deviations of the normal distribution with this quartile.
//!
//! Two further deviations have thresholds of their own, because they can be small compared with those
//! of clean patterns: a range of exactly constant intensity, and a shift of all angles.

pub(crate) mod bins;
mod dead_range;
mod deviations;
pub(crate) mod left_out;
mod model;
pub(crate) mod order;
mod search;
mod shift;
mod windows;

use crate::dataset::Patterns;
use crate::error::Result;
use crate::report::{OutlierReport, OutliersReport};
use search::{Finding, Search};

/// Number of patterns with which every pattern is compared at most.
pub const OUTLIER_SAMPLE: usize = 1000;

/// Smallest number of patterns of which outliers are searched.
const FEWEST: usize = 10;
/// Scores of all patterns of a set, and a report of the outliers.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Outliers {
    /// Deviation of each pattern from the other patterns, divided by the threshold. Patterns with a
    /// score of 1 or more are outliers. Empty if no outliers were searched.
    pub scores: Vec<f64>,
    /// The outliers.
    pub report: OutliersReport,
}

/// Finds the patterns that differ from all other patterns of a set.
///
/// The function finds, for example, patterns of a foreign phase, impurities, dead ranges of the
/// detector and shifted angles. Several patterns of the same foreign phase are not outliers but a
/// group. The patterns must be few (at most about 5 %); the thresholds are computed from the set
/// itself. At most 5 % of the clean patterns were marked in sets of the script
/// `benches/peers/outliers.py`.
///
/// The noise of the patterns must be similar: in a set with very different counting times, patterns
/// with few counts are marked.
///
/// Every pattern is compared with at most [`OUTLIER_SAMPLE`] patterns, an evenly spaced sample.
/// Uses the current rayon thread pool. The result does not depend on the number of threads.
///
/// Cost: O(n · s · angles + s² · components) for n patterns and a sample of s.
///
/// # Errors
/// [`Error::Network`](crate::Error::Network) if a file of patterns cannot be read.
pub fn find_outliers(set: &Patterns) -> Result<Outliers> {
    let patterns = set.len();
    if patterns < FEWEST {
        let report = OutliersReport {
            patterns,
            ..OutliersReport::default()
        };
        return Ok(Outliers {
            report,
            ..Outliers::default()
        });
    }
    let search = Search::new(set)?;
    let findings = search.findings()?;
    let mut found: Vec<&Finding> = findings.iter().filter(|f| f.score() >= 1.0).collect();
    found.sort_by(|a, b| b.score().total_cmp(&a.score()));
    let outliers: Result<Vec<OutlierReport>> = found.iter().map(|f| search.report(f)).collect();
    Ok(Outliers {
        scores: findings.iter().map(Finding::score).collect(),
        report: OutliersReport {
            searched: true,
            patterns,
            compared_with: search.rows.len(),
            components: search.left_out.components,
            outliers: outliers?,
        },
    })
}

#[cfg(test)]
mod tests;
