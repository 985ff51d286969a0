//! Generated patterns.

use serde::{Deserialize, Serialize};

/// A generated pattern compared with the truth. The *truth* is the mean of patterns of the composition
/// of the target; they are simulated for the built-in series, or excluded from the set. The *blend* is
/// the linear mixture of the mean training patterns of the two neighbouring compositions, in the
/// proportion that gives the target; it needs no network. The *strained blend* is the same mixture after
/// the two patterns are strained until their lines meet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct GenerationReport {
    /// Label and value, as in `Ti=0.75`.
    pub target: String,
    /// Number of vertices of the contour of the target value on the painted map.
    pub points_on_contour: usize,
    /// Number of separate lines of the contour.
    pub contour_lines: usize,
    /// Coordinates x and y of the decoded point (unit: plane). With `place` = `contour` it is the point of
    /// the contour nearest to the interpolated position between the centres of the two neighbouring
    /// compositions. `null` without a contour, or without a neighbour on one side.
    pub decoded_point: Option<[f64; 2]>,
    /// File of the generated pattern. `null` if `decoded_point` is `null`.
    pub file: Option<String>,
    /// Number of patterns whose mean is the truth; 0 without truth.
    pub truth_patterns: usize,
    /// Mean relative difference between one pattern of the truth and their mean. `null` without
    /// truth.
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
    /// R of the generated pattern: Euclidean norm of the difference over that of the truth. `null`
    /// without truth or generated pattern.
    pub relative_difference_truth: Option<f64>,
    /// R of the blend. `null` without truth or blend.
    pub relative_difference_blend: Option<f64>,
    /// R of the strained blend. `null` without truth or blend.
    pub relative_difference_strained_blend: Option<f64>,
    /// Peak position error of the generated pattern: mean distance of the twenty strongest peaks of the
    /// truth from its nearest peaks, at most 0.5 per peak (unit: degree). `null` without truth or generated
    /// pattern.
    pub peak_position_error_truth: Option<f64>,
    /// Peak position error of the blend (unit: degree). `null` without truth or blend.
    pub peak_position_error_blend: Option<f64>,
    /// Peak position error of the strained blend (unit: degree). `null` without truth or blend.
    pub peak_position_error_strained_blend: Option<f64>,
}

/// Scores of a generated pattern of one seed. Definitions are those of `generation`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SeedGenerationReport {
    /// Label and value, as in `Ti=0.75`.
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
    /// Label and value, as in `Ti=0.75`.
    pub target: String,
    /// Number of seeds that have a generated pattern and a truth.
    pub seeds: usize,
    /// Mean R of the generated pattern. `null` for no such seed.
    pub relative_difference_truth_mean: Option<f64>,
    /// Standard deviation of R of the generated pattern. `null` for fewer than two such seeds.
    pub relative_difference_truth_sd: Option<f64>,
    /// Median R of the generated pattern. `null` for no such seed.
    pub relative_difference_truth_median: Option<f64>,
    /// Mean R of the blend. `null` for no such seed.
    pub relative_difference_blend_mean: Option<f64>,
    /// Standard deviation of R of the blend. `null` for fewer than two such seeds.
    pub relative_difference_blend_sd: Option<f64>,
    /// Median R of the blend. `null` for no such seed.
    pub relative_difference_blend_median: Option<f64>,
    /// Mean R of the strained blend. `null` for no such seed.
    pub relative_difference_strained_blend_mean: Option<f64>,
    /// Mean peak position error of the generated pattern (unit: degree). `null` for no such seed.
    pub peak_position_error_truth_mean: Option<f64>,
    /// Standard deviation of the peak position error of the generated pattern (unit: degree). `null` for
    /// fewer than two such seeds.
    pub peak_position_error_truth_sd: Option<f64>,
    /// Mean peak position error of the blend (unit: degree). `null` for no such seed.
    pub peak_position_error_blend_mean: Option<f64>,
    /// Mean peak position error of the strained blend (unit: degree). `null` for no such seed.
    pub peak_position_error_strained_blend_mean: Option<f64>,
}
