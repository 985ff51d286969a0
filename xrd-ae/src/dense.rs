use ndarray::{Array1, Array2, ArrayView2, Zip};
use rand::distr::{Distribution, Uniform};
use rand_chacha::ChaCha8Rng;
use rand_distr::Normal;

use crate::activation::Activation;
use crate::product::product;
use crate::real::Real;

/// Dense layer y = f(x·W + b).
///
/// W is stored as [inputs, outputs], so that x·W and the update of the weights of one input access
/// consecutive memory.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dense<F> {
    pub(crate) weights: Array2<F>,
    pub(crate) bias: Array1<F>,
    pub(crate) activation: Activation,
}

impl<F: Real> Dense<F> {
    /// Creates a layer with random weights and zero biases.
    ///
    /// Weights of ReLU layers have a normal distribution of variance 2/inputs (He et al. 2015,
    /// eq. 10). Weights of other layers are uniform between ±√(6/(inputs + outputs)) (Glorot &
    /// Bengio 2010, eq. 16). Both preserve the variance of the signal from layer to layer.
    pub(crate) fn random(
        shape: (usize, usize),
        activation: Activation,
        rng: &mut ChaCha8Rng,
    ) -> Self {
        let (inputs, outputs) = (shape.0 as f64, shape.1 as f64);
        // Drawn in f64 for every number type, so that one seed gives the same network in f32 and
        // f64.
        let weights: Array2<f64> = if activation == Activation::Relu {
            let he = Normal::new(0.0, (2.0 / inputs).sqrt());
            drawn(shape, he.expect("the deviation is positive"), rng)
        } else {
            let limit = (6.0 / (inputs + outputs)).sqrt();
            let glorot = Uniform::new_inclusive(-limit, limit);
            drawn(shape, glorot.expect("the limits are finite"), rng)
        };
        Self {
            weights: weights.mapv(F::of),
            bias: Array1::zeros(shape.1),
            activation,
        }
    }

    /// Computes y = f(x·W + b), [n, inputs] to [n, outputs].
    pub(crate) fn forward(&self, x: ArrayView2<F>) -> Array2<F> {
        self.activate(product(x, self.weights.view()))
    }

    /// Computes f(z + b) from weighted sums z, [n, outputs].
    pub(crate) fn activate(&self, mut z: Array2<F>) -> Array2<F> {
        for row in z.rows_mut() {
            Zip::from(row)
                .and(&self.bias)
                .for_each(|z, &b| *z = self.activation.apply(*z + b));
        }
        z
    }

    /// Replaces the weighted sums z by f(z + b); the first sum belongs to output `start`.
    pub(crate) fn activate_piece(&self, start: usize, z: &mut [F]) {
        for (z, &b) in z.iter_mut().zip(self.bias.iter().skip(start)) {
            *z = self.activation.apply(*z + b);
        }
    }
}

fn drawn(
    shape: (usize, usize),
    distribution: impl Distribution<f64>,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    Array2::from_shape_simple_fn(shape, || distribution.sample(rng))
}

/// Output of the last of `layers`, [n, inputs] to [n, outputs]. Without layers, the input.
pub(crate) fn forward<F: Real>(layers: &[Dense<F>], x: ArrayView2<F>) -> Array2<F> {
    match layers.split_first() {
        None => x.to_owned(),
        Some((first, rest)) => rest
            .iter()
            .fold(first.forward(x), |y, layer| layer.forward(y.view())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn moments(activation: Activation) -> (f64, f64) {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let layer = Dense::<f64>::random((400, 300), activation, &mut rng);
        let squares = layer.weights.mapv(|w| w * w);
        (layer.weights.sum() / 120e3, squares.sum() / 120e3)
    }

    #[test]
    fn initial_weights_have_the_variance_that_keeps_the_signal() {
        for (activation, variance) in [
            (Activation::Relu, 2.0 / 400.0),
            (Activation::Tanh, 2.0 / 700.0),
            (Activation::Linear, 2.0 / 700.0),
        ] {
            let (mean, square) = moments(activation);
            assert!(mean.abs() < 1e-3, "{activation:?}: {mean}");
            assert!((square / variance - 1.0).abs() < 0.02, "{activation:?}");
        }
    }

    #[test]
    fn one_seed_gives_one_network_in_either_precision() {
        let draw = || ChaCha8Rng::seed_from_u64(7);
        let wide = Dense::<f64>::random((5, 3), Activation::Relu, &mut draw());
        let narrow = Dense::<f32>::random((5, 3), Activation::Relu, &mut draw());
        assert_eq!(wide.weights.mapv(|w| w as f32), narrow.weights);
    }
}
