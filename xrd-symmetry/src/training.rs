use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_nn::{
    AdamSettings, LayerSpec, Loss, Network, NetworkSpec, Schedule, Shape, Targets, Trainer,
    TrainingSettings,
};

use crate::classifier::{POINTS, check, inputs};
use crate::container::{pack, unpack};
use crate::space_group::COUNT;
use crate::{Error, Prepared, Result, SpaceGroup};

/// Plan of the training of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingPlan {
    /// Layers of the network.
    pub network: NetworkSpec,
    /// Number of steps of the first cycle of the learning rate.
    pub first_cycle: u64,
    /// Number of steps of every other cycle.
    pub cycle: u64,
    /// Number of cycles. At the end of each, the learning rate is 0, and the network can be taken for an
    /// ensemble.
    pub cycles: u64,
    /// Number of patterns per step.
    pub batch: usize,
    /// Seed of the weights, of dropout and of the cropping of patterns.
    pub seed: u64,
    /// Highest learning rate. In each cycle it rises linearly over a
    /// twentieth of the shorter cycle, and falls to 0 along half a
    /// cosine.
    pub learning_rate: f64,
    /// Highest learning rate of every cycle but the first, relative to that of the first, 0 to 1.
    pub restart: f64,
    /// Label smoothing, 0 to 1.
    pub smoothing: f64,
    /// Share of the patterns that are cropped at random: up to 15° at the beginning, and 32° at the end.
    pub cropped: f64,
}

impl Default for TrainingPlan {
    /// Six convolutions and two dense layers (704,000 weights), which are trained for 10,000 steps of 128
    /// patterns, and then for nine cycles of 4,000 steps.
    fn default() -> Self {
        let mut layers = Vec::new();
        let convolutions = [
            (32, 15, 2),
            (48, 9, 2),
            (64, 7, 2),
            (96, 5, 2),
            (128, 5, 2),
            (40, 3, 1),
        ];
        for (filters, kernel, stride) in convolutions {
            let padding = kernel / 2;
            layers.extend([
                LayerSpec::Conv1d {
                    filters,
                    kernel,
                    stride,
                    padding,
                },
                LayerSpec::BatchNorm,
                LayerSpec::Relu,
            ]);
        }
        layers.extend([
            LayerSpec::Flatten,
            LayerSpec::Dropout { rate: 0.3 },
            LayerSpec::Dense { outputs: 192 },
            LayerSpec::Relu,
            LayerSpec::Dropout { rate: 0.3 },
            LayerSpec::Dense { outputs: COUNT },
        ]);
        let input = Shape::Sequence {
            length: POINTS,
            channels: 1,
        };
        Self {
            network: NetworkSpec { input, layers },
            first_cycle: 10_000,
            cycle: 4_000,
            cycles: 10,
            batch: 128,
            seed: 0,
            learning_rate: 2e-3,
            restart: 0.6,
            smoothing: 0.03,
            cropped: 0.15,
        }
    }
}

impl TrainingPlan {
    /// Returns the number of steps of all cycles.
    pub fn steps(&self) -> u64 {
        let later = self.cycles.saturating_sub(1).saturating_mul(self.cycle);
        self.first_cycle.saturating_add(later)
    }

    /// Returns the number of cycles that end at or before a number of steps.
    pub fn finished_cycles(&self, steps: u64) -> u64 {
        match steps.checked_sub(self.first_cycle) {
            None => 0,
            Some(later) => (1 + later / self.cycle.max(1)).min(self.cycles),
        }
    }

    fn check(&self) -> Result<()> {
        let positive = |what, value: u64| match value {
            0 => Err(Error::OutOfRange {
                what,
                value: 0.0,
                expected: "1 or more",
            }),
            _ => Ok(()),
        };
        positive("steps of the first cycle", self.first_cycle)?;
        positive("steps of a cycle", self.cycle)?;
        positive("number of cycles", self.cycles)?;
        positive("patterns per step", self.batch as u64)?;
        match self.cropped {
            0.0..=1.0 => Ok(()),
            value => Err(Error::OutOfRange {
                what: "share of cropped patterns",
                value,
                expected: "0 to 1",
            }),
        }
    }

    fn settings(&self) -> TrainingSettings {
        let mut settings = TrainingSettings::new(Loss::CrossEntropy {
            smoothing: self.smoothing,
        });
        settings.adam = AdamSettings {
            learning_rate: self.learning_rate,
            ..AdamSettings::default()
        };
        settings.schedule = Schedule::Restarts {
            first: self.first_cycle,
            next: self.cycle,
            warm_up: self.first_cycle.min(self.cycle) / 20,
            peak: self.restart,
        };
        settings.seed = self.seed;
        settings
    }
}

/// Result of a step of a training.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// Number of steps so far, with this one.
    pub steps: u64,
    /// Mean loss of its patterns.
    pub loss: f64,
    /// Share of its patterns whose space group was right.
    pub right: f64,
}

