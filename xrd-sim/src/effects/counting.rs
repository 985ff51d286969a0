use std::f64::consts::TAU;

use rand::Rng;

use crate::Result;
use crate::elementary::exp;
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
            if *y > 0.0 {
                *y = poisson(rng, *y * self.counts) / self.counts;
            }
        }
    }
}

/// Means from which on variates come by rejection.
const MANY: f64 = 10.0;

/// A Poisson variate of this mean, over 0.
///
/// Below ten by multiplication of uniform variates, from ten on by the transformed rejection with
/// squeeze PTRS: nine tries in ten and more are accepted without a logarithm.
///
/// # References
/// W. Hörmann, Insurance: Mathematics and Economics 12, 39 (1993).
fn poisson<R: Rng>(rng: &mut R, mean: f64) -> f64 {
    if mean < MANY {
        return few(rng, mean);
    }
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.024_83 * b;
    let squeeze = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let [u, v] = two_uniform(rng);
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
        if us >= 0.07 && v <= squeeze {
            return k;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
        let hat = (v * inverse_alpha / (a / (us * us) + b)).ln();
        if hat <= k * mean.ln() - mean - ln_factorial(k) {
            return k;
        }
    }
}

/// How many uniform variates have a product over e^(−mean).
fn few<R: Rng>(rng: &mut R, mean: f64) -> f64 {
    let least = exp(-mean);
    let (mut product, mut count) = (rng.random::<f64>(), 0.0);
    while product > least {
        product *= rng.random::<f64>();
        count += 1.0;
    }
    count
}

/// Two variates of 32 bits each, one in −1/2…1/2 and one in 0…1, no ends included.
fn two_uniform<R: Rng>(rng: &mut R) -> [f64; 2] {
    let bits: u64 = rng.random();
    let unit = |half: u32| (f64::from(half) + 0.5) / 4_294_967_296.0;
    [unit(bits as u32) - 0.5, unit((bits >> 32) as u32)]
}

/// ln k! for a whole k >= 0: by Stirling's series from ten on, right to 10⁻¹².
fn ln_factorial(k: f64) -> f64 {
    if k < 10.0 {
        return (2..=k as u32).map(f64::from).product::<f64>().ln();
    }
    let square = 1.0 / (k * k);
    let series =
        (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0))) / k;
    (k + 0.5) * k.ln() - k + 0.5 * TAU.ln() + series
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

    /// The share of each count is its probability, by the sum over all counts of the squared
    /// deviations over the expected numbers.
    #[test]
    fn counts_have_the_probabilities_of_poisson() {
        for (seed, mean) in [0.3, 4.0, 9.99, 10.01, 13.0, 40.0, 300.0, 5000.0]
            .into_iter()
            .enumerate()
        {
            let draws = 200_000;
            let mut rng = ChaCha8Rng::seed_from_u64(seed as u64);
            let mut found = std::collections::BTreeMap::new();
            for _ in 0..draws {
                *found.entry(poisson(&mut rng, mean) as u64).or_insert(0.0) += 1.0;
            }
            let probability = |k: u64| {
                let k = k as f64;
                (k * f64::ln(mean) - mean - ln_factorial(k)).exp()
            };
            // Counts that are expected ten times or more are compared, all others together.
            let (mut chi, mut cells, mut rest) = (0.0, 0.0f64, [0.0, 0.0]);
            let most = (mean + 20.0 * f64::sqrt(mean) + 20.0) as u64;
            for k in 0..most {
                let expected = f64::from(draws) * probability(k);
                let count = found.get(&k).copied().unwrap_or(0.0);
                if expected >= 10.0 {
                    chi += (count - expected) * (count - expected) / expected;
                    cells += 1.0;
                } else {
                    rest[0] += count;
                    rest[1] += expected;
                }
            }
            chi += (rest[0] - rest[1]).powi(2) / rest[1].max(1.0);
            let sd = (2.0 * cells).sqrt();
            assert!((chi - cells).abs() < 5.0 * sd, "{mean}: {chi} of {cells}");
        }
    }

    #[test]
    fn logarithms_of_factorials() {
        let mut sum = 0.0;
        for k in 1..400 {
            sum += f64::from(k).ln();
            assert!(
                (ln_factorial(f64::from(k)) - sum).abs() < 1e-11 * sum.max(1.0),
                "{k}"
            );
        }
        assert_eq!(ln_factorial(0.0), 0.0);
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
