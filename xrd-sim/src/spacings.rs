//! Lattice planes of a structure, and the spacings that they share.

use std::ops::RangeInclusive;

use xrd_core::Structure;

use crate::reflections::ReflectionColumns;
use crate::{Diffraction, Effects, Result};

/// Largest relative difference between two values of 1/d² that count as equal: a thousand times
/// the rounding error, and far below the resolution of any instrument.
const SAME_SPACING: f64 = 1e-12;

/// Lattice planes of a structure without the effects of a specimen. They can be used for many
/// patterns.
#[derive(Clone, Debug)]
pub(crate) struct Planes {
    /// 1/d² in Å⁻² and multiplicity · |F|²/V² of each set of planes.
    strengths: Vec<(f64, f64)>,
    hkl: Vec<[i32; 3]>,
    reciprocal: [[f64; 3]; 3],
    /// End of the range of 1/d in Å⁻¹.
    end: f64,
}

impl Planes {
    /// Planes in a range of 1/d (Å⁻¹), one of each pair (hkl), (−h −k −l).
    ///
    /// # Errors
    /// Any error of [`reflections`](crate::reflections()).
    pub(crate) fn between(
        structure: &Structure,
        diffraction: &Diffraction,
        inverse_d: RangeInclusive<f64>,
    ) -> Result<Self> {
        let end = *inverse_d.end();
        let all = ReflectionColumns::between(structure, diffraction, inverse_d)?;
        let volume = structure.lattice().volume();
        let one = |i: usize| {
            let strength = all.multiplicity[i] as f64 * all.f_squared[i] / (volume * volume);
            (all.inverse_d_squared[i], strength)
        };
        Ok(Self {
            strengths: (0..all.hkl.len()).map(one).collect(),
            reciprocal: structure.lattice().reciprocal(),
            hkl: all.hkl,
            end,
        })
    }

    /// End of the range of 1/d in Å⁻¹.
    pub(crate) fn end(&self) -> f64 {
        self.end
    }

    /// Largest strength of the planes in a range of 1/d (Å⁻¹); 0 without planes.
    pub(crate) fn strongest(&self, inverse_d: &RangeInclusive<f64>) -> f64 {
        let found = self.strengths.iter();
        let found = found.filter(|(squared, _)| inverse_d.contains(&squared.sqrt()));
        found.map(|(_, strength)| *strength).fold(0.0, f64::max)
    }

    /// Vector of the reciprocal lattice.
    fn normal(&self, hkl: [i32; 3]) -> [f64; 3] {
        [0, 1, 2].map(|j| {
            (0..3)
                .map(|i| f64::from(hkl[i]) * self.reciprocal[i][j])
                .sum()
        })
    }

    /// Spacings in a range of 1/d (Å⁻¹) before the lattice strain, of a specimen with texture, grain
    /// statistics and lattice strain.
    pub(crate) fn spacings(&self, effects: &Effects, inverse_d: &RangeInclusive<f64>) -> Spacings {
        let squared = inverse_d.start().powi(2)..=inverse_d.end().powi(2);
        let planes = self.strengths.iter().zip(&self.hkl);
        let within = planes.filter(|((q2, _), _)| squared.contains(q2));
        let density = |hkl| {
            effects
                .texture
                .map_or(1.0, |t| t.density_of(&self.reciprocal, hkl))
        };
        let directional = effects.lattice_strain.filter(|s| s.is_directional());
        let strained = |q2: f64, hkl| match directional {
            Some(strain) => q2 / strain.factor_along(self.normal(hkl)).powi(2),
            None => q2,
        };
        let one = |(&(q2, strength), &hkl): (&(f64, f64), &[i32; 3])| {
            (strained(q2, hkl), strength * density(hkl))
        };
        let mut found: Vec<(f64, f64)> = within.map(one).collect();
        if let Some(strain) = directional {
            // The range allows for any direction. Planes that were strained away from the grid are left out, because
            // the broadening of their lines has no bound.
            let [least, most] = strain.bounds();
            let after = (inverse_d.start() / least).powi(2)..=(inverse_d.end() / most).powi(2);
            found.retain(|(q2, _)| after.contains(q2));
        }
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut inverse_d, mut strength) = joined(&found);
        if let Some(grains) = effects.grain_statistics {
            let lines = strength.iter_mut().zip(&inverse_d);
            lines.for_each(|(y, q)| *y *= grains.factor(1.0 / q));
        }
        if let Some(strain) = effects.lattice_strain.filter(|s| !s.is_directional()) {
            inverse_d.iter_mut().for_each(|q| *q /= strain.factor());
        }
        Spacings {
            inverse_d,
            strength,
        }
    }
}

/// Lattice spacings of a structure, each with its strength of diffraction.
pub(crate) struct Spacings {
    /// 1/d in Å⁻¹, ascending.
    pub(crate) inverse_d: Vec<f64>,
    /// Sum of |F|²/V² over the reflections of that spacing, each multiplied by the fraction of
    /// crystallites that are oriented to reflect.
    pub(crate) strength: Vec<f64>,
}

/// Converts 1/d² to 1/d and joins values that differ only by rounding.
fn joined(squared: &[(f64, f64)]) -> (Vec<f64>, Vec<f64>) {
    let same = |a: &(f64, f64), b: &(f64, f64)| b.0 - a.0 <= SAME_SPACING * a.0;
    squared
        .chunk_by(same)
        .map(|of_one| (of_one[0].0.sqrt(), of_one.iter().map(|r| r.1).sum::<f64>()))
        .unzip()
}
