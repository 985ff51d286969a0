//! What came out of a study: `study.json`, as types.
//!
//! The field documentation is the documentation of the file: `docs/study-json.md` is made from it.
//! A unit stands in brackets at the end of the first sentence. Fields that are `Option` are `null`
//! where the text says so, never absent; files that lack a field of later versions still load.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;

/// Version of the schema of [`StudyReport`]. It grows where a field changes its meaning or goes.
pub const STUDY_SCHEMA: u64 = 1;

/// Every figure of a study. With several seeds all fields except `seeds` and `summary` belong to the
/// chosen one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct StudyReport {
    /// The patterns.
    pub dataset: DatasetReport,
    /// The chosen network and its training.
    pub training: TrainingReport,
    /// Estimates of the test patterns.
    pub estimation: EstimationReport,
    /// Which angles move the point of one pattern.
    pub relevance: RelevanceReport,
    /// Which point is decoded: `contour` or `strained`.
    pub place: String,
    /// Generated patterns, one per target.
    pub generation: Vec<GenerationReport>,
    /// Chosen seed.
    pub seed: u64,
    /// How the seed was chosen. Test patterns have no influence on it.
    pub seed_criterion: String,
    /// Figures of every seed, in ascending order.
    pub seeds: Vec<SeedReport>,
    /// Mean, standard deviation and median over the seeds.
    pub summary: SummaryReport,
    /// Whether this is a first look with few epochs.
    pub quick: bool,
    /// Notes on how the files were read: skipped files, interpolation, labels matched by order,
    /// columns that look like numbers and are not.
    pub notes: Vec<String>,
    /// Versions of the program and of this schema.
    pub versions: Versions,
    /// Intervals around the estimates.
    pub intervals: IntervalsReport,
    /// The plane compared with other maps; `null` above 400 patterns, for speed.
    pub maps: Option<MapsReport>,
    /// What was asked: `xrd study --config study.json` runs it again. `null` in files of older
    /// versions.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub experiment: Option<Experiment>,
    /// All other files of this study, relative to the folder.
    pub files: Vec<String>,
}

/// The patterns of a study.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DatasetReport {
    /// The built-in series, or `files`.
    pub origin: String,
    /// Number of patterns, training and test.
    pub patterns: usize,
    /// Number of intensities per pattern.
    pub points: usize,
    /// First angle [degree].
    pub two_theta_start: f64,
    /// Distance between angles [degree].
    pub two_theta_step: f64,
    /// Wavelength [Å]. `null` where the files state none.
    pub wavelength_angstrom: Option<f64>,
    /// Unit of the intensities, and the factor applied to them.
    pub intensity_scale: String,
    /// Preparation of the patterns while they were read, in order, as in `snip:1`. Empty for the
    /// built-in series.
    pub preparation: Vec<String>,
    /// Values of labels whose patterns were kept from training and testing, as in `Ti=1`.
    pub left_out: Vec<String>,
    /// Label columns, in the order of all tables.
    pub labels: Vec<String>,
    /// Full width at half maximum of simulated lines [degree]. `null` for files.
    pub fwhm_deg: Option<f64>,
    /// Seed of the arrangements drawn. `null` for files.
    pub dataset_seed: Option<u64>,
}

