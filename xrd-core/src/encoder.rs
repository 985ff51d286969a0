use std::ops::Range;

use crate::error::{Error, Result};
use crate::{Latent2, PatternSet, TwoThetaGrid};

/// Turns a pattern into a point of the latent plane.
///
/// This asks for what relevance analysis and estimation sample, and for nothing else: no
/// gradient, no layers, no training. Any network, a principal component analysis or a lookup
/// table can implement it; the functions of `conformance` (feature `conformance`) say
/// whether an implementation keeps the laws.
///
/// # Example
/// ```
/// use xrd_core::{Encoder, Error, Latent2, TwoThetaGrid};
///
/// /// Total intensity and centre of mass.
/// struct Moments(TwoThetaGrid);
///
/// impl Encoder for Moments {
///     fn grid(&self) -> &TwoThetaGrid {
///         &self.0
///     }
///     fn encode(&self, intensities: &[f32]) -> Result<Latent2, Error> {
///         self.check(intensities)?;
///         let sum: f64 = intensities.iter().map(|&i| f64::from(i)).sum();
///         let weighted = intensities.iter().zip(self.0.angles());
///         let centre: f64 = weighted.map(|(&i, t)| f64::from(i) * t).sum();
///         Ok(Latent2::new(sum, centre / sum.max(1e-30)))
///     }
/// }
///
/// let moments = Moments(TwoThetaGrid::new(10.0, 1.0, 3)?);
/// assert_eq!(moments.encode(&[1.0, 2.0, 1.0])?, Latent2::new(4.0, 11.0));
/// assert!(moments.encode(&[1.0]).is_err());
/// # Ok::<(), Error>(())
/// ```
pub trait Encoder {
    /// The grid that patterns must lie on.
    fn grid(&self) -> &TwoThetaGrid;

    /// The point of one pattern, given by one intensity a grid point, in the scale of the
    /// patterns the encoder was made from.
    ///
    /// # Errors
    /// [`Error::Length`] or [`Error::NotFinite`]; see [`check`](Self::check).
    fn encode(&self, intensities: &[f32]) -> Result<Latent2>;

    /// The points of one pattern under many masks: for each range of grid points, the point of
    /// the pattern with these intensities set to zero.
    ///
    /// This provided method encodes one masked copy after the other. An override may be faster;
    /// it must agree.
    ///
    /// # Errors
    /// As [`encode`](Self::encode), and [`Error::Length`] for a range that leaves the grid.
    fn encode_masked(&self, intensities: &[f32], masks: &[Range<usize>]) -> Result<Vec<Latent2>> {
        self.check(intensities)?;
        let mut masked = intensities.to_vec();
        masks
            .iter()
            .map(|mask| {
                let part = masked.get_mut(mask.clone()).ok_or(Error::Length {
                    what: "grid points up to the end of a mask",
                    found: mask.end,
                    expected: intensities.len(),
                })?;
                part.fill(0.0);
                let point = self.encode(&masked);
                masked[mask.clone()].copy_from_slice(&intensities[mask.clone()]);
                point
            })
            .collect()
    }

    /// The points of all patterns of a set.
    ///
    /// # Errors
    /// [`Error::GridMismatch`] for a set on another grid.
    fn encode_set(&self, set: &PatternSet) -> Result<Vec<Latent2>> {
        if !set.grid().same_as(self.grid()) {
            return Err(Error::GridMismatch {
                found: *set.grid(),
                expected: *self.grid(),
            });
        }
        (0..set.len())
            .map(|i| self.encode(set.intensities(i)))
            .collect()
    }

    /// What [`encode`](Self::encode) must refuse.
    ///
    /// # Errors
    /// [`Error::Length`] unless there is one intensity a grid point, [`Error::NotFinite`].
    fn check(&self, intensities: &[f32]) -> Result<()> {
        crate::error::same_length("intensities", intensities.len(), self.grid().len())?;
        crate::error::all_finite("intensity", intensities.iter().map(|&v| f64::from(v)))
    }
}

/// Turns a point of the latent plane into a pattern.
pub trait Decoder {
    /// The grid that patterns lie on.
    fn grid(&self) -> &TwoThetaGrid;

    /// The pattern of a point: one intensity a grid point, in the scale of the patterns the
    /// decoder was made from. A decoded intensity may be slightly negative.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a point that is not finite.
    fn decode(&self, point: Latent2) -> Result<Vec<f32>>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scale;

    /// The first two intensities.
    struct FirstTwo(TwoThetaGrid);

    impl Encoder for FirstTwo {
        fn grid(&self) -> &TwoThetaGrid {
            &self.0
        }

        fn encode(&self, intensities: &[f32]) -> Result<Latent2> {
            self.check(intensities)?;
            let [x, y] = [0, 1].map(|i| f64::from(intensities[i]));
            Ok(Latent2::new(x, y))
        }
    }

    fn set(start: f64) -> PatternSet {
        let grid = TwoThetaGrid::new(start, 0.1, 3).unwrap();
        let names = ["a", "b"].map(str::to_owned).to_vec();
        let block = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        PatternSet::new(grid, Scale::ARBITRARY, None, names, block).unwrap()
    }

    #[test]
    fn a_set_is_encoded_pattern_by_pattern_on_its_grid_only() {
        let encoder = FirstTwo(*set(10.0).grid());
        let points = encoder.encode_set(&set(10.0)).unwrap();
        assert_eq!(points, [Latent2::new(1.0, 2.0), Latent2::new(4.0, 5.0)]);
        let elsewhere = encoder.encode_set(&set(10.05));
        assert!(matches!(elsewhere, Err(Error::GridMismatch { .. })));
    }

    #[test]
    fn what_is_no_pattern_of_the_grid_is_refused() {
        let encoder = FirstTwo(*set(10.0).grid());
        assert!(matches!(encoder.encode(&[1.0]), Err(Error::Length { .. })));
        let odd = encoder.encode(&[1.0, 2.0, f32::NAN]);
        assert!(matches!(odd, Err(Error::NotFinite { index: 2, .. })));
    }

    #[test]
    fn a_mask_hides_its_points_and_no_others() {
        let encoder = FirstTwo(*set(10.0).grid());
        let masked = encoder
            .encode_masked(&[7.0, 8.0, 9.0], &[0..1, 1..3, 2..3])
            .unwrap();
        let expected = [(0.0, 8.0), (7.0, 0.0), (7.0, 8.0)];
        assert_eq!(masked, expected.map(|(x, y)| Latent2::new(x, y)));
        let beyond = encoder.encode_masked(&[7.0, 8.0, 9.0], &[0..1, 2..4]);
        assert!(matches!(beyond, Err(Error::Length { found: 4, .. })));
    }
}
