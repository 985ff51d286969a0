use gemm::{Parallelism, gemm};
use ndarray::{Array1, Array2, ArrayView2};

use crate::naive::{Activation, Layer, NaiveNetwork};
use xrd_core::Latent2;

/// The matrix products of an autoencoder by the crate `gemm`, with little else. Encoding and decoding of
/// many patterns are compared with it.
pub struct GemmNetwork {
    mean: Array1<f32>,
    deviation: Array1<f32>,
    encoder: Vec<Dense>,
    decoder: Vec<Dense>,
}

struct Dense {
    /// Inputs × outputs.
    weights: Array2<f32>,
    bias: Array1<f32>,
    activation: Activation,
}

impl GemmNetwork {
    /// The network of a model.
    pub fn of(network: &NaiveNetwork) -> Self {
        let mut encoder: Vec<_> = network.layers.iter().map(Dense::of).collect();
        let decoder = encoder.split_off(encoder.len() / 2);
        Self {
            mean: network.mean.mapv(|v| v as f32),
            deviation: network.deviation.mapv(|v| v as f32),
            encoder,
            decoder,
        }
    }

    /// Patterns as they enter the first product, [n, points].
    ///
    /// # Panics
    /// If the length of the block is not a multiple of that of a pattern.
    pub fn scaled(&self, block: &[f32]) -> Array2<f32> {
        let shape = (block.len() / self.mean.len(), self.mean.len());
        let mut rows = Array2::from_shape_vec(shape, block.to_vec()).expect("whole patterns");
        for mut row in rows.rows_mut() {
            row -= &self.mean;
            row /= &self.deviation;
        }
        rows
    }

    /// The points of scaled patterns, [n, 2].
    pub fn encode(&self, x: ArrayView2<f32>) -> Array2<f32> {
        forward(&self.encoder, x)
    }

    /// The last products of decoding points, [n, points], without bias and scaling.
    ///
    /// # Panics
    /// Never: a point has two coordinates.
    pub fn decode(&self, points: &[Latent2]) -> Array2<f32> {
        let coordinates = points.iter().flat_map(|p| [p.x as f32, p.y as f32]);
        let x = Array2::from_shape_vec((points.len(), 2), coordinates.collect());
        forward(&self.decoder, x.expect("two coordinates a point").view())
    }

    /// The intensity at point `k` for a value of [`decode`](Self::decode).
    ///
    /// # Panics
    /// If `k` is not a point of the grid.
    pub fn intensity(&self, k: usize, product: f32) -> f32 {
        let bias = self.decoder[self.decoder.len() - 1].bias[k];
        (product + bias) * self.deviation[k] + self.mean[k]
    }
}

impl Dense {
    fn of(layer: &Layer) -> Self {
        let inputs = layer.weights.nrows() - 1;
        let weights = layer.weights.mapv(|w| w as f32);
        Self {
            bias: weights.row(inputs).to_owned(),
            weights: weights.slice_move(ndarray::s![..inputs, ..]),
            activation: layer.activation,
        }
    }

    fn forward(&self, x: ArrayView2<f32>) -> Array2<f32> {
        let mut y = product(x, self.weights.view());
        if self.activation == Activation::Linear {
            return y;
        }
        for row in y.rows_mut() {
            for (y, &bias) in row.into_iter().zip(&self.bias) {
                *y = self.activation.apply(f64::from(*y + bias)) as f32;
            }
        }
        y
    }
}

fn forward(layers: &[Dense], x: ArrayView2<f32>) -> Array2<f32> {
    let (first, rest) = layers.split_first().expect("a network has layers");
    let first = first.forward(x);
    rest.iter().fold(first, |y, layer| layer.forward(y.view()))
}

/// a·b on all threads of the pool.
fn product(a: ArrayView2<f32>, b: ArrayView2<f32>) -> Array2<f32> {
    let ((m, k), n) = (a.dim(), b.ncols());
    assert_eq!(k, b.nrows(), "inner sides");
    let mut c = Array2::zeros((m, n));
    let strides = |s: &[isize]| (s[1], s[0]);
    let (c_cols, c_rows) = strides(c.strides());
    let (a_cols, a_rows) = strides(a.strides());
    let (b_cols, b_rows) = strides(b.strides());
    #[allow(unsafe_code, reason = "gemm takes pointers")]
    // SAFETY: the pointers, sizes and strides are those of three matrices of matching sizes, and
    // nothing else refers to the matrix that is written.
    unsafe {
        gemm(
            m,
            n,
            k,
            c.as_mut_ptr(),
            c_cols,
            c_rows,
            false,
            a.as_ptr(),
            a_cols,
            a_rows,
            b.as_ptr(),
            b_cols,
            b_rows,
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::Rayon(0),
        );
    }
    c
}
