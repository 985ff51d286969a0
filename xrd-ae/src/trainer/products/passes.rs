//! Products of small batches, by the kernels of this crate.

use super::super::layer::Batch;
use super::{Gradient, OutputBatch};
use crate::adam::AdamStep;
use crate::kernel::{Dots, Lanes, Level, OutputError, Padded, Parameters, Pass, Source, Sums};

pub(super) fn sums<F: Lanes>(
    level: Level,
    x: Batch<F>,
    (start, weights): (usize, &[F]),
    sum: &mut Padded<F>,
) {
    level.run(Sums {
        x,
        weights,
        start,
        sum,
    });
}

pub(super) fn dots<F: Lanes>(level: Level, weights: &[F], short: &Padded<F>, dots: &mut Padded<F>) {
    level.run(Dots {
        weights,
        short,
        dots,
    });
}

pub(super) fn update<F: Lanes>(
    level: Level,
    adam: AdamStep<F>,
    gradient: Gradient<F>,
    (start, weights): (usize, Parameters<F>),
    after: Option<(Batch<F>, &mut Padded<F>)>,
) {
    level.run(Pass {
        adam,
        weights,
        start,
        source: Source::Given(gradient.c),
        short: gradient.short,
        before: None,
        after,
    });
}

pub(super) fn update_output<F: Lanes>(
    level: Level,
    adam: AdamStep<F>,
    batch: &OutputBatch<F>,
    (start, weights, bias): (usize, Parameters<F>, Parameters<F>),
    before: &mut Padded<F>,
) -> f64 {
    let piece = (start, bias);
    let error = OutputError::new(batch.targets, &batch.transposed, batch.factor, piece);
    level.run(Pass {
        adam,
        weights,
        start,
        source: Source::Error(error),
        short: batch.input,
        before: Some(before),
        after: None,
    })
}
