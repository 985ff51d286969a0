use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::parameter::Role;
use crate::{Error, Parameter, Real, Result};

/// Settings of Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamSettings {
    /// Highest learning rate; the schedule multiplies it.
    pub learning_rate: f64,
    /// Decay of the mean of the gradient.
    pub beta1: f64,
    /// Decay of the mean of the squared gradient.
    pub beta2: f64,
    /// Added to the root of the mean square.
    pub epsilon: f64,
    /// Weight decay. Biases and the parameters of normalisation and activation do not decay.
    pub weight_decay: f64,
    /// Whether the decay is subtracted from the weights (AdamW) instead of added to the gradient (Adam).
    pub decoupled: bool,
    /// Largest Euclidean norm of the gradient; longer gradients are scaled down.
    pub clip: Option<f64>,
}

impl Default for AdamSettings {
    /// AdamW with a learning rate of 1e-3, β = (0.9, 0.999), ε = 1e-8, a weight decay of 0.01 and no limit of
    /// the gradient.
    fn default() -> Self {
        Self {
            learning_rate: 1e-3,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.01,
            decoupled: true,
            clip: None,
        }
    }
}

impl AdamSettings {
    pub(crate) fn check(&self) -> Result<()> {
        let positive = |v: f64| v.is_finite() && v > 0.0;
        let below_one = |v: f64| (0.0..1.0).contains(&v);
        let cases = [
            (
                "learning rate",
                self.learning_rate,
                positive(self.learning_rate),
                "expected > 0",
            ),
            (
                "beta1",
                self.beta1,
                below_one(self.beta1),
                "expected 0 ≤ beta1 < 1",
            ),
            (
                "beta2",
                self.beta2,
                below_one(self.beta2),
                "expected 0 ≤ beta2 < 1",
            ),
            (
                "epsilon",
                self.epsilon,
                positive(self.epsilon),
                "expected > 0",
            ),
            (
                "weight decay",
                self.weight_decay,
                self.weight_decay.is_finite() && self.weight_decay >= 0.0,
                "expected ≥ 0",
            ),
            (
                "clip",
                self.clip.unwrap_or(1.0),
                self.clip.is_none_or(positive),
                "expected > 0",
            ),
        ];
        match cases.into_iter().find(|case| !case.2) {
            None => Ok(()),
            Some((name, value, _, allowed)) => Err(Error::Setting {
                name: name.to_owned(),
                value,
                allowed,
            }),
        }
    }
}

/// Means of the gradients and of their squares, one list per parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Moments<T> {
    pub(crate) first: Vec<Vec<T>>,
    pub(crate) second: Vec<Vec<T>>,
}

/// Number of elements per task.
const BLOCK: usize = 1 << 14;

impl<T: Real> Moments<T> {
    pub(crate) fn zeros(parameters: &[Parameter<T>]) -> Self {
        let zeros =
            |p: &Parameter<T>| vec![T::zero(); if p.is_trained() { p.values.len() } else { 0 }];
        Self {
            first: parameters.iter().map(zeros).collect(),
            second: parameters.iter().map(zeros).collect(),
        }
    }

    /// Changes the parameters by one step. `step` counts the earlier steps; `scale` multiplies the gradients.
    pub(crate) fn update(
        &mut self,
        parameters: &mut [Parameter<T>],
        gradients: &[Vec<T>],
        settings: &AdamSettings,
        rate: f64,
        step: u64,
        scale: f64,
    ) {
        let power = step.saturating_add(1).min(i32::MAX as u64) as i32;
        let one = T::one();
        let (beta1, beta2) = (T::of(settings.beta1), T::of(settings.beta2));
        let step_size = T::of(rate / (1.0 - settings.beta1.powi(power)));
        let root = T::of(1.0 / (1.0 - settings.beta2.powi(power)).sqrt());
        let (epsilon, scale) = (T::of(settings.epsilon), T::of(scale));
        for (i, parameter) in parameters.iter_mut().enumerate() {
            if !parameter.is_trained() {
                continue;
            }
            let decay = if parameter.role == Role::Weight {
                settings.weight_decay
            } else {
                0.0
            };
            let (kept, added) = if settings.decoupled {
                (T::of(1.0 - rate * decay), T::zero())
            } else {
                (one, T::of(decay))
            };
            let w = parameter.values.par_chunks_mut(BLOCK);
            let g = gradients[i].par_chunks(BLOCK);
            let m = self.first[i].par_chunks_mut(BLOCK);
            let v = self.second[i].par_chunks_mut(BLOCK);
            w.zip(g).zip(m).zip(v).for_each(|(((w, g), m), v)| {
                for (((w, &g), m), v) in w.iter_mut().zip(g).zip(m).zip(v) {
                    let g = g * scale + added * *w;
                    *m = beta1 * *m + (one - beta1) * g;
                    *v = beta2 * *v + (one - beta2) * g * g;
                    *w = kept * *w - step_size * *m / (v.sqrt() * root + epsilon);
                }
            });
        }
    }
}

/// Euclidean norm of all gradients. The order of the additions is fixed.
pub(crate) fn norm<T: Real>(gradients: &[Vec<T>]) -> f64 {
    let squares = |block: &[T]| block.iter().map(|g| g.wide() * g.wide()).sum::<f64>();
    let parts = |list: &Vec<T>| list.par_chunks(BLOCK).map(squares).collect::<Vec<f64>>();
    gradients.iter().flat_map(parts).sum::<f64>().sqrt()
}
