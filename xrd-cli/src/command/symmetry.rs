//! `xrd symmetry`: crystal systems and space groups.

mod answer;
mod crystals;
mod labelled;
mod paper;
mod score;
mod scores;
mod train;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use xrd_study::xrd_symmetry::Model;

use crate::message;
use crate::options::{Stating, Threads, share};
use crate::output::say;
use crate::pattern_files::files_of;
use crate::prepared::{PreparedScan, prepared_scans};

/// Name the crystal system and the space group of patterns, or refuse uncertain ones.
///
/// The networks that are part of the program were trained on simulated patterns only. Their probabilities are
/// combined with the nearest known structures (see xrd identify). A pattern whose likeliest space group is less
/// probable than the threshold is refused: "not certain enough". Space groups with the same systematic
/// absences form an extinction group, and differ in intensities only. A file that cannot be read is
/// named, the others are answered, and the exit status is 2.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  xrd symmetry scan.xrdml
  xrd symmetry scans/ --json
  xrd symmetry scan.xy --threshold 0.8"
)]
pub(crate) struct Symmetry {
    #[command(subcommand)]
    command: Option<Command>,
    /// Pattern files, or folders of them
    #[arg(value_name = "FILE|DIR", required = true)]
    files: Vec<PathBuf>,
    /// Model file, instead of the model in the program
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Least probability of the likeliest space group of an answer, 0 to 1 [default: that of the model]
    #[arg(long, value_name = "X", value_parser = share)]
    threshold: Option<f64>,
    #[command(flatten)]
    stating: Stating,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Subcommand)]
enum Command {
    Train(Box<train::Train>),
    Score(Box<score::Score>),
    Paper(Box<paper::Paper>),
}

impl Symmetry {
    pub(crate) fn run(self) -> Result<()> {
        match self.command {
            Some(Command::Train(c)) => c.run(),
            Some(Command::Score(c)) => c.run(),
            Some(Command::Paper(c)) => c.run(),
            None => self.classify(),
        }
    }

    fn classify(&self) -> Result<()> {
        let pool = self.threads.pool()?;
        let (model, library) =
            pool.join(|| shipped(self.model.as_deref()), xrd_line_lists::library);
        let model = model?;
        let scans = self.scans();
        let patterns = scans.iter().filter_map(|(_, scan)| scan.as_ref().ok());
        let patterns: Vec<_> = patterns.map(|scan| scan.pattern.clone()).collect();
        let found = pool.install(|| model.classify(&patterns, &library))?;
        let threshold = self.threshold.unwrap_or(model.settings().threshold);
        let (mut found, mut all, mut failed) = (found.into_iter(), Vec::new(), Vec::new());
        for (name, scan) in scans {
            match scan {
                Ok(scan) => {
                    let Some(found) = found.next() else { continue };
                    let refused = found.probabilities.certainty() < threshold;
                    let assumed = scan.is_wavelength_assumed;
                    let answer = answer::Answer::new(&name, &found, refused, assumed);
                    match self.json {
                        true => all.push(answer.to_json(model.name())),
                        false => answer.lines().iter().try_for_each(|line| say(line))?,
                    }
                }
                Err(error) => {
                    all.push(json!({"pattern": name, "error": message(&error)}));
                    failed.push(error);
                }
            }
        }
        if self.json {
            say(&serde_json::to_string_pretty(&Value::Array(all))?)?;
        }
        self.fail(failed)
    }

    /// The scans of all files, each with its name.
    fn scans(&self) -> Vec<(String, Result<PreparedScan>)> {
        let options = self.stating.options();
        let of_file = |file: &PathBuf| match prepared_scans(file, &options) {
            Ok(scans) => scans,
            Err(error) => vec![(file.display().to_string(), Err(error))],
        };
        files_of(&self.files).iter().flat_map(of_file).collect()
    }

    /// The error of the program, if a pattern has one. Each of several is named before.
    fn fail(&self, mut failed: Vec<anyhow::Error>) -> Result<()> {
        if failed.len() > 1 || self.files.len() > 1 {
            failed
                .iter()
                .for_each(|e| eprintln!("note: {}", message(e)));
        }
        match failed.len() {
            0 => Ok(()),
            1 => Err(failed.swap_remove(0)),
            n => bail!("{n} patterns cannot be answered: {}", message(&failed[0])),
        }
    }
}

/// The model of a file, or that in the program.
fn shipped(file: Option<&Path>) -> Result<Model> {
    let Some(file) = file else {
        return Ok(Model::shipped()?);
    };
    let name = || file.display().to_string();
    let bytes = std::fs::read(file).with_context(name)?;
    Model::from_bytes(&bytes).with_context(name)
}