/// Training of a network on patterns that are made when they are needed.
///
/// Equal plans and patterns give equal weights to the last bit, with any number of threads and after any
/// number of interruptions, on one machine.
///
/// # Example
/// ```no_run
/// use xrd_symmetry::{Error, SpaceGroup, Training, TrainingPlan};
/// // Pattern of a given index on the axis of the networks, and its space group.
/// let source = |index: u64| -> Result<(Vec<f32>, SpaceGroup), Error> {
///     # let simulate = |_: u64| (vec![0.0; 2125], 14);
///     let (intensities, number) = simulate(index);
///     Ok((intensities, SpaceGroup::from_number(number)?))
/// };
/// let mut training = Training::new(TrainingPlan::default())?;
/// while !training.is_done() {
///     let step = training.step(source)?;
///     if step.steps % 100 == 0 {
///         std::fs::write("training.checkpoint", training.checkpoint()?).unwrap();
///     }
/// }
/// let network = training.into_network();
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Training {
    plan: TrainingPlan,
    trainer: Trainer<f32>,
}

impl Training {
    /// Begins a training.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] if a number of the plan is, or the network does not have 2,125 inputs and 230
    ///   outputs.
    /// - [`Error::Network`] if the layers do not fit.
    pub fn new(plan: TrainingPlan) -> Result<Self> {
        plan.check()?;
        let network = Network::new(&plan.network, plan.seed)?;
        check(&network)?;
        let trainer = Trainer::new(network, plan.settings())?;
        Ok(Self { plan, trainer })
    }

    /// Returns the plan.
    pub fn plan(&self) -> &TrainingPlan {
        &self.plan
    }

    /// Returns the number of steps so far.
    pub fn steps(&self) -> u64 {
        self.trainer.steps()
    }

    /// Returns `true` after the last step.
    pub fn is_done(&self) -> bool {
        self.steps() >= self.plan.steps()
    }

    /// Returns the number of finished cycles if the last step ended one, and otherwise `None`.
    pub fn finished_cycle(&self) -> Option<u64> {
        let at = |steps| self.plan.finished_cycles(steps);
        let now = at(self.steps());
        (self.steps() > 0 && now > at(self.steps() - 1)).then_some(now)
    }

    /// Returns the network in its current state.
    pub fn network(&self) -> &Network<f32> {
        self.trainer.network()
    }

    /// Ends the training.
    pub fn into_network(self) -> Network<f32> {
        self.trainer.into_network()
    }

    /// Takes one step.
    ///
    /// `source` returns the pattern with an index: 2,125 intensities on the [`axis`](fn@crate::axis), before
    /// preparation, and its space group. It is called on the threads of rayon's current pool, with the
    /// indices steps · batch to (steps + 1) · batch − 1.
    ///
    /// # Errors
    /// - Any error of `source`.
    /// - [`Error::Pattern`] if a pattern has another length, and any error of the preparation.
    /// - [`Error::Network`] if the training diverges.
    pub fn step<E: From<Error> + Send>(
        &mut self,
        source: impl Fn(u64) -> std::result::Result<(Vec<f32>, SpaceGroup), E> + Sync,
    ) -> std::result::Result<Step, E> {
        let batch = self.plan.batch as u64;
        let first = self.steps() * batch;
        let one = |index: u64| {
            let (intensities, group) = source(index)?;
            Ok((self.prepare(intensities, index)?, group))
        };
        let indices: Vec<u64> = (first..first + batch).collect();
        let patterns = indices.into_par_iter().map(one);
        let patterns: Vec<(Prepared, SpaceGroup)> =
            patterns.collect::<std::result::Result<_, E>>()?;
        let matrix = inputs(patterns.iter().map(|(p, _)| p.values().iter().copied()));
        let classes: Vec<u32> = patterns.iter().map(|(_, g)| g.index() as u32).collect();
        let report = self.trainer.step(matrix.view(), Targets::Classes(&classes));
        let report = report.map_err(Error::Network)?;
        Ok(Step {
            steps: report.steps,
            loss: report.loss,
            right: report.correct.unwrap_or_default() as f64 / batch as f64,
        })
    }

    /// Crops and prepares a pattern.
    fn prepare(&self, intensities: Vec<f32>, index: u64) -> Result<Prepared> {
        let mut number = Numbers::new(self.plan.seed, index);
        let is_cropped = number.next() < self.plan.cropped;
        let [low, high] = [375.0, 800.0].map(|most| (number.next() * most) as usize);
        let measured = match is_cropped {
            true => low..POINTS - high,
            false => 0..POINTS,
        };
        Ok(Prepared::within(intensities, measured)?)
    }

    /// Bytes of a file from which the training goes on to the same bits.
    ///
    /// # Errors
    /// No error is expected.
    pub fn checkpoint(&self) -> Result<Vec<u8>> {
        pack(&self.plan, &[self.trainer.checkpoint()?])
    }

    /// Goes on from a checkpoint.
    ///
    /// # Errors
    /// [`Error::File`] or [`Error::Network`] if the bytes are not a checkpoint.
    pub fn from_checkpoint(bytes: &[u8]) -> Result<Self> {
        let (plan, parts): (TrainingPlan, _) = unpack(bytes)?;
        plan.check()?;
        let [part] = parts[..] else {
            return Err(Error::File {
                reason: format!("{} parts (expected 1)", parts.len()),
            });
        };
        let trainer = Trainer::from_checkpoint(part)?;
        check(trainer.network())?;
        Ok(Self { plan, trainer })
    }
}

/// Random numbers of a pattern (splitmix64: G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014).
struct Numbers(u64);

impl Numbers {
    fn new(seed: u64, index: u64) -> Self {
        let mut mixed = Self(seed);
        mixed.0 = mixed.bits() ^ index;
        mixed
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1, without 1.
    fn next(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}
