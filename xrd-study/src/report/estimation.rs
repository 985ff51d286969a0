//! Estimates of the test patterns, and intervals around them.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Estimates of the labels of the test patterns. The labels are estimated from the *known points*,
/// which are the latent points of the training patterns. *Delta* of a pattern is the sum over all
/// labels of the squared difference between the estimated and the true label. An estimate is
/// *inside* if the latent point of the pattern lies between known points or exactly at a known
/// point. Every other estimate is a *fallback*. Fields whose names end in `_inside` exclude the
/// fallbacks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct EstimationReport {
    /// Name of the estimator, written like the value of the option `--estimator` of `xrd`. The name
    /// is `auto` if the labels are estimated by regression on the patterns themselves.
    pub estimator: String,
    /// Methods of the regression with their cross-validated errors, the smallest first. The
    /// estimate of a label is the mean of the estimates of all methods whose field `averaged` is
    /// true. Empty unless the estimator is `auto`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<MethodReport>,
    /// Scores of the estimates on the latent plane, for comparison with `per_label`. Empty unless
    /// the estimator is `auto`.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "std::collections::BTreeMap<String, LabelReport>")
    )]
    pub on_plane: IndexMap<String, LabelReport>,
    /// Comparison of the estimates along the curve of the series with those of the usual estimator in
    /// the latent space. Absent unless the only label is the variable of the series and the estimator is
    /// `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<CurveReport>,
    /// Number of test patterns.
    pub count: usize,
    /// Number of test patterns whose estimate is inside.
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
    /// Number of test patterns whose delta is at most 4e-3. In Utimula et al. (2022), 14 of 15 test
    /// patterns meet this limit.
    #[serde(rename = "within_4e-3")]
    pub within_limit: usize,
    /// Fraction of the estimates that are computed only from known points with the same labels.
    /// Such an estimate equals the labels of these points.
    pub one_composition_fraction: f64,
    /// Deltas of a baseline, the largest first (unit: label²). The baseline estimates the labels of
    /// a pattern as the labels of the nearest training pattern, by the Euclidean distance of the
    /// intensities. Of more than 2,000 training patterns, it uses 2,000 that are evenly spaced; a
    /// quick trial then has no such deltas.
    pub nearest_pattern_delta_sorted: Vec<f64>,
    /// Mean delta of the training patterns in a leave-one-out test (unit: label²). The labels of
    /// each training pattern are estimated from all other training patterns.
    pub leave_one_out_delta_mean: f64,
    /// Scores of each label.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "std::collections::BTreeMap<String, LabelReport>")
    )]
    pub per_label: IndexMap<String, LabelReport>,
}

/// Estimates in the latent space along the curve through the known points, in the order of the variable of
/// a series. Each known point is estimated from all others (leave-one-out).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct CurveReport {
    /// Whether the curve is used in the latent space: its error is the smaller one.
    pub used: bool,
    /// Mean absolute error along the curve (unit: label).
    pub leave_one_out_mae: f64,
    /// Name of the usual estimator in the latent space.
    pub other: String,
    /// Mean absolute error of the usual estimator (unit: label).
    pub leave_one_out_mae_other: f64,
}

/// Method of the regression of labels on patterns, with its error in a cross-validation of the
/// training patterns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct MethodReport {
    /// Names of the labels that the method estimates: all fractions of a composition, or a single
    /// label.
    pub labels: Vec<String>,
    /// Name of the method, with the transform of the patterns.
    pub method: String,
    /// Root mean squared error of left-out training patterns (unit: standard deviation of the
    /// label).
    pub error: f64,
    /// Whether this method contributes to the estimates, which are the mean of several methods.
    pub averaged: bool,
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

/// Prediction intervals of the estimates (conformal prediction). An interval reaches from the
/// estimate minus the half width to the estimate plus the half width. The half width is chosen so
/// that an intended fraction of the intervals contains the true label. This fraction is the field
/// `coverage`.
///
/// With the estimator `auto`, the half width depends on the pattern. The half width is computed
/// from the errors of the training patterns in a cross-validation.
///
/// With any other estimator, all intervals of a label have the same half width. The half width is a
/// quantile of the absolute errors of other estimates: the estimates of the test patterns of the
/// other seeds. If there are fewer than 9 such errors, the half width is computed from the
/// leave-one-out errors of the training patterns: each training pattern is estimated from all other
/// training patterns. The resulting intervals are somewhat too narrow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct IntervalsReport {
    /// Nominal coverage: the intended fraction of true labels inside the intervals.
    pub coverage: f64,
    /// Source of the errors for the intervals of the chosen seed:
    /// `cross-validation of the known patterns` (estimator `auto`),
    /// `estimates held out by other seeds` (test patterns of the other seeds) or
    /// `known points left out` (leave-one-out errors).
    pub from: String,
    /// Number of errors per label for the intervals of the chosen seed.
    pub errors: usize,
    /// Number of estimates from which the measured coverage is computed. The estimates of all seeds
    /// are counted.
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
    /// Half width of the intervals of the chosen seed (unit: label). With the estimator `auto`,
    /// this value is the mean of the half widths. `null` if there are fewer than 9 errors.
    pub half_width: Option<f64>,
    /// Measured coverage, which is the fraction of true labels inside the intervals. The intervals
    /// of each seed are computed from the errors of the other seeds. With the estimator `auto`, the
    /// intervals of each seed are computed from its own training patterns. `null` if there are
    /// fewer than 9 errors.
    pub held: Option<f64>,
    /// Measured coverage of the intervals that are computed from the leave-one-out errors of the
    /// training patterns. `null` for fewer than 9 training patterns.
    pub held_left_out: Option<f64>,
}
