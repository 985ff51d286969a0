use num_traits::Zero;

/// Rows are padded to a multiple of this length, the number of `f32` in the widest vector.
pub(crate) const PAD: usize = 16;

/// Alignment of the first number in bytes, so that no vector crosses a cache line.
const ALIGNMENT: usize = 64;

/// Matrix with rows padded with zeros to whole vectors.
#[derive(Clone, Debug)]
pub(crate) struct Padded<F> {
    numbers: Vec<F>,
    start: usize,
    rows: usize,
    cols: usize,
}

impl<F: Copy + Zero> Padded<F> {
    pub(crate) fn zeros(rows: usize, cols: usize) -> Self {
        let slack = ALIGNMENT / size_of::<F>();
        let numbers = vec![F::zero(); rows * cols.next_multiple_of(PAD) + slack];
        // If the offset is unknown, vectors may cross cache lines; the results are the same.
        let start = numbers.as_ptr().align_offset(ALIGNMENT).min(slack);
        Self {
            numbers,
            start,
            rows,
            cols,
        }
    }

    pub(crate) fn from_fn(rows: usize, cols: usize, at: impl Fn(usize, usize) -> F) -> Self {
        let mut whole = Self::zeros(rows, cols);
        for i in 0..rows {
            for (j, number) in whole.row_mut(i).iter_mut().enumerate() {
                *number = at(i, j);
            }
        }
        whole
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn cols(&self) -> usize {
        self.cols
    }

    /// Length of a row including its padding.
    pub(crate) fn stride(&self) -> usize {
        self.cols.next_multiple_of(PAD)
    }

    /// All rows, including their padding.
    pub(crate) fn all(&self) -> &[F] {
        &self.numbers[self.start..][..self.rows * self.stride()]
    }

    pub(crate) fn all_mut(&mut self) -> &mut [F] {
        let len = self.rows * self.stride();
        &mut self.numbers[self.start..][..len]
    }

    /// Row without its padding.
    pub(crate) fn row(&self, i: usize) -> &[F] {
        &self.all()[i * self.stride()..][..self.cols]
    }

    pub(crate) fn row_mut(&mut self, i: usize) -> &mut [F] {
        let (stride, cols) = (self.stride(), self.cols);
        &mut self.all_mut()[i * stride..][..cols]
    }

    pub(crate) fn row_slices(&self) -> Vec<&[F]> {
        (0..self.rows).map(|i| self.row(i)).collect()
    }

    pub(crate) fn transposed(&self) -> Self {
        Self::from_fn(self.cols, self.rows, |i, j| self.row(j)[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_begin_at_lines_of_the_cache_and_end_in_zeros() {
        for (rows, cols) in [(1, 1), (3, 16), (5, 17), (2, 40)] {
            let made = Padded::from_fn(rows, cols, |i, j| (1 + i * cols + j) as f64);
            assert_eq!(made.all().as_ptr().align_offset(ALIGNMENT), 0);
            let most = rows * made.stride() + ALIGNMENT / size_of::<f64>();
            assert!(
                made.numbers.len() <= most,
                "no more than a line is spent on it"
            );
            for (i, row) in made.all().chunks(made.stride()).enumerate() {
                assert_eq!(&row[..cols], made.row(i));
                assert!(row[cols..].iter().all(|number| *number == 0.0));
            }
        }
    }
}
