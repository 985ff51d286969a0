//! `xrd symmetry paper`: the two networks of Vecsei et al. (2019).

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde::Serialize;
use xrd_report::draw_symmetry_history;
use xrd_study::symmetry::paper::{
    self, PaperEpoch, PaperNetwork, PaperPatterns, PaperPlan, PaperTraining, Published, sampling,
};
use xrd_study::symmetry::{
    Crystal, KnownCrystal, PatternSource, SymmetryAnswers, SymmetryReport, is_held_out,
    repeated_patterns,
};
use xrd_study::{Observer, Stage};

use super::crystals::{Crystals, Divided};
use super::labelled::Labelled;
use super::scores::{Beside, score_answers};
use crate::options::{Pictures, SavingOptions, Threads, count};
use crate::output::{self, pretty, say};
use crate::progress::Terminal;

/// Train a network of the paper of Vecsei et al. (2019) and score it.
///
/// The network is trained on patterns that are simulated when they are needed, with the noise and the
/// background of the paper, and with its two losses in turn. It is scored on patterns of structures that were
/// held out (one in twenty, by the hash of the name) and on measured patterns. The values of the paper are
/// printed beside.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd symmetry paper structures.jsonl --network dense --patterns scans/ --labels labels.csv
  xrd symmetry paper cif/ --network convolutional --patterns scans/ --labels labels.csv --resume")]
pub(crate) struct Paper {
    /// Structures: files of one structure (CIF, POSCAR), JSON lines with the key sg (number of the space group),
    /// or folders of them. Space groups that are not given are searched
    #[arg(value_name = "STRUCTURES", required = true)]
    structures: Vec<PathBuf>,
    /// Network of the paper
    #[arg(long, value_enum)]
    network: NetworkName,
    #[command(flatten)]
    labelled: Labelled,
    /// Folder for symmetry.json, training.json and figures
    #[arg(long, value_name = "DIR", default_value = "symmetry-paper")]
    out: PathBuf,
    /// Number of epochs
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = count)]
    epochs: usize,
    /// Number of patterns per epoch
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = count)]
    patterns_per_epoch: usize,
    /// Batch size
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = count)]
    batch: usize,
    /// Seed of the weights and of the patterns
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    saving: SavingOptions,
    /// Keep the finished training, so that --resume scores it again without training
    #[arg(long)]
    keep: bool,
    /// Print symmetry.json instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum NetworkName {
    /// Dense layers of 4000, 3000, 1000 and 800 values
    Dense,
    /// Convolutional network of Park et al. (2017)
    Convolutional,
}

impl From<NetworkName> for PaperNetwork {
    fn from(name: NetworkName) -> Self {
        match name {
            NetworkName::Dense => Self::Dense,
            NetworkName::Convolutional => Self::Convolutional,
        }
    }
}

impl Paper {
    pub(crate) fn run(self) -> Result<()> {
        let pool = self.threads.pool()?;
        pool.install(|| self.run_on_threads())
    }

    fn run_on_threads(&self) -> Result<()> {
        let observer = Terminal::default();
        let mut out = output::open(&self.out)?.protecting(self.labelled.inputs(), &[])?;
        let files = self.pictures.files()?;
        let measured = self.measured(&observer)?;
        let sources = self.sources(&observer)?;
        let (source, abundance) = (sources.training, sources.abundance);
        let tests = [sources.held_out, measured];
        let saving = self.saving.saving(&self.out).with_keep(self.keep);
        let plan = self.plan();
        let training = paper::train(&plan, &source, &tests, &saving, &observer)?;
        let scored = || self.reports(&training, &tests, &abundance);
        let reports = observer.stage(Stage::Estimating, scored)?;
        let about = TrainingFile {
            plan: &plan,
            structures: source.len(),
            epochs: training.history(),
        };
        out.write_text("training.json", &format!("{}\n", pretty(&about)?))?;
        files.write(
            &mut out,
            "epochs",
            &draw_symmetry_history(training.history()),
        )?;
        score_answers(reports, out, &files, self.json)?;
        if !self.keep {
            xrd_study::remove_saved(&saving)?;
        }
        match self.json {
            true => Ok(()),
            false => say(&format!("figures in {}", self.out.display())),
        }
    }

