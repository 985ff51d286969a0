//! `xrd symmetry`: crystal systems and space groups.

mod answer;
mod answers;
mod crystals;
mod folder;
pub(super) mod labelled;
mod paper;
mod score;
mod scores;
mod train;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use rayon::prelude::*;
use xrd_identify::{Library, Prepared};
use xrd_study::xrd_symmetry::{Explanation, Model};
use xrd_study::{Inputs, Observer, Stage};

use crate::message;
use crate::options::{Pictures, Stating, Threads, share};
use crate::pattern_files::files_of;
use crate::prepared::{PreparedScan, prepared_scans};
use crate::progress::Terminal;

use answer::Answer;
use answers::Answers;

/// Name the crystal system and the space group of patterns, or refuse uncertain ones.
///
/// The networks that are part of the program were trained on simulated patterns only. Their probabilities are
/// combined with the nearest known structures (see xrd identify). A pattern whose likeliest space group is less
/// probable than the threshold is refused: "not certain enough". So is a pattern with many peaks that the nearest known
/// structure does not have, as those of a mixture. Space groups with the same systematic
/// absences form an extinction group, and differ in intensities only. A file that cannot be read is
/// named, the others are answered, and the exit status is 2.
///
/// For up to 20 patterns, the lines that decided are printed: those without which the likeliest space group is
/// less probable. Lines that are absent can also decide; they are not found this way.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  xrd symmetry scan.xrdml
  xrd symmetry scans/ --json
  xrd symmetry scan.xy --threshold 0.8 --merge
  xrd symmetry scans/ --out found                  table, figures and page"
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
    /// Largest share of the peaks, by height, that the nearest known structure of an answer may not have, 0 to 1; 1
    /// refuses none [default: that of the model]
    #[arg(long, value_name = "X", value_parser = share)]
    unexplained: Option<f64>,
    /// Merge space groups with the same systematic absences; the threshold then applies to extinction groups
    #[arg(long)]
    merge: bool,
    /// Find the lines that decided also for more than 20 patterns (about 0.1 s per pattern)
    #[arg(long)]
    lines: bool,
    /// Folder for a table, figures and a page of the answers (answers.csv, answers.html, ...)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    stating: Stating,
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
        let folder = self.folder()?;
        let (model, library) =
            pool.join(|| shipped(self.model.as_deref()), xrd_line_lists::library);
        let model = model?;
        let scans = self.scans();
        let patterns = scans.iter().filter_map(|(_, scan)| scan.as_ref().ok());
        let patterns: Vec<_> = patterns.map(|scan| scan.pattern.clone()).collect();
        let found = pool.install(|| model.classify(&patterns, &library))?;
        let explained = match self.lines || folder.is_some() || patterns.len() <= FEW {
            true => pool.install(|| explained(&model, &patterns, &library))?,
            false => Vec::new(),
        };
        let mut settings = model.settings().clone();
        settings.threshold = self.threshold.unwrap_or(settings.threshold);
        settings.most_unexplained = self.unexplained.unwrap_or(settings.most_unexplained);
        let (mut found, mut explained) = (found.iter(), explained.iter());
        let mut answers = Answers::new(model.name(), &library, self.json, folder);
        for (name, scan) in &scans {
            match scan {
                Ok(scan) => {
                    let Some(found) = found.next() else { continue };
                    answers.add(&Answer {
                        name,
                        scan,
                        found,
                        explained: explained.next(),
                        is_merged: self.merge,
                        settings: &settings,
                    })?;
                }
                Err(error) => answers.add_error(name, error),
            }
        }
        answers.finish(&settings, self.out.as_deref())?;
        let failed = scans.into_iter().filter_map(|(_, scan)| scan.err());
        self.fail(failed.collect())
    }

    /// The output folder, if one is asked for.
    fn folder(&self) -> Result<Option<folder::Folder>> {
        let files = self.pictures.files()?;
        let inputs = Inputs::new(self.files.iter().chain(&self.model));
        let open = |out: &PathBuf| folder::Folder::open(out, inputs, files);
        self.out.as_ref().map(open).transpose()
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

/// Number of patterns whose deciding lines are found without being asked for.
const FEW: usize = 20;

/// The lines that decided about each pattern.
fn explained(model: &Model, patterns: &[Prepared], library: &Library) -> Result<Vec<Explanation>> {
    let observer = Terminal::default();
    let one = |pattern| {
        let explained = model.explain(pattern, library)?;
        observer.advance(Stage::Relevance, 1);
        Ok(explained)
    };
    observer.begin(Stage::Relevance, patterns.len() as u64);
    let all = patterns.par_iter().map(one).collect();
    observer.end(Stage::Relevance);
    all
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
