//! Checks for the tests of an [`Encoder`] or [`Decoder`] implementation.
//!
//! Each function returns `Ok(())`, or a description of the first rule that the implementation
//! breaks.

use std::ops::Range;

use crate::{Decoder, Encoder, Latent2};

/// Checks an encoder on one valid pattern.
///
/// The function checks these rules:
/// - The encoder refuses a pattern that is too short or contains NaN or infinity.
/// - The encoded point is finite, and a second call gives the same point.
/// - [`Encoder::encode_masked`] gives nearly the same point per mask as a slow way: the pattern is
///   copied, the masked intensities of the copy are set to zero, and the copy is encoded with
///   [`Encoder::encode`]. The distance between the two points is at most 1e-4·c, where c is the
///   largest absolute coordinate of the points from the slow way.
/// - The encoder refuses a mask that extends beyond the grid.
///
/// # Errors
/// A description of the rule that is broken.
pub fn check_encoder(encoder: &(impl Encoder + ?Sized), pattern: &[f32]) -> Result<(), String> {
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

fn check_masks(encoder: &(impl Encoder + ?Sized), pattern: &[f32]) -> Result<(), String> {
    let n = pattern.len();
    let masks: Vec<Range<usize>> = (0..n)
        .step_by(n.div_ceil(50))
        .map(|i| i..(i + 3).min(n))
        .chain([0..0, 0..n])
        .collect();
    let together = encoder
        .encode_masked(pattern, &masks)
        .map_err(|e| e.to_string())?;
    law(together.len() == masks.len(), "there is one point per mask")?;
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
/// The function checks these rules:
/// - A decoded pattern has one finite intensity per grid point.
/// - A second call with the same point gives the same pattern.
/// - The decoder refuses a point that is not finite.
///
/// # Errors
/// A description of the rule that is broken.
pub fn check_decoder(decoder: &(impl Decoder + ?Sized), points: &[Latent2]) -> Result<(), String> {
    for &point in points {
        let pattern = decoder.decode(point).map_err(|e| e.to_string())?;
        law(
            pattern.len() == decoder.grid().len(),
            "there is one intensity per grid point",
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
    use std::cell::Cell;

    use super::*;
    use crate::{Error, OnGrid, TwoThetaGrid};

    /// Bug of a toy encoder.
    #[derive(Clone, Copy, PartialEq)]
    enum Bug {
        None,
        Infinite,
        Unsteady,
        TakesShort,
        TakesNan,
        TakesInfinity,
        IgnoresMasks,
        /// Off by 3·10⁻⁴ of the largest coordinate.
        Imprecise,
        /// No bug: off by 3·10⁻⁵ of the largest coordinate.
        Rounding,
        TooFewPoints,
        TakesMasksBeyond,
    }

    /// Encoder by the sum and a hundredth of the first intensity, with a bug.
    struct Toy {
        grid: TwoThetaGrid,
        bug: Bug,
        calls: Cell<u32>,
    }

    impl Toy {
        fn new(bug: Bug) -> Self {
            Self {
                grid: TwoThetaGrid::new(1.0, 0.1, 120).unwrap(),
                bug,
                calls: Cell::new(0),
            }
        }

        /// Error of the point: the number of calls, if that is the bug.
        fn drift(&self) -> f64 {
            self.calls.set(self.calls.get() + 1);
            match self.bug {
                Bug::Unsteady => f64::from(self.calls.get()),
                Bug::Infinite => f64::INFINITY,
                _ => 0.0,
            }
        }
    }

    impl OnGrid for Toy {
        fn grid(&self) -> &TwoThetaGrid {
            &self.grid
        }
    }

    impl Encoder for Toy {
        fn encode(&self, intensities: &[f32]) -> Result<Latent2, Error> {
            let any = |is: fn(f32) -> bool| intensities.iter().any(|v| is(*v));
            let is_taken = match self.bug {
                Bug::TakesShort => intensities.len() < self.grid.len(),
                Bug::TakesNan => any(f32::is_nan),
                Bug::TakesInfinity => any(f32::is_infinite),
                _ => false,
            };
            if !is_taken {
                self.check(intensities)?;
            }
            let sum: f64 = intensities.iter().map(|&v| f64::from(v)).sum();
            let x = if is_taken { 0.0 } else { sum };
            Ok(Latent2::new(
                x + self.drift(),
                f64::from(intensities[0]) / 100.0,
            ))
        }

        fn encode_masked(
            &self,
            intensities: &[f32],
            masks: &[Range<usize>],
        ) -> Result<Vec<Latent2>, Error> {
            let inside: Vec<Range<usize>> = match self.bug {
                Bug::TakesMasksBeyond => masks.iter().map(|m| m.start..m.end.min(120)).collect(),
                _ => masks.to_vec(),
            };
            let mut points = Plain(self).encode_masked(intensities, &inside)?;
            match self.bug {
                Bug::IgnoresMasks => points.fill(self.encode(intensities)?),
                Bug::Imprecise => points[0].x *= 1.0 + 3e-4,
                Bug::Rounding => points[0].x *= 1.0 + 3e-5,
                Bug::TooFewPoints => drop(points.pop()),
                _ => {}
            }
            Ok(points)
        }
    }

    /// The toy with the provided method.
    struct Plain<'a>(&'a Toy);

    impl OnGrid for Plain<'_> {
        fn grid(&self) -> &TwoThetaGrid {
            &self.0.grid
        }
    }

    impl Encoder for Plain<'_> {
        fn encode(&self, intensities: &[f32]) -> Result<Latent2, Error> {
            self.0.encode(intensities)
        }
    }

    impl Decoder for Toy {
        fn decode(&self, point: Latent2) -> Result<Vec<f32>, Error> {
            if self.bug != Bug::TakesNan && !point.is_finite() {
                return Err(Error::NotFinite {
                    what: "coordinate",
                    index: 0,
                    value: point.x,
                });
            }
            let few = usize::from(self.bug == Bug::TooFewPoints);
            Ok(vec![1.0 + self.drift() as f32; self.grid.len() - few])
        }
    }

    #[test]
    fn each_law_of_an_encoder_is_asked_for() {
        let pattern: Vec<f32> = (0..120).map(|i| i as f32 + 1.0).collect();
        let said = |bug| check_encoder(&Toy::new(bug), &pattern);
        assert_eq!(said(Bug::None), Ok(()));
        assert_eq!(said(Bug::Rounding), Ok(()));
        for (bug, law) in [
            (Bug::Infinite, "is finite"),
            (Bug::Unsteady, "twice"),
            (Bug::TakesShort, "too short"),
            (Bug::TakesNan, "not finite is refused"),
            (Bug::TakesInfinity, "not finite is refused"),
            (Bug::IgnoresMasks, "masked copies"),
            (Bug::Imprecise, "masked copies"),
            (Bug::TooFewPoints, "one point per mask"),
            (Bug::TakesMasksBeyond, "beyond the grid"),
        ] {
            let message = said(bug).unwrap_err();
            assert!(message.contains(law), "{message}, not {law}");
        }
    }

    #[test]
    fn each_law_of_a_decoder_is_asked_for() {
        let points = [Latent2::new(0.1, 0.2)];
        let said = |bug| check_decoder(&Toy::new(bug), &points);
        assert_eq!(said(Bug::None), Ok(()));
        for (bug, law) in [
            (Bug::TooFewPoints, "one intensity per grid point"),
            (Bug::Infinite, "are finite"),
            (Bug::Unsteady, "twice"),
            (Bug::TakesNan, "not finite is refused"),
        ] {
            let message = said(bug).unwrap_err();
            assert!(message.contains(law), "{message}, not {law}");
        }
    }

    /// Of 120 points every third begins a mask; nothing is masked too, and everything.
    #[test]
    fn masks_are_up_to_three_points() {
        struct Watched(Toy, Cell<usize>, Cell<usize>);
        impl OnGrid for Watched {
            fn grid(&self) -> &TwoThetaGrid {
                &self.0.grid
            }
        }

        impl Encoder for Watched {
            fn encode(&self, intensities: &[f32]) -> Result<Latent2, Error> {
                self.0.encode(intensities)
            }
            fn encode_masked(
                &self,
                intensities: &[f32],
                masks: &[Range<usize>],
            ) -> Result<Vec<Latent2>, Error> {
                let of_three = masks.iter().filter(|m| m.len() == 3).count();
                self.1.set(self.1.get().max(of_three));
                self.2.set(self.2.get().max(masks.len()));
                Plain(&self.0).encode_masked(intensities, masks)
            }
        }
        let watched = Watched(Toy::new(Bug::None), Cell::new(0), Cell::new(0));
        assert_eq!(check_encoder(&watched, &[1.0; 120]), Ok(()));
        assert_eq!((watched.1.get(), watched.2.get()), (40, 42));
    }
}
