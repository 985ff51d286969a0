//! Types of `study.json`, the report of a study.
//!
//! `docs/study-json.md` is generated from the documentation of the fields. The unit of a field is
//! in parentheses at the end of the first sentence. A field without a value is written as `null`.
//! The documentation of the field states when this happens. Files of older versions, in which newer
//! fields are missing, can still be read.

mod classification;
mod estimation;
mod generation;
mod groups;
mod maps;
mod outliers;
mod reference;
mod relevance;
mod seeds;
mod sequence;
mod series;

use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;

pub use classification::ClassificationReport;
pub use estimation::{
    CurveReport, EstimationReport, IntervalReport, IntervalsReport, LabelReport, MethodReport,
};
pub use generation::{GenerationReport, GenerationSummary, SeedGenerationReport};
pub use groups::{
    BetweenReport, GroupAgreementReport, GroupReport, GroupsReport, NumberOfGroupsReport,
    WindowReport,
};
pub use maps::{MapReport, MapsReport, SeparationReport};
pub use outliers::{OutlierReason, OutlierReport, OutliersReport};
pub use reference::ReferenceReport;
pub use relevance::{CandidateReport, LineReport, PeakReport, RelevanceReport};
pub use seeds::{SeedReport, SeedScores, SummaryReport};
pub use sequence::{OnsetReport, SequenceReport, TransitionReport};
pub use series::{PlacesReport, SeriesReport};

/// Version of the schema of [`StudyReport`]. The version increases when a field is removed or when
/// the meaning of a field changes.
pub const STUDY_SCHEMA: u64 = 1;

/// Report of a study (`study.json`). A study with several seeds chooses one of the seeds. The
/// fields `seeds` and `summary` describe all seeds. All other fields describe the chosen seed,
/// unless the documentation of the field states something else.
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
    /// Rule by which patterns are generated: `between`, `strained` or `contour`. The documentation of
    /// `generation[].decoded_point` explains the rules. The name of this field in `study.json` is
    /// `place`.
    #[serde(rename = "place")]
    pub generation_rule: String,
    /// Generated patterns, one per target.
    pub generation: Vec<GenerationReport>,
    /// Chosen seed.
    pub seed: u64,
    /// Criterion by which the seed was chosen. The criterion does not use the test patterns.
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
    /// Notes on how the files were read, for example about skipped files, about interpolation, or
    /// about labels that were matched with patterns by order.
    pub notes: Vec<String>,
    /// Versions of the program and of this schema.
    pub versions: Versions,
    /// Prediction intervals of the estimates.
    pub intervals: IntervalsReport,
    /// Comparison of the latent plane with other maps. `null` for more than 400 patterns, because
    /// the comparison would be slow.
    pub maps: Option<MapsReport>,
    /// Groups of the patterns, found without labels. Absent in files of older versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<GroupsReport>,
    /// Estimated classes of the test patterns, one entry per label that is text. Absent without such a
    /// label, and for labels with more than 50 classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classification: Vec<ClassificationReport>,
    /// Patterns that differ from all others, found without labels. Absent for more than 2,000
    /// patterns, for speed, and in files of older versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outliers: Option<OutliersReport>,
    /// Series of the patterns along a variable, such as temperature or time. Absent if there is no
    /// such variable, and in files of older versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesReport>,
    /// Reference structures, whose lines are drawn below the patterns. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<ReferenceReport>,
    /// Description of the experiment. The command `xrd study --config study.json` runs the
    /// experiment again. `null` in files of older versions.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub experiment: Option<Experiment>,
    /// Paths of all other files of the study, relative to the folder of `study.json`.
    pub files: Vec<String>,
}

