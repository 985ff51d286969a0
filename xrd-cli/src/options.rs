//! Options that several subcommands share, and the parsers of their values.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use xrd_ae::{AutoencoderConfig, InputScaling, TrainingConfig};

use crate::preparing::Preparing;

/// Where patterns and what is known of them come from.
#[derive(Args, Clone, Debug)]
pub(crate) struct Input {
    /// Patterns: a matrix (first row or column 2θ; csv, txt, npy, npz), one scan, or a folder of
    /// scans
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) patterns: PathBuf,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// How pattern files are read.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Reading {
    /// The 2θ axis of a .npy matrix, which holds none
    #[arg(long, value_name = "FILE")]
    pub(crate) axis: Option<PathBuf>,
    /// Interpolate patterns that lie on other angles: to the grid of the model, or of the first
    /// pattern where there is no model
    #[arg(long)]
    pub(crate) resample: bool,
    #[command(flatten)]
    pub(crate) preparing: Preparing,
}

/// A model, and patterns that it is asked about.
#[derive(Args, Clone, Debug)]
pub(crate) struct Question {
    /// The model
    #[arg(long, value_name = "FILE")]
    pub(crate) model: PathBuf,
    #[command(flatten)]
    pub(crate) input: Input,
    /// Prepare the patterns as those that the model was trained on
    #[arg(long)]
    pub(crate) as_trained: bool,
}

/// How the network is built and trained.
#[derive(Args, Clone, Debug)]
pub(crate) struct Training {
    /// Passes over the training patterns
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = count)]
    pub(crate) epochs: usize,
    /// Seed of split, weights and batch order
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Widths of the hidden layers from the input to the plane
    #[arg(long, value_name = "N,N,...", default_value = "128,64,12", value_parser = widths)]
    pub(crate) hidden: Widths,
    /// Patterns a step
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = count)]
    pub(crate) batch: usize,
    /// Learning rate of Adam
    #[arg(long, value_name = "X", default_value_t = TrainingConfig::paper().learning_rate, value_parser = positive)]
    pub(crate) lr: f64,
    /// L2 weight decay
    #[arg(long, value_name = "X", default_value_t = TrainingConfig::paper().weight_decay, value_parser = not_negative)]
    pub(crate) weight_decay: f64,
    /// What is done to intensities first, besides subtracting the mean training pattern
    #[arg(long, value_enum, default_value_t = Scaling::Global)]
    pub(crate) scaling: Scaling,
}

/// What is done to intensities before they enter the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scaling {
    /// One factor for all angles
    Global,
    /// Each angle by its own spread, which makes weak lines count as much as strong ones
    PerPoint,
}

impl std::fmt::Display for Scaling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Global => "global",
            Self::PerPoint => "per-point",
        })
    }
}

impl Training {
    pub(crate) fn network(&self, seed: u64) -> AutoencoderConfig {
        AutoencoderConfig {
            hidden: self.hidden.0.clone(),
            scaling: match self.scaling {
                Scaling::Global => InputScaling::Global,
                Scaling::PerPoint => InputScaling::PerPoint,
            },
            seed,
        }
    }

    pub(crate) fn config(&self, seed: u64) -> TrainingConfig {
        TrainingConfig {
            epochs: self.epochs,
            batch: self.batch,
            learning_rate: self.lr,
            weight_decay: self.weight_decay,
            seed,
            ..TrainingConfig::paper()
        }
    }
}

/// How many threads work.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Threads {
    /// Threads to use; RAYON_NUM_THREADS, else all cores, by default
    #[arg(long, value_name = "N", value_parser = at_most::<1024>)]
    pub(crate) threads: Option<usize>,
}

impl Threads {
    /// A pool of that many threads. The results do not depend on it.
    pub(crate) fn pool(&self) -> Result<rayon::ThreadPool> {
        rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.unwrap_or(0))
            .build()
            .context("cannot start threads")
    }
}

/// The widths of the hidden layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Widths(pub(crate) Vec<usize>);

impl std::fmt::Display for Widths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts: Vec<String> = self.0.iter().map(usize::to_string).collect();
        f.write_str(&texts.join(","))
    }
}

/// `COL=VALUE`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) column: String,
    pub(crate) value: f64,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.column, self.value)
    }
}

pub(crate) fn widths(text: &str) -> Result<Widths, String> {
    text.split(',')
        .map(at_most::<10_000>)
        .collect::<Result<_, _>>()
        .map(Widths)
}

pub(crate) fn target(text: &str) -> Result<Target, String> {
    let (column, value) = text.split_once('=').ok_or("expected COL=VALUE")?;
    Ok(Target {
        column: column.to_owned(),
        value: number(value)?,
    })
}

/// A whole number of at least 1.
pub(crate) fn count(text: &str) -> Result<usize, String> {
    at_most::<1_000_000_000>(text)
}

/// A whole number of at least 1, of what takes memory for each.
pub(crate) fn at_most<const MOST: usize>(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(n) if (1..=MOST).contains(&n) => Ok(n),
        _ => Err(format!("expected a whole number from 1 to {MOST}")),
    }
}

pub(crate) fn positive(text: &str) -> Result<f64, String> {
    number(text).and_then(|x| {
        if x > 0.0 {
            Ok(x)
        } else {
            Err("expected a number over 0".into())
        }
    })
}

pub(crate) fn not_negative(text: &str) -> Result<f64, String> {
    number(text).and_then(|x| {
        if x >= 0.0 {
            Ok(x)
        } else {
            Err("expected 0 or more".into())
        }
    })
}

pub(crate) fn fraction(text: &str) -> Result<f64, String> {
    number(text).and_then(|x| {
        let inside = x > 0.0 && x < 1.0;
        inside
            .then_some(x)
            .ok_or("expected a number between 0 and 1".into())
    })
}

fn number(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(x) if x.is_finite() => Ok(x),
        _ => Err("expected a finite number".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_or_refused() {
        assert_eq!(widths("128,64, 12").unwrap().0, [128, 64, 12]);
        assert!(
            ["", "0", "8,,4", "abc", "-1", "10001"]
                .iter()
                .all(|t| widths(t).is_err())
        );
        assert!(at_most::<4>("5").is_err() && at_most::<4>("4").is_ok());
        let ti = target("Ti=0.75").unwrap();
        assert_eq!((ti.column.as_str(), ti.value), ("Ti", 0.75));
        assert!(["Ti", "Ti=", "Ti=nan"].iter().all(|t| target(t).is_err()));
        assert!(positive("0").is_err() && not_negative("0").is_ok());
        assert!(
            ["0", "1", "1.5", "inf", "x"]
                .iter()
                .all(|t| fraction(t).is_err())
        );
    }
}