/// A network and its training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct TrainingReport {
    /// Widths of the layers between input and latent space.
    pub hidden: Vec<usize>,
    /// Dimensions of the latent space. Above 2 the plane is spanned by its first two principal axes.
    pub latent_dimensions: usize,
    /// Passes over the training patterns.
    pub epochs: usize,
    /// Epochs there would have been without early stopping.
    pub epochs_asked: usize,
    /// `last epoch`, or `no improvement` where early stopping ended the training.
    pub ending: String,
    /// Epoch whose weights the model has. `null` without early stopping, where it is the last.
    pub best_epoch: Option<usize>,
    /// Batch size: patterns per step.
    pub batch: usize,
    /// Loss function of scaled patterns and their reproductions: `mse`, `cosine` (1 − cosine of the
    /// angle between them) or `pearson` (1 − correlation).
    pub loss: String,
    /// Learning rate of Adam.
    pub learning_rate: f64,
    /// Schedule of the learning rate, as `--schedule` takes it.
    pub schedule: String,
    /// Length of the warm-up of the learning rate [epoch].
    pub warm_up_epochs: f64,
    /// Weight decay.
    pub weight_decay: f64,
    /// Whether the decay is subtracted from the weights (AdamW) rather than added to the gradient.
    pub decoupled_decay: bool,
    /// Whether the first layer has the learning rate of the others.
    pub full_first_rate: bool,
    /// Largest norm of the gradient over all layers. `null` without clipping.
    pub clip_norm: Option<f64>,
    /// Augmentation: largest random strain Δd/d. `null` without strains.
    pub strain: Option<f64>,
    /// Epochs without improvement that end the training [epoch]. `null` without early stopping.
    pub patience: Option<usize>,
    /// Least decrease of the loss that counts as an improvement [loss]. `null` without early
    /// stopping.
    pub min_improvement: Option<f64>,
    /// Patterns whose loss early stopping watched: `validation patterns`, or `test patterns`, which
    /// are then no longer unseen. `null` without early stopping.
    pub watched: Option<String>,
    /// `global`: one factor for all angles; `per-point`: each angle by its own spread.
    pub scaling: String,
    /// Number of training patterns, validation patterns included.
    pub train_patterns: usize,
    /// Number of training patterns that early stopping watched instead of training on them.
    pub validation_patterns: usize,
    /// Number of test patterns.
    pub test_patterns: usize,
    /// Wall time of the training, including the evaluation of the test patterns [s]. Counted from
    /// the last resume.
    pub seconds: f64,
    /// Median time per epoch, without evaluation [ms].
    pub ms_per_epoch: f64,
    /// Threads that trained this network.
    pub threads: usize,
    /// Mean squared error of the reproduced training patterns [intensity²].
    pub train_mse: f64,
    /// Mean squared error of the reproduced test patterns [intensity²].
    pub test_mse: f64,
    /// 1 − SSE/SST of the training patterns, SST about the mean training pattern. `null` where all
    /// patterns equal that mean.
    pub explained_variance_train: Option<f64>,
    /// 1 − SSE/SST of the test patterns, SST about the mean *training* pattern. `null` where all
    /// patterns equal that mean.
    pub explained_variance_test: Option<f64>,
    /// Share of all points with a coordinate beyond ±0.99.
    pub saturated_fraction: f64,
    /// Warnings of the training, each once: a dead or saturated axis of the plane, a diverging
    /// loss; with the epoch and what to try.
    pub warnings: Vec<String>,
}

/// Estimates of the labels of the test patterns from the known points. A delta is the sum over the
/// labels of the squared difference between estimate and truth. An estimate is *inside* where known
/// points enclose the point of the pattern or coincide with it; otherwise it is a fallback. Figures
/// without `_inside` include the fallbacks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct EstimationReport {
    /// Estimator, as `--estimator` takes it.
    pub estimator: String,
    /// Number of test patterns.
    pub count: usize,
    /// Number of test patterns inside.
    pub inside: usize,
    /// Deltas, the worst first [label²].
    pub delta_sorted: Vec<f64>,
    /// Median delta [label²].
    pub delta_median: f64,
    /// Worst delta [label²].
    pub delta_worst: f64,
    /// Deltas of the patterns inside, the worst first [label²]. `null` where none is inside.
    pub delta_sorted_inside: Option<Vec<f64>>,
    /// Median delta of the patterns inside [label²]. `null` where none is inside.
    pub delta_median_inside: Option<f64>,
    /// Worst delta of the patterns inside [label²]. `null` where none is inside.
    pub delta_worst_inside: Option<f64>,
    /// Number of deltas of at most 4e-3.
    #[serde(rename = "within_4e-3")]
    pub within_limit: usize,
    /// Share of the estimates whose vertices all have the same labels, which then need no
    /// interpolation.
    pub one_composition_fraction: f64,
    /// Baseline: deltas of the labels of the training pattern at the least Euclidean distance, the
    /// worst first [label²].
    pub nearest_pattern_delta_sorted: Vec<f64>,
    /// Mean delta of estimating each training pattern from the others [label²].
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
pub struct LabelReport {
    /// Mean absolute error [label].
    pub mae: f64,
    /// Coefficient of determination. `null` where the true label is constant.
    pub r2: Option<f64>,
    /// Mean absolute error of the patterns inside [label]. `null` where none is inside.
    pub mae_inside: Option<f64>,
    /// Coefficient of determination of the patterns inside. `null` where none is inside, or their
    /// true label is constant.
    pub r2_inside: Option<f64>,
}

