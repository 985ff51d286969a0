//! Matrix products by ndarray. No other module calls the matrix product of ndarray.
//!
//! Training on small batches uses the kernels of this crate instead; the choice is made in
//! `trainer::products`.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use crate::real::Real;

/// Length of the pieces into which a wide axis is cut, one piece per task. The length is fixed,
/// because the pieces determine the order of the additions.
pub(crate) const PIECE: usize = 1024;

/// Product a·b on the threads of the pool. The result does not depend on the number of threads.
///
/// A long k is cut into fixed pieces, whose products are added in order. A long m is cut into
/// independent pieces.
///
/// # Shapes
/// `a` is [n, k], `b` is [k, m], and the product is [n, m] in row-major order.
///
/// Cost: O(n·k·m).
pub(crate) fn product<F: Real>(a: ArrayView2<F>, b: ArrayView2<F>) -> Array2<F> {
    let mut whole = Array2::zeros((a.nrows(), b.ncols()));
    if a.ncols() > PIECE {
        add_pieces(a, b, &mut whole);
    } else if b.ncols() > PIECE {
        side_by_side(a, b, &mut whole);
    } else {
        multiply(a, b, whole.view_mut());
    }
    whole
}

fn add_pieces<F: Real>(a: ArrayView2<F>, b: ArrayView2<F>, sum: &mut Array2<F>) {
    let pieces: Vec<_> = a
        .axis_chunks_iter(Axis(1), PIECE)
        .zip(b.axis_chunks_iter(Axis(0), PIECE))
        .collect();
    let part = |(a, b): (ArrayView2<F>, ArrayView2<F>)| {
        let mut part = Array2::zeros((a.nrows(), b.ncols()));
        multiply(a, b, part.view_mut());
        part
    };
    let parts: Vec<Array2<F>> = pieces.into_par_iter().map(part).collect();
    for part in parts {
        *sum += &part;
    }
}

fn side_by_side<F: Real>(a: ArrayView2<F>, b: ArrayView2<F>, whole: &mut Array2<F>) {
    let pieces: Vec<_> = whole
        .axis_chunks_iter_mut(Axis(1), PIECE)
        .zip(b.axis_chunks_iter(Axis(1), PIECE))
        .collect();
    pieces
        .into_par_iter()
        .for_each(|(part, b)| multiply(a, b, part));
}

/// Computes c = a·b on one thread.
///
/// # Panics
/// Panics if the shapes do not match.
pub(crate) fn multiply<F: Real>(a: ArrayView2<F>, b: ArrayView2<F>, mut c: ArrayViewMut2<F>) {
    general_mat_mul(F::one(), &a, &b, F::zero(), &mut c);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin;
    use proptest::prelude::*;

    fn wave(rows: usize, cols: usize, phase: f64) -> Array2<f64> {
        Array2::from_shape_fn((rows, cols), |(i, j)| {
            (phase + 0.37 * i as f64 + 1.13 * j as f64).sin()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn pieces_make_the_whole(n in 1..4usize, k in 1..2600usize, m in 1..4usize, wide: bool) {
            let (k, m) = if wide { (m, k) } else { (k, m) };
            let (a, b) = (wave(n, k, 0.1), wave(k, m, 0.7));
            let pieces = product(a.view(), b.view());
            let transposed = product(a.view(), b.t().as_standard_layout().t());
            let naive = twin::product(&a, &b);
            prop_assert!((&pieces - &naive).iter().all(|d| d.abs() < 1e-10));
            prop_assert!((&transposed - &naive).iter().all(|d| d.abs() < 1e-10));
        }
    }
}
