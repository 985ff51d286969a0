use pulp::Simd;

use super::lanes::Lanes;
use super::padded::{PAD, Padded};
use super::pass::{BLOCK, Parameters, block_rows, gather, right, step};
use super::products::Store;
use super::tile::{Left, product};
use crate::adam::AdamStep;

/// Errors below this limit are propagated as zero, to avoid denormal numbers.
pub(crate) const SMALLEST_ERROR: f64 = 1e-30;

/// Errors c = factor · (y − target) of a piece of the output layer y = W·short + bias.
pub(crate) struct OutputError<'a, F> {
    targets: &'a [&'a [F]],
    /// [width, n]
    short: &'a Padded<F>,
    factor: F,
    bias: Parameters<'a, F>,
    /// Index of the first row of the piece in the layer.
    start: usize,
    /// Gradient Σₙ c(n, k) of the biases, padded.
    bias_gradient: Padded<F>,
    /// Σₖ (y − target)², one per pattern.
    squares: Padded<F>,
    wanted: Padded<F>,
}

impl<'a, F: Lanes> OutputError<'a, F> {
    /// `short` is the transposed input of the layer. `bias` belongs to the piece that starts at row
    /// `start`.
    pub(crate) fn new(
        targets: &'a [&'a [F]],
        short: &'a Padded<F>,
        factor: F,
        (start, bias): (usize, Parameters<'a, F>),
    ) -> Self {
        Self {
            targets,
            short,
            factor,
            start,
            bias_gradient: Padded::zeros(1, bias.values.len()),
            bias,
            squares: Padded::zeros(1, targets.len()),
            wanted: Padded::zeros(BLOCK, targets.len()),
        }
    }

    /// Computes the errors of a block of rows as c [rows, n]; the block starts at row `start` of
    /// the layer.
    #[inline(always)]
    pub(super) fn of_block<S: Simd>(
        &mut self,
        simd: S,
        (start, weights): (usize, &[F]),
        c: &mut Padded<F>,
    ) {
        let width = self.short.rows().next_multiple_of(PAD);
        let rows = weights.len() / width;
        self.outputs(simd, weights, width, c);
        gather(self.targets, start, rows, &mut self.wanted);

        let lanes = c.stride();
        let factor = F::splat(simd, self.factor);
        let smallest = F::splat(simd, F::of(SMALLEST_ERROR));
        let squares = F::vectors_mut::<S>(self.squares.all_mut());
        let rows = c.all_mut().chunks_exact_mut(lanes).take(rows);
        for (k, (c, wanted)) in rows.zip(self.wanted.all().chunks_exact(lanes)).enumerate() {
            let at = start - self.start + k;
            let bias = F::splat(simd, self.bias.values[at]);
            let wanted = F::vectors::<S>(wanted);
            for ((c, &wanted), squares) in F::vectors_mut::<S>(c)
                .iter_mut()
                .zip(wanted)
                .zip(&mut *squares)
            {
                let error = F::sub_lanes(simd, F::add_lanes(simd, *c, bias), wanted);
                *squares = F::mul_add_lanes(simd, error, error, *squares);
                *c = F::flush(simd, F::mul_lanes(simd, factor, error), smallest);
            }
            let gradient = c[..self.targets.len()]
                .iter()
                .fold(F::zero(), |sum, &c| sum + c);
            self.bias_gradient.all_mut()[at] = gradient;
        }
    }

    /// Computes W·short for a block of rows, as [rows, n].
    #[inline(always)]
    fn outputs<S: Simd>(&self, simd: S, weights: &[F], width: usize, y: &mut Padded<F>) {
        let rows = block_rows(weights, width);
        let count = weights.len() / width;
        let left = Left::<_, false> {
            rows: &rows,
            start: 0,
            count,
        };
        let right = right::<F, S>(self.short.all(), self.short.stride());
        let store = Store {
            numbers: F::vectors_mut::<S>(y.all_mut()),
            width: right.width,
        };
        product(simd, left, right, store);
    }

    /// Updates the biases. Returns Σ(y − target)² over the piece.
    #[inline(always)]
    pub(super) fn finish<S: Simd>(self, simd: S, adam: AdamStep<F>) -> f64 {
        step(simd, adam, self.bias_gradient.all(), self.bias);
        self.squares.row(0).iter().map(|s| s.wide()).sum()
    }
}
