//! One training per seed, and the choice among them.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use xrd_ae::{
    Autoencoder, Evaluation, History, TrainingConfig, TrainingData, Warning, saturated_fraction,
};
use xrd_core::{Latent2, PaintedMap, PatternSet};
use xrd_latent::{Estimator, Summary, delta};

use super::Plan;
use super::estimation::{self, Comparison};
use super::generation::{self, Difference, Generated, Truth};
use super::lines::{self, Lines};
use crate::dataset::Dataset;
use crate::intervals::Intervals;
use crate::latents::Latents;
use crate::novelty::residuals;
use crate::options::Threads;
use crate::plane::{Asked, Estimated, KnownPoints};
use crate::progress;
use crate::split::Split;
use crate::tables::HeldOut;
use crate::targets::{generate_targets, paint};
use crate::training::{self, Saves};

/// A network trained with one seed, and what it makes of the patterns.
pub(crate) struct SeedRun {
    pub(crate) seed: u64,
    pub(crate) split: Split,
    /// How many of the training patterns early stopping watched instead.
    pub(crate) validation_patterns: usize,
    pub(crate) config: TrainingConfig,
    pub(crate) model: Autoencoder,
    /// All patterns on the plane, before and after training.
    pub(crate) before: Latents,
    pub(crate) after: Latents,
    pub(crate) history: History,
    /// Wall time of the training in seconds, evaluation included.
    pub(crate) seconds: f64,
    pub(crate) threads: usize,
    pub(crate) train: Evaluation,
    pub(crate) test: Evaluation,
    pub(crate) saturated: f64,
    /// The training patterns.
    pub(crate) known: KnownPoints,
    /// The test patterns, estimated from the training patterns.
    pub(crate) estimated: Vec<Estimated>,
    pub(crate) scores: Scores,
    /// Of the intervals by leaving out each training pattern.
    pub(crate) left_out: Intervals,
    /// How badly each pattern is reproduced.
    pub(crate) residuals: Vec<f64>,
    /// The labels painted on the plane, a map a column.
    pub(crate) maps: Vec<PaintedMap>,
    /// A pattern a target.
    pub(crate) generated: Vec<Generated>,
    /// How far each family of planes, masked whole, moves each pattern: patterns × families. Of
    /// the built-in series; else none.
    pub(crate) moves: Vec<Vec<Latent2>>,
    /// How many seeds there are.
    pub(crate) seeds_compared: usize,
}

/// What is kept of a seed that is not chosen.
pub(crate) struct SeedFigures {
    pub(crate) seed: u64,
    pub(crate) train: Evaluation,
    pub(crate) test: Evaluation,
    pub(crate) saturated: f64,
    pub(crate) epochs: usize,
    pub(crate) best_epoch: Option<usize>,
    pub(crate) ms_per_epoch: f64,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) scores: Scores,
    /// The test patterns.
    pub(crate) held_out: Vec<HeldOut>,
    pub(crate) left_out: Intervals,
    /// For each target those of the generated pattern, of the blend and of the strained blend.
    pub(crate) differences: Vec<[Difference; 3]>,
    /// Mean length of the moves of each family of planes.
    pub(crate) line_devs: Vec<f64>,
}

/// How well the test patterns are estimated.
#[derive(Clone)]
pub(crate) struct Scores {
    pub(crate) all: Summary,
    /// The same without the fallbacks; none where all are.
    pub(crate) inside: Option<Summary>,
    pub(crate) comparison: Comparison,
    /// Mean delta of leaving out each training pattern in turn.
    pub(crate) leave_one_out: f64,
}

