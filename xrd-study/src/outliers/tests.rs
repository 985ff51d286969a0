use std::f64::consts::TAU;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use xrd_core::{PatternSet, TwoThetaGrid};

use super::*;
use crate::report::OutlierReason;

const ANGLES: usize = 600;

/// Gaussian lines at some angles, 0.2° wide.
fn lines(angles: &TwoThetaGrid, places: &[(f64, f64)]) -> Vec<f64> {
    let at = |t: f64| -> f64 {
        let line = |(place, height): &(f64, f64)| height * (-((t - place) / 0.12).powi(2)).exp();
        places.iter().map(line).sum()
    };
    angles.angles().map(at).collect()
}

/// Mixtures of two phases on a background, with a small drift of the lines and noise. `change` may
/// replace the values without noise of a pattern.
fn set(n: usize, change: impl Fn(usize, &TwoThetaGrid, &mut Vec<f64>)) -> Patterns {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let grid = TwoThetaGrid::new(20.0, 0.05, ANGLES).unwrap();
    let mut block = Vec::new();
    for i in 0..n {
        let share: f64 = rng.random_range(0.1..0.9);
        let drift: f64 = rng.random_range(-0.03..0.03);
        let first = [24.0, 31.0, 36.5].map(|t| (t + drift, 10.0 * share));
        let second = [27.0, 33.0, 41.0, 46.0].map(|t| (t + drift, 8.0 * (1.0 - share)));
        let mut values = lines(&grid, &[first.as_slice(), &second].concat());
        values.iter_mut().for_each(|v| *v += 1.0);
        change(i, &grid, &mut values);
        let noisy = values.iter().map(|v| {
            let normal = (0..12).map(|_| rng.random_range(0.0..1.0)).sum::<f64>() - 6.0;
            (v + 0.02 * v.sqrt() * normal) as f32
        });
        block.extend(noisy);
    }
    PatternSet::unnamed(grid, block).unwrap().into()
}

fn found(set: &Patterns) -> Vec<(usize, OutlierReason)> {
    let report = find_outliers(set).unwrap().report;
    report
        .outliers
        .iter()
        .map(|o| (o.index, o.reason))
        .collect()
}

/// The planted patterns have other indices than those that are marked in the set as it is.
#[test]
fn planted_patterns_are_found_with_their_reasons() {
    let impurity = |grid: &TwoThetaGrid| lines(grid, &[(29.0, 2.0), (38.5, 1.5)]);
    let planted = set(80, |i, grid, values| match i {
        11 => {
            *values = lines(grid, &[(22.0, 9.0), (29.5, 6.0), (43.0, 4.0)]);
            values.iter_mut().for_each(|v| *v += 1.0);
        }
        23 => values
            .iter_mut()
            .zip(impurity(grid))
            .for_each(|(v, w)| *v += w),
        52 => values[330..360].fill(1.0),
        _ => {}
    });
    // The dead range is exactly constant, so it has no noise.
    let mut block = planted.in_memory().unwrap().block().to_vec();
    block[52 * ANGLES + 330..52 * ANGLES + 360].fill(1.0);
    let shifted: Vec<f32> = block[70 * ANGLES..71 * ANGLES].to_vec();
    block[70 * ANGLES + 6..71 * ANGLES].copy_from_slice(&shifted[..ANGLES - 6]);
    let planted: Patterns = PatternSet::unnamed(*planted.grid(), block).unwrap().into();

    let outliers = find_outliers(&planted).unwrap();
    let report = &outliers.report;
    let of = |index: usize| report.outliers.iter().find(|o| o.index == index).unwrap();
    assert_eq!(of(11).reason, OutlierReason::Apart);
    let foreign = of(23);
    assert_eq!(foreign.reason, OutlierReason::ForeignLines);
    assert!(
        foreign.from_deg > 28.0 && foreign.to_deg < 30.0,
        "{foreign:?}"
    );
    let dead = of(52);
    assert_eq!(dead.reason, OutlierReason::DeadRange);
    assert!((dead.from_deg - 36.5).abs() < 0.01 && (dead.to_deg - 37.95).abs() < 0.01);
    let OutlierReason::Shifted { by_deg } = of(70).reason else {
        panic!("{:?}", of(70));
    };
    assert!((by_deg - 0.3).abs() < 0.06, "{by_deg}");
    // Few clean patterns are marked, and the scores are those of the report.
    assert!(report.outliers.len() <= 4 + 3, "{report:?}");
    assert!(report.outliers.windows(2).all(|w| w[0].score >= w[1].score));
    let marked = outliers.scores.iter().filter(|s| **s >= 1.0).count();
    assert_eq!(marked, report.outliers.len());
    assert!(
        report
            .outliers
            .iter()
            .all(|o| o.score == outliers.scores[o.index])
    );
    assert!(
        report
            .outliers
            .iter()
            .all(|o| o.nearest.as_ref() != Some(&o.pattern))
    );
}

