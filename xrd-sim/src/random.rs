mod distribution;

pub use distribution::Distribution;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Key of the random numbers of one pattern: the seed of a data set and the index of the pattern.
///
/// The random numbers of a pattern depend only on its key. Pattern 734,512 of a data set therefore
/// gets the same random numbers on every machine and in every run.
///
/// The random number generator is ChaCha8. Its seed is the seed of the data set, and its stream
/// number is the index of the pattern. Each effect uses a separate part of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PatternKey {
    /// Seed of the data set.
    pub seed: u64,
    /// Index of the pattern in the data set, from 0.
    pub index: u64,
}

/// Purpose of random numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Emission,
    Profile,
    Broadening,
    AxialDivergence,
    ZeroShift,
    SampleDisplacement,
    Transparency,
    Texture,
    SurfaceRoughness,
    HasBackground,
    Background,
    HasNoise,
    Noise,
    CountingNoise,
    Counting,
    LineHeights,
    HasLineHeights,
    Impurity,
    LineWidth,
    IntensityDrift,
    HasSmoothBackground,
    SmoothBackground,
    /// Amorphous hump of this index.
    Amorphous(u32),
    /// Fractions of the phases of a mixture.
    Fractions,
    Impurities,
    GrainStatistics,
    LatticeStrain,
    /// Effect on the phase of this index of a mixture.
    Phase(u32, PhasePart),
}

/// Effect on one phase of a mixture.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PhasePart {
    Broadening,
    Texture,
    LatticeStrain,
    GrainStatistics,
}

impl Purpose {
    /// Number of the part of the stream for this purpose. The number must never change, because
    /// existing sets depend on it.
    fn part(self) -> u32 {
        match self {
            Self::Emission => 1,
            Self::Profile => 2,
            Self::Broadening => 3,
            Self::AxialDivergence => 4,
            Self::ZeroShift => 5,
            Self::SampleDisplacement => 6,
            Self::Transparency => 7,
            Self::Texture => 8,
            Self::SurfaceRoughness => 9,
            Self::HasBackground => 10,
            Self::Background => 11,
            Self::HasNoise => 12,
            Self::Noise => 13,
            Self::CountingNoise => 14,
            Self::Counting => 15,
            // Far beyond any number of humps.
            Self::LineHeights => 1 << 31,
            Self::HasLineHeights => (1 << 31) + 1,
            Self::Impurity => (1 << 31) + 2,
            Self::LineWidth => (1 << 31) + 3,
            Self::IntensityDrift => (1 << 31) + 4,
            Self::HasSmoothBackground => (1 << 31) + 5,
            Self::SmoothBackground => (1 << 31) + 6,
            Self::Amorphous(hump) => 16 + hump,
            Self::Fractions => 1 << 30,
            Self::LatticeStrain => (1 << 30) + 1,
            Self::Impurities => (1 << 30) + 2,
            Self::GrainStatistics => (1 << 30) + 3,
            // Eight parts per phase, far from the humps and from all other purposes.
            Self::Phase(phase, part) => (3 << 30) + 8 * phase + part as u32,
        }
    }
}

impl PatternKey {
    /// Creates a key from the seed of a data set and the index of a pattern, from 0.
    pub const fn new(seed: u64, index: u64) -> Self {
        Self { seed, index }
    }

    /// Random numbers of the pattern for a purpose.
    pub(crate) fn numbers(self, purpose: Purpose) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(self.index);
        rng.set_word_pos(u128::from(purpose.part()) << 34);
        rng
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    fn numbers(seed: u64, index: u64, purpose: Purpose) -> [u64; 4] {
        let mut rng = PatternKey { seed, index }.numbers(purpose);
        std::array::from_fn(|_| rng.random())
    }

    #[test]
    fn seed_index_and_purpose_each_change_the_numbers() {
        let one = numbers(3, 734_512, Purpose::Noise);
        assert_eq!(one, numbers(3, 734_512, Purpose::Noise));
        assert_ne!(one, numbers(4, 734_512, Purpose::Noise));
        assert_ne!(one, numbers(3, 734_513, Purpose::Noise));
        assert_ne!(one, numbers(3, 734_512, Purpose::Counting));
    }

    /// Existing sets must not change with a later version of the generator.
    #[test]
    fn the_numbers_are_pinned() {
        let [first, ..] = numbers(3, 734_512, Purpose::Noise);
        assert_eq!(first, 9_382_547_191_822_426_273);
    }
}
