//! Forward and backward passes over a batch. A batch is cut into chunks of [`CHUNK`] patterns, whatever the
//! number of threads. Sums over a batch are sums over its chunks, added in order.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::layer::batch_norm::{BatchNorm, MOMENTUM, Statistics, channel_sums};
use crate::layer::dense::{Columns, Dense};
use crate::layer::{Mode, Place};
use crate::plan::{Operation, Plan, Step};
use crate::{Parameter, Real};

/// Number of patterns that pass through the layers together.
pub(crate) const CHUNK: usize = 8;

/// Buffers that are used again, the last one first, because it is still in the cache.
#[derive(Debug)]
pub(crate) struct Buffers<T>(Mutex<Vec<Vec<T>>>);

impl<T: Real> Buffers<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Buffer with any content.
    pub(crate) fn take(&self, len: usize) -> Vec<T> {
        let old = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut buffer = old.unwrap_or_default();
        buffer.resize(len, T::zero());
        buffer
    }

    pub(crate) fn give(&self, buffer: Vec<T>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(buffer);
    }
}

#[derive(Debug)]
struct Chunk<T> {
    first: usize,
    rows: usize,
    /// Values of each slot. That of slot 0 is empty.
    values: Vec<Vec<T>>,
    /// Gradient of each slot, empty until a later step has written it.
    gradients: Vec<Vec<T>>,
    /// Gradients of the parameters of layers that work chunk by chunk.
    sums: Vec<Vec<T>>,
}

/// Memory of a pass, used again by the next one.
#[derive(Debug)]
pub(crate) struct Workspace<T> {
    patterns: usize,
    chunks: Vec<Chunk<T>>,
    buffers: Buffers<T>,
    /// Inputs of each dense step, [patterns, inputs].
    inputs: Vec<Vec<T>>,
    /// Statistics of each batch normalisation.
    statistics: Vec<Statistics>,
}

/// Network, mode and input of a pass.
#[derive(Clone, Copy)]
pub(crate) struct Pass<'a, T> {
    pub(crate) plan: &'a Plan<T>,
    pub(crate) parameters: &'a [Parameter<T>],
    pub(crate) mode: Mode,
    /// [patterns, inputs].
    pub(crate) input: &'a [T],
}

impl<'a, T: Real> Pass<'a, T> {
    fn place(&self, first: usize, rows: usize) -> Place<'a, T> {
        Place {
            parameters: self.parameters,
            mode: self.mode,
            first,
            rows,
        }
    }

    fn slot<'b>(&'b self, chunk: &'b Chunk<T>, slot: usize) -> &'b [T] {
        if slot == 0 {
            let width = self.plan.sizes[0];
            &self.input[chunk.first * width..][..chunk.rows * width]
        } else {
            &chunk.values[slot]
        }
    }
}

impl<T: Real> Workspace<T> {
    pub(crate) fn new(plan: &Plan<T>, parameters: &[Parameter<T>], patterns: usize) -> Self {
        let mut in_chunks = vec![true; parameters.len()];
        for step in &plan.steps {
            match &step.operation {
                Operation::Dense(d) => [d.weight, d.bias].map(|p| in_chunks[p] = false),
                Operation::BatchNorm(b) => [b.scale, b.shift].map(|p| in_chunks[p] = false),
                _ => continue,
            };
        }
        let sums = || {
            let zeros = |(p, &own): (&Parameter<T>, &bool)| {
                vec![
                    T::zero();
                    if own && p.is_trained() {
                        p.values.len()
                    } else {
                        0
                    }
                ]
            };
            parameters.iter().zip(&in_chunks).map(zeros).collect()
        };
        let chunk = |first: usize| {
            let rows = CHUNK.min(patterns - first);
            let values = |(slot, size): (usize, &usize)| {
                vec![T::zero(); if slot == 0 { 0 } else { rows * size }]
            };
            Chunk {
                first,
                rows,
                values: plan.sizes.iter().enumerate().map(values).collect(),
                gradients: vec![Vec::new(); plan.sizes.len()],
                sums: sums(),
            }
        };
        Self {
            patterns,
            chunks: (0..patterns).step_by(CHUNK).map(chunk).collect(),
            buffers: Buffers::new(),
            inputs: vec![Vec::new(); plan.steps.len()],
            statistics: vec![Statistics::default(); plan.steps.len()],
        }
    }

