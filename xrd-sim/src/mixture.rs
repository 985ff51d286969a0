//! Patterns of mixtures of phases.

mod fractions;

pub use fractions::FractionRanges;

use std::ops::RangeInclusive;

use xrd_core::Structure;

use crate::atomic_weight::{cell_mass, formula_units};
use crate::axis::Sampling;
use crate::canvas::Line;
use crate::drawing::highest;
use crate::error::within;
use crate::measure::{LARGEST_DEG, Lines, finish};
use crate::spacings::Planes;
use crate::{
    Axis, Broadening, Diffraction, Effects, GrainStatistics, Instrument, LatticeStrain,
    MarchDollase, PatternKey, Result,
};

/// Angle in degrees from the end of the axis to the last lines that are kept. Lines beyond it have
/// no effect on a pattern.
const BEYOND_DEG: f64 = 30.0;

/// Shortest wavelength of a tube relative to Kα1 (Kβ of silver), rounded down.
const SHORTEST: f64 = 0.88;

/// Strength of a line relative to the strongest below which it is a systematic absence.
const ABSENT: f64 = 1e-9;

/// Lines of several crystalline phases, from which patterns of their mixtures are made.
///
/// Let w be the weight fraction of a phase, M the mass of its cell and V its volume. Each line has
/// the integrated intensity
///
/// I = w · m · |F|² · LP / (M · V),
///
/// where m is the multiplicity and LP the Lorentz-polarisation factor. This is the intensity per
/// irradiated volume, m·|F|²·LP/V², multiplied by the volume w·V/M of the phase per mass of the
/// mixture. The absorption of the mixture weakens all lines of a flat, infinitely thick specimen by
/// the same factor, which the scaling to a maximum of 1 removes. Microabsorption (G. W. Brindley,
/// Philos. Mag. 36, 347, 1945) is not simulated: the particles of all phases are assumed to be so
/// small that the beam in one of them is hardly absorbed. Otherwise the weight fractions of strongly
/// absorbing phases appear too small.
///
/// # Example
/// ```
/// # use xrd_core::{Atom, Lattice, Structure};
/// use xrd_sim::{Effects, Instrument, Mixture, PatternKey, PhaseEffects};
/// # let cubic = |a, symbol: &str| {
/// #     let cell = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0).unwrap();
/// #     let atom = |p| Atom::new(symbol.parse().unwrap(), p);
/// #     Structure::new(cell, [[0.0; 3], [0.5; 3]].map(atom).to_vec()).unwrap()
/// # };
/// # let (iron, tungsten) = (cubic(2.8665, "Fe"), cubic(3.1652, "W"));
/// let mut mixture = Mixture::new(Instrument::laboratory(0.1)?);
/// mixture.add(iron)?;
/// mixture.add(tungsten)?;
/// let phases = [PhaseEffects::default(); 2];
/// let key = PatternKey::new(0, 0);
/// let pattern = mixture.measure(&[0.8, 0.2], &phases, &Effects::default(), key)?;
/// // Tungsten is heavy: a fifth of the weight has the higher lines, at 40.3°.
/// assert!(pattern.intensities()[3526] > 0.9);
/// assert!(mixture.mole_fractions(&[0.8, 0.2])?[0] > 0.9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
/// R. J. Hill, C. J. Howard, J. Appl. Cryst. 20, 467 (1987).
#[derive(Clone, Debug)]
pub struct Mixture<A = xrd_core::TwoThetaGrid> {
    instrument: Instrument<A>,
    phases: Vec<Phase>,
}

/// Phase of a mixture.
#[derive(Clone, Debug)]
struct Phase {
    structure: Structure,
    /// Planes at the first wavelength.
    planes: Planes,
    /// V/M in Å³·mol/g.
    volume_per_mass: f64,
    /// Mass of a formula unit in g/mol.
    formula_mass: f64,
}

/// Effects of one phase of a mixture. There are none by default.
///
/// They replace the effects of the same name in [`Effects`], which are those of the whole pattern.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PhaseEffects {
    /// Line profile whose width depends on the angle; `None` for the profile of the pattern.
    pub broadening: Option<Broadening>,
    /// Preferred orientation.
    pub texture: Option<MarchDollase>,
    /// Random line heights because few grains reflect.
    pub grain_statistics: Option<GrainStatistics>,
    /// Uniform lattice strain.
    pub lattice_strain: Option<LatticeStrain>,
}

impl PhaseEffects {
    /// Sets a line profile whose width depends on the angle; `None` removes it.
    pub fn with_broadening(mut self, broadening: impl Into<Option<Broadening>>) -> Self {
        self.broadening = broadening.into();
        self
    }

