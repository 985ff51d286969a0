use std::ops::RangeInclusive;

use xrd_core::{Scale, Structure, TwoThetaGrid, Wavelength};

use crate::axis::Sampling;
use crate::bragg::Bragg;
use crate::canvas::{self, Line};
use crate::drawing::{draw_lines, highest};
use crate::effects::AxialImages;
use crate::error::within;
use crate::random::Purpose;
use crate::spacings::{Planes, Spacings};
use crate::{
    Axis, Diffraction, Effects, Instrument, PatternKey, Profile, Result, VecseiBackground,
    add_vecsei_noise,
};

/// Largest total contribution of the weak lines that are skipped, in units of the highest line.
const LEFT_OUT: f64 = 1e-6;

/// Largest angle of a line in degrees; at 180° the intensity has no bound.
pub(crate) const LARGEST_DEG: f64 = 179.9;

/// Simulates the measured pattern of a structure, with effects of instrument and specimen.
///
/// The axis of the instrument may be a [`TwoThetaGrid`], a [`QGrid`](crate::QGrid) or any other
/// [`Axis`]. Line profiles, shifts and humps are computed in 2θ on every axis. The background of
/// Vecsei et al. is computed as if the points of the axis were at equal steps. The random numbers
/// of the background and the noise depend only on the argument `key`.
///
/// The lines are scaled to a maximum of 1. Humps, background and noise are then added. The scale of
/// the pattern records the factor by which the lines were multiplied (see [`Scale`]). Without
/// effects, the result equals the result of [`simulate`](crate::simulate), except for rounding.
///
/// Cost: O(reflections · atoms + lines · points of one line). There is one line per lattice spacing
/// and wavelength.
///
/// # Errors
/// - Any error of [`simulate`](crate::simulate),
///   [`Broadening::profile`](crate::Broadening::profile) and [`Axis::two_theta_deg`].
/// - [`Error::OutOfRange`](crate::Error::OutOfRange) if the effects include an
///   [`Emission`](crate::Emission) and the wavelength of the instrument is not Kα1 of the anode of
///   this emission.
///
/// # Example
/// ```
/// # use xrd_core::{Atom, Lattice, Structure};
/// use xrd_sim::{Effects, Instrument, PatternKey, ZeroShift, measure};
/// # let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0)?;
/// # let atoms = [[0.0; 3], [0.5; 3]].map(|p| Atom::new("Fe".parse().unwrap(), p)).to_vec();
/// # let iron = Structure::new(cell, atoms)?;
/// let instrument = Instrument::laboratory(0.1)?;
/// let shifted = Effects::default().with_zero_shift(ZeroShift::new(0.05)?);
/// let key = PatternKey::new(0, 0);
/// let plain = measure(&iron, &instrument, &Effects::default(), key)?;
/// let later = measure(&iron, &instrument, &shifted, key)?;
/// for i in 100..8400 {
///     assert!((plain.intensities()[i] - later.intensities()[i + 5]).abs() < 1e-5);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn measure<A: Axis>(
    structure: &Structure,
    instrument: &Instrument<A>,
    effects: &Effects,
    key: PatternKey,
) -> Result<A::Pattern> {
    let wavelength = instrument.diffraction.wavelength;
    let lines = Lines::new(instrument, effects)?;
    let sampling = Sampling::new(&instrument.grid, wavelength, |at| lines.narrowest(at))?;
    let drawn = sampling.at_points(lines.draw(structure, sampling.grid())?);
    let top = highest(&drawn, structure, sampling.grid(), wavelength)?;
    finish(instrument, &sampling, drawn, top, effects, key)
}

/// Scales lines with the maximum `top` to a maximum of 1, and adds humps, background and noise.
pub(crate) fn finish<A: Axis>(
    instrument: &Instrument<A>,
    sampling: &Sampling,
    mut intensities: Vec<f64>,
    top: f64,
    effects: &Effects,
    key: PatternKey,
) -> Result<A::Pattern> {
    let factor = 1.0 / top;
    intensities.iter_mut().for_each(|y| *y *= factor);
    for hump in &effects.amorphous {
        sampling.add_hump(hump, &mut intensities);
    }
    add_noise(effects, key, &mut intensities);
    let scale = Scale {
        factor,
        ..Scale::ARBITRARY
    };
    let intensities = intensities.into_iter().map(|y| y as f32).collect();
    let wavelength = instrument.diffraction.wavelength;
    instrument.grid.pattern(intensities, scale, wavelength)
}

