//! One epoch of training at the paper's size: 135 patterns of 11,900 points in batches of 10.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use xrd_ae::{Autoencoder, AutoencoderConfig, TrainingConfig};
use xrd_benches::{NaiveNetwork, agree, criterion, made_up_patterns};
use xrd_core::PatternSet;

fn training(c: &mut Criterion) {
    let set = made_up_patterns(135);
    let model = Autoencoder::initialise(&AutoencoderConfig::paper(), &set).unwrap();
    check(&model, &set);
    let mut model = model;
    c.bench_function("training/epoch", |b| {
        // The history contains the time of the epochs, without the preparation.
        b.iter_custom(|epochs| {
            let losses = train(&mut model, &set, epochs as usize, 10);
            Duration::from_secs_f64(black_box(losses).iter().map(|(_, seconds)| seconds).sum())
        });
    });
}

/// The loss and the time in seconds of each epoch.
fn train(
    model: &mut Autoencoder,
    set: &PatternSet,
    epochs: usize,
    batch: usize,
) -> Vec<(f64, f64)> {
    let config = TrainingConfig {
        epochs,
        batch,
        ..TrainingConfig::paper()
    };
    let history = model
        .train(&config, set, None, |_| ControlFlow::Continue(()))
        .unwrap();
    history
        .epochs
        .iter()
        .map(|e| (e.train_loss, e.seconds))
        .collect()
}

/// A batch of all patterns does not depend on their order, so a naive twin can compute it.
fn check(model: &Autoencoder, set: &PatternSet) {
    let found = train(&mut model.clone(), set, 4, set.len());
    let config = TrainingConfig {
        epochs: 4,
        ..TrainingConfig::paper()
    };
    let expected = NaiveNetwork::of(model).train_on_all(&config, set.block());
    assert!(expected[3] < 0.999 * expected[0], "{expected:?}");
    agree(
        "losses of training",
        found.into_iter().map(|(loss, _)| loss),
        expected,
        1e-4,
    );
}

criterion_group!(name = benches; config = criterion(); targets = training);
criterion_main!(benches);
