//! Cross-validation of estimators on the latent plane and on raw patterns.

mod estimates;
mod networks;
mod raw;
mod report;
mod tally;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::baselines::BASELINES;
use crate::dataset::Dataset;
use crate::engine::{Engine, Store, settings};
use crate::error::{Error, Result};
use crate::experiment::{Experiment, NamedEstimator, Splits};
use crate::folds::{Scheme, compositions, folds};
use crate::sample::MOST_COMPARED_IN_PAIRS;
use crate::session::Session;
use crate::split::Split;
use crate::tables::{self, HeldOut, Table};

use raw::Raw;

pub use report::{ScoreReport, ScoreRow};
pub(crate) use tally::Spread;

/// Estimated labels of a pattern that was left out of training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FoldEstimate {
    /// Index of the pattern.
    pub pattern: usize,
    /// Index of the fold that was left out.
    pub fold: usize,
    /// Estimated labels.
    pub values: Vec<f64>,
    /// Whether the estimate is an interpolation between known points. False for a fallback.
    pub inside: bool,
    /// Half widths of the prediction intervals, one per label. They are computed from the
    /// leave-one-out errors of the training patterns. Empty for methods on raw patterns.
    pub left_out_half_widths: Vec<Option<f64>>,
    /// Flags for a pattern that differs from the training patterns. `None` for methods on raw
    /// patterns.
    pub novelty: Option<Novelty>,
}

/// Flags for a pattern that differs from the training patterns of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Novelty {
    /// Whether the latent point is far from the training patterns: its distance to the nearest
    /// training pattern is larger than the distance of every training pattern to its nearest
    /// neighbour.
    pub far: bool,
    /// Whether the residual of the pattern is larger than the residual of every training pattern.
    /// The residual is |pattern − reconstruction| / |pattern|.
    pub unlike: bool,
}

/// Estimates of a cross-validation by one scheme, for all methods and seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SchemeEstimates {
    /// The scheme.
    pub scheme: Scheme,
    /// Name and estimates of each method. The estimates are one list per seed.
    pub methods: Vec<(String, Vec<Vec<FoldEstimate>>)>,
}

/// Result of a scoring, which is a cross-validation.
#[non_exhaustive]
pub struct Score {
    /// The experiment.
    pub experiment: Experiment,
    /// The patterns.
    pub data: Dataset,
    /// The scores.
    pub report: ScoreReport,
    /// All estimates, by scheme.
    pub estimates: Vec<SchemeEstimates>,
    /// Name of the method with one network and the estimator of the experiment.
    pub method: String,
    store: Store,
}

impl Score {
    /// Returns the table `held_out.csv`: the estimates of left-out patterns by the estimator of the
    /// experiment. Of several schemes, [`Scheme::Folds`] is preferred. The table can be used to
    /// compute prediction intervals of new estimates.
    pub fn held_out(&self) -> Table {
        let of_folds = self.estimates.iter().find(|g| g.scheme == Scheme::Folds);
        let chosen = of_folds.or(self.estimates.first());
        let methods = chosen.iter().flat_map(|g| &g.methods);
        let seeds = methods.filter(|(name, _)| *name == self.method);
        let seeds = seeds.flat_map(|(_, seeds)| self.experiment.seeds.all().zip(seeds));
        let rows: Vec<HeldOut> = seeds
            .flat_map(|(seed, estimates)| estimates.iter().map(move |one| (seed, one)))
            .map(|(seed, one)| HeldOut {
                name: self.data.set.names()[one.pattern].clone(),
                seed,
                truth: self.data.labels.row(one.pattern).to_vec(),
                estimated: one.values.clone(),
            })
            .collect();
        tables::held_out(rows.iter(), self.data.labels.columns())
    }

    /// Removes the stored results of the trainings. Call this method after the results are written.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be removed.
    pub fn remove_unfinished(self) -> Result<()> {
        self.store.remove()
    }
}

/// Returns the estimators to score: those that support this number of dimensions, and the one of the
/// experiment. Clusters of many patterns are left out, because they are computed for each estimate.
fn estimators(
    asked: &NamedEstimator,
    dimensions: usize,
    patterns: usize,
) -> Result<Vec<NamedEstimator>> {
    let is_quick = |name: &&&str| patterns <= MOST_COMPARED_IN_PAIRS || **name != "kmeans";
    let own = NamedEstimator::COMPARED.iter().filter(is_quick);
    let own = own.map(|name| name.parse());
    let mut all: Vec<NamedEstimator> = own.collect::<Result<_>>()?;
    all.retain(|e| e.check(dimensions).is_ok());
    if !all.contains(asked) {
        all.push(asked.clone());
    }
    Ok(all)
}

/// Returns the name of a method: the mean over `networks` with a latent space of `dimensions`.
fn by_networks(networks: usize, dimensions: usize, estimator: &NamedEstimator) -> String {
    match (networks, dimensions) {
        (1, 2) => format!("plane, {estimator}"),
        (1, _) => format!("{dimensions}-D, {estimator}"),
        (_, 2) => format!("{networks} planes, {estimator}"),
        _ => format!("{networks} x {dimensions}-D, {estimator}"),
    }
}