/// Adds background and noise to the lines and humps.
fn add_noise(effects: &Effects, key: PatternKey, intensities: &mut [f64]) {
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

/// Lines of a pattern, without humps, background and noise.
pub(crate) struct Lines<'a> {
    diffraction: Diffraction,
    effects: &'a Effects,
    profile: Profile,
    /// Wavelengths, each with its intensity relative to the first.
    wavelengths: Vec<(Wavelength, f64)>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new<A>(instrument: &Instrument<A>, effects: &'a Effects) -> Result<Self> {
        let first = instrument.diffraction.wavelength;
        let mut wavelengths = vec![(first, 1.0)];
        if let Some(emission) = effects.emission {
            let k_alpha1 = emission.anode().k_alpha1().as_angstrom();
            let near = k_alpha1 * (1.0 - 1e-4)..=k_alpha1 * (1.0 + 1e-4);
            within("wavelength", first.as_angstrom(), near, "Kα1 of the anode")?;
            wavelengths.extend(emission.satellites());
        }
        Ok(Self {
            diffraction: instrument.diffraction,
            effects,
            profile: effects.profile.unwrap_or(instrument.profile),
            wavelengths,
        })
    }

    /// Range of 1/d whose lines reach into the grid at any of the wavelengths.
    fn reach(&self, grid: &TwoThetaGrid) -> Result<RangeInclusive<f64>> {
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

    /// Width in degrees of the narrowest possible line at these angles.
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

    /// Intensities of the lines of a structure on a grid.
    fn draw(&self, structure: &Structure, grid: &TwoThetaGrid) -> Result<Vec<f64>> {
        let reach = self.planes_in_reach(grid)?;
        let planes = |beam: &Diffraction| Planes::between(structure, beam, reach.clone());
        let first = planes(&self.diffraction)?;
        let lines = self.of_planes(&first, planes, grid)?;
        Ok(self.draw_all(lines, grid))
    }

    /// Intensities of lines with these effects on a grid.
    pub(crate) fn draw_all(&self, mut lines: Vec<Line>, grid: &TwoThetaGrid) -> Vec<f64> {
        let least = least_height(&lines);
        lines.retain(|line| line.height() > least);
        if let Some(divergence) = self.effects.axial_divergence {
            lines = images(AxialImages::new(divergence), &lines);
        }
        if self.effects.broadening.is_none() {
            let (centres, areas): (Vec<f64>, Vec<f64>) =
                lines.iter().map(|l| (l.centre, l.area)).unzip();
            return draw_lines(&centres, &areas, grid, &self.profile);
        }
        canvas::draw(grid, &lines, least)
    }

    /// Lines of all wavelengths that reach into a grid.
    ///
    /// `first` has the planes at the first wavelength. `planes` computes those at another wavelength.
    pub(crate) fn of_planes(
        &self,
        first: &Planes,
        planes: impl Fn(&Diffraction) -> Result<Planes>,
        grid: &TwoThetaGrid,
    ) -> Result<Vec<Line>> {
        let reach = self.planes_in_reach(grid)?;
        let mut spacings = first.spacings(self.effects, &reach);
        let mut lines = Vec::with_capacity(self.wavelengths.len() * spacings.strength.len());
        for (i, &(wavelength, share)) in self.wavelengths.iter().enumerate() {
            // Form factors depend on the wavelength only through f′ and f″.
            if i > 0 && self.diffraction.dispersion {
                let beam = self.diffraction.with_wavelength(wavelength);
                spacings = planes(&beam)?.spacings(self.effects, &reach);
            }
            self.add_wavelength(wavelength, share, &spacings, &mut lines)?;
        }
        Ok(lines)
    }

    /// Range of 1/d before the lattice strain whose lines reach into the grid.
    fn planes_in_reach(&self, grid: &TwoThetaGrid) -> Result<RangeInclusive<f64>> {
        let reach = self.reach(grid)?;
        let strain = self.effects.lattice_strain;
        let [least, most] = strain.map_or([1.0; 2], |s| s.bounds());
        Ok(reach.start() * least..=reach.end() * most)
    }

    /// Adds the lines of one wavelength.
    fn add_wavelength(
        &self,
        wavelength: Wavelength,
        share: f64,
        spacings: &Spacings,
        lines: &mut Vec<Line>,
    ) -> Result<()> {
        let polarization = self.diffraction.polarization;
        let angstrom = wavelength.as_angstrom();
        // Only the shortest wavelength diffracts from every spacing.
        let angles = Bragg::of_spacings(&spacings.inverse_d, angstrom, LARGEST_DEG);
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

/// Height below which lines are skipped: all skipped lines at one angle would add up to at most
/// [`LEFT_OUT`] of the height of the highest line.
fn least_height(lines: &[Line]) -> f64 {
    let highest = lines.iter().map(Line::height).fold(0.0, f64::max);
    LEFT_OUT * highest / lines.len().max(1) as f64
}

/// Splits each line into those that axial divergence makes of it.
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

#[cfg(test)]
mod tests;
