//! Encoding of patterns and decoding of points.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use xrd_ae::{Autoencoder, AutoencoderConfig};
#[cfg(feature = "gemm")]
use xrd_benches::GemmNetwork;
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

#[cfg(feature = "gemm")]
/// Step between the decoded intensities that are compared.
const EVERY: usize = 97;

#[cfg(feature = "gemm")]
/// Encodes and decodes 10,000 patterns, compared with the same matrix products by the `gemm` crate.
fn many(c: &mut Criterion) {
    let set = made_up_patterns(10_000);
    let model = Autoencoder::initialise(&AutoencoderConfig::paper(), &set).unwrap();
    let gemm = GemmNetwork::of(&NaiveNetwork::of(&model));
    let scaled = gemm.scaled(set.block());

    let points = model.encode_set(&set).unwrap();
    let expected = gemm.encode(scaled.view());
    let expected = expected.into_iter().map(f64::from);
    agree("10,000 points", coordinates(&points), expected, 1e-5);
    c.bench_function("encoding/10,000 patterns", |b| {
        b.iter(|| model.encode_set(black_box(&set)))
    });
    c.bench_function("encoding/10,000 patterns, products alone", |b| {
        b.iter(|| gemm.encode(black_box(scaled.view())))
    });
    drop(scaled);

    let found = model.decode_many(&points).unwrap();
    let expected = gemm.decode(&points);
    let expected = expected.indexed_iter().step_by(EVERY);
    let expected = expected.map(|((_, k), &product)| gemm.intensity(k, product));
    agree(
        "10,000 decoded patterns",
        found.into_iter().step_by(EVERY).map(f64::from),
        expected.map(f64::from),
        1e-5,
    );
    c.bench_function("decoding/10,000 points", |b| {
        b.iter(|| model.decode_many(black_box(&points)))
    });
    c.bench_function("decoding/10,000 points, products alone", |b| {
        b.iter(|| gemm.decode(black_box(&points)))
    });
}

fn coordinates(points: &[Latent2]) -> Vec<f64> {
    points.iter().flat_map(|p| [p.x, p.y]).collect()
}

/// Without the crate `gemm` this comparison is left out.
#[cfg(not(feature = "gemm"))]
fn many(_: &mut Criterion) {}

criterion_group!(name = benches; config = criterion(); targets = encoding, many);
criterion_main!(benches);
