//! Comparison of training settings by the errors of test patterns.

mod report;
mod tally;

use serde::{Deserialize, Serialize};
use xrd_ae::{Autoencoder, TrainingData, saturated_fraction};
use xrd_latent::{LabelledSpace, delta};

use crate::dataset::Dataset;
use crate::digest::digest;
use crate::disturbing::PatternDisturbance;
use crate::engine::{Engine, Job, Store};
use crate::error::{Error, Result};
use crate::experiment::{Experiment, NamedEstimator, Settings, Splits};
use crate::latents::Latents;
use crate::session::Session;
use crate::split::Split;

pub use report::{SeedOutcome, TuneReport, TuneRow};
pub use tally::student;

/// Scores of one training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// Mean squared reconstruction error of the test patterns.
    test_mse: f64,
    /// Mean delta of the test patterns.
    delta: f64,
    /// Mean squared reconstruction error of the training patterns.
    train_mse: f64,
    explained_variance_test: f64,
    explained_variance_train: f64,
    /// Fraction of the latent points with a coordinate below −0.99 or above 0.99.
    saturated: f64,
}

/// Stored outcome. Numbers are stored as bits, so that they are read back exactly. `None` for a
/// training that diverged.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// Settings, to distinguish them from others with the same hash.
    settings: String,
    bits: Option<[u64; 6]>,
}

impl Outcome {
    fn figures(&self) -> [f64; 6] {
        [
            self.test_mse,
            self.delta,
            self.train_mse,
            self.explained_variance_test,
            self.explained_variance_train,
            self.saturated,
        ]
    }

    fn of_figures(figures: [f64; 6]) -> Self {
        let [
            test_mse,
            delta,
            train_mse,
            explained_variance_test,
            explained_variance_train,
            saturated,
        ] = figures;
        Self {
            test_mse,
            delta,
            train_mse,
            explained_variance_test,
            explained_variance_train,
            saturated,
        }
    }
}

/// Result of a comparison of settings.
#[non_exhaustive]
pub struct Tune {
    /// The settings with their scores.
    pub report: TuneReport,
    store: Store,
}

impl Tune {
    /// Removes the stored results of the trainings. Call this method after the results of the
    /// comparison are written.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be removed.
    pub fn remove_unfinished(self) -> Result<()> {
        self.store.remove()
    }
}

/// Runs a comparison of settings. Trains a network with every setting and every seed. For each
/// seed, compares the test errors of a setting with the test errors of the base settings.
///
/// The training patterns of a seed are the same as in a study with this seed.
///
/// # Errors
/// - Any error of [`Experiment::check`]; [`Error::Unlabelled`] for patterns without labels.
/// - [`Error::Expected`] unless the splits are [`Splits::Fraction`].
/// - [`Error::Split`] for too few training patterns.
/// - [`Error::Unfinished`] if saved work exists that cannot be continued.
/// - [`Error::Interrupted`] if the observer stops the work.
/// - Any error of the networks and the estimators.
pub fn tune(experiment: &Experiment, data: &Dataset, session: Session<'_>) -> Result<Tune> {
    experiment.check()?;
    data.require_labels()?;
    let Splits::Fraction { test } = experiment.splits else {
        return Err(Error::Expected("splits by a fraction for a comparison"));
    };
    let split = |seed| Ok((seed, Split::draw(&data.groups, test, seed)?));
    let splits: Vec<(u64, Split)> = experiment.seeds.all().map(split).collect::<Result<_>>()?;
    let all = experiment.all_settings();
    let estimator = experiment.in_latent_space()?;
    let epochs: usize = all.iter().map(|s| s.epochs).sum();
    let asked = format!(
        "{}test-fraction {test}\nestimator {estimator}\n",
        data.digest_lines()?
    );
    let epochs = (splits.len() * epochs) as u64;
    let engine = Engine::open(session, "comparison", &asked, epochs)?;
    // Seeds are the outer loop, so that stopped work is complete for fewer seeds.
    let outcomes = engine.each(splits.len() * all.len(), |i| {
        let (settings, (seed, split)) = (&all[i % all.len()], &splits[i / all.len()]);
        let (name, line) = name(settings, *seed)?;
        let stored = engine.recall(&name, settings.epochs, || {
            let found = outcome(data, &estimator, settings, (*seed, split), (&engine, &name))?;
            let bits = found.map(|o| o.figures().map(f64::to_bits));
            let settings = line.clone();
            Ok(Stored { settings, bits })
        })?;
        if stored.settings != line {
            let why = format!("'{}' (expected '{line}')", stored.settings);
            return Err(engine.damaged(&name, why));
        }
        Ok(stored
            .bits
            .map(|bits| Outcome::of_figures(bits.map(f64::from_bits))))
    })?;
    let store = engine.into_store();
    let of_setting = |s: usize| {
        outcomes
            .iter()
            .skip(s)
            .step_by(all.len())
            .copied()
            .collect()
    };
    let outcomes: Vec<Vec<Option<Outcome>>> = (0..all.len()).map(of_setting).collect();
    Ok(Tune {
        report: report::report(experiment, data, &splits, &outcomes)?,
        store,
    })
}

