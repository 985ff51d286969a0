use super::{Layer, Place};
use crate::{Interpolation, Real};

/// Longer sequence, or larger image. Each output is a sum of inputs with fixed weights.
#[derive(Debug)]
pub(crate) struct Upsample {
    input: [usize; 3],
    /// For each output row and column: two input positions and their weights.
    axes: [Vec<[(usize, f64); 2]>; 2],
}

/// Positions and weights along an axis.
fn axis(length: usize, factor: usize, interpolation: Interpolation) -> Vec<[(usize, f64); 2]> {
    let position = |i: usize| match interpolation {
        Interpolation::Nearest => [(i / factor, 1.0), (i / factor, 0.0)],
        Interpolation::Linear => {
            let centre = (i as f64 + 0.5) / factor as f64 - 0.5;
            let at = centre.clamp(0.0, (length - 1) as f64);
            let left = at as usize;
            let weight = at - left as f64;
            [(left, 1.0 - weight), ((left + 1).min(length - 1), weight)]
        }
    };
    (0..length * factor).map(position).collect()
}

impl Upsample {
    pub(crate) fn new(input: [usize; 3], factor: [usize; 2], interpolation: Interpolation) -> Self {
        Self {
            input,
            axes: [0, 1].map(|a| axis(input[a], factor[a], interpolation)),
        }
    }

    /// Calls `each` with the first index of an output and of an input, and the weight.
    fn terms(&self, mut each: impl FnMut(usize, usize, f64)) {
        let [_, width, channels] = self.input;
        let mut to = 0;
        for rows in &self.axes[0] {
            for columns in &self.axes[1] {
                for (i, a) in rows {
                    for (j, b) in columns {
                        if a * b > 0.0 {
                            each(to, (i * width + j) * channels, a * b);
                        }
                    }
                }
                to += channels;
            }
        }
    }

    fn sizes(&self) -> (usize, usize, usize) {
        let [height, width, channels] = self.input;
        let outputs = self.axes[0].len() * self.axes[1].len() * channels;
        (height * width * channels, outputs, channels)
    }
}

impl<T: Real> Layer<T> for Upsample {
    fn forward(&self, _: &Place<T>, x: &[T], y: &mut [T]) {
        let (inputs, outputs, channels) = self.sizes();
        y.fill(T::zero());
        for (x, y) in x.chunks_exact(inputs).zip(y.chunks_exact_mut(outputs)) {
            self.terms(|to, from, weight| {
                let weight = T::of(weight);
                let pairs = y[to..][..channels].iter_mut().zip(&x[from..][..channels]);
                pairs.for_each(|(y, &x)| *y += weight * x);
            });
        }
    }

    fn backward(
        &self,
        _: &Place<T>,
        _: &[T],
        dy: &[T],
        dx: Option<&mut [T]>,
        _: Option<&mut [Vec<T>]>,
    ) {
        let Some(dx) = dx else { return };
        let (inputs, outputs, channels) = self.sizes();
        dx.fill(T::zero());
        for (dx, dy) in dx.chunks_exact_mut(inputs).zip(dy.chunks_exact(outputs)) {
            self.terms(|from, to, weight| {
                let weight = T::of(weight);
                let pairs = dx[to..][..channels].iter_mut().zip(&dy[from..][..channels]);
                pairs.for_each(|(dx, &dy)| *dx += weight * dy);
            });
        }
    }
}
