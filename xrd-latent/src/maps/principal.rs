use xrd_core::PatternSet;

use super::eigen::symmetric;
use crate::error::{Result, check_values, same_length};

/// Principal components (PCA) of patterns or other vectors.
///
/// The components are computed from the matrix of the scalar products of the patterns. This matrix
/// is smaller than the covariance matrix if there are fewer patterns than angles. Both matrices
/// have the same positive eigenvalues, apart from a constant factor. The crate `nalgebra` computes
/// the eigenvalues and eigenvectors.
///
/// # References
/// K. Pearson, "On lines and planes of closest fit", Phil. Mag. 2, 559 (1901). The use of scalar
/// products is described in I. T. Jolliffe, Principal Component Analysis, Springer (2002), section
/// 3.5.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PrincipalComponents {
    /// One number per component: the sum of the squared coordinates of all patterns along this
    /// component.
    ///
    /// This sum is the variance times the number of patterns. The sums are positive and in
    /// descending order.
    pub variances: Vec<f64>,
    /// One unit vector per component, with one entry per pattern.
    ///
    /// Each entry is proportional to the coordinate of its pattern along the component; see
    /// [`points`](PrincipalComponents::points). The sign of each vector is chosen so that the
    /// entry with the largest absolute value is positive. If several entries have this absolute
    /// value, the first of these entries is positive.
    pub vectors: Vec<Vec<f64>>,
    /// Sum of the squared coordinates of all patterns along all components, including the
    /// components that were not kept.
    pub total: f64,
}

/// Smallest variance that is not a rounding error, as a fraction of the variance of the first
/// component.
const NEGLIGIBLE: f64 = 1e-12;

impl PrincipalComponents {
    /// Computes the first principal components of n vectors from their scalar products.
    ///
    /// The mean of the n vectors must be zero. The argument `products` is the n × n matrix of the
    /// scalar products, row by row. The argument `most` is the largest number of components.
    /// Components with a variance below 1e-12 of the largest variance are not kept.
    ///
    /// Cost: O(n³).
    ///
    /// # Errors
    /// - [`Error::Length`](crate::Error::Length) if the number of products is not n².
    /// - [`Error::Value`](crate::Error::Value) for a product that is not finite or has an absolute
    ///   value above 1e100.
    pub fn of_products(products: &[f64], n: usize, most: usize) -> Result<Self> {
        same_length("products", products.len(), n * n)?;
        check_values("product", products)?;
        let (values, vectors) = symmetric(products, n);
        let least = NEGLIGIBLE * values.first().copied().unwrap_or(0.0);
        let kept = values.iter().take_while(|v| **v > least.max(0.0)).count();
        let kept = kept.min(most);
        Ok(Self {
            total: values.iter().filter(|v| **v > 0.0).sum(),
            variances: values[..kept].to_vec(),
            vectors: vectors.into_iter().take(kept).map(pointed).collect(),
        })
    }

    /// Computes the first principal components of patterns.
    ///
    /// The mean pattern is subtracted first. The argument `most` is the largest number of
    /// components. Components with a variance below 1e-12 of the largest variance are not kept.
    ///
    /// Cost: O(n²·m + n³) for n patterns with m angles.
    ///
    /// # Errors
    /// Returns the same errors as [`of_products`](Self::of_products).
    ///
    /// # Example
    /// ```
    /// use xrd_core::{PatternSet, TwoThetaGrid};
    /// use xrd_latent::maps::PrincipalComponents;
    ///
    /// let grid = TwoThetaGrid::new(10.0, 0.1, 2)?;
    /// let set = PatternSet::unnamed(grid, vec![0.0, 0.0, 3.0, 4.0, 6.0, 8.0])?;
    /// let found = PrincipalComponents::of_patterns(&set, 2)?;
    /// assert_eq!(found.variances.len(), 1); // the patterns lie on a line
    /// assert!((found.explained() - 1.0).abs() < 1e-12);
    /// let points = found.points(2);
    /// assert!(((points[2][0] - points[0][0]).abs() - 10.0).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_patterns(set: &PatternSet, most: usize) -> Result<Self> {
        let (n, angles) = (set.len(), set.grid().len());
        let mut mean = vec![0.0; angles];
        for i in 0..n {
            let sums = mean.iter_mut().zip(set.intensities(i));
            sums.for_each(|(sum, v)| *sum += f64::from(*v) / n as f64);
        }
        let centred = |i: usize| -> Vec<f64> {
            let pairs = set.intensities(i).iter().zip(&mean);
            pairs.map(|(v, m)| f64::from(*v) - m).collect()
        };
        let rows: Vec<Vec<f64>> = (0..n).map(centred).collect();
        let mut products = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let product: f64 = rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum();
                products[i * n + j] = product;
                products[j * n + i] = product;
            }
        }
        Self::of_products(&products, n, most)
    }

    /// Computes one point per pattern. The argument `dimensions` is the number of coordinates of
    /// each point. Coordinate k is the coordinate along component k.
    ///
    /// If the number of components is smaller than `dimensions`, the remaining coordinates are 0.
    /// If there are no components, the result is empty. This is the case if all patterns are
    /// equal, for example.
    pub fn points(&self, dimensions: usize) -> Vec<Vec<f64>> {
        let n = self.vectors.first().map_or(0, Vec::len);
        let coordinate = |i: usize, c: usize| match self.vectors.get(c) {
            Some(vector) => vector[i] * self.variances[c].sqrt(),
            None => 0.0,
        };
        (0..n)
            .map(|i| (0..dimensions).map(|c| coordinate(i, c)).collect())
            .collect()
    }

    /// Explained variance, as a fraction from 0 to 1: the sum of [`variances`](Self::variances)
    /// divided by [`total`](Self::total). The result is 1 if the total is 0.
    pub fn explained(&self) -> f64 {
        if self.total > 0.0 {
            self.variances.iter().sum::<f64>() / self.total
        } else {
            1.0
        }
    }
}

/// Returns the vector or its negative. The first entry with the largest absolute value is positive
/// in the result.
pub(crate) fn pointed(vector: Vec<f64>) -> Vec<f64> {
    let greatest = vector.iter().fold(0.0, |l: f64, v| l.max(v.abs()));
    // Entries whose sizes differ by rounding count as equal.
    let first = vector.iter().find(|v| v.abs() >= (1.0 - 1e-9) * greatest);
    match first {
        Some(v) if *v < 0.0 => vector.into_iter().map(|v| -v).collect(),
        _ => vector,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_first_entry_of_greatest_size_is_positive() {
        let pointed = |v: &[f64]| super::pointed(v.to_vec());
        assert_eq!(pointed(&[1.0, -3.0, 2.0]), [-1.0, 3.0, -2.0]);
        assert_eq!(pointed(&[-1.0, 3.0, -2.0]), [-1.0, 3.0, -2.0]);
        assert_eq!(pointed(&[-1.0, 1.0]), [1.0, -1.0]);
        // Sizes that differ by rounding are equal.
        let nearly = 1.0 - 1e-12;
        assert_eq!(pointed(&[-nearly, 1.0]), [nearly, -1.0]);
        assert_eq!(pointed(&[0.0, 0.0]), [0.0, 0.0]);
    }
}
