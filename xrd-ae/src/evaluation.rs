use crate::autoencoder::{Autoencoder, ROWS};
use crate::error::{Error, Result};
use crate::source::PatternSource;

/// Quality of reconstructions, from [`Autoencoder::evaluate`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Evaluation {
    /// Mean squared difference between intensities and reconstructed intensities.
    pub mse: f64,
    /// Explained variance 1 − SSE/SST.
    ///
    /// SSE is the sum of the squared differences between the patterns and their reconstructions.
    /// SST is the sum of the squared differences between the patterns and the mean training
    /// pattern. SST uses the mean *training* pattern even if the patterns are test patterns.
    ///
    /// The value is 1 for perfect reconstructions, and 0 for a model that always returns the mean
    /// training pattern. The value is NaN if every pattern equals the mean training pattern.
    #[cfg_attr(feature = "serde", serde(with = "crate::serial::nan_as_none"))]
    pub explained_variance: f64,
}

impl Autoencoder {
    /// Reconstructs patterns, and measures how well the reconstructions agree with the patterns.
    ///
    /// # Errors
    /// [`Error::Empty`] if there are no patterns, and any error of
    /// [`reconstruct`](Self::reconstruct) or [`PatternSource::read`].
    ///
    /// Cost: O(patterns · weights).
    pub fn evaluate(&self, patterns: &dyn PatternSource) -> Result<Evaluation> {
        if patterns.is_empty() {
            return Err(Error::Empty { what: "patterns" });
        }
        self.check_grid(patterns.grid())?;
        let (mut unexplained, mut total) = (0.0, 0.0);
        let mut block = Vec::new();
        for start in (0..patterns.len()).step_by(ROWS) {
            let rows = start..patterns.len().min(start + ROWS);
            block.resize(rows.len() * self.grid.len(), 0.0);
            for (row, index) in block.chunks_mut(self.grid.len()).zip(rows) {
                patterns.read(index, row)?;
            }
            let answer = self.reconstruct_block(&block)?;
            unexplained += squared_distance(&block, &answer);
            total += squared_distance(&block, self.scaling.mean.iter().cycle());
        }
        Ok(Evaluation {
            mse: unexplained / (patterns.len() * self.grid.len()) as f64,
            explained_variance: if total > 0.0 {
                1.0 - unexplained / total
            } else {
                f64::NAN
            },
        })
    }
}

fn squared_distance<'a>(a: &'a [f32], b: impl IntoIterator<Item = &'a f32>) -> f64 {
    let difference = |(&a, &b): (&f32, &f32)| f64::from(a) - f64::from(b);
    a.iter().zip(b).map(difference).map(|d| d * d).sum()
}

/// Returns the fraction of the points that are saturated; 0 if there are no points.
///
/// A point is saturated if at least one of its coordinates is below −0.99 or above 0.99. Training
/// hardly moves a saturated point, because the slope of tanh is nearly 0 there.
///
/// The argument `coordinates` is the result of
/// [`latent_coordinates`](Autoencoder::latent_coordinates). The argument `dimensions` is the
/// number of coordinates per point.
///
/// # Example
/// ```
/// use xrd_ae::saturated_fraction;
/// assert_eq!(saturated_fraction(&[0.2, 0.5, 0.2, -0.995], 2), 0.5);
/// ```
pub fn saturated_fraction(coordinates: &[f64], dimensions: usize) -> f64 {
    let points = coordinates.chunks(dimensions.max(1));
    let all = points.len().max(1) as f64;
    let saturated = |p: &&[f64]| p.iter().any(|v| v.abs() > 0.99);
    points.filter(saturated).count() as f64 / all
}
