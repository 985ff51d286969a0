//! Trainings: same bits with any number of threads, and after a checkpoint.

use rayon::ThreadPoolBuilder;
use xrd_nn::ndarray::Array2;
use xrd_nn::{
    AdamSettings, Error, LayerSpec, Loss, Network, Schedule, Targets, Trainer, TrainingSettings,
};

use crate::common::{conv, mixed, sequence, wave};

fn settings() -> TrainingSettings {
    let mut settings = TrainingSettings::new(Loss::CrossEntropy { smoothing: 0.05 });
    settings.adam.clip = Some(1.0);
    settings.schedule = Schedule::Cosine {
        warm_up: 3,
        steps: 12,
        last: 0.1,
    };
    settings.seed = 5;
    settings
}

fn batch(step: u64) -> (Array2<f32>, Vec<u32>) {
    let x = wave(37, 82, step as f64).mapv(|v| v as f32);
    (x, (0..37).map(|i| (i + step as u32) % 5).collect())
}

fn start() -> Trainer<f32> {
    Trainer::new(Network::new(&mixed(), 1).unwrap(), settings()).unwrap()
}

fn train(trainer: &mut Trainer<f32>, steps: u64) -> Vec<f64> {
    let mut losses = Vec::new();
    let next = |step| Ok::<_, Error>(batch(step));
    trainer
        .run(steps, next, |_, report| {
            losses.push(report.loss);
            true
        })
        .unwrap();
    losses
}

#[test]
fn threads_do_not_change_a_bit() {
    let on = |threads: usize| {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let mut trainer = start();
            let losses = train(&mut trainer, 5);
            let outputs = trainer.network().predict(batch(9).0.view()).unwrap();
            (losses, outputs, trainer.checkpoint().unwrap())
        })
    };
    let one = on(1);
    assert_eq!(one, on(2));
    assert_eq!(one, on(4));
}

#[test]
fn a_checkpoint_goes_on_to_the_same_bits() {
    let mut whole = start();
    let losses = train(&mut whole, 8);
    let mut first = start();
    train(&mut first, 3);
    let mut second = Trainer::<f32>::from_checkpoint(&first.checkpoint().unwrap()).unwrap();
    assert_eq!((second.steps(), second.settings()), (3, &settings()));
    assert_eq!(train(&mut second, 8), losses[3..]);
    assert_eq!(second.checkpoint().unwrap(), whole.checkpoint().unwrap());
    let network = Network::<f32>::from_bytes(&whole.checkpoint().unwrap()).unwrap();
    assert_eq!(network.parameters(), whole.network().parameters());
    let file = network.to_bytes(xrd_nn::Precision::Full).unwrap();
    assert!(matches!(
        Trainer::<f32>::from_checkpoint(&file),
        Err(Error::File { .. })
    ));
}

#[test]
fn dropout_depends_on_the_step_and_keeps_the_mean() {
    let spec = sequence(1000, 1, vec![LayerSpec::Dropout { rate: 0.3 }]);
    let network = Network::<f64>::new(&spec, 0).unwrap();
    let mut trainer = Trainer::new(network, TrainingSettings::new(Loss::MeanSquare)).unwrap();
    let (x, zero) = (Array2::ones((40, 1000)), Array2::zeros((40, 1000)));
    // The mean square of values that are 0 or 1 / 0.7.
    let mut losses = Vec::new();
    for _ in 0..3 {
        losses.push(
            trainer
                .step(x.view(), Targets::Values(zero.view()))
                .unwrap()
                .loss,
        );
    }
    assert!(losses[0] != losses[1] && losses[1] != losses[2]);
    assert!(
        losses.iter().all(|l| (l - 1.0 / 0.7).abs() < 0.02),
        "{losses:?}"
    );
    assert_eq!(trainer.network().predict(x.view()).unwrap(), x);
}

