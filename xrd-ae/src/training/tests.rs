use std::ops::ControlFlow::{Break, Continue};

use xrd_core::{Encoder, Latent2, PatternSet};

use ndarray::ArrayView2;

use super::*;
use crate::config::{FirstLayerRate, InputScaling};
use crate::dense::forward;
use crate::evaluation::saturated_fraction;
use crate::samples::{patterns, times};

fn small(scaling: InputScaling) -> AutoencoderConfig {
    AutoencoderConfig {
        hidden: vec![24, 8],
        scaling,
        seed: 3,
    }
}

fn epochs(epochs: usize) -> TrainingConfig {
    TrainingConfig {
        epochs,
        // Stated, so that pinned numbers do not hang on a default.
        weight_decay: 1e-5,
        ..TrainingConfig::paper()
    }
}

fn explained(scaling: InputScaling, set: &PatternSet) -> f64 {
    let (model, _) = Autoencoder::fit(&small(scaling), &epochs(150), set).unwrap();
    model.evaluate(set).unwrap().explained_variance
}

/// Mean squared error of the reconstructions of `patterns`, in scaled units.
fn mean_squared_error(layers: &[Dense<f32>], patterns: ArrayView2<f32>) -> f64 {
    let errors = forward(layers, patterns) - patterns;
    errors.mapv(|e| f64::from(e * e)).mean().unwrap()
}

#[test]
fn patterns_with_a_maximum_of_one_are_learnt_with_scaling_only() {
    let set = patterns(60, 500);
    let default = explained(InputScaling::default(), &set);
    assert!(default > 0.9, "{default}");
    let per_point = explained(InputScaling::PerPoint, &set);
    assert!(per_point > 0.8, "{per_point}");
    let none = explained(InputScaling::None, &set);
    assert!(none < 0.5, "{none}");
}

#[test]
fn the_scale_of_the_intensities_does_not_matter() {
    let set = patterns(20, 200);
    let of = |set: &PatternSet| explained(InputScaling::Global, set);
    // By powers of two, so that nothing is rounded on the way.
    assert_eq!(of(&set), of(&times(&set, 2f32.powi(40))));
    assert_eq!(of(&set), of(&times(&set, 2f32.powi(-40))));
}

/// The mean share of saturated points over a few seeds.
fn saturated(make: impl Fn(u64) -> Autoencoder, set: &PatternSet) -> f64 {
    let share = |seed| saturated_fraction(&make(seed).encode_set(set).unwrap());
    (0..6).map(share).sum::<f64>() / 6.0
}

#[test]
fn few_patterns_start_at_the_border_whatever_the_magnitude() {
    for factor in [1e-6, 1.0, 1e6] {
        let set = times(&patterns(40, 1000), factor);
        let share = |scaling| {
            let start = |seed| {
                let config = AutoencoderConfig {
                    seed,
                    scaling,
                    ..AutoencoderConfig::paper()
                };
                Autoencoder::initialise(&config, &set).unwrap()
            };
            saturated(start, &set)
        };
        let (global, none) = (share(InputScaling::Global), share(InputScaling::None));
        assert!(global < 0.15, "{factor}: {global}");
        assert!(factor < 1e6 || none > 0.9, "{none}");
    }
}

#[test]
fn a_slow_first_layer_keeps_patterns_off_the_border() {
    let set = patterns(40, 3000);
    let share = |first_layer| {
        let training = TrainingConfig {
            first_layer,
            ..epochs(4)
        };
        let fit = |seed| {
            let config = AutoencoderConfig {
                seed,
                ..AutoencoderConfig::paper()
            };
            Autoencoder::fit(&config, &training, &set).unwrap().0
        };
        saturated(fit, &set)
    };
    let (slow, same) = (
        share(FirstLayerRate::OverRootPoints),
        share(FirstLayerRate::Same),
    );
    assert!(slow + 0.2 < same, "{slow} {same}");
}

#[test]
fn the_mean_pattern_has_a_loss_of_one() {
    let set = patterns(30, 300);
    let mut model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let last = model.layers.last_mut().unwrap();
    last.weights.fill(0.0);
    last.bias.fill(0.0);
    let scaled = model.scaling.scaled(set.block());
    let loss = mean_squared_error(&model.layers, scaled.view());
    assert!((loss - 1.0).abs() < 1e-5, "{loss}");
    let evaluation = model.evaluate(&set).unwrap();
    assert!(evaluation.explained_variance.abs() < 1e-6, "{evaluation:?}");
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    let set = patterns(13, 2500);
    let bytes = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let fit = Autoencoder::fit(&small(InputScaling::Global), &epochs(3), &set);
            fit.unwrap().0.to_bytes().unwrap()
        })
    };
    let alone = bytes(1);
    assert!(alone == bytes(2) && alone == bytes(3));
}

