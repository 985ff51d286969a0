//! Patterns to points and points to patterns.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use xrd_ae::{Autoencoder, AutoencoderConfig};
use xrd_benches::{NaiveNetwork, agree, criterion, made_up_patterns};
use xrd_core::{Decoder, Encoder, Latent2};

fn encoding(c: &mut Criterion) {
    let set = made_up_patterns(135);
    let model = Autoencoder::initialise(&AutoencoderConfig::paper(), &set).unwrap();
    let naive = NaiveNetwork::of(&model);

    let points = model.encode_set(&set).unwrap();
    let expected: Vec<Latent2> = (0..set.len())
        .map(|i| naive.encode(set.intensities(i)))
        .collect();
    agree("points", coordinates(&points), coordinates(&expected), 1e-5);
    c.bench_function("encoding/set of 135", |b| {
        b.iter(|| model.encode_set(black_box(&set)))
    });

    let found = model.decode(points[7]).unwrap();
    let expected = naive.decode(points[7]);
    agree(
        "decoded pattern",
        found.into_iter().map(f64::from),
        expected,
        1e-5,
    );
    c.bench_function("decoding/point", |b| {
        b.iter(|| model.decode(black_box(points[7])))
    });
    c.bench_function("decoding/135 points", |b| {
        b.iter(|| model.decode_many(black_box(&points)));
    });
}

fn coordinates(points: &[Latent2]) -> Vec<f64> {
    points.iter().flat_map(|p| [p.x, p.y]).collect()
}

criterion_group!(name = benches; config = criterion(); targets = encoding);
criterion_main!(benches);
