//! Generated patterns.

use serde::{Deserialize, Serialize};

/// Generated pattern compared with the truth. The *truth* is the mean of the true patterns with the
/// composition of the target. For the built-in series these patterns are simulated; for files they
/// are the patterns that were excluded from the set. The *blend* is a linear mixture of the mean
/// training patterns of the two neighbouring compositions, in the proportion that gives the target
/// value. The blend needs no network. The *strained blend* is the same mixture of the two patterns
/// after both were strained so that their lines coincide. *R* of a pattern is the Euclidean norm of
/// its difference from the truth, divided by the norm of the truth. The *peak position error* of a
/// pattern is computed from the twenty strongest peaks of the truth: it is the mean distance of
/// these peaks from the nearest peak of the pattern, at most 0.5 degree per peak.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct GenerationReport {
    /// Label and value, such as `Ti=0.75`.
    pub target: String,
    /// Number of vertices of the contour of the target value on the map of the label.
    pub points_on_contour: usize,
    /// Number of separate lines of the contour.
    pub contour_lines: usize,
    /// Coordinates x and y of the decoded point (unit: plane). If the field `place` of the report
    /// is `contour`, the decoded point is the point of the contour that is nearest to the position
    /// interpolated between the centres of the two neighbouring compositions. `null` without a
    /// contour, or without a neighbouring composition on one side of the target.
    pub decoded_point: Option<[f64; 2]>,
    /// File of the generated pattern. `null` if `decoded_point` is `null`.
    pub file: Option<String>,
    /// Number of true patterns that are averaged; 0 without truth.
    pub truth_patterns: usize,
    /// Mean relative difference of a true pattern from the mean of the true patterns. `null`
    /// without truth.
    pub truth_spread: Option<f64>,
    /// Pearson correlation of the generated pattern with the truth, −1 to 1. `null` without truth or
    /// generated pattern.
    pub pearson_truth: Option<f64>,
    /// Pearson correlation of the blend with the truth. `null` without truth or blend.
    pub pearson_blend: Option<f64>,
    /// Cosine of the angle between generated pattern and truth, −1 to 1. `null` without truth or
    /// generated pattern.
    pub cosine_truth: Option<f64>,
    /// Cosine of the angle between blend and truth. `null` without truth or blend.
    pub cosine_blend: Option<f64>,
    /// Weighted profile R factor of the generated pattern, with weights 1/truth; 0 for equal patterns.
    /// `null` without truth or generated pattern.
    pub rwp_truth: Option<f64>,
    /// Weighted profile R factor of the blend. `null` without truth or blend.
    pub rwp_blend: Option<f64>,
    /// R of the generated pattern. `null` without truth or generated pattern.
    pub relative_difference_truth: Option<f64>,
    /// R of the blend. `null` without truth or blend.
    pub relative_difference_blend: Option<f64>,
    /// R of the strained blend. `null` without truth or blend.
    pub relative_difference_strained_blend: Option<f64>,
    /// Peak position error of the generated pattern (unit: degree). `null` without truth or
    /// generated pattern.
    pub peak_position_error_truth: Option<f64>,
    /// Peak position error of the blend (unit: degree). `null` without truth or blend.
    pub peak_position_error_blend: Option<f64>,
    /// Peak position error of the strained blend (unit: degree). `null` without truth or blend.
    pub peak_position_error_strained_blend: Option<f64>,
}

/// Scores of a generated pattern of one seed. The scores are defined as in `generation`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SeedGenerationReport {
    /// Label and value, such as `Ti=0.75`.
    pub target: String,
    /// R of the generated pattern. `null` as in `generation`.
    pub relative_difference_truth: Option<f64>,
    /// R of the blend of the training patterns of this seed. `null` as in `generation`.
    pub relative_difference_blend: Option<f64>,
    /// R of the strained blend. `null` as in `generation`.
    pub relative_difference_strained_blend: Option<f64>,
    /// Peak position error of the generated pattern (unit: degree). `null` as in `generation`.
    pub peak_position_error_truth: Option<f64>,
    /// Peak position error of the blend (unit: degree). `null` as in `generation`.
    pub peak_position_error_blend: Option<f64>,
    /// Peak position error of the strained blend (unit: degree). `null` as in `generation`.
    pub peak_position_error_strained_blend: Option<f64>,
}

/// Scores of the generated patterns of one target over the seeds. Seeds without a generated pattern or
/// a truth are not counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct GenerationSummary {
    /// Label and value, such as `Ti=0.75`.
    pub target: String,
    /// Number of seeds that have a generated pattern and a truth.
    pub seeds: usize,
    /// Mean R of the generated pattern. `null` if `seeds` is 0.
    pub relative_difference_truth_mean: Option<f64>,
    /// Standard deviation of R of the generated pattern. `null` if `seeds` is less than 2.
    pub relative_difference_truth_sd: Option<f64>,
    /// Median R of the generated pattern. `null` if `seeds` is 0.
    pub relative_difference_truth_median: Option<f64>,
    /// Mean R of the blend. `null` if `seeds` is 0.
    pub relative_difference_blend_mean: Option<f64>,
    /// Standard deviation of R of the blend. `null` if `seeds` is less than 2.
    pub relative_difference_blend_sd: Option<f64>,
    /// Median R of the blend. `null` if `seeds` is 0.
    pub relative_difference_blend_median: Option<f64>,
    /// Mean R of the strained blend. `null` if `seeds` is 0.
    pub relative_difference_strained_blend_mean: Option<f64>,
    /// Mean peak position error of the generated pattern (unit: degree). `null` if `seeds` is 0.
    pub peak_position_error_truth_mean: Option<f64>,
    /// Standard deviation of the peak position error of the generated pattern (unit: degree).
    /// `null` if `seeds` is less than 2.
    pub peak_position_error_truth_sd: Option<f64>,
    /// Mean peak position error of the blend (unit: degree). `null` if `seeds` is 0.
    pub peak_position_error_blend_mean: Option<f64>,
    /// Mean peak position error of the strained blend (unit: degree). `null` if `seeds` is 0.
    pub peak_position_error_strained_blend_mean: Option<f64>,
}
