//! `xrd score`: runs a scoring of `xrd-study` and prints it.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use xrd_study::{
    Dataset, Experiment, Saving, Scheme, ScoreReport, ScoreRow, Session, Settings, Splits,
};

use crate::options::{
    Configuring, Estimating, Pictures, Ranges, SchemeName, Source, Threads, Training, at_most,
    beside,
};
use crate::output::{self, pretty, print_notes, say};
use crate::progress::Terminal;

/// Default number of folds and regions.
const FOLDS: usize = 5;

/// Default number of seeds.
const SEEDS: usize = 10;

/// Score the estimates of labels by cross-validation, on the plane and from raw patterns.
///
/// Parts of the set are left out in turn, and networks are trained on the rest. Every estimator on the
/// plane is compared with three methods on raw patterns: the three nearest patterns by the cosine of
/// √intensity, ridge regression on 20 principal components, and partial least squares. Without
/// --patterns the set is the built-in series.
///
/// Patterns that are left out are not used in training. The exception is leave-one-out: one network is
/// trained on all patterns, without labels (--label-weight 0), and the labels are left out in turn.
///
/// Intervals are made from the errors in the other parts. They should contain 90 % of the true values.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd score --patterns scans/ --labels labels.csv --seeds 10
  xrd score --schemes folds,regions,compositions,leave-one-out --epochs 300 --out series-scores
  xrd score --resume      continues after Ctrl-C")]
pub(crate) struct Score {
    #[command(flatten)]
    source: Source,
    /// Folder for scores.csv, scores.json, held_out.csv and one figure per label
    #[arg(long, value_name = "DIR", default_value = "scores")]
    out: PathBuf,
    #[command(flatten)]
    configuring: Configuring,
    /// Patterns that are left out in turn [default: folds]
    #[arg(long, value_enum, value_delimiter = ',')]
    schemes: Vec<SchemeName>,
    /// Number of folds and of regions [default: 5]
    #[arg(long, value_name = "N", value_parser = at_most::<1000>)]
    folds: Option<usize>,
    /// Number of seeds, from --seed on. Folds differ between seeds [default: 10]
    #[arg(long, value_name = "N", value_parser = at_most::<1000>)]
    seeds: Option<usize>,
    /// Networks per part and seed. Two results are reported: that of the network that reproduces its
    /// training patterns best, as xrd study --seeds N chooses it, and the mean of the estimates of all
    /// N. The additional networks use seeds after those of --seeds [default: 1]
    #[arg(long, value_name = "N", value_parser = at_most::<100>)]
    best_of: Option<usize>,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    estimating: Estimating,
    #[command(flatten)]
    ranges: Ranges,
    /// Continue a stopped scoring from the networks saved under the name of --out with .unfinished
    /// appended. Schemes, estimators and the number of seeds may be changed
    #[arg(long)]
    resume: bool,
    /// Keep the saved networks, so that --resume with another estimator needs no training
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
    pub(crate) fn run(self) -> Result<()> {
        let experiment = self.experiment()?;
        self.configuring.save(&experiment)?;
        let (observer, pool) = (Terminal::default(), self.threads.pool()?);
        let data = pool.install(|| Dataset::load(&experiment.data, &observer))?;
        print_notes(&data.notes);
        let tables = ["scores.csv", "held_out.csv"];
        let mut out = output::open(&self.out)?.protecting(experiment.data.inputs(), &tables)?;
        let files = self.pictures.files()?;
        let saving = Saving::new(beside(&self.out))
            .with_resume(self.resume)
            .with_keep(self.keep);
        let session = Session::new(&saving)
            .with_threads(self.threads.number()?)
            .with_observer(&observer);
        let mut score = xrd_study::score(&experiment, data, session)?;
        score.report.version = crate::VERSION.to_owned();
        let json = pretty(&score.report)?;
        let (table, held_out) = (score.report.table(), score.held_out());
        out.write("scores.csv", |f| table.write(f))?;
        out.write("held_out.csv", |f| held_out.write(f))?;
        for (name, figure) in xrd_report::draw_scores(&score) {
            files.write(&mut out, &name, &figure)?;
        }
        out.write_text("scores.json", &format!("{json}\n"))?;
        out.commit()?;
        let report = score.report.clone();
        score.remove_unfinished()?;
        if self.json {
            return say(&json);
        }
        print(&report)?;
        say(&format!("scores in {}", self.out.display()))
    }

