use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use xrd_core::TwoThetaGrid;

/// Stream of the random numbers that strains are drawn from.
const STREAM: u64 = 2;

/// Words of the stream that each strain may take.
const WORDS: u128 = 4;

/// Patterns as those of crystals strained at random: a line at θ moves to θ′ with
/// sin θ′ = sin θ/(1 + ε), ε being Δd/d of all planes.
#[derive(Clone)]
pub(crate) struct Strain {
    /// ε is uniform from minus this to this.
    largest: f64,
    seed: u64,
    /// sin θ and cos θ at each point.
    sin_cos: Vec<(f64, f64)>,
    step_deg: f64,
}

impl Strain {
    pub(crate) fn new(largest: f64, seed: u64, grid: &TwoThetaGrid) -> Self {
        let half = grid.angles().map(|angle| (angle / 2.0).to_radians());
        Self {
            largest,
            seed,
            sin_cos: half.map(f64::sin_cos).collect(),
            step_deg: grid.step(),
        }
    }

    /// The strain of a pattern in an epoch. It depends on nothing else, so that a training that
    /// goes on after a checkpoint draws the same.
    pub(crate) fn of(&self, epoch: usize, index: usize) -> f64 {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(STREAM + index as u64);
        rng.set_word_pos(epoch as u128 * WORDS);
        self.largest * rng.random_range(-1.0..=1.0)
    }

    /// The pattern of a crystal strained by ε, by linear interpolation; beyond the ends the first
    /// and the last intensity go on.
    ///
    /// Cost O(points).
    pub(crate) fn apply(&self, strain: f64, pattern: &[f32], into: &mut [f32]) {
        let per_radian = 2f64.to_degrees() / self.step_deg;
        let last = pattern.len() - 1;
        for (i, (y, &(sin, cos))) in into.iter_mut().zip(&self.sin_cos).enumerate() {
            // What is seen here was at θ + δ, sin(θ + δ) = (1 + ε)·sin θ, in the pattern.
            let stretched = (1.0 + strain) * sin;
            let there = (1.0 - stretched * stretched).max(0.0).sqrt();
            let x = sin * ((1.0 + strain) * cos - there);
            let delta = x * (1.0 + x * x * (1.0 / 6.0 + x * x * (3.0 / 40.0)));
            let place = (i as f64 + delta * per_radian).clamp(0.0, last as f64);
            let (below, share) = (place as usize, place.fract() as f32);
            let above = pattern[(below + 1).min(last)];
            *y = pattern[below] + share * (above - pattern[below]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line_at(grid: &TwoThetaGrid, centre: f64) -> Vec<f32> {
        let at = |angle: f64| (-((angle - centre) / 0.3).powi(2)).exp() as f32;
        grid.angles().map(at).collect()
    }

    proptest! {
        /// The line of the strained crystal is where Bragg's law has it.
        #[test]
        fn lines_move_as_bragg_has_it(strain in -0.02..0.02f64, centre in 10.0..150.0f64) {
            let grid = TwoThetaGrid::new(5.0, 0.01, 17_000).unwrap();
            let mut moved = vec![0.0; grid.len()];
            Strain::new(0.02, 0, &grid).apply(strain, &line_at(&grid, centre), &mut moved);
            let sin = (centre / 2.0).to_radians().sin() / (1.0 + strain);
            let expected = 2.0 * sin.asin().to_degrees();
            let weighed = grid.angles().zip(&moved);
            let (sum, total) = weighed.fold((0.0, 0.0), |(s, t), (angle, &y)| {
                let y = f64::from(y).powi(8);
                (s + angle * y, t + y)
            });
            // Lines at high angles are stretched more on one side than on the other.
            prop_assert!((sum / total - expected).abs() < 0.01, "{} {expected}", sum / total);
            let top = moved.iter().copied().fold(0.0, f32::max);
            prop_assert!((top - 1.0).abs() < 1e-3);
        }

        #[test]
        fn no_strain_changes_nothing(pattern in prop::collection::vec(0.0..1.0f32, 1..300)) {
            let grid = TwoThetaGrid::new(5.0, 0.05, pattern.len()).unwrap();
            let mut same = vec![0.0; pattern.len()];
            Strain::new(0.02, 0, &grid).apply(0.0, &pattern, &mut same);
            // But for the rounding of angles.
            for (a, b) in pattern.iter().zip(&same) {
                prop_assert!((a - b).abs() < 1e-6, "{a} {b}");
            }
        }
    }

    #[test]
    fn strains_are_uniform_and_depend_on_epoch_pattern_and_seed() {
        let grid = TwoThetaGrid::new(5.0, 0.05, 3).unwrap();
        let strain = Strain::new(0.01, 7, &grid);
        let drawn: Vec<f64> = (0..100)
            .flat_map(|epoch| (0..100).map(move |index| (epoch, index)))
            .map(|(epoch, index)| strain.of(epoch, index))
            .collect();
        let mean = drawn.iter().sum::<f64>() / 1e4;
        let square = drawn.iter().map(|e| e * e).sum::<f64>() / 1e4;
        assert!(mean.abs() < 5.0 * 0.01 / 3f64.sqrt() / 100.0, "{mean}");
        assert!((square / (1e-4 / 3.0) - 1.0).abs() < 0.05, "{square}");
        let mut sorted = drawn.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        assert_eq!(sorted.len(), drawn.len());
        assert_eq!(strain.of(3, 4), Strain::new(0.01, 7, &grid).of(3, 4));
        assert_ne!(strain.of(3, 4), Strain::new(0.01, 8, &grid).of(3, 4));
    }
}
