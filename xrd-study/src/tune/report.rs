//! Types of `tuned.json` and `tuned.csv`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Outcome;
use super::tally::{Difference, spread};
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::experiment::{Experiment, Splits, Variation, schedule_name};
use crate::note::Note;
use crate::split::Split;
use crate::tables::Table;

/// Report of a comparison of settings (`tuned.json`), with the scores of all settings and the
/// experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TuneReport {
    /// Number of patterns.
    pub patterns: usize,
    /// Number of intensities per pattern.
    pub points: usize,
    /// Preparation steps that were applied when the patterns were read, in order.
    pub preparation: Vec<String>,
    /// Names of the labels.
    pub labels: Vec<String>,
    /// Fraction of the patterns that are test patterns.
    pub test_fraction: f64,
    /// Number of test patterns.
    pub test_patterns: usize,
    /// First seed.
    pub seed: u64,
    /// Name of the estimator, written like the value of the option `--estimator` of `xrd`.
    pub estimator: String,
    /// Number of dimensions of the latent space.
    pub latent_dimensions: usize,
    /// Loss function: `mse`, `cosine` or `pearson`.
    pub loss: String,
    /// Schedule of the learning rate, written like the value of the option `--schedule` of `xrd`.
    pub schedule: String,
    /// Whether the first layer has the same learning rate as the other layers.
    pub full_first_rate: bool,
    /// Scaling of the intensities: `global` or `per-point`.
    pub scaling: String,
    /// Notes on how the files were read.
    pub notes: Vec<String>,
    /// Version of the program; empty if the library is used without the program.
    pub version: String,
    /// The experiment; `None` in files of older versions.
    #[serde(default)]
    pub experiment: Option<Experiment>,
    /// Scores of each setting, starting with the base settings.
    pub settings: Vec<TuneRow>,
}

/// One setting with its scores, summarised over the seeds. A score is `None` if a training
/// diverged. A standard deviation or standard error is also `None` for a single seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TuneRow {
    /// Name of the setting: `base`, or the changes to the base settings.
    pub setting: String,
    /// Widths of the hidden layers, separated by commas.
    pub hidden: String,
    /// Batch size.
    pub batch: usize,
    /// Number of epochs: passes over the training patterns.
    pub epochs: usize,
    /// Learning rate.
    pub learning_rate: f64,
    /// Weight decay.
    pub weight_decay: f64,
    /// Number of seeds.
    pub seeds: usize,
    /// Number of seeds whose training diverged.
    pub diverged: usize,
    /// Mean squared reconstruction error of the test patterns, averaged over the seeds.
    pub test_mse_mean: Option<f64>,
    /// Standard deviation over the seeds of the mean squared reconstruction error of the test
    /// patterns.
    pub test_mse_sd: Option<f64>,
    /// Mean [delta](crate::Estimated::delta) of the test patterns, averaged over the seeds.
    pub delta_mean: Option<f64>,
    /// Standard deviation over the seeds of the mean delta of the test patterns.
    pub delta_sd: Option<f64>,
    /// Mean squared reconstruction error of the training patterns, averaged over the seeds.
    pub train_mse_mean: Option<f64>,
    /// Standard deviation over the seeds of the mean squared reconstruction error of the training
    /// patterns.
    pub train_mse_sd: Option<f64>,
    /// [Explained variance](xrd_ae::Evaluation::explained_variance) of the test patterns, averaged
    /// over the seeds.
    pub explained_variance_test_mean: Option<f64>,
    /// Standard deviation over the seeds of the explained variance of the test patterns.
    pub explained_variance_test_sd: Option<f64>,
    /// Explained variance of the training patterns, averaged over the seeds.
    pub explained_variance_train_mean: Option<f64>,
    /// Standard deviation over the seeds of the explained variance of the training patterns.
    pub explained_variance_train_sd: Option<f64>,
    /// Fraction of all patterns whose latent point has a coordinate below −0.99 or above 0.99,
    /// averaged over the seeds.
    pub saturated_mean: Option<f64>,
    /// Standard deviation over the seeds of the fraction in `saturated_mean`.
    pub saturated_sd: Option<f64>,
    /// Mean over the seeds of the difference in [`SeedOutcome::test_mse`]: the value with this
    /// setting minus the value with the base settings.
    pub test_mse_difference: Option<f64>,
    /// Standard error of `test_mse_difference`.
    pub test_mse_standard_error: Option<f64>,
    /// Number of seeds for which [`SeedOutcome::test_mse`] is smaller with this setting than with
    /// the base settings.
    pub test_mse_lower: usize,
    /// Mean over the seeds of the difference in [`SeedOutcome::delta`]: the value with this setting
    /// minus the value with the base settings.
    pub delta_difference: Option<f64>,
    /// Standard error of `delta_difference`.
    pub delta_standard_error: Option<f64>,
    /// Number of seeds for which [`SeedOutcome::delta`] is smaller with this setting than with the
    /// base settings.
    pub delta_lower: usize,
    /// Scores of each seed.
    pub by_seed: Vec<SeedOutcome>,
}

/// Scores of one setting for one seed. All scores are `None` if the training diverged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SeedOutcome {
    /// The seed.
    pub seed: u64,
    /// Mean squared reconstruction error of the test patterns.
    pub test_mse: Option<f64>,
    /// Mean delta of the test patterns.
    pub delta: Option<f64>,
    /// Mean squared reconstruction error of the training patterns.
    pub train_mse: Option<f64>,
    /// Explained variance of the test patterns.
    pub explained_variance_test: Option<f64>,
    /// Explained variance of the training patterns.
    pub explained_variance_train: Option<f64>,
    /// Fraction of all patterns whose latent point has a coordinate below −0.99 or above 0.99.
    pub saturated: Option<f64>,
}

