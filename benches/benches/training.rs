//! Benchmark of one training epoch of the paper's network: 135 patterns of 11,900 points, batch
//! size 10.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use xrd_ae::{Autoencoder, AutoencoderConfig, Training, TrainingConfig};
use xrd_benches::{NaiveNetwork, agree, criterion, made_up_patterns};
use xrd_core::PatternSet;

fn training(c: &mut Criterion) {
    let set = made_up_patterns(135);
    let model = Autoencoder::initialise(&AutoencoderConfig::paper(), &set).unwrap();
    check(&model, &set);
    c.bench_function("training/epoch", |b| {
        // The history contains the time of the epochs, without the preparation.
        b.iter_custom(|epochs| {
            let losses = train(&model, &set, epochs as usize, 10);
            Duration::from_secs_f64(black_box(losses).iter().map(|(_, seconds)| seconds).sum())
        });
    });
}

/// Returns the loss and the time in seconds of each epoch.
fn train(model: &Autoencoder, set: &PatternSet, epochs: usize, batch: usize) -> Vec<(f64, f64)> {
    let config = TrainingConfig::default()
        .with_epochs(epochs)
        .with_batch(batch);
    let mut training = Training::new(model.clone(), &config, set).unwrap();
    let epochs = std::iter::from_fn(|| training.epoch().unwrap());
    epochs.map(|e| (e.train_loss, e.seconds)).collect()
}

/// Compares the losses with those of a naive implementation. One batch holds all patterns, so the
/// order of the patterns does not matter.
fn check(model: &Autoencoder, set: &PatternSet) {
    let found = train(model, set, 4, set.len());
    let config = TrainingConfig::default().with_epochs(4);
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
