//! Naive implementation of training for comparison: plain loops, stored gradients, and Adam as in
//! its paper.

use ndarray::{Array2, Axis, concatenate};

use crate::activation::Activation;
use crate::adam::Adam;
use crate::dense::Dense;

/// Product a·b by its definition.
pub(crate) fn product(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn((a.nrows(), b.ncols()), |(i, j)| {
        (0..a.ncols()).map(|k| a[[i, k]] * b[[k, j]]).sum()
    })
}

/// Network that stores the biases as the last rows of the weights.
pub(crate) struct Twin {
    layers: Vec<(Array2<f64>, Activation)>,
    moments: Vec<[Array2<f64>; 2]>,
    adam: Adam,
    steps: i32,
}

impl Twin {
    pub(crate) fn new(layers: &[Dense<f64>], adam: Adam) -> Self {
        let layers: Vec<_> = layers.iter().map(|l| (joined(l), l.activation)).collect();
        let zeros = |(weights, _): &(Array2<f64>, _)| [(); 2].map(|()| 0.0 * weights);
        Self {
            moments: layers.iter().map(zeros).collect(),
            layers,
            adam,
            steps: 0,
        }
    }

    /// Largest difference from a weight or bias of `layers`.
    pub(crate) fn distance(&self, layers: &[Dense<f64>]) -> f64 {
        let pairs = self.layers.iter().zip(layers);
        pairs
            .flat_map(|((weights, _), layer)| (weights - &joined(layer)).into_iter())
            .fold(0.0, |most, d| d.abs().max(most))
    }

    pub(crate) fn step(&mut self, x: &Array2<f64>, target: &Array2<f64>) -> f64 {
        let mut outputs = vec![x.clone()];
        for (weights, activation) in &self.layers {
            let z = product(&with_ones(&outputs[outputs.len() - 1]), weights);
            outputs.push(z.mapv(|z| activation.apply(z)));
        }
        let error = &outputs[self.layers.len()] - target;
        let mut slope_of_loss = error.mapv(|e| 2.0 * e / target.len() as f64);
        self.steps += 1;
        for l in (0..self.layers.len()).rev() {
            let (weights, activation) = self.layers[l].clone();
            let delta = &slope_of_loss * &outputs[l + 1].mapv(|y| activation.slope(y));
            let gradient = product(&with_ones(&outputs[l]).t().to_owned(), &delta);
            self.plain_adam(l, &gradient);
            let inputs = weights.slice(ndarray::s![..weights.nrows() - 1, ..]);
            slope_of_loss = product(&delta, &inputs.t().to_owned());
        }
        error.mapv(|e| e * e).sum()
    }

    fn plain_adam(&mut self, l: usize, gradient: &Array2<f64>) {
        let (weights, [m, v]) = (&mut self.layers[l].0, &mut self.moments[l]);
        let rate = self.adam.rate(l);
        let decay = self.adam.weight_decay;
        let g = match self.adam.decoupled {
            true => gradient.clone(),
            false => gradient + &(decay * &*weights),
        };
        if self.adam.decoupled {
            *weights *= 1.0 - rate * decay;
        }
        *m = Adam::BETA1 * &*m + (1.0 - Adam::BETA1) * &g;
        *v = Adam::BETA2 * &*v + (1.0 - Adam::BETA2) * &g * &g;
        let m_hat = &*m / (1.0 - Adam::BETA1.powi(self.steps));
        let v_hat = &*v / (1.0 - Adam::BETA2.powi(self.steps));
        *weights -= &(rate * m_hat / (v_hat.mapv(f64::sqrt) + Adam::EPSILON));
    }
}

fn joined(layer: &Dense<f64>) -> Array2<f64> {
    let bias = layer.bias.view().insert_axis(Axis(0));
    concatenate![Axis(0), layer.weights, bias]
}

fn with_ones(x: &Array2<f64>) -> Array2<f64> {
    concatenate![Axis(1), *x, Array2::ones((x.nrows(), 1))]
}
