use rand::Rng;
use rand_distr::{Distribution, Poisson};

use crate::Result;
use crate::error::within;

/// The noise of counting quanta: at every point a Poisson variate of the expected count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountingNoise {
    counts: f64,
}

impl CountingNoise {
    /// How many quanta are counted at the highest point of the lines.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless 1 to 10¹².
    pub fn new(counts: f64) -> Result<Self> {
        let counts = within(
            "counts at the highest point",
            counts,
            1.0..=1e12,
            "1 to 1e12",
        )?;
        Ok(Self { counts })
    }

    /// Replaces each intensity (0 or more, 1 at the highest point of the lines) by what a
    /// detector counts there, in the same unit.
    pub fn apply<R: Rng>(&self, rng: &mut R, intensities: &mut [f64]) {
        for y in intensities {
            // No variate where nothing is expected, and none where rounding left less than that.
            if let Ok(poisson) = Poisson::new(*y * self.counts) {
                *y = poisson.sample(rng) / self.counts;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn counts_have_mean_and_variance_of_poisson() {
        let noise = CountingNoise::new(1000.0).unwrap();
        for expected in [0.0005, 0.004, 0.03, 0.2, 1.0] {
            let mut drawn = vec![expected; 100_000];
            noise.apply(&mut ChaCha8Rng::seed_from_u64(2), &mut drawn);
            let n = drawn.len() as f64;
            let mean = drawn.iter().sum::<f64>() / n;
            let variance = drawn.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;
            let sd = (expected / 1000.0).sqrt();
            assert!(
                (mean - expected).abs() < 5.0 * sd / n.sqrt(),
                "{expected}: {mean}"
            );
            // The variance of the variance has a part of the fourth moment, λ + 3λ².
            let counts = 1000.0 * expected;
            let error = ((counts + 2.0 * counts * counts) / n).sqrt() / 1e6;
            assert!(
                (variance - sd * sd).abs() < 5.0 * error,
                "{expected}: {variance}"
            );
            assert!(
                drawn
                    .iter()
                    .all(|y| (y * 1000.0 - (y * 1000.0).round()).abs() < 1e-9)
            );
        }
    }

    #[test]
    fn nothing_expected_is_nothing_counted() {
        let mut intensities = [0.0, -1e-18];
        let noise = CountingNoise::new(1e6).unwrap();
        noise.apply(&mut ChaCha8Rng::seed_from_u64(0), &mut intensities);
        assert_eq!(intensities, [0.0, -1e-18]);
        assert!(CountingNoise::new(0.0).is_err() && CountingNoise::new(f64::NAN).is_err());
    }
}
