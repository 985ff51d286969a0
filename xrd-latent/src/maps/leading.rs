//! First principal components of many vectors, by subspace iteration.

use nalgebra::DMatrix;

use super::PrincipalComponents;
use crate::error::{Result, check_values, same_length};

/// Additional directions of the subspace.
const ADDITIONAL: usize = 15;

/// Number of iterations. The error of a direction falls with the power 2·6 of the ratio of the
/// variances.
const ITERATIONS: usize = 6;

/// Number of vectors up to which all components are computed.
const EXACT: usize = 120;

impl PrincipalComponents {
    /// Computes the first principal components of n vectors from their scalar products, without
    /// computing all n components.
    ///
    /// The arguments and the result are those of [`of_products`](Self::of_products). A component is
    /// accurate if its variance is well above that of component `most` + 15. Up to 120 vectors, all
    /// components are computed and the result is exact. The field [`total`](Self::total) is the sum of
    /// the diagonal of the products.
    ///
    /// Cost: O(n²·most).
    ///
    /// # Errors
    /// Returns the same errors as [`of_products`](Self::of_products).
    ///
    /// # References
    /// N. Halko, P. G. Martinsson, J. A. Tropp, SIAM Rev. 53, 217 (2011), algorithm 4.4,
    /// doi:10.1137/090771806.
    pub fn leading_of_products(products: &[f64], n: usize, most: usize) -> Result<Self> {
        let size = most + ADDITIONAL;
        if n <= EXACT.max(size) {
            return Self::of_products(products, n, most);
        }
        same_length("products", products.len(), n * n)?;
        check_values("product", products)?;
        let matrix = DMatrix::from_row_slice(n, n, products);
        let space = subspace(&matrix, size);
        let small = space.transpose() * &matrix * &space;
        let found = Self::of_products(small.as_slice(), size, most)?;
        let full = |v: &Vec<f64>| -> Vec<f64> {
            let column = DMatrix::from_column_slice(size, 1, v);
            super::principal::pointed((&space * column).as_slice().to_vec())
        };
        Ok(Self {
            vectors: found.vectors.iter().map(full).collect(),
            variances: found.variances,
            total: matrix.diagonal().sum(),
        })
    }
}

/// Returns an orthonormal basis of a space that nearly contains the first eigenvectors.
fn subspace(matrix: &DMatrix<f64>, size: usize) -> DMatrix<f64> {
    let mut state = 0;
    let random = DMatrix::from_fn(matrix.nrows(), size, |_, _| next(&mut state));
    (0..ITERATIONS).fold((matrix * random).qr().q(), |space, _| {
        (matrix * space).qr().q()
    })
}

/// Next number from −1 to 1 of a fixed sequence (SplitMix64: G. L. Steele, D. Lea, C. H. Flood,
/// OOPSLA 2014, doi:10.1145/2660193.2660195).
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    (z >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Products of vectors whose variances fall by a factor from one direction to the next.
    fn products(n: usize, directions: usize) -> Vec<f64> {
        let mut state = 7;
        let falling = |k: usize| 0.8f64.powi(k as i32);
        let rows = DMatrix::from_fn(n, directions, |_, k| falling(k) * next(&mut state));
        let mean = rows.row_mean();
        let centred = DMatrix::from_fn(n, directions, |i, k| rows[(i, k)] - mean[k]);
        (&centred * centred.transpose()).as_slice().to_vec()
    }

    #[test]
    fn the_first_of_many_components_are_those_of_all() {
        let (n, most) = (150, 12);
        let products = products(n, 60);
        let exact = PrincipalComponents::of_products(&products, n, most).unwrap();
        let found = PrincipalComponents::leading_of_products(&products, n, most).unwrap();
        assert_eq!(found.variances.len(), most);
        assert!((found.total / exact.total - 1.0).abs() < 1e-9);
        for c in 0..most {
            assert!((found.variances[c] / exact.variances[c] - 1.0).abs() < 1e-6);
            let dot: f64 = (0..n)
                .map(|i| found.vectors[c][i] * exact.vectors[c][i])
                .sum();
            assert!((dot - 1.0).abs() < 1e-6, "{c}: {dot}");
        }
    }

    #[test]
    fn vectors_on_a_line_have_one_component() {
        let n = 200;
        let place = |i: usize| i as f64 - 99.5;
        let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        let products: Vec<f64> = pairs.map(|(i, j)| place(i) * place(j)).collect();
        let found = PrincipalComponents::leading_of_products(&products, n, 5).unwrap();
        assert_eq!(found.variances.len(), 1);
        assert!((found.explained() - 1.0).abs() < 1e-9);
        let zero = PrincipalComponents::leading_of_products(&vec![0.0; n * n], n, 5).unwrap();
        assert_eq!((zero.variances.len(), zero.explained()), (0, 1.0));
    }

    #[test]
    fn wrong_products_are_refused() {
        let leading = PrincipalComponents::leading_of_products;
        assert!(leading(&[1.0; 3], 200, 5).is_err());
        assert!(leading(&vec![f64::NAN; 200 * 200], 200, 5).is_err());
    }
}
