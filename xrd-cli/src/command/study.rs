//! `xrd study`: runs a study of `xrd-study`, writes its figures and its page, prints a summary.

mod summary;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use xrd_report::PAGE_FILE;
use xrd_study::{
    DataSource, Dataset, Experiment, OutputFolder, STUDY_FILE, SeriesChoice, Session, Settings,
    Splits, Stage, StudyReport, Target, TargetComposition,
};

use crate::interrupt;
use crate::options::{
    Configuring, Estimating, Pictures, PlaceName, Ranges, SavingOptions, Source, Stopping, Threads,
    Training, Viewing, at_most, composition, fraction, positive, series, target,
};
use crate::output::{self, pretty, print_notes, say};
use crate::progress::Terminal;

/// Number of epochs with --quick.
const QUICK_EPOCHS: usize = 60;

/// Run a whole study: train, estimate labels, find relevant angles, generate patterns, draw figures.
///
/// Without --patterns, the 150 patterns of the series Sm(1-y)Zr(y)Fe(12-x)Ti(x) are simulated, for
/// which the method was published (Utimula et al. 2022). Only files of the study are replaced in
/// --out.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd study
  xrd study --patterns scans/ --labels labels.csv --target Ti=0.3 --out results
  xrd study scans/ --reference NaCl.cif --reference CrCl3.cif --wavelength CuKa
  xrd study --seeds 10 --fwhm-deg 0.05 --out narrow
  xrd study --config results/study.json --out again")]
pub(crate) struct Study {
    #[command(flatten)]
    source: Source,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    #[command(flatten)]
    configuring: Configuring,
    #[command(flatten)]
    training: Training,
    #[command(flatten)]
    stopping: Stopping,
    #[command(flatten)]
    estimating: Estimating,
    #[command(flatten)]
    ranges: Ranges,
    #[command(flatten)]
    saving: SavingOptions,
    /// Number of networks to train, with the seeds from --seed on. Mean and spread are reported
    /// [default: 1]
    #[arg(long, value_name = "N", value_parser = at_most::<1000>)]
    seeds: Option<usize>,
    /// Share of the patterns held back as test patterns [default: 0.1]
    #[arg(long, value_name = "X", value_parser = fraction)]
    test_fraction: Option<f64>,
    /// File with the names or files of the test patterns, one per line, instead of random ones
    #[arg(long, value_name = "FILE", conflicts_with = "test_fraction")]
    test: Option<PathBuf>,
    /// Variable along which the patterns form a series, such as a temperature ramp: a column of --labels;
    /// order (order of the files, by name); temperature or time (of the file headers); or a number in
    /// the names of files, as in 'T{T}C'. Two of them, as x,y, are places on a sample. none: no series
    /// [default: recognised by its name, or by temperatures or times in the headers]
    #[arg(long, value_name = "NAME|NAME,NAME", value_parser = series)]
    series: Option<SeriesChoice>,
    /// Width of the relevance window in degrees [default: 0.03, or the step of the grid if that is
    /// wider]
    #[arg(long, value_name = "X", value_parser = positive)]
    window_deg: Option<f64>,
    /// Generate a pattern for this value of a label, or for these values of several labels of one
    /// composition, as Mn=0.5,V=0.3. May be repeated for more patterns
    #[arg(long = "target", value_name = "COL=VALUE,...", value_parser = composition)]
    targets: Vec<TargetComposition>,
    /// Leave patterns with this value of a label out of training and testing. A generated pattern is
    /// compared with them (for the built-in series: with simulated ones). May be repeated
    #[arg(long, value_name = "COL=VALUE", value_parser = target)]
    leave_out: Vec<Target>,
    /// Rule by which the pattern of a target with one label is generated [default: between; contour
    /// with --preset paper]
    #[arg(long, value_enum)]
    place: Option<PlaceName>,
    /// Train for 60 epochs only, for a first look. study.json says so. Of more than 2,000 training
    /// patterns, the comparison with raw patterns is left out
    #[arg(long, conflicts_with = "epochs")]
    quick: bool,
    /// Print study.json instead of the summary
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    viewing: Viewing,
    #[command(flatten)]
    pictures: Pictures,
    #[command(flatten)]
    threads: Threads,
}

/// Output tables that the user might also give as input.
const TABLES: [&str; 7] = [
    "patterns.npz",
    "latent.csv",
    "estimates.csv",
    "held_out.csv",
    "history.csv",
    "relevance.csv",
    "series.csv",
];

