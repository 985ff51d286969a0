//! `xrd predict measured`: candidates for measured patterns with known formulas and space groups.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use rayon::prelude::*;
use serde::Serialize;
use xrd_core::{Pattern, Wavelength};
use xrd_identify::Prepared;
use xrd_study::predict::{PredictedPattern, predicted_patterns};
use xrd_study::xrd_predict::{Formula, Origin, Predictor};
use xrd_study::{Dataset, Observer, Stage};

use super::{against, predictor};
use crate::command::symmetry::labelled::Labelled;
use crate::options::Threads;
use crate::output::{pretty, say};
use crate::prepared::WAVELENGTH;
use crate::progress::Terminal;

/// Number of candidates of an answer.
const CANDIDATES: usize = 5;

/// Score predictions on measured patterns whose formulas and space groups are known.
///
/// Counts the patterns with the right space group, in the first candidate and in the first five: from the formula
/// alone, and ranked by the measured pattern as xrd predict --against does. Patterns without a formula are skipped,
/// and what is no formula is named. Patterns without a wavelength are assumed to be measured with Cu Ka1.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd predict measured --patterns scans/ --labels minerals.csv --formula-column formula")]
pub(crate) struct Measured {
    #[command(flatten)]
    labelled: Labelled,
    /// Column of --labels with chemical formulas
    #[arg(long, value_name = "COL", default_value = "formula")]
    formula_column: String,
    /// Predictor file of xrd predict fit, instead of the one in the program
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

/// Numbers of patterns with the right space group.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Count {
    patterns: usize,
    /// In the first candidate and in the first five, from the formula alone.
    alone: [usize; 2],
    /// The same, ranked by the measured pattern.
    with_pattern: [usize; 2],
}

/// Counts by the origin of the first candidate.
#[derive(Debug, Default, Serialize)]
struct Counts {
    all: Count,
    known: Count,
    substituted: Count,
    other_stoichiometry: Count,
}

/// The answers about one pattern: origin of the first candidate, and whether the space group is right.
struct Row {
    origin: Option<Origin>,
    alone: [bool; 2],
    with_pattern: [bool; 2],
}

impl Measured {
    pub(crate) fn run(&self) -> Result<()> {
        let pool = self.threads.pool()?;
        pool.install(|| self.run_on_threads())
    }

    fn run_on_threads(&self) -> Result<()> {
        let observer = Terminal::default();
        let (column, none) = (&self.formula_column, "contains no formulas");
        let (data, groups) = self.labelled.read_with(None, Some(column), &observer)?;
        let Some(classes) = data.classes.iter().find(|c| c.column == *column) else {
            bail!("--formula-column: column '{column}' {none}");
        };
        let predictor = predictor(self.model.as_deref())?;
        let mut jobs = Vec::new();
        for (i, class) in classes.of.iter().enumerate() {
            let text = &classes.names[*class];
            if text.trim().is_empty() {
                continue;
            }
            match text.parse::<Formula>() {
                Ok(formula) => jobs.push((i, formula, groups[i].number())),
                Err(error) => eprintln!("note: '{text}' is not a formula: {error}; skipped"),
            }
        }
        if jobs.is_empty() {
            bail!("--formula-column: column '{column}' {none}");
        }
        observer.begin(Stage::Comparing, jobs.len() as u64);
        let row = |(i, formula, group): &(usize, Formula, u16)| {
            let measured = prepared(&data, *i)?;
            observer.advance(Stage::Comparing, 1);
            row(&predictor, formula, *group, &measured)
        };
        let rows = jobs.par_iter().map(row).collect::<Result<Vec<Row>>>()?;
        observer.end(Stage::Comparing);
        let counts = Counts::of(&rows);
        match self.json {
            true => say(&pretty(&counts)?),
            false => counts.lines().iter().try_for_each(|line| say(line)),
        }
    }
}

fn prepared(data: &Dataset, number: usize) -> Result<Prepared> {
    let wavelength = match data.set.wavelength() {
        Some(wavelength) => wavelength,
        None => Wavelength::angstrom(WAVELENGTH)?,
    };
    let intensities = data.set.intensities(number)?.into_owned();
    let pattern = Pattern::new(*data.set.grid(), data.set.scale(), intensities)?;
    let pattern = pattern.with_wavelength(Some(wavelength));
    Prepared::of(&pattern).with_context(|| data.set.names()[number].clone())
}

fn row(predictor: &Predictor, formula: &Formula, group: u16, measured: &Prepared) -> Result<Row> {
    let is_right = |p: &PredictedPattern| p.candidate.space_group == group;
    let alone = predicted_patterns(predictor, formula, CANDIDATES);
    let many = predicted_patterns(predictor, formula, against::CANDIDATES);
    let ranked: Vec<PredictedPattern> = against::ranked(many, measured)?
        .into_iter()
        .map(|(p, _)| p)
        .collect();
    let both = |all: &[PredictedPattern]| {
        let first = &all[..all.len().min(CANDIDATES)];
        [
            first.first().is_some_and(is_right),
            first.iter().any(is_right),
        ]
    };
    Ok(Row {
        origin: alone.first().map(|p| p.candidate.origin),
        alone: both(&alone),
        with_pattern: both(&ranked),
    })
}

impl Counts {
    fn of(rows: &[Row]) -> Self {
        let mut counts = Self::default();
        for row in rows {
            counts.all.add(row);
            match row.origin {
                Some(Origin::Known) => counts.known.add(row),
                Some(Origin::Substituted) => counts.substituted.add(row),
                _ => counts.other_stoichiometry.add(row),
            }
        }
        counts
    }

    fn lines(&self) -> Vec<String> {
        let head = "                       first candidate           among five";
        let columns = "            patterns   formula  with pattern     formula  with pattern";
        let line = |name: &str, c: &Count| {
            let ([a, b], [d, e]) = (c.alone, c.with_pattern);
            format!("{name:11} {:8} {a:9} {d:13} {b:11} {e:13}", c.patterns)
        };
        vec![
            "Right space groups, from the formula alone and with the pattern".to_owned(),
            head.to_owned(),
            columns.to_owned(),
            line("all", &self.all),
            line("known", &self.known),
            line("substituted", &self.substituted),
            line("other", &self.other_stoichiometry),
        ]
    }
}

impl Count {
    fn add(&mut self, row: &Row) {
        self.patterns += 1;
        for k in 0..2 {
            self.alone[k] += usize::from(row.alone[k]);
            self.with_pattern[k] += usize::from(row.with_pattern[k]);
        }
    }
}
