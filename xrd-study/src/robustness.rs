//! Estimates of disturbed patterns: robustness against the diffractometer and the preparation.

mod condition;
mod corundum;
mod estimates;
mod report;
mod tally;

use std::fmt::Write as _;

use crate::dataset::{Dataset, Origin};
use crate::engine::{Engine, Store, settings};
use crate::error::{Error, Result};
use crate::experiment::{Experiment, NamedEstimator, Splits};
use crate::note::Note;
use crate::sample::MOST_FITTED;
use crate::session::Session;
use crate::split::Split;

use condition::Conditions;
use estimates::{Piece, PieceKind};
use tally::OfSplit;

pub use condition::DisturbanceKind;
pub use report::{
    ROBUST_R2, ROBUSTNESS_FILE, RobustMethod, RobustnessReport, RobustnessRow, RobustnessVerdict,
    UndisturbedReport,
};

/// Largest number of held-out patterns per split that are disturbed.
const MOST_HELD_OUT: usize = 50;

/// Label of the verdicts on the built-in series.
const LABEL_OF_SERIES: &str = "Ti";

/// Options of [`robustness`](fn@robustness).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RobustnessOptions {
    /// Radius of the goniometer in mm, for the displacement of the specimen; 240 by default.
    pub radius_mm: f64,
    /// Label of the verdicts. By default, it is Ti for the built-in series, and otherwise the first
    /// label that differs between patterns.
    pub label: Option<String>,
}

impl Default for RobustnessOptions {
    fn default() -> Self {
        Self {
            radius_mm: 240.0,
            label: None,
        }
    }
}

impl RobustnessOptions {
    /// Sets the radius of the goniometer in mm.
    #[must_use]
    pub fn with_radius_mm(mut self, radius_mm: f64) -> Self {
        self.radius_mm = radius_mm;
        self
    }

    /// Sets the label of the verdicts; `None` selects the default.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<Option<String>>) -> Self {
        self.label = label.into();
        self
    }
}

/// Result of a robustness test.
#[non_exhaustive]
pub struct Robustness {
    /// The report.
    pub report: RobustnessReport,
    store: Store,
}

impl Robustness {
    /// Removes the stored results of the trainings. Call this method after the results are written.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be removed.
    pub fn remove_unfinished(self) -> Result<()> {
        self.store.remove()
    }
}

/// Data that all pieces of work share.
struct Plan<'a> {
    data: &'a Dataset,
    experiment: &'a Experiment,
    conditions: Conditions,
    estimator: NamedEstimator,
    most_held_out: usize,
}

/// Tests how well labels are estimated from disturbed patterns.
///
/// For each seed of the experiment, a random fraction of the patterns is held out, and two networks
/// are trained on the others: one with the effects of the settings
/// ([`Settings::effects`](crate::Settings::effects)) and one without effects. Each disturbance of
/// [`DisturbanceKind`] is applied alone to the held-out patterns. Their labels are then estimated by
/// every [`RobustMethod`] from the undisturbed training patterns. If the estimator of the experiment
/// is `auto`, natural neighbours are used on a plane, and [`NearestNeighbours`](xrd_latent::NearestNeighbours)
/// in more dimensions: the point of a disturbed pattern lies between known points rather than on one.
///
/// At most 50 held-out patterns per split are disturbed. Methods on raw patterns use at most 1,000
/// training patterns. Trainings are saved and resumed as those of [`score`](fn@crate::score).
///
/// Cost: two trainings per seed, and O((training patterns + 25 · held-out patterns)² · angles) per
/// seed.
///
/// # Errors
/// - Any error of [`Experiment::check`] and [`Split::draw`].
/// - [`Error::Expected`] for splits that are not a random fraction, [`Error::NoEffects`] for settings
///   without effects.
/// - [`Error::Unlabelled`] if the patterns have no labels, [`Error::UnknownLabel`] if the label of the
///   verdicts does not exist.
/// - [`Error::Simulation`] unless the radius is 10 to 10,000 mm.
/// - [`Error::Unfinished`] if saved work exists that cannot be continued.
/// - [`Error::Interrupted`] if the observer stops the work.
/// - Any error of the networks and the estimators.
pub fn robustness(
    experiment: &Experiment,
    options: &RobustnessOptions,
    data: &Dataset,
    session: Session<'_>,
) -> Result<Robustness> {
    experiment.check()?;
    let effects = &experiment.settings.effects;
    if effects.as_ref().is_none_or(|e| e.is_none()) {
        return Err(Error::NoEffects);
    }
    let label = label_of_verdicts(data, options)?;
    let splits = splits(experiment, data)?;
    let plan = Plan::of(experiment, options, data)?;
    let epochs = 2 * splits.len() * experiment.settings.epochs;
    let asked = settings_lines(&plan, options)?;
    let engine = Engine::open(session, "robustness test", &asked, epochs as u64)?;
    let of_split = estimates(&plan, &pieces(&splits), &engine)?;
    let mut report = report(&plan, &splits, options, label);
    report.scores = tally::rows(&data.labels, &plan.conditions.all, &of_split)?;
    report.verdicts = tally::verdicts(&report);
    report.undisturbed = tally::undisturbed(&data.labels, &report.label, &of_split)?;
    Ok(Robustness {
        report,
        store: engine.into_store(),
    })
}

