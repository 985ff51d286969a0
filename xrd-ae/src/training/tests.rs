use xrd_core::{Encoder, Latent2, PatternSet};

use super::*;
use crate::config::{EarlyStopping, FirstLayerRate, InputScaling};
use crate::evaluation::saturated_fraction;
use crate::samples::{patterns, times};
use crate::schedule::Schedule;
use crate::warning::{Axis, Warning};

mod disturbing;
mod labels;
mod resuming;

fn small(scaling: InputScaling) -> AutoencoderConfig {
    AutoencoderConfig {
        hidden: vec![24, 8],
        latent: 2,
        scaling,
        seed: 3,
    }
}

fn epochs(epochs: usize) -> TrainingConfig {
    TrainingConfig {
        epochs,
        // Stated, so that the pinned numbers do not depend on a default.
        weight_decay: 1e-5,
        ..TrainingConfig::paper()
    }
}

/// Trains a model to the end.
fn train(
    model: &Autoencoder,
    config: &TrainingConfig,
    set: &PatternSet,
    test: Option<&PatternSet>,
) -> Result<(Autoencoder, History)> {
    let data = TrainingData::new(set).with_test(test);
    let mut training = Training::new(model.clone(), config, data)?;
    while training.epoch()?.is_some() {}
    training.finish()
}

/// Mean squared error of a set in scaled units.
fn mean_squared_error(model: &Autoencoder, set: &PatternSet) -> f64 {
    let set = HeldBack::new(&model.scaling, set).unwrap();
    set.loss(&trainer(model, &TrainingConfig::paper(), None))
}

fn explained(scaling: InputScaling, set: &PatternSet) -> f64 {
    let (model, _) = Autoencoder::fit(&small(scaling), &epochs(150), set).unwrap();
    model.evaluate(set).unwrap().explained_variance
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
    // Powers of two, so that the factors cause no rounding.
    assert_eq!(of(&set), of(&times(&set, 2f32.powi(40))));
    assert_eq!(of(&set), of(&times(&set, 2f32.powi(-40))));
}