/// Trains every seed of the plan; the run that is chosen, and the figures of all by seed. One
/// seed uses all threads; several share them out, so that each has its own.
pub(crate) fn train_seeds(
    data: &Dataset,
    plan: &Plan<'_>,
    truths: &[Truth],
) -> Result<(SeedRun, Vec<SeedFigures>)> {
    let threads = plan.threads.pool()?.current_num_threads();
    let workers = threads.min(plan.seeds);
    let each = Threads {
        threads: Some(threads / workers),
    };
    let bar = progress::bar("training", (plan.seeds * plan.training.epochs) as u64);
    let next = AtomicUsize::new(0);
    let done = Mutex::new((None, Vec::new()));
    std::thread::scope(|scope| {
        let work = || -> Result<()> {
            let pool = each.pool()?;
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= plan.seeds {
                    return Ok(());
                }
                let run = pool.install(|| train(data, plan, truths, index, &bar))?;
                let mut done = done.lock().unwrap_or_else(|e| e.into_inner());
                done.1.push(SeedFigures::of(&run)?);
                // Only the best so far keeps its network.
                done.0 = Some(match done.0.take() {
                    Some(best) if !is_better(&run, &best) => best,
                    _ => run,
                });
            }
        };
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        handles.into_iter().try_for_each(|h| {
            h.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    bar.finish_and_clear();
    let (chosen, mut figures) = done.into_inner().unwrap_or_else(|e| e.into_inner());
    figures.sort_by_key(|f| f.seed);
    Ok((chosen.context("no seed")?, figures))
}

/// Where the unfinished training of a seed is saved.
pub(crate) fn saves(plan: &Plan<'_>, seed: u64) -> Saves {
    Saves::in_file(plan.saving, &file_of_seed(&plan.checkpoints, seed))
}

fn file_of_seed(folder: &Path, seed: u64) -> PathBuf {
    folder.join(format!("seed-{seed}.checkpoint"))
}

fn train(
    data: &Dataset,
    plan: &Plan<'_>,
    truths: &[Truth],
    index: usize,
    bar: &ProgressBar,
) -> Result<SeedRun> {
    let seed = plan.training.seed + index as u64;
    let split = plan.splits[index].clone();
    let test_set = data.set.select(&split.test)?;
    let (trained_set, validation_set) = trained_and_validation(data, plan, &split, seed)?;
    let network = plan.training.network(seed);
    let config = plan.training.config(seed)?;
    let model =
        Autoencoder::initialise(&network, &trained_set)?.with_preparation(data.preparation.clone());
    let before = Latents::of(&model, &data.set)?;
    let start = Instant::now();
    let seen = TrainingData {
        train: &trained_set,
        test: Some(&test_set),
        validation: validation_set.as_ref(),
    };
    let label = match plan.seeds {
        1 => String::new(),
        _ => format!("seed {seed}: "),
    };
    let saves = saves(plan, seed);
    let (model, history) = training::train(model, &config, seen, &saves, (bar, &label))?;
    let seconds = start.elapsed().as_secs_f64();
    let after = Latents::of(&model, &data.set)?;
    let train_set = data.set.select(&split.train)?;
    let known = KnownPoints::new(
        train_set.names().to_vec(),
        after.select(&split.train),
        data.labels.select(&split.train),
    )?;
    let truth = data.labels.select(&split.test);
    let residuals = residuals(&model, &data.set)?;
    let known = known.with_residuals(split.train.iter().map(|&i| residuals[i]));
    let of_test: Vec<f64> = split.test.iter().map(|&i| residuals[i]).collect();
    let asked = Asked {
        names: test_set.names(),
        latents: &after.select(&split.test),
        residuals: &of_test,
        truth: Some(&truth),
    };
    let estimated = known.estimate(&asked, &**plan.estimator)?;
    let left_out = Intervals::by_leaving_out(&known.space, &**plan.estimator)?;
    let maps = paint(&known, &**plan.estimator)?;
    let generated = generate_targets(&model, &known, &maps, &plan.targets, plan.place)?;
    let moves = match Lines::of(data)? {
        Some(lines) => lines.moves(data, &model)?,
        None => Vec::new(),
    };
    Ok(SeedRun {
        moves,
        seeds_compared: plan.seeds,
        seed,
        train: model.evaluate(&train_set)?,
        test: model.evaluate(&test_set)?,
        saturated: saturated_fraction(after.coordinates(), after.dimensions()),
        scores: Scores {
            all: estimation::summary(&estimated, &truth, |_| true)?.context("no test pattern")?,
            inside: estimation::summary(&estimated, &truth, |e| e.estimate.is_inside())?,
            comparison: estimation::compare(data, &split, &estimated, known.labels())?,
            leave_one_out: leave_one_out(&known, &**plan.estimator)?,
        },
        threads: rayon::current_num_threads(),
        generated: generation::judge(data, (&split, known.labels()), truths, generated)?,
        validation_patterns: validation_set.map_or(0, |set| set.len()),
        config,
        split,
        model,
        before,
        after,
        history,
        seconds,
        known,
        estimated,
        left_out,
        residuals,
        maps,
    })
}

/// The training patterns without and with those that early stopping watches.
fn trained_and_validation(
    data: &Dataset,
    plan: &Plan<'_>,
    split: &Split,
    seed: u64,
) -> Result<(PatternSet, Option<PatternSet>)> {
    let train_set = data.set.select(&split.train)?;
    let Some(fraction) = plan.training.stopping.validation_fraction else {
        return Ok((train_set, None));
    };
    let groups: Vec<String> = split
        .train
        .iter()
        .map(|&i| data.groups[i].clone())
        .collect();
    let inner = Split::draw_validation(&groups, fraction, seed)?;
    let validation = train_set.select(&inner.test)?;
    Ok((train_set.select(&inner.train)?, Some(validation)))
}

impl SeedFigures {
    fn of(run: &SeedRun) -> Result<Self> {
        let differences = run.generated.iter().map(Generated::differences);
        Ok(Self {
            seed: run.seed,
            train: run.train,
            test: run.test,
            saturated: run.saturated,
            epochs: run.history.epochs.len(),
            best_epoch: run.history.best_epoch,
            ms_per_epoch: run.history.ms_per_epoch(),
            warnings: run.history.warnings.clone(),
            scores: run.scores.clone(),
            held_out: run
                .estimated
                .iter()
                .map(|e| held_out(run.seed, e))
                .collect(),
            left_out: run.left_out.clone(),
            differences: differences.collect::<Result<_>>()?,
            line_devs: lines::mean_devs(&run.moves),
        })
    }
}

fn held_out(seed: u64, estimated: &Estimated) -> HeldOut {
    HeldOut {
        name: estimated.name.clone(),
        seed,
        truth: estimated.truth.clone().unwrap_or_default(),
        estimated: estimated.estimate.values.clone(),
    }
}

/// Mean delta of estimating each known point from the others.
fn leave_one_out(known: &KnownPoints, estimator: &dyn Estimator) -> Result<f64> {
    let estimates = known.space.leave_one_out(estimator)?;
    let mut sum = 0.0;
    for (estimate, truth) in estimates.iter().zip(known.labels().rows()) {
        sum += delta(&estimate.values, truth)?;
    }
    Ok(sum / estimates.len() as f64)
}

/// How the chosen seed is chosen, in words.
pub(crate) const CRITERION: &str =
    "highest explained variance of the training patterns; of equal seeds the lowest";

/// Whether [`CRITERION`] prefers a run. Neither labels nor test patterns have a say in it.
fn is_better(run: &SeedRun, than: &SeedRun) -> bool {
    let (a, b) = (
        &run.train.explained_variance,
        &than.train.explained_variance,
    );
    a.total_cmp(b).then(than.seed.cmp(&run.seed)).is_gt()
}
