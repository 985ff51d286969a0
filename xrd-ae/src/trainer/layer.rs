use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::large;
use crate::activation::Activation;
use crate::adam::AdamStep;
use crate::dense::Dense;
use crate::kernel::{
    Dots, Lanes, Level, OutputError, Padded, Parameters, Pass, Source, Step, Sums,
};

/// Rows of weights that one task takes. Fixed, because the pieces decide the order of additions.
const PIECE: usize = 512;

/// A batch, pattern by pattern.
pub(crate) type Batch<'a, F> = &'a [&'a [F]];

/// Parameters and their moments.
pub(crate) struct Trained<F> {
    pub(crate) values: Padded<F>,
    /// Running mean of the gradient.
    pub(crate) first: Padded<F>,
    /// Running mean of its square.
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

    /// Cut into pieces of `len` numbers, padding included.
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

/// A dense layer in training.
///
/// Its weights are stored with the longer of its two sides as rows, so that all that happens to
/// a row of a wide layer can happen while the row is near: rows are inputs where the layer
/// narrows, outputs where it widens.
pub(crate) struct Layer<F> {
    pub(crate) weights: Trained<F>,
    /// Of one row.
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

    /// Numbers stored as the weights are, as [inputs, outputs].
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

    /// The weighted sums x·W, [n, outputs].
    pub(crate) fn weighted(&self, level: Level, x: Batch<F>) -> Padded<F> {
        match self.widens {
            true => self.dots(level, x),
            false => self.sums(level, x),
        }
    }

    /// f(z + b) in place of z.
    pub(crate) fn activate(&self, z: &mut Padded<F>) {
        let bias = self.bias.values.row(0);
        for n in 0..z.rows() {
            for (z, &b) in z.row_mut(n).iter_mut().zip(bias) {
                *z = self.activation.apply(*z + b);
            }
        }
    }

    /// Multiplies the slopes at the outputs `y` with f', which makes them those at the sums.
    pub(crate) fn times_slopes(&self, y: &Padded<F>, slopes: &mut Padded<F>) {
        for (slope, &y) in slopes.all_mut().iter_mut().zip(y.all()) {
            *slope *= self.activation.slope(y);
        }
    }

    /// δ·Wᵀ: what of the slopes at the weighted sums reaches the inputs, [n, inputs].
    pub(crate) fn back(&self, level: Level, delta: &Padded<F>) -> Padded<F> {
        match self.widens {
            true => self.sums(level, &delta.row_slices()),
            false => self.dots(level, &delta.row_slices()),
        }
    }

    /// Σₖ x(n, k)·W(k) over the rows of W.
    fn sums(&self, level: Level, x: Batch<F>) -> Padded<F> {
        let weights = &self.weights.values;
        let shape = (x.len(), weights.cols());
        let pieces = weights.all().chunks(PIECE * weights.stride()).enumerate();
        let parts = spread(pieces.collect(), |(piece, weights)| {
            sums_of_piece(level, x, weights, piece * PIECE, shape)
        });
        added(shape, parts)
    }

    /// x(n)·W(k) for every row of W, [n, rows].
    fn dots(&self, level: Level, x: Batch<F>) -> Padded<F> {
        let weights = &self.weights.values;
        let short = &transposed(x);
        let pieces = weights.all().chunks(PIECE * weights.stride());
        let parts = spread(pieces.collect(), |weights: &[F]| {
            let rows = weights.len() / self.weights.values.stride();
            let mut dots = Padded::zeros(rows, short.cols());
            match large::is_large(x) {
                true => large::dots(weights, short, &mut dots),
                false => level.run(Dots {
                    weights,
                    short,
                    dots: &mut dots,
                }),
            }
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

    /// Adam on weights and biases, given the input and the slopes δ at the weighted sums.
    ///
    /// Returns the weighted sums of the `next` input with the new weights, made in the same pass;
    /// a layer that widens leaves them out.
    pub(crate) fn update(
        &mut self,
        level: Level,
        adam: AdamStep<F>,
        x: Batch<F>,
        delta: &Padded<F>,
        next: Option<Batch<F>>,
    ) -> Option<Padded<F>> {
        let next = next.filter(|_| !self.widens);
        let deltas = delta.row_slices();
        let input = self
            .widens
            .then(|| Padded::from_fn(x.len(), x[0].len(), |n, k| x[n][k]));
        let (given, short) = match &input {
            Some(input) => (deltas.as_slice(), input),
            None => (x, delta),
        };
        let width = self.weights.values.stride();
        let shape = next.map(|next| (next.len(), short.cols()));
        let pieces = self.weights.pieces(PIECE * width).enumerate();
        let parts = spread(pieces.collect(), |(piece, mut weights)| {
            let start = piece * PIECE;
            let apart = next.filter(|next| large::is_large(x) || large::is_large(next));
            let mut after = shape.map(|(n, cols)| Padded::zeros(n, cols));
            match large::is_large(x) {
                true => {
                    let c = large::columns(given, start, weights.values.len() / width);
                    large::update(level, adam, c.view(), short, weights.reborrowed());
                }
                false => {
                    level.run(Pass {
                        adam,
                        weights: weights.reborrowed(),
                        start,
                        source: Source::Given(given),
                        short,
                        before: None,
                        after: next.filter(|_| apart.is_none()).zip(after.as_mut()),
                    });
                }
            }
            match apart.zip(shape) {
                Some((next, shape)) => {
                    Some(sums_of_piece(level, next, weights.values, start, shape))
                }
                None => after,
            }
        });
        self.update_bias(level, adam, delta);
        shape.map(|shape| added(shape, parts.into_iter().flatten().collect()))
    }

    fn update_bias(&mut self, level: Level, adam: AdamStep<F>, delta: &Padded<F>) {
        let mut gradient = Padded::zeros(1, delta.cols());
        for n in 0..delta.rows() {
            for (sum, &d) in gradient.row_mut(0).iter_mut().zip(delta.row(n)) {
                *sum += d;
            }
        }
        let whole = self.bias.values.stride();
        for parameters in self.bias.pieces(whole) {
            let gradients = gradient.all();
            level.run(Step {
                adam,
                gradients,
                parameters,
            });
        }
    }

    /// For a linear output layer that widens: its output, the error, the gradient, Adam and the
    /// slopes passed back, δ·Wᵀ with the old weights, in one pass. The slope at the output is
    /// `factor` · (output − target).
    ///
    /// Returns Σ(output − target)² and the slopes, [n, inputs].
    pub(crate) fn update_output(
        &mut self,
        level: Level,
        adam: AdamStep<F>,
        input: &Padded<F>,
        targets: Batch<F>,
        factor: F,
    ) -> (f64, Padded<F>) {
        let shape = (input.rows(), input.cols());
        let transposed = &input.transposed();
        let width = self.weights.values.stride();
        let weights = self.weights.pieces(PIECE * width);
        let pieces = weights.zip(self.bias.pieces(PIECE)).enumerate();
        let parts = spread(pieces.collect(), |(piece, (weights, bias))| {
            let start = piece * PIECE;
            let mut before = Padded::zeros(shape.0, shape.1);
            if large::is_large(targets) {
                let batch = (input, targets, factor);
                let piece = (start, weights, bias);
                let squares = large::update_output(level, adam, batch, piece, &mut before);
                return (squares, before);
            }
            let error = OutputError::new(targets, transposed, factor, (start, bias));
            let squares = level.run(Pass {
                adam,
                weights,
                start,
                source: Source::Error(error),
                short: input,
                before: Some(&mut before),
                after: None,
            });
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

/// x·W over a piece of a layer from row `start`, of this shape.
fn sums_of_piece<F: Lanes>(
    level: Level,
    x: Batch<F>,
    weights: &[F],
    start: usize,
    (n, width): (usize, usize),
) -> Padded<F> {
    let mut sum = Padded::zeros(n, width);
    match large::is_large(x) {
        true => large::sums(x, weights, start, &mut sum),
        false => level.run(Sums {
            x,
            weights,
            start,
            sum: &mut sum,
        }),
    }
    sum
}

fn transposed<F: Lanes>(x: Batch<F>) -> Padded<F> {
    Padded::from_fn(x[0].len(), x.len(), |k, n| x[n][k])
}

/// The sum of the parts, added in their order.
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

/// The work on every piece, on all threads of the pool; small layers are not worth waking one.
fn spread<P: Send, R: Send>(pieces: Vec<P>, work: impl Fn(P) -> R + Send + Sync) -> Vec<R> {
    match pieces.len() {
        0 | 1 => pieces.into_iter().map(work).collect(),
        _ => pieces.into_par_iter().map(work).collect(),
    }
}
