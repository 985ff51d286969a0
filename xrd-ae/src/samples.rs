//! Small networks and synthetic patterns for tests.

use ndarray::{Array1, Array2};
use xrd_core::{PatternSet, Scale, TwoThetaGrid};

use crate::activation::Activation::{self, Linear, Relu, Tanh};
use crate::dense::Dense;
use crate::real::Real;

/// Layers with these widths. The weights follow the formula of
/// `benches/peers/pytorch_small_net.py`, shifted by `phase`.
pub(crate) fn layers<F: Real>(
    widths: &[usize],
    activations: &[Activation],
    phase: f64,
) -> Vec<Dense<F>> {
    let layer = |(l, (pair, &activation)): (usize, (&[usize], &Activation))| {
        let (inputs, l) = (pair[0] as f64, l as f64);
        let weight = |(i, o): (usize, usize)| {
            let angle = phase + 0.7 * i as f64 + 1.3 * o as f64 + 2.1 * l;
            F::of(angle.sin() * (2.0 / inputs).sqrt())
        };
        let bias = |o: usize| F::of(0.1 * (phase + o as f64 + l).cos());
        Dense {
            weights: Array2::from_shape_fn((pair[0], pair[1]), weight),
            bias: Array1::from_shape_fn(pair[1], bias),
            activation,
        }
    };
    let pairs = widths.windows(2).zip(activations);
    pairs.enumerate().map(layer).collect()
}

/// Autoencoder with the widths 40-8-4-2-4-8-40.
pub(crate) fn small_network<F: Real>(phase: f64) -> Vec<Dense<F>> {
    let activations = [Relu, Relu, Tanh, Relu, Relu, Linear];
    layers(&[40, 8, 4, 2, 4, 8, 40], &activations, phase)
}

/// Rows with one bump each. The bump moves to the right from row to row.
pub(crate) fn bumps<F: Real>(rows: usize, cols: usize) -> Array2<F> {
    Array2::from_shape_fn((rows, cols), |(n, k)| {
        let (n, k) = (n as f64, k as f64);
        let u = (k - 8.0 - 2.5 * n) / 3.0;
        F::of((-u * u).exp() + 0.1 * (0.3 * k * n).sin())
    })
}

/// Rows of a matrix as slices.
pub(crate) fn rows<F>(matrix: &Array2<F>) -> Vec<&[F]> {
    let rows = matrix.rows().into_iter();
    rows.map(|row| row.to_slice().expect("rows lie along memory"))
        .collect()
}

/// Patterns of a family with two parameters, each with a maximum of 1. One parameter shifts the
/// fifteen lines, the other changes their intensities.
pub(crate) fn patterns(count: usize, points: usize) -> PatternSet {
    let grid = TwoThetaGrid::new(5.0, 0.05, points).unwrap();
    let block = (0..count).flat_map(|i| pattern(i, points)).collect();
    let names = (0..count).map(|i| format!("p{i}")).collect();
    PatternSet::new(grid, Scale::ARBITRARY, None, names, block).unwrap()
}

fn pattern(i: usize, points: usize) -> Vec<f32> {
    // Multiples of the golden ratio cover both parameters evenly.
    let strain = (0.618 * i as f64).fract();
    let content = (0.755 * i as f64).fract();
    let intensity = |k: usize| {
        let line = |l: usize| {
            let centre = points as f64 * (0.06 * l as f64 + 0.08) * (1.0 + 0.012 * strain);
            let height = 1.0 / (1.0 + l as f64) * (1.0 + content * (3.0 * l as f64).sin());
            let u = (k as f64 - centre) / 4.0;
            height * (-u * u / 2.0).exp()
        };
        (0..15).map(line).sum()
    };
    let raw: Vec<f64> = (0..points).map(intensity).collect();
    let max = raw.iter().copied().fold(0.0, f64::max);
    raw.iter().map(|v| (v / max) as f32).collect()
}

/// Multiplies every intensity of a set.
pub(crate) fn times(set: &PatternSet, factor: f32) -> PatternSet {
    let block = set.block().iter().map(|v| v * factor).collect();
    let names = set.names().to_vec();
    PatternSet::new(*set.grid(), set.scale(), set.wavelength(), names, block).unwrap()
}