/// Files written by an earlier study in the folder; empty if there was none.
fn files_of(folder: &Path) -> Vec<String> {
    let report = StudyReport::read(&folder.join(STUDY_FILE));
    report.map_or(Vec::new(), |report| report.files)
}

impl Study {
    pub(crate) fn run(mut self) -> Result<()> {
        if self.quick {
            self.training.set_epochs(QUICK_EPOCHS);
        }
        let experiment = self.experiment()?;
        self.configuring.save(&experiment)?;
        let (observer, pool) = (Terminal::default(), self.threads.pool()?);
        let load = || pool.install(|| Dataset::load_for(&experiment, &observer));
        let data = match experiment.data {
            DataSource::Files(_) => observer.stage(Stage::Reading, load)?,
            _ => load()?,
        };
        print_notes(&data.notes);
        let files = self.pictures.files()?;
        let mut out = output::open(&self.out)?.protecting(experiment.inputs(), &TABLES)?;
        let saving = self.saving.saving(&self.out);
        let session = Session::new(&saving)
            .with_threads(self.threads.number()?)
            .with_observer(&observer);
        let earlier = files_of(&self.out);
        let mut study = xrd_study::study(&experiment, data, session)?;
        if let Some(finished) = study.finished_training() {
            interrupt::keep(move || Ok(finished.save()?));
        }
        study.report.versions.xrd = crate::VERSION.to_owned();
        observer.stage(Stage::Writing, || study.write(&mut out))?;
        let drawn = || xrd_report::draw_study(&study, &files, &mut out);
        observer.stage(Stage::Drawing, || pool.install(drawn))?;
        study.list_files(&out, &[PAGE_FILE]);
        let page = || pool.install(|| xrd_report::page(out.staging(), &study.report));
        let page = observer.stage(Stage::Page, page)?;
        out.write_text(PAGE_FILE, &page)?;
        study.write_report(&mut out)?;
        let report = study.report.clone();
        print_notes(&study.reference_notes);
        self.finish(out, study, &earlier)?;
        if self.json {
            return say(&pretty(&report)?);
        }
        for line in summary::summary(&report) {
            say(&line)?;
        }
        say(&format!("results in {}", self.out.display()))
    }

    /// Moves the files into place, and prints a note if files of an earlier study remain.
    fn finish(&self, out: OutputFolder, study: xrd_study::Study, earlier: &[String]) -> Result<()> {
        let files = study.report.files.clone();
        interrupt::release();
        out.commit()?;
        study.remove_unfinished()?;
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
                "note: {}: left from an earlier study{more}",
                first.display()
            );
        }
        Ok(())
    }

    /// The experiment that the options describe.
    fn experiment(&self) -> Result<Experiment> {
        let mut experiment = self.configuring.experiment()?;
        if !experiment.variations.is_empty() {
            bail!(
                "{}: a comparison of settings, not a study (use xrd tune --config)",
                self.configuring.file()
            );
        }
        experiment.splits = match (&self.test, self.test_fraction, experiment.splits) {
            (Some(file), ..) => Splits::List { file: file.clone() },
            (_, Some(test), _) => Splits::Fraction { test },
            (.., Splits::CrossValidation { .. }) => {
                bail!(
                    "{}: a scoring, not a study (use xrd score --config)",
                    self.configuring.file()
                )
            }
            (.., given) => given,
        };
        experiment.data = self.source.apply(experiment.data)?;
        if !self.configuring.is_given() {
            experiment.settings = Settings::of(&experiment.data);
        }
        self.training.apply(&mut experiment.settings)?;
        self.stopping.apply(&mut experiment.settings);
        self.training.apply_seeds(&mut experiment.seeds, self.seeds);
        let estimator = self.estimating.estimator.clone();
        let of_preset = self.training.preset_estimator();
        experiment.estimator = estimator.or(of_preset).or(experiment.estimator);
        self.ranges.apply(&mut experiment);
        if !self.targets.is_empty() {
            experiment.targets = Some(self.targets.clone());
        }
        if !self.leave_out.is_empty() {
            experiment.leave_out.clone_from(&self.leave_out);
        }
        let rule = self.place.map(Into::into).or(self.training.preset_rule());
        experiment.generation_rule = rule.unwrap_or(experiment.generation_rule);
        experiment.window_deg = self.window_deg.or(experiment.window_deg);
        if let Some(series) = &self.series {
            experiment.series.clone_from(series);
        }
        experiment.quick |= self.quick;
        self.viewing.apply(&mut experiment);
        Ok(experiment)
    }
}
