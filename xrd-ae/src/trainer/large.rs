//! The products of large batches: matrix products of a piece of a layer, by ndarray.
//!
//! With few patterns a step is bound by memory, and one pass over the rows of a layer is best.
//! With many it is bound by arithmetic, in which the crate's blocks for each processor are best.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

use super::layer::Batch;
use crate::adam::AdamStep;
use crate::kernel::{Lanes, Level, Padded, Parameters, SMALLEST_ERROR, Step};
use crate::product::multiply;

/// Patterns from which on a batch is large.
const LARGE: usize = 128;

pub(super) fn is_large<F>(x: Batch<F>) -> bool {
    x.len() >= LARGE
}

/// x·W over a piece of a layer from row `start`, as [n, width].
pub(super) fn sums<F: Lanes>(x: Batch<F>, weights: &[F], start: usize, sum: &mut Padded<F>) {
    let weights = rows(weights, sum.stride());
    let x = columns(x, start, weights.nrows());
    multiply(x.view(), weights, all_mut(sum));
}

/// W·short over a piece of a layer, as [rows, n].
pub(super) fn dots<F: Lanes>(weights: &[F], short: &Padded<F>, dots: &mut Padded<F>) {
    let short = all(short);
    let weights = rows(weights, weights.len() / dots.rows());
    let inputs = weights.slice_move(s![.., ..short.nrows()]);
    multiply(inputs, short, all_mut(dots));
}

/// Adam on a piece of a layer whose gradient is cᵀ·short.
pub(super) fn update<F: Lanes>(
    level: Level,
    adam: AdamStep<F>,
    c: ArrayView2<F>,
    short: &Padded<F>,
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

/// Of a piece of a linear output layer from row `start`: its output, the error, the gradient and
/// Adam. `before` gets the slopes passed back.
///
/// Returns Σ(output − target)².
pub(super) fn update_output<F: Lanes>(
    level: Level,
    adam: AdamStep<F>,
    (input, targets, factor): (&Padded<F>, Batch<F>, F),
    (start, weights, bias): (usize, Parameters<F>, Parameters<F>),
    before: &mut Padded<F>,
) -> f64 {
    let piece = rows(&*weights.values, input.stride());
    let mut c = Array2::zeros((input.rows(), piece.nrows()));
    multiply(all(input), piece.t(), c.view_mut());
    let mut bias_gradient = Padded::zeros(1, bias.values.len());
    let (mut squares, smallest) = (0.0, F::of(SMALLEST_ERROR));
    for (mut c, target) in c.rows_mut().into_iter().zip(targets) {
        let mut of_pattern = F::zero();
        let wanted = target[start..].iter().zip(&*bias.values);
        let gradient = bias_gradient.all_mut().iter_mut();
        for ((c, (&wanted, &bias)), sum) in c.iter_mut().zip(wanted).zip(gradient) {
            let error = *c + bias - wanted;
            of_pattern += error * error;
            *c = (factor * error).flushed(smallest);
            *sum += *c;
        }
        squares += of_pattern.wide();
    }
    multiply(c.view(), piece, all_mut(before));
    update(level, adam, c.view(), input, weights);
    level.run(Step {
        adam,
        gradients: bias_gradient.all(),
        parameters: bias,
    });
    squares
}

/// Numbers `start..start + count` of each pattern, [n, count].
pub(super) fn columns<F: Lanes>(x: Batch<F>, start: usize, count: usize) -> Array2<F> {
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