    /// The experiment described by the options.
    fn experiment(&self) -> Result<Experiment> {
        let mut experiment = self.configuring.experiment()?;
        let file = self.configuring.file();
        let (given, folds) = match experiment.splits {
            Splits::CrossValidation { schemes, folds } => (schemes, folds),
            _ if self.configuring.is_given() => {
                bail!("{file}: not a scoring (use xrd study --config or xrd tune --config)")
            }
            _ => (vec![Scheme::Folds], FOLDS),
        };
        let mut asked = self.schemes.clone();
        asked.sort_unstable();
        asked.dedup();
        experiment.splits = Splits::CrossValidation {
            schemes: match asked.is_empty() {
                true => given,
                false => asked.into_iter().map(Scheme::from).collect(),
            },
            folds: self.folds.unwrap_or(folds),
        };
        let default = (!self.configuring.is_given()).then_some(SEEDS);
        let seeds = self.seeds.or(default);
        self.training.apply_seeds(&mut experiment.seeds, seeds);
        experiment.networks = self.best_of.unwrap_or(experiment.networks);
        experiment.data = self.source.apply(experiment.data)?;
        if !self.configuring.is_given() {
            experiment.settings = Settings::of(&experiment.data);
        }
        self.training.apply(&mut experiment.settings)?;
        let estimator = self.estimating.estimator.clone();
        let of_preset = self.training.preset_estimator();
        experiment.estimator = estimator.or(of_preset).or(experiment.estimator);
        self.ranges.apply(&mut experiment);
        Ok(experiment)
    }
}

/// Prints R² for each scheme and method, with one column per label.
fn print(report: &ScoreReport) -> Result<()> {
    let mut scheme = None;
    let rows = &report.scores;
    say(
        "R2 per label (1: perfect, 0: no better than the mean label), each pattern tested in turn;",
    )?;
    say(
        "shares of estimates outside the known points, far: farther from them than they are from each other,",
    )?;
    say("unlike: reproduced worse by the network than any known pattern")?;
    let by_method = rows.chunk_by(|a, b| a.scheme == b.scheme && a.method == b.method);
    for labels in by_method {
        let first = &labels[0];
        if scheme != Some(first.scheme) {
            scheme = Some(first.scheme);
            let names = labels.iter().map(|row| format!("{:>15}", row.label));
            let names: String = names.collect();
            say(&format!(
                "{:<20}{names}  outside    far unlike  in 90 % interval",
                first.scheme.to_string()
            ))?;
        }
        let r2: String = labels
            .iter()
            .map(|row| format!("{:>15}", shown(row)))
            .collect();
        let covered: Vec<String> = labels.iter().map(|row| percent(row.covered)).collect();
        let marks = [Some(1.0 - first.inside), first.far, first.unlike].map(percent);
        say(&format!(
            "  {:<18}{r2}  {:>7} {:>6} {:>6}  {}",
            first.method,
            marks[0],
            marks[1],
            marks[2],
            covered.join(" ")
        ))?;
    }
    let limits = report.limits.iter();
    limits
        .map(|limit| format!("note: {limit}"))
        .try_for_each(|line| say(&line))
}

fn shown(row: &ScoreRow) -> String {
    match (row.r2_mean, row.r2_sd) {
        (Some(mean), Some(sd)) => format!("{mean:.3} ± {sd:.3}"),
        (Some(mean), None) => format!("{mean:.3}        "),
        _ => "none        ".to_owned(),
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |s| format!("{:.0} %", 100.0 * s))
}
