//! Steps that a chunk of patterns takes alone.

use super::{Buffers, Pass};
use crate::Real;
use crate::plan::{Operation, Step};

/// Values and gradients of a few patterns.
#[derive(Debug)]
pub(super) struct Chunk<T> {
    pub(super) first: usize,
    pub(super) rows: usize,
    /// Values of each slot. That of slot 0 is empty.
    pub(super) values: Vec<Vec<T>>,
    /// Gradient of each slot, empty until a later step has written it.
    pub(super) gradients: Vec<Vec<T>>,
    /// Gradients of the parameters of layers that work chunk by chunk.
    pub(super) sums: Vec<Vec<T>>,
}

impl<T: Real> Chunk<T> {
    pub(super) fn forward(&mut self, pass: &Pass<T>, step: &Step<T>) {
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

    pub(super) fn backward(
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

    pub(super) fn add_gradient(&mut self, slot: usize, gradient: Vec<T>, buffers: &Buffers<T>) {
        let old = &mut self.gradients[slot];
        if old.is_empty() {
            *old = gradient;
        } else {
            old.iter_mut().zip(&gradient).for_each(|(o, &g)| *o += g);
            buffers.give(gradient);
        }
    }
}
