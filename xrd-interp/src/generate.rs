use xrd_core::{Decoder, Latent2};

use crate::error::{Error, Result};

/// Decodes each latent point to a pattern. The result has one pattern per point, and each pattern
/// has one intensity per grid point of the decoder.
///
/// # Errors
/// [`Error::Decoder`] if the decoder returns an error. The error contains the index of the first
/// point that the decoder refuses.
pub fn generate(decoder: &(impl Decoder + ?Sized), points: &[Latent2]) -> Result<Vec<Vec<f32>>> {
    let decode = |(index, &point): (usize, &Latent2)| {
        decoder
            .decode(point)
            .map_err(|source| Error::Decoder { index, source })
    };
    points.iter().enumerate().map(decode).collect()
}

/// Mean of several patterns at each grid point. The mean is computed in `f64`.
///
/// # Errors
/// - [`Error::Empty`] if there are no patterns.
/// - [`Error::Length`] if the patterns differ in length.
/// - [`Error::NotFinite`] if an intensity is NaN or infinite.
pub fn mean_pattern(patterns: &[Vec<f32>]) -> Result<Vec<f32>> {
    let Some(first) = patterns.first() else {
        return Err(Error::Empty { what: "patterns" });
    };
    let mut sums = vec![0.0f64; first.len()];
    for (index, pattern) in patterns.iter().enumerate() {
        check_pattern(index, pattern, first.len())?;
        for (sum, &v) in sums.iter_mut().zip(pattern) {
            *sum += f64::from(v);
        }
    }
    let n = patterns.len() as f64;
    Ok(sums.into_iter().map(|sum| (sum / n) as f32).collect())
}

/// Fails unless the pattern has the expected length and finite intensities.
pub(crate) fn check_pattern(index: usize, pattern: &[f32], expected: usize) -> Result<()> {
    if pattern.len() != expected {
        return Err(Error::Length {
            index,
            found: pattern.len(),
            expected,
        });
    }
    match pattern.iter().position(|v| !v.is_finite()) {
        Some(at) => Err(Error::NotFinite {
            pattern: index,
            index: at,
            value: pattern[at],
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{OnGrid, TwoThetaGrid};

    /// Decoder whose two intensities are the coordinates.
    struct Toy(TwoThetaGrid);

    impl OnGrid for Toy {
        fn grid(&self) -> &TwoThetaGrid {
            &self.0
        }
    }

    impl Decoder for Toy {
        fn decode(&self, point: Latent2) -> xrd_core::Result<Vec<f32>> {
            if point.is_finite() {
                return Ok(vec![point.x as f32, point.y as f32]);
            }
            Err(xrd_core::Error::Empty { what: "place" })
        }
    }

    #[test]
    fn one_pattern_a_point_in_order() {
        let toy = Toy(TwoThetaGrid::new(1.0, 1.0, 2).unwrap());
        let points = [Latent2::new(1.0, 2.0), Latent2::new(3.0, 6.0)];
        let patterns = generate(&toy, &points).unwrap();
        assert_eq!(patterns, [[1.0, 2.0], [3.0, 6.0]]);
        assert_eq!(mean_pattern(&patterns).unwrap(), [2.0, 4.0]);
        assert_eq!(generate(&toy, &[]), Ok(vec![]));
        let nowhere = Latent2::new(f64::NAN, 0.0);
        let refused = generate(&toy, &[points[0], nowhere]);
        assert!(matches!(refused, Err(Error::Decoder { index: 1, .. })));
    }

    #[test]
    fn a_mean_is_summed_in_f64() {
        // In f32 the ones would be lost in the rounding of the first pattern.
        let mut patterns = vec![vec![1e8f32]];
        patterns.extend(vec![vec![1.0]; 99]);
        assert_eq!(mean_pattern(&patterns).unwrap(), [1_000_000.99f32]);
    }

    #[test]
    fn refuses_what_has_no_mean() {
        assert!(matches!(mean_pattern(&[]), Err(Error::Empty { .. })));
        let ragged = [vec![1.0, 2.0], vec![1.0]];
        let length = Err(Error::Length {
            index: 1,
            found: 1,
            expected: 2,
        });
        assert_eq!(mean_pattern(&ragged), length);
        let nan = mean_pattern(&[vec![1.0, f32::NAN]]);
        assert!(matches!(
            nan,
            Err(Error::NotFinite {
                pattern: 0,
                index: 1,
                ..
            })
        ));
    }
}
