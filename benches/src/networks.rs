//! The networks of `peers/networks.py`.

use ndarray::Array2;
use xrd_nn::{LayerSpec, NetworkSpec, Shape};

/// Number of points of a pattern.
pub const NETWORK_POINTS: usize = 8_500;
/// Number of classes.
pub const NETWORK_CLASSES: usize = 230;

fn conv(filters: usize, kernel: usize, stride: usize) -> [LayerSpec; 2] {
    let conv = LayerSpec::Conv1d {
        filters,
        kernel,
        stride,
        padding: 0,
    };
    [conv, LayerSpec::Relu]
}

/// Returns `dense` (Vecsei et al. 2019), `park` (Park et al. 2017) or `ship`, a small network.
#[must_use]
pub fn network_spec(name: &str) -> Option<NetworkSpec> {
    let mut layers = Vec::new();
    let hidden: &[usize] = match name {
        "dense" => &[4000, 3000, 1000, 800],
        "park" => {
            for (kernel, stride) in [(100, 5), (50, 5), (25, 2)] {
                layers.extend(conv(80, kernel, stride));
                layers.push(LayerSpec::AveragePool { size: 3, stride: 2 });
            }
            &[2300, 1150]
        }
        "ship" => {
            for (filters, kernel, stride) in [(32, 51, 5), (64, 25, 5), (96, 9, 2)] {
                layers.extend(conv(filters, kernel, stride));
            }
            layers.push(LayerSpec::AveragePool { size: 6, stride: 6 });
            &[384]
        }
        _ => return None,
    };
    layers.push(LayerSpec::Flatten);
    for &outputs in hidden {
        layers.extend([LayerSpec::Dense { outputs }, LayerSpec::Relu]);
    }
    layers.push(LayerSpec::Dense {
        outputs: NETWORK_CLASSES,
    });
    let input = Shape::Sequence {
        length: NETWORK_POINTS,
        channels: 1,
    };
    Some(NetworkSpec { input, layers })
}

/// Random patterns between 0 and 1, and their classes, by a linear congruential generator.
#[must_use]
pub fn network_batch(patterns: usize) -> (Array2<f32>, Vec<u32>) {
    let mut state = 1u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state >> 40
    };
    let shape = (patterns, NETWORK_POINTS);
    let inputs = Array2::from_shape_simple_fn(shape, || next() as f32 / 16_777_216.0);
    let classes = (0..patterns).map(|_| (next() % NETWORK_CLASSES as u64) as u32);
    (inputs, classes.collect())
}
