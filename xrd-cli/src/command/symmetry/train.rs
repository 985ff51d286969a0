//! `xrd symmetry train`: a model from structures alone.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;
use xrd_identify::Library;
use xrd_study::symmetry::{
    CalibrationPlan, CalibrationReport, Known, KnownCrystal, PatternSource, Sampling,
    SymmetryEffects, calibrate, network_files, train_networks,
};
use xrd_study::xrd_symmetry::{Classifier, TrainingPlan};
use xrd_study::{Inputs, Saving};

use super::crystals::{Crystals, Divided};
use super::shipped;
use crate::options::{SavingOptions, Threads, count, share};
use crate::output::{pretty, say};
use crate::progress::Terminal;

/// Argument of `--calibrate` for the model in the program.
const SHIPPED: &str = "shipped";

/// Train a model on structures alone, for xrd symmetry --model.
///
/// Networks are trained on patterns that are simulated when they are needed, with the effects of laboratory instruments.
/// One substance in twenty is held out (by the hash of its name or formula). On simulated patterns of these, the networks are
/// combined with the nearest structures of a library and calibrated, and the limits of refusal are chosen. Each
/// STRUCTURES argument gives an equal share of the patterns.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd symmetry train cif/ --out my.model --checkpoint training/ --resume
  xrd symmetry train minerals.jsonl structures/ --networks 5 --out my.model
  xrd symmetry train cif/ --calibrate shipped --library my.lines --out my.model
  xrd symmetry scan.xy --model my.model")]
pub(crate) struct Train {
    /// Structures: files of one structure (CIF, POSCAR), JSON lines with the key sg (number of the space group),
    /// or folders of them. Space groups that are not given are searched
    #[arg(value_name = "STRUCTURES", required = true)]
    structures: Vec<PathBuf>,
    /// Output file of the model. Its name without the extension is the name of the model
    #[arg(long, value_name = "FILE", default_value = "symmetry.model")]
    out: PathBuf,
    /// Number of networks, each with a seed of its own. Their probabilities are averaged
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count)]
    networks: usize,
    /// Number of steps per network
    #[arg(long, value_name = "N", default_value_t = 16_000, value_parser = count)]
    steps: usize,
    /// Batch size
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = count)]
    batch: usize,
    /// Do not train, but calibrate the networks of this model anew, for example with another library; 'shipped' is the
    /// model in the program. The structures have to be those it was trained on, as only the same ones are held out
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["networks", "steps", "batch", "keep"])]
    calibrate: Option<PathBuf>,
    /// Share of patterns of structures with other elements, coordinates and axes, 0 to 1
    #[arg(long, value_name = "X", default_value_t = 0.35, value_parser = share)]
    variants: f64,
    /// Seed of the first network, of its patterns and of the variants
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Library of known structures (see xrd library) for the calibration, instead of that in the program
    #[arg(long, value_name = "FILE")]
    library: Option<PathBuf>,
    #[command(flatten)]
    saving: SavingOptions,
    /// Keep the finished trainings, so that --resume with more networks goes on with them
    #[arg(long)]
    keep: bool,
    /// Print the plan and the calibration as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

/// What is printed with `--json`.
#[derive(Serialize)]
struct Summary<'a> {
    /// `None` if no network was trained.
    plan: Option<&'a TrainingPlan>,
    networks: usize,
    variants: f64,
    /// Number of structures for training in each group.
    training: &'a [usize],
    /// Number of structures held out in each group.
    held_out: &'a [usize],
    calibration: &'a CalibrationReport,
}

impl Train {
    pub(crate) fn run(self) -> Result<()> {
        if self.variants == 1.0 {
            bail!("--variants 1 (expected 0 to 1, without 1)");
        }
        let inputs = self
            .structures
            .iter()
            .chain(&self.library)
            .chain(&self.calibrate);
        Inputs::new(inputs).refuse_overwrite(&self.out)?;
        xrd_io::write::check_writable(&self.out)?;
        let pool = self.threads.pool()?;
        pool.install(|| self.run_on_threads())
    }

