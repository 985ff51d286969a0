//! A matrix of text, 278 patterns of 551 points, as the measured sets at hand are; and two columns.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::fmt::Write as _;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use xrd_benches::{agree, criterion};
use xrd_io::{ReadOptions, read_patterns, read_scans};

const PATTERNS: usize = 278;
const POINTS: usize = 551;

fn intensity(i: usize, k: usize) -> f32 {
    let offset = (k as f32 - 200.0 - i as f32) / 7.0;
    900.0 * (-offset * offset).exp() + 20.0 + ((i * POINTS + k) as f32).sin()
}

fn reading(c: &mut Criterion) {
    let all = || (0..PATTERNS).flat_map(|i| (0..POINTS).map(move |k| intensity(i, k)));
    let mut text = String::from("name");
    (0..POINTS).for_each(|k| write!(text, ",{}", 10.0 + 0.05 * k as f64).unwrap());
    for (i, row) in all().collect::<Vec<_>>().chunks(POINTS).enumerate() {
        write!(text, "\nsample {i}").unwrap();
        row.iter().for_each(|v| write!(text, ",{v}").unwrap());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("patterns.csv");
    std::fs::write(&path, text).unwrap();

    let read = || read_patterns(&path, &ReadOptions::default()).unwrap();
    let set = read().set;
    assert_eq!((set.len(), set.grid().len()), (PATTERNS, POINTS));
    let numbers = set.block().iter().copied().map(f64::from);
    agree("matrix read", numbers, all().map(f64::from), 0.0);
    c.bench_function("reading/csv of 278 x 551", |b| b.iter(read));
}

fn columns(c: &mut Criterion) {
    const LINES: usize = 100_000;
    let point = |i: usize| (5.0 + 1e-3 * i as f64, (1000 + i * 7919 % 613) as f64);
    let mut text = String::new();
    (0..LINES)
        .map(point)
        .for_each(|(x, y)| writeln!(text, "{x:.4} {y}").unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("columns.xy");
    std::fs::write(&path, &text).unwrap();

    let read = || read_scans(&path).unwrap().remove(0);
    let scan = read();
    agree(
        "axis read",
        scan.axis().iter().copied(),
        (0..LINES).map(|i| point(i).0),
        1e-12,
    );
    agree(
        "intensities read",
        scan.intensities().iter().copied(),
        (0..LINES).map(|i| point(i).1),
        0.0,
    );
    let mut group = c.benchmark_group("reading");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("two columns", |b| b.iter(read));
    group.finish();
}

criterion_group!(name = benches; config = criterion(); targets = reading, columns);
criterion_main!(benches);
