//! Types of `study.json`, the report of a study.
//!
//! `docs/study-json.md` is generated from the documentation of the fields. A unit is in parentheses at
//! the end of the first sentence. An `Option` is `null` where the text says so, and never absent. Files
//! without the fields of later versions still load.

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

/// Version of the schema of [`StudyReport`]. It is increased when a field is removed or changes its
/// meaning.
pub const STUDY_SCHEMA: u64 = 1;

/// Report of a study: all its numbers. With several seeds, all fields except `seeds` and `summary` belong
/// to the chosen seed.
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
    /// Latent point that is decoded for a target: `contour` or `strained`.
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
    /// Whether this is a quick look with few epochs.
    pub quick: bool,
    /// Notes on how the files were read: skipped files, interpolation, labels matched by order, and
    /// columns read as text that contain numbers.
    pub notes: Vec<String>,
    /// Versions of the program and of this schema.
    pub versions: Versions,
    /// Intervals around the estimates.
    pub intervals: IntervalsReport,
    /// Comparison of the latent plane with other maps. `null` above 400 patterns, for speed.
    pub maps: Option<MapsReport>,
    /// The experiment, which `xrd study --config study.json` runs again. `null` in files of older
    /// versions.
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
    /// Origin of the patterns: the built-in series, or `files`.
    pub origin: String,
    /// Number of patterns, training and test.
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
    /// Preparation of the patterns while they were read, in order, as in `snip:1`. Empty for the
    /// built-in series.
    pub preparation: Vec<String>,
    /// Label values whose patterns were excluded from training and testing, as in `Ti=1`.
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
    /// Widths of the layers between input and latent space.
    pub hidden: Vec<usize>,
    /// Dimensions of the latent space. With more than 2 the latent plane is spanned by the first two
    /// principal axes.
    pub latent_dimensions: usize,
    /// Number of epochs: passes over the training patterns.
    pub epochs: usize,
    /// Number of epochs without early stopping.
    pub epochs_asked: usize,
    /// Reason for the end of the training: `last epoch`, or `no improvement` for early stopping.
    pub ending: String,
    /// Epoch whose weights the model has. `null` without early stopping: the last epoch.
    pub best_epoch: Option<usize>,
    /// Batch size: patterns per step.
    pub batch: usize,
    /// Loss function of scaled patterns and their reconstructions: `mse`, `cosine` (1 − cosine of the
    /// angle between them) or `pearson` (1 − correlation).
    pub loss: String,
    /// Learning rate of Adam.
    pub learning_rate: f64,
    /// Schedule of the learning rate, in the form of the option `--schedule`.
    pub schedule: String,
    /// Length of the warm-up of the learning rate (unit: epoch).
    pub warm_up_epochs: f64,
    /// Weight decay.
    pub weight_decay: f64,
    /// Whether the decay is subtracted from the weights (AdamW) rather than added to the gradient.
    pub decoupled_decay: bool,
    /// Whether the first layer has the same learning rate as the other layers.
    pub full_first_rate: bool,
    /// Largest norm of the gradient over all layers. `null` without clipping.
    pub clip_norm: Option<f64>,
    /// Augmentation: largest random strain Δd/d. `null` without strains.
    pub strain: Option<f64>,
    /// Number of epochs without improvement after which early stopping ends the training (unit: epoch).
    /// `null` without early stopping.
    pub patience: Option<usize>,
    /// Smallest decrease of the loss that counts as an improvement (unit: loss). `null` without
    /// early stopping.
    pub min_improvement: Option<f64>,
    /// Patterns whose loss early stopping watched: `validation patterns` or `test patterns`. In the
    /// second case the test patterns had an influence on the training. `null` without early stopping.
    pub watched: Option<String>,
    /// Scaling of the intensities: `global` (one factor for all angles) or `per-point` (each angle by its
    /// own standard deviation).
    pub scaling: String,
    /// Number of training patterns, validation patterns included.
    pub train_patterns: usize,
    /// Number of validation patterns, on which early stopping watched the loss and which were not trained
    /// on.
    pub validation_patterns: usize,
    /// Number of test patterns.
    pub test_patterns: usize,
    /// Wall time of the training, including the evaluation of the test patterns (unit: s). A resumed
    /// training counts from the last resume.
    pub seconds: f64,
    /// Median wall time per epoch, without evaluation (unit: ms).
    pub ms_per_epoch: f64,
    /// Number of threads that trained this network.
    pub threads: usize,
    /// Mean squared reconstruction error of the training patterns (unit: intensity²).
    pub train_mse: f64,
    /// Mean squared reconstruction error of the test patterns (unit: intensity²).
    pub test_mse: f64,
    /// Explained variance 1 − SSE/SST of the training patterns, with SST about the mean training pattern.
    /// `null` if all patterns equal that mean.
    pub explained_variance_train: Option<f64>,
    /// Explained variance 1 − SSE/SST of the test patterns, with SST about the mean *training* pattern.
    /// `null` if all patterns equal that mean.
    pub explained_variance_test: Option<f64>,
    /// Fraction of all points with a coordinate beyond ±0.99.
    pub saturated_fraction: f64,
    /// Warnings of the training, such as a dead or saturated latent axis or a diverging loss. Each is
    /// given once, with the epoch and a remedy.
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
    /// Version of this schema, increased when a field is removed or changes its meaning. 0 in files that
    /// are not the report of a study.
    pub study_json: u64,
}
