use rand::Rng;

use super::sampled::each_between_knots;
use crate::Result;
use crate::error::within;

/// Number of intervals between which the background is interpolated linearly.
const INTERVALS: usize = 256;

/// Smooth background of random shape: a sum of an exponential decay, a straight line and two broad
/// humps with random weights, scaled so that its highest point has a given height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SmoothBackground {
    height: f64,
}

impl SmoothBackground {
    /// Creates the effect from the height of the highest point of the background, in units of the
    /// maximum of the pattern.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the height is 0 to 10.
    pub fn new(height: f64) -> Result<Self> {
        let height = within("height of the background", height, 0.0..=10.0, "0 to 10")?;
        Ok(Self { height })
    }

    /// Adds a background to a pattern with a maximum of 1.
    pub(super) fn add<R: Rng>(self, rng: &mut R, intensities: &mut [f32]) {
        let shape = shape(rng);
        let per_point = INTERVALS as f64 / (intensities.len().max(2) - 1) as f64;
        let last = shape[INTERVALS];
        let mut knots = shape.iter().copied().chain(std::iter::repeat(last));
        let knot = || self.height * knots.next().unwrap_or(last);
        each_between_knots(intensities, (0.0, per_point), knot, |y, value| *y += value);
    }
}

/// Random shape with a maximum of 1, at equal distances from the first point to the last.
fn shape<R: Rng>(rng: &mut R) -> Vec<f64> {
    let [decay, line, hump, other]: [f64; 4] = std::array::from_fn(|_| rng.random_range(0.0..1.0));
    let length = rng.random_range(0.1..0.6);
    let rising = rng.random::<bool>();
    let [first, second]: [[f64; 2]; 2] =
        std::array::from_fn(|_| [rng.random_range(0.0..1.0), rng.random_range(0.06..0.25)]);
    let bump = |x: f64, [centre, sd]: [f64; 2]| (-0.5 * ((x - centre) / sd).powi(2)).exp();
    let at = |x: f64| {
        let slope = if rising { x } else { 1.0 - x };
        decay * (-x / length).exp() + line * slope + hump * bump(x, first) + other * bump(x, second)
    };
    let values: Vec<f64> = (0..=INTERVALS)
        .map(|i| at(i as f64 / INTERVALS as f64))
        .collect();
    let highest = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    values.iter().map(|v| v / highest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn the_highest_point_has_the_height_and_the_shape_is_smooth() {
        for seed in 0..50 {
            let mut pattern = vec![0.0; 4000];
            let background = SmoothBackground::new(0.2).unwrap();
            background.add(&mut ChaCha8Rng::seed_from_u64(seed), &mut pattern);
            let highest = pattern.iter().copied().fold(0.0, f32::max);
            assert!((highest - 0.2).abs() < 1e-3, "{highest}");
            assert!(pattern.iter().all(|y| *y >= 0.0));
            let steepest = pattern.windows(2).map(|w| (w[1] - w[0]).abs());
            assert!(steepest.fold(0.0, f32::max) < 2e-3);
        }
        assert!(SmoothBackground::new(-0.1).is_err());
    }
}
