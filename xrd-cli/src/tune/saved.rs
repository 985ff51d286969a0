//! Outcomes of trainings, kept while a comparison goes on.

use std::path::Path;

use anyhow::{Result, bail};

use super::{Outcome, Plan, figure};
use crate::dataset::Dataset;
use crate::digest::digest;
use crate::options::Training;
use crate::unfinished::{self, Unfinished};

/// A folder with a file for each training that is done.
pub(crate) struct Saved {
    pub(crate) folder: Unfinished,
}

/// Stands for the figures of a training that diverged.
const DIVERGED: &str = "diverged";

impl Saved {
    /// Opens the folder, or begins it. Outcomes that are there are taken where that is asked for
    /// and they are of the same patterns, split and estimated as this plan would.
    pub(crate) fn open(
        folder: &Path,
        resume: bool,
        data: &Dataset,
        plan: &Plan<'_>,
    ) -> Result<Self> {
        let asked = format!(
            "{}--test-fraction {}\n--estimator {}\n",
            unfinished::of_data(data),
            plan.test_fraction,
            plan.estimator,
        );
        let folder = Unfinished::open(folder, resume, "comparison", &asked)?;
        Ok(Self { folder })
    }

    /// The outcome of a training, none of one that diverged; nothing where it is not done.
    pub(super) fn read(&self, training: &Training, seed: u64) -> Result<Option<Option<Outcome>>> {
        let (name, expected) = named(training, seed)?;
        let Some(text) = self.folder.read(&name)? else {
            return Ok(None);
        };
        let named = || self.folder.file(&name).display().to_string();
        let (line, figures) = text.trim_end().split_once('\n').unwrap_or_default();
        if line != expected {
            bail!("{}: '{line}' (expected '{expected}')", named());
        }
        if figures == DIVERGED {
            return Ok(Some(None));
        }
        let numbers: Vec<f64> = figures.split(' ').flat_map(str::parse).collect();
        let outcome: Result<Outcome, _> = numbers.try_into();
        match outcome {
            Ok(outcome) => Ok(Some(Some(outcome))),
            Err(_) => bail!(
                "{}: '{figures}' (expected {} numbers)",
                named(),
                figure::ALL.len()
            ),
        }
    }

    /// Keeps an outcome; numbers are written so that they read back as they are.
    pub(super) fn write(
        &self,
        training: &Training,
        seed: u64,
        outcome: Option<&Outcome>,
    ) -> Result<()> {
        let (name, line) = named(training, seed)?;
        let figures = match outcome {
            Some(figures) => figures.map(|v| v.to_string()).join(" "),
            None => DIVERGED.to_owned(),
        };
        self.folder.write(&name, &format!("{line}\n{figures}\n"))
    }
}

/// The part that a training is, and its first line, which tells it from others of that name.
fn named(training: &Training, seed: u64) -> Result<(String, String)> {
    let (network, config) = (training.network(seed), training.config(seed)?);
    let line = format!("{network:?} {config:?}");
    let digest = digest(line.bytes().map(u64::from));
    Ok((format!("seed-{seed}-{digest:016x}"), line))
}
