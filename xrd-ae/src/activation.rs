use serde::{Deserialize, Serialize};

use crate::real::Real;

/// Activation function of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Activation {
    /// max(z, 0), for hidden layers.
    Relu,
    /// tanh z, for the latent layer.
    Tanh,
    /// z, for the output layer.
    Linear,
}

impl Activation {
    /// Computes y = f(z).
    #[inline(always)]
    pub(crate) fn apply<F: Real>(self, z: F) -> F {
        match self {
            // This form keeps NaN, so that divergence is detected.
            Self::Relu if z < F::zero() => F::zero(),
            Self::Tanh => z.tanh(),
            Self::Relu | Self::Linear => z,
        }
    }

    /// Computes f'(z) from y = f(z). The slope at the kink of the ReLU is 0, as in PyTorch.
    #[inline(always)]
    pub(crate) fn slope<F: Real>(self, y: F) -> F {
        match self {
            Self::Relu if y > F::zero() => F::one(),
            Self::Relu => F::zero(),
            Self::Tanh => F::one() - y * y,
            Self::Linear => F::one(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn slopes_are_the_finite_differences() {
        let h = 1e-6;
        for activation in [Activation::Relu, Activation::Tanh, Activation::Linear] {
            for z in [-2.0, -0.3, 0.2, 1.7] {
                let rise: f64 = activation.apply(z + h) - activation.apply(z - h);
                let slope = activation.slope(activation.apply(z));
                assert_relative_eq!(slope, rise / (2.0 * h), epsilon = 1e-9);
            }
        }
    }

    #[test]
    fn no_activation_hides_a_nan() {
        for activation in [Activation::Relu, Activation::Tanh, Activation::Linear] {
            assert!(activation.apply(f32::NAN).is_nan());
        }
    }
}
