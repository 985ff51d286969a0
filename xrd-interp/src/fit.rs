//! Fit of a latent point to a pattern.

use xrd_core::{Decoder, Latent2};

use crate::error::{Error, Result};
use crate::generate::check_pattern;

/// Half the distance between the points of a difference quotient. At smaller distances the rounding
/// of the decoded `f32` intensities would dominate.
const REACH: f64 = 1e-3;
/// Largest number of steps.
const STEPS: usize = 100;
/// Factors by which the damping falls after a successful step and rises after a failed one.
const DAMPING: [f64; 2] = [3.0, 10.0];
/// Smallest relative decrease of the squared residual; a step with a smaller decrease ends the
/// search.
const GAIN: f64 = 1e-9;

/// Result of [`best_fit`]: a point of the latent plane, and the residual of the pattern decoded
/// from it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Fit {
    /// Best latent point that was found.
    pub point: Latent2,
    /// Relative residual |given − decoded| / |given|, where the bars mean the Euclidean norm.
    ///
    /// If both patterns are zero everywhere, the residual is 0. If only the given pattern is zero
    /// everywhere, the residual is very large or infinite.
    pub residual: f64,
}

/// Finds the latent point whose decoded pattern is nearest to a given pattern (least-squares fit).
///
/// The argument `intensities` is the given pattern. One fit by the method of Levenberg and
/// Marquardt starts at each point of the argument `starts`. The result is the best point of all
/// fits. The residual of the result is never larger than the residual at the best start.
///
/// A good start is the point to which the encoder maps the pattern. This point is usually not yet
/// the best fit, because an encoder is trained on many patterns at once.
///
/// Cost: about five decoded patterns per step. Ten steps per start are typical.
///
/// # Example
/// ```
/// use xrd_core::{Decoder, Error, Latent2, OnGrid, TwoThetaGrid};
/// use xrd_interp::best_fit;
///
/// /// Decoder with one line that moves with x and widens with y.
/// struct Toy(TwoThetaGrid);
///
/// impl OnGrid for Toy {
///     fn grid(&self) -> &TwoThetaGrid {
///         &self.0
///     }
/// }
///
/// impl Decoder for Toy {
///     fn decode(&self, p: Latent2) -> Result<Vec<f32>, Error> {
///         let line = |t: f64| (-((t - 20.0 - p.x) / (1.0 + p.y)).powi(2)).exp() as f32;
///         Ok(self.0.angles().map(line).collect())
///     }
/// }
///
/// let toy = Toy(TwoThetaGrid::new(15.0, 0.1, 100)?);
/// let pattern = toy.decode(Latent2::new(0.3, 0.2))?;
/// let fit = best_fit(&toy, &pattern, &[Latent2::new(0.0, 0.0)])?;
/// assert!(fit.point.distance(Latent2::new(0.3, 0.2)) < 1e-4 && fit.residual < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// - [`Error::Empty`] if `starts` is empty.
/// - [`Error::Length`] unless there is one intensity per grid point of the decoder.
/// - [`Error::NotFinite`] if an intensity is NaN or infinite.
/// - [`Error::Decoder`] if the decoder returns an error for a start.
///
/// # References
/// K. Levenberg, Q. Appl. Math. 2, 164 (1944); D. W. Marquardt, J. Soc. Ind. Appl. Math. 11, 431
/// (1963).
pub fn best_fit(
    decoder: &(impl Decoder + ?Sized),
    intensities: &[f32],
    starts: &[Latent2],
) -> Result<Fit> {
    check_pattern(0, intensities, decoder.grid().len())?;
    let mut best: Option<(Latent2, f64)> = None;
    for (index, &start) in starts.iter().enumerate() {
        let refused = |source| Error::Decoder { index, source };
        let found = descend(decoder, intensities, start).map_err(refused)?;
        if best.is_none_or(|(_, squares)| found.1 < squares) {
            best = Some(found);
        }
    }
    let (point, squares) = best.ok_or(Error::Empty { what: "starts" })?;
    let size: f64 = intensities.iter().map(|v| f64::from(*v).powi(2)).sum();
    let residual = match squares > 0.0 {
        true => (squares / size.max(f64::MIN_POSITIVE)).sqrt(),
        false => 0.0,
    };
    Ok(Fit { point, residual })
}

/// Best point found by steps from `start`, and its squared residual.
fn descend(
    decoder: &(impl Decoder + ?Sized),
    intensities: &[f32],
    start: Latent2,
) -> xrd_core::Result<(Latent2, f64)> {
    let mut point = start;
    let mut pattern = decoder.decode(point)?;
    let mut squares = squared_distance(intensities, &pattern);
    let mut damping = 1e-3;
    for _ in 0..STEPS {
        let Some(([xx, xy, yy], [gx, gy])) = slopes(decoder, intensities, (point, &pattern)) else {
            break;
        };
        // (JᵀJ + damping·diag JᵀJ)·step = Jᵀr, by Cramer's rule.
        let (a, b) = (xx * (1.0 + damping), yy * (1.0 + damping));
        let determinant = a * b - xy * xy;
        let step = Latent2::new(
            (b * gx - xy * gy) / determinant,
            (a * gy - xy * gx) / determinant,
        );
        let next = Latent2::new(point.x + step.x, point.y + step.y);
        // A decoder may refuse a point that is far away. NaN never compares as less.
        let tried = decoder.decode(next).ok();
        let tried = tried.map(|p| (squared_distance(intensities, &p), p));
        match tried.filter(|(found, _)| *found < squares) {
            Some((found, decoded)) => {
                let gain = (squares - found) / squares;
                (point, pattern, squares) = (next, decoded, found);
                damping /= DAMPING[0];
                if gain < GAIN {
                    break;
                }
            }
            None => {
                damping *= DAMPING[1];
                if damping > 1e9 {
                    break;
                }
            }
        }
    }
    Ok((point, squares))
}

