//! Benchmark of a training step of a small network of convolutions: batches of 64 patterns of 8,500 points.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array2;
use xrd_benches::{NETWORK_POINTS, agree, criterion, network_batch, network_spec};
use xrd_nn::{LayerSpec, Loss, Network, NetworkSpec, Targets, Trainer, TrainingSettings};

fn trainer(network: Network<f32>) -> Trainer<f32> {
    let settings = TrainingSettings::new(Loss::CrossEntropy { smoothing: 0.0 });
    Trainer::new(network, settings).unwrap()
}

fn networks(c: &mut Criterion) {
    let spec = network_spec("ship").unwrap();
    let (x, classes) = network_batch(64);
    let network = Network::new(&spec, 1).unwrap();
    check_convolution(&spec, &x);
    check_gradient(&network, &x, &classes);
    c.bench_function("networks/predict", |b| {
        b.iter(|| black_box(network.predict(x.view()).unwrap()));
    });
    let mut trainer = trainer(network);
    c.bench_function("networks/step", |b| {
        b.iter(|| black_box(trainer.step(x.view(), Targets::Classes(&classes)).unwrap()));
    });
}

/// Compares the first layer with the sums over its windows.
fn check_convolution(spec: &NetworkSpec, x: &Array2<f32>) {
    let first = NetworkSpec {
        input: spec.input,
        layers: spec.layers[..1].to_vec(),
    };
    let LayerSpec::Conv1d {
        filters,
        kernel,
        stride,
        ..
    } = spec.layers[0]
    else {
        panic!("the first layer is a convolution");
    };
    let network = Network::<f32>::new(&first, 1).unwrap();
    let weight = network.parameters()[0].values();
    let y = network.predict(x.slice(ndarray::s![..1, ..])).unwrap();
    let windows = (NETWORK_POINTS - kernel) / stride + 1;
    let sums = (0..windows * filters).map(|i| {
        let (t, f) = (i / filters, i % filters);
        let term =
            |k: usize| f64::from(weight[k * filters + f]) * f64::from(x[[0, t * stride + k]]);
        (0..kernel).map(term).sum::<f64>()
    });
    agree("convolution", y.iter().map(|&v| f64::from(v)), sums, 1e-5);
}

/// Compares the decrease of the loss along the gradient with the squared norm of the gradient.
fn check_gradient(network: &Network<f32>, x: &Array2<f32>, classes: &[u32]) {
    let of = |network: &Network<f32>| {
        let mut trainer = trainer(network.clone());
        let (loss, gradients) = trainer
            .gradients(x.view(), Targets::Classes(classes))
            .unwrap();
        (loss, gradients.to_vec())
    };
    let (_, gradients) = of(network);
    let squares: f64 = gradients
        .iter()
        .flatten()
        .map(|&g| f64::from(g).powi(2))
        .sum();
    let moved = |step: f64| {
        let mut network = network.clone();
        for (p, g) in network.parameters_mut().iter_mut().zip(&gradients) {
            p.values_mut()
                .iter_mut()
                .zip(g)
                .for_each(|(w, &g)| *w += (step * f64::from(g)) as f32);
        }
        of(&network).0
    };
    let step = 1e-2 / squares;
    let slope = (moved(step) - moved(-step)) / (2.0 * step);
    agree("slope of the loss", [slope / squares], [1.0], 1e-2);
}

criterion_group!(name = benches; config = criterion(); targets = networks);
criterion_main!(benches);
