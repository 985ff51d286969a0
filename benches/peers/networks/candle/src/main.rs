//! Time of training steps of three networks with candle. `RAYON_NUM_THREADS` sets the number of threads.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{
    AdamW, Conv1dConfig, Module, Optimizer, ParamsAdamW, VarBuilder, VarMap, conv1d, linear,
};

#[path = "../../task.rs"]
mod task;

type Layer = Box<dyn Fn(&Tensor) -> Result<Tensor>>;

struct Layers<'a> {
    layers: Vec<Layer>,
    vars: VarBuilder<'a>,
}

impl Layers<'_> {
    fn dense(&mut self, inputs: usize, outputs: usize) -> Result<()> {
        let layer = linear(inputs, outputs, self.vars.pp(self.layers.len()))?;
        self.layers.push(Box::new(move |x| layer.forward(x)));
        Ok(())
    }

    fn conv(&mut self, inputs: usize, outputs: usize, kernel: usize, stride: usize) -> Result<()> {
        let config = Conv1dConfig { stride, ..Conv1dConfig::default() };
        let layer = conv1d(inputs, outputs, kernel, config, self.vars.pp(self.layers.len()))?;
        self.layers.push(Box::new(move |x| layer.forward(x)?.relu()));
        Ok(())
    }

    fn pool(&mut self, size: usize, stride: usize) {
        self.layers.push(Box::new(move |x| {
            x.unsqueeze(2)?.avg_pool2d_with_stride((1, size), (1, stride))?.squeeze(2)
        }));
    }

    fn relu(&mut self) {
        self.layers.push(Box::new(|x| x.relu()));
    }

    fn flatten(&mut self) {
        self.layers.push(Box::new(|x| x.flatten_from(1)));
    }
}

fn network(net: &str, vars: VarBuilder) -> Result<Vec<Layer>> {
    let mut all = Layers { layers: Vec::new(), vars };
    let hidden: &[usize] = match net {
        "dense" => &[task::POINTS, 4000, 3000, 1000, 800],
        "park" => {
            for (inputs, kernel, stride) in [(1, 100, 5), (80, 50, 5), (80, 25, 2)] {
                all.conv(inputs, 80, kernel, stride)?;
                all.pool(3, 2);
            }
            &[1040, 2300, 1150]
        }
        "ship" => {
            all.conv(1, 32, 51, 5)?;
            all.conv(32, 64, 25, 5)?;
            all.conv(64, 96, 9, 2)?;
            all.pool(6, 6);
            &[2592, 384]
        }
        _ => panic!("--net is {net}, not dense, park or ship"),
    };
    if net != "dense" {
        all.flatten();
    }
    for pair in hidden.windows(2) {
        all.dense(pair[0], pair[1])?;
        all.relu();
    }
    all.dense(hidden[hidden.len() - 1], task::CLASSES)?;
    Ok(all.layers)
}

fn main() -> Result<()> {
    let net = task::argument("--net", "ship");
    let (size, patterns, classes) = task::batch();
    let map = VarMap::new();
    let layers = network(&net, VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
    let params = ParamsAdamW { lr: task::LEARNING_RATE, ..ParamsAdamW::default() };
    let mut adam = AdamW::new(map.all_vars(), params)?;
    let mut x = Tensor::from_vec(patterns, (size, task::POINTS), &Device::Cpu)?;
    if net != "dense" {
        x = x.unsqueeze(1)?;
    }
    let classes = Tensor::from_vec(classes, size, &Device::Cpu)?;
    let mut step = || -> Result<f64> {
        let y = layers.iter().try_fold(x.clone(), |x, layer| layer(&x))?;
        let loss = candle_nn::loss::cross_entropy(&y, &classes)?;
        adam.backward_step(&loss)?;
        Ok(loss.to_scalar::<f32>()?.into())
    };
    task::run(|| step().expect("the shapes match"));
    Ok(())
}
