//! Contour lines of a painted map.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::f64::consts::TAU;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use xrd_benches::{agree, criterion};
use xrd_core::{Latent2, LatentGrid, LatentMap};
use xrd_interp::contour;

fn contours(c: &mut Criterion) {
    let (low, high) = (Latent2::new(-1.0, -1.0), Latent2::new(1.0, 1.0));
    let grid = LatentGrid::new(low, high, 400, 400).unwrap();
    let bowl = grid.points().map(|p| Some(p.x * p.x + p.y * p.y)).collect();
    let map = LatentMap::new(grid, bowl).unwrap();

    let lines = contour(&map, 0.49).unwrap();
    assert!(lines.len() == 1 && lines[0].is_closed());
    agree("length of a circle", [lines[0].length()], [TAU * 0.7], 1e-4);
    let centre = Latent2::default();
    let radii = lines[0].points().iter().map(|p| p.distance(centre));
    agree(
        "its radius",
        radii,
        lines[0].points().iter().map(|_| 0.7),
        1e-4,
    );
    c.bench_function("contours/map of 400 x 400", |b| {
        b.iter(|| contour(black_box(&map), 0.49))
    });
}

criterion_group!(name = benches; config = criterion(); targets = contours);
criterion_main!(benches);
