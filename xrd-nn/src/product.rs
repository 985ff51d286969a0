//! Matrix products on one thread, by the kernels of the crates `gemm-f32` and `gemm-f64`. This is the only
//! module with unsafe code, apart from the call that it makes in `real`.

use crate::Real;
use crate::real::sealed::Product;

/// View of a slice as a matrix. Rows may overlap, as in the windows of a convolution.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, T> {
    data: &'a [T],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// Row-major matrix.
    pub(crate) fn new(data: &'a [T], rows: usize, cols: usize) -> Self {
        Self::strided(data, rows, cols, cols)
    }

    /// Matrix whose rows begin every `row_stride` elements.
    ///
    /// # Panics
    /// Panics if an element is outside the slice, which is a fault of this crate.
    pub(crate) fn strided(data: &'a [T], rows: usize, cols: usize, row_stride: usize) -> Self {
        let empty = rows == 0 || cols == 0;
        assert!(empty || (rows - 1) * row_stride + cols <= data.len());
        Self {
            data,
            rows,
            cols,
            row_stride,
            col_stride: 1,
        }
    }

    /// Transpose.
    pub(crate) fn t(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }
}

/// Computes c = a·b, or c += a·b if `add`.
///
/// # Shapes
/// `a` is [m, k], `b` is [k, n], `c` is [m, n] in row-major order.
///
/// # Panics
/// Panics if the shapes do not match, which is a fault of this crate.
pub(crate) fn multiply<T: Real>(a: Matrix<T>, b: Matrix<T>, add: bool, c: &mut [T]) {
    assert_eq!(a.cols, b.rows);
    assert_eq!(a.rows * b.cols, c.len());
    if c.is_empty() {
        return;
    }
    // The kernels prefer a column-major result, so the transposed product is computed.
    let product = Product {
        m: b.cols,
        n: a.rows,
        k: a.cols,
        c: c.as_mut_ptr(),
        c_cs: b.cols as isize,
        add,
        a: b.data.as_ptr(),
        a_cs: b.row_stride as isize,
        a_rs: b.col_stride as isize,
        b: a.data.as_ptr(),
        b_cs: a.row_stride as isize,
        b_rs: a.col_stride as isize,
    };
    // SAFETY: the constructors of Matrix check that all elements are inside their slices, and a transpose has
    // the same elements. The length of c is that of the product, and c is borrowed mutably, so it overlaps
    // neither a nor b.
    #[allow(unsafe_code, reason = "the kernels take pointers")]
    unsafe {
        T::multiply(product);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wave(len: usize, phase: f64) -> Vec<f64> {
        (0..len).map(|i| (phase + 0.7 * i as f64).sin()).collect()
    }

    proptest! {
        #[test]
        fn equals_the_sums(m in 1..40usize, k in 1..40usize, n in 1..40usize, stride in 1..50usize,
                           add: bool, at: bool, bt: bool) {
            let a = wave(40 * 50 + 40, 0.1);
            let b = wave(k * n, 0.3);
            let (ma, element): (_, Box<dyn Fn(usize, usize) -> f64>) = if at {
                (Matrix::strided(&a, k, m, stride).t(), Box::new(|i, l| a[l * stride + i]))
            } else {
                (Matrix::strided(&a, m, k, stride), Box::new(|i, l| a[i * stride + l]))
            };
            let mb = if bt { Matrix::new(&b, n, k).t() } else { Matrix::new(&b, k, n) };
            let before = wave(m * n, 0.9);
            let mut c = before.clone();
            multiply(ma, mb, add, &mut c);
            for i in 0..m {
                for j in 0..n {
                    let other = |l: usize| if bt { b[j * k + l] } else { b[l * n + j] };
                    let sum: f64 = (0..k).map(|l| element(i, l) * other(l)).sum();
                    let start = if add { before[i * n + j] } else { 0.0 };
                    prop_assert!((c[i * n + j] - start - sum).abs() < 1e-12);
                }
            }
        }
    }
}
