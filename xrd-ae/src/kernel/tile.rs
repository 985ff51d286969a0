//! Products of small matrices in tiles that fit in the registers.
//!
//! Each number of a product is summed in the order of the inner index. The result therefore depends
//! neither on the tiles nor on the vector width.

use pulp::Simd;

use super::lanes::Lanes;

/// Left matrix, read number by number. Number k of row i is `rows[i][start + k]`, or
/// `rows[k][start + i]` if `TRANSPOSED`.
#[derive(Clone, Copy)]
pub(super) struct Left<'a, F, const TRANSPOSED: bool> {
    pub(super) rows: &'a [&'a [F]],
    pub(super) start: usize,
    /// Number of rows of the product.
    pub(super) count: usize,
}

/// Right matrix in row-major order, read vector by vector. It has as many rows as the left matrix
/// has columns.
#[derive(Clone, Copy)]
pub(super) struct Right<'a, V> {
    pub(super) vectors: &'a [V],
    /// Number of vectors per row.
    pub(super) width: usize,
}

/// Consumer of the numbers of a product.
///
/// This is a trait instead of a closure because vector code must be inlined, and a closure cannot
/// be marked for inlining.
pub(super) trait Finish<F: Lanes, S: Simd> {
    /// Takes vectors of the product; the first is vector `j` of row `i`.
    fn take<const WIDTH: usize>(
        &mut self,
        simd: S,
        i: usize,
        j: usize,
        sums: &[F::Vector<S>; WIDTH],
    );
}

/// Computes a·b and passes the result on vector by vector.
#[inline(always)]
pub(super) fn product<F: Lanes, S: Simd, const T: bool>(
    simd: S,
    a: Left<F, T>,
    b: Right<F::Vector<S>>,
    mut finish: impl Finish<F, S>,
) {
    // Wide tiles read memory in order. Short rows need tall tiles, so that the processor has eight
    // independent sums.
    let mut i = 0;
    match b.width {
        1 => {
            while i + 8 <= a.count {
                across::<F, S, 8, 1, T>(simd, a, b, i, &mut finish);
                i += 8;
            }
        }
        2 | 3 => {
            while i + 4 <= a.count {
                across::<F, S, 4, 2, T>(simd, a, b, i, &mut finish);
                i += 4;
            }
        }
        _ => {}
    }
    while i + 2 <= a.count {
        match S::REGISTER_COUNT {
            32.. => across::<F, S, 2, 8, T>(simd, a, b, i, &mut finish),
            _ => across::<F, S, 2, 4, T>(simd, a, b, i, &mut finish),
        }
        i += 2;
    }
    if i < a.count {
        across::<F, S, 1, 4, T>(simd, a, b, i, &mut finish);
    }
}

/// Computes `ROWS` rows from row `i` in tiles `WIDTH` vectors wide, then in tiles one vector wide.
#[inline(always)]
fn across<F: Lanes, S: Simd, const ROWS: usize, const WIDTH: usize, const T: bool>(
    simd: S,
    a: Left<F, T>,
    b: Right<F::Vector<S>>,
    i: usize,
    finish: &mut impl Finish<F, S>,
) {
    let mut j = 0;
    while j + WIDTH <= b.width {
        tile::<F, S, ROWS, WIDTH, T>(simd, a, b, (i, j), finish);
        j += WIDTH;
    }
    while j < b.width {
        tile::<F, S, ROWS, 1, T>(simd, a, b, (i, j), finish);
        j += 1;
    }
}