#[test]
fn seeds_count() {
    let set = patterns(12, 60);
    let fit = |weights, order| {
        let config = AutoencoderConfig {
            seed: weights,
            ..small(InputScaling::Global)
        };
        let training = TrainingConfig {
            seed: order,
            ..epochs(2)
        };
        Autoencoder::fit(&config, &training, &set).unwrap().0.layers
    };
    assert!(fit(1, 1) == fit(1, 1));
    assert!(fit(1, 1) != fit(2, 1));
    assert!(fit(1, 1) != fit(1, 2));
}

#[test]
fn the_observer_sees_every_epoch_and_can_end_it() {
    let (set, test) = (patterns(12, 60), patterns(3, 60));
    let mut model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let mut seen = Vec::new();
    let observer = |record: &EpochRecord| {
        seen.push(*record);
        if record.epoch == 4 {
            Break(())
        } else {
            Continue(())
        }
    };
    let history = model
        .train(&epochs(9), &set, Some(&test), observer)
        .unwrap();
    assert_eq!(history.epochs, seen);
    assert!(history.stopped);
    assert_eq!(
        seen.iter().map(|r| r.epoch).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    let scaled = model.scaling.scaled(test.block());
    let loss = mean_squared_error(&model.layers, scaled.view());
    let told = seen[3].test_loss.unwrap();
    assert!((told / loss - 1.0).abs() < 1e-6, "{told} {loss}");
    assert!(seen.iter().all(|r| r.seconds > 0.0));
    assert!(seen[3].train_loss < seen[0].train_loss);
    let whole = model
        .train(&epochs(2), &set, None, |_| Continue(()))
        .unwrap();
    assert!(!whole.stopped && whole.epochs[0].test_loss.is_none());
}

#[test]
fn the_training_loss_weighs_every_element_alike() {
    // So small a rate that the weights stay: the batches then add up to the whole, although the
    // last one is smaller.
    let set = patterns(13, 60);
    let mut model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let scaled = model.scaling.scaled(set.block());
    let before = mean_squared_error(&model.layers, scaled.view());
    let still = TrainingConfig {
        learning_rate: 1e-30,
        ..epochs(1)
    };
    let history = model.train(&still, &set, None, |_| Continue(())).unwrap();
    assert!((history.epochs[0].train_loss / before - 1.0).abs() < 1e-6);
}

#[test]
fn divergence_is_named() {
    let set = patterns(12, 60);
    let training = TrainingConfig {
        learning_rate: 1e30,
        ..epochs(20)
    };
    let error = Autoencoder::fit(&small(InputScaling::Global), &training, &set).unwrap_err();
    assert!(matches!(error, Error::Diverged { .. }), "{error}");
    assert!(
        error.to_string().contains("try a learning rate below"),
        "{error}"
    );
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let set = patterns(12, 60);
    let mut model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let mut train = |training: &TrainingConfig, train: &PatternSet, test: Option<&PatternSet>| {
        model
            .train(training, train, test, |_| Continue(()))
            .unwrap_err()
    };
    let (once, empty) = (epochs(1), set.select(&[]).unwrap());
    assert!(matches!(
        train(&epochs(0), &set, None),
        Error::OutOfRange { .. }
    ));
    let no_training = Error::Empty {
        what: "training patterns",
    };
    assert_eq!(
        train(&once, &empty, None).to_string(),
        no_training.to_string()
    );
    assert!(matches!(
        train(&once, &set, Some(&empty)),
        Error::Empty {
            what: "test patterns"
        }
    ));
    let other = patterns(12, 61);
    for error in [train(&once, &other, None), train(&once, &set, Some(&other))] {
        assert!(matches!(
            error,
            Error::Core(xrd_core::Error::GridMismatch { .. })
        ));
    }
}

#[test]
fn no_denormal_number_is_left_after_training() {
    // A third of the columns is empty and a hidden unit is dead, so gradients vanish.
    let set = patterns(12, 300);
    let mut model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    model.layers[0].bias[0] = -1e9;
    let training = TrainingConfig {
        weight_decay: 0.5,
        learning_rate: 0.02,
        ..epochs(400)
    };
    model
        .train(&training, &set, None, |_| Continue(()))
        .unwrap();
    let weights = model
        .layers
        .iter()
        .flat_map(|l| l.weights.iter().chain(&l.bias));
    assert_eq!(weights.filter(|w| w.is_subnormal()).count(), 0);
}

#[test]
fn a_fixed_training_ends_where_it_did() {
    let set = patterns(30, 400);
    let (model, history) =
        Autoencoder::fit(&small(InputScaling::Global), &epochs(60), &set).unwrap();
    let loss = history.epochs[59].train_loss;
    let points = model.encode_set(&set).unwrap();
    // Roundings differ between processors and grow in training; a change of the method would
    // show in the first digits.
    assert!((loss / 0.1468 - 1.0).abs() < 0.005, "{loss}");
    for (point, expected) in
        points
            .iter()
            .zip([(-0.9795, -0.9998), (0.9790, -0.8678), (-0.0931, -0.9465)])
    {
        let distance = point.distance(Latent2::new(expected.0, expected.1));
        assert!(distance < 0.005, "{point:?} {expected:?}");
    }
}
