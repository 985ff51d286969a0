//! Convolution of an image. The windows are copied into a matrix, one row per window.

use super::{Layer, Place};
use crate::Real;
use crate::product::{Matrix, multiply};

#[derive(Debug)]
pub(crate) struct Conv2d {
    pub(crate) weight: usize,
    pub(crate) bias: usize,
    /// Rows, columns, channels.
    pub(crate) input: [usize; 3],
    /// Rows and columns.
    pub(crate) output: [usize; 2],
    pub(crate) filters: usize,
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: [usize; 2],
    pub(crate) padding: [usize; 2],
}

impl Conv2d {
    /// Numbers of inputs, of windows, and of values in a window.
    fn sizes(&self) -> (usize, usize, usize) {
        let [height, width, channels] = self.input;
        let window = self.kernel[0] * self.kernel[1] * channels;
        (
            height * width * channels,
            self.output[0] * self.output[1],
            window,
        )
    }

    /// Calls `each` for every position of every window inside the image, with the index of its first channel
    /// in the matrix of windows and in the image.
    fn positions(&self, mut each: impl FnMut(usize, usize)) {
        let [height, width, channels] = self.input;
        let inside = |at: usize, padding: usize, length: usize| {
            at.checked_sub(padding).filter(|&i| i < length)
        };
        let mut to = 0;
        for row in 0..self.output[0] {
            for column in 0..self.output[1] {
                for k in 0..self.kernel[0] {
                    let i = inside(row * self.stride[0] + k, self.padding[0], height);
                    for l in 0..self.kernel[1] {
                        let j = inside(column * self.stride[1] + l, self.padding[1], width);
                        if let (Some(i), Some(j)) = (i, j) {
                            each(to, (i * width + j) * channels);
                        }
                        to += channels;
                    }
                }
            }
        }
    }
}

impl<T: Real> Layer<T> for Conv2d {
    fn forward(&self, place: &Place<T>, x: &[T], y: &mut [T]) {
        let (inputs, windows, window) = self.sizes();
        let channels = self.input[2];
        let weight = Matrix::new(place.values(self.weight), window, self.filters);
        let bias = place.values(self.bias);
        // Positions outside the image stay zero.
        let mut matrix = vec![T::zero(); windows * window];
        for (x, y) in x
            .chunks_exact(inputs)
            .zip(y.chunks_exact_mut(windows * self.filters))
        {
            self.positions(|to, from| {
                matrix[to..][..channels].copy_from_slice(&x[from..][..channels]);
            });
            y.chunks_exact_mut(self.filters)
                .for_each(|y| y.copy_from_slice(bias));
            multiply(Matrix::new(&matrix, windows, window), weight, true, y);
        }
    }

    fn backward(
        &self,
        place: &Place<T>,
        x: &[T],
        dy: &[T],
        mut dx: Option<&mut [T]>,
        mut sums: Option<&mut [Vec<T>]>,
    ) {
        let (inputs, windows, window) = self.sizes();
        let channels = self.input[2];
        let weight = Matrix::new(place.values(self.weight), window, self.filters);
        let mut matrix = vec![T::zero(); windows * window];
        let patterns = x
            .chunks_exact(inputs)
            .zip(dy.chunks_exact(windows * self.filters));
        for (n, (x, dy)) in patterns.enumerate() {
            let out = Matrix::new(dy, windows, self.filters);
            if let Some(sums) = sums.as_deref_mut() {
                matrix.fill(T::zero());
                self.positions(|to, from| {
                    matrix[to..][..channels].copy_from_slice(&x[from..][..channels]);
                });
                let rows = Matrix::new(&matrix, windows, window);
                multiply(rows.t(), out, true, &mut sums[self.weight]);
                for dy in dy.chunks_exact(self.filters) {
                    sums[self.bias]
                        .iter_mut()
                        .zip(dy)
                        .for_each(|(s, &d)| *s += d);
                }
            }
            if let Some(dx) = dx.as_deref_mut() {
                multiply(out, weight.t(), false, &mut matrix);
                let dx = &mut dx[n * inputs..][..inputs];
                dx.fill(T::zero());
                self.positions(|from, to| {
                    let pairs = dx[to..][..channels]
                        .iter_mut()
                        .zip(&matrix[from..][..channels]);
                    pairs.for_each(|(dx, &m)| *dx += m);
                });
            }
        }
    }
}
