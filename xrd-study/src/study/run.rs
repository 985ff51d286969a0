//! Training of one network per seed, and the choice of a seed.

use std::sync::Mutex;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use xrd_ae::{
    Autoencoder, Evaluation, History, Subset, TrainingConfig, TrainingData, Warning,
    saturated_fraction,
};
use xrd_core::{Labels, Latent2, LatentMap};
use xrd_latent::{Estimator, NearestNeighbours, Summary, delta};

use super::Plan;
use super::curve::{self, CurveComparison};
use super::estimation::{self, Comparison};
use super::generation::{self, Difference, Generated, Truth};
use super::limits::skips_raw_patterns;
use super::lines::{self, Lines};
use crate::dataset::Dataset;
use crate::disturbing::PatternDisturbance;
use crate::engine::{Engine, Job};
use crate::error::{Error, Result};
use crate::experiment::NamedEstimator;
use crate::generation::{generate_targets, paint_observed};
use crate::intervals::{Intervals, difference};
use crate::known_points::{Estimated, KnownPoints, Query};
use crate::latents::Latents;
use crate::novelty::residuals;
use crate::regression::PatternRegression;
use crate::session::{Observer, Stage, stage, steps};
use crate::split::Split;
use crate::tables::HeldOut;

/// Results of one seed of a study, without the trained network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Run {
    /// The seed.
    pub seed: u64,
    /// Split into training and test patterns.
    pub split: Split,
    /// Number of validation patterns for early stopping. The field `split` lists the validation
    /// patterns as training patterns.
    pub validation_patterns: usize,
    /// Configuration of the training.
    pub config: TrainingConfig,
    /// Latent points of all patterns before the training.
    pub before: Latents,
    /// Latent points of all patterns after the training.
    pub after: Latents,
    /// History of the training, with the losses of each epoch.
    pub history: History,
    /// Wall time of the training in seconds, including the evaluation of the test patterns.
    pub seconds: f64,
    /// Number of threads that trained the network.
    pub threads: usize,
    /// Reconstruction errors of the training patterns.
    pub train: Evaluation,
    /// Reconstruction errors of the test patterns.
    pub test: Evaluation,
    /// Fraction of all patterns whose latent point has a coordinate below −0.99 or above 0.99.
    pub saturated: f64,
    /// Names of the [known points](KnownPoints), which are the training patterns.
    pub known: Vec<String>,
    /// Estimates of the test patterns from the known points.
    pub estimated: Vec<Estimated>,
    /// Scores of the estimates. `None` if the patterns have no labels.
    pub scores: Option<Scores>,
    /// Cross-validated errors of the candidates of the regression on raw patterns. Empty if the
    /// labels are estimated in the latent space.
    #[serde(default)]
    pub comparisons: Vec<xrd_regression::Comparison>,
    /// Comparison of the estimates along the curve of the series with those of the usual estimator in the
    /// latent space. `None` unless the only label is the variable of the series. The better estimator is
    /// used.
    #[serde(default)]
    pub curve: Option<CurveComparison>,
    /// Prediction intervals from the leave-one-out errors of the training patterns
    /// ([`Intervals::from_leave_one_out`]).
    pub left_out: Intervals,
    /// [Residuals](crate::residuals), one per pattern.
    pub residuals: Vec<f64>,
    /// Maps of the estimated labels over the latent plane, one per label.
    pub maps: Vec<LatentMap>,
    /// Generated patterns, one per target.
    pub generated: Vec<Generated>,
    /// Displacement vectors of the latent points when the line of a family of lattice planes is
    /// removed from the patterns. There is one row per pattern and one column per family. Empty
    /// except for the [built-in series](crate::DataSource::Series).
    pub moves: Vec<Vec<Latent2>>,
}

