//! Layers compared with their formulas; shapes; files.

use xrd_nn::ndarray::{Array2, s};
use xrd_nn::{
    Error, Interpolation, LayerSpec, Loss, Network, NetworkSpec, Precision, Shape, Targets,
};

use crate::common::{conv, conv2d, disturbed, mixed, same_size, sequence, upsample, wave};

fn values(network: &Network<f64>, name: &str) -> Vec<f64> {
    let found = network.parameters().iter().find(|p| p.name() == name);
    found.unwrap().values().to_vec()
}

#[test]
fn convolution_is_the_sum_over_windows() {
    for (kernel, stride, padding) in [(5, 2, 2), (3, 3, 0), (4, 1, 3)] {
        let (length, channels, filters) = (13, 3, 4);
        let network = disturbed(&sequence(
            length,
            channels,
            vec![conv(filters, kernel, stride, padding)],
        ));
        let (w, b) = (
            values(&network, "0.conv1d.weight"),
            values(&network, "0.conv1d.bias"),
        );
        let x = wave(5, length * channels, 0.1);
        let y = network.predict(x.view()).unwrap();
        let windows = (length + 2 * padding - kernel) / stride + 1;
        assert_eq!(
            network.output_shape(),
            Shape::Sequence {
                length: windows,
                channels: filters
            }
        );
        for ((n, at), &found) in y.indexed_iter() {
            let (t, f) = (at / filters, at % filters);
            let mut sum = b[f];
            for k in 0..kernel {
                let Some(p) = (t * stride + k)
                    .checked_sub(padding)
                    .filter(|&p| p < length)
                else {
                    continue;
                };
                for c in 0..channels {
                    sum += w[(k * channels + c) * filters + f] * x[[n, p * channels + c]];
                }
            }
            assert!((sum - found).abs() < 1e-12);
        }
    }
}

#[test]
fn convolution_of_images_is_the_sum_over_windows() {
    let ([rows, cols, channels], filters) = ([7, 6, 2], 3);
    let (kernel, stride, padding) = ([3, 2], [2, 1], [1, 1]);
    let spec = NetworkSpec {
        input: Shape::Image {
            height: rows,
            width: cols,
            channels,
        },
        layers: vec![conv2d(filters, kernel, stride, padding)],
    };
    let network = disturbed(&spec);
    let (w, b) = (
        values(&network, "0.conv2d.weight"),
        values(&network, "0.conv2d.bias"),
    );
    let x = wave(4, rows * cols * channels, 0.1);
    let y = network.predict(x.view()).unwrap();
    let width = cols + 2 * padding[1] - kernel[1] + 1;
    for ((n, at), &found) in y.indexed_iter() {
        let (i, j, f) = (at / filters / width, at / filters % width, at % filters);
        let mut sum = b[f];
        for (k, l) in (0..kernel[0]).flat_map(|k| (0..kernel[1]).map(move |l| (k, l))) {
            let row = (i * stride[0] + k)
                .checked_sub(padding[0])
                .filter(|&r| r < rows);
            let col = (j * stride[1] + l)
                .checked_sub(padding[1])
                .filter(|&c| c < cols);
            let (Some(row), Some(col)) = (row, col) else {
                continue;
            };
            for c in 0..channels {
                let weight = w[((k * kernel[1] + l) * channels + c) * filters + f];
                sum += weight * x[[n, (row * cols + col) * channels + c]];
            }
        }
        assert!((sum - found).abs() < 1e-12);
    }
}

#[test]
fn zeros_after_the_end_keep_the_size() {
    let input = Shape::Image {
        height: 4,
        width: 5,
        channels: 2,
    };
    // A zero on each side gives one column more, the first of which the other layer does not have.
    let network = |layer| {
        let layers = vec![layer];
        disturbed(&NetworkSpec { input, layers })
    };
    let same = network(same_size(3, [3, 2]));
    assert_eq!(
        same.output_shape(),
        Shape::Image {
            height: 4,
            width: 5,
            channels: 3
        }
    );
    let wide = network(conv2d(3, [3, 2], [1, 1], [1, 1]));
    let x = wave(2, 40, 0.3);
    let (same, wide) = (
        same.predict(x.view()).unwrap(),
        wide.predict(x.view()).unwrap(),
    );
    for n in 0..2 {
        for (row, column, f) in (0..60).map(|i| (i / 15, i / 3 % 5, i % 3)) {
            let kept = same[[n, (row * 5 + column) * 3 + f]];
            assert_eq!(kept, wide[[n, (row * 6 + column + 1) * 3 + f]]);
        }
    }
    // Files state the zeros only where there are some, as files of before did not.
    for (layer, is_stated) in [
        (conv2d(3, [3, 2], [1, 1], [1, 1]), false),
        (same_size(3, [3, 2]), true),
    ] {
        let bytes = network(layer.clone()).to_bytes(Precision::Full).unwrap();
        assert_eq!(bytes.windows(5).any(|w| w == b"extra"), is_stated);
        let read = Network::<f64>::from_bytes(&bytes).unwrap();
        assert_eq!(read.spec().layers, [layer]);
    }
    let layers = vec![LayerSpec::Conv2d {
        filters: 1,
        kernel: [3, 2],
        stride: [1, 1],
        padding: [1, 0],
        extra: [0, 2],
    }];
    let refused = Network::<f64>::new(&NetworkSpec { input, layers }, 0).unwrap_err();
    assert!(refused.to_string().contains("padding"), "{refused}");
}

