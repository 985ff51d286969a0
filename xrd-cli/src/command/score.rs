use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use crate::options::{Estimating, Pictures, Source, Threads, Training, at_most, beside};
use crate::output::{OutputFolder, say};
use crate::score::{self, Plan, Saved, Scheme};

/// How well labels are estimated: parts of a set are left out, networks are trained on the rest.
///
/// Every estimator on the plane is held against estimates from the raw patterns: the three nearest
/// by cosine of √intensity, ridge regression on 20 principal components, and partial least
/// squares. Without --patterns the set is the built-in series. Nothing of the patterns left out
/// reaches training, except with leave-one-out, where one network is trained on all patterns
/// (without labels) and labels are left out.
///
/// Intervals are to hold 90 % of the truths: they are made from the errors in the other parts.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd score --patterns scans/ --labels labels.csv --seeds 10
  xrd score --schemes folds,regions,compositions,leave-one-out --epochs 300 --out series-scores
  xrd score --resume      goes on after Ctrl-C")]
pub(crate) struct Score {
    #[command(flatten)]
    source: Source,
    /// Folder for scores.csv, scores.json, held_out.csv and a figure a label
    #[arg(long, value_name = "DIR", default_value = "scores")]
    out: PathBuf,
    /// What is left out in turn
    #[arg(long, value_enum, value_delimiter = ',', default_value = "folds")]
    schemes: Vec<Scheme>,
    /// How many folds and regions there are
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = at_most::<1000>)]
    folds: usize,
    /// Train so many seeds, from --seed on; folds differ from seed to seed
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = at_most::<1000>)]
    seeds: usize,
    /// Train so many networks a part and seed: take the one that reproduces its training patterns
    /// best, as `xrd study --seeds N` chooses, and beside it the mean of the estimates by all of
    /// them; the others' seeds follow behind all --seeds
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_most::<100>)]
    best_of: usize,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    estimating: Estimating,
    /// Go on with a scoring that was stopped, from the networks in --out with .unfinished behind
    /// its name; other schemes, estimators and more seeds may be asked for
    #[arg(long)]
    resume: bool,
    /// Keep these networks, so that --resume with another estimator trains nothing again
    #[arg(long)]
    keep: bool,
    /// Print scores.json instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

impl Score {
    pub(crate) fn run(mut self) -> Result<()> {
        self.training.check_seeds(self.seeds * self.best_of)?;
        self.training.config(self.training.seed)?;
        if self.folds < 2 {
            bail!("--folds {} (expected at least 2)", self.folds);
        }
        self.schemes.sort_unstable();
        self.schemes.dedup();
        let pool = self.threads.pool()?;
        let data = pool.install(|| self.source.dataset())?;
        for note in &data.notes {
            eprintln!("note: {note}");
        }
        let mut out = OutputFolder::open(&self.out)?
            .sparing(self.source.inputs(), &["scores.csv", "held_out.csv"])?
            .with_renderer(self.pictures.renderer()?);
        let estimator = self.estimating.estimator(self.training.latent)?;
        let plan = Plan {
            training: &self.training,
            schemes: self.schemes.clone(),
            parts: self.folds,
            seeds: self.seeds,
            best_of: self.best_of,
            estimator: &estimator,
            threads: &self.threads,
        };
        let saved = Saved::open(&beside(&self.out), self.resume, &data, &plan)?;
        let guesses = score::score(&data, &plan, &saved)?;
        let rows = score::rows(&data, &guesses)?;
        let json = serde_json::to_string_pretty(&score::to_json(&data, &plan, &rows))?;
        let (table, held_out) = (score::table(&rows), score::held_out(&data, &plan, &guesses));
        out.write("scores.csv", |f| table.write(f))?;
        out.write("held_out.csv", |f| held_out.write(f))?;
        for (name, figure) in score::figures(&data, &plan, &guesses, &rows) {
            out.write_figure(&name, &figure)?;
        }
        out.write_text("scores.json", &format!("{json}\n"))?;
        out.commit()?;
        if !self.keep {
            saved.folder.remove()?;
        }
        if self.json {
            return say(&json);
        }
        score::print(&rows)?;
        say(&format!("scores in {}", self.out.display()))
    }
}
