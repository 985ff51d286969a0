use pulp::{Simd, WithSimd};

use super::lanes::Lanes;
use super::output_error::OutputError;
use super::padded::Padded;
use super::tile::{Finish, Left, Right, product};
use crate::adam::{AdamLanes, AdamStep, clean};

/// Rows of weights per block. A block fits in the first-level cache.
pub(super) const BLOCK: usize = 16;

/// Size of a cache line in bytes.
const LINE: usize = 64;

/// Weights or biases of a layer with their moments, including the padding.
pub(crate) struct Parameters<'a, F> {
    pub(crate) values: &'a mut [F],
    pub(crate) first: &'a mut [F],
    pub(crate) second: &'a mut [F],
}

impl<F> Parameters<'_, F> {
    /// Reborrows the parameters.
    pub(crate) fn reborrowed(&mut self) -> Parameters<'_, F> {
        Parameters {
            values: self.values,
            first: self.first,
            second: self.second,
        }
    }
}

/// Source of the coefficients c. Row k has the gradient Σₙ c(n, k)·short(n).
#[allow(
    clippy::large_enum_variant,
    reason = "there is one per piece of a layer, and it is not moved"
)]
pub(crate) enum Source<'a, F> {
    /// Known coefficients, [n, rows of the layer].
    Given(&'a [&'a [F]]),
    /// Errors of the output, which are computed from the weights.
    Error(OutputError<'a, F>),
}

/// Pass over a piece of a layer. Each row of weights is fetched from memory once, and a training
/// step does all its work on the row while the row is in the cache.
pub(crate) struct Pass<'a, F> {
    pub(crate) adam: AdamStep<F>,
    /// Whole rows.
    pub(crate) weights: Parameters<'a, F>,
    /// Index of the first row in the layer.
    pub(crate) start: usize,
    pub(crate) source: Source<'a, F>,
    /// [n, width]
    pub(crate) short: &'a Padded<F>,
    /// Sum to which Σₖ c(n, k)·W(k) is added, with the weights before the update.
    pub(crate) before: Option<&'a mut Padded<F>>,
    /// Input x and the sum to which Σₖ x(n, k)·W(k) is added, with the weights after the update.
    pub(crate) after: Option<(&'a [&'a [F]], &'a mut Padded<F>)>,
}

impl<F: Lanes> WithSimd for Pass<'_, F> {
    /// Σ(y − target)², or 0 for known coefficients.
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) -> f64 {
        let width = self.short.stride();
        let short = right::<F, S>(self.short.all(), width);
        let mut c = Padded::zeros(BLOCK, self.short.rows());

        let Parameters {
            values,
            first,
            second,
        } = self.weights;
        let blocks = values
            .chunks_mut(BLOCK * width)
            .zip(first.chunks_mut(BLOCK * width))
            .zip(second.chunks_mut(BLOCK * width));
        for (block, ((w, m), v)) in blocks.enumerate() {
            let start = self.start + block * BLOCK;
            let count = w.len() / width;
            let mut short = short;
            match &mut self.source {
                // The gradient is zero; an empty matrix skips the product.
                Source::Given(rows) if is_zero(rows, start, count) => short.vectors = &[],
                Source::Given(rows) => gather(rows, start, count, &mut c),
                Source::Error(error) => error.of_block(simd, (start, w), &mut c),
            }
            let rows = block_rows(c.all(), c.stride());
            if let Some(before) = &mut self.before {
                let c = Left::<_, true> {
                    rows: &rows,
                    start: 0,
                    count: before.rows(),
                };
                add_products(simd, c, w, before);
            }
            let c = Left::<_, false> {
                rows: &rows,
                start: 0,
                count,
            };
            let mut block = Parameters {
                values: w,
                first: m,
                second: v,
            };
            update(simd, self.adam, c, short, &mut block);
            if let Some((next, after)) = &mut self.after
                && !is_zero(next, start, count)
            {
                prefetch_rows(next, start + 2 * BLOCK);
                let x = Left::<_, false> {
                    rows: next,
                    start,
                    count: next.len(),
                };
                add_products(simd, x, block.values, after);
            }
        }
        match self.source {
            Source::Given(_) => 0.0,
            Source::Error(error) => error.finish(simd, self.adam),
        }
    }
}

#[inline(always)]
pub(super) fn right<F: Lanes, S: Simd>(numbers: &[F], width: usize) -> Right<'_, F::Vector<S>> {
    let vectors = F::vectors::<S>(numbers);
    Right {
        vectors,
        width: width * vectors.len() / numbers.len().max(1),
    }
}

/// Rows of a block, each `stride` numbers long.
#[inline(always)]
pub(super) fn block_rows<F>(block: &[F], stride: usize) -> [&[F]; BLOCK] {
    let mut rows: [&[F]; BLOCK] = [&[]; BLOCK];
    for (row, numbers) in rows.iter_mut().zip(block.chunks_exact(stride)) {
        *row = numbers;
    }
    rows
}

/// Adds Σₖ c(n, k)·W(k) over the rows of a block of weights to sum(n).
#[inline(always)]
pub(super) fn add_products<F: Lanes, S: Simd, const T: bool>(
    simd: S,
    c: Left<F, T>,
    weights: &[F],
    sum: &mut Padded<F>,
) {
    let right = right::<F, S>(weights, sum.stride());
    let sums = AddTo {
        sums: F::vectors_mut::<S>(sum.all_mut()),
        width: right.width,
    };
    product(simd, c, right, sums);
}

