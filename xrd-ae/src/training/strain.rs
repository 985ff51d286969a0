use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use xrd_core::{Strain, TwoThetaGrid};

use crate::error::Result;

/// Random stream of the strains of the first pattern. Each further pattern has the next stream.
const STREAM: u64 = 2;

/// Words of the stream reserved per strain.
const WORDS: u128 = 4;

/// Random strain of training patterns.
#[derive(Clone)]
pub(crate) struct RandomStrain {
    /// The strain is uniform between ±this value.
    largest: f64,
    seed: u64,
    strain: Strain,
}

impl RandomStrain {
    pub(crate) fn new(largest: f64, seed: u64, grid: &TwoThetaGrid) -> Self {
        Self {
            largest,
            seed,
            strain: Strain::on(grid),
        }
    }

    /// Strain of a pattern in an epoch. It depends on these two and the seed alone, so that a
    /// resumed training draws the same strains.
    fn drawn(&self, epoch: usize, index: usize) -> f64 {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(STREAM + index as u64);
        rng.set_word_pos(epoch as u128 * WORDS);
        self.largest * rng.random_range(-1.0..=1.0)
    }

    /// Applies the strain of an epoch to the pattern `index`.
    pub(crate) fn apply(&self, epoch: usize, index: usize, pattern: &mut [f32]) -> Result<()> {
        let strained = self.strain.of(self.drawn(epoch, index), pattern)?;
        pattern.copy_from_slice(&strained);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strains_are_uniform_and_depend_on_epoch_pattern_and_seed() {
        let grid = TwoThetaGrid::new(5.0, 0.05, 3).unwrap();
        let strain = RandomStrain::new(0.01, 7, &grid);
        let drawn: Vec<f64> = (0..100)
            .flat_map(|epoch| (0..100).map(move |index| (epoch, index)))
            .map(|(epoch, index)| strain.drawn(epoch, index))
            .collect();
        let mean = drawn.iter().sum::<f64>() / 1e4;
        let square = drawn.iter().map(|e| e * e).sum::<f64>() / 1e4;
        assert!(mean.abs() < 5.0 * 0.01 / 3f64.sqrt() / 100.0, "{mean}");
        assert!((square / (1e-4 / 3.0) - 1.0).abs() < 0.05, "{square}");
        let mut sorted = drawn.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        assert_eq!(sorted.len(), drawn.len());
        assert_eq!(
            strain.drawn(3, 4),
            RandomStrain::new(0.01, 7, &grid).drawn(3, 4)
        );
        assert_ne!(
            strain.drawn(3, 4),
            RandomStrain::new(0.01, 8, &grid).drawn(3, 4)
        );
    }
}
