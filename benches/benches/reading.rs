//! A matrix of text, 278 patterns of 551 points, as the measured sets at hand are; two columns,
//! with decimal points and with decimal commas; and a folder of files of all kinds that this
//! program writes, on one thread and on two.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use xrd_benches::{agree, criterion};
use xrd_io::{ReadOptions, Scan, read_patterns, read_scan, read_scans};

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

const LINES: usize = 100_000;

fn point(i: usize) -> (f64, f64) {
    (5.0 + 1e-3 * i as f64, (1000 + i * 7919 % 613) as f64)
}

fn columns(c: &mut Criterion) {
    let mut text = String::new();
    (0..LINES)
        .map(point)
        .for_each(|(x, y)| writeln!(text, "{x:.4} {y:.1}").unwrap());
    two_columns(c, "two columns", &text);
    two_columns(c, "two columns, decimal commas", &text.replace('.', ","));
}

fn two_columns(c: &mut Criterion, name: &str, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("columns.xy");
    fs::write(&path, text).unwrap();
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
    group.bench_function(name, |b| b.iter(read));
    group.finish();
}

const FILES: usize = 1000;

/// A file of one of the kinds, the pattern scaled by its number.
fn write(folder: &Path, number: usize) {
    const KINDS: [&str; 7] = ["xy", "xye", "csv", "npz", "xrdml", "cif", "txt"];
    let kind = KINDS[number % KINDS.len()];
    let path = folder.join(format!("{number:04}.{kind}"));
    let mut text = String::from("# intensity_unit: counts\n");
    for i in 0..5000 {
        let (x, y) = (10.0 + 0.02 * i as f64, intensity(number % 278, i % POINTS));
        writeln!(text, "{x:.2} {}", y.round()).unwrap();
    }
    if kind == "txt" {
        fs::write(path, text.replace('.', ",")).unwrap();
        return;
    }
    fs::write(&path, text).unwrap();
    let scan: Scan = read_scan(&path, 1).unwrap();
    let scans = std::slice::from_ref(&scan);
    let mut bytes = Vec::new();
    match kind {
        "xy" => xrd_io::write::xy(&mut bytes, &scan),
        "xye" => xrd_io::write::xye(&mut bytes, &scan),
        "csv" => xrd_io::write::csv(&mut bytes, &scan),
        "npz" => xrd_io::write::npz(&mut bytes, scans),
        "xrdml" => xrd_io::write::xrdml(&mut bytes, scans),
        _ => xrd_io::write::pdcif(&mut bytes, scans),
    }
    .unwrap();
    fs::write(path, bytes).unwrap();
}

fn folder(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    (0..FILES).for_each(|number| write(folder.path(), number));
    let read = || read_patterns(folder.path(), &ReadOptions::default()).unwrap();
    let set = read().set;
    assert_eq!((set.len(), set.grid().len()), (FILES, 5000));
    let expected = |k: usize| (0..5000).map(move |i| intensity(k % 278, i % POINTS).round());
    let all = (0..FILES).flat_map(expected).map(f64::from);
    let found = set.block().iter().copied().map(f64::from);
    agree("folder read", found, all, 0.0);
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let pool = pool.build().unwrap();
        assert!(pool.install(read).set == set);
        let name = format!("reading/folder of {FILES} files, {threads} threads");
        c.bench_function(&name, |b| b.iter(|| pool.install(read)));
    }
}

criterion_group!(name = benches; config = criterion(); targets = reading, columns, folder);
criterion_main!(benches);