/// Scores of the estimates of the test patterns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Scores {
    /// Scores of all test patterns.
    pub all: Summary,
    /// Scores of the test patterns whose estimates are not fallbacks
    /// ([`Estimate::is_inside`](xrd_latent::Estimate::is_inside)). `None` if all estimates are
    /// fallbacks.
    pub inside: Option<Summary>,
    /// Reference values for the scores.
    pub comparison: Comparison,
    /// Scores of the estimates from the latent space. `None` unless the labels are estimated by
    /// [regression](crate::PatternRegression). The field [`all`](Self::all) then contains the
    /// scores of the estimates by regression.
    #[serde(default)]
    pub in_latent_space: Option<Summary>,
    /// Mean [delta](Estimated::delta) of the training patterns, where each training pattern is
    /// estimated from all other training patterns.
    pub leave_one_out: f64,
}

/// Numbers that are kept of every seed.
pub(super) struct SeedFigures {
    pub(super) seed: u64,
    pub(super) train: Evaluation,
    pub(super) test: Evaluation,
    pub(super) saturated: f64,
    pub(super) epochs: usize,
    pub(super) best_epoch: Option<usize>,
    pub(super) ms_per_epoch: f64,
    pub(super) warnings: Vec<Warning>,
    pub(super) scores: Option<Scores>,
    pub(super) held_out: Vec<HeldOut>,
    /// Number of known patterns.
    pub(super) known: usize,
    pub(super) left_out: Intervals,
    /// Intervals of the test patterns by the regression. `None` if the labels are estimated in the
    /// latent space.
    pub(super) own_intervals: Option<Vec<Vec<Option<[f64; 2]>>>>,
    /// Distances of the generated pattern, the blend and the strained blend, one entry per target.
    pub(super) differences: Vec<[Difference; 3]>,
    /// Mean length of the displacements by each family of lattice planes.
    pub(super) line_devs: Vec<f64>,
}

/// Trains every seed. Returns the results and the network of the chosen seed, and the numbers of
/// all seeds in ascending order.
pub(super) fn train_seeds(
    plan: &Plan<'_>,
    truths: &[Truth],
    engine: &Engine<'_>,
) -> Result<(Run, Autoencoder, Vec<SeedFigures>)> {
    let seeds: Vec<u64> = plan.experiment.seeds.all().collect();
    // Only the network of the best seed so far is kept.
    let best: Mutex<Option<(Run, Autoencoder)>> = Mutex::new(None);
    let figures = engine.each(seeds.len(), |i| {
        let (run, model) = train(plan, truths, (seeds[i], &plan.splits[i]), engine)?;
        let figures = SeedFigures::of(&run)?;
        let mut best = best.lock().unwrap_or_else(|e| e.into_inner());
        let is_best = best
            .as_ref()
            .is_none_or(|(other, _)| is_better(&run, other));
        if is_best {
            *best = Some((run, model));
        }
        Ok(figures)
    })?;
    let best = best.into_inner().unwrap_or_else(|e| e.into_inner());
    let (run, model) = best.ok_or(Error::MissingPiece)?;
    Ok((run, model, figures))
}

fn train(
    plan: &Plan<'_>,
    truths: &[Truth],
    (seed, split): (u64, &Split),
    engine: &Engine<'_>,
) -> Result<(Run, Autoencoder)> {
    let data = plan.data;
    let settings = &plan.experiment.settings;
    let test_set = data.set.select(&split.test)?;
    let (trained_rows, validation_rows) = trained_and_validation(plan, split, seed)?;
    let trained_set = data.set.part(&trained_rows)?;
    let trained_labels = data.labels.select(&trained_rows);
    let validation_set = validation_rows.map(|rows| data.set.select(&rows));
    let validation_set = validation_set.transpose()?;
    let config = settings.training(seed)?;
    let model = Autoencoder::initialise(&settings.network(seed), &*trained_set)?
        .with_preparation(data.preparation.clone());
    let before = encoded(&model, data, engine)?;
    let disturbance = PatternDisturbance::of(settings, &*trained_set, &config)?;
    let start = Instant::now();
    let label = match plan.experiment.seeds.count {
        1 => String::new(),
        _ => format!("seed {seed}: "),
    };
    let (model, history) = engine.train(Job {
        name: &format!("seed-{seed}"),
        label: Some(&label),
        model,
        config: &config,
        data: TrainingData::new(&*trained_set)
            .with_labels(&trained_labels)
            .with_test(&test_set)
            .with_validation(validation_set.as_ref())
            .with_disturbance(PatternDisturbance::as_dyn(&disturbance)),
        keeps: plan.experiment.seeds.count == 1,
    })?;
    let seconds = start.elapsed().as_secs_f64();
    drop((trained_set, test_set));
    let trained = Trained {
        before,
        history,
        seconds,
        config,
        validation_patterns: validation_set.map_or(0, |set| set.len()),
    };
    engine.after_training(|| examine(plan, truths, (seed, split), (model, trained), engine))
}

