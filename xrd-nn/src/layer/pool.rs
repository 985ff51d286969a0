//! Mean and maximum of windows, of sequences and images.

use super::{Layer, Place};
use crate::Real;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Average,
    Max,
}

/// Windows of `size` positions every `stride` positions. A sequence is an image with one column.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) kind: Kind,
    /// Rows, columns, channels of the input.
    pub(crate) input: [usize; 3],
    /// Rows and columns of the output.
    pub(crate) output: [usize; 2],
    pub(crate) size: [usize; 2],
    pub(crate) stride: [usize; 2],
}

impl Pool {
    /// Calls `each` with the first index of the output and of every input in its window.
    fn windows(&self, mut each: impl FnMut(usize, usize)) {
        let [_, width, channels] = self.input;
        for row in 0..self.output[0] {
            for column in 0..self.output[1] {
                let y = (row * self.output[1] + column) * channels;
                for i in 0..self.size[0] {
                    for j in 0..self.size[1] {
                        let at = (row * self.stride[0] + i) * width + column * self.stride[1] + j;
                        each(y, at * channels);
                    }
                }
            }
        }
    }

    fn sizes(&self) -> (usize, usize, usize) {
        let [height, width, channels] = self.input;
        let outputs = self.output[0] * self.output[1] * channels;
        (height * width * channels, outputs, channels)
    }

    fn share<T: Real>(&self) -> T {
        T::of(1.0 / (self.size[0] * self.size[1]) as f64)
    }
}

impl<T: Real> Layer<T> for Pool {
    fn forward(&self, _: &Place<T>, x: &[T], y: &mut [T]) {
        let (inputs, outputs, channels) = self.sizes();
        for (x, y) in x.chunks_exact(inputs).zip(y.chunks_exact_mut(outputs)) {
            match self.kind {
                Kind::Average => {
                    y.fill(T::zero());
                    self.windows(|to, from| {
                        let pairs = y[to..][..channels].iter_mut().zip(&x[from..][..channels]);
                        pairs.for_each(|(y, &x)| *y += x);
                    });
                    let share: T = self.share();
                    y.iter_mut().for_each(|y| *y *= share);
                }
                Kind::Max => {
                    y.fill(T::neg_infinity());
                    self.windows(|to, from| {
                        let pairs = y[to..][..channels].iter_mut().zip(&x[from..][..channels]);
                        // NaN stays NaN.
                        pairs.for_each(|(y, &x)| *y = if x <= *y { *y } else { x });
                    });
                }
            }
        }
    }

    fn backward(
        &self,
        _: &Place<T>,
        x: &[T],
        dy: &[T],
        dx: Option<&mut [T]>,
        _: Option<&mut [Vec<T>]>,
    ) {
        let Some(dx) = dx else { return };
        let (inputs, outputs, channels) = self.sizes();
        let share: T = self.share();
        dx.fill(T::zero());
        let patterns = x.chunks_exact(inputs).zip(dx.chunks_exact_mut(inputs));
        for ((x, dx), dy) in patterns.zip(dy.chunks_exact(outputs)) {
            match self.kind {
                Kind::Average => self.windows(|from, to| {
                    let pairs = dx[to..][..channels].iter_mut().zip(&dy[from..][..channels]);
                    pairs.for_each(|(dx, &dy)| *dx += share * dy);
                }),
                Kind::Max => {
                    // The first of equal values gets the gradient.
                    let mut best: Vec<usize> = vec![usize::MAX; outputs];
                    self.windows(|y, at| {
                        for c in 0..channels {
                            let old = best[y + c];
                            if old == usize::MAX || x[at + c] > x[old] {
                                best[y + c] = at + c;
                            }
                        }
                    });
                    best.iter().zip(dy).for_each(|(&at, &dy)| dx[at] += dy);
                }
            }
        }
    }
}