pub(super) fn report(
    experiment: &Experiment,
    data: &Dataset,
    splits: &[(u64, Split)],
    outcomes: &[Vec<Option<Outcome>>],
) -> Result<TuneReport> {
    let settings = &experiment.settings;
    let base = Variation::default();
    let variations = std::iter::once(&base).chain(&experiment.variations);
    let rows = variations.zip(outcomes);
    let row = |(variation, own): (&Variation, &Vec<Option<Outcome>>)| {
        row(experiment, variation, (own, &outcomes[0]), splits)
    };
    let Splits::Fraction { test } = experiment.splits else {
        return Err(Error::Expected("splits by a fraction for a comparison"));
    };
    Ok(TuneReport {
        patterns: data.set.len(),
        points: data.set.grid().len(),
        preparation: data.preparation.clone(),
        labels: data.labels.columns().to_vec(),
        test_fraction: test,
        test_patterns: splits.first().map_or(0, |(_, split)| split.test.len()),
        seed: experiment.seeds.first,
        estimator: experiment.in_latent_space()?.to_string(),
        latent_dimensions: settings.latent,
        loss: settings.loss_name().to_owned(),
        schedule: schedule_name(&settings.schedule),
        full_first_rate: settings.full_first_rate(),
        scaling: settings.scaling_name().to_owned(),
        notes: data.notes.iter().map(Note::to_string).collect(),
        version: String::new(),
        experiment: Some(experiment.clone()),
        settings: rows.map(row).collect(),
    })
}

fn row(
    experiment: &Experiment,
    variation: &Variation,
    (own, base): (&[Option<Outcome>], &[Option<Outcome>]),
    splits: &[(u64, Split)],
) -> TuneRow {
    let settings = variation.apply_to(&experiment.settings);
    let widths: Vec<String> = settings.hidden.iter().map(usize::to_string).collect();
    let [test_mse, delta] = [
        |o: &Outcome| o.test_mse,
        (|o: &Outcome| o.delta) as fn(&Outcome) -> f64,
    ];
    let (by_error, by_delta) = (
        Difference::of(own, base, test_mse),
        Difference::of(own, base, delta),
    );
    let of_seed = |((seed, _), outcome): (&(u64, Split), &Option<Outcome>)| {
        let figure = |of: fn(&Outcome) -> f64| outcome.as_ref().map(of);
        SeedOutcome {
            seed: *seed,
            test_mse: figure(|o| o.test_mse),
            delta: figure(|o| o.delta),
            train_mse: figure(|o| o.train_mse),
            explained_variance_test: figure(|o| o.explained_variance_test),
            explained_variance_train: figure(|o| o.explained_variance_train),
            saturated: figure(|o| o.saturated),
        }
    };
    let error = spread(own, test_mse);
    let delta = spread(own, delta);
    let train = spread(own, |o| o.train_mse);
    let explained_test = spread(own, |o| o.explained_variance_test);
    let explained_train = spread(own, |o| o.explained_variance_train);
    let saturated = spread(own, |o| o.saturated);
    TuneRow {
        setting: variation.to_string(),
        hidden: widths.join(","),
        batch: settings.batch,
        epochs: settings.epochs,
        learning_rate: settings.learning_rate,
        weight_decay: settings.weight_decay,
        seeds: own.len(),
        diverged: own.iter().filter(|o| o.is_none()).count(),
        test_mse_mean: error.mean,
        test_mse_sd: error.sd,
        delta_mean: delta.mean,
        delta_sd: delta.sd,
        train_mse_mean: train.mean,
        train_mse_sd: train.sd,
        explained_variance_test_mean: explained_test.mean,
        explained_variance_test_sd: explained_test.sd,
        explained_variance_train_mean: explained_train.mean,
        explained_variance_train_sd: explained_train.sd,
        saturated_mean: saturated.mean,
        saturated_sd: saturated.sd,
        test_mse_difference: by_error.mean,
        test_mse_standard_error: by_error.standard_error,
        test_mse_lower: by_error.lower,
        delta_difference: by_delta.mean,
        delta_standard_error: by_delta.standard_error,
        delta_lower: by_delta.lower,
        by_seed: splits.iter().zip(own).map(of_seed).collect(),
    }
}

impl TuneRow {
    /// Returns whether the row contains the base settings.
    pub fn is_base(&self) -> bool {
        self.setting == "base"
    }

    /// Returns whether the mean squared error of the test patterns is significantly smaller than
    /// with the base settings. The confidence level is 95 % ([`student`](super::student)).
    pub fn has_lower_error(&self) -> bool {
        let (mean, error) = (self.test_mse_difference, self.test_mse_standard_error);
        super::tally::is_lower(mean, error, self.seeds)
    }

    /// Returns whether the mean delta of the test patterns is significantly smaller than with the
    /// base settings. The confidence level is 95 % ([`student`](super::student)).
    pub fn has_lower_delta(&self) -> bool {
        let (mean, error) = (self.delta_difference, self.delta_standard_error);
        super::tally::is_lower(mean, error, self.seeds)
    }
}

impl TuneReport {
    /// Returns the rows as a table (`tuned.csv`), without the scores of each seed.
    ///
    /// # Errors
    /// [`Error::ToJson`]; no valid report causes this error.
    pub fn table(&self) -> Result<Table> {
        let cell = |value: Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        };
        let mut table = Table::default();
        for row in &self.settings {
            let value = serde_json::to_value(row).map_err(Error::ToJson)?;
            let Value::Object(fields) = value else {
                continue;
            };
            let fields = fields.into_iter().filter(|(name, _)| name != "by_seed");
            let (header, cells) = fields.map(|(name, value)| (name, cell(value))).unzip();
            table.header = header;
            table.rows.push(cells);
        }
        Ok(table)
    }
}
