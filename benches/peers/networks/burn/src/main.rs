//! Time of training steps of three networks with burn. `RAYON_NUM_THREADS` sets the number of threads.

use burn::lr_scheduler::module_lr_scheduler::ModuleLrSchedulerConfig;
use burn::module::Module;
use burn::nn::conv::{Conv1d, Conv1dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{AvgPool1d, AvgPool1dConfig};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};

#[path = "../../task.rs"]
mod task;

#[derive(Module, Debug)]
struct Network {
    convs: Vec<Conv1d>,
    pool: AvgPool1d,
    pool_each: bool,
    dense: Vec<Linear>,
}

impl Network {
    fn new(net: &str, device: &Device) -> Self {
        let conv = |&(inputs, outputs, kernel, stride): &(usize, usize, usize, usize)| {
            Conv1dConfig::new(inputs, outputs, kernel).with_stride(stride).init(device)
        };
        let (convs, pool, widths): (&[_], (usize, usize), &[usize]) = match net {
            "dense" => (&[], (3, 2), &[task::POINTS, 4000, 3000, 1000, 800, task::CLASSES]),
            "park" => (
                &[(1, 80, 100, 5), (80, 80, 50, 5), (80, 80, 25, 2)],
                (3, 2),
                &[1040, 2300, 1150, task::CLASSES],
            ),
            "ship" => (
                &[(1, 32, 51, 5), (32, 64, 25, 5), (64, 96, 9, 2)],
                (6, 6),
                &[2592, 384, task::CLASSES],
            ),
            _ => panic!("--net is {net}, not dense, park or ship"),
        };
        Self {
            convs: convs.iter().map(conv).collect(),
            pool: AvgPool1dConfig::new(pool.0).with_stride(pool.1).init(),
            pool_each: net == "park",
            dense: widths.windows(2).map(|p| LinearConfig::new(p[0], p[1]).init(device)).collect(),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let mut x = x;
        if !self.convs.is_empty() {
            let mut wide: Tensor<3> = x.unsqueeze_dim(1);
            for (i, conv) in self.convs.iter().enumerate() {
                wide = activation::relu(conv.forward(wide));
                if self.pool_each || i + 1 == self.convs.len() {
                    wide = self.pool.forward(wide);
                }
            }
            x = wide.flatten(1, 2);
        }
        for (i, layer) in self.dense.iter().enumerate() {
            x = layer.forward(x);
            if i + 1 < self.dense.len() {
                x = activation::relu(x);
            }
        }
        x
    }
}

fn main() {
    let (size, patterns, classes) = task::batch();
    let device = Device::flex().autodiff();
    let mut network = Network::new(&task::argument("--net", "ship"), &device);
    let mut rates = ModuleLrSchedulerConfig::new(task::LEARNING_RATE.into()).init().unwrap();
    let mut adam = AdamWConfig::new().init();
    let x = Tensor::<2>::from_data(TensorData::new(patterns, [size, task::POINTS]), &device);
    let classes: Vec<i32> = classes.into_iter().map(|c| c as i32).collect();
    let classes = Tensor::<1, Int>::from_ints(classes.as_slice(), &device);
    let loss = CrossEntropyLossConfig::new().init(&device);
    task::run(|| {
        let loss = loss.forward(network.forward(x.clone()), classes.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = adam.step(rates.step(), network.clone(), gradients);
        loss.into_scalar::<f32>().into()
    });
}
