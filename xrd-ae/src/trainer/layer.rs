use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::products::{Gradient, Next, OutputBatch, Products};
use crate::activation::Activation;
use crate::adam::AdamStep;
use crate::dense::Dense;
use crate::kernel::{Lanes, Padded, Parameters};

/// Rows of weights per task. The number is fixed, because the pieces determine the order of the
/// additions.
const PIECE: usize = 512;

/// Batch as one slice per pattern.
pub(crate) type Batch<'a, F> = &'a [&'a [F]];

/// Parameters with the moments of Adam.
pub(crate) struct Trained<F> {
    pub(crate) values: Padded<F>,
    /// Running mean of the gradients.
    pub(crate) first: Padded<F>,
    /// Running mean of the squared gradients.
    pub(crate) second: Padded<F>,
}

impl<F: Lanes> Trained<F> {
    fn new(values: Padded<F>) -> Self {
        let zeros = || Padded::zeros(values.rows(), values.cols());
        Self {
            first: zeros(),
            second: zeros(),
            values,
        }
    }

    /// Pieces of `len` numbers, including the padding.
    fn pieces(&mut self, len: usize) -> impl Iterator<Item = Parameters<'_, F>> {
        let values = self.values.all_mut().chunks_mut(len);
        let first = self.first.all_mut().chunks_mut(len);
        let second = self.second.all_mut().chunks_mut(len);
        let parameters = |((values, first), second)| Parameters {
            values,
            first,
            second,
        };
        values.zip(first).zip(second).map(parameters)
    }
}

/// Dense layer in training.
///
/// The longer side of the weight matrix is stored as rows: inputs if the layer narrows, outputs if
/// it widens. The rows of a wide layer are then short, and a training step can do all its work on a
/// row while the row is in the cache.
pub(crate) struct Layer<F> {
    pub(crate) weights: Trained<F>,
    /// One row.
    pub(crate) bias: Trained<F>,
    pub(crate) activation: Activation,
    widens: bool,
}

impl<F: Lanes> Layer<F> {
    pub(crate) fn new(layer: &Dense<F>) -> Self {
        let (inputs, outputs) = layer.weights.dim();
        let widens = outputs > inputs;
        let weights = match widens {
            true => Padded::from_fn(outputs, inputs, |o, i| layer.weights[[i, o]]),
            false => Padded::from_fn(inputs, outputs, |i, o| layer.weights[[i, o]]),
        };
        Self {
            weights: Trained::new(weights),
            bias: Trained::new(Padded::from_fn(1, outputs, |_, o| layer.bias[o])),
            activation: layer.activation,
            widens,
        }
    }

    pub(crate) fn to_dense(&self) -> Dense<F> {
        Dense {
            weights: self.as_inputs_outputs(&self.weights.values),
            bias: Array1::from(self.bias.values.row(0).to_vec()),
            activation: self.activation,
        }
    }

    /// Converts numbers from the order of the stored weights to [inputs, outputs].
    pub(crate) fn as_inputs_outputs(&self, numbers: &Padded<F>) -> Array2<F> {
        let shape = (numbers.rows(), numbers.cols());
        let rows = Array2::from_shape_fn(shape, |(i, j)| numbers.row(i)[j]);
        match self.widens {
            true => rows.reversed_axes().as_standard_layout().into_owned(),
            false => rows,
        }
    }

    pub(crate) fn widens(&self) -> bool {
        self.widens
    }

    /// Weighted sums x·W, [n, outputs].
    pub(crate) fn weighted(&self, products: Products, x: Batch<F>) -> Padded<F> {
        match self.widens {
            true => self.dots(products, x),
            false => self.sums(products, x),
        }
    }

    /// Replaces the weighted sums z by f(z + b).
    pub(crate) fn activate(&self, z: &mut Padded<F>) {
        let bias = self.bias.values.row(0);
        for n in 0..z.rows() {
            for (z, &b) in z.row_mut(n).iter_mut().zip(bias) {
                *z = self.activation.apply(*z + b);
            }
        }
    }

    /// Converts slopes at the outputs `y` to slopes at the weighted sums, by multiplying with f'.
    pub(crate) fn times_slopes(&self, y: &Padded<F>, slopes: &mut Padded<F>) {
        for (slope, &y) in slopes.all_mut().iter_mut().zip(y.all()) {
            *slope *= self.activation.slope(y);
        }
    }

    /// Slopes at the inputs, δ·Wᵀ, from the slopes δ at the weighted sums; [n, inputs].
    pub(crate) fn back(&self, products: Products, delta: &Padded<F>) -> Padded<F> {
        match self.widens {
            true => self.sums(products, &delta.row_slices()),
            false => self.dots(products, &delta.row_slices()),
        }
    }

    /// Σₖ x(n, k)·W(k) over the rows of W.
    fn sums(&self, products: Products, x: Batch<F>) -> Padded<F> {
        let weights = &self.weights.values;
        let shape = (x.len(), weights.cols());
        let pieces = weights.all().chunks(PIECE * weights.stride()).enumerate();
        let parts = spread(pieces.collect(), |(piece, weights)| {
            let mut sum = Padded::zeros(shape.0, shape.1);
            products.sums(x, (piece * PIECE, weights), &mut sum);
            sum
        });
        added(shape, parts)
    }

