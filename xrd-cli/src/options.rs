//! Options that several subcommands share, and the parsers of their values.

mod beam;
mod estimator;
mod pictures;
mod saving;
mod source;
mod training;

use std::iter;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use xrd_sim::smfe12::Composition;

pub(crate) use beam::Beam;
pub(crate) use estimator::{Estimating, Named, estimator};
pub(crate) use pictures::Pictures;
pub(crate) use saving::{Every, Saving, beside};
pub(crate) use source::Source;
pub(crate) use training::{Stopping, Training, Widths, widths};

use crate::inputs::Inputs;
use crate::preparing::Preparing;

/// Where patterns and what is known of them come from.
#[derive(Args, Clone, Debug)]
pub(crate) struct Input {
    /// Patterns: a matrix (first row or column 2θ; csv, txt, npy, npz), one scan, a folder of
    /// scans, or one of shards (xrd simulate)
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) patterns: PathBuf,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

impl Input {
    /// What is read.
    pub(crate) fn inputs(&self) -> Inputs {
        Inputs::of(iter::once(&self.patterns).chain(&self.reading.axis))
    }
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

impl Reading {
    /// Fails where something is asked of files and none are read.
    fn check_unused(&self) -> Result<()> {
        let steps = self.preparing.steps();
        let asked = match self {
            Self { axis: Some(_), .. } => "--axis".to_owned(),
            Self { resample: true, .. } => "--resample".to_owned(),
            _ if steps.is_empty() => return Ok(()),
            _ => format!("preparation ({})", steps[0]),
        };
        bail!("{asked} is for --patterns; the built-in series is taken as it is")
    }
}

/// A composition of the built-in series by its Ti atoms a formula unit.
pub(crate) fn ti(text: &str) -> Result<Composition, String> {
    let n = 4.0 * number(text)?;
    match n.fract() == 0.0 && (0.0..=16.0).contains(&n) {
        true => Ok(Composition::Titanium(n as usize)),
        false => Err("expected a multiple of 0.25 from 0 to 4".into()),
    }
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

impl Question {
    /// What is read, a table of labels or of known points too.
    pub(crate) fn inputs(&self, table: Option<&PathBuf>) -> Inputs {
        let input = &self.input;
        let files = [&self.model, &input.patterns].into_iter();
        Inputs::of(files.chain(&input.reading.axis).chain(table))
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

pub(crate) fn target(text: &str) -> Result<Target, String> {
    let (column, value) = text.split_once('=').ok_or("expected COL=VALUE")?;
    Ok(Target {
        column: column.to_owned(),
        value: number(value)?,
    })
}

/// `COL=FROM:TO:N`: values of a label from one to another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    pub(crate) column: String,
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) steps: usize,
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} from {} to {}", self.column, self.from, self.to)
    }
}

impl Path {
    /// The values, evenly spaced, both ends included.
    pub(crate) fn targets(&self) -> Vec<Target> {
        let value = |k: usize| {
            let share = k as f64 / (self.steps - 1) as f64;
            let value = self.from + share * (self.to - self.from);
            // Without the noise of the arithmetic, which file names would show.
            (value * 1e9).round() / 1e9
        };
        let target = |k| Target {
            column: self.column.clone(),
            value: value(k),
        };
        (0..self.steps).map(target).collect()
    }
}

pub(crate) fn path(text: &str) -> Result<Path, String> {
    let expected = "expected COL=FROM:TO:N";
    let (column, values) = text.split_once('=').ok_or(expected)?;
    let [from, to, steps] = values.split(':').collect::<Vec<_>>()[..] else {
        return Err(expected.into());
    };
    let (from, to, steps) = (number(from)?, number(to)?, at_most::<1000>(steps)?);
    if steps < 2 || from == to {
        return Err("expected two values and at least 2 steps".into());
    }
    Ok(Path {
        column: column.to_owned(),
        from,
        to,
        steps,
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
        assert!(at_most::<4>("5").is_err() && at_most::<4>("4").is_ok());
        let ti = target("Ti=0.75").unwrap();
        assert_eq!((ti.column.as_str(), ti.value), ("Ti", 0.75));
        assert!(["Ti", "Ti=", "Ti=nan"].iter().all(|t| target(t).is_err()));
        let values: Vec<f64> = path("Ti=0.5:0.8:4")
            .unwrap()
            .targets()
            .iter()
            .map(|t| t.value)
            .collect();
        assert_eq!(values, [0.5, 0.6, 0.7, 0.8]);
        let refused = [
            "Ti=1", "Ti=1:2", "Ti=1:1:5", "Ti=1:2:1", "Ti=1:x:3", "1:2:3",
        ];
        assert!(refused.iter().all(|t| path(t).is_err()));
        assert!(positive("0").is_err() && not_negative("0").is_ok());
        assert!(
            ["0", "1", "1.5", "inf", "x"]
                .iter()
                .all(|t| fraction(t).is_err())
        );
    }
}
