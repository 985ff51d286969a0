//! Time of training the paper's network with burn. `RAYON_NUM_THREADS` sets the number of threads.

use burn::lr_scheduler::module_lr_scheduler::ModuleLrSchedulerConfig;
use burn::module::{Module, ParamGroup};
use burn::nn::loss::{MseLoss, Reduction};
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::optim::decay::WeightDecayConfig;
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};

#[path = "../../epochs.rs"]
mod epochs;

#[derive(Module, Debug)]
struct Network {
    layers: Vec<Linear>,
}

impl Network {
    fn new(widths: &[usize], device: &Device) -> Self {
        let layer = |(l, pair): (usize, &[usize])| {
            let initializer = match l {
                3 | 7 => Initializer::XavierUniform { gain: 1.0 },
                _ => Initializer::KaimingNormal {
                    gain: 2f64.sqrt(),
                    fan_out_only: false,
                },
            };
            let layer = LinearConfig::new(pair[0], pair[1])
                .with_initializer(initializer)
                .init(device);
            let bias = Initializer::Zeros.init([pair[1]], device);
            Linear {
                bias: Some(bias),
                ..layer
            }
        };
        Self {
            layers: widths.windows(2).enumerate().map(layer).collect(),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let layer = |x, (l, layer): (usize, &Linear)| match (l, layer.forward(x)) {
            (3, z) => activation::tanh(z),
            (7, z) => z,
            (_, z) => activation::relu(z),
        };
        self.layers.iter().enumerate().fold(x, layer)
    }
}

fn main() {
    let patterns = epochs::Patterns::from_arguments();
    let count = patterns.len();
    let device = Device::flex().autodiff();
    let mut network = Network::new(&patterns.widths(), &device);
    let first = network.layers[0].weight.id;
    let slowed = epochs::LEARNING_RATE / (patterns.points as f64).sqrt();
    let mut rates = ModuleLrSchedulerConfig::new(epochs::LEARNING_RATE.into())
        .with_group(ParamGroup::from_ids(vec![first]), slowed)
        .init()
        .unwrap();
    let decay = WeightDecayConfig::new(epochs::WEIGHT_DECAY as f32);
    let mut adam = AdamConfig::new()
        .with_epsilon(1e-8)
        .with_weight_decay(Some(decay))
        .init();
    let data = TensorData::new(patterns.block, [count, patterns.points]);
    let x = Tensor::<2>::from_data(data, &device);
    epochs::run(count, |rows| {
        let rows: Vec<i32> = rows.iter().map(|&row| row as i32).collect();
        let rows = Tensor::<1, Int>::from_ints(rows.as_slice(), &device);
        let batch = x.clone().select(0, rows);
        let loss = MseLoss::new().forward(network.forward(batch.clone()), batch, Reduction::Mean);
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = adam.step(rates.step(), network.clone(), gradients);
        loss.into_scalar::<f32>().into()
    });
}