/// What is known after the training of a seed.
struct Trained {
    before: Latents,
    history: History,
    seconds: f64,
    config: TrainingConfig,
    validation_patterns: usize,
}

/// Encodes all patterns, reconstructs them, and makes the estimates, maps and patterns of a seed.
fn examine(
    plan: &Plan<'_>,
    truths: &[Truth],
    (seed, split): (u64, &Split),
    (model, trained): (Autoencoder, Trained),
    engine: &Engine<'_>,
) -> Result<(Run, Autoencoder)> {
    let data = plan.data;
    let after = encoded(&model, data, engine)?;
    let (residuals, train, test) = stage(engine.observer(), Stage::Reconstructing, || {
        let of_train = Subset::new(&data.set, split.train.clone())?;
        let of_test = Subset::new(&data.set, split.test.clone())?;
        let (of_train, of_test) = (model.evaluate(&of_train)?, model.evaluate(&of_test)?);
        Ok((residuals(&model, &data.set)?, of_train, of_test))
    })?;
    let found = (split, &after, &residuals[..]);
    let (answers, model) = match data.labels.columns() {
        [] => (Answers::without_labels(plan, split)?, model),
        _ => Answers::of(plan, truths, found, model, engine)?,
    };
    let moves = match Lines::of(data)? {
        Some(lines) => lines.moves(data, &model)?,
        None => Vec::new(),
    };
    let run = Run {
        moves,
        seed,
        train,
        test,
        saturated: saturated_fraction(after.coordinates(), after.dimensions()),
        scores: answers.scores,
        comparisons: answers.comparisons,
        curve: answers.curve,
        threads: rayon::current_num_threads(),
        generated: answers.generated,
        validation_patterns: trained.validation_patterns,
        config: trained.config,
        split: split.clone(),
        before: trained.before,
        after,
        history: trained.history,
        seconds: trained.seconds,
        estimated: answers.estimated,
        left_out: answers.left_out,
        known: answers.known,
        residuals,
        maps: answers.maps,
    };
    Ok((run, model))
}

/// What the labels of the training patterns tell.
struct Answers {
    known: Vec<String>,
    estimated: Vec<Estimated>,
    scores: Option<Scores>,
    comparisons: Vec<xrd_regression::Comparison>,
    curve: Option<CurveComparison>,
    left_out: Intervals,
    maps: Vec<LatentMap>,
    generated: Vec<Generated>,
}

impl Answers {
    fn without_labels(plan: &Plan<'_>, split: &Split) -> Result<Self> {
        Ok(Self {
            known: names(plan.data, &split.train),
            estimated: Vec::new(),
            scores: None,
            comparisons: Vec::new(),
            curve: None,
            left_out: Intervals::from_left_out_errors(&[], 0)?,
            maps: Vec::new(),
            generated: Vec::new(),
        })
    }

