//! What is asked: data × splits × settings × seeds × estimator × targets.

mod data;
mod estimator;
mod settings;
mod target;
mod text;
mod variation;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xrd_relevance::SweepOptions;

use crate::error::{Error, Result};
use crate::parts::Scheme;

pub use data::{DataSource, Reading};
pub use estimator::NamedEstimator;
pub use settings::{Preset, Settings, schedule_name};
pub use target::{Place, Target};
pub use variation::{Change, Variation, around, combinations, one_at_a_time};

/// A study, a scoring or a comparison of settings, before it is run.
///
/// A study has one setting and one split per seed, a scoring leaves out every part of a set in turn,
/// and a comparison has several settings. All of them are run by one engine. An experiment can be
/// saved as TOML ([`to_toml`](Self::to_toml)) and is part of every report, so that a report can be run
/// again ([`read`](Self::read)).
///
/// # Example
/// ```
/// use xrd_study::{DataSource, Experiment, Settings};
///
/// let mut experiment = Experiment::new(DataSource::Series { fwhm_deg: 0.1, seed: 0 });
/// experiment.settings = Settings { epochs: 60, ..Settings::paper() };
/// let text = experiment.to_toml()?;
/// assert!(text.contains("epochs = 60"));
/// assert_eq!(Experiment::from_toml(&text)?, experiment);
/// # Ok::<(), xrd_study::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// Estimator of labels from known points; none for the default of the latent space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimator: Option<NamedEstimator>,
    /// Values of labels for which patterns are generated; none for the default of the data: the
    /// compositions between those of the built-in series, and nothing for files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<Target>>,
    /// Values of labels whose patterns are kept from training and testing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leave_out: Vec<Target>,
    /// Which point is decoded for a target.
    #[serde(default)]
    pub place: Place,
    /// Width of the relevance window in degrees; none for 0.03, or the step of the grid where that
    /// is wider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_deg: Option<f64>,
    /// Networks per part and seed of a scoring; the best and the mean are reported.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub networks: usize,
    /// Whether this is a first look with few epochs. It is only recorded.
    #[serde(default, skip_serializing_if = "is_false")]
    pub quick: bool,
    /// Changes of the settings that are compared with them; empty except for a comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variations: Vec<Variation>,
    /// The patterns and their labels.
    pub data: DataSource,
    /// Which patterns train and which are estimated.
    #[serde(default)]
    pub splits: Splits,
    /// Seeds of splits, weights and batch order.
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

/// Which patterns train and which are estimated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Splits {
    /// Test patterns are drawn anew for each seed.
    Share {
        /// Share of the patterns held back for testing, between 0 and 1.
        test: f64,
    },
    /// Test patterns are listed in a file, one name or file per line.
    List {
        /// The file.
        file: PathBuf,
    },
    /// Every part of the set is left out in turn, by one or more schemes.
    Parts {
        /// What is left out in turn.
        schemes: Vec<Scheme>,
        /// Number of folds and of regions, at least 2.
        parts: usize,
    },
}

impl Default for Splits {
    /// A tenth of the patterns, as Utimula et al. (2022).
    fn default() -> Self {
        Self::Share { test: 0.1 }
    }
}

/// Consecutive seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// The seeds, in ascending order.
    pub fn all(self) -> impl Iterator<Item = u64> {
        (0..self.count as u64).map(move |i| self.first + i)
    }
}

impl Experiment {
    /// A study of these data with the settings of the paper, one seed and a tenth of the patterns for
    /// testing.
    pub fn new(data: DataSource) -> Self {
        Self {
            estimator: None,
            targets: None,
            leave_out: Vec::new(),
            place: Place::default(),
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

    /// Checks everything that can be checked without the data.
    ///
    /// # Errors
    /// Those of [`Settings::training`] for the settings and each variation;
    /// [`Error::OutOfRange`] for no seed, no network, a share outside 0 to 1, fewer than two parts or
    /// no scheme; [`Error::Seeds`] for seeds beyond the largest number; those of
    /// [`NamedEstimator::of`].
    pub fn check(&self) -> Result<()> {
        let Seeds { first, count } = self.seeds;
        at_least("seeds", count, 1)?;
        at_least("networks per part", self.networks, 1)?;
        let networks = count.saturating_mul(self.networks);
        if first.checked_add(networks as u64).is_none() {
            return Err(Error::Seeds {
                first,
                count: networks,
            });
        }
        match &self.splits {
            Splits::Share { test } if !(*test > 0.0 && *test < 1.0) => {
                return Err(Error::OutOfRange {
                    what: "share of test patterns",
                    found: *test,
                    expected: "between 0 and 1",
                });
            }
            Splits::Parts { schemes, parts } => {
                at_least("parts", *parts, 2)?;
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

    /// The estimator: the one asked for, or the default of the latent space.
    ///
    /// # Errors
    /// [`Error::Estimator`] for one that works only on a plane where the latent space has more
    /// dimensions.
    pub fn estimator(&self) -> Result<NamedEstimator> {
        NamedEstimator::of(self.estimator.as_ref(), self.settings.latent)
    }

    /// The settings that are compared: the base first, then each variation.
    pub fn all_settings(&self) -> Vec<Settings> {
        let varied = self.variations.iter().map(|v| v.of(&self.settings));
        std::iter::once(self.settings.clone())
            .chain(varied)
            .collect()
    }

    /// Width of the relevance window in degrees on a grid of this step.
    ///
    /// # Errors
    /// [`Error::Window`] for a window narrower than a step.
    pub fn window_deg(&self, step: f64) -> Result<f64> {
        let found = self
            .window_deg
            .unwrap_or(SweepOptions::default().window_deg.max(step));
        if found < step * (1.0 - 1e-6) {
            return Err(Error::Window { found, step });
        }
        Ok(found)
    }

    /// The experiment as TOML.
    ///
    /// # Errors
    /// [`Error::ToToml`], which no experiment causes.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self).map_err(Error::ToToml)
    }

    /// Reads an experiment from TOML. Settings that are not given are those of the paper.
    ///
    /// # Errors
    /// [`Error::FromToml`] with the line, for unknown keys too; those of [`check`](Self::check).
    pub fn from_toml(text: &str) -> Result<Self> {
        let experiment: Self = toml::from_str(text).map_err(|e| Error::FromToml(Box::new(e)))?;
        experiment.check()?;
        Ok(experiment)
    }

    /// Reads an experiment from a file: TOML as [`to_toml`](Self::to_toml) writes it, or a report
    /// (`study.json`, `scores.json`, `tuned.json`), which holds the experiment it came from.
    ///
    /// # Errors
    /// [`Error::File`] for a file that cannot be read, [`Error::Json`] for one that is not JSON though
    /// its name ends with `.json`, [`Error::NoExperiment`] for a report of an older version, and those
    /// of [`from_toml`](Self::from_toml); all with the name of the file.
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
