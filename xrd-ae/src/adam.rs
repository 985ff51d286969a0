//! Adam with weight decay.

use pulp::Simd;

use crate::kernel::Lanes;

/// Smallest second moment. Its square root is negligible compared with Adam's ε of 1e-8, and the
/// limit prevents denormal numbers.
const SMALLEST_SQUARE: f64 = 1e-34;

/// Weights and first moments below this limit are set to zero at each cleaning, because denormal
/// numbers slow a processor tenfold.
const SMALLEST_STORED: f64 = 1e-30;

/// Steps between two cleanings. The first moments decay fastest, by 0.9¹⁶ = 0.19 between two
/// cleanings.
const CLEANING: u32 = 16;

/// Adam optimiser with weight decay (Kingma & Ba 2015, algorithm 1).
///
/// The decay is added to the gradient, as in PyTorch's `Adam(weight_decay=…)`, or subtracted from
/// the weights if `decoupled`, as in `AdamW` (Loshchilov & Hutter 2019, algorithm 2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adam {
    pub(crate) learning_rate: f64,
    pub(crate) weight_decay: f64,
    pub(crate) decoupled: bool,
    /// Factor of the learning rate of the first layer.
    pub(crate) first_layer_share: f64,
}

impl Adam {
    pub(crate) const BETA1: f64 = 0.9;
    pub(crate) const BETA2: f64 = 0.999;
    pub(crate) const EPSILON: f64 = 1e-8;

    /// Learning rate of a layer, counted from 0.
    pub(crate) fn rate(&self, layer: usize) -> f64 {
        match layer {
            0 => self.first_layer_share * self.learning_rate,
            _ => self.learning_rate,
        }
    }

    /// Coefficients of step `t`, counted from 1, for a layer, counted from 0.
    pub(crate) fn at_step<F: Lanes>(&self, t: u32, layer: usize) -> AdamStep<F> {
        let power = |beta: f64| beta.powf(f64::from(t));
        let rate = self.rate(layer);
        let (coupled, decoupled) = match self.decoupled {
            true => (0.0, self.weight_decay),
            false => (self.weight_decay, 0.0),
        };
        AdamStep {
            step: F::of(rate / (1.0 - power(Self::BETA1))),
            correction: F::of(1.0 / (1.0 - power(Self::BETA2)).sqrt()),
            decay: F::of(coupled),
            kept: F::of(1.0 - rate * decoupled),
            cleans: t.is_multiple_of(CLEANING),
        }
    }
}

/// Coefficients of one Adam step, including the bias corrections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdamStep<F> {
    /// α / (1 − β1ᵗ).
    step: F,
    /// 1 / √(1 − β2ᵗ).
    correction: F,
    /// λ if it is added to the gradient, else 0.
    decay: F,
    /// 1 − αλ if the decay is subtracted from the weights, else 1.
    kept: F,
    /// Whether this step sets tiny weights and moments to zero.
    pub(crate) cleans: bool,
}

impl<F: Lanes> AdamStep<F> {
    /// Copies the coefficients into every lane of vectors.
    #[inline(always)]
    pub(crate) fn lanes<S: Simd>(self, simd: S) -> AdamLanes<F, S> {
        AdamLanes {
            step: F::splat(simd, -self.step),
            correction: F::splat(simd, self.correction),
            decay: F::splat(simd, self.decay),
            kept: F::splat(simd, self.kept),
            beta1: F::splat(simd, F::of(Adam::BETA1)),
            beta2: F::splat(simd, F::of(Adam::BETA2)),
            one_less_beta1: F::splat(simd, F::of(1.0 - Adam::BETA1)),
            one_less_beta2: F::splat(simd, F::of(1.0 - Adam::BETA2)),
            epsilon: F::splat(simd, F::of(Adam::EPSILON)),
            smallest_square: F::splat(simd, F::of(SMALLEST_SQUARE)),
        }
    }
}

/// Coefficients of one Adam step as vectors.
#[derive(Clone, Copy)]
pub(crate) struct AdamLanes<F: Lanes, S: Simd> {
    /// Negative step size.
    step: F::Vector<S>,
    correction: F::Vector<S>,
    decay: F::Vector<S>,
    kept: F::Vector<S>,
    beta1: F::Vector<S>,
    beta2: F::Vector<S>,
    one_less_beta1: F::Vector<S>,
    one_less_beta2: F::Vector<S>,
    epsilon: F::Vector<S>,
    smallest_square: F::Vector<S>,
}

/// Weights with their first and second moments.
type Weight<F, S> = (
    <F as Lanes>::Vector<S>,
    <F as Lanes>::Vector<S>,
    <F as Lanes>::Vector<S>,
);

impl<F: Lanes, S: Simd> AdamLanes<F, S> {
    /// Computes the next weights and moments.
    #[inline(always)]
    pub(crate) fn step(
        &self,
        simd: S,
        gradient: F::Vector<S>,
        (w, m, v): Weight<F, S>,
    ) -> Weight<F, S> {
        let g = F::mul_add_lanes(simd, self.decay, w, gradient);
        let new = F::mul_lanes(simd, self.one_less_beta1, g);
        let m = F::mul_add_lanes(simd, self.beta1, m, new);
        let old = F::mul_lanes(simd, self.beta2, v);
        let v = F::mul_add_lanes(simd, F::mul_lanes(simd, self.one_less_beta2, g), g, old);
        let v = F::max_lanes(simd, self.smallest_square, v);
        let size = F::mul_add_lanes(simd, F::sqrt_lanes(simd, v), self.correction, self.epsilon);
        let kept = F::mul_lanes(simd, self.kept, w);
        let w = F::mul_add_lanes(simd, self.step, F::div_lanes(simd, m, size), kept);
        (w, m, v)
    }
}

/// Sets tiny numbers to zero.
#[inline(always)]
pub(crate) fn clean<F: Lanes, S: Simd>(simd: S, numbers: &mut [F::Vector<S>]) {
    let smallest = F::splat(simd, F::of(SMALLEST_STORED));
    for number in numbers {
        *number = F::flush(simd, *number, smallest);
    }
}
