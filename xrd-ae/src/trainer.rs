use ndarray::{Array2, ArrayView2, Axis, Zip};

use crate::activation::Activation;
use crate::adam::{Adam, Moments, update};
use crate::dense::Dense;
use crate::product::product;
use crate::real::Real;

/// Output errors below this are propagated as zero, so that no denormal number starts here.
const SMALLEST_ERROR: f64 = 1e-30;

/// Layers in training: backpropagation of the mean squared error, and Adam.
pub(crate) struct Trainer<'a, F> {
    layers: &'a mut [Dense<F>],
    moments: Vec<LayerMoments<F>>,
    adam: Adam,
    steps: u32,
}

pub(crate) struct LayerMoments<F> {
    pub(crate) weights: Moments<F>,
    /// Of shape [1, outputs].
    pub(crate) bias: Moments<F>,
}

impl<'a, F: Real> Trainer<'a, F> {
    pub(crate) fn new(layers: &'a mut [Dense<F>], adam: Adam) -> Self {
        let zeros = |layer: &Dense<F>| LayerMoments {
            weights: Moments::zeros(layer.weights.dim()),
            bias: Moments::zeros((1, layer.bias.len())),
        };
        let moments = layers.iter().map(zeros).collect();
        Self {
            layers,
            moments,
            adam,
            steps: 0,
        }
    }

    pub(crate) fn layers(&self) -> &[Dense<F>] {
        self.layers
    }

    #[cfg(test)]
    pub(crate) fn moments(&self) -> &[LayerMoments<F>] {
        &self.moments
    }

    /// One Adam step on the mean squared error of a batch; the sum of squared errors before it.
    ///
    /// # Shapes
    /// `x` [n, inputs], `target` [n, outputs].
    ///
    /// Cost O(n · number of weights).
    pub(crate) fn step(&mut self, x: ArrayView2<F>, target: ArrayView2<F>) -> f64 {
        let mut outputs = self.outputs(x);
        let y = outputs.pop().expect("a network has layers");
        let squares = sum_of_squares(y.view(), target);
        let last = self.layers[outputs.len()].activation;
        let mut delta = output_delta(y, target, last);

        self.steps += 1;
        while let Some(input) = outputs.pop() {
            let index = outputs.len() + 1;
            // The error passes back through the weights that made it, so before their update.
            let before = self.passed_back(index, &delta, &input);
            self.update_layer(index, input.view(), &delta);
            delta = before;
        }
        self.update_layer(0, x, &delta);
        squares
    }

    /// The output of every layer.
    fn outputs(&self, x: ArrayView2<F>) -> Vec<Array2<F>> {
        let mut outputs: Vec<Array2<F>> = Vec::with_capacity(self.layers.len());
        for layer in &*self.layers {
            let input = outputs.last().map_or(x, |y| y.view());
            outputs.push(layer.forward(input));
        }
        outputs
    }

    /// ∂E/∂z of the layer before `index`, whose output is `input`, from that of layer `index`.
    fn passed_back(&self, index: usize, delta: &Array2<F>, input: &Array2<F>) -> Array2<F> {
        let activation = self.layers[index - 1].activation;
        let mut before = product(delta.view(), self.layers[index].weights.t());
        Zip::from(&mut before)
            .and(input)
            .for_each(|d, &y| *d *= activation.slope(y));
        before
    }

    fn update_layer(&mut self, index: usize, input: ArrayView2<F>, delta: &Array2<F>) {
        let adam = self.adam.at_step(self.steps, index);
        let (layer, moments) = (&mut self.layers[index], &mut self.moments[index]);
        let weights = layer.weights.view_mut();
        update(adam, (input, delta.view()), weights, &mut moments.weights);
        // A bias is a weight whose input is always 1.
        let ones = Array2::ones((delta.nrows(), 1));
        let bias = layer.bias.view_mut().insert_axis(Axis(0));
        update(adam, (ones.view(), delta.view()), bias, &mut moments.bias);
    }
}

/// ∂E/∂z of the last layer for E = Σ(y − target)² / (number of elements).
fn output_delta<F: Real>(y: Array2<F>, target: ArrayView2<F>, activation: Activation) -> Array2<F> {
    let factor = F::of(2.0 / y.len() as f64);
    let smallest = F::of(SMALLEST_ERROR);
    let mut delta = y;
    Zip::from(&mut delta).and(target).for_each(|d, &t| {
        let y = *d;
        *d = (factor * (y - t) * activation.slope(y)).flushed(smallest);
    });
    delta
}

/// Σ(y − target)², added up in `f64`.
///
/// # Panics
/// If the rows do not lie along memory.
pub(crate) fn sum_of_squares<F: Real>(y: ArrayView2<F>, target: ArrayView2<F>) -> f64 {
    // Eight sums side by side, since one addition would have to wait for the other.
    let mut sums = [0.0; 8];
    for (y, target) in y.rows().into_iter().zip(target.rows()) {
        let y = y.to_slice().expect("rows lie along memory");
        let target = target.to_slice().expect("rows lie along memory");
        for (y, target) in y.chunks(8).zip(target.chunks(8)) {
            for ((sum, &y), &t) in sums.iter_mut().zip(y).zip(target) {
                let error = (y - t).wide();
                *sum += error * error;
            }
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests;
