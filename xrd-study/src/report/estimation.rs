//! Estimates of the test patterns, and intervals around them.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Estimates of the labels of the test patterns from the known points. Delta is the sum over the labels
/// of the squared difference between estimate and truth. An estimate is *inside* if known points enclose
/// the point of the pattern or coincide with it; otherwise it is a fallback. Fields without `_inside`
/// include the fallbacks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct EstimationReport {
    /// Estimator, in the form of the option `--estimator`.
    pub estimator: String,
    /// Number of test patterns.
    pub count: usize,
    /// Number of test patterns whose estimate is inside.
    pub inside: usize,
    /// Deltas, the worst first (unit: label²).
    pub delta_sorted: Vec<f64>,
    /// Median delta (unit: label²).
    pub delta_median: f64,
    /// Worst delta (unit: label²).
    pub delta_worst: f64,
    /// Deltas of the patterns inside, the worst first (unit: label²). `null` if none is inside.
    pub delta_sorted_inside: Option<Vec<f64>>,
    /// Median delta of the patterns inside (unit: label²). `null` if none is inside.
    pub delta_median_inside: Option<f64>,
    /// Worst delta of the patterns inside (unit: label²). `null` if none is inside.
    pub delta_worst_inside: Option<f64>,
    /// Number of deltas of at most 4e-3.
    #[serde(rename = "within_4e-3")]
    pub within_limit: usize,
    /// Fraction of the estimates whose vertices all have the same labels, so that no interpolation is
    /// needed.
    pub one_composition_fraction: f64,
    /// Baseline: deltas of the labels of the nearest training pattern by Euclidean distance of the
    /// intensities, the worst first (unit: label²).
    pub nearest_pattern_delta_sorted: Vec<f64>,
    /// Mean delta of estimating each training pattern from the others (unit: label²).
    pub leave_one_out_delta_mean: f64,
    /// Scores of each label.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "std::collections::BTreeMap<String, LabelReport>")
    )]
    pub per_label: IndexMap<String, LabelReport>,
}

/// Score of the estimates of one label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct LabelReport {
    /// Mean absolute error (unit: label).
    pub mae: f64,
    /// Coefficient of determination R². `null` if the true label is constant.
    pub r2: Option<f64>,
    /// Mean absolute error of the patterns inside (unit: label). `null` if none is inside.
    pub mae_inside: Option<f64>,
    /// Coefficient of determination R² of the patterns inside. `null` if none is inside or their true
    /// label is constant.
    pub r2_inside: Option<f64>,
}

/// Intervals around the estimates: estimate ± half width is meant to contain the true label in a fraction
/// `coverage` of cases (split conformal prediction: the half width is a quantile of the errors of other
/// estimates). The errors are those of the test patterns of the other seeds, whose networks were not
/// trained on them. With too few of these, they are the leave-one-out errors of the training patterns,
/// and the intervals are somewhat too narrow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct IntervalsReport {
    /// Nominal coverage: the fraction of true labels that the intervals are meant to contain.
    pub coverage: f64,
    /// Source of the errors, for the chosen seed.
    pub from: String,
    /// Number of errors.
    pub errors: usize,
    /// Number of estimates over all seeds in which the coverage is counted.
    pub estimates: usize,
    /// Intervals of each label.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "std::collections::BTreeMap<String, IntervalReport>")
    )]
    pub per_label: IndexMap<String, IntervalReport>,
}

/// Intervals of one label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct IntervalReport {
    /// Half width of the intervals of the chosen seed (unit: label). `null` with fewer than 9 errors.
    pub half_width: Option<f64>,
    /// Measured coverage of intervals from the other seeds. `null` for a single seed.
    pub held: Option<f64>,
    /// Measured coverage of intervals from leave-one-out errors of the training patterns. `null` with
    /// fewer than 9 training patterns.
    pub held_left_out: Option<f64>,
}
