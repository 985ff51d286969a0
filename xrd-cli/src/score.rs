//! Scores of estimators, on the plane and from raw patterns, by leaving out parts of a set.

mod answers;
mod kernel;
mod networks;
mod parts;
mod raw;
mod report;
mod saved;
mod tally;

use anyhow::{Result, bail};

use crate::dataset::Dataset;
use crate::interrupt::{self, Interrupted};
use crate::options::{Named, Threads, Training, estimator};
use crate::progress;
use crate::split::Split;
use crate::workers::share_out;

use raw::Raw;

pub(crate) use parts::{Scheme, composition_of};
pub(crate) use report::{figures, held_out, print, table, to_json};
pub(crate) use saved::Saved;
pub(crate) use tally::{Row, Spread};

/// What a scoring is asked to do.
pub(crate) struct Plan<'a> {
    pub(crate) training: &'a Training,
    pub(crate) schemes: Vec<Scheme>,
    /// Folds and regions.
    pub(crate) parts: usize,
    pub(crate) seeds: usize,
    /// So many networks are trained a part and seed, of which the best is taken, and the mean of all.
    pub(crate) best_of: usize,
    /// Its estimates are kept.
    pub(crate) estimator: &'a Named,
    pub(crate) threads: &'a Threads,
}

/// One estimate of a pattern by a method.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Guess {
    pub(crate) pattern: usize,
    pub(crate) part: usize,
    pub(crate) values: Vec<f64>,
    pub(crate) inside: bool,
    /// Half widths from leaving out training patterns, a label each; none of raw methods.
    pub(crate) left_out_radius: Vec<Option<f64>>,
    /// None of raw methods.
    pub(crate) marks: Option<Marks>,
}

/// What tells that a pattern may be none of those that a network knows, as `xrd estimate` does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Marks {
    /// Farther from the training patterns than any of these from its neighbour.
    pub(crate) far: bool,
    /// Reproduced worse than any training pattern.
    pub(crate) unlike: bool,
}

/// The estimates of a scheme by method, seed by seed.
pub(crate) struct Guesses {
    pub(crate) scheme: Scheme,
    pub(crate) methods: Vec<(String, Vec<Vec<Guess>>)>,
}

/// The estimators that are scored: those of the program that work in so many dimensions, and the
/// one asked for.
fn estimators(asked: &Named, dimensions: usize) -> Result<Vec<Named>> {
    let own = ["triangle", "delaunay", "natural", "knn", "idw", "kmeans"].map(estimator);
    let mut all: Vec<Named> = own
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(anyhow::Error::msg)?;
    all.retain(|e| e.check(dimensions).is_ok());
    if all.iter().all(|e| e.to_string() != asked.to_string()) {
        all.push(asked.clone());
    }
    Ok(all)
}

/// The name of a method by the mean of so many networks with a latent space of so many dimensions.
pub(crate) fn by_networks(networks: usize, dimensions: usize, estimator: &Named) -> String {
    match (networks, dimensions) {
        (1, 2) => format!("plane, {estimator}"),
        (1, _) => format!("{dimensions}-D, {estimator}"),
        (_, 2) => format!("{networks} planes, {estimator}"),
        _ => format!("{networks} x {dimensions}-D, {estimator}"),
    }
}

/// Trains a network a part and seed, and estimates what is left out, by every method. Networks that
/// are saved are not trained again.
pub(crate) fn score(data: &Dataset, plan: &Plan<'_>, saved: &Saved) -> Result<Vec<Guesses>> {
    let pieces = pieces(data, plan)?;
    let bar = progress::bar(
        "training",
        (pieces.len() * plan.best_of * plan.training.epochs) as u64,
    );
    let estimators = estimators(plan.estimator, plan.training.latent)?;
    let raw = plan.threads.pool()?.install(|| Raw::of(data));
    let _saves_first = interrupt::save_first();
    let results = share_out(plan.threads, pieces.len(), |i| {
        let piece = &pieces[i];
        let networks = networks::networks(data, plan, piece, saved, &bar)?;
        if interrupt::is_requested() {
            return Err(Interrupted::saved_in(saved.folder.path()).into());
        }
        let of = |e: &Named| answers::guesses(data, &networks, &piece.splits, &**e);
        let found: Vec<_> = estimators.iter().map(of).collect::<Result<_>>()?;
        let of_kind = |kind: usize| found.iter().filter_map(move |guesses| guesses.get(kind));
        let mut methods: Vec<_> = [0, 1].into_iter().flat_map(of_kind).cloned().collect();
        // Only folds differ from seed to seed.
        if piece.index == 0 || piece.scheme == Scheme::Folds {
            methods.extend(raw_guesses(data, &raw, &piece.splits)?);
        }
        Ok(methods)
    })?;
    bar.finish_and_clear();
    let mut names = Vec::new();
    // Of several networks the best alone, and all.
    for networks in [1, plan.best_of].into_iter().take(plan.best_of) {
        names.extend(
            estimators
                .iter()
                .map(|e| by_networks(networks, plan.training.latent, e)),
        );
    }
    names.extend(raw::METHODS.map(str::to_owned));
    Ok(gather(plan, &names, &pieces, results))
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

fn pieces(data: &Dataset, plan: &Plan<'_>) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    for &scheme in &plan.schemes {
        let (found, all) = (parts::compositions(&data.labels), data.set.len());
        if scheme == Scheme::Compositions && (2 * found > all || found < 2) {
            bail!(
                "--schemes compositions: {all} patterns have {found} (expected from 2 to half as many)"
            );
        }
        for index in 0..plan.seeds {
            let seed = plan.training.seed + index as u64;
            let splits = parts::parts(data, scheme, plan.parts, seed)?;
            let numbered = splits.into_iter().enumerate();
            if scheme == Scheme::LeaveOneOut {
                pieces.push(Piece {
                    scheme,
                    index,
                    seed,
                    train: (0..all).collect(),
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

fn raw_guesses(data: &Dataset, raw: &Raw, splits: &[(usize, Split)]) -> Result<Vec<Vec<Guess>>> {
    let mut methods = vec![Vec::new(); raw::METHODS.len()];
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
    plan: &Plan<'_>,
    names: &[String],
    pieces: &[Piece],
    results: Vec<Vec<Vec<Guess>>>,
) -> Vec<Guesses> {
    let empty = || vec![Vec::new(); plan.seeds];
    let of_scheme = |&scheme: &Scheme| Guesses {
        scheme,
        methods: names.iter().map(|name| (name.clone(), empty())).collect(),
    };
    let mut all: Vec<Guesses> = plan.schemes.iter().map(of_scheme).collect();
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

/// The scores of every scheme, method and label.
pub(crate) fn rows(data: &Dataset, guesses: &[Guesses]) -> Result<Vec<Row>> {
    tally::rows(&data.labels, guesses)
}
