use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use crate::dataset::Dataset;
use crate::figure::Pictures;
use crate::options::{
    Estimating, Saving, Source, Target, Threads, Training, at_most, fraction, positive, target,
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
    estimating: Estimating,
    #[command(flatten)]
    saving: Saving,
    /// Train so many seeds, from --seed on, and report mean and spread
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_most::<1000>)]
    seeds: usize,
    /// Share of the patterns held back for testing
    #[arg(long, value_name = "X", default_value_t = 0.1, value_parser = fraction)]
    test_fraction: f64,
    /// Names of the test patterns, one a line, instead of drawing them
    #[arg(long, value_name = "FILE", conflicts_with = "test_fraction")]
    test: Option<PathBuf>,
    /// Width of the relevance window in degrees
    #[arg(long, value_name = "X", default_value_t = 0.03, value_parser = positive)]
    window_deg: f64,
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

impl Study {
    pub(crate) fn run(mut self) -> Result<()> {
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
        let splits = self.splits(&data)?;
        let mut targets = match (&self.targets[..], &self.leave_out[..]) {
            ([], []) => default_targets(&data),
            (asked, _) => asked.to_vec(),
        };
        targets.extend(self.leave_out.iter().cloned());
        check_targets(&targets, data.labels.columns())?;
        let renderer = self.pictures.renderer()?;
        let out = OutputFolder::open(&self.out)?.with_renderer(renderer);
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
            window_deg: self.window_deg,
            dataset_seed: self.source.dataset_seed,
            quick: self.quick,
            threads: &self.threads,
        };
        let report = study::study(&data, &plan, out)?;
        if self.json {
            return say(&serde_json::to_string_pretty(&report)?);
        }
        self.summarise(&report)
    }

    fn splits(&self, data: &Dataset) -> Result<Vec<Split>> {
        let seeds = (0..self.seeds).map(|i| self.training.seed + i as u64);
        match &self.test {
            None => seeds
                .map(|s| Split::draw(&data.groups, self.test_fraction, s))
                .collect(),
            Some(file) => {
                let text =
                    std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
                let place = |(line, name): (usize, &str)| {
                    let found = data.set.names().iter().position(|n| n == name.trim());
                    found.with_context(|| {
                        format!(
                            "--test {}: line {}: no pattern '{name}'",
                            file.display(),
                            line + 1
                        )
                    })
                };
                let lines = text
                    .lines()
                    .enumerate()
                    .filter(|(_, l)| !l.trim().is_empty());
                let test: Vec<usize> = lines.map(place).collect::<Result<_>>()?;
                let split = Split::with_test(data.set.len(), test)?;
                Ok(seeds.map(|_| split.clone()).collect())
            }
        }
    }

    /// The figures a user looks for first.
    fn summarise(&self, report: &Value) -> Result<()> {
        let (t, e) = (&report["training"], &report["estimation"]);
        let number = |v: &Value| v.as_f64().map_or("none".to_owned(), |x| format!("{x:.4}"));
        say(&format!(
            "trained {} patterns for {} epochs in {:.0} s ({:.1} ms an epoch)",
            t["train_patterns"],
            t["epochs"],
            t["seconds"].as_f64().unwrap_or_default(),
            t["ms_per_epoch"].as_f64().unwrap_or_default(),
        ))?;
        say(&format!(
            "explained variance {} (test {}), saturated {}",
            number(&t["explained_variance_train"]),
            number(&t["explained_variance_test"]),
            number(&t["saturated_fraction"]),
        ))?;
        say(&format!(
            "{} of {} test patterns inside a triangle, delta median {:.1e}, worst {:.1e}",
            e["inside"],
            e["count"],
            e["delta_median"].as_f64().unwrap_or_default(),
            e["delta_worst"].as_f64().unwrap_or_default(),
        ))?;
        for (label, score) in e["per_label"].as_object().into_iter().flatten() {
            say(&format!(
                "  {label:<10} R2 {:<7} mean error {}",
                number(&score["r2"]),
                number(&score["mae"])
            ))?;
        }
        for line in report["relevance"]["lines"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let verdict = line["verdict"].as_str().filter(|v| !v.is_empty());
            let hkl: Vec<String> = (0..3).map(|i| line["hkl"][i].to_string()).collect();
            say(&format!(
                "line ({}) at {:.2}: intensity {}, relevance {}, ratio {}: {} ({} of {} seeds)",
                hkl.join(" "),
                line["two_theta"].as_f64().unwrap_or_default(),
                number(&line["relative_intensity"]),
                number(&line["relative_dev_mean"]),
                number(&line["ratio"]),
                verdict.unwrap_or("no verdict"),
                line["seeds_agreeing"],
                self.seeds,
            ))?;
        }
        for g in report["generation"].as_array().into_iter().flatten() {
            say(&format!(
                "generated {}: R to the truth {} (blend of the neighbours {}), Pearson {} ({})",
                g["target"].as_str().unwrap_or_default(),
                number(&g["relative_difference_truth"]),
                number(&g["relative_difference_blend"]),
                number(&g["pearson_truth"]),
                number(&g["pearson_blend"]),
            ))?;
        }
        if self.seeds > 1 {
            let (mean, sd) = (&report["summary"]["mean"], &report["summary"]["sd"]);
            let median = &report["summary"]["median"];
            say(&format!(
                "over {} seeds, mean (sd) median; figures above are of seed {}:",
                self.seeds, report["seed"]
            ))?;
            for (name, value) in mean.as_object().into_iter().flatten() {
                let (sd, median) = (number(&sd[name]), number(&median[name]));
                say(&format!("  {name:<30} {} ({sd}) {median}", number(value)))?;
            }
            for g in report["summary"]["generation"]
                .as_array()
                .into_iter()
                .flatten()
            {
                let line = |of: &str| {
                    let figure = |what| number(&g[format!("relative_difference_{of}_{what}")]);
                    format!("{} ({}) {}", figure("mean"), figure("sd"), figure("median"))
                };
                say(&format!(
                    "  generated {}: R to the truth {}, of the blend {}",
                    g["target"].as_str().unwrap_or_default(),
                    line("truth"),
                    line("blend"),
                ))?;
            }
        }
        say(&format!("results in {}", self.out.display()))
    }
}
