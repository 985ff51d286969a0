//! Speed and result of the peak search in a noisy pattern of 11,900 points.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first error")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use xrd_benches::{agree, criterion, made_up_patterns, paper_grid};
use xrd_relevance::{PeakOptions, find_peaks};

/// Reproducible noise between 0 and 2 % of the strongest line.
fn noise(k: usize) -> f32 {
    0.02 * ((k as f64 * 12.9898).sin() * 43_758.545).fract().abs() as f32
}

fn peaks(c: &mut Criterion) {
    let set = made_up_patterns(1);
    let with_noise = |(k, v): (usize, &f32)| v + noise(k);
    let pattern: Vec<f32> = set
        .intensities(0)
        .iter()
        .enumerate()
        .map(with_noise)
        .collect();
    let grid = paper_grid();
    let options = PeakOptions::default();

    let found = find_peaks(&grid, &pattern, &options).unwrap();
    let expected = naive(&pattern);
    assert!(expected.len() > 40, "lines and noise: {}", expected.len());
    let places = |peaks: &[(usize, f32)]| peaks.iter().map(|p| p.0 as f64).collect::<Vec<_>>();
    let found: Vec<_> = found.iter().map(|p| (p.index, p.prominence)).collect();
    agree("places of peaks", places(&found), places(&expected), 0.0);
    let heights = |peaks: &[(usize, f32)]| peaks.iter().map(|p| f64::from(p.1)).collect::<Vec<_>>();
    agree("prominences", heights(&found), heights(&expected), 1e-6);
    c.bench_function("peaks/11900 points", |b| {
        b.iter(|| find_peaks(&grid, black_box(&pattern), &options));
    });
}

/// Position and prominence of every maximum that is high and prominent enough.
fn naive(y: &[f32]) -> Vec<(usize, f32)> {
    let least = 0.01 * y.iter().copied().fold(0.0, f32::max);
    let lowest = |steps: &mut dyn Iterator<Item = usize>, top: f32| {
        let slope = steps.map(|i| y[i]).take_while(|&v| v <= top);
        slope.fold(f32::INFINITY, f32::min)
    };
    let inner = 1..y.len() - 1;
    inner
        .filter(|&i| y[i - 1] < y[i] && y[i] > y[i + 1] && y[i] >= least)
        .map(|i| {
            let (left, right) = (&mut (0..i).rev(), &mut (i + 1..y.len()));
            (i, y[i] - lowest(left, y[i]).max(lowest(right, y[i])))
        })
        .filter(|&(_, prominence)| prominence >= least)
        .collect()
}

criterion_group!(name = benches; config = criterion(); targets = peaks);
criterion_main!(benches);
