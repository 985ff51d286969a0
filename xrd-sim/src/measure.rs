use std::ops::RangeInclusive;

use xrd_core::{Pattern, Scale, Structure, TwoThetaGrid, Wavelength};

use crate::bragg::Bragg;
use crate::canvas::{self, Line};
use crate::drawing::{draw_lines, highest};
use crate::effects::AxialImages;
use crate::error::within;
use crate::random::Purpose;
use crate::reflections::Planes;
use crate::{
    Diffraction, Effects, Instrument, PatternKey, Profile, Result, VecseiBackground,
    add_vecsei_noise,
};

/// Squares of 1/d are equal where they differ by less than this share: a thousand times the
/// rounding, and far less than any instrument resolves.
const SAME_SPACING: f64 = 1e-12;

/// What weak lines may take from a pattern at the most, in units of its highest line.
const LEFT_OUT: f64 = 1e-6;

/// The largest angle that a line may have, in degrees; at 180 its intensity has no bound.
const LARGEST_DEG: f64 = 179.9;

/// The pattern of a structure as an instrument with these effects measures it.
///
/// The lines are scaled to a maximum of 1; humps, background and noise come on top of them. The
/// factor from the intensities of [`draw_pattern`](crate::draw_pattern) is stated in the
/// pattern's scale. Without effects this is [`simulate`](crate::simulate), but for rounding.
///
/// Cost: O(planes · atoms + lines · points within the reach of a line), the lines being those of
/// each plane spacing at each wavelength.
///
/// # Errors
/// As [`simulate`](crate::simulate) and [`Broadening::profile`](crate::Broadening);
/// [`Error::OutOfRange`](crate::Error::OutOfRange) where the instrument's wavelength is not the
/// Kα1 of the tube.
///
/// # Example
/// ```
/// # use xrd_core::{Atom, Lattice, Structure};
/// use xrd_sim::{Effects, Instrument, PatternKey, ZeroShift, measure};
/// # let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0)?;
/// # let atoms = [[0.0; 3], [0.5; 3]].map(|p| Atom::new("Fe".parse().unwrap(), p)).to_vec();
/// # let iron = Structure::new(cell, atoms)?;
/// let instrument = Instrument::laboratory(0.1)?;
/// let shifted = Effects { zero_shift: Some(ZeroShift::new(0.05)?), ..Effects::default() };
/// let key = PatternKey { seed: 0, index: 0 };
/// let plain = measure(&iron, &instrument, &Effects::default(), key)?;
/// let later = measure(&iron, &instrument, &shifted, key)?;
/// for i in 100..8400 {
///     assert!((plain.intensities()[i] - later.intensities()[i + 5]).abs() < 1e-5);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn measure(
    structure: &Structure,
    instrument: &Instrument,
    effects: &Effects,
    key: PatternKey,
) -> Result<Pattern> {
    let grid = instrument.grid;
    let mut intensities = Lines::new(instrument, effects)?.draw(structure)?;
    let wavelength = instrument.diffraction.wavelength;
    let factor = scale_lines(&mut intensities, structure, &grid, wavelength)?;
    for hump in &effects.amorphous {
        hump.add(&grid, &mut intensities);
    }
    add_noise(effects, key, &mut intensities);
    let scale = Scale {
        factor,
        ..Scale::ARBITRARY
    };
    let intensities = intensities.into_iter().map(|y| y as f32).collect();
    let pattern = Pattern::new(grid, scale, intensities)?;
    Ok(pattern.with_wavelength(Some(wavelength)))
}

/// Scales intensities to a maximum of 1; gives the factor.
pub(crate) fn scale_lines(
    intensities: &mut [f64],
    structure: &Structure,
    grid: &TwoThetaGrid,
    wavelength: Wavelength,
) -> Result<f64> {
    let factor = 1.0 / highest(intensities, structure, grid, wavelength)?;
    intensities.iter_mut().for_each(|y| *y *= factor);
    Ok(factor)
}

