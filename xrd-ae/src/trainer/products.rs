//! Matrix products of a training step, over one piece of the weights of a layer.
//!
//! A piece consists of consecutive whole rows. The choice between the two implementations is made
//! once per batch, in [`Products::of_batch`].

mod matrices;
mod passes;

use super::layer::Batch;
use crate::adam::AdamStep;
use crate::kernel::{Lanes, Level, Padded, Parameters, Step};

/// Smallest batch size for which matrix products are faster than passes.
const LARGE: usize = 128;

/// Implementation of the products.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Products {
    /// Passes over the rows by the kernels of this crate. Memory limits steps on small batches,
    /// and a pass fetches each row once.
    Passes(Level),
    /// Matrix products by ndarray. Arithmetic limits steps on large batches, and the matrix
    /// products are blocked for the caches and registers of the processor.
    Matrices(Level),
}

/// Gradient of a layer: row k is Σₙ c(n, k)·short(n).
#[derive(Clone, Copy)]
pub(crate) struct Gradient<'a, F> {
    /// [n, rows of the layer]
    pub(crate) c: Batch<'a, F>,
    /// [n, width]
    pub(crate) short: &'a Padded<F>,
}

/// Next batch, and the place for its weighted sums over a piece.
pub(crate) struct Next<'a, F> {
    pub(crate) products: Products,
    pub(crate) x: Batch<'a, F>,
    pub(crate) sums: &'a mut Padded<F>,
}

/// Input and targets of the output layer.
pub(crate) struct OutputBatch<'a, F> {
    /// [n, width]
    pub(crate) input: &'a Padded<F>,
    /// `input` transposed, [width, n].
    pub(crate) transposed: Padded<F>,
    /// [n, rows of the layer]
    pub(crate) targets: Batch<'a, F>,
    /// The slope at the output is `factor` · (output − target).
    pub(crate) factor: F,
}

impl Products {
    /// The faster implementation for this number of patterns.
    pub(crate) fn of_batch(level: Level, patterns: usize) -> Self {
        match patterns < LARGE {
            true => Self::Passes(level),
            false => Self::Matrices(level),
        }
    }

    /// Adds x·W over the piece that starts at row `start`. `sum` [n, width] must be zero.
    pub(crate) fn sums<F: Lanes>(
        self,
        x: Batch<F>,
        (start, weights): (usize, &[F]),
        sum: &mut Padded<F>,
    ) {
        match self {
            Self::Passes(level) => passes::sums(level, x, (start, weights), sum),
            Self::Matrices(_) => matrices::sums(x, (start, weights), sum),
        }
    }

    /// Computes W·short over a piece as [rows, n]; `short` is [width, n].
    pub(crate) fn dots<F: Lanes>(self, weights: &[F], short: &Padded<F>, dots: &mut Padded<F>) {
        match self {
            Self::Passes(level) => passes::dots(level, weights, short, dots),
            Self::Matrices(_) => matrices::dots(weights, short, dots),
        }
    }

    /// Updates the piece that starts at row `start` with Adam. Then adds the weighted sums of the
    /// next batch, with the new weights; in the same pass where both batches are small.
    pub(crate) fn update<F: Lanes>(
        self,
        adam: AdamStep<F>,
        gradient: Gradient<F>,
        (start, mut weights): (usize, Parameters<F>),
        next: Option<Next<F>>,
    ) {
        let apart = match (self, next) {
            (Self::Matrices(level), next) => {
                let piece = (start, weights.reborrowed());
                matrices::update(level, adam, gradient, piece);
                next
            }
            (Self::Passes(level), next) => {
                let (near, apart) = match next {
                    Some(next) if matches!(next.products, Self::Passes(_)) => (Some(next), None),
                    apart => (None, apart),
                };
                let near = near.map(|next| (next.x, next.sums));
                let piece = (start, weights.reborrowed());
                passes::update(level, adam, gradient, piece, near);
                apart
            }
        };
        if let Some(next) = apart {
            next.products
                .sums(next.x, (start, weights.values), next.sums);
        }
    }

    /// Updates a piece of a linear output layer that starts at row `start`: output, error,
    /// gradient and Adam. Adds δ·W with the old weights to `before` [n, width].
    ///
    /// Returns Σ(output − target)².
    pub(crate) fn update_output<F: Lanes>(
        self,
        adam: AdamStep<F>,
        batch: &OutputBatch<F>,
        piece: (usize, Parameters<F>, Parameters<F>),
        before: &mut Padded<F>,
    ) -> f64 {
        match self {
            Self::Passes(level) => passes::update_output(level, adam, batch, piece, before),
            Self::Matrices(level) => matrices::update_output(level, adam, batch, piece, before),
        }
    }

    /// Updates parameters whose gradients are known with Adam.
    pub(crate) fn step<F: Lanes>(
        self,
        adam: AdamStep<F>,
        gradients: &[F],
        parameters: Parameters<F>,
    ) {
        let (Self::Passes(level) | Self::Matrices(level)) = self;
        level.run(Step {
            adam,
            gradients,
            parameters,
        });
    }
}
