//! `xrd tune`: runs a comparison of settings of `xrd-study` and prints it.

mod print;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use xrd_study::{Change, Dataset, Experiment, Saving, Session, Settings, Splits};

use crate::options::{
    Configuring, Estimating, Source, Threads, Training, at_most, beside, fraction,
};
use crate::output::{self, pretty, print_notes, say};
use crate::progress::Terminal;

/// Default number of seeds.
const SEEDS: usize = 10;

/// Compare training settings by their test error over several seeds.
///
/// The base setting is given by the options, by default that of the paper. For each setting, networks
/// are trained on the same patterns as in a study with the same seeds. Two errors of the test patterns
/// are reported: the mean squared error of their reproduction, and delta, the squared error of their
/// estimated labels.
///
/// Each setting is compared with the base seed by seed. A difference inside the 95 % interval of chance
/// is noise (Student's t: 2.3 standard errors with ten seeds, 4.3 with three).
///
/// Without --vary the values are: half and double widths, one layer less and one more, half and double
/// batch size, half and double epochs, 0.3 and 3 times the learning rate, and 0, 0.1 and 10 times the
/// weight decay.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd tune --patterns scans/ --labels labels.csv --seeds 5
  xrd tune --vary hidden=128,12/128,64,32,12 --vary batch=5,20 --out tuned
  xrd tune --resume      continues after Ctrl-C")]
pub(crate) struct Tune {
    #[command(flatten)]
    source: Source,
    /// Folder for tuned.csv and tuned.json
    #[arg(long, value_name = "DIR", default_value = "tuned")]
    out: PathBuf,
    #[command(flatten)]
    configuring: Configuring,
    /// Values to try for hidden, batch, epochs, lr, weight-decay or label-weight, separated by /, as
    /// in hidden=64,12/128,12. One option is changed at a time. May be repeated
    #[arg(long, value_name = "OPTION=V/V", value_parser = vary)]
    vary: Vec<Vary>,
    /// Try every combination of the values of --vary
    #[arg(long, requires = "vary")]
    full_grid: bool,
    /// Number of seeds, from --seed on. Splits differ between seeds [default: 10]
    #[arg(long, value_name = "N", value_parser = at_most::<1000>)]
    seeds: Option<usize>,
    /// Share of the patterns held back as test patterns [default: 0.1]
    #[arg(long, value_name = "X", value_parser = fraction)]
    test_fraction: Option<f64>,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    estimating: Estimating,
    /// Continue a stopped comparison from the trainings saved under the name of --out with .unfinished
    /// appended. Settings and the number of seeds may be changed
    #[arg(long)]
    resume: bool,
    /// Keep the saved trainings, so that --resume with more settings or seeds trains only the new ones
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

    /// The experiment described by the options.
    fn experiment(&self) -> Result<Experiment> {
        let mut experiment = self.configuring.experiment()?;
        let file = self.configuring.file();
        experiment.splits = match (self.test_fraction, experiment.splits) {
            (_, Splits::CrossValidation { .. }) => {
                bail!("{file}: a scoring, not a comparison of settings (use xrd score --config)")
            }
            (Some(test), _) => Splits::Fraction { test },
            (None, Splits::List { .. }) => {
                bail!("{file}: the test patterns are listed (use --test-fraction to draw them)")
            }
            (None, given) => given,
        };
        let default = (!self.configuring.is_given()).then_some(SEEDS);
        let seeds = self.seeds.or(default);
        self.training.apply_seeds(&mut experiment.seeds, seeds);
        experiment.data = self.source.apply(experiment.data)?;
        if !self.configuring.is_given() {
            experiment.settings = Settings::of(&experiment.data);
        }
        self.training.apply(&mut experiment.settings)?;
        let estimator = self.estimating.estimator.clone();
        let of_preset = self.training.preset_estimator();
        experiment.estimator = estimator.or(of_preset).or(experiment.estimator);
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
