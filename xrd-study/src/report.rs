//! Types of `study.json`, the report of a study.
//!
//! `docs/study-json.md` is generated from the documentation of the fields. A unit is in parentheses
//! at the end of the first sentence. An `Option` is `null` where the text says so, and never
//! absent. Files of older versions, in which newer fields are missing, can still be read.

mod estimation;
mod generation;
mod maps;
mod relevance;
mod seeds;

use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;

pub use estimation::{EstimationReport, IntervalReport, IntervalsReport, LabelReport};
pub use generation::{GenerationReport, GenerationSummary, SeedGenerationReport};
pub use maps::{MapReport, MapsReport, SeparationReport};
pub use relevance::{CandidateReport, LineReport, PeakReport, RelevanceReport};
pub use seeds::{SeedReport, SeedScores, SummaryReport};

/// Version of the schema of [`StudyReport`]. The version is increased when a field is removed or
/// changes its meaning.
pub const STUDY_SCHEMA: u64 = 1;

/// Report of a study, with all numbers of the study. With several seeds, one seed is chosen; all
/// fields except `seeds` and `summary` belong to the chosen seed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct StudyReport {
    /// The patterns.
    pub dataset: DatasetReport,
    /// The chosen network and its training.
    pub training: TrainingReport,
    /// Estimates of the test patterns.
    pub estimation: EstimationReport,
    /// Relevance of the angles of one pattern.
    pub relevance: RelevanceReport,
    /// Rule for the latent point that is decoded for a target: `contour` or `strained`.
    #[serde(rename = "place")]
    pub decoded_point: String,
    /// Generated patterns, one per target.
    pub generation: Vec<GenerationReport>,
    /// Chosen seed.
    pub seed: u64,
    /// Criterion for the choice of the seed. Test patterns have no influence on it.
    pub seed_criterion: String,
    /// Numbers of every seed, in ascending order of the seeds.
    pub seeds: Vec<SeedReport>,
    /// Mean, standard deviation and median over the seeds.
    pub summary: SummaryReport,
    /// Whether the study is a quick trial with few epochs. A quick trial with more than 2,000
    /// training patterns has no comparison with raw patterns.
    pub quick: bool,
    /// Results that are computed from a sample, or left out, because of the number of patterns.
    /// Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<String>,
    /// Notes on how the files were read: skipped files, interpolation, labels that were matched by
    /// order, and columns with numbers that were read as text.
    pub notes: Vec<String>,
    /// Versions of the program and of this schema.
    pub versions: Versions,
    /// Prediction intervals of the estimates.
    pub intervals: IntervalsReport,
    /// Comparison of the latent plane with other maps. `null` above 400 patterns, for speed.
    pub maps: Option<MapsReport>,
    /// The experiment. The command `xrd study --config study.json` runs it again. `null` in files
    /// of older versions.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub experiment: Option<Experiment>,
    /// Names of all other files of this study, relative to its folder.
    pub files: Vec<String>,
}

/// The patterns of a study.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct DatasetReport {
    /// Origin of the patterns: the name of the built-in series, or `files`.
    pub origin: String,
    /// Number of patterns, including training and test patterns.
    pub patterns: usize,
    /// Number of intensities per pattern.
    pub points: usize,
    /// First angle (unit: degree).
    pub two_theta_start: f64,
    /// Distance between angles (unit: degree).
    pub two_theta_step: f64,
    /// Wavelength (unit: Å). `null` if the files state none.
    pub wavelength_angstrom: Option<f64>,
    /// Unit of the intensities, and the factor applied to them.
    pub intensity_scale: String,
    /// Steps by which the patterns were prepared during reading, in order, such as `snip:1`. Empty
    /// for the built-in series.
    pub preparation: Vec<String>,
    /// Label values whose patterns were excluded from training and testing, such as `Ti=1`.
    pub left_out: Vec<String>,
    /// Names of the labels, in the order of their columns in all tables.
    pub labels: Vec<String>,
    /// Full width at half maximum of simulated lines (unit: degree). `null` for files.
    pub fwhm_deg: Option<f64>,
    /// Seed of the random arrangements of atoms. `null` for files.
    pub dataset_seed: Option<u64>,
}

