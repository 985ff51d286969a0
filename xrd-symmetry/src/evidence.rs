use crate::space_group::COUNT;
use crate::{Error, Probabilities, Result};

/// Weight that every possible answer has in probabilities, so that one source cannot exclude it.
const LEAST: f64 = 1e-6;

/// What one source says about the space group of a pattern.
///
/// The weight of a set of space groups, such as those of a crystal system, is the sum of their weights plus a floor. If the
/// floor is large, the source says little: all sets have nearly equal weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    weights: Box<[f64; COUNT]>,
    floor: f64,
}

impl Evidence {
    /// Evidence with these weights of the space groups, in the order of their numbers.
    ///
    /// # Errors
    /// - [`Error::Length`] unless there are 230 weights.
    /// - [`Error::Probability`] if a weight is negative, infinite or NaN.
    /// - [`Error::OutOfRange`] unless the floor is positive and finite.
    /// - [`Error::Sum`] if the sum of all weights is infinite.
    pub fn new(weights: &[f64], floor: f64) -> Result<Self> {
        if !(floor > 0.0 && floor.is_finite()) {
            return Err(Error::OutOfRange {
                what: "floor of weights",
                value: floor,
                expected: "above 0 and finite",
            });
        }
        let weights = crate::probabilities::checked(weights)?;
        let sum: f64 = weights.iter().sum();
        match sum.is_finite() {
            true => Ok(Self { weights, floor }),
            false => Err(Error::Sum { sum }),
        }
    }

    /// Returns the weights of the space groups, without the floor.
    pub fn weights(&self) -> &[f64; COUNT] {
        &self.weights
    }

    /// Returns the weight that each set has beside the sum of its weights.
    pub fn floor(&self) -> f64 {
        self.floor
    }

    /// Probabilities of the space groups from this evidence alone: those in proportion to weight plus floor.
    ///
    /// # Errors
    /// No error is expected.
    pub fn probabilities(&self) -> Result<Probabilities> {
        let weights: Vec<f64> = self.weights.iter().map(|w| w + self.floor).collect();
        Probabilities::from_weights(&weights)
    }
}

/// Weights that are probabilities, with a floor of 10⁻⁶.
impl From<&Probabilities> for Evidence {
    fn from(probabilities: &Probabilities) -> Self {
        Self {
            weights: Box::new(*probabilities.values()),
            floor: LEAST,
        }
    }
}