/// Mean share of saturated points over six seeds.
fn saturated(make: impl Fn(u64) -> Autoencoder, set: &PatternSet) -> f64 {
    let share = |seed| saturated_fraction(&make(seed).latent_coordinates(set).unwrap(), 2);
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
    let loss = mean_squared_error(&model, &set);
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
fn epochs_are_returned_one_by_one_and_a_training_can_end_early() {
    let (set, test) = (patterns(12, 60), patterns(3, 60));
    let model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let data = TrainingData::new(&set).with_test(&test);
    let mut training = Training::new(model, &epochs(9), data).unwrap();
    let seen: Vec<EpochRecord> = (0..4).map(|_| training.epoch().unwrap().unwrap()).collect();
    let (model, history) = training.finish().unwrap();
    assert_eq!(history.epochs, seen);
    assert_eq!(history.ending, Ending::Left);
    assert_eq!(
        seen.iter().map(|r| r.epoch).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(seen[3].test_loss, Some(mean_squared_error(&model, &test)));
    assert!(seen.iter().all(|r| r.seconds > 0.0));
    assert!(seen[3].train_loss < seen[0].train_loss);
    let (_, whole) = train(&model, &epochs(2), &set, None).unwrap();
    assert_eq!(whole.ending, Ending::LastEpoch);
    assert!(whole.epochs[0].test_loss.is_none() && whole.best_epoch.is_none());
}

#[test]
fn the_training_loss_weighs_every_element_alike() {
    // The learning rate is too small to change the weights. The losses of the batches then add up
    // to the loss of the whole set, although the last batch is smaller.
    let set = patterns(13, 60);
    let model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let before = mean_squared_error(&model, &set);
    let still = TrainingConfig {
        learning_rate: 1e-30,
        ..epochs(1)
    };
    let (_, history) = train(&model, &still, &set, None).unwrap();
    assert!((history.epochs[0].train_loss / before - 1.0).abs() < 1e-6);
}

/// Trains the small network on 16 patterns, with 4 other patterns as test patterns.
fn tested_on_four(config: &TrainingConfig) -> (Autoencoder, History) {
    let (set, others) = (patterns(16, 60), patterns(20, 60));
    let others = others.select(&[16, 17, 18, 19]).unwrap();
    let model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let (model, history) = train(&model, config, &set, Some(&others)).unwrap();
    assert_eq!(model.data_hash(), data_hash(&set).ok().as_deref());
    (model, history)
}

#[test]
fn the_schedule_sets_the_learning_rate_of_every_step() {
    let schedule = Schedule::step(2, 0.5).unwrap().with_warm_up(1.0).unwrap();
    let config = TrainingConfig {
        schedule,
        learning_rate: 0.01,
        ..epochs(5)
    };
    let (_, history) = tested_on_four(&config);
    let rates: Vec<f64> = history.epochs.iter().map(|e| e.learning_rate).collect();
    assert_eq!(rates, [0.01, 0.01, 0.005, 0.005, 0.0025]);
    let (constant, _) = tested_on_four(&TrainingConfig {
        schedule: Schedule::CONSTANT,
        ..config
    });
    assert!(tested_on_four(&config).0.layers != constant.layers);
}

#[test]
fn early_stopping_gives_back_the_best_epoch() {
    let stopping = |patience, min_improvement| TrainingConfig {
        early_stopping: Some(EarlyStopping {
            patience,
            min_improvement,
        }),
        learning_rate: 0.02,
        ..epochs(400)
    };
    let (model, history) = tested_on_four(&stopping(8, 0.0));
    assert_eq!(history.ending, Ending::NoImprovement);
    let losses: Vec<f64> = history.epochs.iter().filter_map(|e| e.test_loss).collect();
    let least = (0..losses.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b]));
    let best = history.best_epoch.unwrap();
    assert_eq!(Some(best), least.map(|i| i + 1));
    assert_eq!(losses.len(), best + 8);
    let others = patterns(20, 60).select(&[16, 17, 18, 19]).unwrap();
    assert_eq!(mean_squared_error(&model, &others), losses[best - 1]);

    // No epoch improves on the first by this much.
    let (_, history) = tested_on_four(&stopping(3, 1e9));
    assert_eq!((history.best_epoch, history.epochs.len()), (Some(1), 4));
    // The patience is longer than the training.
    let (_, history) = tested_on_four(&TrainingConfig {
        epochs: 5,
        ..stopping(6, 0.0)
    });
    assert_eq!(history.ending, Ending::LastEpoch);
    assert!(history.best_epoch.is_some());
}

#[test]
fn early_stopping_watches_validation_patterns_first() {
    let set = patterns(20, 60);
    let model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let config = TrainingConfig {
        early_stopping: Some(EarlyStopping {
            patience: 5,
            min_improvement: 0.0,
        }),
        learning_rate: 0.02,
        ..epochs(300)
    };
    let (test, validation) = (set.select(&[1]).unwrap(), patterns(23, 60));
    let validation = validation.select(&[20, 21, 22]).unwrap();
    let data = TrainingData {
        test: Some(&test),
        validation: Some(&validation),
        ..TrainingData::new(&set)
    };
    let mut training = Training::new(model.clone(), &config, data).unwrap();
    while training.epoch().unwrap().is_some() {}
    let (_, history) = training.finish().unwrap();
    let least = history
        .epochs
        .iter()
        .min_by(|a, b| a.validation_loss.partial_cmp(&b.validation_loss).unwrap());
    assert_eq!(history.best_epoch, least.map(|e| e.epoch));
    assert!(history.epochs.iter().all(|e| e.test_loss.is_some()));
    let blind = Training::new(model, &config, TrainingData::new(&set));
    let message = blind.err().unwrap().to_string();
    assert_eq!(
        message,
        "no test or validation patterns, which early stopping needs"
    );
}