impl<'a> Plan<'a> {
    fn of(
        experiment: &'a Experiment,
        options: &RobustnessOptions,
        data: &'a Dataset,
    ) -> Result<Self> {
        let chosen = experiment.estimator()?;
        let dimensions = experiment.settings.latent;
        Ok(Self {
            data,
            experiment,
            conditions: Conditions::of(data, options.radius_mm)?,
            estimator: match chosen.is_auto() && dimensions == 2 {
                true => "natural".parse()?,
                false => NamedEstimator::in_latent_space(Some(&chosen), dimensions)?,
            },
            most_held_out: MOST_HELD_OUT,
        })
    }
}

/// Does the work, and returns the estimates of each method in each split.
fn estimates(plan: &Plan<'_>, pieces: &[Piece<'_>], engine: &Engine<'_>) -> Result<Vec<OfSplit>> {
    let found = engine.each(pieces.len(), |i| pieces[i].estimates(plan, engine))?;
    let of_piece = |(piece, found): (&Piece<'_>, Vec<_>)| {
        let rows = piece.held_out(plan);
        found.into_iter().map(move |(method, estimates)| OfSplit {
            method,
            rows: rows.clone(),
            estimates,
        })
    };
    Ok(pieces.iter().zip(found).flat_map(of_piece).collect())
}

/// Returns the name of the label of the verdicts.
fn label_of_verdicts(data: &Dataset, options: &RobustnessOptions) -> Result<String> {
    let labels = data.require_labels()?;
    let columns = labels.columns();
    if let Some(found) = &options.label {
        return match labels.column_index(found) {
            Some(_) => Ok(found.clone()),
            None => Err(Error::UnknownLabel {
                found: found.clone(),
                known: columns.to_vec(),
            }),
        };
    }
    if let (Origin::Series { .. }, Some(_)) = (&data.origin, labels.column_index(LABEL_OF_SERIES)) {
        return Ok(LABEL_OF_SERIES.to_owned());
    }
    let differs = |c: &usize| labels.rows().any(|row| row[*c] != labels.row(0)[*c]);
    let chosen = (0..columns.len()).find(differs).unwrap_or(0);
    Ok(columns[chosen].clone())
}

/// Returns one split per seed.
fn splits(experiment: &Experiment, data: &Dataset) -> Result<Vec<(u64, Split)>> {
    let Splits::Fraction { test } = experiment.splits else {
        return Err(Error::Expected("random splits for a robustness test"));
    };
    let of_seed = |seed| Ok((seed, Split::draw(&data.groups, test, seed)?));
    experiment.seeds.all().map(of_seed).collect()
}

/// Returns the work, the long trainings first.
fn pieces(splits: &[(u64, Split)]) -> Vec<Piece<'_>> {
    let of_kind = |kind| {
        splits.iter().map(move |(seed, split)| Piece {
            kind,
            seed: *seed,
            split,
        })
    };
    PieceKind::ALL.into_iter().flat_map(of_kind).collect()
}

/// Returns the settings that resumed work must share: all except the number of splits and the
/// estimator.
fn settings_lines(plan: &Plan<'_>, options: &RobustnessOptions) -> Result<String> {
    let of_settings = &plan.experiment.settings;
    let (network, config) = (of_settings.network(0), of_settings.training(0)?);
    let mut asked = plan.data.digest_lines()?;
    let effects = serde_json::to_string(&of_settings.effects).map_err(Error::ToJson)?;
    let _ = writeln!(asked, "splits {:?}", plan.experiment.splits);
    let _ = writeln!(asked, "radius {} mm", options.radius_mm);
    let _ = writeln!(asked, "effects {effects}\nlatent {}", network.latent);
    for (name, value) in settings(&network, &config) {
        let _ = writeln!(asked, "{name} {value}");
    }
    Ok(asked)
}

fn report(
    plan: &Plan<'_>,
    splits: &[(u64, Split)],
    options: &RobustnessOptions,
    label: String,
) -> RobustnessReport {
    let data = plan.data;
    let mut notes: Vec<String> = data.notes.iter().map(Note::to_string).collect();
    notes.extend(plan.conditions.notes.iter().cloned());
    let most = |of: fn(&Split) -> usize| splits.iter().map(|(_, s)| of(s)).max().unwrap_or(0);
    let (train, held_out) = (most(|s| s.train.len()), most(|s| s.test.len()));
    if held_out > plan.most_held_out {
        notes.push(format!(
            "{} evenly spaced held-out patterns of {held_out} are disturbed",
            plan.most_held_out
        ));
    }
    if train > MOST_FITTED {
        notes.push(format!(
            "methods on raw patterns: {MOST_FITTED} evenly spaced training patterns of {train}"
        ));
    }
    RobustnessReport {
        patterns: data.set.len(),
        points: data.set.grid().len(),
        preparation: data.preparation.clone(),
        labels: data.labels.columns().to_vec(),
        label,
        splits: splits.len(),
        held_out: held_out.min(plan.most_held_out),
        fwhm_deg: plan.conditions.frame.fwhm_deg(),
        radius_mm: options.radius_mm,
        estimator: plan.estimator.to_string(),
        notes,
        version: String::new(),
        experiment: Some(plan.experiment.clone()),
        scores: Vec::new(),
        verdicts: Vec::new(),
        undisturbed: None,
    }
}

#[cfg(test)]
mod tests;