/// Adds background and noise to lines and humps.
pub(crate) fn add_noise(effects: &Effects, key: PatternKey, intensities: &mut [f64]) {
    if effects.vecsei_background {
        VecseiBackground::draw(&mut key.numbers(Purpose::Background)).add(intensities);
    }
    if effects.vecsei_noise {
        add_vecsei_noise(&mut key.numbers(Purpose::Noise), intensities);
    }
    if let Some(noise) = effects.counting_noise {
        noise.apply(&mut key.numbers(Purpose::Counting), intensities);
    }
}

/// The lines of a pattern: everything but what comes on top of them.
pub(crate) struct Lines<'a> {
    instrument: &'a Instrument,
    effects: &'a Effects,
    profile: Profile,
    /// Wavelengths and their intensities relative to the first.
    wavelengths: Vec<(Wavelength, f64)>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(instrument: &'a Instrument, effects: &'a Effects) -> Result<Self> {
        let first = instrument.diffraction.wavelength;
        let mut wavelengths = vec![(first, 1.0)];
        if let Some(emission) = effects.emission {
            let k_alpha1 = emission.anode().k_alpha1().as_angstrom();
            let near = k_alpha1 * (1.0 - 1e-4)..=k_alpha1 * (1.0 + 1e-4);
            within("wavelength", first.as_angstrom(), near, "Kα1 of the anode")?;
            wavelengths.extend(emission.satellites());
        }
        Ok(Self {
            instrument,
            effects,
            profile: effects.profile.unwrap_or(instrument.profile),
            wavelengths,
        })
    }

    /// The range of 1/d whose lines reach into the grid at one of the wavelengths.
    fn reach(&self) -> Result<RangeInclusive<f64>> {
        let grid = &self.instrument.grid;
        let angstrom = || self.wavelengths.iter().map(|(w, _)| w.as_angstrom());
        let q = |angle: f64, wavelength: f64| 2.0 * (angle.to_radians() / 2.0).sin() / wavelength;
        let reach = |angle: f64| -> Result<f64> {
            let angle = angle.clamp(0.0, LARGEST_DEG);
            Ok(self.profile_at(angle, self.wavelengths[0].0)?.reach_deg())
        };
        let low = (grid.start() - reach(grid.start())?).max(0.0);
        let high = (grid.last() + reach(grid.last())?).clamp(low, LARGEST_DEG);
        let longest = angstrom().fold(0.0, f64::max);
        let shortest = angstrom().fold(f64::INFINITY, f64::min);
        Ok(q(low, longest)..=q(high, shortest))
    }

    /// The width in degrees of the narrowest line that there may be at these angles.
    pub(crate) fn narrowest(&self, angles: &[f64]) -> Result<f64> {
        let mut narrowest = f64::INFINITY;
        for (wavelength, _) in &self.wavelengths {
            for angle in angles {
                let fwhm = self.profile_at(*angle, *wavelength)?.fwhm_deg();
                narrowest = narrowest.min(fwhm);
            }
        }
        Ok(narrowest)
    }

    pub(crate) fn draw(&self, structure: &Structure) -> Result<Vec<f64>> {
        let mut spacings = Spacings::of(structure, self, self.wavelengths[0].0)?;
        let mut lines = Vec::with_capacity(self.wavelengths.len() * spacings.strength.len());
        for (i, &(wavelength, share)) in self.wavelengths.iter().enumerate() {
            // Form factors depend on the wavelength by f′ and f″ alone.
            if i > 0 && self.instrument.diffraction.dispersion {
                spacings = Spacings::of(structure, self, wavelength)?;
            }
            self.add_wavelength(wavelength, share, &spacings, &mut lines)?;
        }
        let least = least_height(&lines);
        lines.retain(|line| line.height() > least);
        if let Some(divergence) = self.effects.axial_divergence {
            lines = images(AxialImages::new(divergence), &lines);
        }
        let grid = &self.instrument.grid;
        if self.effects.broadening.is_none() {
            let (centres, areas): (Vec<f64>, Vec<f64>) =
                lines.iter().map(|l| (l.centre, l.area)).unzip();
            return Ok(draw_lines(&centres, &areas, grid, &self.profile));
        }
        Ok(canvas::draw(grid, &lines, least))
    }

    /// Adds the lines of one wavelength.
    fn add_wavelength(
        &self,
        wavelength: Wavelength,
        share: f64,
        spacings: &Spacings,
        lines: &mut Vec<Line>,
    ) -> Result<()> {
        let polarization = self.instrument.diffraction.polarization;
        let angstrom = wavelength.as_angstrom();
        // Longer wavelengths than the shortest do not see every spacing.
        let angles = Bragg::of_planes(&spacings.inverse_d, angstrom, LARGEST_DEG);
        let profiles = match &self.effects.broadening {
            Some(broadening) => broadening.profiles_of(&angles, angstrom)?,
            None => vec![self.profile; angles.len()],
        };
        let roughness = self.effects.surface_roughness;
        let line = |((bragg, &strength), profile): ((&Bragg, &f64), Profile)| {
            let roughness = roughness.map_or(1.0, |s| s.factor_of(bragg));
            let factor = polarization.at_sin_squared(bragg.sin * bragg.sin);
            Line {
                centre: self.effects.apparent_of(bragg),
                area: share * strength * roughness * factor,
                profile,
            }
        };
        let found = angles.iter().zip(&spacings.strength).zip(profiles);
        lines.extend(found.map(line));
        Ok(())
    }

    fn profile_at(&self, two_theta: f64, wavelength: Wavelength) -> Result<Profile> {
        match &self.effects.broadening {
            Some(broadening) => broadening.profile(two_theta, wavelength.as_angstrom()),
            None => Ok(self.profile),
        }
    }
}

