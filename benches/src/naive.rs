use ndarray::{Array1, Array2, Axis};
use safetensors::SafeTensors;
use xrd_ae::{Autoencoder, TrainingConfig};
use xrd_core::Latent2;

/// The autoencoder by its definition: `f64`, full gradients, Adam as in its paper. The weights are those in
/// the file of the model.
#[derive(Clone)]
pub struct NaiveNetwork {
    pub(crate) mean: Array1<f64>,
    pub(crate) deviation: Array1<f64>,
    pub(crate) layers: Vec<Layer>,
}

#[derive(Clone)]
pub(crate) struct Layer {
    /// Weights, inputs × outputs; the last row holds the biases.
    pub(crate) weights: Array2<f64>,
    pub(crate) activation: Activation,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Activation {
    Relu,
    Tanh,
    Linear,
}

impl Activation {
    pub(crate) fn apply(self, z: f64) -> f64 {
        match self {
            Self::Relu => z.max(0.0),
            Self::Tanh => z.tanh(),
            Self::Linear => z,
        }
    }

    /// The derivative at z, from y = f(z).
    fn slope(self, y: f64) -> f64 {
        match self {
            Self::Relu => f64::from(u8::from(y > 0.0)),
            Self::Tanh => 1.0 - y * y,
            Self::Linear => 1.0,
        }
    }
}

impl NaiveNetwork {
    /// The twin of a model.
    ///
    /// # Panics
    /// If the model cannot be written, or its file is incomplete.
    pub fn of(model: &Autoencoder) -> Self {
        let bytes = model.to_bytes().expect("a model can be written");
        let file = SafeTensors::deserialize(&bytes).expect("a model is a safetensors file");
        let depth = model.config().hidden.len() + 1;
        let layer = |l: usize| {
            let half = if l < depth { "encoder" } else { "decoder" };
            let name = format!("{half}.{}", 2 * (l % depth));
            let bias = numbers(&file, &format!("{name}.bias"));
            let mut weights = numbers(&file, &format!("{name}.weight"));
            let outputs = bias.len();
            weights.extend(bias);
            let shape = (weights.len() / outputs, outputs);
            Layer {
                weights: Array2::from_shape_vec(shape, weights).expect("whole rows"),
                activation: match l {
                    l if l == depth - 1 => Activation::Tanh,
                    l if l == 2 * depth - 1 => Activation::Linear,
                    _ => Activation::Relu,
                },
            }
        };
        Self {
            mean: numbers(&file, "scaling.mean").into(),
            deviation: numbers(&file, "scaling.deviation").into(),
            layers: (0..2 * depth).map(layer).collect(),
        }
    }

    /// The point of a pattern.
    ///
    /// # Panics
    /// If the length of the pattern is not that of the model.
    pub fn encode(&self, intensities: &[f32]) -> Latent2 {
        let half = self.layers.len() / 2;
        let y = outputs(&self.layers[..half], self.scaled(intensities));
        let y = &y[half];
        Latent2::new(y[[0, 0]], y[[0, 1]])
    }

    /// The pattern of a point.
    pub fn decode(&self, point: Latent2) -> Vec<f64> {
        let half = self.layers.len() / 2;
        let x = Array2::from_shape_fn((1, 2), |(_, c)| [point.x, point.y][c]);
        let y = outputs(&self.layers[half..], x);
        let pattern = y[half].row(0).to_owned();
        (pattern * &self.deviation + &self.mean).to_vec()
    }

    /// The losses before each of `config.epochs` Adam steps on all patterns of a block at once.
    pub fn train_on_all(&mut self, config: &TrainingConfig, block: &[f32]) -> Vec<f64> {
        let x = self.scaled(block);
        let zeros = |layer: &Layer| [(); 2].map(|()| 0.0 * &layer.weights);
        let mut moments: Vec<_> = self.layers.iter().map(zeros).collect();
        let step = |t| self.step(config, (t, &mut moments), &x);
        (1..=config.epochs as i32).map(step).collect()
    }

    fn step(
        &mut self,
        config: &TrainingConfig,
        (t, moments): (i32, &mut [[Array2<f64>; 2]]),
        x: &Array2<f64>,
    ) -> f64 {
        let outputs = outputs(&self.layers, x.clone());
        let error = &outputs[self.layers.len()] - x;
        let mut slope_of_loss = 2.0 / x.len() as f64 * &error;
        for l in (0..self.layers.len()).rev() {
            let layer = &mut self.layers[l];
            let slope = outputs[l + 1].mapv(|y| layer.activation.slope(y));
            let delta = slope_of_loss * slope;
            let gradient = with_ones(&outputs[l]).t().dot(&delta);
            let without_bias = layer.weights.slice(ndarray::s![..-1, ..]);
            slope_of_loss = delta.dot(&without_bias.t());
            let first = if l == 0 {
                (x.ncols() as f64).sqrt()
            } else {
                1.0
            };
            let rate = config.learning_rate / first;
            let change = adam(
                t,
                gradient + config.weight_decay * &layer.weights,
                &mut moments[l],
            );
            layer.weights -= &(rate * change);
        }
        error.mapv(|e| e * e).mean().unwrap_or(0.0)
    }

    fn scaled(&self, block: &[f32]) -> Array2<f64> {
        let shape = (block.len() / self.mean.len(), self.mean.len());
        let rows = block.iter().map(|&v| f64::from(v)).collect();
        let rows = Array2::from_shape_vec(shape, rows).expect("whole patterns");
        (rows - &self.mean) / &self.deviation
    }
}

/// The decrease of the weights in one step, for a learning rate of 1.
fn adam(t: i32, g: Array2<f64>, [m, v]: &mut [Array2<f64>; 2]) -> Array2<f64> {
    *m = 0.9 * &*m + 0.1 * &g;
    *v = 0.999 * &*v + 0.001 * &g * &g;
    let m_hat = &*m / (1.0 - 0.9f64.powi(t));
    let v_hat = &*v / (1.0 - 0.999f64.powi(t));
    m_hat / (v_hat.mapv(f64::sqrt) + 1e-8)
}

/// The input, then the output of every layer.
fn outputs(layers: &[Layer], x: Array2<f64>) -> Vec<Array2<f64>> {
    let mut outputs = vec![x];
    for layer in layers {
        let z = with_ones(&outputs[outputs.len() - 1]).dot(&layer.weights);
        outputs.push(z.mapv(|z| layer.activation.apply(z)));
    }
    outputs
}

fn with_ones(x: &Array2<f64>) -> Array2<f64> {
    let ones = Array2::ones((x.nrows(), 1));
    ndarray::concatenate![Axis(1), *x, ones]
}

fn numbers(file: &SafeTensors, name: &str) -> Vec<f64> {
    let tensor = file.tensor(name).expect("the format promises the tensor");
    let bytes = tensor.data().chunks_exact(4);
    bytes
        .map(|b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]])))
        .collect()
}
