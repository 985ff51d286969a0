//! `xrd predict score`: the method and baselines on formulas that they do not know.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use xrd_study::Saving;
use xrd_study::predict::{MethodScore, PredictScore, ScoreSettings, TestSplit, score_prediction};

use super::known;
use crate::options::{Threads, share};
use crate::output::{pretty, say};
use crate::progress::Terminal;

/// Score predictions of formulas that are left out.
///
/// The structures of a part of the ternary formulas are left out. A predictor and baselines learn from the others,
/// and predict each formula. Its structure with the smallest identifier is the truth.
#[derive(Args)]
#[command(after_help = "\
Example:
  xrd predict score structures/
  xrd predict score structures/ --split chemical-system --json > score.json
  xrd predict score earlier/ --split time --later later.jsonl
  xrd predict score structures/ --checkpoint score.unfinished --resume   continues after Ctrl-C")]
pub(crate) struct Score {
    /// Structures: .jsonl, .cif and POSCAR files, or folders of them
    #[arg(value_name = "FILE|DIR", required = true)]
    structures: Vec<PathBuf>,
    /// Test part: formulas, all formulas of chemical systems, or new formulas of later structures
    #[arg(long, value_enum, default_value_t = Split::Formula)]
    split: Split,
    /// Share of the test part
    #[arg(long, value_name = "X", default_value_t = 0.2, value_parser = share)]
    share: f64,
    /// Seed of the split
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Structures of the split by time; their formulas that do not occur in FILE|DIR are the test part
    #[arg(long, value_name = "FILE|DIR")]
    later: Vec<PathBuf>,
    /// Score a second part, chosen from the formulas outside of the test part with the next seed. Neither part is
    /// learned from, so that changes of the method can be compared without the test part
    #[arg(long)]
    validation: bool,
    /// Save finished work in this folder; it is removed at the end
    #[arg(long, value_name = "DIR")]
    checkpoint: Option<PathBuf>,
    /// Continue from the saved work, or start if nothing was saved
    #[arg(long, requires = "checkpoint")]
    resume: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Split {
    /// Formulas
    Formula,
    /// Chemical systems
    ChemicalSystem,
    /// Formulas of --later
    Time,
}

impl Score {
    pub(crate) fn run(&self) -> Result<()> {
        let split = self.split()?;
        let pool = self.threads.pool()?;
        let terminal = Terminal::default();
        let read = |paths: &[PathBuf]| -> Result<_> {
            let (known, skipped) = pool.install(|| known::read(paths, &terminal))?;
            if let Some((count, why)) = skipped {
                eprintln!("note: {count} structures are left out; the first: {why}");
            }
            Ok(known)
        };
        let known = read(&self.structures)?;
        let later = match self.later.is_empty() {
            true => Vec::new(),
            false => read(&self.later)?,
        };
        let settings = ScoreSettings {
            split,
            share: self.share,
            seed: self.seed,
            is_validation: self.validation,
        };
        let saving = self.checkpoint.as_ref();
        let saving = saving.map(|folder| Saving::new(folder).with_resume(self.resume));
        let score = || score_prediction(&known, &later, settings, saving.as_ref(), &terminal);
        let score = pool.install(score)?;
        match self.json {
            true => say(&pretty(&score)?),
            false => lines(&score).iter().try_for_each(|line| say(line)),
        }
    }

    fn split(&self) -> Result<TestSplit> {
        let split = match self.split {
            Split::Formula => TestSplit::Formula,
            Split::ChemicalSystem => TestSplit::ChemicalSystem,
            Split::Time => TestSplit::Time,
        };
        let is_by_time = split == TestSplit::Time;
        if is_by_time && self.validation {
            bail!("--validation has no meaning with --split time (use --split formula)");
        }
        match (is_by_time, self.later.is_empty()) {
            (true, true) => bail!("--split time has no later structures (add --later FILE|DIR)"),
            (false, false) => bail!("--later has no meaning without --split time"),
            _ => Ok(split),
        }
    }
}

fn lines(score: &PredictScore) -> Vec<String> {
    let mut lines = vec![format!("learned from {} structures", score.learned)];
    for (name, methods) in [("ternary", &score.ternary), ("ABC3", &score.abc3)] {
        let count = methods.first().map_or(0, |m| m.formulas);
        lines.push(format!("\n{name}: {count} test formulas"));
        lines.push(
            "match  reverse  5-90 match reverse  cosine Pearson JSD    DTW    F1 0.2°  0.5°   2°     polymorphs  space group first/five  method"
                .to_owned(),
        );
        lines.extend(methods.iter().map(line));
    }
    lines.push(
        "\ncosine Pearson JSD of ternary formulas: of peaks alone, and of peaks merged and moved to the true peaks within 2°"
            .to_owned(),
    );
    for m in &score.ternary {
        let [alone, moved] = m
            .peak_distances
            .map(|d| format!("{:.3} {:.3} {:.3}", d[0], d[1], d[2]));
        lines.push(format!("{alone}   {moved}   {}", m.method));
    }
    lines
        .push("\nprobability  right space group  F1 0.5°, by tenths of the predictions".to_owned());
    let row = |r: &[f64; 3]| format!("{:11.3}  {:17.3}  {:.3}", r[0], r[1], r[2]);
    lines.extend(score.reliability.iter().map(row));
    lines
}

fn line(m: &MethodScore) -> String {
    let distances = m.distances.map_or_else(
        || "-      -       -      -     ".to_owned(),
        |d| format!("{:.3}  {:.3}   {:.3}  {:6.2}", d[0], d[1], d[2], d[3]),
    );
    let groups = m.space_group.map_or_else(
        || "-                     ".to_owned(),
        |g| format!("{:.3} / {:.3}         ", g[0], g[1]),
    );
    let [a, b, c] = [0, 1, 2].map(|k| m.peaks[k].f1);
    let [near, reverse] = m.measured_match;
    format!(
        "{:.3}  {:.3}    {near:.3}      {reverse:.3}    {distances}  {a:.3}    {b:.3}  {c:.3}  {:.3}       {groups}  {}",
        m.peak_match, m.reverse_match, m.best_polymorph_f1, m.method
    )
}