#[test]
fn batch_norm_learns_the_statistics() {
    let spec = sequence(6, 2, vec![LayerSpec::BatchNorm]);
    let network = Network::<f64>::new(&spec, 0).unwrap();
    let mut trainer = Trainer::new(network, TrainingSettings::new(Loss::MeanSquare)).unwrap();
    let x = wave(50, 12, 0.1).mapv(|v| 3.0 + 2.0 * v);
    for _ in 0..200 {
        trainer.step(x.view(), Targets::Values(x.view())).unwrap();
    }
    let named = |name: &str| {
        let all = trainer.network().parameters();
        all.iter()
            .find(|p| p.name().ends_with(name))
            .unwrap()
            .values()
            .to_vec()
    };
    for c in 0..2 {
        let values: Vec<f64> = x
            .indexed_iter()
            .filter(|((_, j), _)| j % 2 == c)
            .map(|(_, &v)| v)
            .collect();
        let mean = values.iter().sum::<f64>() / 300.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 299.0;
        assert!((named("running_mean")[c] - mean).abs() < 1e-6);
        assert!((named("running_variance")[c] - variance).abs() < 1e-6);
    }
}

/// AdamW of one weight, by the formula of Loshchilov and Hutter (2019), algorithm 2.
#[test]
fn adam_follows_its_formula() {
    for decoupled in [true, false] {
        let spec = xrd_nn::NetworkSpec {
            input: xrd_nn::Shape::Flat(1),
            layers: vec![LayerSpec::Dense { outputs: 1 }],
        };
        let mut network = Network::<f64>::new(&spec, 0).unwrap();
        network.parameters_mut()[0].values_mut()[0] = 0.7;
        let mut settings = TrainingSettings::new(Loss::MeanSquare);
        settings.adam = AdamSettings {
            learning_rate: 0.05,
            weight_decay: 0.1,
            decoupled,
            ..settings.adam
        };
        let mut trainer = Trainer::new(network, settings).unwrap();
        let (mut w, mut b) = ([0.7, 0.0, 0.0], [0.0; 3]);
        for step in 1..=20 {
            let (x, t) = (1.0 + 0.1 * f64::from(step), 0.3);
            let error = 2.0 * (w[0] * x + b[0] - t);
            for (p, mut g, decay) in [(&mut w, error * x, 0.1), (&mut b, error, 0.0)] {
                if decoupled {
                    p[0] -= 0.05 * decay * p[0];
                } else {
                    g += decay * p[0];
                }
                p[1] = 0.9 * p[1] + 0.1 * g;
                p[2] = 0.999 * p[2] + 0.001 * g * g;
                let (m, v) = (
                    p[1] / (1.0 - 0.9f64.powi(step)),
                    p[2] / (1.0 - 0.999f64.powi(step)),
                );
                p[0] -= 0.05 * m / (v.sqrt() + 1e-8);
            }
            let (x, t) = (Array2::from_elem((1, 1), x), Array2::from_elem((1, 1), t));
            trainer.step(x.view(), Targets::Values(t.view())).unwrap();
            let found = trainer.network().parameters();
            assert!((found[0].values()[0] - w[0]).abs() < 1e-12, "{step}");
            assert!((found[1].values()[0] - b[0]).abs() < 1e-12, "{step}");
        }
    }
}

#[test]
fn a_small_classifier_learns() {
    let spec = sequence(
        82,
        1,
        vec![
            conv(8, 9, 2, 0),
            LayerSpec::BatchNorm,
            LayerSpec::Relu,
            LayerSpec::AveragePool { size: 3, stride: 3 },
            LayerSpec::Flatten,
            LayerSpec::Dense { outputs: 5 },
        ],
    );
    let mut settings = settings();
    settings.schedule = Schedule::Constant;
    settings.adam.learning_rate = 1e-2;
    let mut trainer = Trainer::new(Network::<f32>::new(&spec, 1).unwrap(), settings).unwrap();
    let x = batch(0);
    let mut last = None;
    for _ in 0..60 {
        last = Some(trainer.step(x.0.view(), Targets::Classes(&x.1)).unwrap());
    }
    assert!(last.unwrap().correct > Some(30), "{last:?}");
}

#[test]
fn divergence_changes_nothing() {
    let mut trainer = start();
    let (mut x, classes) = batch(0);
    let before = trainer.checkpoint().unwrap();
    x[[3, 3]] = f32::NAN;
    assert!(matches!(
        trainer.step(x.view(), Targets::Classes(&classes)),
        Err(Error::Diverged { step: 0, .. })
    ));
    assert_eq!(trainer.checkpoint().unwrap(), before);
    let empty = Array2::zeros((0, 82));
    assert!(trainer.step(empty.view(), Targets::Classes(&[])).is_err());
    assert!(
        trainer
            .step(x.view(), Targets::Classes(&classes[1..]))
            .is_err()
    );
}