/// Returns the name of the files of a training, and its settings in one line.
fn name(settings: &Settings, seed: u64) -> Result<(String, String)> {
    let (network, config) = (settings.network(seed), settings.training(seed)?);
    let line = format!("{network:?} {config:?}");
    let digest = digest(line.bytes().map(u64::from));
    Ok((format!("seed-{seed}-{digest:016x}"), line))
}

/// Trains a network as a study does, and scores it by the test patterns. `None` if the training
/// diverges.
fn outcome(
    data: &Dataset,
    estimator: &NamedEstimator,
    settings: &Settings,
    (seed, split): (u64, &Split),
    (engine, name): (&Engine<'_>, &str),
) -> Result<Option<Outcome>> {
    let (train, test) = (
        data.set.select(&split.train)?,
        data.set.select(&split.test)?,
    );
    let labels = data.labels.select(&split.train);
    let config = settings.training(seed)?;
    let disturbance = PatternDisturbance::of(settings, &train, &config)?;
    let job = Job {
        name,
        label: None,
        model: Autoencoder::initialise(&settings.network(seed), &train)?,
        config: &config,
        data: TrainingData::new(&train)
            .with_labels(&labels)
            .with_disturbance(PatternDisturbance::as_dyn(&disturbance)),
        keeps: false,
    };
    let model = match engine.train(job) {
        Err(Error::Network(xrd_ae::Error::Diverged { epoch, .. })) => {
            engine.skip(settings.epochs - (epoch - 1).min(settings.epochs));
            return Ok(None);
        }
        other => other?.0,
    };
    let (of_train, of_test) = (model.evaluate(&train)?, model.evaluate(&test)?);
    let latents = Latents::of(&model, &data.set)?;
    Ok(Some(Outcome {
        test_mse: of_test.mse,
        delta: mean_delta(data, &latents, split, estimator)?,
        train_mse: of_train.mse,
        explained_variance_test: of_test.explained_variance,
        explained_variance_train: of_train.explained_variance,
        saturated: saturated_fraction(latents.coordinates(), latents.dimensions()),
    }))
}

/// Returns the mean delta of the estimates of the test patterns from the training patterns.
fn mean_delta(
    data: &Dataset,
    latents: &Latents,
    split: &Split,
    estimator: &NamedEstimator,
) -> Result<f64> {
    let known = latents.select(&split.train);
    let coordinates = known.coordinates().to_vec();
    let labels = data.labels.select(&split.train);
    let space = LabelledSpace::new(known.dimensions(), coordinates, labels)?;
    let test = latents.select(&split.test);
    let mut sum = 0.0;
    for (point, &pattern) in test.rows().zip(&split.test) {
        let estimate = space.estimate(point, &**estimator)?;
        sum += delta(&estimate.values, data.labels.row(pattern))?;
    }
    Ok(sum / split.test.len() as f64)
}
