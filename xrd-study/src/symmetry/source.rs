use std::sync::Arc;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use xrd_sim::{LatticeStrain, PatternKey, RandomEffects};
use xrd_symmetry::SpaceGroup;

use super::crystal::tensor;
use super::{Crystal, normal};
use crate::{Error, Result};

/// Stream of the random numbers that choose crystals and strains. The effects have streams of their own.
const CHOICE: u64 = 1 << 40;

/// Largest norm of a strain tensor. Larger ones, which are rare, are scaled down.
const LARGEST_STRAIN: f64 = 0.09;

/// Effects on simulated training patterns, drawn again for every pattern.
#[derive(Clone, Debug)]
pub struct SymmetryEffects {
    /// Effects of instrument and specimen.
    pub effects: RandomEffects,
    /// Standard deviation of the uniform lattice strain Δd/d.
    pub strain: f64,
    /// Standard deviation of each component of the strain that keeps the symmetry.
    pub directional_strain: f64,
    /// Share of patterns with lines of a second crystal.
    pub impure: f64,
    /// Largest height of these lines relative to the highest line.
    pub impurity: f64,
    /// Share of mixtures of two crystals, the highest line of one 0.3 to 1 times as high as that of the other. The
    /// space group is that of either crystal, so that a network learns to be uncertain about mixtures.
    pub mixed: f64,
}

impl Default for SymmetryEffects {
    /// Effects of laboratory diffractometers with copper tubes, strains of 0.6 %, impurities of up to
    /// 8 % in a fifth of the patterns, and mixtures of two crystals in 8 % of the patterns.
    fn default() -> Self {
        let effects = toml::from_str(include_str!("laboratory.toml"));
        Self {
            effects: effects.expect("a test reads this table"),
            strain: 0.006,
            directional_strain: 0.003,
            impure: 0.2,
            impurity: 0.08,
            mixed: 0.08,
        }
    }
}

impl SymmetryEffects {
    /// Effects of instrument and specimen alone: no strains and no impurities.
    pub fn without_strain(effects: RandomEffects) -> Self {
        Self {
            effects,
            strain: 0.0,
            directional_strain: 0.0,
            impure: 0.0,
            impurity: 0.0,
            mixed: 0.0,
        }
    }
}

/// Source of simulated patterns with known space groups. Pattern `index` depends on the crystals, their
/// weights, the effects, the seed and the index only. A clone shares the crystals.
#[derive(Clone, Debug)]
pub struct PatternSource {
    crystals: Arc<[Crystal]>,
    /// Sums of the weights.
    sums: Arc<[f64]>,
    effects: SymmetryEffects,
    seed: u64,
}

impl PatternSource {
    /// Source of patterns of crystals, each with the weight with which it is chosen.
    ///
    /// # Errors
    /// [`Error::Expected`] without crystals, or if they are not on one axis. [`Error::OutOfRange`] unless all
    /// weights are positive.
    pub fn new(crystals: Vec<(Crystal, f64)>, effects: SymmetryEffects, seed: u64) -> Result<Self> {
        if crystals.is_empty() {
            return Err(Error::Expected("at least one crystal"));
        }
        let sampling = crystals[0].0.sampling;
        if crystals.iter().any(|(c, _)| c.sampling != sampling) {
            return Err(Error::Expected("crystals on one axis"));
        }
        let mut sums = Vec::with_capacity(crystals.len());
        let mut sum = 0.0;
        for (_, weight) in &crystals {
            if !(*weight > 0.0 && weight.is_finite()) {
                return Err(Error::OutOfRange {
                    what: "weight of a crystal",
                    found: *weight,
                    expected: "> 0",
                });
            }
            sum += weight;
            sums.push(sum);
        }
        Ok(Self {
            crystals: crystals.into_iter().map(|(c, _)| c).collect(),
            sums: sums.into(),
            effects,
            seed,
        })
    }

    /// Sets the seed.
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Returns the number of crystals.
    pub fn len(&self) -> usize {
        self.crystals.len()
    }

    /// Returns `true` if there are no crystals.
    pub fn is_empty(&self) -> bool {
        self.crystals.is_empty()
    }

