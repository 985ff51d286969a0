use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::layer::Mode;
use crate::network::length;
use crate::optimiser::{Moments, norm};
use crate::pass::{Pass, Workspace};
use crate::{AdamSettings, Error, Loss, Network, Real, Result, Schedule, Targets};

/// Settings of a training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingSettings {
    /// Loss function.
    pub loss: Loss,
    /// Optimiser.
    pub adam: AdamSettings,
    /// Learning rate of each step, as a multiple of the highest one.
    pub schedule: Schedule,
    /// Seed of dropout.
    pub seed: u64,
}

impl TrainingSettings {
    /// AdamW with its default settings, a constant learning rate and seed 0.
    #[must_use]
    pub fn new(loss: Loss) -> Self {
        Self {
            loss,
            adam: AdamSettings::default(),
            schedule: Schedule::Constant,
            seed: 0,
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        self.loss.check()?;
        self.adam.check()?;
        self.schedule.check()
    }
}

/// Result of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct StepReport {
    /// Number of steps, with this one.
    pub steps: u64,
    /// Mean loss of the batch before the step.
    pub loss: f64,
    /// Number of patterns whose highest output is that of their class; for losses of classes.
    pub correct: Option<usize>,
    /// Learning rate of the step.
    pub learning_rate: f64,
    /// Euclidean norm of the gradient, before it is clipped.
    pub gradient_norm: f64,
}

/// Training of a network, one batch at a time, on the threads of the current pool of rayon.
///
/// Equal networks, settings and batches give equal weights to the last bit, with any number of threads, on one
/// machine. Another processor may use other kernels for matrix products, and round differently.
#[derive(Debug)]
pub struct Trainer<T> {
    network: Network<T>,
    settings: TrainingSettings,
    pub(crate) moments: Moments<T>,
    pub(crate) steps: u64,
    gradients: Vec<Vec<T>>,
    workspace: Option<Workspace<T>>,
}

impl<T: Real> Trainer<T> {
    /// Begins a training.
    ///
    /// # Errors
    /// Returns [`Error::Setting`] if a setting is outside its range.
    pub fn new(network: Network<T>, settings: TrainingSettings) -> Result<Self> {
        let moments = Moments::zeros(&network.parameters);
        Self::resume(network, settings, moments, 0)
    }

    pub(crate) fn resume(
        network: Network<T>,
        settings: TrainingSettings,
        moments: Moments<T>,
        steps: u64,
    ) -> Result<Self> {
        settings.check()?;
        Ok(Self {
            gradients: moments
                .first
                .iter()
                .map(|m| vec![T::zero(); m.len()])
                .collect(),
            network,
            settings,
            moments,
            steps,
            workspace: None,
        })
    }

    /// Network in its current state.
    #[must_use]
    pub fn network(&self) -> &Network<T> {
        &self.network
    }

    /// Ends the training.
    #[must_use]
    pub fn into_network(self) -> Network<T> {
        self.network
    }

    /// Settings.
    #[must_use]
    pub fn settings(&self) -> &TrainingSettings {
        &self.settings
    }

    /// Number of steps so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Changes the loss function for the next steps.
    ///
    /// # Errors
    /// Returns [`Error::Setting`] if the smoothing is outside its range.
    pub fn set_loss(&mut self, loss: Loss) -> Result<()> {
        loss.check()?;
        self.settings.loss = loss;
        Ok(())
    }

    /// Takes one step on a batch.
    ///
    /// # Shapes
    /// `inputs` is [patterns, inputs], with one target per pattern.
    ///
    /// # Errors
    /// Returns an error if the batch is empty, a shape does not match, or the loss or the gradient is not
    /// finite. The weights are unchanged after an error.
    pub fn step(&mut self, inputs: ArrayView2<T>, targets: Targets<T>) -> Result<StepReport> {
        let (value, gradient_norm) = self.gradient(inputs, targets)?;
        if !(value.loss.is_finite() && gradient_norm.is_finite()) {
            return Err(Error::Diverged {
                step: self.steps,
                loss: value.loss,
                gradient_norm,
            });
        }
        let adam = self.settings.adam;
        let rate = adam.learning_rate * self.settings.schedule.factor(self.steps);
        let scale = adam
            .clip
            .map_or(1.0, |limit| (limit / gradient_norm).min(1.0));
        if let Some(workspace) = &self.workspace {
            workspace.update_statistics(&self.network.plan, &mut self.network.parameters);
        }
        let parameters = &mut self.network.parameters;
        self.moments
            .update(parameters, &self.gradients, &adam, rate, self.steps, scale);
        self.steps += 1;
        Ok(StepReport {
            steps: self.steps,
            loss: value.loss,
            correct: value.correct,
            learning_rate: rate,
            gradient_norm,
        })
    }

    /// Loss of a batch and the gradient of each parameter, in the order of [`Network::parameters`], without a
    /// step. Running statistics have an empty gradient.
    ///
    /// # Errors
    /// The same as of [`Trainer::step`], but numbers that are not finite are no error.
    pub fn gradients(
        &mut self,
        inputs: ArrayView2<T>,
        targets: Targets<T>,
    ) -> Result<(f64, &[Vec<T>])> {
        let (value, _) = self.gradient(inputs, targets)?;
        Ok((value.loss, &self.gradients))
    }

    fn gradient(
        &mut self,
        inputs: ArrayView2<T>,
        targets: Targets<T>,
    ) -> Result<(crate::loss::Value, f64)> {
        self.network.check_width(inputs.ncols())?;
        let patterns = inputs.nrows();
        if patterns == 0 {
            length("patterns of a batch", 0, 1)?;
        }
        let standard = inputs.as_standard_layout();
        let plan = &*self.network.plan;
        let parameters = &self.network.parameters;
        let pass = Pass {
            plan,
            parameters,
            mode: Mode::Train {
                seed: self.settings.seed,
                step: self.steps,
            },
            input: standard.as_slice().unwrap_or_default(),
        };
        let old = self.workspace.take().filter(|w| w.patterns() == patterns);
        let mut workspace = old.unwrap_or_else(|| Workspace::new(plan, parameters, patterns));
        let outputs = workspace.forward(&pass);
        let mut gradient = vec![T::zero(); outputs.len()];
        let width = plan.sizes[plan.output];
        let value = self
            .settings
            .loss
            .gradient(&outputs, width, targets, &mut gradient)?;
        workspace.backward(&pass, &gradient, Some(&mut self.gradients), false);
        self.workspace = Some(workspace);
        Ok((value, norm(&self.gradients)))
    }

    /// Trains until `steps` steps are done. `batch` gets the number of earlier steps and returns the inputs and
    /// the classes of the next batch. `observe` gets the report of each step and returns whether to go on.
    ///
    /// # Errors
    /// Returns the error of `batch` or of [`Trainer::step`].
    pub fn run<E: From<Error>>(
        &mut self,
        steps: u64,
        mut batch: impl FnMut(u64) -> std::result::Result<(ndarray::Array2<T>, Vec<u32>), E>,
        mut observe: impl FnMut(&Self, &StepReport) -> bool,
    ) -> std::result::Result<(), E> {
        while self.steps < steps {
            let (inputs, classes) = batch(self.steps)?;
            let report = self.step(inputs.view(), Targets::Classes(&classes))?;
            if !observe(self, &report) {
                break;
            }
        }
        Ok(())
    }
}