/// Intervals around the estimates: estimate ± half width holds the truth in `coverage` of cases
/// (split conformal: the half width is a quantile of the errors of other estimates). The errors come
/// from the test patterns of the other seeds, whose networks have not seen them. With too few of
/// these they come from leaving out each training pattern in turn, which makes them somewhat too
/// small.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct IntervalsReport {
    /// Share of the truths that intervals are meant to hold.
    pub coverage: f64,
    /// Source of the errors, for the chosen seed.
    pub from: String,
    /// Number of errors.
    pub errors: usize,
    /// Number of estimates of all seeds over which the coverage is counted.
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
pub struct IntervalReport {
    /// Half width of the intervals of the chosen seed [label]. `null` with fewer than 9 errors.
    pub half_width: Option<f64>,
    /// Share of the truths in intervals from the other seeds. `null` for a single seed.
    pub held: Option<f64>,
    /// Share of the truths in intervals from leaving out training patterns. `null` with fewer than 9
    /// of these.
    pub held_left_out: Option<f64>,
}

/// The plane of the chosen seed (its first two principal axes where there are more dimensions)
/// compared with two maps that need no network: principal components, and metric multidimensional
/// scaling of 1 − r between patterns, r being Pearson's correlation (as PolySNAP does).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct MapsReport {
    /// k of trustworthiness and continuity: 10, less for fewer than 21 patterns. `null` for fewer
    /// than 3 patterns.
    pub neighbours: Option<usize>,
    /// Number of different rows of labels.
    pub compositions: usize,
    /// Scores of each map.
    pub maps: Vec<MapReport>,
    /// Separation of the compositions by all angles, without a map.
    pub angles: SeparationReport,
}

/// Scores of one map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct MapReport {
    /// `autoencoder`, `PCA` or `metric MDS`.
    pub name: String,
    /// Share of the variance of the patterns that two components explain. `null` except for PCA.
    pub explained_variance: Option<f64>,
    /// √(Σ (d − δ)² / Σ δ²) of distances d on the map and δ = 1 − r given. `null` except for metric
    /// MDS.
    pub stress: Option<f64>,
    /// Trustworthiness: how far neighbours on the map are neighbours by Euclidean distance of the
    /// patterns (Venna and Kaski 2001). `null` as `maps.neighbours`.
    pub trustworthiness: Option<f64>,
    /// Continuity: how far neighbours by Euclidean distance are neighbours on the map. `null` as
    /// `maps.neighbours`.
    pub continuity: Option<f64>,
    /// Trustworthiness with 1 − r as the distance of patterns. `null` as `maps.neighbours`.
    pub trustworthiness_of_shapes: Option<f64>,
    /// Continuity with 1 − r as the distance of patterns. `null` as `maps.neighbours`.
    pub continuity_of_shapes: Option<f64>,
    /// Silhouette of the compositions on the map (Rousseeuw 1987). `null` where half the patterns or
    /// more have compositions of their own.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index of k-means clusters on the map, as many as compositions, against the
    /// compositions (Hubert and Arabie 1985). `null` as `silhouette`.
    pub adjusted_rand_index: Option<f64>,
}

/// How well compositions are separated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SeparationReport {
    /// Silhouette of the compositions by the patterns themselves. `null` where half the patterns or
    /// more have compositions of their own.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index of k-means clusters of the patterns themselves. `null` as `silhouette`.
    pub adjusted_rand_index: Option<f64>,
}

/// Relevance of the angles of one pattern: a window of angles is set to zero, at every angle in turn;
/// Dev is the distance that this moves the point of the pattern, a length on the plane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct RelevanceReport {
    /// Name of the pattern: a test pattern; of the series one with Ti = 1.5 where there is one.
    pub pattern: String,
    /// Labels of the pattern.
    pub composition: String,
    /// Width of the window, at least one step [degree].
    pub window_deg: f64,
    /// Wall time of the sweep [s].
    pub seconds: f64,
    /// Number of windows, which is the number of rows of `relevance.csv`.
    pub windows: usize,
    /// Largest Dev [plane].
    pub largest_dev: f64,
    /// Number of peaks found in the pattern.
    pub peaks: usize,
    /// Share of the largest intensity from which a peak counts as strong.
    pub strong_from: f64,
    /// Strong peaks of least ratio, the least first.
    pub strongest_irrelevant: Vec<PeakReport>,
    /// Candidates for the paper's irrelevant peak (0,0,1). Empty except for the built-in series.
    pub candidates: Vec<CandidateReport>,
    /// Lines of the built-in series, each masked as a whole: at an angle a line has the share that
    /// its profile has in the sum of all profiles there, within ten widths. The five strong families
    /// of planes of least ratio, the five others of greatest ratio, and the candidates; `peaks.csv`
    /// has all. Empty except for the built-in series.
    pub lines: Vec<LineReport>,
}