#[test]
fn upsampling_repeats_or_interpolates() {
    let x = Array2::from_shape_vec((1, 3), vec![1.0, 3.0, 0.0]).unwrap();
    let of = |i| {
        let network = Network::<f64>::new(&sequence(3, 1, vec![upsample(2, i)]), 0).unwrap();
        network
            .predict(x.view())
            .unwrap()
            .into_raw_vec_and_offset()
            .0
    };
    assert_eq!(of(Interpolation::Nearest), [1.0, 1.0, 3.0, 3.0, 0.0, 0.0]);
    assert_eq!(of(Interpolation::Linear), [1.0, 1.5, 2.5, 2.25, 0.75, 0.0]);
}

#[test]
fn dense_is_a_product() {
    let spec = NetworkSpec {
        input: Shape::Flat(70),
        layers: vec![LayerSpec::Dense { outputs: 40 }],
    };
    let network = disturbed(&spec);
    let w = Array2::from_shape_vec((70, 40), values(&network, "0.dense.weight")).unwrap();
    let b = values(&network, "0.dense.bias");
    let x = wave(50, 70, 0.1);
    let y = network.predict(x.view()).unwrap();
    for ((n, j), found) in y.indexed_iter() {
        let sum: f64 = (0..70).map(|i| x[[n, i]] * w[[i, j]]).sum();
        assert!((sum + b[j] - found).abs() < 1e-12);
    }
}

#[test]
fn pools_are_means_and_maxima() {
    let x = wave(3, 11 * 2, 0.1);
    for (size, stride) in [(3, 2), (2, 5), (11, 1)] {
        let of = |layer| {
            Network::<f64>::new(&sequence(11, 2, vec![layer]), 0)
                .unwrap()
                .predict(x.view())
                .unwrap()
        };
        let mean = of(LayerSpec::AveragePool { size, stride });
        let max = of(LayerSpec::MaxPool { size, stride });
        for ((n, at), found) in mean.indexed_iter() {
            let window = || (0..size).map(|k| x[[n, (at / 2 * stride + k) * 2 + at % 2]]);
            assert!((window().sum::<f64>() / size as f64 - found).abs() < 1e-12);
            assert_eq!(window().fold(f64::MIN, f64::max), max[[n, at]]);
        }
    }
    let mean = Network::<f64>::new(&sequence(11, 2, vec![LayerSpec::GlobalAverage]), 0).unwrap();
    let mean = mean.predict(x.view()).unwrap();
    for c in 0..2 {
        let column = x.slice(s![1, c..; 2]);
        assert!((mean[[1, c]] - column.mean().unwrap()).abs() < 1e-12);
    }
}

#[test]
fn layer_norm_has_mean_zero_and_variance_one() {
    let network = Network::<f64>::new(&sequence(4, 50, vec![LayerSpec::LayerNorm]), 0).unwrap();
    let y = network
        .predict(wave(3, 200, 0.3).mapv(|v| 7.0 + 100.0 * v).view())
        .unwrap();
    for position in y.as_slice().unwrap().chunks(50) {
        let mean = position.iter().sum::<f64>() / 50.0;
        let square = position.iter().map(|v| v * v).sum::<f64>() / 50.0;
        assert!(
            mean.abs() < 1e-12 && (square - 1.0).abs() < 1e-6,
            "{mean} {square}"
        );
    }
}

#[test]
fn a_wrong_size_names_the_layer_and_both_sizes() {
    let build = |layers| Network::<f32>::new(&sequence(20, 2, layers), 0).unwrap_err();
    let error = build(vec![conv(4, 5, 1, 0), LayerSpec::Dense { outputs: 3 }]);
    assert_eq!(
        error.to_string(),
        "layer 1.dense takes a vector (see flatten), but gets a sequence of 16 positions × 4 channels"
    );
    let error = build(vec![LayerSpec::Residual {
        layers: vec![conv(4, 3, 1, 0)],
        shortcut: vec![],
    }]);
    assert_eq!(
        error.to_string(),
        "layer 0.residual adds its input, a sequence of 20 positions × 2 channels after the shortcut, to a \
         sequence of 18 positions × 4 channels"
    );
    let error = build(vec![
        LayerSpec::MaxPool { size: 2, stride: 2 },
        conv(1, 30, 1, 2),
    ]);
    assert_eq!(
        error.to_string(),
        "layer 1.conv1d has a window of 30 points, but its padded input has 14"
    );
    let error = build(vec![LayerSpec::Dropout { rate: 1.0 }]);
    assert!(
        matches!(error, Error::Setting { value: 1.0, .. }),
        "{error}"
    );
    for bad in [
        conv(0, 3, 1, 0),
        conv(1, 0, 1, 0),
        conv(1, 3, 0, 0),
        conv(1, 3, 1, 3),
    ] {
        assert!(matches!(build(vec![bad]), Error::Setting { .. }));
    }
}