    /// Returns the pattern with an index, on the axis of the crystals and before preparation, and its space
    /// group.
    ///
    /// Cost: O(lines + points), about 0.3 ms.
    ///
    /// # Errors
    /// Any error of the simulation.
    pub fn pattern(&self, index: u64) -> Result<(Vec<f32>, SpaceGroup)> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(CHOICE + index);
        let crystal = self.choose(&mut rng);
        self.draw(crystal, &mut rng, index)
    }

    /// Returns a pattern of the crystal with the number `crystal` alone, never of a mixture, with the random numbers
    /// of an index.
    ///
    /// # Errors
    /// Any error of the simulation.
    pub fn pattern_of(&self, crystal: usize, index: u64) -> Result<(Vec<f32>, SpaceGroup)> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(CHOICE + index);
        let key = PatternKey::new(self.seed, index);
        let crystal = &self.crystals[crystal];
        let pattern = self.impure(crystal, &mut rng, key)?;
        Ok((crystal.sampling.averaged(&pattern), crystal.space_group))
    }

    /// Returns a mixture of two crystals, with the random numbers of an index. The highest line of one is 0.3 to 1
    /// times as high as that of the other.
    ///
    /// # Errors
    /// Any error of the simulation.
    pub fn mixture(&self, index: u64) -> Result<Vec<f32>> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(CHOICE + index);
        let key = PatternKey::new(self.seed, index);
        let crystal = &self.crystals[self.choose(&mut rng)];
        let pattern = self.impure(crystal, &mut rng, key)?;
        let (pattern, _) = self.mixed(pattern, &mut rng, key)?;
        Ok(crystal.sampling.averaged(&pattern))
    }

    fn choose(&self, rng: &mut impl Rng) -> usize {
        let total = self.sums.last().copied().unwrap_or_default();
        let at = rng.random::<f64>() * total;
        self.sums
            .partition_point(|s| *s <= at)
            .min(self.sums.len() - 1)
    }

    fn draw(
        &self,
        crystal: usize,
        rng: &mut ChaCha8Rng,
        index: u64,
    ) -> Result<(Vec<f32>, SpaceGroup)> {
        let key = PatternKey::new(self.seed, index);
        let crystal = &self.crystals[crystal];
        let pattern = self.impure(crystal, rng, key)?;
        let is_mixed = rng.random::<f64>() < self.effects.mixed;
        let (pattern, group) = match is_mixed {
            false => (pattern, crystal.space_group),
            true => {
                let (pattern, other) = self.mixed(pattern, rng, key)?;
                let is_other = rng.random::<f64>() < 0.5;
                (pattern, if is_other { other } else { crystal.space_group })
            }
        };
        Ok((crystal.sampling.averaged(&pattern), group))
    }

    /// Pattern of a crystal, sometimes with lines of another.
    fn impure(&self, crystal: &Crystal, rng: &mut ChaCha8Rng, key: PatternKey) -> Result<Vec<f32>> {
        let mut pattern = self.phase(crystal, rng, key)?;
        if rng.random::<f64>() < self.effects.impure {
            let other = &self.crystals[self.choose(rng)];
            let height = self.effects.impurity * rng.random::<f64>();
            add(&mut pattern, &self.phase(other, rng, key)?, height);
        }
        Ok(pattern)
    }

    /// A pattern with that of another crystal, and the space group of the latter.
    fn mixed(
        &self,
        mut pattern: Vec<f32>,
        rng: &mut ChaCha8Rng,
        key: PatternKey,
    ) -> Result<(Vec<f32>, SpaceGroup)> {
        let other = &self.crystals[self.choose(rng)];
        let height = 0.3 + 0.7 * rng.random::<f64>();
        add(&mut pattern, &self.phase(other, rng, key)?, height);
        Ok((pattern, other.space_group))
    }

    fn phase(&self, crystal: &Crystal, rng: &mut ChaCha8Rng, key: PatternKey) -> Result<Vec<f32>> {
        let drawn = self.effects.effects.draw(key)?;
        let phase = self.effects.effects.draw_phases(key, &["crystal"])?;
        let phase = match self.effects.strain == 0.0 && self.effects.directional_strain == 0.0 {
            true => phase,
            false => vec![phase[0].with_lattice_strain(self.strain(crystal, rng)?)],
        };
        let drawn = crystal.lines.draw(&phase, &drawn)?;
        Ok(drawn.mix(&[1.0], key)?.intensities().to_vec())
    }

    fn strain(&self, crystal: &Crystal, rng: &mut ChaCha8Rng) -> Result<LatticeStrain> {
        let uniform = self.effects.strain * normal(rng);
        let mut sum = tensor(|i, j| if i == j { uniform } else { 0.0 });
        for basis in &crystal.strains {
            let size = self.effects.directional_strain * normal(rng);
            sum = tensor(|i, j| sum[i][j] + size * basis[i][j]);
        }
        let norm = sum.iter().flatten().map(|x| x * x).sum::<f64>().sqrt();
        let factor = crystal.strain_factor.min(LARGEST_STRAIN / norm.max(1e-9));
        Ok(LatticeStrain::tensor(tensor(|i, j| factor * sum[i][j]))?)
    }
}

