//! Study of a set: networks, estimates, relevance and generated patterns.

mod classification;
mod curve;
mod estimation;
mod generation;
mod intervals;
mod limits;
mod line_tables;
mod lines;
mod nearest_pattern;
#[cfg(test)]
mod ramp;
mod relevance;
mod report;
mod run;
mod series;
#[cfg(test)]
mod stopped;
mod verdicts;
mod write;

use std::fmt::Write as _;

use xrd_ae::Autoencoder;
use xrd_core::Latent2;
use xrd_latent::groups::GroupSettings;

use crate::alignment::PatternAligner;
use crate::classifier::PatternClassifier;
use crate::composition::Coloring;
use crate::dataset::{Dataset, LeftOut};
use crate::engine::{Engine, FinishedTraining, Store, settings};
use crate::error::{Error, Result};
use crate::experiment::{Experiment, Splits, TargetComposition};
use crate::generation::check_targets;
use crate::groups::{PatternGroups, find_groups};
use crate::limits::LabelLimits;
use crate::maps::{MAP_NEIGHBOURS, Maps, compare_maps};
use crate::note::Note;
use crate::outliers::{Outliers, find_outliers};
use crate::reference::Reference;
use crate::report::StudyReport;
use crate::series::{Series, Variables};
use crate::session::{Session, Stage, stage};
use crate::split::Split;
use crate::tables::HeldOut;

pub use curve::CurveComparison;
pub use generation::{Distances, Generated, Truth};
pub use relevance::Relevance;
pub use run::{Run, Scores};
pub use series::Indexing;
pub use write::{PATTERNS_FILE, STUDY_FILE};

use classification::Classification;
use lines::Lines;
use verdicts::Verdict;

pub use estimation::Comparison;
pub use verdicts::{DOES_NOT_MATTER, MATTERS};

/// Largest number of patterns for which the latent plane is compared with other maps, for speed.
const MOST_COMPARED: usize = 400;

/// Largest number of patterns among which outliers are searched, for speed.
const MOST_SEARCHED: usize = 2000;

/// Number of strong lines in the list of a report. The list contains the same number of weak lines.
/// The listed strong lines have the smallest ratios of relevance to intensity
/// ([`LineReport::ratio`](crate::LineReport::ratio)). The listed weak lines have the largest
/// ratios.
pub const REPORTED_LINES: usize = 5;

/// Result of a study.
#[non_exhaustive]
pub struct Study {
    /// The experiment.
    pub experiment: Experiment,
    /// The patterns, without the patterns that the experiment excludes.
    pub data: Dataset,
    /// The report with all numbers of the study.
    pub report: StudyReport,
    /// Results of the chosen seed.
    pub run: Run,
    /// Network of the chosen seed.
    pub model: Autoencoder,
    /// Relevance of the angles of one pattern.
    pub relevance: Relevance,
    /// Comparison of the latent plane with other maps. `None` for more than 400 patterns.
    pub maps: Option<Maps>,
    /// Groups of the patterns, found without labels.
    pub groups: PatternGroups,
    /// Patterns that differ from all others. `None` for more than 2,000 patterns, for speed.
    pub outliers: Option<Outliers>,
    /// Series of the patterns along a variable, or at places on a sample. `None` if there is no such
    /// variable ([`Experiment::series`]).
    pub series: Option<Series>,
    /// Reference structures of the experiment, with their lines.
    pub references: Vec<Reference>,
    /// Notes on how the files of the references were read.
    pub reference_notes: Vec<Note>,
    /// Estimates of the test patterns of every seed.
    pub held_out: Vec<HeldOut>,
    classification: Classification,
    lines: Option<Judged>,
    store: Store,
    finished: Option<FinishedTraining>,
}

/// The lines of the built-in series, and verdicts on their relevance.
struct Judged {
    lines: Lines,
    verdicts: Vec<Verdict>,
}

/// An experiment with its data, splits and targets.
pub(crate) struct Plan<'a> {
    pub(crate) experiment: &'a Experiment,
    pub(crate) data: &'a Dataset,
    pub(crate) estimator: &'a crate::experiment::NamedEstimator,
    /// One split per seed.
    pub(crate) splits: Vec<Split>,
    pub(crate) targets: Vec<TargetComposition>,
    /// Limits of the labels.
    pub(crate) limits: LabelLimits,
    /// Patterns of the excluded label values, which are targets too.
    pub(crate) left_out: Vec<LeftOut>,
    /// Variables of the series.
    pub(crate) variables: Option<Variables>,
}

impl Study {
    /// Removes the stored results of the trainings. Call this method after the results of the study
    /// are written.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be removed.
    pub fn remove_unfinished(self) -> Result<()> {
        self.store.remove()
    }

    /// Returns the training, so that it can be saved if the program is asked to end before the results
    /// are written. `None` for a study of several seeds.
    pub fn finished_training(&self) -> Option<FinishedTraining> {
        self.finished.clone()
    }