struct AddTo<'a, V> {
    sums: &'a mut [V],
    width: usize,
}

impl<F: Lanes, S: Simd> Finish<F, S> for AddTo<'_, F::Vector<S>> {
    #[inline(always)]
    fn take<const WIDTH: usize>(
        &mut self,
        simd: S,
        i: usize,
        j: usize,
        parts: &[F::Vector<S>; WIDTH],
    ) {
        let sums = &mut self.sums[i * self.width + j..][..WIDTH];
        for (sum, &part) in sums.iter_mut().zip(parts) {
            *sum = F::add_lanes(simd, *sum, part);
        }
    }
}

/// Updates a block of weights with Adam; the gradients are c·short.
#[inline(always)]
fn update<F: Lanes, S: Simd>(
    simd: S,
    adam: AdamStep<F>,
    c: Left<F, false>,
    short: Right<F::Vector<S>>,
    block: &mut Parameters<F>,
) {
    let update = Update::<F, S> {
        adam: adam.lanes(simd),
        w: F::vectors_mut::<S>(block.values),
        m: F::vectors_mut::<S>(block.first),
        v: F::vectors_mut::<S>(block.second),
        width: short.width,
        ahead: BLOCK * short.width,
    };
    product(simd, c, short, update);
    if adam.cleans {
        clean::<F, S>(simd, F::vectors_mut::<S>(block.values));
        clean::<F, S>(simd, F::vectors_mut::<S>(block.first));
    }
}

struct Update<'a, F: Lanes, S: Simd> {
    adam: AdamLanes<F, S>,
    w: &'a mut [F::Vector<S>],
    m: &'a mut [F::Vector<S>],
    v: &'a mut [F::Vector<S>],
    width: usize,
    /// Distance in vectors from a row to the same row of the next block.
    ahead: usize,
}

impl<F: Lanes, S: Simd> Finish<F, S> for Update<'_, F, S> {
    #[inline(always)]
    fn take<const WIDTH: usize>(
        &mut self,
        simd: S,
        i: usize,
        j: usize,
        gradients: &[F::Vector<S>; WIDTH],
    ) {
        let at = i * self.width + j;
        let per_line = (LINE / size_of::<F::Vector<S>>()).max(1);
        for c in (0..WIDTH).step_by(per_line) {
            prefetch(self.w, at + c + self.ahead);
            prefetch(self.m, at + c + self.ahead);
            prefetch(self.v, at + c + self.ahead);
        }
        let w = &mut self.w[at..][..WIDTH];
        let m = &mut self.m[at..][..WIDTH];
        let v = &mut self.v[at..][..WIDTH];
        for c in 0..WIDTH {
            (w[c], m[c], v[c]) = self.adam.step(simd, gradients[c], (w[c], m[c], v[c]));
        }
    }
}

/// Updates parameters with known gradients with Adam.
#[inline(always)]
pub(super) fn step<F: Lanes, S: Simd>(
    simd: S,
    adam: AdamStep<F>,
    gradients: &[F],
    parameters: Parameters<F>,
) {
    let lanes = adam.lanes(simd);
    let w = F::vectors_mut::<S>(parameters.values);
    let m = F::vectors_mut::<S>(parameters.first);
    let v = F::vectors_mut::<S>(parameters.second);
    let gradients = F::vectors::<S>(gradients);
    for (((w, m), v), &gradient) in w.iter_mut().zip(&mut *m).zip(v).zip(gradients) {
        (*w, *m, *v) = lanes.step(simd, gradient, (*w, *m, *v));
    }
    if adam.cleans {
        clean::<F, S>(simd, w);
        clean::<F, S>(simd, m);
    }
}

/// Whether the numbers `start..start + count` of every row are zero.
#[inline(always)]
fn is_zero<F: Lanes>(rows: &[&[F]], start: usize, count: usize) -> bool {
    let mut numbers = rows.iter().flat_map(|row| &row[start..start + count]);
    numbers.all(|&number| number == F::zero())
}

/// Copies the numbers `start..start + count` of each row to the columns of a block.
#[inline(always)]
pub(super) fn gather<F: Lanes>(rows: &[&[F]], start: usize, count: usize, block: &mut Padded<F>) {
    prefetch_rows(rows, start + 2 * BLOCK);
    let stride = block.stride();
    for (n, row) in rows.iter().enumerate() {
        let column = block.all_mut()[n..].iter_mut().step_by(stride);
        for (number, &given) in column.zip(&row[start..start + count]) {
            *number = given;
        }
    }
}

/// Prefetches one number of each row.
#[inline(always)]
fn prefetch_rows<F>(rows: &[&[F]], at: usize) {
    for row in rows {
        prefetch(row, at);
    }
}

/// Prefetches a number, which may be beyond the end of the slice.
#[inline(always)]
fn prefetch<T>(numbers: &[T], at: usize) {
    let address = numbers.as_ptr().wrapping_add(at);
    #[cfg(target_arch = "x86_64")]
    #[allow(
        unsafe_code,
        reason = "a prefetch reads nothing and cannot fault, whatever the address"
    )]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