    pub(crate) fn patterns(&self) -> usize {
        self.patterns
    }

    /// Outputs, [patterns, outputs].
    pub(crate) fn forward(&mut self, pass: &Pass<T>) -> Vec<T> {
        let steps = &pass.plan.steps;
        let mut done = 0;
        while done < steps.len() {
            let next = (done..steps.len())
                .find(|&i| steps[i].is_whole())
                .unwrap_or(steps.len());
            if next > done {
                self.chunks.par_iter_mut().for_each(|chunk| {
                    steps[done..next]
                        .iter()
                        .for_each(|step| chunk.forward(pass, step));
                });
            }
            if let Some(step) = steps.get(next) {
                match &step.operation {
                    Operation::Dense(dense) => self.dense_forward(pass, next, dense),
                    Operation::BatchNorm(norm) => self.norm_forward(pass, next, norm),
                    _ => {}
                }
            }
            done = next + 1;
        }
        self.gather(pass, pass.plan.output)
    }

    /// Values of a slot in one piece.
    fn gather(&self, pass: &Pass<T>, slot: usize) -> Vec<T> {
        let mut all = vec![T::zero(); self.patterns * pass.plan.sizes[slot]];
        self.gather_into(pass.plan.sizes[slot], &mut all, |chunk| {
            pass.slot(chunk, slot)
        });
        all
    }

    fn gather_into<'a>(
        &'a self,
        size: usize,
        all: &mut [T],
        of: impl Fn(&'a Chunk<T>) -> &'a [T] + Sync,
    ) {
        let pieces = all.par_chunks_mut(CHUNK * size).zip(&self.chunks);
        pieces.for_each(|(all, chunk)| all.copy_from_slice(of(chunk)));
    }

