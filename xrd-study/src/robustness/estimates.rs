//! Estimated labels of disturbed patterns, by networks and from raw patterns.

use serde::{Deserialize, Serialize};
use xrd_ae::{Autoencoder, TrainingData};
use xrd_core::PatternSet;
use xrd_latent::{Estimator, LabelledSpace};

use super::Plan;
use super::report::RobustMethod;
use crate::baselines::Baselines;
use crate::dataset::Dataset;
use crate::disturbing::PatternDisturbance;
use crate::engine::{Engine, Job};
use crate::error::Result;
use crate::latents::Latents;
use crate::sample::{MOST_FITTED, sample};
use crate::split::Split;

/// Estimated labels of the held-out patterns: conditions × patterns × labels.
pub(super) type Estimates = Vec<Vec<Vec<f64>>>;

/// Work that does not depend on other work: a training, or the methods on raw patterns of a split.
pub(super) struct Piece<'a> {
    pub(super) kind: PieceKind,
    pub(super) seed: u64,
    pub(super) split: &'a Split,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PieceKind {
    WithEffects,
    WithoutEffects,
    Raw,
}

impl PieceKind {
    pub(super) const ALL: [Self; 3] = [Self::WithEffects, Self::WithoutEffects, Self::Raw];

    /// Returns the methods whose estimates the piece gives.
    fn methods(self) -> &'static [RobustMethod] {
        match self {
            Self::WithEffects => &[RobustMethod::PlaneWithEffects],
            Self::WithoutEffects => &[RobustMethod::PlaneWithoutEffects],
            Self::Raw => &[RobustMethod::RawNeighbours, RobustMethod::RawRidge],
        }
    }

    /// Beginning of the names of the files.
    fn name(self) -> &'static str {
        match self {
            Self::WithEffects => "effects",
            Self::WithoutEffects => "plain",
            Self::Raw => "raw",
        }
    }
}

/// Latent points of a network.
#[derive(Serialize, Deserialize)]
struct Points {
    /// Latent coordinates of each training pattern.
    train: Vec<Vec<f64>>,
    /// Latent coordinates: conditions × held-out patterns.
    held_out: Vec<Vec<Vec<f64>>>,
}

