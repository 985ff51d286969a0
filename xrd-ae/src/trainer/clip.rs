use ndarray::{Array2, ArrayView2, ShapeBuilder};

use super::layer::Batch;
use crate::kernel::{Lanes, Padded};
use crate::product::multiply;

/// Clips the gradient: scales the slopes δ of all layers so that the norm of the gradient over all
/// weights and biases is at most `limit` (Pascanu et al. 2013, algorithm 1).
///
/// The gradient xᵀδ itself is not computed. Its norm follows from
/// |xᵀδ|² = Σₙₘ (xₙ·xₘ)(δₙ·δₘ), where a bias counts as an input of 1.
///
/// `outputs` and `deltas` belong to each layer; `x` is the input of the first layer. `head` is the
/// input of the label head with its slopes δ.
pub(crate) fn clip<F: Lanes>(
    x: Batch<F>,
    outputs: &[Padded<F>],
    (deltas, mut head): (&mut [Padded<F>], Option<(&Padded<F>, &mut Padded<F>)>),
    limit: f64,
) {
    let mut inputs = Padded::from_fn(x.len(), x[0].len(), |n, k| x[n][k]);
    let mut square = 0.0;
    for (delta, output) in deltas.iter().zip(outputs) {
        square += gradient_square(&inputs, delta);
        inputs = Padded::from_fn(output.rows(), output.cols(), |n, k| output.row(n)[k]);
    }
    if let Some((points, delta)) = &head {
        square += gradient_square(points, delta);
    }
    let norm = square.max(0.0).sqrt();
    if norm > limit {
        let factor = F::of(limit / norm);
        let head = head.as_mut().map(|(_, delta)| &mut **delta);
        for delta in deltas.iter_mut().chain(head) {
            delta.all_mut().iter_mut().for_each(|d| *d *= factor);
        }
    }
}

/// |xᵀδ|² of a layer with the input x, biases included.
fn gradient_square<F: Lanes>(x: &Padded<F>, delta: &Padded<F>) -> f64 {
    let (x, d) = (gram(x), gram(delta));
    x.iter().zip(&d).map(|(x, d)| (x + 1.0) * d).sum()
}

/// Gram matrix: the scalar products of all pairs of rows, [n, n].
fn gram<F: Lanes>(rows: &Padded<F>) -> Array2<f64> {
    let shape = (rows.rows(), rows.cols()).strides((rows.stride(), 1));
    let rows = ArrayView2::from_shape(shape, rows.all()).expect("rows are padded");
    let mut products = Array2::zeros((rows.nrows(), rows.nrows()));
    multiply(rows, rows.t(), products.view_mut());
    products.mapv(F::wide)
}