    /// Sets the preferred orientation; `None` removes it.
    pub fn with_texture(mut self, texture: impl Into<Option<MarchDollase>>) -> Self {
        self.texture = texture.into();
        self
    }

    /// Sets the random line heights of few grains; `None` removes them.
    pub fn with_grain_statistics(mut self, grains: impl Into<Option<GrainStatistics>>) -> Self {
        self.grain_statistics = grains.into();
        self
    }

    /// Sets the uniform lattice strain; `None` removes it.
    pub fn with_lattice_strain(mut self, strain: impl Into<Option<LatticeStrain>>) -> Self {
        self.lattice_strain = strain.into();
        self
    }

    /// All effects on the lines of a phase in a pattern.
    fn within(&self, of_pattern: &Effects) -> Effects {
        Effects {
            broadening: self.broadening.or(of_pattern.broadening),
            texture: self.texture,
            grain_statistics: self.grain_statistics,
            lattice_strain: self.lattice_strain,
            amorphous: Vec::new(),
            ..of_pattern.clone()
        }
    }
}

impl<A: Axis> Mixture<A> {
    /// Creates a mixture without phases, measured with an instrument.
    pub fn new(instrument: Instrument<A>) -> Self {
        Self {
            instrument,
            phases: Vec::new(),
        }
    }

    /// Adds a phase. Its lines are computed once for all patterns.
    ///
    /// Lines more than 30° beyond the end of the axis are skipped.
    ///
    /// Cost: O(reflections · atoms).
    ///
    /// # Errors
    /// - Any error of [`reflections`](crate::reflections()) and [`Axis::two_theta_deg`].
    /// - [`Error::NoReflections`](crate::Error::NoReflections) if no line is within the axis.
    pub fn add(&mut self, structure: Structure) -> Result<()> {
        let diffraction = self.instrument.diffraction;
        let ends = ends(&self.instrument)?;
        let last = (ends[1] + BEYOND_DEG).min(LARGEST_DEG);
        let most = inverse_d(last, &diffraction) / SHORTEST;
        let planes = Planes::between(&structure, &diffraction, 0.0..=most)?;
        let on_axis = ends.map(|angle| inverse_d(angle.min(LARGEST_DEG), &diffraction));
        let strongest = planes.strongest(&(on_axis[0]..=on_axis[1]));
        // Systematic absences are not exactly 0.
        let forward = planes.strongest(&(0.0..=most)).max(f64::MIN_POSITIVE);
        let top = if strongest > ABSENT * forward {
            strongest
        } else {
            0.0
        };
        let points = xrd_core::TwoThetaGrid::new(ends[0], (ends[1] - ends[0]).max(1e-6), 2)?;
        highest(&[top], &structure, &points, diffraction.wavelength)?;
        let mass = cell_mass(&structure)?;
        self.phases.push(Phase {
            planes,
            volume_per_mass: structure.lattice().volume() / mass,
            formula_mass: mass / formula_units(&structure),
            structure,
        });
        Ok(())
    }

    /// Returns the number of phases.
    pub fn len(&self) -> usize {
        self.phases.len()
    }

    /// Returns `true` if there are no phases.
    pub fn is_empty(&self) -> bool {
        self.phases.is_empty()
    }

