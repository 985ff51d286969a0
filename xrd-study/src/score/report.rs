//! Types of `scores.json` and `scores.csv`.

use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::experiment::Experiment;
use crate::folds::Scheme;
use crate::note::Note;
use crate::tables::Table;

/// Report of a cross-validation (`scores.json`), with the scores of all methods and the experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoreReport {
    /// Number of patterns.
    pub patterns: usize,
    /// Number of intensities per pattern.
    pub points: usize,
    /// Preparation steps that were applied when the patterns were read, in order.
    pub preparation: Vec<String>,
    /// Names of the labels.
    pub labels: Vec<String>,
    /// Number of folds of [`Scheme::Folds`] and number of regions of [`Scheme::Regions`].
    #[serde(rename = "parts")]
    pub folds: usize,
    /// Number of networks per fold and seed.
    #[serde(rename = "best_of")]
    pub networks: usize,
    /// First seed.
    pub seed: u64,
    /// Widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// Number of dimensions of the latent space.
    pub latent_dimensions: usize,
    /// Number of epochs: passes over the training patterns.
    pub epochs: usize,
    /// Batch size.
    pub batch: usize,
    /// Learning rate.
    pub learning_rate: f64,
    /// Weight decay.
    pub weight_decay: f64,
    /// Whether the first layer has the same learning rate as the other layers.
    pub full_first_rate: bool,
    /// Scaling of the intensities: `global` or `per-point`.
    pub scaling: String,
    /// Results that are computed from a sample of the patterns, or left out, because of the number of
    /// patterns. Absent if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<String>,
    /// Notes on how the files were read.
    pub notes: Vec<String>,
    /// Version of the program; empty if the library is used without the program.
    pub version: String,
    /// The experiment; `None` in files of older versions.
    #[serde(default)]
    pub experiment: Option<Experiment>,
    /// Scores, with one row per scheme, method and label.
    pub scores: Vec<ScoreRow>,
}

/// Scores of one method for one label, with one scheme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoreRow {
    /// The scheme.
    pub scheme: Scheme,
    /// Name of the method.
    pub method: String,
    /// Name of the label.
    pub label: String,
    /// Number of seeds; 1 if the estimates do not depend on the seed.
    pub seeds: usize,
    /// Number of estimates of all seeds.
    pub estimates: usize,
    /// Coefficient of determination R², averaged over the seeds. `None` if R² is not defined.
    pub r2_mean: Option<f64>,
    /// Standard deviation of R² over the seeds. `None` for a single seed.
    pub r2_sd: Option<f64>,
    /// Mean absolute error in units of the label, averaged over the seeds.
    pub mae_mean: Option<f64>,
    /// Standard deviation of the mean absolute error over the seeds. `None` for a single seed.
    pub mae_sd: Option<f64>,
    /// Fraction of the estimates that are inside the known points
    /// ([`Estimate::is_inside`](xrd_latent::Estimate::is_inside)). The other estimates are
    /// fallbacks. Always 1 for baselines.
    pub inside: f64,
    /// Fraction of the estimated patterns that are far from the training patterns
    /// ([`Novelty::far`](crate::Novelty::far)). `None` for baselines.
    pub far: Option<f64>,
    /// Fraction of the estimated patterns that are unlike the training patterns
    /// ([`Novelty::unlike`](crate::Novelty::unlike)). `None` for baselines.
    pub unlike: Option<f64>,
    /// Fraction of the true labels that lie inside prediction intervals. The intervals of a fold
    /// are computed from the errors in the other folds. The method `auto` has its own intervals;
    /// patterns without an interval are not counted. `None` if there are fewer than 9 errors.
    pub covered: Option<f64>,
    /// Mean half width of the intervals from which `covered` is computed, in units of the label.
    /// `None` if `covered` is `None`.
    pub half_width: Option<f64>,
    /// Fraction of the true labels that lie inside prediction intervals from the leave-one-out
    /// errors of the training patterns. `None` for baselines, or if there are fewer than 9 errors.
    pub covered_left_out: Option<f64>,
    /// Median over the seeds of a rank correlation (Spearman) between the widths of the intervals
    /// and the absolute errors. `None` for all methods except `auto`, because the intervals of the
    /// other methods have equal widths.
    #[serde(default)]
    pub width_follows_error: Option<f64>,
}

pub(super) fn report(
    data: &Dataset,
    experiment: &Experiment,
    (folds, limits): (usize, Vec<String>),
    scores: Vec<ScoreRow>,
) -> ScoreReport {
    let settings = &experiment.settings;
    ScoreReport {
        patterns: data.set.len(),
        points: data.set.grid().len(),
        preparation: data.preparation.clone(),
        labels: data.labels.columns().to_vec(),
        limits,
        folds,
        networks: experiment.networks,
        seed: experiment.seeds.first,
        hidden: settings.hidden.clone(),
        latent_dimensions: settings.latent,
        epochs: settings.epochs,
        batch: settings.batch,
        learning_rate: settings.learning_rate,
        weight_decay: settings.weight_decay,
        full_first_rate: settings.full_first_rate(),
        scaling: settings.scaling_name().to_owned(),
        notes: data.notes.iter().map(Note::to_string).collect(),
        version: String::new(),
        experiment: Some(experiment.clone()),
        scores,
    }
}

impl ScoreReport {
    /// Returns the scores as a table (`scores.csv`).
    pub fn table(&self) -> Table {
        let cell = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
        let header = [
            "scheme",
            "method",
            "label",
            "seeds",
            "estimates",
            "r2_mean",
            "r2_sd",
            "mae_mean",
            "mae_sd",
            "inside",
            "far",
            "unlike",
            "covered",
            "half_width",
            "covered_left_out",
            "width_follows_error",
        ];
        let of = |row: &ScoreRow| {
            vec![
                row.scheme.to_string(),
                row.method.clone(),
                row.label.clone(),
                row.seeds.to_string(),
                row.estimates.to_string(),
                cell(row.r2_mean),
                cell(row.r2_sd),
                cell(row.mae_mean),
                cell(row.mae_sd),
                row.inside.to_string(),
                cell(row.far),
                cell(row.unlike),
                cell(row.covered),
                cell(row.half_width),
                cell(row.covered_left_out),
                cell(row.width_follows_error),
            ]
        };
        Table {
            header: header.map(str::to_owned).to_vec(),
            rows: self.scores.iter().map(of).collect(),
        }
    }
}
