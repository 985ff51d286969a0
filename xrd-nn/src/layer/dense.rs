//! Dense layer. In a pass over a whole batch, the outputs, the inputs and the rows of the weights are cut into
//! fixed blocks, one per task, so that the result does not depend on the number of threads.

use std::ops::Range;

use rayon::prelude::*;

use super::Place;
use crate::Real;
use crate::product::{Matrix, multiply};

#[derive(Debug)]
pub(crate) struct Dense {
    pub(crate) weight: usize,
    pub(crate) bias: usize,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
}

/// Sixteen blocks of an axis, none shorter than 32 or longer than 512.
pub(crate) fn block(length: usize) -> usize {
    length.div_ceil(16).next_multiple_of(16).clamp(32, 512)
}

fn blocks(length: usize) -> Vec<Range<usize>> {
    let size = block(length);
    let ends = |start: usize| start..(start + size).min(length);
    (0..length).step_by(size).map(ends).collect()
}

/// Columns of a matrix, one block after the other.
pub(crate) struct Columns<T> {
    blocks: Vec<(Range<usize>, Vec<T>)>,
}

impl<T: Real> Columns<T> {
    /// Calls `each` with the columns of a block and its values in a row.
    pub(crate) fn row(&self, row: usize, mut each: impl FnMut(Range<usize>, &[T])) {
        for (columns, values) in &self.blocks {
            each(
                columns.clone(),
                &values[row * columns.len()..][..columns.len()],
            );
        }
    }
}

impl Dense {
    /// Outputs of a few patterns on one thread.
    pub(crate) fn forward<T: Real>(&self, place: &Place<T>, x: &[T], y: &mut [T]) {
        let bias = place.values(self.bias);
        y.chunks_exact_mut(self.outputs)
            .for_each(|y| y.copy_from_slice(bias));
        let weight = Matrix::new(place.values(self.weight), self.inputs, self.outputs);
        multiply(Matrix::new(x, place.rows, self.inputs), weight, true, y);
    }

    /// Outputs of a batch, [rows, outputs].
    pub(crate) fn outputs<T: Real>(&self, place: &Place<T>, x: &[T]) -> Columns<T> {
        let (weight, bias) = (place.values(self.weight), place.values(self.bias));
        let part = |columns: Range<usize>| {
            let mut y = bias[columns.clone()].repeat(place.rows);
            let w = Matrix::strided(
                &weight[columns.start..],
                self.inputs,
                columns.len(),
                self.outputs,
            );
            multiply(Matrix::new(x, place.rows, self.inputs), w, true, &mut y);
            (columns, y)
        };
        Columns {
            blocks: blocks(self.outputs).into_par_iter().map(part).collect(),
        }
    }

    /// Gradient of the inputs, [rows, inputs].
    pub(crate) fn input_gradient<T: Real>(&self, place: &Place<T>, dy: &[T]) -> Columns<T> {
        let weight = place.values(self.weight);
        let part = |columns: Range<usize>| {
            let mut dx = vec![T::zero(); place.rows * columns.len()];
            let w = Matrix::new(
                &weight[columns.start * self.outputs..],
                columns.len(),
                self.outputs,
            );
            multiply(
                Matrix::new(dy, place.rows, self.outputs),
                w.t(),
                false,
                &mut dx,
            );
            (columns, dx)
        };
        Columns {
            blocks: blocks(self.inputs).into_par_iter().map(part).collect(),
        }
    }

    /// Gradients of the weights and the bias.
    pub(crate) fn gradients<T: Real>(&self, rows: usize, x: &[T], dy: &[T], sums: &mut [Vec<T>]) {
        let size = block(self.inputs);
        let out = Matrix::new(dy, rows, self.outputs);
        let part = |(i, dw): (usize, &mut [T])| {
            let columns = dw.len() / self.outputs;
            let x = Matrix::strided(&x[i * size..], rows, columns, self.inputs);
            multiply(x.t(), out, false, dw);
        };
        sums[self.weight]
            .par_chunks_mut(size * self.outputs)
            .enumerate()
            .for_each(part);
        let bias = &mut sums[self.bias];
        bias.fill(T::zero());
        for dy in dy.chunks_exact(self.outputs) {
            bias.iter_mut().zip(dy).for_each(|(s, &d)| *s += d);
        }
    }
}
