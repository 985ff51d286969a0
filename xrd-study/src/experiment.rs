//! Description of an experiment: data, splits, settings, seeds, estimator and targets.

mod data;
mod estimator;
mod series;
mod setters;
mod settings;
mod target;
pub(crate) mod text;
mod variation;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xrd_relevance::SweepOptions;

use crate::error::{Error, Result};
use crate::folds::Scheme;
use crate::limits::LabelRange;

pub use data::{DataSource, LabelledFiles, Reading};
pub use estimator::NamedEstimator;
pub use series::SeriesChoice;
pub use settings::{Preset, Settings, schedule_name};
pub use target::{GenerationRule, Target, TargetComposition};
pub use variation::{Change, Variation, around, combinations, one_at_a_time};

/// Description of a study, a cross-validation or a comparison of settings.
///
/// - A study ([`study`](fn@crate::study)) trains one network per seed, all with the same settings.
/// - A cross-validation ([`score`](fn@crate::score)) leaves out each fold of the patterns in turn.
/// - A comparison ([`tune`](fn@crate::tune)) trains networks with several settings.
///
/// An experiment can be saved as TOML ([`to_toml`](Self::to_toml)). Every report contains its
/// experiment. [`read`](Self::read) reads an experiment from TOML or from a report.
///
/// # Example
/// ```
/// use xrd_study::{DataSource, Experiment, Settings};
///
/// let experiment = Experiment::new(DataSource::series(0.1, 0))
///     .with_settings(Settings::paper().with_epochs(60));
/// let text = experiment.to_toml()?;
/// assert!(text.contains("epochs = 60"));
/// assert_eq!(Experiment::from_toml(&text)?, experiment);
/// # Ok::<(), xrd_study::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Experiment {
    /// Method that estimates labels from [known points](crate::KnownPoints). `None` selects the
    /// default of [`NamedEstimator::or_default`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimator: Option<NamedEstimator>,
    /// Ranges that the values of labels cannot leave. Estimates and their intervals stay inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub label_ranges: Vec<LabelRange>,
    /// Label values for which patterns are generated (targets). A target with several labels is one
    /// composition, for which one pattern is generated. The values of `leave_out` are always added
    /// to the targets.
    ///
    /// `None` selects the default targets. The default targets of the [built-in
    /// series](DataSource::Series) are Ti = 0.25, 0.75, 1.25 and 1.75. Patterns from files have no
    /// default targets. If `leave_out` contains values, there are no default targets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<TargetComposition>>,
    /// Label values whose patterns are excluded from training and testing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leave_out: Vec<Target>,
    /// Rule by which the pattern of a target is generated.
    #[serde(default, rename = "place")]
    pub generation_rule: GenerationRule,
    /// Variable along which the patterns form a series, such as temperature or time.
    #[serde(default, skip_serializing_if = "SeriesChoice::is_auto")]
    pub series: SeriesChoice,
    /// Width in degrees of the window for the [relevance](crate::Relevance) of angles. `None`
    /// selects 0.03°, or the step of the grid if the step is larger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_deg: Option<f64>,
    /// Number of networks per fold and seed of a cross-validation. The report contains the scores
    /// of the best network and the scores of the mean estimates of all networks. The best network
    /// has the smallest reconstruction error of the training patterns.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub networks: usize,
    /// Whether the experiment is a quick trial with few epochs. With more than 2,000 training
    /// patterns, a quick trial skips the comparison with raw patterns.
    #[serde(default, skip_serializing_if = "is_false")]
    pub quick: bool,
    /// Files of reference structures. A study draws their lines below the patterns. Relative paths are
    /// relative to the current directory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<PathBuf>,
    /// Label, classes or `group` by which figures colour the patterns. `None` selects the
    /// [automatic](crate::composition::Coloring::automatic) colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color_by: Option<String>,
    /// Variations of the settings. A comparison compares each variation with `settings`. A study
    /// and a cross-validation ignore the variations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variations: Vec<Variation>,
    /// The patterns and their labels.
    pub data: DataSource,
    /// Division into training and test patterns.
    #[serde(default)]
    pub splits: Splits,
    /// Seeds of the random numbers. They determine the random splits, the initial weights and the
    /// order of the training patterns.
    #[serde(default)]
    pub seeds: Seeds,
    /// The network and its training.
    #[serde(default)]
    pub settings: Settings,
}

