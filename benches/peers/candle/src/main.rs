//! Time of training the paper's network with candle. `RAYON_NUM_THREADS` sets the number of threads. The
//! only Adam of candle is AdamW, which subtracts the weight decay from the weights.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Init, Linear, Module, Optimizer, ParamsAdamW, VarMap, init};

#[path = "../../epochs.rs"]
mod epochs;

/// The layers, and the variables of each.
fn network(widths: &[usize]) -> Result<(Vec<Linear>, Vec<Vec<Var>>)> {
    let mut layers = Vec::new();
    let mut variables = Vec::new();
    for (l, pair) in widths.windows(2).enumerate() {
        let map = VarMap::new();
        let get =
            |shape: &[usize], name, init| map.get(shape, name, init, DType::F32, &Device::Cpu);
        let glorot = (6.0 / (pair[0] + pair[1]) as f64).sqrt();
        let weight = match l {
            3 | 7 => Init::Uniform {
                lo: -glorot,
                up: glorot,
            },
            _ => init::DEFAULT_KAIMING_NORMAL,
        };
        let weight = get(&[pair[1], pair[0]], "weight", weight)?;
        let bias = get(&[pair[1]], "bias", Init::Const(0.0))?;
        layers.push(Linear::new(weight, Some(bias)));
        variables.push(map.all_vars());
    }
    Ok((layers, variables))
}

fn forward(layers: &[Linear], x: &Tensor) -> Result<Tensor> {
    let layer = |x: Tensor, (l, layer): (usize, &Linear)| {
        let z = layer.forward(&x)?;
        match l {
            3 => z.tanh(),
            7 => Ok(z),
            _ => z.relu(),
        }
    };
    layers.iter().enumerate().try_fold(x.clone(), layer)
}

fn main() -> Result<()> {
    let patterns = epochs::Patterns::from_arguments();
    let (layers, mut variables) = network(&patterns.widths())?;
    let adam = |lr: f64, variables| {
        let weight_decay = epochs::WEIGHT_DECAY;
        AdamW::new(
            variables,
            ParamsAdamW {
                lr,
                weight_decay,
                ..ParamsAdamW::default()
            },
        )
    };
    let slowed = epochs::LEARNING_RATE / (patterns.points as f64).sqrt();
    let mut first = adam(slowed, variables.remove(0))?;
    let mut rest = adam(epochs::LEARNING_RATE, variables.concat())?;
    let count = patterns.len();
    let x = Tensor::from_vec(patterns.block, (count, patterns.points), &Device::Cpu)?;
    let mut step = |rows: &[usize]| -> Result<f64> {
        let rows = Tensor::from_iter(rows.iter().map(|&row| row as u32), &Device::Cpu)?;
        let batch = x.index_select(&rows, 0)?;
        let loss = candle_nn::loss::mse(&forward(&layers, &batch)?, &batch)?;
        let gradients = loss.backward()?;
        first.step(&gradients)?;
        rest.step(&gradients)?;
        Ok(loss.to_scalar::<f32>()?.into())
    };
    epochs::run(count, |rows| {
        step(rows).expect("candle can multiply matrices")
    });
    Ok(())
}