/// Three entries of the symmetric matrix JᵀJ, and the vector Jᵀr, where J is ∂pattern/∂(x, y) and r
/// is the given minus the decoded pattern. Returns `None` if the decoder refuses a neighbouring
/// point.
fn slopes(
    decoder: &(impl Decoder + ?Sized),
    intensities: &[f32],
    (p, pattern): (Latent2, &[f32]),
) -> Option<([f64; 3], [f64; 2])> {
    let at = |x: f64, y: f64| decoder.decode(Latent2::new(p.x + x, p.y + y)).ok();
    let [right, left] = [at(REACH, 0.0)?, at(-REACH, 0.0)?];
    let [up, down] = [at(0.0, REACH)?, at(0.0, -REACH)?];
    let slope = |a: f32, b: f32| (f64::from(a) - f64::from(b)) / (2.0 * REACH);
    let (mut squares, mut missed) = ([0.0; 3], [0.0; 2]);
    for i in 0..pattern.len() {
        let (x, y) = (slope(right[i], left[i]), slope(up[i], down[i]));
        let missing = f64::from(intensities[i]) - f64::from(pattern[i]);
        for (sum, term) in squares.iter_mut().zip([x * x, x * y, y * y]) {
            *sum += term;
        }
        for (sum, term) in missed.iter_mut().zip([x * missing, y * missing]) {
            *sum += term;
        }
    }
    Some((squares, missed))
}

fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use xrd_core::{OnGrid, TwoThetaGrid};

    use super::*;

    /// Decoder of two lines that move with x and widen with y. It refuses points that are far away.
    struct Toy(TwoThetaGrid);

    impl Toy {
        fn new() -> Self {
            Self(TwoThetaGrid::new(15.0, 0.1, 120).unwrap())
        }
    }

    impl OnGrid for Toy {
        fn grid(&self) -> &TwoThetaGrid {
            &self.0
        }
    }

    impl Decoder for Toy {
        fn decode(&self, p: Latent2) -> xrd_core::Result<Vec<f32>> {
            if p.x.abs() + p.y.abs() > 50.0 || !p.is_finite() {
                return Err(xrd_core::Error::Empty { what: "place" });
            }
            let line = |t: f64, at: f64| (-((t - at) / (1.0 + 0.5 * p.y.tanh())).powi(2)).exp();
            let both = |t: f64| line(t, 19.0 + p.x) + 0.5 * line(t, 23.0 + 2.0 * p.x);
            Ok(self.0.angles().map(|t| both(t) as f32).collect())
        }
    }

    proptest! {
        #[test]
        fn a_decoded_point_is_found_again(
            (x, y) in (-0.9..0.9, -0.9..0.9),
            (dx, dy) in (-0.4..0.4, -0.4..0.4),
        ) {
            let (toy, truth): (Toy, Latent2) = (Toy::new(), Latent2::new(x, y));
            let pattern = toy.decode(truth).unwrap();
            let start = Latent2::new(x + dx, y + dy);
            let fit = best_fit(&toy, &pattern, &[start]).unwrap();
            prop_assert!(fit.point.distance(truth) < 1e-3, "{fit:?}");
            prop_assert!(fit.residual < 1e-3);
        }

        #[test]
        fn it_is_never_worse_than_the_best_start(
            pattern in prop::collection::vec(-1f32..3.0, 120),
            starts in prop::collection::vec((-3.0..3.0, -3.0..3.0), 1..4),
        ) {
            let toy = Toy::new();
            let starts: Vec<Latent2> = starts.into_iter().map(|(x, y)| Latent2::new(x, y)).collect();
            let fit = best_fit(&toy, &pattern, &starts).unwrap();
            let size = squared_distance(&pattern, &[0.0; 120]).sqrt();
            for start in starts {
                let there = toy.decode(start).unwrap();
                let residual = squared_distance(&pattern, &there).sqrt() / size;
                prop_assert!(fit.residual <= residual * (1.0 + 1e-12));
            }
        }
    }

    #[test]
    fn a_pattern_that_nothing_fits_ends_too() {
        let toy = Toy::new();
        let fit = best_fit(&toy, &[0.0; 120], &[Latent2::default()]).unwrap();
        assert!(fit.residual > 0.0 && fit.point.is_finite());
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let (toy, near) = (Toy::new(), Latent2::default());
        assert_eq!(
            best_fit(&toy, &[0.0; 120], &[]),
            Err(Error::Empty { what: "starts" })
        );
        assert!(matches!(
            best_fit(&toy, &[0.0; 3], &[near]),
            Err(Error::Length { .. })
        ));
        let odd = [f32::NAN; 120];
        assert!(matches!(
            best_fit(&toy, &odd, &[near]),
            Err(Error::NotFinite { .. })
        ));
        let far = Latent2::new(99.0, 0.0);
        let refused = best_fit(&toy, &[0.0; 120], &[near, far]);
        assert!(matches!(refused, Err(Error::Decoder { index: 1, .. })));
    }
}
