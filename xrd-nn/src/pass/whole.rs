//! Steps for which all chunks must have arrived.

use rayon::prelude::*;

use super::chunk::Chunk;
use super::{Pass, Workspace};
use crate::layer::Mode;
use crate::layer::batch_norm::{BatchNorm, MOMENTUM, Statistics, channel_sums};
use crate::layer::dense::{Columns, Dense};
use crate::plan::{Operation, Plan, Step};
use crate::{Parameter, Real};

impl<T: Real> Workspace<T> {
    pub(super) fn dense_forward(&mut self, pass: &Pass<T>, index: usize, dense: &Dense) {
        let step = &pass.plan.steps[index];
        let mut x = std::mem::take(&mut self.inputs[index]);
        x.resize(self.patterns * dense.inputs, T::zero());
        self.gather_into(dense.inputs, &mut x, |chunk| pass.slot(chunk, step.from));
        let y = dense.outputs(&pass.place(0, self.patterns), &x);
        self.inputs[index] = x;
        self.chunks.par_iter_mut().for_each(|chunk| {
            scatter(
                &y,
                chunk.first,
                dense.outputs,
                &mut chunk.values[step.to],
                |to, from| {
                    to.copy_from_slice(from);
                },
            );
        });
    }

    pub(super) fn norm_forward(&mut self, pass: &Pass<T>, index: usize, norm: &BatchNorm) {
        let step = &pass.plan.steps[index];
        let statistics = match pass.mode {
            Mode::Infer => norm.running(&pass.place(0, self.patterns)),
            Mode::Train { .. } => {
                self.measure(pass, step.from, pass.parameters[norm.scale].values.len())
            }
        };
        self.chunks.par_iter_mut().for_each(|chunk| {
            let mut y = std::mem::take(&mut chunk.values[step.to]);
            let place = pass.place(chunk.first, chunk.rows);
            norm.forward(&place, &statistics, pass.slot(chunk, step.from), &mut y);
            chunk.values[step.to] = y;
        });
        self.statistics[index] = statistics;
    }

    /// Sums over all chunks, added in order.
    fn ordered(&self, of: impl Fn(&Chunk<T>) -> Vec<f64> + Send + Sync) -> Vec<f64> {
        let parts: Vec<Vec<f64>> = self.chunks.par_iter().map(of).collect();
        let mut parts = parts.into_iter();
        let mut sums = parts.next().unwrap_or_default();
        for part in parts {
            sums.iter_mut().zip(part).for_each(|(s, p)| *s += p);
        }
        sums
    }

    fn measure(&self, pass: &Pass<T>, slot: usize, channels: usize) -> Statistics {
        let count = (self.patterns * pass.plan.sizes[slot] / channels) as f64;
        let sums = self.ordered(|chunk| {
            let x = pass.slot(chunk, slot);
            channel_sums(channels, x.len(), |_, i| x[i].wide())
        });
        let mean: Vec<f64> = sums.into_iter().map(|s| s / count).collect();
        let squares = self.ordered(|chunk| {
            let x = pass.slot(chunk, slot);
            channel_sums(channels, x.len(), |c, i| (x[i].wide() - mean[c]).powi(2))
        });
        Statistics {
            mean,
            variance: squares.into_iter().map(|s| s / count).collect(),
            count,
        }
    }

    /// Moves the running statistics towards those of the last pass.
    pub(crate) fn update_statistics(&self, plan: &Plan<T>, parameters: &mut [Parameter<T>]) {
        for (step, statistics) in plan.steps.iter().zip(&self.statistics) {
            let Operation::BatchNorm(norm) = &step.operation else {
                continue;
            };
            // The variance of a population, estimated from a sample.
            let unbiased = statistics.count / (statistics.count - 1.0).max(1.0);
            let mut move_to = |parameter: usize, found: &[f64], factor: f64| {
                for (v, f) in parameters[parameter].values.iter_mut().zip(found) {
                    *v = T::of((1.0 - MOMENTUM) * v.wide() + MOMENTUM * factor * f);
                }
            };
            move_to(norm.mean, &statistics.mean, 1.0);
            move_to(norm.variance, &statistics.variance, unbiased);
        }
    }

    pub(super) fn dense_backward(
        &mut self,
        pass: &Pass<T>,
        index: usize,
        dense: &Dense,
        sums: Option<&mut [Vec<T>]>,
        input: bool,
    ) {
        let Step { from, to, .. } = pass.plan.steps[index];
        let mut dy = vec![T::zero(); self.patterns * dense.outputs];
        self.gather_into(dense.outputs, &mut dy, |chunk| &chunk.gradients[to]);
        if let Some(sums) = sums {
            dense.gradients(self.patterns, &self.inputs[index], &dy, sums);
        }
        let dx =
            (from != 0 || input).then(|| dense.input_gradient(&pass.place(0, self.patterns), &dy));
        let buffers = &self.buffers;
        self.chunks.par_iter_mut().for_each(|chunk| {
            buffers.give(std::mem::take(&mut chunk.gradients[to]));
            if let Some(dx) = &dx {
                let mut own = buffers.take(chunk.rows * dense.inputs);
                scatter(dx, chunk.first, dense.inputs, &mut own, |to, from| {
                    to.copy_from_slice(from)
                });
                chunk.add_gradient(from, own, buffers);
            }
        });
    }

    pub(super) fn norm_backward(
        &mut self,
        pass: &Pass<T>,
        index: usize,
        norm: &BatchNorm,
        sums: Option<&mut [Vec<T>]>,
        input: bool,
    ) {
        let Step { from, to, .. } = pass.plan.steps[index];
        let statistics = std::mem::take(&mut self.statistics[index]);
        let totals = self.ordered(|chunk| {
            norm.gradient_sums(&statistics, pass.slot(chunk, from), &chunk.gradients[to])
        });
        if let Some(sums) = sums {
            let channels = statistics.mean.len();
            let mut write = |parameter: usize, totals: &[f64]| {
                sums[parameter]
                    .iter_mut()
                    .zip(totals)
                    .for_each(|(s, &t)| *s = T::of(t));
            };
            write(norm.shift, &totals[..channels]);
            write(norm.scale, &totals[channels..]);
        }
        let buffers = &self.buffers;
        self.chunks.par_iter_mut().for_each(|chunk| {
            let dy = std::mem::take(&mut chunk.gradients[to]);
            if from != 0 || input {
                let mut dx = buffers.take(dy.len());
                let place = pass.place(chunk.first, chunk.rows);
                norm.backward(
                    &place,
                    &statistics,
                    &totals,
                    pass.slot(chunk, from),
                    &dy,
                    &mut dx,
                );
                chunk.add_gradient(from, dx, buffers);
            }
            buffers.give(dy);
        });
        self.statistics[index] = statistics;
    }
}

/// Copies the rows of a chunk from blocks of columns.
fn scatter<T: Real>(
    all: &Columns<T>,
    first: usize,
    width: usize,
    own: &mut [T],
    copy: impl Fn(&mut [T], &[T]),
) {
    for (i, own) in own.chunks_exact_mut(width).enumerate() {
        all.row(first + i, |columns, values| copy(&mut own[columns], values));
    }
}
