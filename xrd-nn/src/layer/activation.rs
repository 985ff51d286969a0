//! ReLU, PReLU and GELU.

use super::{Change, Layer, Place};
use crate::Real;

#[derive(Debug)]
pub(crate) struct Relu;

impl<T: Real> Change<T> for Relu {
    fn forward(&self, _: &Place<T>, values: &mut [T]) {
        // NaN stays NaN, so that divergence is noticed.
        let zero = T::zero();
        values
            .iter_mut()
            .for_each(|v| *v = if *v < zero { zero } else { *v });
    }

    fn backward(&self, _: &Place<T>, values: &[T], gradient: &mut [T]) {
        let zero = T::zero();
        for (g, &v) in gradient.iter_mut().zip(values) {
            *g = if v > zero { *g } else { zero };
        }
    }
}

/// Rectifier with one trained slope per channel.
#[derive(Debug)]
pub(crate) struct Prelu {
    pub(crate) slope: usize,
}

impl<T: Real> Layer<T> for Prelu {
    fn forward(&self, place: &Place<T>, x: &[T], y: &mut [T]) {
        let slope = place.values(self.slope);
        let positions = x
            .chunks_exact(slope.len())
            .zip(y.chunks_exact_mut(slope.len()));
        for (x, y) in positions {
            for ((y, &x), &a) in y.iter_mut().zip(x).zip(slope) {
                *y = if x < T::zero() { a * x } else { x };
            }
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
        let slope = place.values(self.slope);
        let n = slope.len();
        if let Some(dx) = dx {
            for ((x, dy), dx) in x
                .chunks_exact(n)
                .zip(dy.chunks_exact(n))
                .zip(dx.chunks_exact_mut(n))
            {
                for (((dx, &dy), &x), &a) in dx.iter_mut().zip(dy).zip(x).zip(slope) {
                    *dx = if x < T::zero() { a * dy } else { dy };
                }
            }
        }
        if let Some(sums) = sums {
            for (x, dy) in x.chunks_exact(n).zip(dy.chunks_exact(n)) {
                for ((s, &dy), &x) in sums[self.slope].iter_mut().zip(dy).zip(x) {
                    *s += x.min(T::zero()) * dy;
                }
            }
        }
    }
}

#[derive(Debug)]
pub(crate) struct Gelu;

/// Hyperbolic tangent of the inner function of GELU, and the derivative of that function.
fn inner<T: Real>(x: T) -> (T, T) {
    let (scale, cubic) = (T::of((2.0 / std::f64::consts::PI).sqrt()), T::of(0.044_715));
    let u = scale * (x + cubic * x * x * x);
    (u.tanh(), scale * (T::one() + T::of(3.0) * cubic * x * x))
}

impl<T: Real> Layer<T> for Gelu {
    fn forward(&self, _: &Place<T>, x: &[T], y: &mut [T]) {
        let half = T::of(0.5);
        y.iter_mut()
            .zip(x)
            .for_each(|(y, &x)| *y = half * x * (T::one() + inner(x).0));
    }

    fn backward(
        &self,
        _: &Place<T>,
        x: &[T],
        dy: &[T],
        dx: Option<&mut [T]>,
        _: Option<&mut [Vec<T>]>,
    ) {
        let half = T::of(0.5);
        for ((dx, &dy), &x) in dx.unwrap_or_default().iter_mut().zip(dy).zip(x) {
            let (tanh, slope) = inner(x);
            *dx = dy * half * (T::one() + tanh + x * (T::one() - tanh * tanh) * slope);
        }
    }
}