#[test]
fn an_axis_that_dies_is_named() {
    // Weight decay shrinks the weights to zero, and the bias alone determines every point.
    let config = TrainingConfig {
        weight_decay: 1e3,
        learning_rate: 0.02,
        ..epochs(60)
    };
    let (_, history) = tested_on_four(&config);
    for axis in [Axis(0), Axis(1)] {
        let named = |w: &&Warning| matches!(w, Warning::DeadAxis { axis: a, .. } if *a == axis);
        let warnings: Vec<_> = history.warnings.iter().filter(named).collect();
        assert_eq!(warnings.len(), 1, "{:?}", history.warnings);
        let plane = |epoch: usize| history.epochs[epoch - 1].plane.spread[axis.0];
        let began = warnings[0].epoch();
        assert!(plane(began) < 0.01 && began > 1 && plane(began - 1) >= 0.01);
    }
}

#[test]
fn an_axis_that_saturates_is_named() {
    let set = patterns(16, 60);
    let mut model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    model.layers[2].bias[1] = 50.0;
    let (model, history) = train(&model, &epochs(2), &set, None).unwrap();
    let saturated = Warning::SaturatedAxis {
        epoch: 1,
        axis: Axis(1),
        share: 1.0,
    };
    assert_eq!(history.warnings, [saturated]);
    let points = model.encode_set(&set).unwrap();
    assert!(points.iter().all(|p| p.y > 0.99));
    assert!(
        saturated
            .to_string()
            .contains("latent axis y is saturated (100 %")
    );
}

#[test]
fn an_axis_that_comes_back_is_not_warned_of() {
    let set = patterns(16, 60);
    let mut model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    model.layers[2].weights.column_mut(1).fill(1e-5);
    let (_, history) = train(&model, &epochs(300), &set, None).unwrap();
    assert!(history.epochs[0].plane.spread[1] < 0.01);
    assert!(history.epochs[299].plane.spread[1] > 0.01);
    assert_eq!(history.warnings, []);
}

#[test]
fn a_loss_that_rises_is_named() {
    let config = TrainingConfig {
        learning_rate: 3.0,
        ..epochs(3)
    };
    let (_, history) = tested_on_four(&config);
    let found = history.warnings.iter().find_map(|w| match *w {
        Warning::Diverging {
            epoch,
            loss,
            untrained,
            ..
        } => Some((epoch, loss, untrained)),
        _ => None,
    });
    let (epoch, loss, untrained) = found.unwrap();
    assert_eq!(loss, history.epochs[epoch - 1].train_loss);
    assert!(loss > 2.0 * untrained);
    let (_, calm) = tested_on_four(&epochs(3));
    assert_eq!(calm.warnings, []);
}

#[test]
fn divergence_is_named() {
    let set = patterns(12, 60);
    let training = TrainingConfig {
        learning_rate: 1e30,
        ..epochs(20)
    };
    let model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let mut training = Training::new(model, &training, &set).unwrap();
    let mut seen = 0;
    let error = loop {
        match training.epoch() {
            Ok(record) => seen = record.unwrap().epoch,
            Err(error) => break error,
        }
    };
    assert!(
        matches!(error, Error::Diverged { epoch, .. } if epoch == seen + 1),
        "{error}"
    );
    assert!(
        error.to_string().contains("try a learning rate below"),
        "{error}"
    );
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let set = patterns(12, 60);
    let model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let train = |config: &TrainingConfig, set: &PatternSet, test: Option<&PatternSet>| {
        self::train(&model, config, set, test).err().unwrap()
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
    // A third of the columns is empty and one hidden unit is dead, so some gradients vanish.
    let set = patterns(12, 300);
    let mut model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    model.layers[0].bias[0] = -1e9;
    let training = TrainingConfig {
        weight_decay: 0.5,
        learning_rate: 0.02,
        ..epochs(400)
    };
    let (model, _) = train(&model, &training, &set, None).unwrap();
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
    // Rounding differs between processors, and the differences grow during training. A change of
    // the method would change the first digits.
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