/// The height under which lines are left out: all of them, one on top of the other, would have
/// [`LEFT_OUT`] of the height of the highest at the most.
fn least_height(lines: &[Line]) -> f64 {
    let highest = lines.iter().map(Line::height).fold(0.0, f64::max);
    LEFT_OUT * highest / lines.len().max(1) as f64
}

/// What axial divergence makes of lines.
fn images(mut axial: AxialImages, lines: &[Line]) -> Vec<Line> {
    let mut of_line = Vec::new();
    let mut all = Vec::with_capacity(4 * lines.len());
    for line in lines {
        axial.of(line.centre, &line.profile, &mut of_line);
        all.extend(of_line.iter().map(|&(centre, share)| Line {
            centre,
            area: line.area * share,
            profile: line.profile,
        }));
    }
    all
}

/// The spacings of a structure's planes, and how strongly each diffracts.
struct Spacings {
    /// 1/d in Å⁻¹, ascending.
    inverse_d: Vec<f64>,
    /// The sum of |F|²/V² over the planes of that spacing, each times the share of crystallites
    /// that are turned to reflect.
    strength: Vec<f64>,
}

impl Spacings {
    /// All that are seen on the grid at one of the wavelengths, or whose tails reach into it.
    fn of(structure: &Structure, lines: &Lines, wavelength: Wavelength) -> Result<Self> {
        let diffraction = Diffraction {
            wavelength,
            ..lines.instrument.diffraction
        };
        let planes = Planes::between(structure, &diffraction, lines.reach()?)?;
        let volume = structure.lattice().volume();
        let reciprocal = structure.lattice().reciprocal();
        let density = |hkl| {
            lines
                .effects
                .texture
                .map_or(1.0, |t| t.density_of(&reciprocal, hkl))
        };
        let plane = |i: usize| {
            let strength = planes.multiplicity[i] as f64 * planes.f_squared[i] / (volume * volume);
            (
                planes.inverse_d_squared[i],
                strength * density(planes.hkl[i]),
            )
        };
        let mut found: Vec<(f64, f64)> = (0..planes.hkl.len()).map(plane).collect();
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (inverse_d, strength) = joined(&found);
        Ok(Self {
            inverse_d,
            strength,
        })
    }
}

/// From squares to 1/d, those that differ by rounding alone as one.
fn joined(squared: &[(f64, f64)]) -> (Vec<f64>, Vec<f64>) {
    let same = |a: &(f64, f64), b: &(f64, f64)| b.0 - a.0 <= SAME_SPACING * a.0;
    squared
        .chunk_by(same)
        .map(|planes| (planes[0].0.sqrt(), planes.iter().map(|p| p.1).sum::<f64>()))
        .unzip()
}

#[cfg(test)]
mod tests;