/// A peak and its relevance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PeakReport {
    /// Angle of the peak [degree].
    pub two_theta: f64,
    /// Indices of the strongest line there, in conventional axes. `null` for files, and where no
    /// line is near.
    pub hkl: Option<[i32; 3]>,
    /// Intensity over the largest.
    pub relative_intensity: f64,
    /// Rank by intensity, 1 for the strongest peak.
    pub intensity_rank: usize,
    /// Largest Dev within the peak [plane].
    pub dev: f64,
    /// `dev` over the largest Dev.
    pub relative_dev: f64,
    /// Rank by Dev, 1 for the largest.
    pub relevance_rank: usize,
    /// Relative Dev over relative intensity: far below 1 for a peak that is strong and does not
    /// matter.
    pub ratio: f64,
}

/// A family of planes that the paper's irrelevant peak (0,0,1) may be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct CandidateReport {
    /// Indices in conventional axes.
    pub hkl: [i32; 3],
    /// Angle of the line [degree].
    pub expected_two_theta: f64,
    /// The peak within 0.1 degree of it. `null` where no peak is that near.
    pub peak: Option<PeakReport>,
}

/// A family of planes and its relevance: the mean length of the move of a point when the family is
/// masked, over that of the most relevant family.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct LineReport {
    /// Indices in conventional axes.
    pub hkl: [i32; 3],
    /// Angle of the line in the composition of `relevance.pattern` [degree].
    pub two_theta: f64,
    /// Number of planes in the family.
    pub multiplicity: usize,
    /// Intensity over that of the strongest line, mean over the patterns.
    pub relative_intensity: f64,
    /// Rank by intensity, 1 for the strongest.
    pub intensity_rank: usize,
    /// Relevance, mean over the seeds.
    pub relative_dev_mean: f64,
    /// Standard deviation of the relevance over the seeds. `null` for a single seed.
    pub relative_dev_sd: Option<f64>,
    /// Rank by relevance, 1 for the most relevant.
    pub relevance_rank: usize,
    /// Mean relevance over relative intensity.
    pub ratio: f64,
    /// `strong, does not matter` where the ratio of a strong family is at most 0.1, `weak, matters`
    /// where that of another is at least 2, otherwise empty.
    pub verdict: String,
    /// Number of seeds that alone give the same verdict.
    pub seeds_agreeing: usize,
}

/// A generated pattern compared with the truth, which is the mean of patterns of the target's
/// composition (simulated for the built-in series, or left out). The *blend* is the linear mixture of
/// the mean training patterns of the two neighbouring compositions in the proportion that gives the
/// target: what one would do without a network. The *strained blend* is the same mixture after the
/// two are strained until their lines meet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct GenerationReport {
    /// Label and value, as in `Ti=0.75`.
    pub target: String,
    /// Number of vertices of the contour of that value on the painted map.
    pub points_on_contour: usize,
    /// Number of separate lines of the contour.
    pub contour_lines: usize,
    /// x and y of the decoded point [plane]. With `place` contour it is the point of the contour
    /// that is nearest to the place between the centres of the two neighbouring compositions. `null`
    /// where there is no contour, or no neighbour on one side.
    pub decoded_point: Option<[f64; 2]>,
    /// File of the generated pattern. `null` as `decoded_point`.
    pub file: Option<String>,
    /// Number of patterns in the truth; 0 without truth.
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
    /// Weighted profile R factor of the generated pattern, weights 1/truth, 0 for equal patterns.
    /// `null` without truth or generated pattern.
    pub rwp_truth: Option<f64>,
    /// Weighted profile R factor of the blend. `null` without truth or blend.
    pub rwp_blend: Option<f64>,
    /// R of the generated pattern: Euclidean length of the difference over that of the truth. `null`
    /// without truth or generated pattern.
    pub relative_difference_truth: Option<f64>,
    /// R of the blend. `null` without truth or blend.
    pub relative_difference_blend: Option<f64>,
    /// R of the strained blend. `null` without truth or blend.
    pub relative_difference_strained_blend: Option<f64>,
    /// Mean distance of the strongest twenty peaks of the truth from the nearest peaks of the
    /// generated pattern, 0.5 where no peak is that near [degree]. `null` without truth or generated
    /// pattern.
    pub peak_position_error_truth: Option<f64>,
    /// Mean distance of the peaks of the blend [degree]. `null` without truth or blend.
    pub peak_position_error_blend: Option<f64>,
    /// Mean distance of the peaks of the strained blend [degree]. `null` without truth or blend.
    pub peak_position_error_strained_blend: Option<f64>,
}

