//! Scores of estimators, on the plane and from raw patterns, by leaving out parts of a set.

mod answers;
mod networks;
mod report;
mod tally;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::baselines::{BASELINES, Baselines};
use crate::dataset::Dataset;
use crate::engine::{Engine, Store, settings};
use crate::error::{Error, Result};
use crate::experiment::{Experiment, NamedEstimator, Splits};
use crate::parts::{Scheme, compositions, parts};
use crate::session::Session;
use crate::split::Split;
use crate::tables::{self, HeldOut, Table};

pub use report::{ScoreReport, ScoreRow};
pub(crate) use tally::Spread;

/// One estimate of a pattern by a method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guess {
    /// Index of the pattern.
    pub pattern: usize,
    /// Index of the part that was left out.
    pub part: usize,
    /// Estimated labels.
    pub values: Vec<f64>,
    /// Whether the estimate is not a fallback.
    pub inside: bool,
    /// Half widths from leaving out training patterns, one per label; empty for methods on raw
    /// patterns.
    pub left_out_radius: Vec<Option<f64>>,
    /// Marks of unusual patterns; none for methods on raw patterns.
    pub marks: Option<Marks>,
}

/// Marks of a pattern that is unlike those a network was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Farther from the training patterns than any of these from its neighbour.
    pub far: bool,
    /// Reproduced worse than any training pattern.
    pub unlike: bool,
}

/// Estimates of a scheme by method, seed by seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guesses {
    /// The scheme.
    pub scheme: Scheme,
    /// Name of each method, and its estimates seed by seed.
    pub methods: Vec<(String, Vec<Vec<Guess>>)>,
}

/// A finished scoring.
pub struct Score {
    /// What was asked.
    pub experiment: Experiment,
    /// The patterns.
    pub data: Dataset,
    /// The scores.
    pub report: ScoreReport,
    /// All estimates, by scheme.
    pub guesses: Vec<Guesses>,
    /// Name of the method asked for: one network with the estimator.
    pub method: String,
    store: Store,
}

impl Score {
    /// Estimates of patterns that were left out, by the estimator asked for, of folds where there are
    /// folds (`held_out.csv`). Intervals of new estimates are made from them.
    pub fn held_out(&self) -> Table {
        let of_folds = self.guesses.iter().find(|g| g.scheme == Scheme::Folds);
        let chosen = of_folds.or(self.guesses.first());
        let methods = chosen.iter().flat_map(|g| &g.methods);
        let seeds = methods.filter(|(name, _)| *name == self.method);
        let seeds = seeds.flat_map(|(_, seeds)| self.experiment.seeds.all().zip(seeds));
        let rows: Vec<HeldOut> = seeds
            .flat_map(|(seed, guesses)| guesses.iter().map(move |guess| (seed, guess)))
            .map(|(seed, guess)| HeldOut {
                name: self.data.set.names()[guess.pattern].clone(),
                seed,
                truth: self.data.labels.row(guess.pattern).to_vec(),
                estimated: guess.values.clone(),
            })
            .collect();
        tables::held_out(rows.iter(), self.data.labels.columns())
    }

    /// Removes the unfinished work, once the results are written.
    ///
    /// # Errors
    /// [`Error::File`] where it cannot be removed.
    pub fn remove_unfinished(self) -> Result<()> {
        self.store.remove()
    }
}

/// Estimators that are scored: those that work in so many dimensions, and the one asked for.
fn estimators(asked: &NamedEstimator, dimensions: usize) -> Result<Vec<NamedEstimator>> {
    let own = NamedEstimator::COMPARED.iter().map(|name| name.parse());
    let mut all: Vec<NamedEstimator> = own.collect::<Result<_>>()?;
    all.retain(|e| e.check(dimensions).is_ok());
    if !all.contains(asked) {
        all.push(asked.clone());
    }
    Ok(all)
}

/// Name of a method: the mean of so many networks with a latent space of so many dimensions.
fn by_networks(networks: usize, dimensions: usize, estimator: &NamedEstimator) -> String {
    match (networks, dimensions) {
        (1, 2) => format!("plane, {estimator}"),
        (1, _) => format!("{dimensions}-D, {estimator}"),
        (_, 2) => format!("{networks} planes, {estimator}"),
        _ => format!("{networks} x {dimensions}-D, {estimator}"),
    }
}