/// Adds a pattern times a factor.
fn add(pattern: &mut [f32], other: &[f32], factor: f64) {
    let pairs = pattern.iter_mut().zip(other);
    pairs.for_each(|(y, o)| *y += factor as f32 * o);
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{Atom, Lattice, Structure};

    /// Cubic cells of iron: simple (221) and body-centred (229).
    fn crystals() -> [Crystal; 2] {
        let cell = || Lattice::from_parameters(2.87, 2.87, 2.87, 90.0, 90.0, 90.0).unwrap();
        let atom = |p| Atom::new("Fe".parse().unwrap(), p);
        let crystal = |atoms: &[[f64; 3]], number| {
            let structure = Structure::new(cell(), atoms.iter().map(|p| atom(*p)).collect());
            let group = SpaceGroup::from_number(number).unwrap();
            Crystal::new(structure.unwrap(), group).unwrap()
        };
        [
            crystal(&[[0.0; 3]], 221),
            crystal(&[[0.0; 3], [0.5; 3]], 229),
        ]
    }

    fn source(weights: [f64; 2], effects: SymmetryEffects) -> Result<PatternSource> {
        let crystals = crystals().into_iter().zip(weights).collect();
        PatternSource::new(crystals, effects, 7)
    }

    #[test]
    fn a_pattern_depends_on_its_index_alone() {
        let all = source([1.0, 1.0], SymmetryEffects::default()).unwrap();
        let first: Vec<_> = (0..20).map(|i| all.pattern(i).unwrap()).collect();
        let again = (0..20).rev().map(|i| all.pattern(i).unwrap());
        assert!(again.eq(first.iter().rev().cloned()));
        assert!(first.windows(2).all(|w| w[0].0 != w[1].0));
        assert!(first.iter().all(|(y, _)| y.len() == 2125));
        let group = |n| SpaceGroup::from_number(n).unwrap();
        let simple = first.iter().filter(|(_, g)| *g == group(221)).count();
        assert!((4..=16).contains(&simple), "{simple}");
    }

    #[test]
    fn weights_choose_the_crystal() {
        let rare = source([1e-12, 1.0], SymmetryEffects::default()).unwrap();
        assert!((0..50).all(|i| rare.pattern(i).unwrap().1.number() == 229));
        for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(source([weight, 1.0], SymmetryEffects::default()).is_err());
        }
        assert!(PatternSource::new(Vec::new(), SymmetryEffects::default(), 0).is_err());
    }

    /// The first crystal alone is chosen for mixtures, as the second is rare.
    #[test]
    fn mixtures_have_lines_of_two_crystals_and_patterns_of_one_crystal_never() {
        let mut effects = SymmetryEffects::without_strain(RandomEffects::default());
        let alone = source([1.0, 1e-12], effects.clone()).unwrap();
        effects.mixed = 1.0;
        let mixed = source([1.0, 1e-12], effects).unwrap();
        let highest = |y: &[f32]| y.iter().copied().fold(0.0, f32::max);
        for index in 0..5 {
            let one = alone.pattern_of(1, index).unwrap();
            assert!(one == mixed.pattern_of(1, index).unwrap());
            let (drawn, group) = mixed.pattern(index).unwrap();
            assert_eq!(group.number(), 221);
            let (pure, _) = alone.pattern(index).unwrap();
            for mixture in [drawn, mixed.mixture(index).unwrap()] {
                let share = highest(&mixture) / highest(&pure) - 1.0;
                assert!((0.3..=1.0).contains(&share), "{share}");
            }
        }
    }

    /// A strain that keeps the symmetry moves the lines of a cube, and does not split them.
    #[test]
    fn strains_move_the_lines_of_a_cube_together() {
        let mut effects = SymmetryEffects::without_strain(RandomEffects::default());
        effects.directional_strain = 0.01;
        let strained = source([1.0, 1.0], effects).unwrap();
        let centre = |y: &[f32]| {
            let top = (0..y.len()).max_by(|&i, &j| y[i].total_cmp(&y[j])).unwrap();
            (top, y.iter().filter(|v| **v > 0.5 * y[top]).count())
        };
        let found: Vec<_> = (0..10)
            .map(|i| centre(&strained.pattern_of(1, i).unwrap().0))
            .collect();
        // The line (110) at 44.6° is 0.1° wide, which is two to four points.
        assert!(
            found.iter().all(|(_, width)| (2..=4).contains(width)),
            "{found:?}"
        );
        let first = found[0].0;
        assert!(found.iter().any(|(at, _)| *at != first), "{found:?}");
    }
}
