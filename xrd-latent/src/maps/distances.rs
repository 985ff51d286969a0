use xrd_core::PatternSet;

use crate::error::{Error, Result, check_coordinates, check_values, same_length};
use crate::neighbours::distance;

/// Matrix of the distances between n items, such as patterns or points of a map.
///
/// # Example
/// ```
/// use xrd_latent::maps::Distances;
///
/// let distances = Distances::of_points(&[vec![0.0, 0.0], vec![3.0, 4.0]])?;
/// assert_eq!((distances.len(), distances.at(0, 1)), (2, 5.0));
/// # Ok::<(), xrd_latent::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Distances {
    n: usize,
    values: Vec<f64>,
}

impl Distances {
    /// Creates a matrix of distances from a function of two items.
    ///
    /// The function `between` takes the indices i and j of two items and returns their distance.
    /// The function is called once per pair, with i > j. The distance of an item to itself is 0.
    ///
    /// # Errors
    /// [`Error::Value`] for a distance that is not finite or has an absolute value above 1e100.
    pub fn new(n: usize, between: impl Fn(usize, usize) -> f64) -> Result<Self> {
        let mut values = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..i {
                let distance = between(i, j);
                check_values("distance", &[distance])?;
                values[i * n + j] = distance;
                values[j * n + i] = distance;
            }
        }
        Ok(Self { n, values })
    }

    /// Euclidean distances between points.
    ///
    /// # Errors
    /// - [`Error::Length`] if the points have different numbers of coordinates.
    /// - [`Error::Value`] for a coordinate that is not finite or has an absolute value above 1e100.
    pub fn of_points(points: &[Vec<f64>]) -> Result<Self> {
        for point in points {
            same_length("coordinates", point.len(), points[0].len())?;
            check_coordinates(point)?;
        }
        Self::new(points.len(), |i, j| distance(&points[i], &points[j]))
    }

    /// Euclidean distances between patterns, in the unit of the intensities.
    ///
    /// Cost: O(n²) times the number of angles, for n patterns.
    ///
    /// # Errors
    /// Returns the same errors as [`new`](Self::new).
    pub fn of_patterns(set: &PatternSet) -> Result<Self> {
        Self::new(set.len(), |i, j| {
            let pairs = set.intensities(i).iter().zip(set.intensities(j));
            let squares = pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2));
            squares.sum::<f64>().sqrt()
        })
    }

    /// Distances 1 − r between patterns, where r is Pearson's correlation coefficient of two
    /// patterns.
    ///
    /// The coefficient is computed from the intensities at all angles. The distances lie between 0
    /// and 2. The distance is 0 if two patterns differ only by a positive factor and a constant
    /// background. A constant pattern has the distance 1 to all other patterns.
    ///
    /// Cost: O(n²) times the number of angles, for n patterns.
    ///
    /// # Errors
    /// This function does not fail, because the intensities of a [`PatternSet`] are finite.
    ///
    /// # References
    /// G. Barr, W. Dong, C. J. Gilmore, "High-throughput powder diffraction. II", J. Appl. Cryst.
    /// 37, 243 (2004). The paper uses (1 − r) / 2 as distance.
    pub fn of_shapes(set: &PatternSet) -> Result<Self> {
        let shapes: Vec<Vec<f64>> = (0..set.len()).map(|i| shape(set.intensities(i))).collect();
        Self::new(set.len(), |i, j| {
            let pairs = shapes[i].iter().zip(&shapes[j]);
            (1.0 - pairs.map(|(a, b)| a * b).sum::<f64>()).max(0.0)
        })
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// Distance between the items i and j.
    ///
    /// # Panics
    /// Panics if i or j is not smaller than [`len`](Self::len).
    pub fn at(&self, i: usize, j: usize) -> f64 {
        assert!(i < self.n && j < self.n, "{i} or {j} of {}", self.n);
        self.values[i * self.n + j]
    }

    /// Distances between some of the items, in the given order. An item may be repeated.
    ///
    /// # Panics
    /// Panics if a row is not smaller than [`len`](Self::len).
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let of = |&i: &usize| rows.iter().map(move |&j| self.at(i, j));
        Self {
            n: rows.len(),
            values: rows.iter().flat_map(of).collect(),
        }
    }

    /// Distances from item i to all items, including item i.
    pub(crate) fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.n..][..self.n]
    }

    /// Fails if there are no items.
    pub(crate) fn check_some(&self) -> Result<()> {
        match self.n {
            0 => Err(Error::Empty { what: "distances" }),
            _ => Ok(()),
        }
    }
}

/// Pattern minus its mean, divided by the Euclidean norm of the difference.
fn shape(intensities: &[f32]) -> Vec<f64> {
    let values = || intensities.iter().map(|&v| f64::from(v));
    let mean = values().sum::<f64>() / intensities.len().max(1) as f64;
    let size = values().map(|v| (v - mean).powi(2)).sum::<f64>().sqrt();
    // The mean of equal numbers of 24 bits is exact up to 2²⁹ of them.
    match size > 0.0 {
        true => values().map(|v| (v - mean) / size).collect(),
        false => vec![0.0; intensities.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{Scale, TwoThetaGrid};

    #[test]
    fn constants_have_no_shape_and_next_to_constants_have_one() {
        for constant in [0.0, 0.1, -7.3e9] {
            assert_eq!(shape(&[constant; 1001]), vec![0.0; 1001]);
        }
        assert_eq!(shape(&[]), Vec::<f64>::new());
        // One unit in the last place is a shape like any other, however small the numbers.
        for base in [1e-30f32, 0.1, 1e30] {
            let found = shape(&[base, base, base.next_up(), base.next_up()]);
            for (found, expected) in found.iter().zip([-0.5, -0.5, 0.5, 0.5]) {
                assert!((found - expected).abs() < 1e-6, "{base}");
            }
        }
    }

    #[test]
    fn shapes_know_no_scale_and_no_background() {
        let rows = [
            [1.0, 2.0, 5.0],
            [12.0, 14.0, 20.0],
            [-1.0, -2.0, -5.0],
            [3.0, 3.0, 3.0],
        ];
        let grid = TwoThetaGrid::new(10.0, 0.1, 3).unwrap();
        let names = (0..4).map(|i: i32| i.to_string()).collect();
        let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, rows.concat()).unwrap();
        let shapes = Distances::of_shapes(&set).unwrap();
        assert!(shapes.at(0, 1) < 1e-12 && (shapes.at(0, 2) - 2.0).abs() < 1e-12);
        assert_eq!((shapes.at(0, 3), shapes.at(3, 3)), (1.0, 0.0));
        let plain = Distances::of_patterns(&set).unwrap();
        assert!((plain.at(0, 3) - 3.0).abs() < 1e-12);
        assert!(Distances::of_points(&[vec![0.0], vec![0.0, 1.0]]).is_err());
        assert!(Distances::new(2, |_, _| f64::NAN).is_err());
        let none = Distances::of_points(&[]).unwrap();
        assert_eq!([none.is_empty(), plain.is_empty()], [true, false]);
    }
}
