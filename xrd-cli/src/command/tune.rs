use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::options::{Estimating, Source, Threads, Training, at_most, beside, fraction};
use crate::output::{OutputFolder, say};
use crate::split::Split;
use crate::tune::{self, Plan, Saved, Vary, around, settings, vary};

/// Which settings of the training suit a set: mean test error over seeds, held against a base.
///
/// The base is what the options say, by default the paper's choice. Of each setting networks are
/// trained on the patterns that a study with the same seeds would train on; the test patterns give
/// the mean squared error of their reproduction and delta of their estimated labels. Seeds are
/// compared one by one with the base: a difference within the 95 % that chance alone has (Student's t: 2.3 standard errors
/// with ten seeds, 4.3 with three) is noise.
///
/// Without --vary: widths halved and doubled, one layer less and one more, half and double batch
/// and epochs, 0.3 and 3 times the learning rate, no weight decay, a tenth and ten times.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd tune --patterns scans/ --labels labels.csv --seeds 5
  xrd tune --vary hidden=128,12/128,64,32,12 --vary batch=5,20 --out tuned
  xrd tune --resume      goes on after Ctrl-C")]
pub(crate) struct Tune {
    #[command(flatten)]
    source: Source,
    /// Folder for tuned.csv and tuned.json
    #[arg(long, value_name = "DIR", default_value = "tuned")]
    out: PathBuf,
    /// Values to try of hidden, batch, epochs, lr or weight-decay, parted by /, as in
    /// hidden=64,12/128,12; may be repeated. One option is changed at a time
    #[arg(long, value_name = "OPTION=V/V", value_parser = vary)]
    vary: Vec<Vary>,
    /// Try every combination of the values of --vary
    #[arg(long, requires = "vary")]
    full_grid: bool,
    /// Train so many seeds, from --seed on; splits differ from seed to seed
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = at_most::<1000>)]
    seeds: usize,
    /// Share of the patterns held back for testing
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = fraction)]
    test_fraction: f64,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    estimating: Estimating,
    /// Go on with a comparison that was stopped, from what is in --out with .unfinished behind its
    /// name; other settings and another number of seeds may be asked for
    #[arg(long)]
    resume: bool,
    /// Keep that, so that --resume with more settings or seeds trains nothing again
    #[arg(long)]
    keep: bool,
    /// Print tuned.json instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

impl Tune {
    pub(crate) fn run(self) -> Result<()> {
        self.training.check_seeds(self.seeds)?;
        self.training.config(self.training.seed)?;
        let settings = match self.vary.is_empty() {
            true => settings(&self.training, &around(&self.training), false),
            false => settings(&self.training, &self.vary, self.full_grid),
        }?;
        let estimator = self.estimating.estimator(self.training.latent)?;
        let pool = self.threads.pool()?;
        let data = pool.install(|| self.source.dataset())?;
        for note in &data.notes {
            eprintln!("note: {note}");
        }
        let seeds = (0..self.seeds as u64).map(|i| self.training.seed + i);
        let split = |s| Ok((s, Split::draw(&data.groups, self.test_fraction, s)?));
        let plan = Plan {
            settings,
            splits: seeds.map(split).collect::<Result<_>>()?,
            test_fraction: self.test_fraction,
            estimator: &estimator,
            threads: &self.threads,
        };
        let mut out =
            OutputFolder::open(&self.out)?.sparing(self.source.inputs(), &["tuned.csv"])?;
        let saved = Saved::open(&beside(&self.out), self.resume, &data, &plan)?;
        let outcomes = tune::tune(&data, &plan, &saved)?;
        let rows = tune::rows(&plan, &outcomes);
        let json = serde_json::to_string_pretty(&tune::to_json(&data, &plan, &rows))?;
        let table = tune::table(&rows);
        out.write("tuned.csv", |f| table.write(f))?;
        out.write_text("tuned.json", &format!("{json}\n"))?;
        out.commit()?;
        if !self.keep {
            saved.folder.remove()?;
        }
        if self.json {
            return say(&json);
        }
        tune::print(&plan, &rows)?;
        say(&format!("table in {}", self.out.display()))
    }
}
