use std::ops::Range;

use xrd_core::{Encoder, Latent2, PatternSet, Scale};

use crate::error::{Error, Result};

/// Part of the intensities of a pattern, such as one of several overlapping lines.
///
/// At each grid point, the part contains a fraction of the intensity. The field
/// [`shares`](Self::shares) contains these fractions.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Index of the first grid point of the part.
    pub start: usize,
    /// Fraction of the intensity that belongs to the part, from 0 to 1, for each grid point of the
    /// part. The first fraction belongs to the grid point `start`.
    pub shares: Vec<f32>,
}

impl Part {
    /// Part that contains the whole intensity of a range of grid points.
    pub fn whole(points: Range<usize>) -> Self {
        Self {
            start: points.start,
            shares: vec![1.0; points.len()],
        }
    }

    /// Range of grid points of the part.
    pub fn points(&self) -> Range<usize> {
        self.start..self.start + self.shares.len()
    }
}

/// Number of patterns that are encoded in one call.
const AT_ONCE: usize = 128;

/// Replaces parts of a pattern, one part at a time, and returns the displacement of the latent
/// point for each part.
///
/// The displacement for a part is `encode(x + s·(y − x)) − encode(x)`. Here x is the pattern in
/// the argument `intensities`, and y is the pattern in the argument `instead`. The factor s is
/// given by [`Part::shares`] inside the part, and is 0 outside. If y is zero everywhere, the
/// intensity of the part is removed from the pattern x.
///
/// Two overlapping lines can be described by two parts whose fractions add up to 1 at each grid
/// point. If one line is replaced, the intensity of the other line remains.
///
/// Cost: one encoded pattern per part. The patterns are encoded with [`Encoder::encode_set`].
///
/// # Errors
/// - [`Error::Length`] unless both patterns have one intensity per grid point.
/// - [`Error::Share`] for a fraction outside 0 to 1.
/// - [`Error::Reach`] for a part that extends beyond the grid.
/// - [`Error::Encoder`] if the encoder returns an error.
/// - [`Error::Point`] if the encoder returns a point that is not finite.
///
/// # Example
/// ```
/// use xrd_core::{Encoder, Error, Latent2, OnGrid, TwoThetaGrid};
/// use xrd_relevance::{Part, replace_parts};
///
/// struct Sum(TwoThetaGrid);
/// impl OnGrid for Sum {
///     fn grid(&self) -> &TwoThetaGrid {
///         &self.0
///     }
/// }
///
/// impl Encoder for Sum {
///     fn encode(&self, intensities: &[f32]) -> Result<Latent2, Error> {
///         self.check(intensities)?;
///         Ok(Latent2::new(intensities.iter().map(|&v| f64::from(v)).sum(), 0.0))
///     }
/// }
///
/// let sum = Sum(TwoThetaGrid::new(10.0, 1.0, 3)?);
/// let half = Part { start: 1, shares: vec![0.5] };
/// let moved = replace_parts(&sum, &[1.0, 4.0, 1.0], &[0.0; 3], &[half])?;
/// assert_eq!(moved, [Latent2::new(-2.0, 0.0)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn replace_parts(
    encoder: &(impl Encoder + ?Sized),
    intensities: &[f32],
    instead: &[f32],
    parts: &[Part],
) -> Result<Vec<Latent2>> {
    let points = encoder.grid().len();
    for pattern in [intensities, instead] {
        if pattern.len() != points {
            return Err(Error::Length {
                found: pattern.len(),
                expected: points,
            });
        }
    }
    parts.iter().try_for_each(|part| check(part, points))?;
    let base = encoder.encode(intensities)?;
    let mut moved = Vec::with_capacity(parts.len());
    for parts in parts.chunks(AT_ONCE) {
        let mut block = Vec::with_capacity(parts.len() * points);
        for part in parts {
            let start = block.len();
            block.extend_from_slice(intensities);
            replace(&mut block[start..], instead, part);
        }
        let names = (0..parts.len()).map(|i| i.to_string()).collect();
        let set = PatternSet::new(*encoder.grid(), Scale::ARBITRARY, None, names, block)?;
        for point in encoder.encode_set(&set)? {
            let d = Latent2::new(point.x - base.x, point.y - base.y);
            if !d.is_finite() {
                let (index, x, y) = (moved.len(), point.x, point.y);
                return Err(Error::Point { index, x, y });
            }
            moved.push(d);
        }
    }
    Ok(moved)
}