    fn dense_forward(&mut self, pass: &Pass<T>, index: usize, dense: &Dense) {
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

    fn norm_forward(&mut self, pass: &Pass<T>, index: usize, norm: &BatchNorm) {
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

    /// Backward pass after [`Workspace::forward`]. Writes the gradients of the parameters into `sums`, and
    /// returns the gradient of the input, [patterns, inputs], if it is wanted.
    ///
    /// # Shapes
    /// `output_gradient` is [patterns, outputs].
    pub(crate) fn backward(
        &mut self,
        pass: &Pass<T>,
        output_gradient: &[T],
        mut sums: Option<&mut [Vec<T>]>,
        input: bool,
    ) -> Option<Vec<T>> {
        let plan = pass.plan;
        let width = plan.sizes[plan.output];
        let buffers = &self.buffers;
        let wanted = sums.is_some();
        self.chunks.par_iter_mut().for_each(|chunk| {
            let part = &output_gradient[chunk.first * width..][..chunk.rows * width];
            let mut gradient = buffers.take(part.len());
            gradient.copy_from_slice(part);
            chunk.gradients[plan.output] = gradient;
            if wanted {
                chunk.sums.iter_mut().for_each(|s| s.fill(T::zero()));
            }
        });
        let mut end = plan.steps.len();
        while end > 0 {
            let start = (0..end)
                .rev()
                .find(|&i| plan.steps[i].is_whole())
                .map_or(0, |i| i + 1);
            if start < end {
                let buffers = &self.buffers;
                self.chunks.par_iter_mut().for_each(|chunk| {
                    let steps = plan.steps[start..end].iter().rev();
                    steps.for_each(|step| chunk.backward(pass, step, buffers, wanted, input));
                });
            }
            if start > 0 {
                match &plan.steps[start - 1].operation {
                    Operation::Dense(dense) => {
                        self.dense_backward(pass, start - 1, dense, sums.as_deref_mut(), input);
                    }
                    Operation::BatchNorm(norm) => {
                        self.norm_backward(pass, start - 1, norm, sums.as_deref_mut(), input);
                    }
                    _ => {}
                }
            }
            end = start.saturating_sub(1);
        }
        if let Some(sums) = sums {
            self.add_sums(sums);
        }
        let gradient = input.then(|| {
            let mut all = vec![T::zero(); pass.input.len()];
            self.gather_into(plan.sizes[0], &mut all, |chunk| &chunk.gradients[0]);
            all
        });
        for chunk in &mut self.chunks {
            chunk.gradients[0] = Vec::new();
        }
        gradient
    }

    /// Adds the gradients of the chunks in order.
    fn add_sums(&self, sums: &mut [Vec<T>]) {
        const BLOCK: usize = 4096;
        for (p, sum) in sums.iter_mut().enumerate() {
            if self.chunks.first().is_none_or(|c| c.sums[p].is_empty()) {
                continue;
            }
            sum.par_chunks_mut(BLOCK).enumerate().for_each(|(i, sum)| {
                sum.fill(T::zero());
                for chunk in &self.chunks {
                    let part = &chunk.sums[p][i * BLOCK..][..sum.len()];
                    sum.iter_mut().zip(part).for_each(|(s, &g)| *s += g);
                }
            });
        }
    }

    fn dense_backward(
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

    fn norm_backward(
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

impl<T: Real> Chunk<T> {
    fn forward(&mut self, pass: &Pass<T>, step: &Step<T>) {
        let place = pass.place(self.first, self.rows);
        let mut y = std::mem::take(&mut self.values[step.to]);
        match &step.operation {
            Operation::Layer(layer) => layer.forward(&place, pass.slot(self, step.from), &mut y),
            Operation::Change(change) => change.forward(&place, &mut y),
            Operation::Copy => y.copy_from_slice(pass.slot(self, step.from)),
            Operation::Add(other) => {
                let pairs = pass
                    .slot(self, step.from)
                    .iter()
                    .zip(pass.slot(self, *other));
                y.iter_mut().zip(pairs).for_each(|(y, (&a, &b))| *y = a + b);
            }
            Operation::Dense(_) | Operation::BatchNorm(_) => {}
        }
        self.values[step.to] = y;
    }

    fn backward(
        &mut self,
        pass: &Pass<T>,
        step: &Step<T>,
        buffers: &Buffers<T>,
        sums: bool,
        input: bool,
    ) {
        let place = pass.place(self.first, self.rows);
        let mut dy = std::mem::take(&mut self.gradients[step.to]);
        match &step.operation {
            Operation::Layer(layer) => {
                let needed = step.from != 0 || input;
                let mut dx = needed.then(|| buffers.take(self.rows * pass.plan.sizes[step.from]));
                let mut own = std::mem::take(&mut self.sums);
                let x = pass.slot(self, step.from);
                layer.backward(&place, x, &dy, dx.as_deref_mut(), sums.then_some(&mut own));
                self.sums = own;
                buffers.give(dy);
                if let Some(dx) = dx {
                    self.add_gradient(step.from, dx, buffers);
                }
            }
            Operation::Change(change) => {
                change.backward(&place, &self.values[step.to], &mut dy);
                self.gradients[step.to] = dy;
            }
            Operation::Copy => self.add_gradient(step.from, dy, buffers),
            Operation::Add(other) => {
                let mut copy = buffers.take(dy.len());
                copy.copy_from_slice(&dy);
                self.add_gradient(*other, copy, buffers);
                self.add_gradient(step.from, dy, buffers);
            }
            Operation::Dense(_) | Operation::BatchNorm(_) => {}
        }
    }

    fn add_gradient(&mut self, slot: usize, gradient: Vec<T>, buffers: &Buffers<T>) {
        let old = &mut self.gradients[slot];
        if old.is_empty() {
            *old = gradient;
        } else {
            old.iter_mut().zip(&gradient).for_each(|(o, &g)| *o += g);
            buffers.give(gradient);
        }
    }
}