    /// Estimates the labels of the test patterns, paints the maps, and generates the targets. Adds the
    /// regression to the model.
    fn of(
        plan: &Plan<'_>,
        truths: &[Truth],
        (split, after, residuals): (&Split, &Latents, &[f64]),
        mut model: Autoencoder,
        engine: &Engine<'_>,
    ) -> Result<(Self, Autoencoder)> {
        let (data, observer) = (plan.data, engine.observer());
        let truth = data.labels.select(&split.test);
        let known = KnownPoints::new(
            names(data, &split.train),
            after.select(&split.train),
            data.labels.select(&split.train),
        )?
        .with_residuals(split.train.iter().map(|&i| residuals[i]));
        let curve = curve::compare(plan, &known, observer)?;
        let chosen = match &curve {
            Some(found) if found.is_better() => &NamedEstimator::curve(),
            _ => plan.estimator,
        };
        let estimator = &**chosen;
        let of_test: Vec<f64> = split.test.iter().map(|&i| residuals[i]).collect();
        let (latents, test_names) = (after.select(&split.test), names(data, &split.test));
        let query = Query::new(&test_names, &latents, &of_test).with_truth(&truth);
        let mut estimated = stage(observer, Stage::Estimating, || {
            known.estimate(&query, estimator)
        })?;
        let left_out = left_out_estimates(&known, estimator, observer)?;
        let mut scores = stage(observer, Stage::Comparing, || {
            scores(plan, split, &estimated, (&known, &left_out))
        })?;
        let regression = match plan.estimator.is_auto() {
            true => stage(observer, Stage::Fitting, || {
                let fitted = PatternRegression::fit(data, &split.train)?;
                if let Some(regression) = &fitted {
                    regression.apply_to(&mut estimated, &data.set.select(&split.test)?)?;
                }
                Ok(fitted)
            })?,
            false => None,
        };
        if let Some(regression) = &regression {
            plan.limits.apply_to(&mut estimated);
            scores = scores.replaced(&estimated, &truth)?;
            model = regression.attach_to(model)?;
        }
        let maps = paint_observed(&known, estimator, observer)?;
        let generated = stage(observer, Stage::Generating, || {
            let rule = plan.experiment.generation_rule;
            let generated =
                generate_targets(&model, (&known, estimator), &maps, &plan.targets, rule)?;
            generation::judge(data, (split, known.labels()), truths, generated)
        })?;
        let labels = data.labels.columns().len();
        let answers = Self {
            left_out: Intervals::from_left_out_errors(&honest(plan, &left_out, &known), labels)?,
            known: known.names,
            estimated,
            scores: Some(scores),
            comparisons: regression.map_or(Vec::new(), |r| r.comparisons().to_vec()),
            curve,
            maps,
            generated,
        };
        Ok((answers, model))
    }
}

/// Returns the names of the patterns with these indices.
fn names(data: &Dataset, rows: &[usize]) -> Vec<String> {
    rows.iter().map(|&i| data.set.names()[i].clone()).collect()
}

fn encoded(model: &Autoencoder, data: &Dataset, engine: &Engine<'_>) -> Result<Latents> {
    stage(engine.observer(), Stage::Encoding, || {
        Latents::of(model, &data.set)
    })
}

/// Returns the labels of each known point as estimated from all others. Empty for a single point.
pub(super) fn left_out_estimates(
    known: &KnownPoints,
    estimator: &dyn Estimator,
    observer: &dyn Observer,
) -> Result<Vec<Vec<f64>>> {
    let points = match known.space.len() {
        1 => 0,
        points => points,
    };
    steps(observer, Stage::LeavingOut, points, |i| {
        Ok(known.space.estimate_without(i, estimator)?.values)
    })
}

/// Returns the leave-one-out errors. The result is empty if labels are part of the loss: the labels of
/// the known points then had a part in their places, and the errors are smaller than those of new
/// patterns.
fn honest(plan: &Plan<'_>, left_out: &[Vec<f64>], known: &KnownPoints) -> Vec<Vec<f64>> {
    match plan.experiment.settings.label_weight > 0.0 {
        true => Vec::new(),
        false => errors_of(left_out, known),
    }
}

fn errors_of(left_out: &[Vec<f64>], known: &KnownPoints) -> Vec<Vec<f64>> {
    let pairs = left_out.iter().zip(known.labels().rows());
    pairs
        .map(|(values, truth)| difference(values, truth))
        .collect()
}

