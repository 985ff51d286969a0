//! Where networks put the patterns, kept while a scoring goes on: training is what takes time.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, bail};

use super::{Piece, Plan, Scheme};
use crate::dataset::Dataset;
use crate::training;
use crate::unfinished::{self, Unfinished};

/// What a network makes of every pattern of a set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Encoded {
    /// The latent coordinates of each.
    pub(crate) points: Vec<Vec<f64>>,
    /// How badly each pattern is reproduced.
    pub(crate) residuals: Vec<f64>,
}

impl Encoded {
    /// How many coordinates a point has.
    pub(super) fn dimensions(&self) -> usize {
        self.points.first().map_or(0, Vec::len)
    }
}

/// A folder with a file for each network that was trained.
pub(crate) struct Saved {
    pub(crate) folder: Unfinished,
    patterns: usize,
    dimensions: usize,
}

impl Saved {
    /// Opens the folder, or begins it. Networks that are there are taken where that is asked for
    /// and they were trained as this plan would.
    pub(crate) fn open(
        folder: &Path,
        resume: bool,
        data: &Dataset,
        plan: &Plan<'_>,
    ) -> Result<Self> {
        Ok(Self {
            folder: Unfinished::open(folder, resume, "scoring", &settings(data, plan)?)?,
            patterns: data.set.len(),
            dimensions: plan.training.latent,
        })
    }

    /// What was kept of a network, if it was trained.
    pub(super) fn read(&self, piece: &Piece, seed: u64) -> Result<Option<Encoded>> {
        let name = part(piece, seed);
        let Some(text) = self.folder.read(&name)? else {
            return Ok(None);
        };
        let named = || self.folder.file(&name).display().to_string();
        let mut found = Encoded {
            points: Vec::new(),
            residuals: Vec::new(),
        };
        for line in text.lines() {
            let mut point: Vec<f64> = line.split(' ').flat_map(str::parse).collect();
            let residual = point.pop().unwrap_or_default();
            if point.len() != self.dimensions {
                bail!("{}: '{line}' is no point with its residual", named());
            }
            found.points.push(point);
            found.residuals.push(residual);
        }
        if found.points.len() != self.patterns {
            let (found, expected) = (found.points.len(), self.patterns);
            bail!("{}: {found} points (expected {expected})", named());
        }
        Ok(Some(found))
    }

    /// Keeps what a network makes of the patterns; numbers are written so that they read back as
    /// they are.
    pub(super) fn write(&self, piece: &Piece, seed: u64, encoded: &Encoded) -> Result<()> {
        let mut text = String::new();
        for (point, residual) in encoded.points.iter().zip(&encoded.residuals) {
            for coordinate in point {
                write!(text, "{coordinate} ")?;
            }
            writeln!(text, "{residual}")?;
        }
        self.folder.write(&part(piece, seed), &text)
    }
}

fn part(piece: &Piece, seed: u64) -> String {
    let part = match piece.scheme {
        Scheme::LeaveOneOut => "all".to_owned(),
        _ => piece.splits[0].0.to_string(),
    };
    format!("{}-{seed}-{part}", piece.scheme)
}

/// What networks must share to be taken: everything but schemes, seeds and estimators.
fn settings(data: &Dataset, plan: &Plan<'_>) -> Result<String> {
    // A piece has a seed of its own.
    let (network, config) = (plan.training.network(0), plan.training.config(0)?);
    let mut asked = unfinished::of_data(data);
    writeln!(asked, "--folds {}", plan.parts)?;
    writeln!(asked, "--latent {}", network.latent)?;
    for (option, value) in training::settings(&network, &config) {
        writeln!(asked, "{option} {value}")?;
    }
    Ok(asked)
}
