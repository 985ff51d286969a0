use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use xrd_sim::{LatticeStrain, PatternKey, RandomEffects};
use xrd_symmetry::SpaceGroup;

use super::Crystal;
use crate::{Error, Result};

/// Stream of the random numbers that choose crystals and strains. The effects have streams of their own.
const CHOICE: u64 = 1 << 40;

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
}

impl Default for SymmetryEffects {
    /// Effects of laboratory diffractometers with copper tubes, strains of 0.6 %, and impurities of up to
    /// 8 % in a fifth of the patterns.
    fn default() -> Self {
        let effects = toml::from_str(include_str!("laboratory.toml"));
        Self {
            effects: effects.expect("a test reads this table"),
            strain: 0.006,
            directional_strain: 0.003,
            impure: 0.2,
            impurity: 0.08,
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
        }
    }
}

/// Source of simulated patterns with known space groups. Pattern `index` depends on the crystals, their
/// weights, the effects, the seed and the index only.
#[derive(Clone, Debug)]
pub struct PatternSource {
    crystals: Vec<Crystal>,
    /// Sums of the weights.
    sums: Vec<f64>,
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
            sums,
            effects,
            seed,
        })
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
        let crystal = &self.crystals[self.choose(&mut rng)];
        let intensities = self.draw(crystal, &mut rng, index)?;
        Ok((intensities, crystal.space_group))
    }

    /// Returns the pattern of the crystal with the number `crystal`, with the random numbers of an index.
    ///
    /// # Errors
    /// Any error of the simulation.
    pub fn pattern_of(&self, crystal: usize, index: u64) -> Result<(Vec<f32>, SpaceGroup)> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(CHOICE + index);
        let crystal = &self.crystals[crystal];
        let intensities = self.draw(crystal, &mut rng, index)?;
        Ok((intensities, crystal.space_group))
    }

    fn choose(&self, rng: &mut ChaCha8Rng) -> usize {
        let total = self.sums.last().copied().unwrap_or_default();
        let at = rng.random::<f64>() * total;
        self.sums
            .partition_point(|s| *s <= at)
            .min(self.sums.len() - 1)
    }

    fn draw(&self, crystal: &Crystal, rng: &mut ChaCha8Rng, index: u64) -> Result<Vec<f32>> {
        let key = PatternKey::new(self.seed, index);
        let mut pattern = self.phase(crystal, rng, key)?;
        let is_impure = rng.random::<f64>() < self.effects.impure;
        if is_impure {
            let other = &self.crystals[self.choose(rng)];
            let height = self.effects.impurity * rng.random::<f64>();
            let foreign = self.phase(other, rng, key)?;
            let height = height as f32;
            pattern
                .iter_mut()
                .zip(foreign)
                .for_each(|(y, f)| *y += height * f);
        }
        Ok(crystal.sampling.averaged(&pattern))
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
        let mut normal = || {
            // Sum of three uniform numbers, with variance 1 and without far tails.
            let sum: f64 = (0..3).map(|_| rng.random::<f64>() - 0.5).sum();
            2.0 * sum
        };
        let uniform = self.effects.strain * normal();
        let mut tensor = [
            [uniform, 0.0, 0.0],
            [0.0, uniform, 0.0],
            [0.0, 0.0, uniform],
        ];
        for basis in &crystal.strains {
            let size = self.effects.directional_strain * normal();
            for (row, of_basis) in tensor.iter_mut().zip(basis) {
                row.iter_mut()
                    .zip(of_basis)
                    .for_each(|(t, b)| *t += size * b);
            }
        }
        Ok(LatticeStrain::tensor(tensor)?)
    }
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
