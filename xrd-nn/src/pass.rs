//! Forward and backward passes over a batch. A batch is cut into chunks of [`CHUNK`] patterns, whatever the
//! number of threads. Sums over a batch are sums over its chunks, added in order.

mod chunk;
mod whole;

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::layer::batch_norm::Statistics;
use crate::layer::{Mode, Place};
use crate::plan::{Operation, Plan};
use crate::{Parameter, Real};
use chunk::Chunk;

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
}
