//! Gradients compared with finite differences in double precision.

use xrd_nn::ndarray::Array2;
use xrd_nn::{
    Interpolation, LayerSpec, Loss, Network, NetworkSpec, Shape, Targets, Trainer, TrainingSettings,
};

use crate::common::{conv, conv2d, disturbed, mixed, same_size, sequence, upsample, wave};

const STEP: f64 = 1e-6;
const PATTERNS: usize = 11;

fn trainer(network: &Network<f64>, loss: Loss) -> Trainer<f64> {
    Trainer::new(network.clone(), TrainingSettings::new(loss)).unwrap()
}

/// Compares every parameter's gradient in training, or an evenly spaced sample of many.
fn check_parameters(network: &Network<f64>, loss: Loss, x: &Array2<f64>, targets: Targets<f64>) {
    let found = {
        let mut trainer = trainer(network, loss);
        trainer.gradients(x.view(), targets).unwrap().1.to_vec()
    };
    for (p, gradient) in found.iter().enumerate() {
        let every = (gradient.len() / 12).max(1);
        for j in (0..gradient.len()).step_by(every) {
            let at = |d: f64| {
                let mut moved = network.clone();
                moved.parameters_mut()[p].values_mut()[j] += d;
                trainer(&moved, loss)
                    .gradients(x.view(), targets)
                    .unwrap()
                    .0
            };
            let slope = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            let name = network.parameters()[p].name();
            let error = (slope - gradient[j]).abs();
            assert!(
                error < 2e-8 * (1.0 + slope.abs() * 10.0),
                "{name} {j}: {slope} {}",
                gradient[j]
            );
        }
    }
}

/// Compares the gradient of the input outside training.
fn check_input(network: &Network<f64>, x: &Array2<f64>) {
    let weights = wave(x.nrows(), network.output_shape().len(), 0.4);
    let found = network.input_gradient(x.view(), weights.view()).unwrap();
    let value = |x: &Array2<f64>| (&network.predict(x.view()).unwrap() * &weights).sum();
    for j in 0..x.ncols() {
        let i = j % x.nrows();
        let at = |d: f64| {
            let mut moved = x.clone();
            moved[[i, j]] += d;
            value(&moved)
        };
        let slope = (at(STEP) - at(-STEP)) / (2.0 * STEP);
        assert!(
            (slope - found[[i, j]]).abs() < 3e-7,
            "{i} {j}: {slope} {}",
            found[[i, j]]
        );
    }
    assert!(found.iter().any(|g| g.abs() > 1e-3));
}

fn check(spec: &NetworkSpec) {
    let network = disturbed(spec);
    let x = wave(PATTERNS, spec.input.len(), 0.2);
    let width = network.output_shape().len();
    let targets = wave(PATTERNS, width, 0.8);
    check_parameters(
        &network,
        Loss::MeanSquare,
        &x,
        Targets::Values(targets.view()),
    );
    check_input(&network, &x);
}

#[test]
fn every_layer_alone() {
    for layer in [
        LayerSpec::GlobalAverage,
        LayerSpec::BatchNorm,
        LayerSpec::LayerNorm,
        LayerSpec::Dropout { rate: 0.4 },
        LayerSpec::Relu,
        LayerSpec::Prelu,
        LayerSpec::Gelu,
        LayerSpec::AveragePool { size: 3, stride: 2 },
        LayerSpec::MaxPool { size: 2, stride: 3 },
        LayerSpec::Flatten,
        LayerSpec::Residual {
            layers: vec![],
            shortcut: vec![],
        },
        LayerSpec::Residual {
            layers: vec![LayerSpec::Relu, conv(3, 3, 1, 1), LayerSpec::BatchNorm],
            shortcut: vec![LayerSpec::Gelu],
        },
    ] {
        check(&sequence(9, 3, vec![layer]));
    }
    for layer in [
        LayerSpec::Dense { outputs: 4 },
        LayerSpec::LayerNorm,
        LayerSpec::BatchNorm,
    ] {
        check(&NetworkSpec {
            input: Shape::Flat(7),
            layers: vec![layer],
        });
    }
}

#[test]
fn convolutions_of_many_sizes() {
    for length in [5, 6, 7, 12] {
        for (kernel, stride, padding) in [
            (1, 1, 0),
            (3, 1, 1),
            (3, 2, 0),
            (4, 2, 3),
            (5, 5, 0),
            (5, 3, 2),
            (2, 3, 1),
            (1, 4, 0),
        ] {
            check(&sequence(length, 2, vec![conv(3, kernel, stride, padding)]));
        }
    }
}

#[test]
fn images() {
    let input = Shape::Image {
        height: 6,
        width: 5,
        channels: 2,
    };
    for layer in [
        conv2d(3, [3, 2], [2, 1], [1, 0]),
        conv2d(2, [2, 4], [1, 3], [0, 2]),
        same_size(2, [3, 2]),
        LayerSpec::MaxPool { size: 2, stride: 2 },
        LayerSpec::AveragePool { size: 3, stride: 1 },
        LayerSpec::GlobalAverage,
        LayerSpec::BatchNorm,
        upsample(2, Interpolation::Nearest),
        upsample(3, Interpolation::Linear),
    ] {
        let layers = vec![layer];
        check(&NetworkSpec { input, layers });
    }
    for interpolation in [Interpolation::Nearest, Interpolation::Linear] {
        check(&sequence(5, 2, vec![upsample(3, interpolation)]));
    }
}

#[test]
fn a_network_of_all_layers() {
    check(&mixed());
}

#[test]
fn losses() {
    let spec = NetworkSpec {
        input: Shape::Flat(6),
        layers: vec![LayerSpec::Dense { outputs: 5 }],
    };
    let network = disturbed(&spec);
    let x = wave(PATTERNS, 6, 0.2);
    let classes: Vec<u32> = (0..PATTERNS as u32).map(|i| i * 7 % 5).collect();
    for smoothing in [0.0, 0.1] {
        for loss in [
            Loss::CrossEntropy { smoothing },
            Loss::Quadratic { smoothing },
        ] {
            check_parameters(&network, loss, &x, Targets::Classes(&classes));
        }
    }
    let values = wave(PATTERNS, 5, 0.8).mapv(|v| 0.2 + 0.1 * v);
    for loss in [
        Loss::CrossEntropy { smoothing: 0.1 },
        Loss::Quadratic { smoothing: 0.0 },
        Loss::MeanSquare,
        Loss::Cosine,
        Loss::Pearson,
    ] {
        check_parameters(&network, loss, &x, Targets::Values(values.view()));
    }
    // Outputs above -0.999, where the logarithm is smooth.
    let mut positive = network.clone();
    positive.parameters_mut()[1].values_mut().fill(4.0);
    let values = values.mapv(f64::abs);
    check_parameters(
        &positive,
        Loss::MeanSquareLog,
        &x,
        Targets::Values(values.view()),
    );
}
