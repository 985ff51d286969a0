//! Products outside of a [`Pass`](super::Pass).

use pulp::{Simd, WithSimd};

use super::lanes::Lanes;
use super::padded::Padded;
use super::pass::{BLOCK, Parameters, add_products, right, step};
use super::tile::{Finish, Left, product};
use crate::adam::AdamStep;

/// Adds Σₖ x(n, k)·W(k) over a piece of a layer to sum(n).
pub(crate) struct Sums<'a, F> {
    /// [n, rows of the layer]
    pub(crate) x: &'a [&'a [F]],
    /// Whole rows including their padding.
    pub(crate) weights: &'a [F],
    /// Index of the first row in the layer.
    pub(crate) start: usize,
    /// [n, width]
    pub(crate) sum: &'a mut Padded<F>,
}

impl<F: Lanes> WithSimd for Sums<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width = self.sum.stride();
        for (block, weights) in self.weights.chunks(BLOCK * width).enumerate() {
            let x = Left::<_, false> {
                rows: self.x,
                start: self.start + block * BLOCK,
                count: self.x.len(),
            };
            add_products(simd, x, weights, self.sum);
        }
    }
}

/// Computes dots(k, n) = W(k)·short(n) over a piece of a layer.
pub(crate) struct Dots<'a, F> {
    /// Whole rows including their padding.
    pub(crate) weights: &'a [F],
    /// [width, n]
    pub(crate) short: &'a Padded<F>,
    /// [rows, n]
    pub(crate) dots: &'a mut Padded<F>,
}

impl<F: Lanes> WithSimd for Dots<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let rows = self.dots.rows();
        let width = self.weights.len() / rows.max(1);
        let weights: Vec<&[F]> = self.weights.chunks_exact(width.max(1)).collect();
        let left = Left::<_, false> {
            rows: &weights,
            start: 0,
            count: rows,
        };
        let right = right::<F, S>(self.short.all(), self.short.stride());
        let dots = Store {
            numbers: F::vectors_mut::<S>(self.dots.all_mut()),
            width: right.width,
        };
        product(simd, left, right, dots);
    }
}

pub(super) struct Store<'a, V> {
    pub(super) numbers: &'a mut [V],
    pub(super) width: usize,
}

impl<F: Lanes, S: Simd> Finish<F, S> for Store<'_, F::Vector<S>> {
    #[inline(always)]
    fn take<const WIDTH: usize>(&mut self, _: S, i: usize, j: usize, sums: &[F::Vector<S>; WIDTH]) {
        self.numbers[i * self.width + j..][..WIDTH].copy_from_slice(sums);
    }
}

/// Adam step on parameters with known gradients.
pub(crate) struct Step<'a, F> {
    pub(crate) adam: AdamStep<F>,
    pub(crate) gradients: &'a [F],
    pub(crate) parameters: Parameters<'a, F>,
}

impl<F: Lanes> WithSimd for Step<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        step(simd, self.adam, self.gradients, self.parameters);
    }
}
