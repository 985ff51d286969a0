//! Generated patterns.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Generated pattern of one target, compared with the truth.
///
/// A target is one label with one value, or several labels with one value each, for which one
/// pattern is generated (a composition). For a composition there is no contour, no true pattern and
/// no blend. A *true pattern* is a measured or simulated pattern with
/// this label value. For the targets Ti = 0, 0.25, 0.5 and so on up to 4 of the built-in series,
/// the true patterns are simulated. For all other targets, the true patterns are the patterns that
/// were excluded because of this value (`dataset.left_out`). The *truth* is the mean of the true
/// patterns.
///
/// The *contour* is the set of points on the latent plane where the estimated label equals the
/// target value. The *neighbouring compositions* are the compositions of training patterns with the
/// next smaller and the next larger value of the label. The *blend* is a linear mixture of two
/// patterns: the mean training patterns of the two neighbouring compositions. The weights of the
/// two patterns add up to 1. The weights are chosen so that the weighted mean of the two label
/// values equals the target value. The blend needs no network. The *strained blend* is the same
/// mixture, but both patterns are first strained until their lines coincide. A strain Δd/d shifts
/// the lines of a pattern.
///
/// *R* of a pattern is the Euclidean norm of pattern − truth, divided by the norm of the truth.
///
/// The *peak position error* compares the twenty strongest peaks of the truth with the peaks of the
/// pattern. Each peak of the truth is paired with the nearest sufficiently high peak of the
/// pattern. A peak is sufficiently high if its height is at least a fifth of the height of the peak
/// of the truth. The peak position error is the mean distance of these pairs. Distances above 0.5
/// degree are counted as 0.5 degree. A peak of the truth without a sufficiently high peak in the
/// pattern is also counted as 0.5 degree.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct GenerationReport {
    /// Label and value, such as `Ti=0.75`, or several of them, such as `Mn=0.5,V=0.3`.
    pub target: String,
    /// Number of vertices of the contour.
    pub points_on_contour: usize,
    /// Number of separate lines that form the contour.
    pub contour_lines: usize,
    /// Coordinates x and y of the latent point of the generated pattern (unit: plane). The report
    /// states the rule by which the pattern is generated. With the rule `between`, the network
    /// generates one pattern at the centre of each of the two neighbouring compositions. These two
    /// patterns are strained until their lines coincide, and mixed. The mixture is the generated
    /// pattern, and the point is that to which the network encodes it. With the rule `strained`, the
    /// generated pattern is the one that the network generates at this point. With the rule
    /// `contour`, a position is interpolated between the two centres; the pattern is generated at
    /// the point of the contour that is nearest to this position. If training patterns have exactly
    /// the target value, only the centre of their composition is used. For a target with several
    /// labels, every rule uses the point where the estimates agree best with all of them: the root
    /// mean square of (estimate − value)/range is smallest, where the range is that of the label
    /// among the training patterns. `null` if a neighbouring composition is missing, if the rule is
    /// `contour` and there is no contour, or if no point comes near several labels
    /// (`largest_difference` above 0.2).
    pub decoded_point: Option<[f64; 2]>,
    /// All labels estimated at `decoded_point`, by name. For several labels that no point comes
    /// near, these are the labels of the point that agrees best. Missing if there is no such point.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "std::collections::BTreeMap<String, f64>")
    )]
    pub labels: IndexMap<String, f64>,
    /// Largest difference of these labels from the values of the target, as a fraction of the range
    /// of the label among the training patterns. Missing if `labels` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_difference: Option<f64>,
    /// File of the generated pattern. `null` if `decoded_point` is `null`.
    pub file: Option<String>,
    /// Number of true patterns that are averaged. 0 if there is no truth.
    pub truth_patterns: usize,
    /// Mean R of the individual true patterns, which shows how much they differ from their mean.
    /// `null` if there is no truth.
    pub truth_spread: Option<f64>,
    /// Pearson correlation of the generated pattern with the truth, −1 to 1. `null` if the truth or
    /// the generated pattern is missing.
    pub pearson_truth: Option<f64>,
    /// Pearson correlation of the blend with the truth. `null` if the truth or the blend is
    /// missing.
    pub pearson_blend: Option<f64>,
    /// Cosine of the angle between the generated pattern and the truth, −1 to 1. `null` if the
    /// truth or the generated pattern is missing.
    pub cosine_truth: Option<f64>,
    /// Cosine of the angle between the blend and the truth. `null` if the truth or the blend is
    /// missing.
    pub cosine_blend: Option<f64>,
    /// Weighted profile R factor of the generated pattern, with weights 1/truth. The value is 0 if
    /// the pattern equals the truth. `null` if the truth or the generated pattern is missing.
    pub rwp_truth: Option<f64>,
    /// Weighted profile R factor of the blend. `null` if the truth or the blend is missing.
    pub rwp_blend: Option<f64>,
    /// R of the generated pattern. `null` if the truth or the generated pattern is missing.
    pub relative_difference_truth: Option<f64>,
    /// R of the blend. `null` if the truth or the blend is missing.
    pub relative_difference_blend: Option<f64>,
    /// R of the strained blend. `null` if the truth or the blend is missing.
    pub relative_difference_strained_blend: Option<f64>,
    /// Peak position error of the generated pattern (unit: degree). `null` if the truth or the
    /// generated pattern is missing.
    pub peak_position_error_truth: Option<f64>,
    /// Peak position error of the blend (unit: degree). `null` if the truth or the blend is
    /// missing.
    pub peak_position_error_blend: Option<f64>,
    /// Peak position error of the strained blend (unit: degree). `null` if the truth or the blend
    /// is missing.
    pub peak_position_error_strained_blend: Option<f64>,
}

/// Scores of the generated pattern of one target and one seed. The documentation of
/// `GenerationReport` (field `generation` of the report) defines the scores and states when a score
/// is `null`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SeedGenerationReport {
    /// Label and value, such as `Ti=0.75`.
    pub target: String,
    /// R of the generated pattern.
    pub relative_difference_truth: Option<f64>,
    /// R of the blend. The blend is computed from the training patterns of this seed.
    pub relative_difference_blend: Option<f64>,
    /// R of the strained blend.
    pub relative_difference_strained_blend: Option<f64>,
    /// Peak position error of the generated pattern (unit: degree).
    pub peak_position_error_truth: Option<f64>,
    /// Peak position error of the blend (unit: degree).
    pub peak_position_error_blend: Option<f64>,
    /// Peak position error of the strained blend (unit: degree).
    pub peak_position_error_strained_blend: Option<f64>,
}

/// Summary over the seeds of the scores of one target. Seeds without a generated pattern or without
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
