use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use xrd_relevance::SweepOptions;

use crate::dataset::Dataset;
use crate::options::{
    Estimating, Pictures, Saving, Source, Stopping, Target, Threads, Training, at_most, fraction,
    positive, target,
};
use crate::output::{OutputFolder, say};
use crate::split::Split;
use crate::study::{self, Plan, default_targets};
use crate::targets::{Place, check_targets};

/// Epochs of a quick study.
const QUICK_EPOCHS: usize = 60;

/// The whole study in one go: train, estimate, relevance, generated patterns, figures.
///
/// Without --patterns it re-creates the 150 patterns of Sm(1-y)Zr(y)Fe(12-x)Ti(x) that the method
/// was published with (Utimula et al. 2022). Files other than its own in --out are not touched.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd study
  xrd study --patterns scans/ --labels labels.csv --target Ti=0.3 --out results
  xrd study --seeds 10 --fwhm-deg 0.05 --out narrow")]
pub(crate) struct Study {
    #[command(flatten)]
    source: Source,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    stopping: Stopping,
    #[command(flatten)]
    estimating: Estimating,
    #[command(flatten)]
    saving: Saving,
    /// Train so many seeds, from --seed on, and report mean and spread
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_most::<1000>)]
    seeds: usize,
    /// Share of the patterns held back for testing
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = fraction)]
    test_fraction: f64,
    /// Names or files of the test patterns, one a line, instead of drawing them
    #[arg(long, value_name = "FILE", conflicts_with = "test_fraction")]
    test: Option<PathBuf>,
    /// Width of the relevance window in degrees; 0.03, or the grid's step if that is wider, by
    /// default
    #[arg(long, value_name = "X", value_parser = positive)]
    window_deg: Option<f64>,
    /// Generate a pattern for this value of a label; may be repeated
    #[arg(long = "target", value_name = "COL=VALUE", value_parser = target)]
    targets: Vec<Target>,
    /// Keep patterns of this value of a label from training and testing, generate one instead, and
    /// hold it against them (of the built-in series: against what is simulated); may be repeated
    #[arg(long, value_name = "COL=VALUE", value_parser = target)]
    leave_out: Vec<Target>,
    /// Which point is decoded for a target
    #[arg(long, value_enum, default_value_t)]
    place: Place,
    /// A first look: 60 epochs, marked as such in study.json
    #[arg(long, conflicts_with = "epochs")]
    quick: bool,
    /// Print study.json instead of the summary
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

/// What a study writes and a user might read.
const TABLES: [&str; 6] = [
    "patterns.npz",
    "latent.csv",
    "estimates.csv",
    "held_out.csv",
    "history.csv",
    "relevance.csv",
];

/// What the study in a folder wrote; nothing where there is none.
fn files_of(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("study.json")).unwrap_or_default();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let files = report["files"].as_array().into_iter().flatten();
    files
        .filter_map(|f| f.as_str())
        .map(str::to_owned)
        .collect()
}

impl Study {
    pub(crate) fn run(mut self) -> Result<()> {
        self.training.stopping = self.stopping.clone();
        if self.quick {
            self.training.epochs = QUICK_EPOCHS;
        }
        self.training.check_seeds(self.seeds)?;
        self.training.config(self.training.seed)?;
        let pool = self.threads.pool()?;
        let data = pool.install(|| self.source.dataset())?;
        let (data, left_out) = data.leave_out(&self.leave_out)?;
        for note in &data.notes {
            eprintln!("note: {note}");
        }
        let step = data.set.grid().step();
        let least = SweepOptions::default().window_deg.max(step);
        let window_deg = self.window_deg.unwrap_or(least);
        if window_deg < step * (1.0 - 1e-6) {
            bail!("--window-deg {window_deg}: less than the {step} between two angles");
        }
        let splits = self.splits(&data)?;
        let mut targets = match (&self.targets[..], &self.leave_out[..]) {
            ([], []) => default_targets(&data),
            (asked, _) => asked.to_vec(),
        };
        targets.extend(self.leave_out.iter().cloned());
        check_targets(&targets, data.labels.columns())?;
        let renderer = self.pictures.renderer()?;
        let out = OutputFolder::open(&self.out)?
            .sparing(self.source.inputs(), &TABLES)?
            .with_renderer(renderer);
        let plan = Plan {
            training: &self.training,
            saving: &self.saving,
            checkpoints: self.saving.place(&self.out),
            seeds: self.seeds,
            estimator: &self.estimating.estimator(self.training.latent)?,
            splits,
            targets,
            left_out,
            place: self.place,
            window_deg,
            dataset_seed: self.source.dataset_seed,
            quick: self.quick,
            threads: &self.threads,
        };
        let earlier = files_of(&self.out);
        let report = study::study(&data, &plan, out)?;
        let files = files_of(&self.out);
        let left = earlier
            .iter()
            .filter(|f| !files.contains(f) && self.out.join(f).is_file());
        if let [first, more @ ..] = &left.collect::<Vec<_>>()[..] {
            let more = match more.len() {
                0 => String::new(),
                n => format!(" (and {n} more)"),
            };
            let first = self.out.join(first);
            eprintln!(
                "note: {}: of an earlier study, and not of this one{more}",
                first.display()
            );
        }
        if self.json {
            return say(&serde_json::to_string_pretty(&report)?);
        }
        for line in study::summary(&report) {
            say(&line)?;
        }
        say(&format!("results in {}", self.out.display()))
    }

    fn splits(&self, data: &Dataset) -> Result<Vec<Split>> {
        let seeds = (0..self.seeds).map(|i| self.training.seed + i as u64);
        match &self.test {
            None => seeds
                .map(|s| Split::draw(&data.groups, self.test_fraction, s))
                .collect(),
            Some(file) => {
                let split = Split::listed(file, data.set.names(), &data.groups)?;
                Ok(seeds.map(|_| split.clone()).collect())
            }
        }
    }
}
