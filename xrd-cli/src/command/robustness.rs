//! `xrd robustness`: runs a robustness test of `xrd-study` and prints it.

mod print;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use xrd_report::draw_robustness;
use xrd_study::{
    Dataset, Experiment, ROBUSTNESS_FILE, RobustnessOptions, Saving, Session, Settings, Splits,
    laboratory_effects,
};

use crate::options::{
    Configuring, Estimating, Pictures, Source, Threads, Training, at_most, beside, fraction,
    positive,
};
use crate::output::{self, pretty, print_notes, renew_page, say};
use crate::progress::Terminal;

/// Default number of random splits.
const SPLITS: usize = 10;

/// Test how well labels are estimated from patterns of another diffractometer or preparation.
///
/// Held-out patterns are disturbed by one effect at a time, each in four sizes: zero shift, displacement
/// of the specimen, background, counting noise, line width, and corundum as an impurity. Their labels are
/// estimated on the planes of two networks, one trained with --effects and one without, and from raw
/// patterns: the three nearest ones, and ridge regression on 20 principal components. Here --effects is
/// laboratory by default for the built-in series and mild for patterns from files. All methods know
/// undisturbed training patterns only. Without --patterns the set is the built-in series.
///
/// The last lines are verdicts on the plane with effects at one size of each effect. If --out is the
/// folder of a study, its page report.html is written again and shows the results.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd robustness
  xrd robustness --patterns scans/ --labels labels.csv --splits 5 --effects effects.toml
  xrd robustness --out out        adds the results to the page of the study in out/
  xrd robustness --resume         continues after Ctrl-C")]
pub(crate) struct Robustness {
    #[command(flatten)]
    source: Source,
    /// Folder for robustness.csv, .json and .svg
    #[arg(long, value_name = "DIR", default_value = "robustness")]
    out: PathBuf,
    #[command(flatten)]
    configuring: Configuring,
    /// Number of random splits, from --seed on. Two networks are trained per split [default: 10]
    #[arg(long, value_name = "N", value_parser = at_most::<1000>)]
    splits: Option<usize>,
    /// Share of the patterns held out in each split [default: 0.1]
    #[arg(long, value_name = "X", value_parser = fraction)]
    test_fraction: Option<f64>,
    /// Radius of the goniometer in mm, for the displacement of the specimen
    #[arg(long, value_name = "X", default_value_t = 240.0, value_parser = positive)]
    radius_mm: f64,
    /// Label of the figure, the printed table and the verdicts [default: Ti for the built-in series,
    /// otherwise the first label that differs between patterns]
    #[arg(long, value_name = "NAME")]
    label: Option<String>,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    estimating: Estimating,
    /// Continue a stopped test from the networks saved under the name of --out with .unfinished appended.
    /// The number of splits and the estimator may be changed
    #[arg(long)]
    resume: bool,
    /// Keep the saved networks, so that --resume with another estimator needs no training
    #[arg(long)]
    keep: bool,
    /// Print robustness.json instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

impl Robustness {
    pub(crate) fn run(self) -> Result<()> {
        let experiment = self.experiment()?;
        self.configuring.save(&experiment)?;
        let (observer, pool) = (Terminal::default(), self.threads.pool()?);
        let data = pool.install(|| Dataset::load(&experiment.data, &observer))?;
        print_notes(&data.notes);
        let tables = ["robustness.csv"];
        let mut out = output::open(&self.out)?.protecting(experiment.data.inputs(), &tables)?;
        let files = self.pictures.files()?;
        let saving = Saving::new(beside(&self.out))
            .with_resume(self.resume)
            .with_keep(self.keep);
        let session = Session::new(&saving)
            .with_threads(self.threads.number()?)
            .with_observer(&observer);
        let options = RobustnessOptions::default()
            .with_radius_mm(self.radius_mm)
            .with_label(self.label.clone());
        let mut found = xrd_study::robustness(&experiment, &options, &data, session)?;
        found.report.version = crate::VERSION.to_owned();
        let (json, table) = (pretty(&found.report)?, found.report.table());
        out.write("robustness.csv", |f| table.write(f))?;
        files.write(&mut out, "robustness", &draw_robustness(&found.report))?;
        out.write_text(ROBUSTNESS_FILE, &format!("{json}\n"))?;
        out.commit()?;
        let report = found.report.clone();
        found.remove_unfinished()?;
        pool.install(|| renew_page(&self.out))?;
        if self.json {
            return say(&json);
        }
        print::print(&report)?;
        say(&format!("table and figure in {}", self.out.display()))
    }

    /// The experiment described by the options.
    fn experiment(&self) -> Result<Experiment> {
        let mut experiment = self.configuring.experiment()?;
        experiment.splits = match (self.test_fraction, experiment.splits) {
            (Some(test), _) => Splits::Fraction { test },
            (None, given @ Splits::Fraction { .. }) => given,
            (None, _) => bail!(
                "{}: not random splits (--test-fraction sets them)",
                self.configuring.file()
            ),
        };
        let default = (!self.configuring.is_given()).then_some(SPLITS);
        let splits = self.splits.or(default);
        self.training.apply_seeds(&mut experiment.seeds, splits);
        experiment.data = self.source.apply(experiment.data)?;
        if !self.configuring.is_given() {
            experiment.settings = Settings::of(&experiment.data);
        }
        self.training.apply(&mut experiment.settings)?;
        if !self.training.has_effects() {
            let effects = &mut experiment.settings.effects;
            *effects = effects.take().or_else(|| Some(laboratory_effects()));
        }
        let estimator = self.estimating.estimator.clone();
        let of_preset = self.training.preset_estimator();
        experiment.estimator = estimator.or(of_preset).or(experiment.estimator);
        Ok(experiment)
    }
}
