use super::{Layer, Place};
use crate::Real;

/// Added to variances.
pub(crate) const EPSILON: f64 = 1e-5;

/// Layer normalisation over the channels of each position.
#[derive(Debug)]
pub(crate) struct LayerNorm {
    pub(crate) scale: usize,
    pub(crate) shift: usize,
}

/// Mean and reciprocal standard deviation.
fn statistics<T: Real>(x: &[T]) -> (T, T) {
    let n = x.len() as f64;
    let mean = x.iter().map(|v| v.wide()).sum::<f64>() / n;
    let variance = x.iter().map(|v| (v.wide() - mean).powi(2)).sum::<f64>() / n;
    (T::of(mean), T::of(1.0 / (variance + EPSILON).sqrt()))
}

impl<T: Real> Layer<T> for LayerNorm {
    fn forward(&self, place: &Place<T>, x: &[T], y: &mut [T]) {
        let (scale, shift) = (place.values(self.scale), place.values(self.shift));
        let n = scale.len();
        for (x, y) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
            let (mean, root) = statistics(x);
            for (((y, &x), &a), &b) in y.iter_mut().zip(x).zip(scale).zip(shift) {
                *y = (x - mean) * root * a + b;
            }
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
        let scale = place.values(self.scale);
        let n = scale.len();
        let share = T::of(1.0 / n as f64);
        for (i, (x, dy)) in x.chunks_exact(n).zip(dy.chunks_exact(n)).enumerate() {
            let (mean, root) = statistics(x);
            if let Some(dx) = dx.as_deref_mut() {
                let terms = || {
                    x.iter()
                        .zip(dy)
                        .zip(scale)
                        .map(|((&x, &d), &a)| ((x - mean) * root, d * a))
                };
                let along: T = terms().map(|(x, d)| x * d).sum::<T>() * share;
                let level: T = terms().map(|(_, d)| d).sum::<T>() * share;
                for (dx, (x, d)) in dx[i * n..][..n].iter_mut().zip(terms()) {
                    *dx = root * (d - level - x * along);
                }
            }
            if let Some(sums) = sums.as_deref_mut() {
                for ((s, &x), &d) in sums[self.scale].iter_mut().zip(x).zip(dy) {
                    *s += (x - mean) * root * d;
                }
                sums[self.shift]
                    .iter_mut()
                    .zip(dy)
                    .for_each(|(s, &d)| *s += d);
            }
        }
    }
}
