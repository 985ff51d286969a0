//! Estimates from 150 labelled points of the plane: for each point from the others, and for every node
//! of a painted map.

#![allow(clippy::unwrap_used, reason = "a bench stops at the first fault")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use xrd_benches::{agree, criterion};
use xrd_core::{Labels, Latent2, LatentGrid};
use xrd_latent::{LabelledPlane, NearestTriangle};

/// Points without order, so that no two triangles tie, and a label that distinguishes them.
fn plane() -> LabelledPlane {
    let scatter = |seed: f64| (43_758.545 * seed.sin()).fract();
    let point = |i: u32| Latent2::new(scatter(f64::from(2 * i)), scatter(f64::from(2 * i + 1)));
    let points: Vec<Latent2> = (0..150).map(point).collect();
    let values = points.iter().flat_map(|p| [p.x * p.x + p.y, p.x, p.y, 1.0]);
    let columns = ["Ti", "x", "y", "one"].map(str::to_owned).to_vec();
    let labels = Labels::new(columns, values.collect()).unwrap();
    LabelledPlane::new(points, labels).unwrap()
}

fn estimates(c: &mut Criterion) {
    let plane = plane();
    let options = NearestTriangle::default();
    let leave_one_out = || plane.leave_one_out(&options).unwrap();
    let found: Vec<_> = leave_one_out()
        .iter()
        .map(|e| e.is_inside().then_some(e.values[0]))
        .collect();
    let expected: Vec<_> = (0..150).map(|i| naive(&plane, i)).collect();
    let place = |of: &[Option<f64>]| of.iter().map(Option::is_some).collect::<Vec<_>>();
    assert_eq!(place(&found), place(&expected));
    agree(
        "estimates",
        found.into_iter().flatten(),
        expected.into_iter().flatten(),
        1e-9,
    );
    c.bench_function("estimates/150 points", |b| b.iter(leave_one_out));

    let grid = LatentGrid::around(plane.points(), 0.05, 200, 200).unwrap();
    let maps = plane.paint(&grid, &options).unwrap();
    let some = || grid.points().enumerate().step_by(37);
    let painted = some().filter_map(|(i, _)| maps[0].values()[i]);
    let expected = some().filter_map(|(_, p)| {
        let estimate = plane.estimate(p).unwrap();
        estimate.is_inside().then_some(estimate.values[0])
    });
    agree("painted map", painted, expected, 1e-12);
    c.bench_function("estimates/map of 200 x 200", |b| {
        b.iter(|| plane.paint(black_box(&grid), &options));
    });
}

/// The first label of point `i`, estimated from the others by the definition of the rule.
fn naive(plane: &LabelledPlane, i: usize) -> Option<f64> {
    let p = plane.points()[i];
    let mut others: Vec<usize> = (0..plane.points().len()).filter(|&j| j != i).collect();
    others.sort_by(|&a, &b| {
        plane.points()[a]
            .distance(p)
            .total_cmp(&plane.points()[b].distance(p))
    });
    let mut near = 12;
    loop {
        let found = least_sum(plane, p, &others[..near.min(others.len())]);
        if found.is_some() || near >= others.len() {
            return found;
        }
        near *= 2;
    }
}

fn least_sum(plane: &LabelledPlane, p: Latent2, near: &[usize]) -> Option<f64> {
    let mut best: Option<(f64, f64)> = None;
    for (k, &c) in near.iter().enumerate() {
        for (j, &b) in near[..k].iter().enumerate() {
            for &a in &near[..j] {
                let corners = [a, b, c];
                let sum = corners
                    .iter()
                    .map(|&i| plane.points()[i].distance(p).powi(2))
                    .sum();
                if let Some(value) = inside(plane, p, corners)
                    && best.is_none_or(|(least, _)| sum < least)
                {
                    best = Some((sum, value));
                }
            }
        }
    }
    best.map(|(_, value)| value)
}

/// Eqs. (1) and (2) of the paper, if `p` is inside the triangle.
fn inside(plane: &LabelledPlane, p: Latent2, corners: [usize; 3]) -> Option<f64> {
    let [a, b, c] = corners.map(|i| plane.points()[i]);
    let cross = |u: Latent2, v: Latent2| (u.x - a.x) * (v.y - a.y) - (u.y - a.y) * (v.x - a.x);
    let (s, t) = (cross(p, c) / cross(b, c), cross(b, p) / cross(b, c));
    let [qa, qb, qc] = corners.map(|i| plane.labels().row(i)[0]);
    (s >= 0.0 && t >= 0.0 && s + t <= 1.0).then_some(qa + s * (qb - qa) + t * (qc - qa))
}

criterion_group!(name = benches; config = criterion(); targets = estimates);
criterion_main!(benches);