    /// Draws the lines of each phase alone, with effects on the pattern and on each phase.
    ///
    /// The argument `phases` contains one value per phase, in the order in which they were added.
    /// The texture, the lattice strain and the grain statistics of `effects` are not used. A lattice strain moves lines
    /// and does not change |F|² and the cell volume.
    ///
    /// A phase whose lines are all moved out of the axis adds nothing to a pattern, not even tails.
    ///
    /// Cost: O(lines + phases · points); with dispersion and more than one wavelength as
    /// [`measure`](crate::measure()).
    ///
    /// # Errors
    /// - Any error of [`measure`](crate::measure()), except that a phase may have no lines.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) without phases or for a wrong number of
    ///   effects.
    pub fn draw(&self, phases: &[PhaseEffects], effects: &Effects) -> Result<PhasePatterns<'_, A>> {
        within(
            "number of phases",
            self.phases.len() as f64,
            1.0..,
            "1 or more",
        )?;
        self.one_each("number of effects", phases.len())?;
        let instrument = &self.instrument;
        let of_phases: Vec<Effects> = phases.iter().map(|p| p.within(effects)).collect();
        let lines = of_phases.iter().map(|e| Lines::new(instrument, e));
        let lines = lines.collect::<Result<Vec<Lines>>>()?;
        let narrowest = |at: &[f64]| {
            let mut widths = lines.iter().map(|l| l.narrowest(at));
            widths.try_fold(f64::INFINITY, |least, width| Ok(least.min(width?)))
        };
        let wavelength = instrument.diffraction.wavelength;
        let sampling = Sampling::new(&instrument.grid, wavelength, narrowest)?;
        let drawn = self.phases.iter().zip(&lines);
        let drawn = drawn.map(|(phase, lines)| phase.draw(lines, &sampling));
        Ok(PhasePatterns {
            patterns: drawn.collect::<Result<_>>()?,
            effects: effects.clone(),
            mixture: self,
            sampling,
        })
    }

    /// Simulates the measured pattern of a mixture.
    ///
    /// The arguments are those of [`draw`](Self::draw) and [`PhasePatterns::mix`].
    ///
    /// # Errors
    /// Any error of [`draw`](Self::draw) and [`PhasePatterns::mix`].
    pub fn measure(
        &self,
        weights: &[f64],
        phases: &[PhaseEffects],
        effects: &Effects,
        key: PatternKey,
    ) -> Result<A::Pattern> {
        self.draw(phases, effects)?.mix(weights, key)
    }

    /// Returns the mole fractions of the formula units of the phases.
    ///
    /// The argument `weights` contains one weight per phase. A formula unit has the smallest whole
    /// numbers of atoms, such as Al₂O₃. It is the content of the cell if a number of atoms in the
    /// cell is not whole.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for a negative weight, if all weights are 0,
    /// or for a wrong number of weights.
    pub fn mole_fractions(&self, weights: &[f64]) -> Result<Vec<f64>> {
        self.check(weights)?;
        let phases = self.phases.iter().zip(weights);
        Ok(shares(phases.map(|(p, w)| w / p.formula_mass)))
    }

    /// Returns the weight fractions that belong to mole fractions of formula units.
    ///
    /// # Errors
    /// Any error of [`mole_fractions`](Self::mole_fractions).
    pub fn weights_of_moles(&self, moles: &[f64]) -> Result<Vec<f64>> {
        self.check(moles)?;
        let phases = self.phases.iter().zip(moles);
        Ok(shares(phases.map(|(p, n)| n * p.formula_mass)))
    }

    fn check(&self, weights: &[f64]) -> Result<()> {
        self.one_each("number of weights", weights.len())?;
        for weight in weights {
            within("weight of a phase", *weight, 0.0..=f64::MAX, "0 or more")?;
        }
        let sum = weights.iter().sum();
        within("sum of the weights", sum, f64::MIN_POSITIVE.., "over 0")?;
        Ok(())
    }

    fn one_each(&self, what: &'static str, count: usize) -> Result<()> {
        let phases = self.phases.len() as f64;
        within(what, count as f64, phases..=phases, "one per phase")?;
        Ok(())
    }
}

/// Patterns of the phases of a [`Mixture`], from which patterns of the mixture are made.
///
/// Each has the intensities of a mixture of this phase alone.
pub struct PhasePatterns<'a, A = xrd_core::TwoThetaGrid> {
    mixture: &'a Mixture<A>,
    effects: Effects,
    sampling: Sampling,
    patterns: Vec<Vec<f64>>,
}