fn one() -> usize {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn is_one(n: &usize) -> bool {
    *n == 1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Division of a set into training and test patterns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Splits {
    /// Random test patterns. Each seed selects different test patterns.
    #[serde(rename = "share")]
    Fraction {
        /// Fraction of the patterns that are test patterns, between 0 and 1.
        test: f64,
    },
    /// Test patterns from a list. The list is a file with one pattern name or file name per line.
    List {
        /// The file.
        file: PathBuf,
    },
    /// Cross-validation: one or more schemes divide the set into folds, and each fold is left out
    /// in turn.
    #[serde(rename = "parts")]
    CrossValidation {
        /// Schemes that divide the set into folds.
        schemes: Vec<Scheme>,
        /// Number of folds of [`Scheme::Folds`] and number of regions of [`Scheme::Regions`]; at
        /// least 2.
        #[serde(rename = "parts")]
        folds: usize,
    },
}

impl Default for Splits {
    /// Returns a random split with a tenth of the patterns as test patterns, as in Utimula et al.
    /// (2022).
    fn default() -> Self {
        Self::Fraction { test: 0.1 }
    }
}

/// Consecutive seeds of random numbers. The default is the single seed 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Seeds {
    /// First seed.
    #[serde(default)]
    pub first: u64,
    /// Number of seeds, at least 1.
    #[serde(default = "one")]
    pub count: usize,
}

impl Default for Seeds {
    fn default() -> Self {
        Self { first: 0, count: 1 }
    }
}

impl Seeds {
    /// Returns consecutive seeds. The first seed is `first`, and the number of seeds is `count`.
    pub fn new(first: u64, count: usize) -> Self {
        Self { first, count }
    }

    /// Returns the seeds in ascending order.
    pub fn all(self) -> impl Iterator<Item = u64> {
        (0..self.count as u64).map(move |i| self.first + i)
    }
}

impl Experiment {
    /// Returns an experiment with the seed 0 and the settings for the source ([`Settings::of`]). A
    /// random tenth of the patterns are test patterns.
    pub fn new(data: DataSource) -> Self {
        Self {
            estimator: None,
            label_ranges: Vec::new(),
            targets: None,
            leave_out: Vec::new(),
            generation_rule: GenerationRule::default(),
            series: SeriesChoice::default(),
            window_deg: None,
            networks: 1,
            quick: false,
            references: Vec::new(),
            color_by: None,
            variations: Vec::new(),
            settings: Settings::of(&data),
            data,
            splits: Splits::default(),
            seeds: Seeds::default(),
        }
    }

    /// Checks the parts of the experiment that do not depend on the data.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] if there is no seed, no network or no scheme, if the test fraction
    ///   is not between 0 and 1, or if there are fewer than two folds.
    /// - [`Error::Seeds`] if a seed exceeds the largest 64-bit number.
    /// - Any error of [`Settings::training`] or of the validation of the network, for the settings
    ///   and for each variation.
    /// - Any error of [`NamedEstimator::or_default`].
    pub fn check(&self) -> Result<()> {
        let Seeds { first, count } = self.seeds;
        at_least("seeds", count, 1)?;
        at_least("networks per fold", self.networks, 1)?;
        let networks = count.saturating_mul(self.networks);
        if first.checked_add(networks as u64).is_none() {
            return Err(Error::Seeds {
                first,
                count: networks,
            });
        }
        match &self.splits {
            Splits::Fraction { test } if !(*test > 0.0 && *test < 1.0) => {
                return Err(Error::OutOfRange {
                    what: "fraction of test patterns",
                    found: *test,
                    expected: "between 0 and 1",
                });
            }
            Splits::CrossValidation { schemes, folds } => {
                at_least("folds", *folds, 2)?;
                at_least("schemes", schemes.len(), 1)?;
            }
            _ => {}
        }
        for settings in self.all_settings() {
            settings.network(first).validate()?;
            settings.training(first)?;
        }
        self.estimator()?;
        Ok(())
    }

    /// Returns the estimator of the experiment, or the default of [`NamedEstimator::or_default`].
    ///
    /// # Errors
    /// [`Error::Estimator`] if the estimator does not support the number of dimensions of the
    /// latent space.
    pub fn estimator(&self) -> Result<NamedEstimator> {
        NamedEstimator::or_default(self.estimator.as_ref(), self.settings.latent)
    }

    /// Returns the estimator in the latent space, with which maps are painted
    /// ([`NamedEstimator::in_latent_space`]).
    ///
    /// # Errors
    /// [`Error::Estimator`] if the estimator does not support the number of dimensions of the
    /// latent space.
    pub fn in_latent_space(&self) -> Result<NamedEstimator> {
        NamedEstimator::in_latent_space(self.estimator.as_ref(), self.settings.latent)
    }

    /// Returns all settings of a comparison: first the base settings, then the settings of each
    /// variation.
    pub fn all_settings(&self) -> Vec<Settings> {
        let varied = self.variations.iter().map(|v| v.apply_to(&self.settings));
        std::iter::once(self.settings.clone())
            .chain(varied)
            .collect()
    }

    /// Returns the width of the relevance window in degrees. The argument `step` is the step of the
    /// grid in degrees.
    ///
    /// # Errors
    /// [`Error::Window`] if the window is narrower than the step.
    pub fn window_deg(&self, step: f64) -> Result<f64> {
        let found = self
            .window_deg
            .unwrap_or(SweepOptions::default().window_deg.max(step));
        if found < step * (1.0 - 1e-6) {
            return Err(Error::Window { found, step });
        }
        Ok(found)
    }

    /// Returns the experiment as TOML.
    ///
    /// # Errors
    /// [`Error::ToToml`]; no valid experiment causes this error.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self).map_err(Error::ToToml)
    }

    /// Reads an experiment from TOML. Settings that the text does not contain get the values of
    /// [`Settings::paper`].
    ///
    /// # Errors
    /// [`Error::FromToml`] for text that is not an experiment or contains unknown keys; any error
    /// of [`check`](Self::check).
    pub fn from_toml(text: &str) -> Result<Self> {
        let experiment: Self = toml::from_str(text).map_err(|e| Error::FromToml(Box::new(e)))?;
        experiment.check()?;
        Ok(experiment)
    }

    /// Reads an experiment from a file. The file is either the TOML of [`to_toml`](Self::to_toml)
    /// or a report (`study.json`, `scores.json`, `tuned.json`).
    ///
    /// # Errors
    /// [`Error::File`] for a file that cannot be read; [`Error::Json`] for a file with the
    /// extension `json` that is not a report; [`Error::NoExperiment`] for a report of an older
    /// version; any error of [`from_toml`](Self::from_toml). All errors name the file.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).map_err(|e| Error::file(file, e))?;
        let is_report = file
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("json"));
        if !is_report {
            return Self::from_toml(&text).map_err(|e| e.at(file.display()));
        }
        #[derive(Deserialize)]
        struct Report {
            experiment: Option<Experiment>,
        }
        let report: Report = serde_json::from_str(&text).map_err(|e| Error::json(file, e))?;
        let experiment = report.experiment.ok_or_else(|| Error::NoExperiment {
            path: file.to_owned(),
        })?;
        experiment.check().map_err(|e| e.at(file.display()))?;
        Ok(experiment)
    }
}

fn at_least(what: &'static str, found: usize, least: usize) -> Result<()> {
    if found >= least {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what,
        found: found as f64,
        expected: if least == 2 {
            "at least 2"
        } else {
            "at least 1"
        },
    })
}

#[cfg(test)]
mod tests;
