//! Batch normalisation. Sums over a batch are sums over its chunks, added in order in double precision.

use super::layer_norm::EPSILON;
use super::{Mode, Place};
use crate::Real;

/// Share of a batch in the running statistics.
pub(crate) const MOMENTUM: f64 = 0.1;

#[derive(Debug)]
pub(crate) struct BatchNorm {
    pub(crate) scale: usize,
    pub(crate) shift: usize,
    pub(crate) mean: usize,
    pub(crate) variance: usize,
}

/// Mean and variance of each channel, without the correction for small samples.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statistics {
    pub(crate) mean: Vec<f64>,
    pub(crate) variance: Vec<f64>,
    /// Number of values per channel.
    pub(crate) count: f64,
}

impl Statistics {
    fn root(&self, channel: usize) -> f64 {
        1.0 / (self.variance[channel] + EPSILON).sqrt()
    }
}

/// Sums over the positions of `term`, which gets the channel and the index.
pub(crate) fn channel_sums(
    channels: usize,
    len: usize,
    term: impl Fn(usize, usize) -> f64,
) -> Vec<f64> {
    let mut sums = vec![0.0; channels];
    for start in (0..len).step_by(channels) {
        for (c, sum) in sums.iter_mut().enumerate() {
            *sum += term(c, start + c);
        }
    }
    sums
}

impl BatchNorm {
    /// Running statistics.
    pub(crate) fn running<T: Real>(&self, place: &Place<T>) -> Statistics {
        let wide = |i: usize| place.values(i).iter().map(|v| v.wide()).collect();
        Statistics {
            mean: wide(self.mean),
            variance: wide(self.variance),
            count: 1.0,
        }
    }

    pub(crate) fn forward<T: Real>(&self, place: &Place<T>, s: &Statistics, x: &[T], y: &mut [T]) {
        let (scale, shift) = (place.values(self.scale), place.values(self.shift));
        let n = scale.len();
        let factor: Vec<T> = (0..n).map(|c| T::of(scale[c].wide() * s.root(c))).collect();
        let mean: Vec<T> = s.mean.iter().map(|&m| T::of(m)).collect();
        for (x, y) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
            for c in 0..n {
                y[c] = (x[c] - mean[c]) * factor[c] + shift[c];
            }
        }
    }

    /// Sums of dy and of dy · x̂ of a chunk, one after the other, where x̂ is the normalised input.
    pub(crate) fn gradient_sums<T: Real>(&self, s: &Statistics, x: &[T], dy: &[T]) -> Vec<f64> {
        let n = s.mean.len();
        let roots: Vec<f64> = (0..n).map(|c| s.root(c)).collect();
        let mut sums = channel_sums(n, x.len(), |_, i| dy[i].wide());
        sums.extend(channel_sums(n, x.len(), |c, i| {
            dy[i].wide() * (x[i].wide() - s.mean[c]) * roots[c]
        }));
        sums
    }

    /// Gradient of the input. In training the statistics depend on the input, so `sums` of the whole batch
    /// enter.
    pub(crate) fn backward<T: Real>(
        &self,
        place: &Place<T>,
        s: &Statistics,
        sums: &[f64],
        x: &[T],
        dy: &[T],
        dx: &mut [T],
    ) {
        let scale = place.values(self.scale);
        let n = scale.len();
        let part = |sum: f64| match place.mode {
            Mode::Infer => 0.0,
            Mode::Train { .. } => sum / s.count,
        };
        let factor: Vec<T> = (0..n).map(|c| T::of(scale[c].wide() * s.root(c))).collect();
        let mean: Vec<T> = s.mean.iter().map(|&m| T::of(m)).collect();
        let level: Vec<T> = (0..n).map(|c| T::of(part(sums[c]))).collect();
        let along: Vec<T> = (0..n)
            .map(|c| T::of(part(sums[n + c]) * s.root(c)))
            .collect();
        let rows = x
            .chunks_exact(n)
            .zip(dy.chunks_exact(n))
            .zip(dx.chunks_exact_mut(n));
        for ((x, dy), dx) in rows {
            for c in 0..n {
                dx[c] = factor[c] * (dy[c] - level[c] - (x[c] - mean[c]) * along[c]);
            }
        }
    }
}