/// The patterns of a study.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct DatasetReport {
    /// Origin of the patterns: `files`, or the name of the built-in series. The built-in series is
    /// a set of simulated patterns of Sm(1−y)Zr(y)Fe(12−x)Ti(x), after Utimula et al. (2022).
    pub origin: String,
    /// Number of patterns, including training and test patterns.
    pub patterns: usize,
    /// Number of intensities per pattern.
    pub points: usize,
    /// First angle 2θ (unit: degree).
    pub two_theta_start: f64,
    /// Step between neighbouring angles 2θ (unit: degree).
    pub two_theta_step: f64,
    /// Wavelength (unit: Å). `null` if the files do not state the wavelength.
    pub wavelength_angstrom: Option<f64>,
    /// Unit of the intensities, and the factor applied to them.
    pub intensity_scale: String,
    /// Preparation steps that were applied when the patterns were read, in order. An example is
    /// `snip:1`. Empty for the built-in series.
    pub preparation: Vec<String>,
    /// Label values whose patterns were excluded from training and testing, such as `Ti=1`.
    pub left_out: Vec<String>,
    /// Names of the labels, in the order of their columns in all tables.
    pub labels: Vec<String>,
    /// Full width at half maximum of simulated lines (unit: degree). `null` for files.
    pub fwhm_deg: Option<f64>,
    /// Seed of the random arrangements of atoms in the simulated structures. `null` for files.
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
    /// Number of dimensions of the latent space. A latent space of 2 dimensions is the latent
    /// plane. In a larger latent space, the latent plane goes through the mean of the latent points
    /// of the training patterns. It is spanned by the two directions of largest variance of these
    /// points (principal axes).
    pub latent_dimensions: usize,
    /// Number of completed epochs: passes over the training patterns.
    pub epochs: usize,
    /// Number of epochs that were requested. Early stopping can end the training earlier.
    pub epochs_asked: usize,
    /// Reason why the training ended: `last epoch`, or `no improvement` (early stopping).
    pub ending: String,
    /// Epoch whose weights were restored at the end of the training. `null` without early stopping:
    /// the model then has the weights of the last epoch.
    pub best_epoch: Option<usize>,
    /// Batch size: number of patterns per training step.
    pub batch: usize,
    /// Loss function, which compares each scaled pattern with its reconstruction: `mse` (mean
    /// squared error), `cosine` (1 − cosine of the angle between the two) or `pearson` (1 − Pearson
    /// correlation of the two).
    pub loss: String,
    /// Learning rate of Adam.
    pub learning_rate: f64,
    /// Schedule of the learning rate, written like the value of the option `--schedule` of `xrd`.
    pub schedule: String,
    /// Length of the warm-up, during which the learning rate rises linearly (unit: epoch).
    pub warm_up_epochs: f64,
    /// Coefficient of the weight decay.
    pub weight_decay: f64,
    /// Whether the weight decay is subtracted from the weights (AdamW). If false, the weight decay
    /// is added to the gradient.
    pub decoupled_decay: bool,
    /// Whether the first layer has the same learning rate as the other layers.
    pub full_first_rate: bool,
    /// Limit of the norm of the gradient over all layers. A gradient with a larger norm is scaled
    /// down to the limit. `null` if there is no limit.
    pub clip_norm: Option<f64>,
    /// Largest random strain Δd/d of the training patterns (augmentation). In each epoch, a new
    /// random strain shifts the lines of each pattern. `null` without augmentation.
    pub strain: Option<f64>,
    /// Weight of the label loss, which is the mean squared error of the labels that a linear layer
    /// predicts from the latent points of the training patterns. Each label is scaled to a standard
    /// deviation of 1 before. Absent for a training without labels.
    #[serde(skip_serializing_if = "is_zero")]
    pub label_weight: f64,
    /// Weight of the border loss, which keeps latent points away from the border of the latent
    /// space. Absent for a training without it.
    #[serde(skip_serializing_if = "is_zero")]
    pub border_weight: f64,
    /// Number of epochs without improvement after which early stopping ends the training (unit:
    /// epoch). `null` without early stopping.
    pub patience: Option<usize>,
    /// Smallest decrease of the loss that counts as an improvement (unit: loss). `null` without
    /// early stopping.
    pub min_improvement: Option<f64>,
    /// Patterns whose loss early stopping monitored: `validation patterns` or `test patterns`. If
    /// the value is `test patterns`, the test patterns influenced the training. `null` without
    /// early stopping.
    pub watched: Option<String>,
    /// Scaling of the intensities: `global` (one factor for all angles) or `per-point` (the
    /// intensities at each angle are divided by their standard deviation).
    pub scaling: String,
    /// Number of training patterns, including validation patterns.
    pub train_patterns: usize,
    /// Number of validation patterns. The network was not trained on these patterns; early stopping
    /// monitored their loss.
    pub validation_patterns: usize,
    /// Number of test patterns.
    pub test_patterns: usize,
    /// Wall time of the training, including the evaluation of the test patterns (unit: s). For a
    /// training that was interrupted, only the time after the last restart is counted.
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
    /// Explained variance 1 − SSE/SST of the test patterns. SSE is the sum of the squared
    /// differences between the test patterns and their reconstructions. SST is the sum of the
    /// squared differences between the test patterns and the mean *training* pattern. `null` if SST
    /// is 0.
    pub explained_variance_test: Option<f64>,
    /// Fraction of all patterns whose latent point is saturated: at least one coordinate is below
    /// −0.99 or above 0.99.
    pub saturated_fraction: f64,
    /// Warnings of the training, for example about a diverging loss or a latent axis that the
    /// network does not use. Each warning occurs once. The text of a warning names the epoch and
    /// suggests what to change.
    pub warnings: Vec<String>,
}

/// Whether a weight is 0, so that it is not written.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
pub(crate) fn is_zero(weight: &f64) -> bool {
    *weight == 0.0
}

/// Versions of the program and of the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct Versions {
    /// Version of the program.
    pub xrd: String,
    /// Version of this schema. The version increases when a field is removed or when the meaning of
    /// a field changes.
    pub study_json: u64,
}
