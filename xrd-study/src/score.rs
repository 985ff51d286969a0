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
use crate::limits::LabelLimits;
use crate::regression::PatternRegression;
use crate::sample::MOST_COMPARED_IN_PAIRS;
use crate::session::Session;
use crate::split::Split;
use crate::tables::{self, HeldOut, Table};

use raw::Raw;

pub use report::{ScoreReport, ScoreRow};
pub(crate) use tally::Spread;

/// Name of the estimates by regression on raw patterns.
const AUTO: &str = "auto";

/// Estimated labels of a pattern of a fold that was left out of training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FoldEstimate {
    /// Index of the pattern.
    pub pattern: usize,
    /// Index of the fold.
    pub fold: usize,
    /// Estimated labels.
    pub values: Vec<f64>,
    /// Whether the latent point lies inside the known points
    /// ([`Estimate::is_inside`](xrd_latent::Estimate::is_inside)). False for a fallback, and always
    /// true for baselines.
    pub inside: bool,
    /// Half widths of the prediction intervals, one per label. The intervals are computed from the
    /// leave-one-out errors of the training patterns ([`left_out_errors`](crate::left_out_errors)).
    /// Empty for baselines.
    pub left_out_half_widths: Vec<Option<f64>>,
    /// Prediction intervals that the method `auto` computes itself, one per label. `None` if the
    /// pattern is unlike the training patterns, or if the training patterns are too few. The list
    /// is empty for all other methods.
    pub intervals: Vec<Option<[f64; 2]>>,
    /// Flags for a pattern that differs from the training patterns. `None` for baselines.
    pub novelty: Option<Novelty>,
}

/// Flags for a pattern that differs from the training patterns of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Novelty {
    /// Whether the pattern is far from the training patterns in the latent space
    /// ([`Estimated::far`](crate::Estimated::far)).
    pub far: bool,
    /// Whether the [residual](crate::residuals) of the pattern is larger than the residuals of all
    /// training patterns.
    pub unlike: bool,
}

/// Estimates of a cross-validation with one scheme, for all methods and seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SchemeEstimates {
    /// The scheme.
    pub scheme: Scheme,
    /// Name of each method, with one list of estimates per seed. A method that does not depend on
    /// the seed has only one list.
    pub methods: Vec<(String, Vec<Vec<FoldEstimate>>)>,
}

/// Result of a cross-validation.
#[non_exhaustive]
pub struct Score {
    /// The experiment.
    pub experiment: Experiment,
    /// The patterns.
    pub data: Dataset,
    /// The scores.
    pub report: ScoreReport,
    /// All estimates, one entry per scheme.
    pub estimates: Vec<SchemeEstimates>,
    /// Name of the method in [`estimates`](Self::estimates) that uses the estimator of the
    /// experiment. With the estimator `auto`, this method uses no network. With any other
    /// estimator, this method uses the latent points of one network per fold and seed. If several
    /// networks are trained per fold and seed, the method uses the network with the smallest
    /// reconstruction error of the training patterns.
    pub method: String,
    store: Store,
}

impl Score {
    /// Returns the table `held_out.csv` with the estimated labels of left-out patterns. The field
    /// [`method`](Self::method) names the method of the estimates. If the experiment has several
    /// schemes, the table contains the estimates of [`Scheme::Folds`]. Without this scheme, the
    /// table contains the estimates of the first scheme.
    /// [`Intervals::from_table`](crate::Intervals::from_table) computes prediction intervals from
    /// this table.
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

