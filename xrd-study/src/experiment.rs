//! Description of an experiment: data, splits, settings, seeds, estimator and targets.

mod data;
mod estimator;
mod setters;
mod settings;
mod target;
mod text;
mod variation;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xrd_relevance::SweepOptions;

use crate::error::{Error, Result};
use crate::folds::Scheme;

pub use data::{DataSource, LabelledFiles, Reading};
pub use estimator::NamedEstimator;
pub use settings::{Preset, Settings, schedule_name};
pub use target::{DecodedPoint, Target};
pub use variation::{Change, Variation, around, combinations, one_at_a_time};

/// Description of a study, a scoring or a comparison of settings.
///
/// A study trains one network per seed, all with the same settings. A scoring is a
/// cross-validation: each fold is left out in turn. A comparison trains networks with several
/// settings. An experiment can be saved as TOML ([`to_toml`](Self::to_toml)). Every report contains
/// its experiment, and [`read`](Self::read) reads the experiment from the report.
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
    /// Estimator of labels from known points. `None` is the default estimator for the dimensions of
    /// the latent space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimator: Option<NamedEstimator>,
    /// Label values for which patterns are generated. With `None`, the targets of the built-in
    /// series are the compositions halfway between its compositions; files have no targets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<Target>>,
    /// Label values whose patterns are excluded from training and testing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leave_out: Vec<Target>,
    /// Rule for the latent point that is decoded for a target.
    #[serde(default, rename = "place")]
    pub decoded_point: DecodedPoint,
    /// Width of the relevance window in degrees. `None` is 0.03°, or the step of the grid if the
    /// step is wider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_deg: Option<f64>,
    /// Number of networks per fold and seed of a scoring. The best network and the mean of all
    /// networks are reported.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub networks: usize,
    /// Whether the experiment is a quick trial with few epochs. With more than 2,000 training
    /// patterns, a quick trial skips the comparison with raw patterns.
    #[serde(default, skip_serializing_if = "is_false")]
    pub quick: bool,
    /// Variations of the settings, which a comparison compares with `settings`. Empty for a study
    /// and a scoring.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variations: Vec<Variation>,
    /// The patterns and their labels.
    pub data: DataSource,
    /// Division into training and test patterns.
    #[serde(default)]
    pub splits: Splits,
    /// Seeds of the random numbers for the splits, the initial weights and the order of the
    /// batches.
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
    /// A random fraction of the patterns, drawn again for each seed.
    #[serde(rename = "share")]
    Fraction {
        /// Fraction of the patterns held back for testing, between 0 and 1.
        test: f64,
    },
    /// Test patterns that are listed in a file, with one pattern name or file name per line.
    List {
        /// The file.
        file: PathBuf,
    },
    /// Cross-validation: the set is divided into folds by one or more schemes, and each fold is
    /// left out in turn.
    #[serde(rename = "parts")]
    CrossValidation {
        /// Schemes that divide the set into folds.
        schemes: Vec<Scheme>,
        /// Number of folds, which is also the number of regions; at least 2.
        #[serde(rename = "parts")]
        folds: usize,
    },
}

impl Default for Splits {
    /// Returns a tenth of the patterns as test patterns, as in Utimula et al. (2022).
    fn default() -> Self {
        Self::Fraction { test: 0.1 }
    }
}

/// Consecutive seeds. The default is the seed 0 alone.
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
    /// Returns `count` consecutive seeds, starting with `first`.
    pub fn new(first: u64, count: usize) -> Self {
        Self { first, count }
    }

    /// Returns the seeds in ascending order.
    pub fn all(self) -> impl Iterator<Item = u64> {
        (0..self.count as u64).map(move |i| self.first + i)
    }
}

impl Experiment {
    /// Returns a study with the settings of the paper and one seed. A tenth of the patterns is used
    /// for testing.
    pub fn new(data: DataSource) -> Self {
        Self {
            estimator: None,
            targets: None,
            leave_out: Vec::new(),
            decoded_point: DecodedPoint::default(),
            window_deg: None,
            networks: 1,
            quick: false,
            variations: Vec::new(),
            data,
            splits: Splits::default(),
            seeds: Seeds::default(),
            settings: Settings::paper(),
        }
    }

    /// Checks the parts of the experiment that do not depend on the data.
    ///
    /// # Errors
    /// Any error of [`Settings::training`] for the settings and each variation;
    /// [`Error::OutOfRange`] if there is no seed, no network or no scheme, if the test fraction is
    /// not between 0 and 1, or if there are fewer than two folds; [`Error::Seeds`] if a seed
    /// exceeds the largest 64-bit number; any error of [`NamedEstimator::or_default`].
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

    /// Returns the estimator, or the default for the dimensions of the latent space if no estimator
    /// is given.
    ///
    /// # Errors
    /// [`Error::Estimator`] if the estimator needs two dimensions and the latent space has more.
    pub fn estimator(&self) -> Result<NamedEstimator> {
        NamedEstimator::or_default(self.estimator.as_ref(), self.settings.latent)
    }

    /// Returns all settings of a comparison: first the base settings, then the settings of each
    /// variation.
    pub fn all_settings(&self) -> Vec<Settings> {
        let varied = self.variations.iter().map(|v| v.apply_to(&self.settings));
        std::iter::once(self.settings.clone())
            .chain(varied)
            .collect()
    }

    /// Returns the width of the relevance window in degrees on a grid with this step.
    ///
    /// # Errors
    /// [`Error::Window`] for a window that is narrower than a step.
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

    /// Reads an experiment from TOML. Missing settings have the values of the paper.
    ///
    /// # Errors
    /// [`Error::FromToml`] for text that is not an experiment or contains unknown keys; any error
    /// of [`check`](Self::check).
    pub fn from_toml(text: &str) -> Result<Self> {
        let experiment: Self = toml::from_str(text).map_err(|e| Error::FromToml(Box::new(e)))?;
        experiment.check()?;
        Ok(experiment)
    }

    /// Reads an experiment from a file. The file is TOML as written by [`to_toml`](Self::to_toml),
    /// or a report that contains its experiment (`study.json`, `scores.json`, `tuned.json`).
    ///
    /// # Errors
    /// [`Error::File`] for a file that cannot be read; [`Error::Json`] for a file named `.json`
    /// that is not a report; [`Error::NoExperiment`] for a report of an older version; any error of
    /// [`from_toml`](Self::from_toml). All errors name the file.
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
