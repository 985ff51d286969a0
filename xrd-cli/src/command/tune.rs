//! `xrd tune`: a comparison of settings of `xrd-study`, printed.

mod print;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use xrd_study::{Change, Dataset, Experiment, Saving, Session, Splits};

use crate::options::{
    Configuring, Estimating, Source, Threads, Training, at_most, beside, fraction,
};
use crate::output::{self, pretty, print_notes, say};
use crate::progress::Terminal;

/// Seeds unless asked for otherwise.
const SEEDS: usize = 10;

/// Which settings of the training suit a set: mean test error over seeds, compared with a base.
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
    #[command(flatten)]
    configuring: Configuring,
    /// Values to try of hidden, batch, epochs, lr or weight-decay, separated by /, as in
    /// hidden=64,12/128,12; may be repeated. One option is changed at a time
    #[arg(long, value_name = "OPTION=V/V", value_parser = vary)]
    vary: Vec<Vary>,
    /// Try every combination of the values of --vary
    #[arg(long, requires = "vary")]
    full_grid: bool,
    /// Number of seeds to train, from --seed on; splits differ from seed to seed [default: 10]
    #[arg(long, value_name = "N", value_parser = at_most::<1000>)]
    seeds: Option<usize>,
    /// Share of the patterns held back for testing [default: 0.1]
    #[arg(long, value_name = "X", value_parser = fraction)]
    test_fraction: Option<f64>,
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

/// Values of one option. A type of its own, as clap reads a `Vec` as a repeated option.
#[derive(Clone, Debug)]
struct Vary(Vec<Change>);

fn vary(text: &str) -> Result<Vary, String> {
    Change::list(text).map(Vary).map_err(|e| e.to_string())
}

impl Tune {
    pub(crate) fn run(self) -> Result<()> {
        let experiment = self.experiment()?;
        self.configuring.save(&experiment)?;
        let (observer, pool) = (Terminal::default(), self.threads.pool()?);
        let data = pool.install(|| Dataset::load(&experiment.data, &observer))?;
        print_notes(&data.notes);
        let mut out =
            output::open(&self.out)?.protecting(experiment.data.inputs(), &["tuned.csv"])?;
        let saving = Saving::new(beside(&self.out))
            .with_resume(self.resume)
            .with_keep(self.keep);
        let session = Session::new(&saving)
            .with_threads(self.threads.number()?)
            .with_observer(&observer);
        let mut tune = xrd_study::tune(&experiment, &data, session)?;
        tune.report.version = crate::VERSION.to_owned();
        let json = pretty(&tune.report)?;
        let table = tune.report.table()?;
        out.write("tuned.csv", |f| table.write(f))?;
        out.write_text("tuned.json", &format!("{json}\n"))?;
        out.commit()?;
        let report = tune.report.clone();
        tune.remove_unfinished()?;
        if self.json {
            return say(&json);
        }
        print::print(&experiment, &report)?;
        say(&format!("table in {}", self.out.display()))
    }

    /// The experiment that the options describe.
    fn experiment(&self) -> Result<Experiment> {
        let mut experiment = self.configuring.experiment()?;
        let file = self.configuring.file();
        experiment.splits = match (self.test_fraction, experiment.splits) {
            (_, Splits::CrossValidation { .. }) => bail!("{file}: a scoring (xrd score --config)"),
            (Some(test), _) => Splits::Fraction { test },
            (None, Splits::List { .. }) => {
                bail!("{file}: test patterns are listed (--test-fraction draws them)")
            }
            (None, given) => given,
        };
        let default = (!self.configuring.is_given()).then_some(SEEDS);
        let seeds = self.seeds.or(default);
        self.training.apply_seeds(&mut experiment.seeds, seeds);
        experiment.data = self.source.apply(experiment.data)?;
        self.training.apply(&mut experiment.settings)?;
        let estimator = self.estimating.estimator.clone();
        experiment.estimator = estimator.or(experiment.estimator);
        let base = &experiment.settings;
        let changes: Vec<Change> = self.vary.iter().flat_map(|v| v.0.clone()).collect();
        experiment.variations = match (&changes[..], self.full_grid) {
            ([], _) if !experiment.variations.is_empty() => experiment.variations,
            ([], _) => xrd_study::one_at_a_time(base, &xrd_study::around(base)),
            (changes, true) => xrd_study::combinations(base, changes)?,
            (changes, false) => xrd_study::one_at_a_time(base, changes),
        };
        Ok(experiment)
    }
}
