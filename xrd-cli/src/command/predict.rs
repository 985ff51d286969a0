//! `xrd predict`: from a formula to likely structures and patterns.

mod against;
mod answer;
mod fit;
mod known;
mod measured;
mod paper;
mod score;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use xrd_study::Inputs;
use xrd_study::predict::predicted_patterns;
use xrd_study::xrd_predict::{Formula, Predictor};

use self::answer::{Answer, FileNames};
use crate::options::{Pictures, Stating, Threads, at_most};
use crate::output::{self, say};

/// Predict crystal structures and powder patterns of chemical formulas.
///
/// Known structures of other elements with the same amounts are taken as prototypes. The elements are replaced,
/// the cell is predicted, and the pattern at Cu Ka1 is simulated. The most probable candidate comes first. Known
/// structures of the formula itself come before all others. All other structures are hypotheses. Formulas may have
/// brackets, fractions, water and charges, as in Ca(OH)2, Fe0.95O, CuSO4*5H2O and Pb2+2Pb4+O4. What is no formula is named, the others
/// are answered, and the exit status is 2.
///
/// For each candidate a pattern (.xy) and a structure (.cif) are written, and one figure (.svg) per formula.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  xrd predict CsInBr3 --out predicted
  xrd predict 'Ca(OH)2' MgAl2O4 --out predicted --json
  xrd predict MgAl2O4 --against scan.xy --out predicted   ranks the candidates by a measured pattern"
)]
pub(crate) struct Predict {
    #[command(subcommand)]
    command: Option<Command>,
    /// Chemical formulas
    #[arg(value_name = "FORMULA", required = true)]
    formulas: Vec<String>,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "predicted")]
    out: PathBuf,
    /// Number of candidates per formula
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = at_most::<30>)]
    candidates: usize,
    /// Measured pattern by which the candidates are ranked, after their lattices are fitted to it
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    #[command(flatten)]
    stating: Stating,
    /// Predictor file of xrd predict fit, instead of the one in the program
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Subcommand)]
enum Command {
    Score(score::Score),
    Fit(fit::Fit),
    Paper(paper::Paper),
    Measured(Box<measured::Measured>),
}

impl Predict {
    pub(crate) fn run(self) -> Result<()> {
        match &self.command {
            Some(Command::Score(c)) => c.run(),
            Some(Command::Fit(c)) => c.run(),
            Some(Command::Paper(c)) => c.run(),
            Some(Command::Measured(c)) => c.run(),
            None => self.predict(),
        }
    }

    fn predict(&self) -> Result<()> {
        let figures = self.pictures.files()?;
        let pool = self.threads.pool()?;
        let measured = self
            .against
            .as_ref()
            .map(|f| against::read(f, &self.stating.options()));
        let measured = measured.transpose()?;
        let predictor = predictor(self.model.as_deref())?;
        let mut out = output::open(&self.out)?;
        if let Some(file) = &self.against {
            out = out.protecting(Inputs::new([file]), &[])?;
        }
        let (mut names, mut answers, mut failed) = (FileNames::default(), Vec::new(), Vec::new());
        for text in &self.formulas {
            let formula: Formula = match text.parse() {
                Ok(formula) => formula,
                Err(error) => {
                    answers.push(json!({"formula": text, "error": error.to_string()}));
                    failed.push(format!("'{text}' is not a formula: {error}"));
                    continue;
                }
            };
            let count = match measured {
                Some(_) => against::CANDIDATES,
                None => self.candidates,
            };
            let mut found = pool.install(|| predicted_patterns(&predictor, &formula, count));
            let mut similarities = None;
            if let Some(measured) = &measured {
                let ranked = pool.install(|| against::ranked(found, measured))?;
                let (patterns, values): (Vec<_>, Vec<f64>) = ranked.into_iter().unzip();
                (found, similarities) = (patterns, Some(values));
            }
            found.truncate(self.candidates);
            let answer = Answer::new(&formula, &found, similarities.as_deref());
            let written = answer.write(&mut out, &mut names, &figures)?;
            if !self.json {
                answer
                    .lines(&written)
                    .iter()
                    .try_for_each(|line| say(line))?;
            }
            answers.push(answer.to_json(&self.out, &written));
        }
        out.commit()?;
        if self.json {
            say(&serde_json::to_string_pretty(&Value::Array(answers))?)?;
        }
        fail(failed)
    }
}

/// The error of the program, if a text is no formula.
fn fail(mut failed: Vec<String>) -> Result<()> {
    match failed.len() {
        0 => Ok(()),
        1 => bail!("{}", failed.swap_remove(0)),
        n => bail!("{n} texts are not formulas: {}", failed.join("; ")),
    }
}

/// The predictor of a file, or that in the program.
fn predictor(file: Option<&Path>) -> Result<Predictor> {
    let Some(file) = file else {
        return Ok(Predictor::shipped()?);
    };
    let name = || file.display().to_string();
    let bytes = std::fs::read(file).with_context(name)?;
    Predictor::from_bytes(&bytes).with_context(name)
}
