//! One training per seed, and the choice among them.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use xrd_ae::{Autoencoder, Evaluation, History, saturated_fraction};
use xrd_core::{Encoder, Latent2};
use xrd_latent::{EstimateOptions, Summary, delta};

use super::Plan;
use super::estimation::{self, Comparison};
use crate::dataset::Dataset;
use crate::options::Threads;
use crate::plane::{Estimated, KnownPoints};
use crate::progress;
use crate::split::Split;

/// A network trained with one seed, and what it makes of the patterns.
pub(crate) struct SeedRun {
    pub(crate) seed: u64,
    pub(crate) split: Split,
    pub(crate) model: Autoencoder,
    /// All patterns on the plane, before and after training.
    pub(crate) before: Vec<Latent2>,
    pub(crate) after: Vec<Latent2>,
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
}

/// How well the test patterns are estimated.
pub(crate) struct Scores {
    pub(crate) all: Summary,
    /// The same without the fallbacks; none where all are.
    pub(crate) inside: Option<Summary>,
    pub(crate) comparison: Comparison,
    /// Mean delta of leaving out each training pattern in turn.
    pub(crate) leave_one_out: f64,
}

/// Trains every seed of the plan. One seed uses all threads; several share them out, so that
/// each has its own.
pub(crate) fn train_seeds(data: &Dataset, plan: &Plan<'_>) -> Result<Vec<SeedRun>> {
    let threads = plan.threads.pool()?.current_num_threads();
    let workers = threads.min(plan.seeds);
    let each = Threads {
        threads: Some(threads / workers),
    };
    let bar = progress::bar("training", (plan.seeds * plan.training.epochs) as u64);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let work = || -> Result<()> {
            let pool = each.pool()?;
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= plan.seeds {
                    return Ok(());
                }
                let run = pool.install(|| train(data, plan, index, &bar))?;
                done.lock().unwrap_or_else(|e| e.into_inner()).push(run);
            }
        };
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        handles.into_iter().try_for_each(|h| {
            h.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    bar.finish_and_clear();
    let mut runs = done.into_inner().unwrap_or_else(|e| e.into_inner());
    runs.sort_by_key(|r| r.seed);
    Ok(runs)
}

fn train(data: &Dataset, plan: &Plan<'_>, index: usize, bar: &ProgressBar) -> Result<SeedRun> {
    let seed = plan.training.seed + index as u64;
    let split = plan.splits[index].clone();
    let train_set = data.set.select(&split.train)?;
    let test_set = data.set.select(&split.test)?;
    let network = plan.training.network(seed);
    let config = plan.training.config(seed);
    let mut model =
        Autoencoder::initialise(&network, &train_set)?.with_preparation(data.preparation.clone());
    let before = model.encode_set(&data.set)?;
    let start = Instant::now();
    let history = model.train(&config, &train_set, Some(&test_set), |epoch| {
        bar.inc(1);
        bar.set_message(format!("loss {:.4}", epoch.train_loss));
        ControlFlow::Continue(())
    })?;
    let seconds = start.elapsed().as_secs_f64();
    let after = model.encode_set(&data.set)?;
    let on = |rows: &[usize]| -> Vec<Latent2> { rows.iter().map(|&i| after[i]).collect() };
    let known = KnownPoints::new(
        train_set.names().to_vec(),
        on(&split.train),
        data.labels.select(&split.train),
    )?;
    let truth = data.labels.select(&split.test);
    let estimated = known.estimate(test_set.names(), &on(&split.test), Some(&truth))?;
    Ok(SeedRun {
        seed,
        train: model.evaluate(&train_set)?,
        test: model.evaluate(&test_set)?,
        saturated: saturated_fraction(&after),
        scores: Scores {
            all: estimation::summary(&estimated, &truth, |_| true)?.context("no test pattern")?,
            inside: estimation::summary(&estimated, &truth, |e| e.estimate.is_inside())?,
            comparison: estimation::compare(data, &split, &estimated, known.labels())?,
            leave_one_out: leave_one_out(&known)?,
        },
        threads: rayon::current_num_threads(),
        split,
        model,
        before,
        after,
        history,
        seconds,
        known,
        estimated,
    })
}

/// Mean delta of estimating each known point from the others.
fn leave_one_out(known: &KnownPoints) -> Result<f64> {
    let estimates = known.plane.leave_one_out(&EstimateOptions::default())?;
    let mut sum = 0.0;
    for (estimate, truth) in estimates.iter().zip(known.labels().rows()) {
        sum += delta(&estimate.values, truth)?;
    }
    Ok(sum / estimates.len() as f64)
}

/// How the chosen seed is chosen, in words.
pub(crate) const CRITERION: &str =
    "highest explained variance of the training patterns; of equal seeds the lowest";

/// The run that [`CRITERION`] chooses. Neither labels nor test patterns have a say in it.
pub(crate) fn choose(runs: &[SeedRun]) -> usize {
    let score = |i: &usize| runs[*i].train.explained_variance;
    // The first of equal ones: `max_by` would give the last.
    (0..runs.len())
        .min_by(|a, b| score(b).total_cmp(&score(a)))
        .unwrap_or_default()
}