/// Runs a scoring, which is a cross-validation: trains networks for every fold and seed, and
/// estimates the labels of the patterns of the fold by every method.
///
/// The patterns of a fold have no influence on the networks that estimate them. The exception is
/// [`Scheme::LeaveOneOut`], which leaves out the labels only.
///
/// # Errors
/// Any error of [`Experiment::check`], of the data, of the networks or of the estimators;
/// [`Error::Compositions`] for too few or too many compositions; [`Error::Unfinished`];
/// [`Error::Interrupted`] if the observer stops the work.
pub fn score(experiment: &Experiment, data: Dataset, session: Session<'_>) -> Result<Score> {
    experiment.check()?;
    let (schemes, count) = match &experiment.splits {
        Splits::CrossValidation { schemes, folds } => (schemes.clone(), *folds),
        _ => return Err(Error::Expected("splits by cross-validation for a scoring")),
    };
    let pieces = pieces(&data, experiment, &schemes, count)?;
    let epochs = pieces.len() * experiment.networks * experiment.settings.epochs;
    let asked = settings_lines(&data, experiment, count)?;
    let engine = Engine::open(session, "scoring", &asked, epochs as u64)?;
    let estimator = experiment.estimator()?;
    let dimensions = experiment.settings.latent;
    let estimators = estimators(&estimator, dimensions, data.set.len())?;
    let raw = session.pool()?.install(|| Raw::new(&data))?;
    let results = engine.each(pieces.len(), |i| {
        let piece = &pieces[i];
        let networks = networks::networks(&data, experiment, piece, &engine)?;
        let of = |e: &NamedEstimator| estimates::estimates(&data, &networks, &piece.splits, &**e);
        let found: Vec<_> = estimators.iter().map(of).collect::<Result<_>>()?;
        let of_kind = |kind: usize| {
            found
                .iter()
                .filter_map(move |estimates| estimates.get(kind))
        };
        let mut methods: Vec<_> = [0, 1].into_iter().flat_map(of_kind).cloned().collect();
        // Only random folds depend on the seed.
        if piece.index == 0 || piece.scheme == Scheme::Folds {
            methods.extend(raw.estimates(&data, &piece.splits)?);
        }
        Ok(methods)
    })?;
    let store = engine.into_store();
    let mut names = Vec::new();
    // With several networks: the best one, then the mean of all.
    for networks in [1, experiment.networks]
        .into_iter()
        .take(experiment.networks)
    {
        let of = |e: &NamedEstimator| by_networks(networks, dimensions, e);
        names.extend(estimators.iter().map(of));
    }
    names.extend(BASELINES.map(str::to_owned));
    let estimates = gather(experiment, &schemes, &names, &pieces, results);
    let rows = tally::rows(&data.labels, &estimates)?;
    Ok(Score {
        report: report::report(&data, experiment, count, rows),
        method: by_networks(1, dimensions, &estimator),
        experiment: experiment.clone(),
        data,
        estimates,
        store,
    })
}

/// Returns the settings that resumed work must share: all except schemes, seeds and estimators.
fn settings_lines(data: &Dataset, experiment: &Experiment, folds: usize) -> Result<String> {
    // The seed is not compared: each piece has its own.
    let (network, config) = (
        experiment.settings.network(0),
        experiment.settings.training(0)?,
    );
    let mut asked = data.digest_lines()?;
    let _ = writeln!(asked, "folds {folds}\nlatent {}", network.latent);
    for (name, value) in settings(&network, &config) {
        let _ = writeln!(asked, "{name} {value}");
    }
    Ok(asked)
}

/// One training, and the folds that are estimated with it.
struct Piece {
    scheme: Scheme,
    /// Index of the seed, from 0.
    index: usize,
    seed: u64,
    train: Vec<usize>,
    /// Index and split of each fold.
    splits: Vec<(usize, Split)>,
}

fn pieces(
    data: &Dataset,
    experiment: &Experiment,
    schemes: &[Scheme],
    count: usize,
) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    for &scheme in schemes {
        let (found, patterns) = (compositions(&data.labels), data.set.len());
        if scheme == Scheme::Compositions && (2 * found > patterns || found < 2) {
            return Err(Error::Compositions { patterns, found });
        }
        for (index, seed) in experiment.seeds.all().enumerate() {
            let splits = folds(data, scheme, count, seed)?;
            let numbered = splits.into_iter().enumerate();
            if scheme == Scheme::LeaveOneOut {
                pieces.push(Piece {
                    scheme,
                    index,
                    seed,
                    train: (0..patterns).collect(),
                    splits: numbered.collect(),
                });
                continue;
            }
            pieces.extend(numbered.map(|(fold, split)| Piece {
                scheme,
                index,
                seed,
                train: split.train.clone(),
                splits: vec![(fold, split)],
            }));
        }
    }
    Ok(pieces)
}

/// Collects the estimates of all pieces by scheme, method and seed.
fn gather(
    experiment: &Experiment,
    schemes: &[Scheme],
    names: &[String],
    pieces: &[Piece],
    results: Vec<Vec<Vec<FoldEstimate>>>,
) -> Vec<SchemeEstimates> {
    let empty = || vec![Vec::new(); experiment.seeds.count];
    let of_scheme = |&scheme: &Scheme| SchemeEstimates {
        scheme,
        methods: names.iter().map(|name| (name.clone(), empty())).collect(),
    };
    let mut all: Vec<SchemeEstimates> = schemes.iter().map(of_scheme).collect();
    for (piece, methods) in pieces.iter().zip(results) {
        for estimates in all.iter_mut().filter(|g| g.scheme == piece.scheme) {
            for ((_, seeds), found) in estimates.methods.iter_mut().zip(&methods) {
                seeds[piece.index].extend(found.iter().cloned());
            }
        }
    }
    // Methods that do not depend on the seed have one list.
    for (_, seeds) in all.iter_mut().flat_map(|g| &mut g.methods) {
        seeds.retain(|estimates| !estimates.is_empty());
    }
    all
}
