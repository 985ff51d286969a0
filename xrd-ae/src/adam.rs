//! Adam with L2 weight decay, fused with the gradient of a dense layer.

use multiversion::multiversion;
use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use crate::real::Real;

/// Longest piece of a wide axis that one task updates.
const PIECE: usize = 512;

/// Gradients below this are taken for zero, so that their squares stay above the denormals of
/// `f32`. Beside Adam's ε of 1e-8 such a gradient would move no weight by a digit that counts.
const SMALLEST_GRADIENT: f64 = 1e-15;

/// Weights and moments below this become zero: denormal numbers slow a processor tenfold.
const SMALLEST_STORED: f64 = 1e-30;

/// Adam (Kingma & Ba 2015, algorithm 1) with the decay added to the gradient, as PyTorch's
/// `Adam(weight_decay=…)` does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adam {
    pub(crate) learning_rate: f64,
    pub(crate) weight_decay: f64,
    /// What the learning rate of the first layer is multiplied with.
    pub(crate) first_layer_share: f64,
}

impl Adam {
    pub(crate) const BETA1: f64 = 0.9;
    pub(crate) const BETA2: f64 = 0.999;
    pub(crate) const EPSILON: f64 = 1e-8;

    /// The numbers of step `t`, counted from 1, for a layer, counted from 0.
    pub(crate) fn at_step<F: Real>(&self, t: u32, layer: usize) -> AdamStep<F> {
        let share = if layer == 0 {
            self.first_layer_share
        } else {
            1.0
        };
        let power = |beta: f64| beta.powf(f64::from(t));
        AdamStep {
            step: F::of(share * self.learning_rate / (1.0 - power(Self::BETA1))),
            correction: F::of(1.0 / (1.0 - power(Self::BETA2)).sqrt()),
            weight_decay: F::of(self.weight_decay),
        }
    }
}

/// Adam's numbers at one step, bias corrections included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdamStep<F> {
    /// α / (1 − β1ᵗ).
    step: F,
    /// 1 / √(1 − β2ᵗ).
    correction: F,
    weight_decay: F,
}

/// Running means of the gradient and of its square, one each a weight.
#[derive(Clone, Debug)]
pub(crate) struct Moments<F> {
    pub(crate) first: Array2<F>,
    pub(crate) second: Array2<F>,
}

impl<F: Real> Moments<F> {
    pub(crate) fn zeros(shape: (usize, usize)) -> Self {
        Self {
            first: Array2::zeros(shape),
            second: Array2::zeros(shape),
        }
    }
}

/// One Adam step on weights whose gradient is inputsᵀ·deltas.
///
/// The gradient is never stored: each task makes the gradient of one row of weights and spends
/// it at once, so weights and moments pass through the processor a single time. Every weight is
/// computed on its own, so the bits do not depend on the threads.
///
/// # Shapes
/// `inputs` [n, rows], `deltas` [n, cols], `weights` and moments [rows, cols].
///
/// Cost O(n·rows·cols).
pub(crate) fn update<F: Real>(
    adam: AdamStep<F>,
    (inputs, deltas): (ArrayView2<F>, ArrayView2<F>),
    mut weights: ArrayViewMut2<F>,
    moments: &mut Moments<F>,
) {
    let mut tiles = cut((inputs, deltas), &mut weights, moments);
    match tiles.as_mut_slice() {
        // Small layers are not worth waking a thread for.
        [only] => update_tile(adam, only),
        many => many.par_iter_mut().for_each(|t| update_tile(adam, t)),
    }
}

/// A part of a layer that one task updates.
struct Tile<'a, F> {
    inputs: ArrayView2<'a, F>,
    deltas: ArrayView2<'a, F>,
    weights: ArrayViewMut2<'a, F>,
    first: ArrayViewMut2<'a, F>,
    second: ArrayViewMut2<'a, F>,
}

/// Cuts a layer along its longer axis.
fn cut<'a, F: Real>(
    (inputs, deltas): (ArrayView2<'a, F>, ArrayView2<'a, F>),
    weights: &'a mut ArrayViewMut2<F>,
    moments: &'a mut Moments<F>,
) -> Vec<Tile<'a, F>> {
    let by_rows = weights.nrows() >= weights.ncols();
    let axis = Axis(usize::from(!by_rows));
    let pieces = weights
        .axis_chunks_iter_mut(axis, PIECE)
        .zip(moments.first.axis_chunks_iter_mut(axis, PIECE))
        .zip(moments.second.axis_chunks_iter_mut(axis, PIECE));
    let longer = if by_rows { inputs } else { deltas };
    let tile = |(i, ((weights, first), second)): (usize, ((ArrayViewMut2<'a, F>, _), _))| {
        let start = i * PIECE;
        let part = longer.slice_move(s![.., start..start + weights.len_of(axis)]);
        Tile {
            inputs: if by_rows { part } else { inputs },
            deltas: if by_rows { deltas } else { part },
            weights,
            first,
            second,
        }
    };
    pieces.enumerate().map(tile).collect()
}

/// [`update`] of one tile.
///
/// No fused multiply-add is asked for, so that every processor rounds alike here.
#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn update_tile<F: Real>(adam: AdamStep<F>, tile: &mut Tile<'_, F>) {
    let mut gradient = vec![F::zero(); tile.deltas.ncols()];
    let rows = tile.weights.rows_mut().into_iter();
    let moments = tile
        .first
        .rows_mut()
        .into_iter()
        .zip(tile.second.rows_mut());
    for ((weights, (first, second)), inputs) in rows.zip(moments).zip(tile.inputs.columns()) {
        gradient.fill(F::zero());
        for (&input, delta) in inputs.iter().zip(tile.deltas.rows()) {
            // Dead hidden units and empty input columns add nothing.
            if input != F::zero() {
                add_scaled(&mut gradient, input, delta);
            }
        }
        step_row(adam, &gradient, weights, first, second);
    }
}