#[test]
fn a_pattern_has_the_same_output_in_any_batch() {
    let network = disturbed(&mixed());
    let x = wave(70, 82, 0.5);
    let all = network.predict(x.view()).unwrap();
    for i in [0, 31, 32, 69] {
        let one = network.predict(x.slice(s![i..=i, ..])).unwrap();
        assert!(
            (&one - &all.slice(s![i..=i, ..]))
                .iter()
                .all(|d| d.abs() < 1e-12)
        );
    }
    assert_eq!(network.predict(x.slice(s![..0, ..])).unwrap().dim(), (0, 5));
    assert!(network.predict(x.slice(s![.., 1..])).is_err());
}

#[test]
fn files_keep_the_network() {
    let network = disturbed(&mixed());
    let bytes = network.to_bytes(Precision::Full).unwrap();
    let read = Network::<f64>::from_bytes(&bytes).unwrap();
    assert_eq!(
        (read.parameters(), read.spec()),
        (network.parameters(), network.spec())
    );
    assert_eq!(read.to_bytes(Precision::Full).unwrap(), bytes);

    let half = Network::<f32>::from_bytes(&network.to_bytes(Precision::Half).unwrap()).unwrap();
    for (a, b) in half.parameters().iter().zip(network.parameters()) {
        for (&a, &b) in a.values().iter().zip(b.values()) {
            assert!((f64::from(a) - b).abs() <= b.abs() / 2048.0 + 1e-7);
        }
    }
    let bytes_8 = network.to_bytes(Precision::Byte).unwrap();
    let byte = Network::<f32>::from_bytes(&bytes_8).unwrap();
    for (a, b) in byte.parameters().iter().zip(network.parameters()) {
        // A scale belongs to an output, so that it is at most that of the whole tensor.
        let most = b.values().iter().fold(0.0f64, |m, v| m.max(v.abs()));
        for (&a, &b) in a.values().iter().zip(b.values()) {
            assert!((f64::from(a) - b).abs() <= most / 253.0 + 1e-7, "{a} {b}");
        }
    }
    assert_eq!(byte.to_bytes(Precision::Byte).unwrap(), bytes_8);
    assert!(
        Network::<f32>::from_bytes(&bytes)
            .unwrap_err()
            .to_string()
            .contains("F64")
    );
    assert!(matches!(
        Network::<f64>::from_bytes(&bytes[..bytes.len() - 1]),
        Err(Error::File { .. })
    ));
    let mut wide = network.clone();
    wide.parameters_mut()[0].values_mut()[0] = 1e6;
    assert!(wide.to_bytes(Precision::Half).is_err());
    wide.parameters_mut()[0].values_mut()[0] = f64::NAN;
    assert!(Network::<f64>::from_bytes(&wide.to_bytes(Precision::Full).unwrap()).is_err());
}

#[test]
fn losses_have_known_values() {
    let y = Array2::from_shape_vec((2, 4), vec![0.0; 8]).unwrap();
    let classes = Targets::Classes(&[1, 3]);
    let mean = |loss: Loss, t: Targets<f64>| loss.mean(y.view(), t).unwrap();
    assert!((mean(Loss::CrossEntropy { smoothing: 0.0 }, classes) - 4f64.ln()).abs() < 1e-12);
    assert!((mean(Loss::Quadratic { smoothing: 0.0 }, classes) - 0.75).abs() < 1e-12);
    let a = wave(3, 8, 0.2);
    let line = a.mapv(|v| 2.0 + 3.0 * v);
    let pearson = Loss::Pearson
        .mean(line.view(), Targets::Values(a.view()))
        .unwrap();
    assert!(pearson.abs() < 1e-12);
    let tripled = a.mapv(|v| 3.0 * v);
    assert!(
        Loss::Cosine
            .mean(tripled.view(), Targets::Values(a.view()))
            .unwrap()
            .abs()
            < 1e-12
    );
    assert_eq!(
        Loss::Cosine.mean(y.view(), Targets::Values(y.view())),
        Ok(1.0)
    );
    assert!(Loss::Pearson.mean(y.view(), classes).is_err());
    let wrong = Loss::Quadratic { smoothing: 0.0 }.mean(y.view(), Targets::Classes(&[0, 4]));
    assert_eq!(
        wrong,
        Err(Error::Class {
            pattern: 1,
            class: 4,
            classes: 4
        })
    );
}
