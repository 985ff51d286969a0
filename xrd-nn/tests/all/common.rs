use xrd_nn::ndarray::Array2;
use xrd_nn::{Interpolation, LayerSpec, Network, NetworkSpec, Shape};

/// Numbers without a pattern, between -1 and 1.
pub(crate) fn wave(rows: usize, cols: usize, phase: f64) -> Array2<f64> {
    Array2::from_shape_fn((rows, cols), |(i, j)| {
        (phase + 12.9898 * i as f64 + 78.233 * j as f64).sin()
            * (0.3 + phase + 3.7 * i as f64 * j as f64).cos()
    })
}

pub(crate) fn sequence(length: usize, channels: usize, layers: Vec<LayerSpec>) -> NetworkSpec {
    NetworkSpec {
        input: Shape::Sequence { length, channels },
        layers,
    }
}

pub(crate) fn conv(filters: usize, kernel: usize, stride: usize, padding: usize) -> LayerSpec {
    LayerSpec::Conv1d {
        filters,
        kernel,
        stride,
        padding,
    }
}

pub(crate) fn conv2d(
    filters: usize,
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
) -> LayerSpec {
    LayerSpec::Conv2d {
        filters,
        kernel,
        stride,
        padding,
        extra: [0; 2],
    }
}

/// Convolution that keeps the size of an image, with a kernel of even or odd lengths.
pub(crate) fn same_size(filters: usize, kernel: [usize; 2]) -> LayerSpec {
    LayerSpec::Conv2d {
        filters,
        kernel,
        stride: [1, 1],
        padding: kernel.map(|k| (k - 1) / 2),
        extra: kernel.map(|k| (k + 1) % 2),
    }
}

pub(crate) fn upsample(factor: usize, interpolation: Interpolation) -> LayerSpec {
    LayerSpec::Upsample {
        factor,
        interpolation,
    }
}

/// Network whose parameters are all different from their initial values.
pub(crate) fn disturbed(spec: &NetworkSpec) -> Network<f64> {
    let mut network = Network::new(spec, 3).unwrap();
    for (i, p) in network.parameters_mut().iter_mut().enumerate() {
        let trained = p.is_trained();
        for (j, v) in p.values_mut().iter_mut().enumerate() {
            let d = (1.3 * i as f64 + 0.9 * j as f64).sin();
            *v += if trained { 0.2 * d } else { 0.2 * d.abs() };
        }
    }
    network
}

/// All kinds of layers in one network of sequences.
pub(crate) fn mixed() -> NetworkSpec {
    let body = vec![
        conv(4, 3, 1, 1),
        LayerSpec::BatchNorm,
        LayerSpec::Gelu,
        conv(4, 5, 1, 2),
    ];
    sequence(
        41,
        2,
        vec![
            conv(4, 7, 2, 3),
            LayerSpec::BatchNorm,
            LayerSpec::Relu,
            LayerSpec::Residual {
                layers: body,
                shortcut: vec![],
            },
            LayerSpec::LayerNorm,
            LayerSpec::Prelu,
            LayerSpec::MaxPool { size: 2, stride: 2 },
            LayerSpec::Residual {
                layers: vec![conv(6, 3, 2, 1), LayerSpec::Relu],
                shortcut: vec![conv(6, 1, 2, 0)],
            },
            LayerSpec::Dropout { rate: 0.25 },
            LayerSpec::AveragePool { size: 2, stride: 1 },
            LayerSpec::Flatten,
            LayerSpec::Dense { outputs: 9 },
            LayerSpec::LayerNorm,
            LayerSpec::Gelu,
            LayerSpec::Dropout { rate: 0.1 },
            LayerSpec::Dense { outputs: 5 },
        ],
    )
}