/// gradient += input·delta.
#[inline(always)]
fn add_scaled<F: Real>(gradient: &mut [F], input: F, delta: ArrayView1<F>) {
    let delta = delta.to_slice().expect("rows lie along memory");
    for (g, &d) in gradient.iter_mut().zip(delta) {
        *g += input * d;
    }
}

/// Adam on one row of weights.
#[inline(always)]
fn step_row<F: Real>(
    adam: AdamStep<F>,
    gradient: &[F],
    weights: ArrayViewMut1<F>,
    first: ArrayViewMut1<F>,
    second: ArrayViewMut1<F>,
) {
    let along_memory = "rows lie along memory";
    let weights = weights.into_slice().expect(along_memory);
    let first = first.into_slice().expect(along_memory);
    let second = second.into_slice().expect(along_memory);
    for (((w, m), v), &g) in weights.iter_mut().zip(first).zip(second).zip(gradient) {
        (*w, *m, *v) = adam.step(g, *w, *m, *v);
    }
}

impl<F: Real> AdamStep<F> {
    /// The next weight and moments.
    #[inline(always)]
    fn step(&self, gradient: F, w: F, m: F, v: F) -> (F, F, F) {
        let smallest = F::of(SMALLEST_STORED);
        let g = (gradient + self.weight_decay * w).flushed(F::of(SMALLEST_GRADIENT));
        let (beta1, beta2) = (F::of(Adam::BETA1), F::of(Adam::BETA2));
        let m = (beta1 * m + (F::one() - beta1) * g).flushed(smallest);
        let v = (beta2 * v + (F::one() - beta2) * g * g).flushed(smallest);
        let w = w - self.step * m / (v.sqrt() * self.correction + F::of(Adam::EPSILON));
        (w.flushed(smallest), m, v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADAM: Adam = Adam {
        learning_rate: 1e-3,
        weight_decay: 0.0,
        first_layer_share: 1.0,
    };

    fn subnormal(numbers: &Array2<f32>) -> usize {
        numbers.iter().filter(|v| v.is_subnormal()).count()
    }

    /// Three steps with a gradient, then many with one that vanishes from step to step.
    #[test]
    fn vanishing_gradients_leave_no_denormal_number() {
        let mut weights = Array2::from_elem((3, 700), 1e-39f32);
        let mut moments = Moments::zeros((3, 700));
        let mut plain = 0f32;
        let mut met = 0;
        for t in 1..=3000u32 {
            let gradient = 0.5f32 * 0.9f32.powi(t as i32);
            plain = 0.9 * plain + 0.1 * gradient;
            met += u32::from(plain.is_subnormal());
            let deltas = Array2::from_elem((1, 700), gradient);
            let inputs = ndarray::array![[1.0f32, 0.0, 1e-20]];
            let adam = ADAM.at_step(t, 1);
            update(
                adam,
                (inputs.view(), deltas.view()),
                weights.view_mut(),
                &mut moments,
            );
            assert_eq!(subnormal(&weights), 0);
            assert_eq!(subnormal(&moments.first) + subnormal(&moments.second), 0);
        }
        assert!(met > 100, "plain Adam meets denormal numbers here");
        assert!(weights.row(1).iter().all(|&w| w == 0.0));
    }

    #[test]
    fn the_first_step_is_the_learning_rate() {
        // With the bias corrections m̂ = g and √v̂ = |g|.
        let mut weights = Array2::from_elem((2, 3), 1.0f64);
        let mut moments = Moments::zeros((2, 3));
        let (inputs, deltas) = (
            ndarray::array![[1.0, -2.0]],
            ndarray::array![[3.0, -0.1, 0.0]],
        );
        let halved = Adam {
            first_layer_share: 0.5,
            ..ADAM
        };
        update(
            halved.at_step(1, 0),
            (inputs.view(), deltas.view()),
            weights.view_mut(),
            &mut moments,
        );
        let moved = weights.mapv(|w| ((1.0 - w) / 5e-4 * 1e6).round() / 1e6);
        assert_eq!(moved, ndarray::array![[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0]]);
    }

    #[test]
    fn a_nan_is_not_hidden() {
        let mut weights = Array2::from_elem((1, 1), 1.0f32);
        let mut moments = Moments::zeros((1, 1));
        let (inputs, deltas) = (ndarray::array![[1.0]], ndarray::array![[f32::NAN]]);
        update(
            ADAM.at_step(1, 1),
            (inputs.view(), deltas.view()),
            weights.view_mut(),
            &mut moments,
        );
        assert!(weights[[0, 0]].is_nan());
    }
}