    /// The reports of all sets of patterns, with the values of the paper.
    fn reports(
        &self,
        training: &PaperTraining,
        tests: &[PaperPatterns; 2],
        abundance: &[usize],
    ) -> Result<Vec<(SymmetryReport, Beside)>> {
        let network = PaperNetwork::from(self.network);
        let published = Published::of(network);
        let name = format!("{} network of Vecsei et al. (2019)", network.name());
        let [simulated, measured] = tests;
        let rows: Vec<_> = measured
            .inputs
            .rows()
            .into_iter()
            .map(|r| r.to_vec())
            .collect();
        let repeated = repeated_patterns(&rows)?;
        let report = |set: &PaperPatterns, repeated: &[bool]| {
            let found = paper::probabilities(training.network(), set.inputs.view())?;
            let answers = SymmetryAnswers::new(&set.name, &name, &found, &set.space_groups)
                .with_repeated(repeated)
                .with_abundance(abundance);
            SymmetryReport::new(&answers)
        };
        Ok(vec![
            (report(simulated, &[])?, Beside::simulated(&published)),
            (report(measured, &repeated)?, Beside::measured(&published)),
        ])
    }

    fn plan(&self) -> PaperPlan {
        let mut plan = PaperPlan::new(PaperNetwork::from(self.network).spec());
        plan.epochs = self.epochs;
        plan.patterns_per_epoch = self.patterns_per_epoch;
        plan.batch = self.batch;
        plan.seed = self.seed;
        plan
    }

    fn measured(&self, observer: &dyn Observer) -> Result<PaperPatterns> {
        let grid = sampling()?.instrument().grid;
        let (data, groups) = self.labelled.read(Some(grid), observer)?;
        let intensities = (0..data.set.len()).map(|i| Ok(data.set.intensities(i)?.into_owned()));
        let intensities = intensities.collect::<Result<Vec<_>>>()?;
        let patterns: Vec<_> = intensities.into_iter().zip(groups).collect();
        Ok(PaperPatterns::new("measured", &patterns)?)
    }

    fn sources(&self, observer: &dyn Observer) -> Result<Sources> {
        let crystals = Crystals::read(&self.structures, sampling()?, None, observer)?;
        crystals.warn();
        let Divided { training, held_out } = crystals.divided(|c| is_held_out(&c.id))?;
        let (rest, held_out) = (joined(training), joined(held_out));
        let count = held_out.len();
        let tests = source(held_out, self.seed.wrapping_add(1))?;
        let patterns = (0..count).map(|k| Ok(tests.pattern_of(k, k as u64)?));
        let patterns = patterns.collect::<Result<Vec<_>>>()?;
        let mut abundance = vec![0; 230];
        for crystal in &rest {
            abundance[usize::from(crystal.space_group().number()) - 1] += 1;
        }
        Ok(Sources {
            held_out: PaperPatterns::new("simulated", &patterns)?,
            training: source(rest, self.seed)?,
            abundance,
        })
    }
}

/// Patterns of structures.
struct Sources {
    training: PatternSource,
    /// Patterns of structures that are not trained on, one each.
    held_out: PaperPatterns,
    /// Number of training structures of each space group.
    abundance: Vec<usize>,
}

/// Contents of `training.json`.
#[derive(Serialize)]
struct TrainingFile<'a> {
    plan: &'a PaperPlan,
    /// Number of training structures.
    structures: usize,
    epochs: &'a [PaperEpoch],
}

fn joined(groups: Vec<Vec<KnownCrystal>>) -> Vec<Crystal> {
    groups.into_iter().flatten().map(|c| c.crystal).collect()
}

fn source(crystals: Vec<Crystal>, seed: u64) -> Result<PatternSource> {
    let weighted = crystals.into_iter().map(|crystal| (crystal, 1.0));
    Ok(PatternSource::new(
        weighted.collect(),
        paper::effects()?,
        seed,
    )?)
}
