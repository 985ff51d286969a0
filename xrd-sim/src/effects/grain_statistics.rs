use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Normal};

use crate::Result;
use crate::error::within;

/// Random line heights of a specimen with few or large grains.
///
/// If few grains are in the orientation to reflect, the intensity of each line differs from its
/// mean. The intensity of each lattice spacing of a phase is multiplied by a random factor with a
/// log-normal distribution of mean 1. All wavelengths have the same factors.
///
/// # References
/// P. M. de Wolff, Appl. Sci. Res. B 7, 102 (1958), for the effect; the distribution is a
/// simplification.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GrainStatistics {
    sd: f64,
    seed: u64,
}

/// Number of steps of 1/d per Å⁻¹ between which spacings have their own factors.
const STEPS: f64 = 1e9;

impl GrainStatistics {
    /// Creates the effect from the standard deviation of the logarithm of the factors, and the seed
    /// of its random numbers.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the standard deviation is 0 to 2.
    pub fn new(sd: f64, seed: u64) -> Result<Self> {
        let sd = within("deviation of line heights", sd, 0.0..=2.0, "0 to 2")?;
        Ok(Self { sd, seed })
    }

    /// Returns the factor of the lattice planes with the spacing `d_angstrom` before any lattice
    /// strain; with the strain of a tensor, after it.
    pub fn factor(&self, d_angstrom: f64) -> f64 {
        if self.sd == 0.0 {
            return 1.0;
        }
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream((STEPS / d_angstrom).round() as u64);
        let normal = Normal::new(-0.5 * self.sd * self.sd, self.sd);
        normal.map_or(1.0, |n| n.sample(&mut rng).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_have_mean_one_and_the_deviation() {
        let grains = GrainStatistics::new(0.2, 5).unwrap();
        let factors: Vec<f64> = (1..=20_000)
            .map(|i| grains.factor(1.0 + 1e-4 * f64::from(i)))
            .collect();
        let mean = |f: &dyn Fn(f64) -> f64| {
            factors.iter().map(|x| f(*x)).sum::<f64>() / factors.len() as f64
        };
        assert!((mean(&|x| x) - 1.0).abs() < 0.01);
        let centre = mean(&f64::ln);
        let sd = mean(&|x| (x.ln() - centre).powi(2)).sqrt();
        assert!((sd - 0.2).abs() < 0.01, "{sd}");
        assert_eq!(grains.factor(2.0), grains.factor(2.0));
        assert_ne!(
            grains.factor(2.0),
            GrainStatistics::new(0.2, 6).unwrap().factor(2.0)
        );
        assert_eq!(GrainStatistics::new(0.0, 5).unwrap().factor(2.0), 1.0);
        assert!(
            GrainStatistics::new(2.1, 0).is_err() && GrainStatistics::new(f64::NAN, 0).is_err()
        );
    }
}