    /// Removes the stored results of the trainings. Call this method after the results of the
    /// cross-validation are written.
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

/// Runs a cross-validation. Trains networks for every fold and seed on the patterns outside the
/// fold. Every method then estimates the labels of the patterns in the fold. A method is one of the
/// [`BASELINES`], or an estimator that uses latent points.
///
/// The patterns of a fold have no influence on the networks that estimate their labels. The only
/// exception is [`Scheme::LeaveOneOut`], where only the labels are left out.
///
/// # Errors
/// - Any error of [`Experiment::check`] and [`folds`](fn@crate::folds).
/// - [`Error::Expected`] for splits that are not a cross-validation.
/// - [`Error::Compositions`] for too few or too many compositions.
/// - [`Error::Unfinished`] if saved work exists that cannot be continued.
/// - [`Error::Interrupted`] if the observer stops the work.
/// - Any error of the networks and the estimators.
pub fn score(experiment: &Experiment, data: Dataset, session: Session<'_>) -> Result<Score> {
    experiment.check()?;
    data.require_labels()?;
    let (schemes, count) = match &experiment.splits {
        Splits::CrossValidation { schemes, folds } => (schemes.clone(), *folds),
        _ => return Err(Error::Expected("splits by cross-validation for a scoring")),
    };
    let pieces = pieces(&data, experiment, &schemes, count)?;
    let epochs = pieces.len() * experiment.networks * experiment.settings.epochs;
    let asked = settings_lines(&data, experiment, count)?;
    let engine = Engine::open(session, "scoring", &asked, epochs as u64)?;
    let chosen = experiment.estimator()?;
    let dimensions = experiment.settings.latent;
    let estimator = NamedEstimator::in_latent_space(Some(&chosen), dimensions)?;
    let estimators = estimators(&estimator, dimensions, data.set.len())?;
    let limits = LabelLimits::of(&data.labels, &experiment.label_ranges)?;
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
            methods.push(regression_estimates(&data, &piece.splits, &limits)?);
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
    names.push(AUTO.to_owned());
    let estimates = gather(
        experiment,
        &schemes,
        &names,
        (&pieces, data.set.len()),
        results,
    );
    let rows = tally::rows(&data.labels, &estimates)?;
    let splits = pieces.iter().flat_map(|piece| &piece.splits);
    let most_trained = splits.map(|(_, split)| split.train.len()).max();
    let told = raw::limits(data.set.len(), most_trained.unwrap_or(0));
    Ok(Score {
        report: report::report(&data, experiment, (count, told), rows),
        method: match chosen.is_auto() {
            true => AUTO.to_owned(),
            false => by_networks(1, dimensions, &estimator),
        },
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

/// Returns the estimates by regression on raw patterns. The list is empty if a fold has too few
/// training patterns for a regression.
fn regression_estimates(
    data: &Dataset,
    splits: &[(usize, Split)],
    limits: &LabelLimits,
) -> Result<Vec<FoldEstimate>> {
    let mut all = Vec::new();
    for (fold, split) in splits {
        let Some(regression) = PatternRegression::fit(data, &split.train)? else {
            return Ok(Vec::new());
        };
        let found = regression.estimate(&data.set.select(&split.test)?)?;
        let found = found.into_iter().map(|mut estimate| {
            limits.limit(&mut estimate.values, &mut estimate.intervals);
            estimate
        });
        let pairs = split.test.iter().zip(found);
        all.extend(pairs.map(|(&pattern, estimate)| FoldEstimate {
            pattern,
            fold: *fold,
            values: estimate.values,
            inside: true,
            left_out_half_widths: Vec::new(),
            intervals: estimate.intervals,
            novelty: Some(Novelty {
                far: false,
                unlike: estimate.unlike,
            }),
        }));
    }
    Ok(all)
}

/// Collects the estimates of all pieces by scheme, method and seed.
fn gather(
    experiment: &Experiment,
    schemes: &[Scheme],
    names: &[String],
    (pieces, patterns): (&[Piece], usize),
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
    // A regression needs more samples than some folds leave.
    let complete = |seeds: &[Vec<FoldEstimate>]| seeds.iter().all(|s| s.len() == patterns);
    for of_scheme in &mut all {
        of_scheme
            .methods
            .retain(|(name, seeds)| !seeds.is_empty() && (name != AUTO || complete(seeds)));
    }
    all
}