    /// Returns the categories or values by which figures colour the patterns: those of
    /// [`Experiment::color_by`], or the [automatic](Coloring::automatic) ones.
    ///
    /// # Errors
    /// [`Error::NoColor`] if there is no such label, which [`study`](fn@study) has checked.
    pub fn coloring(&self) -> Result<Coloring> {
        let by = self.experiment.color_by.as_deref();
        let (classes, labels) = (&self.data.classes, &self.data.labels);
        Coloring::chosen(by, classes, labels, &self.group_of())
    }

    /// Returns the groups as categories.
    pub fn coloring_by_group(&self) -> Coloring {
        Coloring::of_groups(&self.group_of(), self.data.set.len())
    }

    fn group_of(&self) -> Vec<usize> {
        let members = self.groups.groups.members.iter();
        members.map(|m| m.group).collect()
    }

    /// Returns the lines of the pattern that [`relevance`](Self::relevance) describes, with their
    /// indices hkl. `None` except for the [built-in series](crate::DataSource::Series).
    ///
    /// # Errors
    /// [`Error::Simulation`] if the lines cannot be computed.
    pub fn indexing(&self) -> Result<Option<Indexing>> {
        Indexing::of(&self.data, self.relevance.pattern)
    }
}

/// Runs a study. Trains one network per seed, chooses one of the seeds, and analyses the network of
/// the chosen seed.
///
/// The argument `data` contains all patterns of the experiment ([`Dataset::load`]). The function
/// removes the patterns that the experiment excludes ([`Experiment::leave_out`]). If the patterns
/// have no labels, there are no estimates, no maps of labels and no generated patterns.
///
/// The chosen seed has the largest [explained variance](xrd_ae::Evaluation::explained_variance) of
/// the training patterns. The choice uses neither labels nor test patterns.
///
/// # Errors
/// - Any error of [`Experiment::check`], [`Experiment::window_deg`](method@Experiment::window_deg)
///   and [`Dataset::leave_out`].
/// - [`Error::NoLabel`] for a target with an unknown label, [`Error::NoColor`] for an unknown label of
///   the colours.
/// - Any error of [`Reference::read_all`].
/// - [`Error::Expected`] for splits by cross-validation.
/// - [`Error::Split`] for too few training or test patterns, and any error of [`Split::listed`].
/// - [`Error::Unfinished`] if saved work exists that cannot be continued.
/// - [`Error::Interrupted`] if the observer stops the work.
/// - Any error of the simulation, the networks and the estimators.
pub fn study(experiment: &Experiment, data: Dataset, session: Session<'_>) -> Result<Study> {
    experiment.check()?;
    let experiment = &experiment.for_data(&data);
    let (data, left_out) = data.leave_out(&experiment.leave_out)?;
    let window_deg = experiment.window_deg(data.set.grid().step())?;
    let estimator = experiment.estimator()?;
    let plan = Plan {
        experiment,
        data: &data,
        estimator: &estimator,
        splits: splits(experiment, &data)?,
        targets: targets(experiment, &data)?,
        limits: LabelLimits::of(&data.labels, &experiment.label_ranges)?,
        left_out,
        variables: Variables::of(&experiment.series, &data)?,
    };
    Coloring::check(experiment.color_by.as_deref(), &data.classes, &data.labels)?;
    let (references, reference_notes) = Reference::read_all(&experiment.references, &data.set)?;
    let pool = session.pool()?;
    let truths = pool.install(|| Truth::all(&plan))?;
    let epochs = experiment.seeds.count * experiment.settings.epochs;
    let asked = settings_lines(&plan)?;
    let engine = Engine::open(session, "study", &asked, epochs as u64)?;
    let (mut run, model, seeds) = run::train_seeds(&plan, &truths, &engine)?;
    let labels = data.labels.columns();
    let of_chosen = intervals::of_seed(&seeds, run.seed, labels.len())?;
    let by_regression = run
        .scores
        .as_ref()
        .is_some_and(|s| s.in_latent_space.is_some());
    if !by_regression {
        of_chosen.apply_to(&mut run.estimated);
    }
    plan.limits.apply_to(&mut run.estimated);
    let intervals = match intervals::of_regression(&seeds, run.seed, labels) {
        Some(own) => own,
        None => intervals::report(&seeds, &of_chosen, labels)?,
    };
    let (relevance, maps, groups, outliers, series, classification, aligner) = engine
        .after_training(|| {
            pool.install(|| {
                let relevance = stage(session.observer, Stage::Relevance, || {
                    relevance::analyse(&data, &run.split, &model, window_deg)
                })?;
                let groups = stage(session.observer, Stage::Grouping, || {
                    find_groups(&data.set, None, &GroupSettings::default())
                })?;
                let maps = maps(&data, &run.after.points, session)?;
                let outliers = outliers(&data, session)?;
                let series = series(&plan, &run, session)?;
                let classification = classification(&data, &run.split, session)?;
                let aligner = aligner(&data, &run.split, session)?;
                Ok((
                    relevance,
                    maps,
                    groups,
                    outliers,
                    series,
                    classification,
                    aligner,
                ))
            })
        })?;
    let model = PatternClassifier::attach_all(&classification.classifiers, model)?;
    let model = match aligner {
        Some(aligner) => aligner.attach_to(model),
        None => model,
    };
    let finished = engine.finished();
    let store = engine.into_store();
    let lines = Lines::of(&data)?.map(|lines| Judged::of(lines, &seeds));
    let found = report::Found {
        relevance: &relevance,
        lines: lines.as_ref(),
        intervals,
        maps: maps.as_ref(),
        groups: &groups,
        outliers: outliers.as_ref(),
        series: series.as_ref(),
        references: (&references, &reference_notes),
        classification: &classification.reports,
    };
    let report = report::build(&plan, &seeds, &run, found)?;
    let held_out = seeds.into_iter().flat_map(|s| s.held_out).collect();
    Ok(Study {
        experiment: experiment.clone(),
        report,
        run,
        model,
        relevance,
        maps,
        groups,
        outliers,
        series,
        references,
        reference_notes,
        held_out,
        classification,
        lines,
        data,
        store,
        finished,
    })
}