/// Trains networks for every part and seed, and estimates the patterns left out by every method.
/// Nothing of the patterns left out reaches training, except with [`Scheme::LeaveOneOut`], where only
/// labels are left out.
///
/// # Errors
/// Those of [`Experiment::check`] and of the data, the networks and the estimators;
/// [`Error::Compositions`] for patterns that do not share compositions; [`Error::Unfinished`];
/// [`Error::Interrupted`] where the observer asks to stop.
pub fn score(experiment: &Experiment, data: Dataset, session: Session<'_>) -> Result<Score> {
    experiment.check()?;
    let (schemes, count) = match &experiment.splits {
        Splits::Parts { schemes, parts } => (schemes.clone(), *parts),
        _ => return Err(Error::Expected("splits by parts for a scoring")),
    };
    let pieces = pieces(&data, experiment, &schemes, count)?;
    let epochs = pieces.len() * experiment.networks * experiment.settings.epochs;
    let asked = settings_lines(&data, experiment, count)?;
    let engine = Engine::open(session, "scoring", &asked, epochs as u64)?;
    let estimator = experiment.estimator()?;
    let dimensions = experiment.settings.latent;
    let estimators = estimators(&estimator, dimensions)?;
    let raw = session.pool()?.install(|| Baselines::of(&data));
    let results = engine.each(pieces.len(), |i| {
        let piece = &pieces[i];
        let networks = networks::networks(&data, experiment, piece, &engine)?;
        let of = |e: &NamedEstimator| answers::guesses(&data, &networks, &piece.splits, &**e);
        let found: Vec<_> = estimators.iter().map(of).collect::<Result<_>>()?;
        let of_kind = |kind: usize| found.iter().filter_map(move |guesses| guesses.get(kind));
        let mut methods: Vec<_> = [0, 1].into_iter().flat_map(of_kind).cloned().collect();
        // Only folds differ from seed to seed.
        if piece.index == 0 || piece.scheme == Scheme::Folds {
            methods.extend(raw_guesses(&data, &raw, &piece.splits)?);
        }
        Ok(methods)
    })?;
    let store = engine.into_store();
    let mut names = Vec::new();
    // Of several networks the best alone, and all.
    for networks in [1, experiment.networks]
        .into_iter()
        .take(experiment.networks)
    {
        let of = |e: &NamedEstimator| by_networks(networks, dimensions, e);
        names.extend(estimators.iter().map(of));
    }
    names.extend(BASELINES.map(str::to_owned));
    let guesses = gather(experiment, &schemes, &names, &pieces, results);
    let rows = tally::rows(&data.labels, &guesses)?;
    Ok(Score {
        report: report::report(&data, experiment, count, rows),
        method: by_networks(1, dimensions, &estimator),
        experiment: experiment.clone(),
        data,
        guesses,
        store,
    })
}

/// What networks must share to be used again: everything except schemes, seeds and estimators.
fn settings_lines(data: &Dataset, experiment: &Experiment, parts: usize) -> Result<String> {
    // A piece has a seed of its own.
    let (network, config) = (
        experiment.settings.network(0),
        experiment.settings.training(0)?,
    );
    let mut asked = data.digest_lines();
    let _ = writeln!(asked, "folds {parts}\nlatent {}", network.latent);
    for (name, value) in settings(&network, &config) {
        let _ = writeln!(asked, "{name} {value}");
    }
    Ok(asked)
}

/// One training, and the parts that are estimated with it.
struct Piece {
    scheme: Scheme,
    /// Number of the seed, from 0.
    index: usize,
    seed: u64,
    train: Vec<usize>,
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
            let splits = parts(data, scheme, count, seed)?;
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
            pieces.extend(numbered.map(|(part, split)| Piece {
                scheme,
                index,
                seed,
                train: split.train.clone(),
                splits: vec![(part, split)],
            }));
        }
    }
    Ok(pieces)
}

fn raw_guesses(
    data: &Dataset,
    raw: &Baselines,
    splits: &[(usize, Split)],
) -> Result<Vec<Vec<Guess>>> {
    let mut methods = vec![Vec::new(); BASELINES.len()];
    for (part, split) in splits {
        for (guesses, rows) in methods.iter_mut().zip(raw.estimates(data, split)?) {
            guesses.extend(split.test.iter().zip(rows).map(|(&pattern, values)| Guess {
                pattern,
                part: *part,
                values,
                inside: true,
                left_out_radius: Vec::new(),
                marks: None,
            }));
        }
    }
    Ok(methods)
}

/// The guesses of all pieces, by scheme, method and seed.
fn gather(
    experiment: &Experiment,
    schemes: &[Scheme],
    names: &[String],
    pieces: &[Piece],
    results: Vec<Vec<Vec<Guess>>>,
) -> Vec<Guesses> {
    let empty = || vec![Vec::new(); experiment.seeds.count];
    let of_scheme = |&scheme: &Scheme| Guesses {
        scheme,
        methods: names.iter().map(|name| (name.clone(), empty())).collect(),
    };
    let mut all: Vec<Guesses> = schemes.iter().map(of_scheme).collect();
    for (piece, methods) in pieces.iter().zip(results) {
        for guesses in all.iter_mut().filter(|g| g.scheme == piece.scheme) {
            for ((_, seeds), found) in guesses.methods.iter_mut().zip(&methods) {
                seeds[piece.index].extend(found.iter().cloned());
            }
        }
    }
    // What does not depend on the seed was done once.
    for (_, seeds) in all.iter_mut().flat_map(|g| &mut g.methods) {
        seeds.retain(|guesses| !guesses.is_empty());
    }
    all
}
