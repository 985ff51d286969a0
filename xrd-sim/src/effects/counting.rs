use multiversion::multiversion;
use rand::Rng;

use crate::Result;
use crate::elementary::{exp, ln, turn};
use crate::error::within;

/// Counting noise: random counts with Poisson statistics at every point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountingNoise {
    counts: f64,
    /// Relative to the maximum of the lines.
    subtracted: f64,
}

impl CountingNoise {
    /// Creates the effect from the expected number of counts at the maximum of the lines (see
    /// [`Effects`](crate::Effects)).
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the number of counts is 1 to 10¹².
    pub fn new(counts: f64) -> Result<Self> {
        let counts = within(
            "counts at the highest point",
            counts,
            1.0..=1e12,
            "1 to 1e12",
        )?;
        Ok(Self {
            counts,
            subtracted: 0.0,
        })
    }

    /// Sets a constant background that was counted with the pattern and then subtracted.
    ///
    /// Its noise remains. Differences below 0 are set to 0, as in many sets of measured patterns.
    /// The argument is relative to the maximum of the lines.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the background is 0 to 100.
    pub fn with_subtracted_background(mut self, background: f64) -> Result<Self> {
        let what = "subtracted background";
        self.subtracted = within(what, background, 0.0..=100.0, "0 to 100")?;
        Ok(self)
    }

    /// Replaces each intensity by a random intensity with Poisson statistics.
    ///
    /// The intensities must have the scale of [`Effects`](crate::Effects), in which the lines
    /// alone, without humps, background and noise, have a maximum of 1. Let c be the expected
    /// number of counts at this maximum (the argument of [`new`](Self::new)). At a point with the
    /// intensity y, the expected number of counts is c·y. A random number of counts n is chosen,
    /// and the new intensity is n/c. Intensities of 0 or less do not change.
    ///
    /// If fewer than 10 counts are expected, the distribution is exact. Otherwise it is
    /// approximate; the error of the cumulative probability is below 5·10⁻⁵.
    ///
    /// # References
    /// M. B. Giles, ACM Trans. Math. Softw. 42, 10 (2016), for the expansion of the quantiles.
    pub fn apply<R: Rng>(&self, rng: &mut R, intensities: &mut [f64]) {
        if self.subtracted == 0.0 {
            return self.count(rng, intensities);
        }
        intensities.iter_mut().for_each(|y| *y += self.subtracted);
        self.count(rng, intensities);
        for y in intensities {
            *y = (*y - self.subtracted).max(0.0);
        }
    }

    fn count<R: Rng>(&self, rng: &mut R, intensities: &mut [f64]) {
        let (mut bits, mut drawn, mut none) = ([0; BLOCK / 2], [0.0; BLOCK], [0.0; BLOCK]);
        for block in intensities.chunks_mut(BLOCK) {
            rng.fill(&mut bits);
            if block.iter().any(|y| *y * self.counts >= MANY) {
                normal_variates(&bits, &mut drawn);
                many(block, self.counts, &mut drawn);
            }
            none_counted(block, self.counts, &mut none);
            for (i, (y, counted)) in block.iter_mut().zip(&drawn).enumerate() {
                let mean = *y * self.counts;
                // No variate for an expected count of 0, or one below 0 by rounding.
                if mean >= MANY {
                    *y = *counted;
                } else if mean > 0.0 {
                    // Each number gave two variates, one for each half of the block.
                    let uniform = two_uniform(bits[i % (BLOCK / 2)])[i / (BLOCK / 2)];
                    *y = few(uniform, mean, none[i]) / self.counts;
                }
            }
        }
    }
}

/// Number of points drawn together.
const BLOCK: usize = 64;

/// Smallest expected count for which the expansion for many counts is used.
const MANY: f64 = 10.0;

/// Normal variates, two from the bits of each number: r·cos φ and r·sin φ with r² = −2·ln u.
///
/// G. E. P. Box, M. E. Muller, Ann. Math. Statist. 29, 610 (1958).
#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn normal_variates(bits: &[u64; BLOCK / 2], variates: &mut [f64; BLOCK]) {
    let (first, second) = variates.split_at_mut(BLOCK / 2);
    for ((bits, a), b) in bits.iter().zip(first).zip(second) {
        let [u, v] = two_uniform(*bits);
        let r = (-2.0 * ln(u)).sqrt();
        let (cos, sin) = turn(v);
        (*a, *b) = (r * cos, r * sin);
    }
}

/// Converts normal variates to counts, divided by `counts`, where many counts are expected.
#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn many(intensities: &[f64], counts: f64, variates: &mut [f64; BLOCK]) {
    for (y, variate) in intensities.iter().zip(variates) {
        let mean = (y * counts).max(MANY);
        *variate = quantile(mean, *variate).floor().max(0.0) / counts;
    }
}

/// Quantile of the Poisson distribution (to be rounded down) for a quantile w of the normal
/// distribution.
#[inline(always)]
fn quantile(mean: f64, w: f64) -> f64 {
    let (sd, w2) = (mean.sqrt(), w * w);
    let third = -w * (2.0 + w2) / 72.0;
    let fourth = (-16.0 + w2 * (7.0 + 3.0 * w2)) / 810.0;
    mean + sd * w + (2.0 + w2) / 6.0 + (third + fourth / sd) / sd
}

/// Largest count from a mean below [`MANY`]; the probability of more is below 10⁻¹².
const MOST: usize = 50;

/// 1/k for each count k up to the largest.
const RECIPROCALS: [f64; MOST + 1] = {
    let mut reciprocals = [0.0; MOST + 1];
    let mut k = 1;
    while k <= MOST {
        reciprocals[k] = 1.0 / k as f64;
        k += 1;
    }
    reciprocals
};