/// Compares the latent plane with other maps, unless there are too many patterns.
fn maps(data: &Dataset, own: &[Latent2], session: Session<'_>) -> Result<Option<Maps>> {
    if data.set.len() > MOST_COMPARED {
        return Ok(None);
    }
    let compare = || compare_maps(data, Some(own), MAP_NEIGHBOURS);
    stage(session.observer, Stage::Mapping, compare).map(Some)
}

/// Estimates the classes of the test patterns, if there are labels that are text.
fn classification(data: &Dataset, split: &Split, session: Session<'_>) -> Result<Classification> {
    if data.classes.is_empty() {
        return Ok(Classification::default());
    }
    let classify = || Classification::of(data, split);
    stage(session.observer, Stage::Fitting, classify)
}

/// Prepares the search for shifts of new patterns, if labels of new patterns can be estimated.
fn aligner(data: &Dataset, split: &Split, session: Session<'_>) -> Result<Option<PatternAligner>> {
    if data.labels.columns().is_empty() && data.classes.is_empty() {
        return Ok(None);
    }
    let fit = || PatternAligner::fit(data, &split.train);
    stage(session.observer, Stage::Fitting, fit)
}

/// Searches outliers, unless there are too many patterns.
fn outliers(data: &Dataset, session: Session<'_>) -> Result<Option<Outliers>> {
    if data.set.len() > MOST_SEARCHED {
        return Ok(None);
    }
    let search = || find_outliers(&data.set);
    stage(session.observer, Stage::Outliers, search).map(Some)
}

/// Compares the patterns along the variable of the series, if there is one.
fn series(plan: &Plan<'_>, run: &Run, session: Session<'_>) -> Result<Option<Series>> {
    let Some(variables) = plan.variables.clone() else {
        return Ok(None);
    };
    let points: Vec<Vec<f64>> = run.after.rows().map(<[f64]>::to_vec).collect();
    let compare = || variables.compare(plan.data, &points);
    stage(session.observer, Stage::Series, compare).map(Some)
}

/// Returns the targets of the experiment, or the default of the data, and the excluded values.
fn targets(experiment: &Experiment, data: &Dataset) -> Result<Vec<TargetComposition>> {
    let mut targets = match (&experiment.targets, &experiment.leave_out[..]) {
        (Some(asked), _) => asked.clone(),
        (None, []) => series::default_targets(data),
        (None, _) => Vec::new(),
    };
    targets.extend(experiment.leave_out.iter().cloned().map(Into::into));
    check_targets(&targets, data.labels.columns())?;
    Ok(targets)
}

/// Returns one split per seed.
fn splits(experiment: &Experiment, data: &Dataset) -> Result<Vec<Split>> {
    let seeds = experiment.seeds.all();
    match &experiment.splits {
        Splits::Fraction { test } => seeds
            .map(|seed| Split::draw(&data.groups, *test, seed))
            .collect(),
        Splits::List { file } => {
            let split = Split::listed(file, data.set.names(), &data.groups)?;
            Ok(seeds.map(|_| split.clone()).collect())
        }
        Splits::CrossValidation { .. } => Err(Error::Expected(
            "splits by a fraction or a list for a study",
        )),
    }
}

/// Returns the settings that resumed work must share, in addition to those in the checkpoints.
fn settings_lines(plan: &Plan<'_>) -> Result<String> {
    let settings_of = &plan.experiment.settings;
    let mut asked = plan.data.digest_lines()?;
    for (name, value) in settings(&settings_of.network(0), &settings_of.training(0)?) {
        let _ = writeln!(asked, "{name} {value}");
    }
    Ok(asked)
}

impl Judged {
    fn of(lines: Lines, seeds: &[run::SeedFigures]) -> Self {
        let devs: Vec<&[f64]> = seeds.iter().map(|s| s.line_devs.as_slice()).collect();
        let verdicts = verdicts::verdicts(&lines, &devs);
        Self { lines, verdicts }
    }
}
