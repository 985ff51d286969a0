//! Numbers of every seed, and summaries over the seeds.

use serde::{Deserialize, Serialize};

use super::generation::{GenerationSummary, SeedGenerationReport};

/// Numbers of one seed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SeedReport {
    /// The seed.
    pub seed: u64,
    /// Number of completed epochs, defined as in `training.epochs`.
    pub epochs: usize,
    /// Epoch whose weights were restored, defined as in `training.best_epoch`. `null` without early
    /// stopping.
    pub best_epoch: Option<usize>,
    /// Deltas of the test patterns, the largest first (unit: label²).
    pub delta_sorted: Vec<f64>,
    /// Generated patterns, one per target.
    pub generation: Vec<SeedGenerationReport>,
    /// Warnings of the training.
    pub warnings: Vec<String>,
    /// Numbers of this seed that are summarised over the seeds.
    #[serde(flatten)]
    pub scores: SeedScores,
}

/// Numbers of one seed that are summarised over the seeds. A number that is not defined is `null`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SeedScores {
    /// Explained variance of the training patterns, as in `training.explained_variance_train`.
    pub explained_variance_train: Option<f64>,
    /// Explained variance of the test patterns, as in `training.explained_variance_test`.
    pub explained_variance_test: Option<f64>,
    /// Fraction of all patterns whose latent point is saturated, as in
    /// `training.saturated_fraction`.
    pub saturated_fraction: Option<f64>,
    /// Number of test patterns whose estimate is inside, as in `estimation.inside`.
    pub inside: Option<f64>,
    /// Median delta, as in `estimation.delta_median` (unit: label²).
    pub delta_median: Option<f64>,
    /// Largest delta, as in `estimation.delta_worst` (unit: label²).
    pub delta_worst: Option<f64>,
    /// Number of test patterns whose delta is at most 4e-3.
    #[serde(rename = "within_4e-3")]
    pub within_limit: Option<f64>,
    /// Fraction of the estimates that are computed only from known points with the same labels, as
    /// in `estimation.one_composition_fraction`.
    pub one_composition_fraction: Option<f64>,
    /// Number of values of `estimation.nearest_pattern_delta_sorted` that are at most 4e-3.
    #[serde(rename = "nearest_pattern_within_4e-3")]
    pub nearest_pattern_within_limit: Option<f64>,
    /// Largest value of `estimation.nearest_pattern_delta_sorted` (unit: label²).
    pub nearest_pattern_delta_worst: Option<f64>,
    /// Mean delta of the training patterns, as in `estimation.leave_one_out_delta_mean` (unit:
    /// label²).
    pub leave_one_out_delta_mean: Option<f64>,
    /// Median wall time per epoch, as in `training.ms_per_epoch` (unit: ms).
    pub ms_per_epoch: Option<f64>,
}

impl SeedScores {
    /// Returns the numbers with their names in `study.json`, in the order of the fields.
    pub fn named(&self) -> [(&'static str, Option<f64>); 12] {
        [
            ("explained_variance_train", self.explained_variance_train),
            ("explained_variance_test", self.explained_variance_test),
            ("saturated_fraction", self.saturated_fraction),
            ("inside", self.inside),
            ("delta_median", self.delta_median),
            ("delta_worst", self.delta_worst),
            ("within_4e-3", self.within_limit),
            ("one_composition_fraction", self.one_composition_fraction),
            (
                "nearest_pattern_within_4e-3",
                self.nearest_pattern_within_limit,
            ),
            (
                "nearest_pattern_delta_worst",
                self.nearest_pattern_delta_worst,
            ),
            ("leave_one_out_delta_mean", self.leave_one_out_delta_mean),
            ("ms_per_epoch", self.ms_per_epoch),
        ]
    }

    /// Computes each number from those of all seeds.
    pub(crate) fn over(seeds: &[Self], of: impl Fn(Vec<Option<f64>>) -> Option<f64>) -> Self {
        let column = |field: fn(&Self) -> Option<f64>| of(seeds.iter().map(field).collect());
        Self {
            explained_variance_train: column(|s| s.explained_variance_train),
            explained_variance_test: column(|s| s.explained_variance_test),
            saturated_fraction: column(|s| s.saturated_fraction),
            inside: column(|s| s.inside),
            delta_median: column(|s| s.delta_median),
            delta_worst: column(|s| s.delta_worst),
            within_limit: column(|s| s.within_limit),
            one_composition_fraction: column(|s| s.one_composition_fraction),
            nearest_pattern_within_limit: column(|s| s.nearest_pattern_within_limit),
            nearest_pattern_delta_worst: column(|s| s.nearest_pattern_delta_worst),
            leave_one_out_delta_mean: column(|s| s.leave_one_out_delta_mean),
            ms_per_epoch: column(|s| s.ms_per_epoch),
        }
    }
}

/// Summary of the numbers of all seeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SummaryReport {
    /// Means over the seeds. A mean is `null` if a seed has no value.
    pub mean: SeedScores,
    /// Sample standard deviations over the seeds. A standard deviation is `null` for a single seed,
    /// or if a seed has no value.
    pub sd: SeedScores,
    /// Medians over the seeds. A median is `null` if a seed has no value.
    pub median: SeedScores,
    /// Generated patterns, one per target.
    pub generation: Vec<GenerationSummary>,
}
