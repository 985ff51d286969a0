//! Convolution along a sequence by matrix products without copies of the windows.
//!
//! The channels of a position are next to each other, so a window of k positions is one run of k·C values, and
//! the windows are the overlapping rows of a matrix whose rows begin every stride·C values.
//!
//! The gradient of the input is one product as well. A position q·s + r of the input meets the kernel
//! positions j·s + r of the windows q - j. All phases r of a block q therefore need the same windows
//! q - J + 1 .. q, with J = ⌈k / s⌉, and a rearranged kernel of [J·F, s·C].

use std::borrow::Cow;

use super::{Layer, Place};
use crate::Real;
use crate::product::{Matrix, multiply};

#[derive(Debug)]
pub(crate) struct Conv1d {
    pub(crate) weight: usize,
    pub(crate) bias: usize,
    pub(crate) length: usize,
    pub(crate) channels: usize,
    pub(crate) filters: usize,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) padding: usize,
}

impl Conv1d {
    fn padded_length(&self) -> usize {
        self.length + 2 * self.padding
    }

    /// Number of windows.
    pub(crate) fn windows(&self) -> usize {
        (self.padded_length() - self.kernel) / self.stride + 1
    }

    fn padded<'a, T: Real>(&self, x: &'a [T]) -> Cow<'a, [T]> {
        if self.padding == 0 {
            return Cow::Borrowed(x);
        }
        let mut padded = vec![T::zero(); self.padded_length() * self.channels];
        padded[self.padding * self.channels..][..x.len()].copy_from_slice(x);
        Cow::Owned(padded)
    }

    fn matrix<'a, T: Real>(&self, padded: &'a [T]) -> Matrix<'a, T> {
        let width = self.kernel * self.channels;
        Matrix::strided(padded, self.windows(), width, self.stride * self.channels)
    }

    /// Number of windows that contain a position, at most.
    fn reach(&self) -> usize {
        self.kernel.div_ceil(self.stride)
    }

    /// Kernel for the gradient of the input, [reach · filters, stride · channels].
    fn turned<T: Real>(&self, weight: &[T]) -> Vec<T> {
        let (reach, wide) = (self.reach(), self.stride * self.channels);
        let mut turned = vec![T::zero(); reach * self.filters * wide];
        for (position, taps) in weight
            .chunks_exact(self.channels * self.filters)
            .enumerate()
        {
            let (j, phase) = (position / self.stride, position % self.stride);
            let block = &mut turned[(reach - 1 - j) * self.filters * wide..][..self.filters * wide];
            for (channel, taps) in taps.chunks_exact(self.filters).enumerate() {
                for (filter, &tap) in taps.iter().enumerate() {
                    block[filter * wide + phase * self.channels + channel] = tap;
                }
            }
        }
        turned
    }

    fn input_gradient<T: Real>(&self, weight: &[T], dy: &[T], dx: &mut [T]) {
        let (reach, wide) = (self.reach(), self.stride * self.channels);
        let blocks = self.padded_length().div_ceil(self.stride);
        let turned = self.turned(weight);
        let turned = Matrix::new(&turned, reach * self.filters, wide);
        // Zero windows on both sides; those behind the last window are never written.
        let mut windows = vec![T::zero(); (blocks + reach - 1) * self.filters];
        let mut whole = vec![T::zero(); blocks * wide];
        let size = self.windows() * self.filters;
        let inputs = self.length * self.channels;
        for (dy, dx) in dy.chunks_exact(size).zip(dx.chunks_exact_mut(inputs)) {
            windows[(reach - 1) * self.filters..][..size].copy_from_slice(dy);
            let rows = Matrix::strided(&windows, blocks, reach * self.filters, self.filters);
            if blocks * wide == inputs {
                multiply(rows, turned, false, dx);
            } else {
                multiply(rows, turned, false, &mut whole);
                dx.copy_from_slice(&whole[self.padding * self.channels..][..inputs]);
            }
        }
    }
}

impl<T: Real> Layer<T> for Conv1d {
    fn forward(&self, place: &Place<T>, x: &[T], y: &mut [T]) {
        let weight = place.values(self.weight);
        let weight = Matrix::new(weight, self.kernel * self.channels, self.filters);
        let size = self.windows() * self.filters;
        let patterns = x.chunks_exact(self.length * self.channels);
        for (x, y) in patterns.zip(y.chunks_exact_mut(size)) {
            let bias = place.values(self.bias);
            y.chunks_exact_mut(self.filters)
                .for_each(|y| y.copy_from_slice(bias));
            multiply(self.matrix(&self.padded(x)), weight, true, y);
        }
    }

    fn backward(
        &self,
        place: &Place<T>,
        x: &[T],
        dy: &[T],
        dx: Option<&mut [T]>,
        sums: Option<&mut [Vec<T>]>,
    ) {
        if let Some(sums) = sums {
            let size = self.windows() * self.filters;
            let patterns = x.chunks_exact(self.length * self.channels);
            for (x, dy) in patterns.zip(dy.chunks_exact(size)) {
                let windows = Matrix::new(dy, self.windows(), self.filters);
                multiply(
                    self.matrix(&self.padded(x)).t(),
                    windows,
                    true,
                    &mut sums[self.weight],
                );
                for dy in dy.chunks_exact(self.filters) {
                    sums[self.bias]
                        .iter_mut()
                        .zip(dy)
                        .for_each(|(s, &d)| *s += d);
                }
            }
        }
        if let Some(dx) = dx {
            self.input_gradient(place.values(self.weight), dy, dx);
        }
    }
}