fn scores(
    plan: &Plan<'_>,
    split: &Split,
    estimated: &[Estimated],
    (known, left_out): (&KnownPoints, &[Vec<f64>]),
) -> Result<Scores> {
    let truth = plan.data.labels.select(&split.test);
    let skips_raw = skips_raw_patterns(plan, split);
    let all = estimation::summary(estimated, &truth, |_| true)?;
    Ok(Scores {
        in_latent_space: None,
        // A split has at least one test pattern.
        all: all.ok_or(Error::MissingPiece)?,
        inside: estimation::summary(estimated, &truth, |e| e.estimate.is_inside())?,
        comparison: estimation::compare(plan.data, split, estimated, (known.labels(), skips_raw))?,
        leave_one_out: leave_one_out(known, left_out)?,
    })
}

impl Scores {
    /// Returns the scores with those of other estimates of the same patterns.
    fn replaced(self, estimated: &[Estimated], truth: &Labels) -> Result<Self> {
        let all = estimation::summary(estimated, truth, |_| true)?;
        Ok(Self {
            in_latent_space: Some(self.all),
            all: all.ok_or(Error::MissingPiece)?,
            inside: estimation::summary(estimated, truth, |e| e.estimate.is_inside())?,
            ..self
        })
    }
}

/// Returns the indices of the patterns to train on, and of the validation patterns of early stopping.
fn trained_and_validation(
    plan: &Plan<'_>,
    split: &Split,
    seed: u64,
) -> Result<(Vec<usize>, Option<Vec<usize>>)> {
    let Some(fraction) = plan.experiment.settings.validation_fraction else {
        return Ok((split.train.clone(), None));
    };
    let groups = split.train.iter().map(|&i| plan.data.groups[i].clone());
    let groups: Vec<String> = groups.collect();
    let inner = Split::draw_validation(&groups, fraction, seed)?;
    let rows = |inner: &[usize]| inner.iter().map(|&i| split.train[i]).collect();
    Ok((rows(&inner.train), Some(rows(&inner.test))))
}

impl SeedFigures {
    fn of(run: &Run) -> Result<Self> {
        let differences = run.generated.iter().map(Generated::differences);
        let held_out = run.estimated.iter().map(|e| held_out(run.seed, e));
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
            held_out: held_out.collect(),
            known: run.known.len(),
            left_out: run.left_out.clone(),
            own_intervals: own_intervals(&run.estimated),
            differences: differences.collect::<Result<_>>()?,
            line_devs: lines::mean_devs(&run.moves),
        })
    }
}

/// Returns the intervals of estimates by regression.
fn own_intervals(estimated: &[Estimated]) -> Option<Vec<Vec<Option<[f64; 2]>>>> {
    let by_regression = |e: &Estimated| e.in_latent_space.as_ref().map(|_| e.intervals.clone());
    estimated.iter().map(by_regression).collect()
}

fn held_out(seed: u64, estimated: &Estimated) -> HeldOut {
    HeldOut {
        name: estimated.name.clone(),
        seed,
        truth: estimated.truth.clone().unwrap_or_default(),
        estimated: estimated.estimate.values.clone(),
    }
}

/// Returns the mean delta of estimating each known point from the others.
fn leave_one_out(known: &KnownPoints, left_out: &[Vec<f64>]) -> Result<f64> {
    if left_out.is_empty() {
        // The error of a single known point.
        known.space.leave_one_out(&NearestNeighbours::default())?;
    }
    let mut sum = 0.0;
    for (values, truth) in left_out.iter().zip(known.labels().rows()) {
        sum += delta(values, truth)?;
    }
    Ok(sum / left_out.len() as f64)
}

/// Criterion for the choice of the seed, as text.
pub(super) const CRITERION: &str =
    "highest explained variance of the training patterns; of equal seeds the lowest";

/// Returns whether [`CRITERION`] prefers a run. Labels and test patterns have no influence on it.
fn is_better(run: &Run, than: &Run) -> bool {
    let (a, b) = (
        &run.train.explained_variance,
        &than.train.explained_variance,
    );
    a.total_cmp(b).then(than.seed.cmp(&run.seed)).is_gt()
}