impl<A: Axis> PhasePatterns<'_, A> {
    /// Returns the mixture that the patterns belong to.
    pub fn mixture(&self) -> &Mixture<A> {
        self.mixture
    }

    /// Returns the height of the highest line of each phase in a mixture of this phase alone, on
    /// one scale. The height is 0 if the phase has no line on the axis.
    pub fn heights(&self) -> Vec<f64> {
        let highest = |pattern: &Vec<f64>| pattern.iter().copied().fold(0.0, f64::max);
        self.patterns.iter().map(highest).collect()
    }

    /// Returns the share of each phase in the sum of the heights of the highest lines.
    ///
    /// These are the fractions of patterns that are scaled to a maximum of 1 and then added.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a negative weight, if all weights are
    ///   0, or for a wrong number of weights.
    /// - [`Error::NoReflections`](crate::Error::NoReflections) if no phase with a weight has a line
    ///   on the axis.
    pub fn height_shares(&self, weights: &[f64]) -> Result<Vec<f64>> {
        self.mixture.check(weights)?;
        let heights: Vec<f64> = self
            .heights()
            .iter()
            .zip(weights)
            .map(|(h, w)| h * w)
            .collect();
        self.top(&heights, weights)?;
        Ok(shares(heights.into_iter()))
    }

    /// Returns the weight fractions that belong to shares of the heights of the highest lines.
    ///
    /// # Errors
    /// - Any error of [`height_shares`](Self::height_shares).
    /// - [`Error::NoReflections`](crate::Error::NoReflections) if a phase with a share has no line
    ///   on the axis.
    pub fn weights_of_heights(&self, height_shares: &[f64]) -> Result<Vec<f64>> {
        self.mixture.check(height_shares)?;
        let mut weights = Vec::with_capacity(height_shares.len());
        for (i, (share, height)) in height_shares.iter().zip(self.heights()).enumerate() {
            weights.push(match *share > 0.0 {
                true => share / self.top_of(i, &[height])?,
                false => 0.0,
            });
        }
        Ok(shares(weights.into_iter()))
    }

    /// Returns the pattern of a mixture.
    ///
    /// The argument `weights` contains one weight per phase. Only the ratios of the weights count.
    /// As in [`measure`](crate::measure()), the lines are scaled to a maximum of 1, and humps,
    /// background and noise are then added. The random numbers depend only on the argument `key`.
    ///
    /// Cost: O(phases · points).
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a negative weight, if all weights are
    ///   0, or for a wrong number of weights.
    /// - [`Error::NoReflections`](crate::Error::NoReflections) if no phase with a weight has a line
    ///   on the axis.
    /// - Any error of [`Axis::pattern`].
    pub fn mix(&self, weights: &[f64], key: PatternKey) -> Result<A::Pattern> {
        self.mixture.check(weights)?;
        let mut sum = vec![0.0; self.patterns[0].len()];
        for (pattern, weight) in self.patterns.iter().zip(weights) {
            for (y, of_phase) in sum.iter_mut().zip(pattern) {
                *y += weight * of_phase;
            }
        }
        let top = self.top(&sum, weights)?;
        finish(
            &self.mixture.instrument,
            &self.sampling,
            sum,
            top,
            &self.effects,
            key,
        )
    }

    /// Maximum of the intensities of a mixture.
    fn top(&self, intensities: &[f64], weights: &[f64]) -> Result<f64> {
        let heaviest = (0..weights.len()).max_by(|&i, &j| weights[i].total_cmp(&weights[j]));
        self.top_of(heaviest.unwrap_or(0), intensities)
    }

    /// Maximum of intensities. The error is about the phase of this index.
    fn top_of(&self, phase: usize, intensities: &[f64]) -> Result<f64> {
        let structure = &self.mixture.phases[phase].structure;
        let wavelength = self.mixture.instrument.diffraction.wavelength;
        highest(intensities, structure, self.sampling.grid(), wavelength)
    }
}

impl Phase {
    /// Intensities of the lines per mass of the phase, at the points of the axis.
    fn draw(&self, lines: &Lines, sampling: &Sampling) -> Result<Vec<f64>> {
        let grid = sampling.grid();
        let most = RangeInclusive::new(0.0, self.planes.end());
        let planes = |beam: &Diffraction| Planes::between(&self.structure, beam, most.clone());
        let mut of_phase = lines.of_planes(&self.planes, planes, grid)?;
        // Tails of lines beyond the ends say nothing about the phase.
        let top = of_phase.iter().map(|line| line.area).fold(0.0, f64::max);
        let ends = grid.start()..=grid.last();
        let is_on = |line: &Line| line.area > ABSENT * top && ends.contains(&line.centre);
        if !of_phase.iter().any(is_on) {
            of_phase.clear();
        }
        for line in &mut of_phase {
            line.area *= self.volume_per_mass;
        }
        Ok(sampling.at_points(lines.draw_all(of_phase, grid)))
    }
}

/// Numbers divided by their sum.
fn shares(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let numbers: Vec<f64> = numbers.collect();
    let sum: f64 = numbers.iter().sum();
    numbers.into_iter().map(|x| x / sum).collect()
}

/// First and last angle of the axis in degrees.
fn ends<A: Axis>(instrument: &Instrument<A>) -> Result<[f64; 2]> {
    if let Some(grid) = instrument.grid.uniform() {
        return Ok([grid.start(), grid.last()]);
    }
    let angles = instrument
        .grid
        .two_theta_deg(instrument.diffraction.wavelength)?;
    within("number of points", angles.len() as f64, 1.0.., "1 or more")?;
    let first = angles.iter().copied().fold(f64::INFINITY, f64::min);
    Ok([first, angles.into_iter().fold(first, f64::max)])
}

/// 1/d in Å⁻¹ of an angle in degrees.
fn inverse_d(two_theta_deg: f64, diffraction: &Diffraction) -> f64 {
    let sin = (two_theta_deg.max(0.0) / 2.0).to_radians().sin();
    2.0 * sin / diffraction.wavelength.as_angstrom()
}

#[cfg(test)]
mod tests;