    /// x(n)·W(k) for every row of W, [n, rows].
    fn dots(&self, products: Products, x: Batch<F>) -> Padded<F> {
        let weights = &self.weights.values;
        let short = &transposed(x);
        let pieces = weights.all().chunks(PIECE * weights.stride());
        let parts = spread(pieces.collect(), |weights: &[F]| {
            let rows = weights.len() / self.weights.values.stride();
            let mut dots = Padded::zeros(rows, short.cols());
            products.dots(weights, short, &mut dots);
            dots
        });
        let mut whole = Padded::zeros(x.len(), weights.rows());
        for (piece, part) in parts.iter().enumerate() {
            for n in 0..x.len() {
                let row = &mut whole.row_mut(n)[piece * PIECE..];
                for (k, number) in row.iter_mut().take(part.rows()).enumerate() {
                    *number = part.row(k)[n];
                }
            }
        }
        whole
    }

    /// Updates weights and biases with Adam, given the input `x` and the slopes δ at the weighted
    /// sums.
    ///
    /// Returns the weighted sums of the `next` input with the new weights, or `None` for a layer
    /// that widens.
    pub(crate) fn update(
        &mut self,
        products: Products,
        adam: AdamStep<F>,
        (x, delta): (Batch<F>, &Padded<F>),
        next: Option<(Products, Batch<F>)>,
    ) -> Option<Padded<F>> {
        let next = next.filter(|_| !self.widens);
        let deltas = delta.row_slices();
        let input = self
            .widens
            .then(|| Padded::from_fn(x.len(), x[0].len(), |n, k| x[n][k]));
        let (c, short) = match &input {
            Some(input) => (deltas.as_slice(), input),
            None => (x, delta),
        };
        let gradient = Gradient { c, short };
        let width = self.weights.values.stride();
        let shape = next.map(|(_, next)| (next.len(), short.cols()));
        let pieces = self.weights.pieces(PIECE * width).enumerate();
        let parts = spread(pieces.collect(), |(piece, weights)| {
            let mut sums = shape.map(|(n, cols)| Padded::zeros(n, cols));
            let next = next.zip(sums.as_mut());
            let next = next.map(|((products, x), sums)| Next { products, x, sums });
            products.update(adam, gradient, (piece * PIECE, weights), next);
            sums
        });
        self.update_bias(products, adam, delta);
        shape.map(|shape| added(shape, parts.into_iter().flatten().collect()))
    }

    fn update_bias(&mut self, products: Products, adam: AdamStep<F>, delta: &Padded<F>) {
        let mut gradient = Padded::zeros(1, delta.cols());
        for n in 0..delta.rows() {
            for (sum, &d) in gradient.row_mut(0).iter_mut().zip(delta.row(n)) {
                *sum += d;
            }
        }
        let whole = self.bias.values.stride();
        for parameters in self.bias.pieces(whole) {
            products.step(adam, gradient.all(), parameters);
        }
    }

    /// Updates a linear output layer that widens: output, error, gradient, Adam, and the slopes
    /// δ·Wᵀ with the old weights. The slope at the output is `factor` · (output − target).
    ///
    /// Returns Σ(output − target)² and the slopes at the inputs, [n, inputs].
    pub(crate) fn update_output(
        &mut self,
        products: Products,
        adam: AdamStep<F>,
        input: &Padded<F>,
        (targets, factor): (Batch<F>, F),
    ) -> (f64, Padded<F>) {
        let shape = (input.rows(), input.cols());
        let batch = &OutputBatch {
            input,
            transposed: input.transposed(),
            targets,
            factor,
        };
        let width = self.weights.values.stride();
        let weights = self.weights.pieces(PIECE * width);
        let pieces = weights.zip(self.bias.pieces(PIECE)).enumerate();
        let parts = spread(pieces.collect(), |(piece, (weights, bias))| {
            let mut before = Padded::zeros(shape.0, shape.1);
            let piece = (piece * PIECE, weights, bias);
            let squares = products.update_output(adam, batch, piece, &mut before);
            (squares, before)
        });
        let (squares, parts): (Vec<f64>, Vec<_>) = parts.into_iter().unzip();
        (squares.iter().sum(), added(shape, parts))
    }

    pub(crate) fn is_finite(&self) -> bool {
        let parameters = [&self.weights.values, &self.bias.values];
        parameters
            .iter()
            .all(|p| p.all().iter().all(|w| w.is_finite()))
    }
}

fn transposed<F: Lanes>(x: Batch<F>) -> Padded<F> {
    Padded::from_fn(x[0].len(), x.len(), |k, n| x[n][k])
}

/// Sum of the parts, added in their order.
fn added<F: Lanes>((rows, cols): (usize, usize), parts: Vec<Padded<F>>) -> Padded<F> {
    let mut parts = parts.into_iter();
    let mut sum = parts.next().unwrap_or_else(|| Padded::zeros(rows, cols));
    for part in parts {
        for (sum, &part) in sum.all_mut().iter_mut().zip(part.all()) {
            *sum += part;
        }
    }
    sum
}

/// Runs `work` on every piece, on the threads of the pool. A single piece stays on the calling
/// thread, because waking another thread would take longer.
fn spread<P: Send, R: Send>(pieces: Vec<P>, work: impl Fn(P) -> R + Send + Sync) -> Vec<R> {
    match pieces.len() {
        0 | 1 => pieces.into_iter().map(work).collect(),
        _ => pieces.into_par_iter().map(work).collect(),
    }
}