/// Figures of one seed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SeedReport {
    /// The seed.
    pub seed: u64,
    /// Passes over the training patterns, as in `training`.
    pub epochs: usize,
    /// Epoch whose weights the model has, as in `training`. `null` as there.
    pub best_epoch: Option<usize>,
    /// Deltas of the test patterns, the worst first [label²].
    pub delta_sorted: Vec<f64>,
    /// Generated patterns, one per target.
    pub generation: Vec<SeedGenerationReport>,
    /// Warnings of the training.
    pub warnings: Vec<String>,
    /// The figures that are summarised over the seeds.
    #[serde(flatten)]
    pub scores: SeedScores,
}

/// The figures that are summarised over the seeds. `null` where a figure has no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SeedScores {
    /// `training.explained_variance_train`.
    pub explained_variance_train: Option<f64>,
    /// `training.explained_variance_test`.
    pub explained_variance_test: Option<f64>,
    /// `training.saturated_fraction`.
    pub saturated_fraction: Option<f64>,
    /// `estimation.inside`.
    pub inside: Option<f64>,
    /// `estimation.delta_median` [label²].
    pub delta_median: Option<f64>,
    /// `estimation.delta_worst` [label²].
    pub delta_worst: Option<f64>,
    /// `estimation.within_4e-3`.
    #[serde(rename = "within_4e-3")]
    pub within_limit: Option<f64>,
    /// `estimation.one_composition_fraction`.
    pub one_composition_fraction: Option<f64>,
    /// Number of `estimation.nearest_pattern_delta_sorted` of at most 4e-3.
    #[serde(rename = "nearest_pattern_within_4e-3")]
    pub nearest_pattern_within_limit: Option<f64>,
    /// Worst of `estimation.nearest_pattern_delta_sorted` [label²].
    pub nearest_pattern_delta_worst: Option<f64>,
    /// `estimation.leave_one_out_delta_mean` [label²].
    pub leave_one_out_delta_mean: Option<f64>,
    /// `training.ms_per_epoch` [ms].
    pub ms_per_epoch: Option<f64>,
}

impl SeedScores {
    /// The names of the figures, as in `study.json`, with their values, in order.
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

    /// Each figure from the same figure of all seeds.
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

/// A generated pattern of one seed, as in `generation`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SeedGenerationReport {
    /// Label and value, as in `Ti=0.75`.
    pub target: String,
    /// R of the generated pattern. `null` as in `generation`.
    pub relative_difference_truth: Option<f64>,
    /// R of the blend of the training patterns of this seed. `null` as in `generation`.
    pub relative_difference_blend: Option<f64>,
    /// R of the strained blend. `null` as in `generation`.
    pub relative_difference_strained_blend: Option<f64>,
    /// Error of the peaks of the generated pattern [degree]. `null` as in `generation`.
    pub peak_position_error_truth: Option<f64>,
    /// Error of the peaks of the blend [degree]. `null` as in `generation`.
    pub peak_position_error_blend: Option<f64>,
    /// Error of the peaks of the strained blend [degree]. `null` as in `generation`.
    pub peak_position_error_strained_blend: Option<f64>,
}

/// Figures summarised over the seeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SummaryReport {
    /// Means. `null` where one seed has no value.
    pub mean: SeedScores,
    /// Sample standard deviations. `null` for a single seed, and where one seed has no value.
    pub sd: SeedScores,
    /// Medians. `null` where one seed has no value.
    pub median: SeedScores,
    /// Generated patterns, one per target.
    pub generation: Vec<GenerationSummary>,
}

/// Generated patterns of one target over the seeds that have one and a truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
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
    /// Mean error of the peaks of the generated pattern [degree]. `null` for no such seed.
    pub peak_position_error_truth_mean: Option<f64>,
    /// Standard deviation of the error of the peaks of the generated pattern [degree]. `null` for
    /// fewer than two such seeds.
    pub peak_position_error_truth_sd: Option<f64>,
    /// Mean error of the peaks of the blend [degree]. `null` for no such seed.
    pub peak_position_error_blend_mean: Option<f64>,
    /// Mean error of the peaks of the strained blend [degree]. `null` for no such seed.
    pub peak_position_error_strained_blend_mean: Option<f64>,
}

/// Versions of the program and of the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Versions {
    /// Version of the program.
    pub xrd: String,
    /// Version of this schema. It grows where a field changes its meaning or goes. 0 in files that
    /// no study wrote.
    pub study_json: u64,
}