impl Piece<'_> {
    /// Returns the estimates of each method of this piece, from the stored result if there is one.
    pub(super) fn estimates(
        &self,
        plan: &Plan<'_>,
        engine: &Engine<'_>,
    ) -> Result<Vec<(RobustMethod, Estimates)>> {
        let found = match self.kind {
            PieceKind::Raw => {
                let name = self.name();
                let found: Vec<Estimates> = engine.recall(&name, 0, || self.raw(plan))?;
                let labels = plan.data.labels.columns().len();
                let complete = found.iter().all(|e| self.is_complete(plan, e, labels));
                if !complete || found.len() != self.kind.methods().len() {
                    return Err(self.damaged(plan, engine));
                }
                found
            }
            _ => vec![self.by_network(plan, engine)?],
        };
        Ok(self.kind.methods().iter().copied().zip(found).collect())
    }

    fn name(&self) -> String {
        format!("{}-{}", self.kind.name(), self.seed)
    }

    /// Whether a result has a row of numbers for each pattern under each condition.
    fn is_complete(&self, plan: &Plan<'_>, found: &[Vec<Vec<f64>>], numbers: usize) -> bool {
        let rows = self.held_out(plan).len();
        let of_condition =
            |all: &Vec<Vec<f64>>| all.len() == rows && all.iter().all(|row| row.len() == numbers);
        found.len() == plan.conditions.all.len() && found.iter().all(of_condition)
    }

    fn damaged(&self, plan: &Plan<'_>, engine: &Engine<'_>) -> crate::Error {
        let (conditions, rows) = (plan.conditions.all.len(), self.held_out(plan).len());
        let expected = format!("expected {conditions} disturbances of {rows} patterns");
        engine.damaged(&self.name(), expected)
    }

    /// Returns the indices of the held-out patterns that are disturbed.
    pub(super) fn held_out(&self, plan: &Plan<'_>) -> Vec<usize> {
        sample(&self.split.test, plan.most_held_out)
    }

    /// Returns the held-out patterns under each condition, one set after another.
    fn disturbed<'a>(
        &'a self,
        plan: &'a Plan<'_>,
    ) -> Result<impl Iterator<Item = Result<PatternSet>> + 'a> {
        let rows = self.held_out(plan);
        let patterns = plan.data.set.select(&rows)?;
        let conditions = plan.conditions.all.iter();
        Ok(conditions.map(move |&condition| {
            plan.conditions
                .disturbed(condition, &patterns, (self.seed, &rows))
        }))
    }

    fn by_network(&self, plan: &Plan<'_>, engine: &Engine<'_>) -> Result<Estimates> {
        let (name, epochs) = (self.name(), plan.experiment.settings.epochs);
        let points: Points = engine.recall(&name, epochs, || self.points(plan, engine))?;
        let dimensions = plan.experiment.settings.latent;
        let trained = points.train.iter().all(|p| p.len() == dimensions);
        if points.train.len() != self.split.train.len()
            || !trained
            || !self.is_complete(plan, &points.held_out, dimensions)
        {
            return Err(self.damaged(plan, engine));
        }
        let labels = plan.data.labels.select(&self.split.train);
        let space = LabelledSpace::new(dimensions, points.train.concat(), labels)?;
        let estimator: &dyn Estimator = &*plan.estimator;
        let one = |point: &Vec<f64>| Ok(space.estimate(point, estimator)?.values);
        let all = points.held_out.iter();
        all.map(|points| points.iter().map(one).collect()).collect()
    }

    /// Trains the network and encodes the training patterns and the disturbed patterns.
    fn points(&self, plan: &Plan<'_>, engine: &Engine<'_>) -> Result<Points> {
        let mut settings = plan.experiment.settings.clone();
        if self.kind == PieceKind::WithoutEffects {
            settings.effects = None;
        }
        let train = plan.data.set.select(&self.split.train)?;
        let labels = plan.data.labels.select(&self.split.train);
        let config = settings.training(self.seed)?;
        let disturbance = PatternDisturbance::of(&settings, &train, &config)?;
        let job = Job {
            name: &self.name(),
            label: None,
            model: Autoencoder::initialise(&settings.network(self.seed), &train)?,
            config: &config,
            data: TrainingData::new(&train)
                .with_labels(&labels)
                .with_disturbance(PatternDisturbance::as_dyn(&disturbance)),
            keeps: false,
        };
        let (model, _) = engine.train(job)?;
        let encoded = |set: &PatternSet| -> Result<Vec<Vec<f64>>> {
            let latents = Latents::of(&model, set)?;
            Ok(latents.rows().map(<[f64]>::to_vec).collect())
        };
        let held_out = self.disturbed(plan)?.map(|set| encoded(&set?));
        Ok(Points {
            held_out: held_out.collect::<Result<_>>()?,
            train: encoded(&train)?,
        })
    }

    /// Estimates the labels from raw patterns. Of many training patterns, a sample is used.
    fn raw(&self, plan: &Plan<'_>) -> Result<Vec<Estimates>> {
        let train = sample(&self.split.train, MOST_FITTED);
        let mut rows = train.clone();
        let mut patterns = plan.data.set.select(&train)?;
        let mut block: Vec<f32> = Vec::new();
        for i in 0..patterns.len() {
            block.extend(patterns.intensities(i));
        }
        let held_out = self.held_out(plan);
        for set in self.disturbed(plan)? {
            let set = set?;
            (0..set.len()).for_each(|i| block.extend(set.intensities(i)));
            rows.extend(&held_out);
        }
        let names = (0..rows.len()).map(|i| i.to_string()).collect();
        let (grid, scale) = (*patterns.grid(), patterns.scale());
        patterns = PatternSet::new(grid, scale, patterns.wavelength(), names, block)?;
        let mut both = Dataset::new(patterns, plan.data.labels.select(&rows))?;
        both.preparation.clone_from(&plan.data.preparation);
        let split = Split {
            train: (0..train.len()).collect(),
            test: (train.len()..rows.len()).collect(),
        };
        let baselines = Baselines::new(&both)?;
        let found = [
            baselines.neighbours(&both, &split),
            baselines.ridge(&both, &split)?,
        ];
        let by_condition =
            |all: Vec<Vec<f64>>| all.chunks(held_out.len()).map(<[_]>::to_vec).collect();
        Ok(found.map(by_condition).to_vec())
    }
}