#[inline(always)]
fn tile<F: Lanes, S: Simd, const ROWS: usize, const WIDTH: usize, const T: bool>(
    simd: S,
    a: Left<F, T>,
    b: Right<F::Vector<S>>,
    (i, j): (usize, usize),
    finish: &mut impl Finish<F, S>,
) {
    let mut sums = [[F::splat(simd, F::zero()); WIDTH]; ROWS];
    let depth = b.vectors.len() / b.width;
    let mut rows: [&[F]; ROWS] = [&[]; ROWS];
    if !T {
        for (r, row) in rows.iter_mut().enumerate() {
            *row = &a.rows[i + r][a.start..][..depth];
        }
    }
    for (k, right) in (0..depth).zip(b.vectors.chunks_exact(b.width)) {
        let right = &right[j..][..WIDTH];
        let column = match T {
            true => &a.rows[k][a.start + i..][..ROWS],
            false => &[],
        };
        for (r, sums) in sums.iter_mut().enumerate() {
            let left = F::splat(simd, if T { column[r] } else { rows[r][k] });
            for (sum, &right) in sums.iter_mut().zip(right) {
                *sum = F::mul_add_lanes(simd, left, right, *sum);
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        finish.take(simd, i + r, j, sums);
    }
}

#[cfg(test)]
mod tests {
    use pulp::WithSimd;

    use super::*;
    use crate::kernel::Level;

    /// Product of test matrices. Its output has every number, and how often each vector was taken.
    struct Whole<const T: bool> {
        count: usize,
        depth: usize,
        /// Number of vectors per row of the right matrix.
        width: usize,
    }

    const START: usize = 3;

    fn left(i: usize, k: usize) -> f64 {
        (0.3 + i as f64 + 0.7 * k as f64).sin()
    }

    fn right(k: usize, j: usize) -> f64 {
        (0.1 + 1.9 * k as f64 + 0.4 * j as f64).cos()
    }

    impl<const T: bool> WithSimd for Whole<T> {
        type Output = (Vec<f64>, Vec<u8>);

        fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
            let Self {
                count,
                depth,
                width,
            } = self;
            let cols = width * (size_of::<S::f64s>() / size_of::<f64>());
            let (rows, length) = if T { (depth, count) } else { (count, depth) };
            let number = |r, at: usize| match at.checked_sub(START) {
                None => f64::NAN,
                Some(at) if T => left(at, r),
                Some(at) => left(r, at),
            };
            let row = |r| (0..START + length).map(|at| number(r, at)).collect();
            let rows: Vec<Vec<f64>> = (0..rows).map(row).collect();
            let rows: Vec<&[f64]> = rows.iter().map(|row| &row[..]).collect();
            let of_right: Vec<f64> = (0..depth * cols)
                .map(|n| right(n / cols, n % cols))
                .collect();
            let (mut numbers, mut taken) = (vec![f64::NAN; count * cols], vec![0; count * width]);
            let a = Left::<_, T> {
                rows: &rows,
                start: START,
                count,
            };
            let b = Right {
                vectors: f64::vectors::<S>(&of_right),
                width,
            };
            let take = Take {
                numbers: f64::vectors_mut::<S>(&mut numbers),
                taken: &mut taken,
                width,
            };
            product(simd, a, b, take);
            (numbers, taken)
        }
    }

    struct Take<'a, V> {
        numbers: &'a mut [V],
        taken: &'a mut [u8],
        width: usize,
    }

    impl<F: Lanes, S: Simd> Finish<F, S> for Take<'_, F::Vector<S>> {
        fn take<const WIDTH: usize>(
            &mut self,
            _: S,
            i: usize,
            j: usize,
            sums: &[F::Vector<S>; WIDTH],
        ) {
            let place = i * self.width + j;
            self.numbers[place..][..WIDTH].copy_from_slice(sums);
            self.taken[place..][..WIDTH]
                .iter_mut()
                .for_each(|n| *n += 1);
        }
    }

    fn holds<const T: bool>(level: Level, count: usize, depth: usize, width: usize) {
        let (numbers, taken) = level.run(Whole::<T> {
            count,
            depth,
            width,
        });
        assert!(taken.iter().all(|n| *n == 1), "{taken:?}");
        let cols = numbers.len() / count;
        let add = |sum: f64, (a, b): (f64, f64)| match level.fuses() {
            true => a.mul_add(b, sum),
            false => a * b + sum,
        };
        for (n, number) in numbers.iter().enumerate() {
            let (i, j) = (n / cols, n % cols);
            let sum = (0..depth).map(|k| (left(i, k), right(k, j)));
            assert_eq!(
                *number,
                sum.fold(0.0, add),
                "{level:?} {count} {depth} {width}"
            );
        }
    }

    /// Rows of 1 to 9 vectors cover all tile shapes.
    #[test]
    fn every_number_is_the_sum_in_order_and_handed_over_once() {
        for level in Level::available() {
            for (count, depth) in [(1, 2), (2, 1), (3, 3), (5, 2), (7, 4), (8, 1), (13, 2)] {
                for width in 1..=9 {
                    holds::<false>(level, count, depth, width);
                    holds::<true>(level, count, depth, width);
                }
            }
        }
    }
}