/// Replaces a part of `pattern` by the intensities of `instead`.
fn replace(pattern: &mut [f32], instead: &[f32], part: &Part) {
    let there = pattern[part.points()]
        .iter_mut()
        .zip(&instead[part.points()]);
    for ((v, other), share) in there.zip(&part.shares) {
        // For a share of 1 this is exactly the other value.
        *v = (1.0 - share) * *v + share * other;
    }
}

fn check(part: &Part, points: usize) -> Result<()> {
    let end = part.points().end;
    if end > points {
        return Err(Error::Reach { end, points });
    }
    let outside = part.shares.iter().find(|s| !(0.0..=1.0).contains(*s));
    match outside {
        Some(&share) => Err(Error::Share {
            what: "share of a part",
            value: f64::from(share),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use xrd_core::OnGrid;

    use super::*;
    use proptest::prelude::*;
    use xrd_core::TwoThetaGrid;

    struct Linear(TwoThetaGrid, Vec<f64>);

    impl OnGrid for Linear {
        fn grid(&self) -> &TwoThetaGrid {
            &self.0
        }
    }

    impl Encoder for Linear {
        fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
            self.check(intensities)?;
            let terms = intensities.iter().zip(&self.1);
            let sum: f64 = terms.map(|(&v, w)| f64::from(v) * w).sum();
            Ok(Latent2::new(sum, -2.0 * sum))
        }
    }

    fn linear(weights: &[f64]) -> Linear {
        let grid = TwoThetaGrid::new(5.0, 0.1, weights.len()).unwrap();
        Linear(grid, weights.to_vec())
    }

    proptest! {
        #[test]
        fn parts_that_add_up_to_the_pattern_move_a_linear_encoder_by_all_of_it(
            weights in prop::collection::vec(-1.0..1.0f64, 4..30), cut in 0.0..1.0f32, other in 0.0..3.0f32,
        ) {
            let encoder = linear(&weights);
            let n = weights.len();
            let x: Vec<f32> = (0..n).map(|i| 1.0 + (i as f32).sin()).collect();
            let instead = vec![other; n];
            let one = Part { start: 0, shares: vec![cut; n] };
            let rest = Part { start: 0, shares: vec![1.0 - cut; n] };
            let moved = replace_parts(&encoder, &x, &instead, &[one, rest, Part::whole(0..n)]).unwrap();
            let expected: f64 = (0..n).map(|i| weights[i] * f64::from(instead[i] - x[i])).sum();
            prop_assert!((moved[0].x + moved[1].x - expected).abs() < 1e-4);
            prop_assert!((moved[2].x - expected).abs() < 1e-4);
            prop_assert!((moved[2].y + 2.0 * expected).abs() < 1e-4);
        }

        #[test]
        fn whole_parts_are_masks(
            weights in prop::collection::vec(-1.0..1.0f64, 300..400), width in 1usize..5,
        ) {
            let encoder = linear(&weights);
            let n = weights.len();
            let x: Vec<f32> = (0..n).map(|i| 1.0 + (i as f32).cos()).collect();
            let masks: Vec<_> = (0..n).map(|i| i..(i + width).min(n)).collect();
            let parts: Vec<Part> = masks.iter().cloned().map(Part::whole).collect();
            let base = encoder.encode(&x).unwrap();
            let moved = replace_parts(&encoder, &x, &vec![0.0; n], &parts).unwrap();
            for (d, p) in moved.iter().zip(encoder.encode_masked(&x, &masks).unwrap()) {
                prop_assert!((d.x - (p.x - base.x)).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let encoder = linear(&[1.0; 5]);
        let replaced = |instead: usize, part: Part| {
            replace_parts(&encoder, &[1.0; 5], &vec![0.0; instead], &[part]).unwrap_err()
        };
        assert!(matches!(
            replaced(4, Part::whole(0..1)),
            Error::Length {
                found: 4,
                expected: 5
            }
        ));
        assert!(matches!(
            replaced(5, Part::whole(3..6)),
            Error::Reach { end: 6, points: 5 }
        ));
        let part = |share| Part {
            start: 0,
            shares: vec![share],
        };
        for share in [-0.1, 1.1, f32::NAN] {
            assert!(matches!(replaced(5, part(share)), Error::Share { .. }));
        }
    }
}
