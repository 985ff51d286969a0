//! Settings of the training compared by what networks make of patterns that they have not seen.

mod report;
mod saved;
mod tally;
mod vary;

use std::ops::ControlFlow;

use anyhow::Result;
use indicatif::ProgressBar;
use xrd_ae::{Autoencoder, saturated_fraction};
use xrd_latent::{LabelledSpace, delta};

use crate::dataset::Dataset;
use crate::interrupt::{self, Interrupted};
use crate::latents::Latents;
use crate::options::{Named, Threads, Training};
use crate::progress;
use crate::split::Split;
use crate::workers::share_out;

pub(crate) use report::{print, table, to_json};
pub(crate) use saved::Saved;
pub(crate) use tally::rows;
pub(crate) use vary::{Setting, Vary, around, settings, vary};

/// What a comparison is asked to do.
pub(crate) struct Plan<'a> {
    /// The base first.
    pub(crate) settings: Vec<Setting>,
    /// The seeds, with a split each.
    pub(crate) splits: Vec<(u64, Split)>,
    pub(crate) test_fraction: f64,
    pub(crate) estimator: &'a Named,
    pub(crate) threads: &'a Threads,
}

/// The figures of one training, in the order of [`figure::ALL`].
pub(crate) type Outcome = [f64; figure::ALL.len()];

/// Which figure of an outcome is where.
pub(crate) mod figure {
    pub(crate) const TEST_MSE: usize = 0;
    pub(crate) const DELTA: usize = 1;
    /// Their names in what is written.
    pub(crate) const ALL: [&str; 6] = [
        "test_mse",
        "delta",
        "train_mse",
        "explained_variance_test",
        "explained_variance_train",
        "saturated",
    ];
}

/// Trains every setting with every seed; the outcomes by setting and seed, none of trainings that
/// diverged. What is saved is not trained again.
pub(crate) fn tune(
    data: &Dataset,
    plan: &Plan<'_>,
    saved: &Saved,
) -> Result<Vec<Vec<Option<Outcome>>>> {
    let (settings, seeds) = (plan.settings.len(), plan.splits.len());
    let epochs: usize = plan.settings.iter().map(|s| s.training.epochs).sum();
    let bar = progress::bar("training", (seeds * epochs) as u64);
    let _saves_first = interrupt::save_first();
    // Seed after seed, so that what is done when it is stopped can be asked for as fewer seeds.
    let outcomes = share_out(plan.threads, seeds * settings, |i| {
        let training = &plan.settings[i % settings].training;
        let (seed, split) = &plan.splits[i / settings];
        if let Some(outcome) = saved.read(training, *seed)? {
            bar.inc(training.epochs as u64);
            return Ok(outcome);
        }
        let outcome = outcome(data, plan, training, (*seed, split), &bar)?;
        if interrupt::is_requested() {
            return Err(Interrupted::saved_in(saved.folder.path()).into());
        }
        saved.write(training, *seed, outcome.as_ref())?;
        Ok(outcome)
    })?;
    bar.finish_and_clear();
    let of_setting = |s: usize| outcomes.iter().skip(s).step_by(settings).copied().collect();
    Ok((0..settings).map(of_setting).collect())
}

/// Trains as a study does, and judges by the test patterns; none where the training diverges, and
/// nothing of use where the program is told to end.
fn outcome(
    data: &Dataset,
    plan: &Plan<'_>,
    training: &Training,
    (seed, split): (u64, &Split),
    bar: &ProgressBar,
) -> Result<Option<Outcome>> {
    let (train, test) = (
        data.set.select(&split.train)?,
        data.set.select(&split.test)?,
    );
    let mut model = Autoencoder::initialise(&training.network(seed), &train)?;
    let mut epochs = 0;
    let trained = model.train(&training.config(seed)?, &train, None, |_| {
        bar.inc(1);
        epochs += 1;
        match interrupt::is_requested() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    match trained {
        Err(xrd_ae::Error::Diverged { .. }) => {
            bar.inc((training.epochs - epochs) as u64);
            return Ok(None);
        }
        other => other.map(drop)?,
    }
    let (of_train, of_test) = (model.evaluate(&train)?, model.evaluate(&test)?);
    let latents = Latents::of(&model, &data.set)?;
    Ok(Some([
        of_test.mse,
        mean_delta(data, &latents, split, plan.estimator)?,
        of_train.mse,
        of_test.explained_variance,
        of_train.explained_variance,
        saturated_fraction(latents.coordinates(), latents.dimensions()),
    ]))
}

/// Mean delta of estimating the labels of the test patterns from the training patterns.
fn mean_delta(data: &Dataset, latents: &Latents, split: &Split, estimator: &Named) -> Result<f64> {
    let known = latents.select(&split.train);
    let coordinates = known.coordinates().to_vec();
    let labels = data.labels.select(&split.train);
    let space = LabelledSpace::new(known.dimensions(), coordinates, labels)?;
    let asked = latents.select(&split.test);
    let mut sum = 0.0;
    for (point, &pattern) in asked.rows().zip(&split.test) {
        let estimate = space.estimate(point, &**estimator)?;
        sum += delta(&estimate.values, data.labels.row(pattern))?;
    }
    Ok(sum / split.test.len() as f64)
}
