use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::{Latent2, PatternSet, TwoThetaGrid};

/// Model for patterns on one fixed 2θ grid.
///
/// Every [`Encoder`] and every [`Decoder`] implements this trait.
pub trait OnGrid {
    /// 2θ grid of the patterns.
    fn grid(&self) -> &TwoThetaGrid;
}

/// Encoder of patterns: maps a pattern to a point of the latent plane.
///
/// An encoder can be a neural network, a principal component analysis or a lookup table, for
/// example. The functions of the module `conformance` (feature `conformance`) check an
/// implementation. If `E` is an encoder, then `&E`, `Box<E>`, `Rc<E>` and `Arc<E>` are encoders,
/// too. `E` may be `dyn Encoder`.
///
/// # Example
/// ```
/// use xrd_core::{Encoder, Error, Latent2, OnGrid, TwoThetaGrid};
///
/// /// Total intensity and centre of mass.
/// struct Moments(TwoThetaGrid);
///
/// impl OnGrid for Moments {
///     fn grid(&self) -> &TwoThetaGrid {
///         &self.0
///     }
/// }
///
/// impl Encoder for Moments {
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
pub trait Encoder: OnGrid {
    /// Encodes one pattern.
    ///
    /// The slice has one intensity per grid point. The intensities must have the same scale as the
    /// patterns that the encoder was trained on.
    ///
    /// # Errors
    /// Any error of [`check`](Self::check), and [`Error::Model`] if the encoder fails for another
    /// reason.
    fn encode(&self, intensities: &[f32]) -> Result<Latent2>;

    /// Encodes one pattern with each of several masks, and returns one point per mask.
    ///
    /// A mask is a range of grid points. The intensities of this range are set to zero before the
    /// pattern is encoded.
    ///
    /// The default implementation calls [`encode`](Self::encode) once per mask. An encoder may
    /// override it with a faster method that gives the same points, except for rounding.
    ///
    /// # Errors
    /// Any error of [`encode`](Self::encode), and [`Error::Length`] for a mask that extends beyond
    /// the grid.
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

    /// Encodes all patterns of a set.
    ///
    /// # Errors
    /// [`Error::GridMismatch`] if the set has another grid than the encoder, and any error of
    /// [`encode`](Self::encode).
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

    /// Checks that there is one intensity per grid point and that all intensities are finite.
    ///
    /// An implementation of [`encode`](Self::encode) must return an error if this method does.
    ///
    /// # Errors
    /// - [`Error::Length`] unless there is one intensity per grid point.
    /// - [`Error::NotFinite`] if an intensity is NaN or infinite.
    fn check(&self, intensities: &[f32]) -> Result<()> {
        crate::error::same_length("intensities", intensities.len(), self.grid().len())?;
        crate::error::all_finite("intensity", intensities.iter().map(|&v| f64::from(v)))
    }
}

/// Decoder of patterns: maps a point of the latent plane to a pattern.
///
/// If `D` is a decoder, then `&D`, `Box<D>`, `Rc<D>` and `Arc<D>` are decoders, too. `D` may be
/// `dyn Decoder`.
pub trait Decoder: OnGrid {
    /// Decodes a point to a pattern.
    ///
    /// The result has one intensity per grid point. The intensities have the same scale as the
    /// patterns that the decoder was trained on. Decoded intensities may be slightly negative.
    ///
    /// # Errors
    /// - [`Error::NotFinite`] for a point that is not finite.
    /// - [`Error::Model`] if the decoder fails for another reason.
    fn decode(&self, point: Latent2) -> Result<Vec<f32>>;
}

macro_rules! forward_through {
    ($($pointer:ty),*) => {$(
        impl<T: OnGrid + ?Sized> OnGrid for $pointer {
            fn grid(&self) -> &TwoThetaGrid {
                (**self).grid()
            }
        }

        impl<T: Encoder + ?Sized> Encoder for $pointer {
            fn encode(&self, intensities: &[f32]) -> Result<Latent2> {
                (**self).encode(intensities)
            }

            fn encode_masked(
                &self,
                intensities: &[f32],
                masks: &[Range<usize>],
            ) -> Result<Vec<Latent2>> {
                (**self).encode_masked(intensities, masks)
            }

            fn encode_set(&self, set: &PatternSet) -> Result<Vec<Latent2>> {
                (**self).encode_set(set)
            }

            fn check(&self, intensities: &[f32]) -> Result<()> {
                (**self).check(intensities)
            }
        }

        impl<T: Decoder + ?Sized> Decoder for $pointer {
            fn decode(&self, point: Latent2) -> Result<Vec<f32>> {
                (**self).decode(point)
            }
        }
    )*};
}

forward_through!(&T, Box<T>, Rc<T>, Arc<T>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scale;

    /// The first two intensities.
    struct FirstTwo(TwoThetaGrid);

    impl OnGrid for FirstTwo {
        fn grid(&self) -> &TwoThetaGrid {
            &self.0
        }
    }

    impl Encoder for FirstTwo {
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

    #[test]
    fn a_boxed_or_borrowed_model_is_a_model() {
        let boxed: Box<dyn Encoder> = Box::new(FirstTwo(*set(10.0).grid()));
        let shared: Arc<dyn Encoder + Send + Sync> = Arc::new(FirstTwo(*set(10.0).grid()));
        fn points(encoder: &(impl Encoder + ?Sized)) -> Vec<Latent2> {
            encoder.encode_set(&set(10.0)).unwrap()
        }
        let expected = points(&FirstTwo(*set(10.0).grid()));
        assert_eq!(points(&boxed), expected);
        assert_eq!(points(boxed.as_ref()), expected);
        assert_eq!(points(&boxed.as_ref()), expected);
        assert_eq!(points(&shared), expected);
    }

    /// A decoder and an encoder at once: the grid is that of both.
    #[test]
    fn the_grid_of_a_model_that_does_both_is_one() {
        fn length(model: &(impl Encoder + Decoder)) -> usize {
            model.grid().len()
        }
        struct Both(FirstTwo);
        impl OnGrid for Both {
            fn grid(&self) -> &TwoThetaGrid {
                self.0.grid()
            }
        }
        impl Encoder for Both {
            fn encode(&self, intensities: &[f32]) -> Result<Latent2> {
                self.0.encode(intensities)
            }
        }
        impl Decoder for Both {
            fn decode(&self, _: Latent2) -> Result<Vec<f32>> {
                Err(Error::model("nothing to decode with"))
            }
        }
        let both = Both(FirstTwo(*set(10.0).grid()));
        assert_eq!(length(&both), 3);
        let decoder: &dyn Decoder = &both;
        let failed = decoder.decode(Latent2::new(0.0, 0.0)).unwrap_err();
        assert_eq!(failed, Error::model("nothing to decode with"));
        assert_eq!(
            failed.to_string(),
            "the model failed: nothing to decode with"
        );
    }
}
