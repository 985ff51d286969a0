//! Estimates of the test patterns, and intervals around them.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Estimates of the labels of the test patterns from the known points. Delta of a pattern is the
/// sum over all labels of the squared difference between the estimated and the true label. An
/// estimate is *inside* if known points enclose the latent point of the pattern or coincide with
/// it. All other estimates are fallbacks. Fields without `_inside` in their name include the
/// fallbacks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct EstimationReport {
    /// Estimator, in the form of the option `--estimator`.
    pub estimator: String,
    /// Number of test patterns.
    pub count: usize,
    /// Number of test patterns with an estimate that is inside.
    pub inside: usize,
    /// Deltas of all test patterns, the largest first (unit: label²).
    pub delta_sorted: Vec<f64>,
    /// Median delta (unit: label²).
    pub delta_median: f64,
    /// Largest delta (unit: label²).
    pub delta_worst: f64,
    /// Deltas of the estimates that are inside, the largest first (unit: label²). `null` if no
    /// estimate is inside.
    pub delta_sorted_inside: Option<Vec<f64>>,
    /// Median delta of the estimates that are inside (unit: label²). `null` if no estimate is
    /// inside.
    pub delta_median_inside: Option<f64>,
    /// Largest delta of the estimates that are inside (unit: label²). `null` if no estimate is
    /// inside.
    pub delta_worst_inside: Option<f64>,
    /// Number of deltas that are at most 4e-3.
    #[serde(rename = "within_4e-3")]
    pub within_limit: usize,
    /// Fraction of the estimates for which all known points used have the same labels, so that
    /// interpolation changes nothing.
    pub one_composition_fraction: f64,
    /// Deltas of a baseline, the largest first (unit: label²). The baseline estimates the labels of
    /// a pattern as the labels of the nearest training pattern, by the Euclidean distance of the
    /// intensities. Of more than 2,000 training patterns, it uses 2,000 that are evenly spaced; a
    /// quick trial then has no such deltas.
    pub nearest_pattern_delta_sorted: Vec<f64>,
    /// Mean delta of the training patterns, if each is estimated from the other training patterns
    /// (unit: label²).
    pub leave_one_out_delta_mean: f64,
    /// Scores of each label.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "std::collections::BTreeMap<String, LabelReport>")
    )]
    pub per_label: IndexMap<String, LabelReport>,
}

/// Scores of the estimates of one label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct LabelReport {
    /// Mean absolute error (unit: label).
    pub mae: f64,
    /// Coefficient of determination R². `null` if the true label is constant.
    pub r2: Option<f64>,
    /// Mean absolute error of the estimates that are inside (unit: label). `null` if no estimate is
    /// inside.
    pub mae_inside: Option<f64>,
    /// Coefficient of determination R² of the estimates that are inside. `null` if no estimate is
    /// inside or if their true label is constant.
    pub r2_inside: Option<f64>,
}

/// Prediction intervals of the estimates (split conformal prediction). An interval reaches from the
/// estimate minus the half width to the estimate plus the half width. The half width is a quantile
/// of the errors of other estimates, chosen so that a fraction `coverage` of the intervals contains
/// the true label. The errors come from the test patterns of the other seeds. If there are too few
/// of these errors, the leave-one-out errors of the training patterns are used; the intervals are
/// then somewhat too narrow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct IntervalsReport {
    /// Nominal coverage: the intended fraction of true labels inside the intervals.
    pub coverage: f64,
    /// Source of the errors, for the chosen seed.
    pub from: String,
    /// Number of errors.
    pub errors: usize,
    /// Number of estimates, over all seeds, from which the measured coverage is computed.
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
    /// Half width of the intervals of the chosen seed (unit: label). `null` if there are fewer than
    /// 9 errors.
    pub half_width: Option<f64>,
    /// Measured coverage of intervals that are computed from the errors of the other seeds. `null`
    /// for a single seed.
    pub held: Option<f64>,
    /// Measured coverage of intervals that are computed from the leave-one-out errors of the
    /// training patterns. `null` for fewer than 9 training patterns.
    pub held_left_out: Option<f64>,
}
