//! Writes networks of all layers of xrd-nn, with their outputs and gradients in double precision, as
//! safetensors files, which `peers/networks.py --check` compares with PyTorch.
//!
//! ```text
//! network_gradients FOLDER
//! ```

#![allow(clippy::unwrap_used, reason = "stops at the first fault")]

use std::path::PathBuf;

use ndarray::Array2;
use safetensors::tensor::{Dtype, TensorView};
use xrd_nn::{
    Interpolation, LayerSpec, Loss, Network, NetworkSpec, Precision, Shape, Targets, Trainer,
    TrainingSettings,
};

const PATTERNS: usize = 19;

fn wave(rows: usize, cols: usize, phase: f64) -> Array2<f64> {
    Array2::from_shape_fn((rows, cols), |(i, j)| {
        (phase + 12.9898 * i as f64 + 78.233 * j as f64 + 0.37 * (i * j) as f64).sin()
    })
}

fn conv(filters: usize, kernel: usize, stride: usize, padding: usize) -> LayerSpec {
    LayerSpec::Conv1d {
        filters,
        kernel,
        stride,
        padding,
    }
}

fn sequence() -> NetworkSpec {
    let upsample = |interpolation| LayerSpec::Upsample {
        factor: 3,
        interpolation,
    };
    let body = vec![
        conv(6, 3, 1, 1),
        LayerSpec::BatchNorm,
        LayerSpec::Gelu,
        conv(6, 5, 1, 2),
    ];
    NetworkSpec {
        input: Shape::Sequence {
            length: 83,
            channels: 2,
        },
        layers: vec![
            conv(6, 9, 2, 3),
            LayerSpec::BatchNorm,
            LayerSpec::Relu,
            LayerSpec::Residual {
                layers: body,
                shortcut: vec![],
            },
            LayerSpec::LayerNorm,
            LayerSpec::Prelu,
            LayerSpec::MaxPool { size: 3, stride: 2 },
            upsample(Interpolation::Linear),
            conv(4, 7, 3, 0),
            upsample(Interpolation::Nearest),
            LayerSpec::AveragePool { size: 4, stride: 3 },
            LayerSpec::Flatten,
            LayerSpec::Dense { outputs: 24 },
            LayerSpec::LayerNorm,
            LayerSpec::Gelu,
            LayerSpec::Dense { outputs: 7 },
        ],
    }
}

fn image() -> NetworkSpec {
    let conv = |filters| LayerSpec::Conv2d {
        filters,
        kernel: [3, 4],
        stride: [2, 1],
        padding: [1, 2],
        extra: [0; 2],
    };
    let layers = vec![
        conv(5),
        LayerSpec::BatchNorm,
        LayerSpec::Relu,
        LayerSpec::MaxPool { size: 2, stride: 1 },
        LayerSpec::Upsample {
            factor: 2,
            interpolation: Interpolation::Linear,
        },
        conv(4),
        LayerSpec::Prelu,
        LayerSpec::GlobalAverage,
        LayerSpec::Dense { outputs: 7 },
    ];
    NetworkSpec {
        input: Shape::Image {
            height: 12,
            width: 9,
            channels: 3,
        },
        layers,
    }
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the name of a folder"));
    let class = [
        ("cross_entropy", Loss::CrossEntropy { smoothing: 0.1 }),
        ("quadratic", Loss::Quadratic { smoothing: 0.0 }),
    ];
    let value = [
        ("mean_square", Loss::MeanSquare),
        ("cosine", Loss::Cosine),
        ("pearson", Loss::Pearson),
    ];
    for (kind, spec) in [("sequence", sequence()), ("image", image())] {
        for (name, loss) in class.into_iter().chain(value) {
            let mut network = Network::<f64>::new(&spec, 7).unwrap();
            for (i, p) in network.parameters_mut().iter_mut().enumerate() {
                for (j, v) in p.values_mut().iter_mut().enumerate() {
                    *v += 0.1 * (1.3 * i as f64 + 0.9 * j as f64).sin().abs();
                }
            }
            let x = wave(PATTERNS, spec.input.len(), 0.3);
            let classes: Vec<u32> = (0..PATTERNS as u32).map(|i| 3 * i % 7).collect();
            let target = match name {
                "cross_entropy" | "quadratic" => Array2::from_shape_fn((PATTERNS, 7), |(i, k)| {
                    f64::from(u8::from(classes[i] as usize == k))
                }),
                _ => wave(PATTERNS, 7, 0.9),
            };
            let mut tensors = vec![
                ("x".to_owned(), x.clone().into_raw_vec_and_offset().0),
                (
                    "target".to_owned(),
                    target.clone().into_raw_vec_and_offset().0,
                ),
            ];
            let outputs = network.predict(x.view()).unwrap();
            let weights = wave(PATTERNS, 7, 0.1);
            let gradient = network.input_gradient(x.view(), weights.view()).unwrap();
            tensors.push(("y".to_owned(), outputs.into_raw_vec_and_offset().0));
            tensors.push(("weights".to_owned(), weights.into_raw_vec_and_offset().0));
            tensors.push(("dx".to_owned(), gradient.into_raw_vec_and_offset().0));
            let names: Vec<String> = network
                .parameters()
                .iter()
                .map(|p| p.name().to_owned())
                .collect();
            let mut trainer = Trainer::new(network.clone(), TrainingSettings::new(loss)).unwrap();
            let (mean, gradients) = trainer
                .gradients(x.view(), Targets::Values(target.view()))
                .unwrap();
            tensors.push(("loss".to_owned(), vec![mean]));
            for (name, gradient) in names.iter().zip(gradients) {
                tensors.push((format!("d.{name}"), gradient.clone()));
            }
            let bytes: Vec<(String, Vec<u8>)> = tensors
                .into_iter()
                .map(|(name, values)| (name, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
                .collect();
            let views = bytes.iter().map(|(name, bytes)| {
                let view = TensorView::new(Dtype::F64, vec![bytes.len() / 8], bytes).unwrap();
                (name.as_str(), view)
            });
            let stem = folder.join(format!("{kind}-{name}"));
            let file = safetensors::serialize(views, None).unwrap();
            std::fs::write(stem.with_extension("results.safetensors"), file).unwrap();
            let file = network.to_bytes(Precision::Full).unwrap();
            std::fs::write(stem.with_extension("network.safetensors"), file).unwrap();
        }
    }
}
