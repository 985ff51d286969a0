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

    /// Calls `each` for the part of every row of every window inside the image, with the index of its first value
    /// in the matrix of windows and in the image, and the number of its values.
    fn rows(&self, mut each: impl FnMut(usize, usize, usize)) {
        let [height, width, channels] = self.input;
        let [rows, columns] = self.kernel;
        for row in 0..self.output[0] {
            for column in 0..self.output[1] {
                let window = (row * self.output[1] + column) * rows * columns;
                let start = column * self.stride[1];
                // Columns of the window inside the image.
                let first = self.padding[1].saturating_sub(start);
                let end = (width + self.padding[1]).saturating_sub(start).min(columns);
                for k in 0..rows {
                    let i = (row * self.stride[0] + k).checked_sub(self.padding[0]);
                    if let Some(i) = i.filter(|&i| i < height && first < end) {
                        let from = i * width + start + first - self.padding[1];
                        let to = window + k * columns + first;
                        each(to * channels, from * channels, (end - first) * channels);
                    }
                }
            }
        }
    }
}

impl<T: Real> Layer<T> for Conv2d {
    fn forward(&self, place: &Place<T>, x: &[T], y: &mut [T]) {
        let (inputs, windows, window) = self.sizes();
        let weight = Matrix::new(place.values(self.weight), window, self.filters);
        let bias = place.values(self.bias);
        // Positions outside the image stay zero.
        let mut matrix = vec![T::zero(); windows * window];
        for (x, y) in x
            .chunks_exact(inputs)
            .zip(y.chunks_exact_mut(windows * self.filters))
        {
            self.rows(|to, from, length| {
                matrix[to..][..length].copy_from_slice(&x[from..][..length]);
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
        let weight = Matrix::new(place.values(self.weight), window, self.filters);
        let mut matrix = vec![T::zero(); windows * window];
        let patterns = x
            .chunks_exact(inputs)
            .zip(dy.chunks_exact(windows * self.filters));
        for (n, (x, dy)) in patterns.enumerate() {
            let out = Matrix::new(dy, windows, self.filters);
            if let Some(sums) = sums.as_deref_mut() {
                matrix.fill(T::zero());
                self.rows(|to, from, length| {
                    matrix[to..][..length].copy_from_slice(&x[from..][..length]);
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
                self.rows(|from, to, length| {
                    let pairs = dx[to..][..length].iter_mut().zip(&matrix[from..][..length]);
                    pairs.for_each(|(dx, &m)| *dx += m);
                });
            }
        }
    }
}
