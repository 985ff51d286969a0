//! Products of large batches, by ndarray.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

use super::super::layer::Batch;
use super::{Gradient, OutputBatch};
use crate::adam::AdamStep;
use crate::kernel::{Lanes, Level, Padded, Parameters, SMALLEST_ERROR, Step};
use crate::product::multiply;

pub(super) fn sums<F: Lanes>(x: Batch<F>, (start, weights): (usize, &[F]), sum: &mut Padded<F>) {
    let weights = rows(weights, sum.stride());
    let x = columns(x, start, weights.nrows());
    multiply(x.view(), weights, all_mut(sum));
}

pub(super) fn dots<F: Lanes>(weights: &[F], short: &Padded<F>, dots: &mut Padded<F>) {
    let short = all(short);
    let weights = rows(weights, weights.len() / dots.rows());
    let inputs = weights.slice_move(s![.., ..short.nrows()]);
    multiply(inputs, short, all_mut(dots));
}

pub(super) fn update<F: Lanes>(
    level: Level,
    adam: AdamStep<F>,
    gradient: Gradient<F>,
    (start, weights): (usize, Parameters<F>),
) {
    let count = weights.values.len() / gradient.short.stride();
    let c = columns(gradient.c, start, count);
    update_rows(level, adam, (c.view(), gradient.short), weights);
}

/// Adam on a piece with the gradient cᵀ·short.
fn update_rows<F: Lanes>(
    level: Level,
    adam: AdamStep<F>,
    (c, short): (ArrayView2<F>, &Padded<F>),
    parameters: Parameters<F>,
) {
    let mut gradient = Padded::zeros(c.ncols(), short.cols());
    multiply(c.t(), all(short), all_mut(&mut gradient));
    level.run(Step {
        adam,
        gradients: gradient.all(),
        parameters,
    });
}

pub(super) fn update_output<F: Lanes>(
    level: Level,
    adam: AdamStep<F>,
    batch: &OutputBatch<F>,
    (start, weights, bias): (usize, Parameters<F>, Parameters<F>),
    before: &mut Padded<F>,
) -> f64 {
    let piece = rows(&*weights.values, batch.input.stride());
    let mut c = Array2::zeros((batch.input.rows(), piece.nrows()));
    multiply(all(batch.input), piece.t(), c.view_mut());
    let mut bias_gradient = Padded::zeros(1, bias.values.len());
    let (mut squares, smallest) = (0.0, F::of(SMALLEST_ERROR));
    for (mut c, target) in c.rows_mut().into_iter().zip(batch.targets) {
        let mut of_pattern = F::zero();
        let wanted = target[start..].iter().zip(&*bias.values);
        let gradient = bias_gradient.all_mut().iter_mut();
        for ((c, (&wanted, &bias)), sum) in c.iter_mut().zip(wanted).zip(gradient) {
            let error = *c + bias - wanted;
            of_pattern += error * error;
            *c = (batch.factor * error).flushed(smallest);
            *sum += *c;
        }
        squares += of_pattern.wide();
    }
    multiply(c.view(), piece, all_mut(before));
    update_rows(level, adam, (c.view(), batch.input), weights);
    level.run(Step {
        adam,
        gradients: bias_gradient.all(),
        parameters: bias,
    });
    squares
}

/// Numbers `start..start + count` of each pattern, [n, count].
fn columns<F: Lanes>(x: Batch<F>, start: usize, count: usize) -> Array2<F> {
    let mut copied = Vec::with_capacity(x.len() * count);
    for pattern in x {
        copied.extend_from_slice(&pattern[start..start + count]);
    }
    Array2::from_shape_vec((x.len(), count), copied).expect("each pattern gave `count` numbers")
}

/// Rows of `width` numbers each.
fn rows<F>(numbers: &[F], width: usize) -> ArrayView2<'_, F> {
    let shape = (numbers.len() / width.max(1), width);
    ArrayView2::from_shape(shape, numbers).expect("pieces have whole rows")
}

/// All rows with their padding.
fn all<F: Lanes>(padded: &Padded<F>) -> ArrayView2<'_, F> {
    rows(padded.all(), padded.stride())
}

fn all_mut<F: Lanes>(padded: &mut Padded<F>) -> ArrayViewMut2<'_, F> {
    let shape = (padded.rows(), padded.stride());
    ArrayViewMut2::from_shape(shape, padded.all_mut()).expect("rows are whole")
}