/// Probability of no count at each point.
#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn none_counted(intensities: &[f64], counts: f64, none: &mut [f64; BLOCK]) {
    for (y, none) in intensities.iter().zip(none) {
        *none = exp(-(y * counts).clamp(0.0, MANY));
    }
}

/// Smallest count whose cumulative probability reaches the uniform variate. The argument `none` is
/// the probability of no count.
fn few(uniform: f64, mean: f64, none: f64) -> f64 {
    let mut probability = none;
    let (mut below, mut count) = (probability, 0);
    while uniform > below && count < MOST {
        count += 1;
        probability *= mean * RECIPROCALS[count];
        below += probability;
    }
    count as f64
}

/// Two variates of 31 bits each between 0 and 1, both ends excluded.
#[inline(always)]
fn two_uniform(bits: u64) -> [f64; 2] {
    let unit = |bits: u64| (f64::from((bits >> 33) as i32) + 0.5) / 2_147_483_648.0;
    [unit(bits), unit(bits << 31)]
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
            // The variance of the variance includes the fourth moment, λ + 3λ².
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

    /// Logarithm of the probability of k counts.
    fn ln_probability(mean: f64, k: u32) -> f64 {
        let ln_factorial: f64 = (1..=k).map(|n| f64::from(n).ln()).sum();
        f64::from(k) * mean.ln() - mean - ln_factorial
    }

    /// Compares the frequency of each count with its probability by χ².
    #[test]
    fn counts_have_the_probabilities_of_poisson() {
        for (seed, mean) in [0.3, 4.0, 9.99, 10.01, 13.0, 40.0, 300.0, 5000.0]
            .into_iter()
            .enumerate()
        {
            let draws = 200_000;
            let mut drawn = vec![1.0; draws];
            let noise = CountingNoise {
                counts: mean,
                subtracted: 0.0,
            };
            noise.apply(&mut ChaCha8Rng::seed_from_u64(seed as u64), &mut drawn);
            let mut found = std::collections::BTreeMap::new();
            for y in drawn {
                *found.entry((y * mean).round() as u32).or_insert(0.0) += 1.0;
            }
            // Counts expected ten times or more are compared one by one, all others together.
            let (mut chi, mut cells, mut rest) = (0.0, 0.0f64, [0.0, 0.0]);
            let most = (mean + 20.0 * f64::sqrt(mean) + 20.0) as u32;
            for k in 0..most {
                let expected = draws as f64 * ln_probability(mean, k).exp();
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

    /// Compares the probability of fewer than k counts with that of a normal variate below the one
    /// whose quantile is k.
    #[test]
    fn quantiles_are_right_to_their_bound() {
        let mut worst = 0.0f64;
        for mean in [10.0, 10.5, 14.0, 30.0, 200.0, 2000.0] {
            // Density of the normal distribution, summed in fine steps up to w.
            let (step, mut w, mut below) = (1e-3, -8.0, 0.0);
            let density = |w: f64| (-0.5 * w * w).exp() / std::f64::consts::TAU.sqrt();
            let mut fewer = 0.0;
            for k in 1..(mean + 6.0 * f64::sqrt(mean)) as u32 {
                fewer += ln_probability(mean, k - 1).exp();
                while quantile(mean, w + step) < f64::from(k) {
                    below += step * density(w + step / 2.0);
                    w += step;
                }
                let (from, to) = (quantile(mean, w), quantile(mean, w + step));
                let part = step * (f64::from(k) - from) / (to - from);
                let normal = below + part * density(w + part / 2.0);
                worst = worst.max((normal - fewer).abs());
            }
        }
        assert!(worst > 4e-5 && worst < 5e-5, "{worst:e}");
    }

    #[test]
    fn normal_variates_are_normal() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let (mut all, mut block) = (Vec::new(), [0.0; BLOCK]);
        for _ in 0..4000 {
            normal_variates(&rng.random(), &mut block);
            all.extend(block);
        }
        let n = all.len() as f64;
        for (power, expected) in [(1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0), (6, 15.0)] {
            let of = |x: &f64| x.powi(power);
            let mean = all.iter().map(of).sum::<f64>() / n;
            let square = all.iter().map(|x| of(x) * of(x)).sum::<f64>() / n;
            let error = (square / n).sqrt();
            assert!((mean - expected).abs() < 5.0 * error, "{power}: {mean}");
        }
        // Neighbours of one pair and of one block are not correlated.
        for apart in [1, BLOCK / 2] {
            let products = all.chunks(BLOCK).map(|b| b[0] * b[apart]).sum::<f64>();
            assert!(products.abs() < 5.0 * 4000f64.sqrt(), "{apart}: {products}");
        }
    }

    #[test]
    fn a_subtracted_background_leaves_its_noise() {
        let noise = CountingNoise::new(1000.0).unwrap();
        let noise = noise.with_subtracted_background(0.1).unwrap();
        let mut drawn = vec![0.5; 50_000];
        noise.apply(&mut ChaCha8Rng::seed_from_u64(4), &mut drawn);
        let n = drawn.len() as f64;
        let mean = drawn.iter().sum::<f64>() / n;
        let variance = drawn.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / n;
        assert!((mean - 0.5).abs() < 1e-3);
        assert!((variance / 0.6e-3 - 1.0).abs() < 0.03, "{variance}");
        let mut empty = vec![0.0; 1000];
        noise.apply(&mut ChaCha8Rng::seed_from_u64(4), &mut empty);
        let zeros = empty.iter().filter(|y| **y == 0.0).count();
        assert!((400..600).contains(&zeros) && empty.iter().all(|y| *y >= 0.0));
        assert!(noise.with_subtracted_background(-0.1).is_err());
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
