//! What came out of a study: `study.json`, as types.
//!
//! The field documentation is the documentation of the file: `docs/study-json.md` is made from it.
//! The unit is in parentheses at the end of the first sentence. Fields that are `Option` are `null`
//! where the text says so, never absent. Files without the fields of later versions still load.

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
    /// First angle (unit: degree).
    pub two_theta_start: f64,
    /// Distance between angles (unit: degree).
    pub two_theta_step: f64,
    /// Wavelength (unit: Å). `null` where the files state none.
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
    /// Full width at half maximum of simulated lines (unit: degree). `null` for files.
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
    /// Length of the warm-up of the learning rate (unit: epoch).
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
    /// Epochs without improvement that end the training (unit: epoch). `null` without early stopping.
    pub patience: Option<usize>,
    /// Least decrease of the loss that counts as an improvement (unit: loss). `null` without early
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
    /// Wall time of the training, including the evaluation of the test patterns (unit: s). Counted from
    /// the last resume.
    pub seconds: f64,
    /// Median time per epoch, without evaluation (unit: ms).
    pub ms_per_epoch: f64,
    /// Threads that trained this network.
    pub threads: usize,
    /// Mean squared error of the reproduced training patterns (unit: intensity²).
    pub train_mse: f64,
    /// Mean squared error of the reproduced test patterns (unit: intensity²).
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