#[test]
fn few_clean_patterns_are_marked() {
    for n in [12, 40, 200] {
        let marked = found(&set(n, |_, _, _| {})).len();
        assert!(20 * marked <= n.max(20), "{marked} of {n}");
    }
}

/// Patterns outside the sample are compared with it.
#[test]
fn outliers_of_large_sets_are_found() {
    let large = set(OUTLIER_SAMPLE + 200, |i, grid, values| {
        if i % 301 == 5 {
            *values = lines(grid, &[(22.0 + i as f64 / 100.0, 9.0), (29.5, 6.0)]);
            values.iter_mut().for_each(|v| *v += 1.0);
        }
    });
    let outliers = find_outliers(&large).unwrap();
    assert_eq!(outliers.report.compared_with, OUTLIER_SAMPLE);
    for i in [5, 306, 607, 908] {
        assert!(outliers.scores[i] > 1.0, "{i}: {}", outliers.scores[i]);
    }
    assert!(outliers.report.outliers.len() < 60);
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let set = set(60, |_, _, _| {});
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build()
            .unwrap()
            .install(|| find_outliers(&set).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn the_scale_of_a_pattern_does_not_matter() {
    let one = set(60, |_, _, _| {});
    let block = one.in_memory().unwrap().block().iter().enumerate();
    let factor = |i: usize| [1.0, 4.0, 0.25][i / ANGLES % 3];
    let scaled = block.map(|(i, v)| factor(i) * v).collect();
    let other: Patterns = PatternSet::unnamed(*one.grid(), scaled).unwrap().into();
    let (one, other) = (find_outliers(&one).unwrap(), find_outliers(&other).unwrap());
    for (a, b) in one.scores.iter().zip(&other.scores) {
        assert!((a - b).abs() < 1e-3, "{a} {b}");
    }
}

#[test]
fn few_or_equal_patterns_have_no_outliers() {
    let wave = |i: usize| 2.0 + (TAU * i as f64 / 50.0).sin();
    let one: Vec<f32> = (0..ANGLES).map(|i| wave(i) as f32).collect();
    let grid = TwoThetaGrid::new(20.0, 0.05, ANGLES).unwrap();
    for n in [0, 1, 2, 9, 10, 30] {
        let set: Patterns = PatternSet::unnamed(grid, one.repeat(n)).unwrap().into();
        let outliers = find_outliers(&set).unwrap();
        assert_eq!(outliers.report.searched, n >= 10, "{n}");
        assert_eq!(outliers.report.patterns, n);
        assert!(outliers.report.outliers.is_empty(), "{n}");
        assert_eq!(outliers.scores.len(), if n >= 10 { n } else { 0 });
    }
    // Constant patterns, and patterns without intensity.
    for value in [0.0, 3.0] {
        let flat = PatternSet::unnamed(grid, vec![value; 20 * ANGLES]).unwrap();
        assert!(found(&flat.into()).is_empty());
    }
}

#[test]
fn a_constant_or_blank_pattern_is_a_dead_range() {
    for value in [0.0, 5.0] {
        let planted = set(30, |_, _, _| {});
        let mut block = planted.in_memory().unwrap().block().to_vec();
        block[7 * ANGLES..8 * ANGLES].fill(value);
        let planted: Patterns = PatternSet::unnamed(*planted.grid(), block).unwrap().into();
        let report = find_outliers(&planted).unwrap().report;
        let first = &report.outliers[0];
        assert_eq!((first.index, first.reason), (7, OutlierReason::DeadRange));
        assert_eq!(
            (first.from_deg, first.to_deg),
            (20.0, planted.grid().last())
        );
    }
}

#[test]
fn grids_of_few_angles_are_searched_too() {
    for angles in [1, 2, 3, 7] {
        let grid = TwoThetaGrid::new(20.0, 0.05, angles).unwrap();
        let block = (0..20 * angles).map(|i| ((i * i) % 17) as f32).collect();
        let set: Patterns = PatternSet::unnamed(grid, block).unwrap().into();
        let outliers = find_outliers(&set).unwrap();
        assert!(outliers.scores.iter().all(|s| s.is_finite()), "{angles}");
    }
}