    fn run_on_threads(&self) -> Result<()> {
        let observer = Terminal::default();
        let library = self.library()?;
        let saving = self.saving.for_file(&self.out)?;
        let variants = (self.variants > 0.0).then_some(self.seed);
        let crystals =
            Crystals::read(&self.structures, Sampling::networks()?, variants, &observer)?;
        crystals.warn();
        let Divided { training, held_out } = crystals.divided(KnownCrystal::is_held_out)?;
        let [trained, apart] =
            [&training, &held_out].map(|groups| groups.iter().map(Vec::len).collect::<Vec<_>>());
        let effects = SymmetryEffects::default();
        let (classifier, plan) = match &self.calibrate {
            Some(file) => {
                let model = shipped(Some(file.as_path()).filter(|f| *f != Path::new(SHIPPED)))?;
                (model.into_networks().with_name(self.name()), None)
            }
            None => {
                let source =
                    PatternSource::of_groups(training, self.variants, effects.clone(), self.seed)?;
                let plan = self.plan();
                let networks = train_networks(&plan, self.networks, &source, &saving, &observer)?;
                let classifier = Classifier::new(self.name(), networks)?;
                // Networks as they are read from the file, with weights of 8 bits.
                (Classifier::from_bytes(&classifier.to_bytes()?)?, Some(plan))
            }
        };
        let networks = classifier.networks().len();
        let calibration = CalibrationPlan::default();
        let (model, report) = calibrate(
            classifier,
            &held_out,
            &effects,
            &library,
            &calibration,
            &observer,
        )?;
        let bytes = model.to_bytes()?;
        xrd_io::write::atomically(&self.out, |f| f.write_all(&bytes))?;
        if let Some(plan) = plan.as_ref().filter(|_| !self.keep) {
            self.remove(&saving, plan)?;
        }
        let summary = Summary {
            plan: plan.as_ref(),
            networks,
            variants: self.variants,
            training: &trained,
            held_out: &apart,
            calibration: &report,
        };
        match self.json {
            true => say(&pretty(&summary)?),
            false => summary.lines(&self.out).iter().try_for_each(|l| say(l)),
        }
    }

    fn library(&self) -> Result<Library> {
        let Some(file) = &self.library else {
            return Ok(xrd_line_lists::library());
        };
        let name = || file.display().to_string();
        let bytes = std::fs::read(file).with_context(name)?;
        Library::from_bytes(&bytes).with_context(name)
    }

    /// One cycle of the learning rate.
    fn plan(&self) -> TrainingPlan {
        TrainingPlan {
            first_cycle: self.steps as u64,
            cycle: self.steps as u64,
            cycles: 1,
            batch: self.batch,
            seed: self.seed,
            ..TrainingPlan::default()
        }
    }

    fn name(&self) -> String {
        let stem = self.out.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    /// Removes the trainings, and their folder if nothing else is in it.
    fn remove(&self, saving: &Saving, plan: &TrainingPlan) -> Result<()> {
        for file in network_files(&saving.path, plan.seed, self.networks) {
            std::fs::remove_file(&file).with_context(|| file.display().to_string())?;
        }
        // A folder with other files stays.
        let _ = std::fs::remove_dir(&saving.path);
        Ok(())
    }
}

impl Summary<'_> {
    fn lines(&self, out: &Path) -> Vec<String> {
        let report = self.calibration;
        let structures = self.training.iter().sum::<usize>();
        let trained = match self.plan {
            Some(plan) => format!(
                "trained on {} patterns each of {structures} structures",
                plan.steps() * plan.batch as u64
            ),
            None => "not trained again".to_owned(),
        };
        let mut lines = vec![
            format!("{} networks, {trained}", self.networks),
            String::new(),
            "simulated patterns of substances that were held out".to_owned(),
            format!(
                "{:<10} {:>5} {:<9} {:>8} {:>11} {:>7} {:>8} {:>15}",
                "answers",
                "group",
                "known",
                "patterns",
                "space group",
                "system",
                "answered",
                "of these right"
            ),
        ];
        let percent = |x: f64| format!("{:.1} %", 100.0 * x);
        for score in &report.scores {
            lines.push(format!(
                "{:<10} {:>5} {:<9} {:>8} {:>11} {:>7} {:>8} {:>15}",
                score.answers,
                score.group,
                match score.known {
                    Known::Structure => "structure",
                    Known::Substance => "substance",
                    Known::Nothing => "nothing",
                },
                score.patterns,
                percent(score.space_group),
                percent(score.crystal_system),
                percent(score.answered),
                percent(score.right),
            ));
        }
        let [networks, nearest] = report.exponents.map(|e| {
            let [system, extinction, group] = [e.crystal_system, e.extinction_group, e.space_group];
            format!("{system:.3} / {extinction:.3} / {group:.3}")
        });
        lines.extend([
            String::new(),
            format!("exponents for crystal system / extinction group / space group: networks {networks}, nearest structures {nearest}"),
            format!(
                "threshold {:.2}, at most {} of the peaks unexplained: {} of mixtures and {} of patterns without lines are answered",
                report.threshold,
                percent(report.most_unexplained),
                percent(report.mixtures_answered),
                percent(report.lineless_answered)
            ),
            format!("model in {}", out.display()),
        ]);
        lines
    }
}