/// A network and its training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct TrainingReport {
    /// Widths of the layers between the input and the latent space.
    pub hidden: Vec<usize>,
    /// Dimensions of the latent space. With more than 2 dimensions, the first two principal axes of
    /// the training patterns span the latent plane.
    pub latent_dimensions: usize,
    /// Number of completed epochs: passes over the training patterns.
    pub epochs: usize,
    /// Number of epochs that were requested. Early stopping may end the training before.
    pub epochs_asked: usize,
    /// Reason for the end of the training: `last epoch`, or `no improvement` if early stopping
    /// ended it.
    pub ending: String,
    /// Epoch whose weights the model has. `null` without early stopping; the model then has the
    /// weights of the last epoch.
    pub best_epoch: Option<usize>,
    /// Batch size: patterns per step.
    pub batch: usize,
    /// Loss function, which compares scaled patterns with their reconstructions: `mse` (mean
    /// squared error), `cosine` (1 − cosine of the angle between both) or `pearson` (1 −
    /// correlation).
    pub loss: String,
    /// Learning rate of Adam.
    pub learning_rate: f64,
    /// Schedule of the learning rate, in the form of the option `--schedule`.
    pub schedule: String,
    /// Length of the warm-up of the learning rate (unit: epoch).
    pub warm_up_epochs: f64,
    /// Weight decay.
    pub weight_decay: f64,
    /// Whether the weight decay is subtracted from the weights (AdamW). If false, the weight decay
    /// is added to the gradient.
    pub decoupled_decay: bool,
    /// Whether the first layer has the same learning rate as the other layers.
    pub full_first_rate: bool,
    /// Largest norm of the gradient over all layers; larger gradients are scaled down. `null`
    /// without this limit.
    pub clip_norm: Option<f64>,
    /// Augmentation: largest random strain Δd/d of the training patterns. `null` without strains.
    pub strain: Option<f64>,
    /// Number of epochs without improvement after which early stopping ends the training (unit: epoch).
    /// `null` without early stopping.
    pub patience: Option<usize>,
    /// Smallest decrease of the loss that counts as an improvement (unit: loss). `null` without
    /// early stopping.
    pub min_improvement: Option<f64>,
    /// Patterns whose loss early stopping monitored: `validation patterns` or `test patterns`. With
    /// `test patterns`, the test patterns influenced the training. `null` without early stopping.
    pub watched: Option<String>,
    /// Scaling of the intensities: `global` (one factor for all angles) or `per-point` (the
    /// intensity at each angle is divided by its own standard deviation).
    pub scaling: String,
    /// Number of training patterns, including validation patterns.
    pub train_patterns: usize,
    /// Number of validation patterns. The network was not trained on these patterns; early stopping
    /// monitored their loss.
    pub validation_patterns: usize,
    /// Number of test patterns.
    pub test_patterns: usize,
    /// Wall time of the training, including the evaluation of the test patterns (unit: s). For a
    /// resumed training, only the time after the last resumption is counted.
    pub seconds: f64,
    /// Median wall time per epoch, without the evaluation of test and validation patterns (unit:
    /// ms).
    pub ms_per_epoch: f64,
    /// Number of threads that trained this network.
    pub threads: usize,
    /// Mean squared reconstruction error of the training patterns (unit: intensity²).
    pub train_mse: f64,
    /// Mean squared reconstruction error of the test patterns (unit: intensity²).
    pub test_mse: f64,
    /// Explained variance 1 − SSE/SST of the training patterns. SSE is the sum of the squared
    /// differences between the patterns and their reconstructions. SST is the sum of the squared
    /// differences between the patterns and the mean training pattern. `null` if SST is 0.
    pub explained_variance_train: Option<f64>,
    /// Explained variance 1 − SSE/SST of the test patterns. SSE and SST are defined as for the
    /// training patterns; SST uses the mean *training* pattern too. `null` if SST is 0.
    pub explained_variance_test: Option<f64>,
    /// Fraction of the latent points of all patterns with a coordinate below −0.99 or above 0.99.
    pub saturated_fraction: f64,
    /// Warnings of the training, for example about a diverging loss or a latent axis that the
    /// network does not use. Each warning is given once, with the epoch and a suggestion what to
    /// change.
    pub warnings: Vec<String>,
}

/// Versions of the program and of the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct Versions {
    /// Version of the program.
    pub xrd: String,
    /// Version of this schema. The version is increased when a field is removed or changes its
    /// meaning. 0 in files that are not the report of a study.
    pub study_json: u64,
}
