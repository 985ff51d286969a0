//! Relevance of every angle: one pattern with 11,900 masks.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use xrd_ae::{Autoencoder, AutoencoderConfig};
use xrd_benches::{NaiveNetwork, agree, criterion, made_up_patterns};
use xrd_relevance::{SweepOptions, sweep};

fn masked_sweep(c: &mut Criterion) {
    let set = made_up_patterns(135);
    let model = Autoencoder::initialise(&AutoencoderConfig::paper(), &set).unwrap();
    let pattern = set.intensities(70);
    let options = SweepOptions::default();

    let found = sweep(&model, pattern, &options).unwrap();
    assert_eq!(found.dev.len(), 11_900);
    let naive = NaiveNetwork::of(&model);
    let base = naive.encode(pattern);
    // All windows around the first line, and some of the others.
    let some: Vec<usize> = (480..520).chain((520..11_900).step_by(97)).collect();
    let expected = some.iter().map(|&i| {
        let mut masked = pattern.to_vec();
        masked[i..(i + 3).min(11_900)].fill(0.0);
        naive.encode(&masked).distance(base)
    });
    agree("Dev", some.iter().map(|&i| found.dev[i]), expected, 1e-4);
    c.bench_function("masked sweep/11900 windows", |b| {
        b.iter(|| sweep(&model, black_box(pattern), &options));
    });
}

criterion_group!(name = benches; config = criterion(); targets = masked_sweep);
criterion_main!(benches);
