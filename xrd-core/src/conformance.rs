//! The laws of [`Encoder`] and [`Decoder`], to be called from an implementor's tests.
//!
//! Each function returns the first law broken, in words, or `Ok(())`.

use std::ops::Range;

use crate::{Decoder, Encoder, Latent2};

/// Checks an encoder on one valid pattern.
///
/// Held: a length other than the grid's is refused; NaN and infinity are refused; the answer is
/// finite and the same twice; an empty mask moves nothing; [`Encoder::encode_masked`] agrees with
/// masked copies to 1e-4 of the largest coordinate met; a mask beyond the grid is refused.
///
/// # Errors
/// The law that does not hold.
pub fn check_encoder(encoder: &impl Encoder, pattern: &[f32]) -> Result<(), String> {
    let n = encoder.grid().len();
    let point = encoder.encode(pattern).map_err(|e| e.to_string())?;
    law(point.is_finite(), "the point of a finite pattern is finite")?;
    law(
        encoder.encode(pattern) == Ok(point),
        "encoding twice gives the same point",
    )?;
    law(
        encoder.encode(&pattern[..n - 1]).is_err(),
        "a pattern that is too short is refused",
    )?;
    for bad in [f32::NAN, f32::INFINITY] {
        let mut broken = pattern.to_vec();
        broken[n / 2] = bad;
        law(
            encoder.encode(&broken).is_err(),
            "a pattern that is not finite is refused",
        )?;
    }
    check_masks(encoder, pattern)
}

fn check_masks(encoder: &impl Encoder, pattern: &[f32]) -> Result<(), String> {
    let n = pattern.len();
    let masks: Vec<Range<usize>> = (0..n)
        .step_by(n.div_ceil(50))
        .map(|i| i..(i + 3).min(n))
        .chain([0..0, 0..n])
        .collect();
    let together = encoder
        .encode_masked(pattern, &masks)
        .map_err(|e| e.to_string())?;
    law(together.len() == masks.len(), "there is one point a mask")?;
    let alone = |mask: &Range<usize>| {
        let mut copy = pattern.to_vec();
        copy[mask.clone()].fill(0.0);
        encoder.encode(&copy).map_err(|e| e.to_string())
    };
    let alone: Vec<Latent2> = masks.iter().map(alone).collect::<Result<_, _>>()?;
    let size = |p: &Latent2| p.x.abs().max(p.y.abs());
    let scale = alone.iter().map(size).fold(f64::MIN_POSITIVE, f64::max);
    law(
        together
            .iter()
            .zip(&alone)
            .all(|(a, b)| a.distance(*b) <= 1e-4 * scale),
        "masks give the points of the masked copies",
    )?;
    let beyond = n..n + 1;
    law(
        encoder.encode_masked(pattern, &[beyond]).is_err(),
        "a mask beyond the grid is refused",
    )
}

/// Checks a decoder at the given points.
///
/// Held: there is one finite intensity a grid point; the answer is the same twice; a point that
/// is not finite is refused.
///
/// # Errors
/// The law that does not hold.
pub fn check_decoder(decoder: &impl Decoder, points: &[Latent2]) -> Result<(), String> {
    for &point in points {
        let pattern = decoder.decode(point).map_err(|e| e.to_string())?;
        law(
            pattern.len() == decoder.grid().len(),
            "there is one intensity a grid point",
        )?;
        law(
            pattern.iter().all(|v| v.is_finite()),
            "decoded intensities are finite",
        )?;
        law(
            decoder.decode(point).as_ref() == Ok(&pattern),
            "decoding twice gives the same pattern",
        )?;
    }
    let nowhere = Latent2::new(f64::NAN, 0.0);
    law(
        decoder.decode(nowhere).is_err(),
        "a point that is not finite is refused",
    )
}

fn law(holds: bool, words: &str) -> Result<(), String> {
    if holds {
        return Ok(());
    }
    Err(format!("broken: {words}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, TwoThetaGrid};

    /// Sum and first intensity; with `bug`, masks are ignored.
    struct Toy {
        grid: TwoThetaGrid,
        bug: bool,
    }

    impl Encoder for Toy {
        fn grid(&self) -> &TwoThetaGrid {
            &self.grid
        }

        fn encode(&self, intensities: &[f32]) -> Result<Latent2, Error> {
            self.check(intensities)?;
            let sum = intensities.iter().map(|&v| f64::from(v)).sum();
            Ok(Latent2::new(sum, f64::from(intensities[0])))
        }

        fn encode_masked(
            &self,
            intensities: &[f32],
            masks: &[Range<usize>],
        ) -> Result<Vec<Latent2>, Error> {
            if self.bug {
                return masks.iter().map(|_| self.encode(intensities)).collect();
            }
            let naive = Plain(self);
            naive.encode_masked(intensities, masks)
        }
    }

    /// The toy with the provided method.
    struct Plain<'a>(&'a Toy);

    impl Encoder for Plain<'_> {
        fn grid(&self) -> &TwoThetaGrid {
            &self.0.grid
        }

        fn encode(&self, intensities: &[f32]) -> Result<Latent2, Error> {
            self.0.encode(intensities)
        }
    }

    impl Decoder for Toy {
        fn grid(&self) -> &TwoThetaGrid {
            &self.grid
        }

        fn decode(&self, point: Latent2) -> Result<Vec<f32>, Error> {
            if !self.bug && !point.is_finite() {
                return Err(Error::NotFinite {
                    what: "coordinate",
                    index: 0,
                    value: point.x,
                });
            }
            Ok(vec![1.0; self.grid.len()])
        }
    }

    #[test]
    fn the_kit_tells_right_from_wrong() {
        let grid = TwoThetaGrid::new(1.0, 0.1, 20).unwrap();
        let pattern: Vec<f32> = (0..20).map(|i| i as f32 + 1.0).collect();
        let points = [Latent2::new(0.1, 0.2)];
        let right = Toy { grid, bug: false };
        assert_eq!(check_encoder(&right, &pattern), Ok(()));
        assert_eq!(check_decoder(&right, &points), Ok(()));
        let wrong = Toy { grid, bug: true };
        let message = check_encoder(&wrong, &pattern).unwrap_err();
        assert!(message.contains("masked copies"), "{message}");
        assert!(check_decoder(&wrong, &points).is_err());
    }
}
