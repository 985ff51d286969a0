use std::f64::consts::{LN_2, PI};

use xrd_core::{Pattern, Scale, Structure, TwoThetaGrid};

use crate::{Diffraction, Error, Reflection, Result, reflections};

/// Lines are drawn this many FWHM to each side.
const REACH: f64 = 30.0;

/// Beyond this many FWHM a Gaussian is under 1e-19 of its height.
const GAUSSIAN_REACH: f64 = 4.0;

/// The shape of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// exp(−4 ln 2 · u²), u in units of the full width at half maximum.
    Gaussian,
    /// 1 / (1 + 4u²).
    Lorentzian,
    /// `eta` parts Lorentzian and `1 − eta` parts Gaussian of one width, 0 <= `eta` <= 1.
    PseudoVoigt {
        /// The share of the Lorentzian in the area.
        eta: f64,
    },
}

/// A line profile of constant width, of unit area.
///
/// Lines reach 30 FWHM to each side and are normalised to unit area within that reach, so that
/// the integrated pattern equals the sum of the reflections.
///
/// # References
/// G. K. Wertheim et al., Rev. Sci. Instrum. 45, 1369 (1974), for the pseudo-Voigt sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    eta: f64,
    fwhm_deg: f64,
}

impl Profile {
    /// A profile of this shape and full width at half maximum in degrees of 2θ.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless 0 < `fwhm_deg` <= 10 and 0 <= eta <= 1.
    pub fn new(shape: Shape, fwhm_deg: f64) -> Result<Self> {
        let eta = match shape {
            Shape::Gaussian => 0.0,
            Shape::Lorentzian => 1.0,
            Shape::PseudoVoigt { eta } => eta,
        };
        if !(0.0..=1.0).contains(&eta) {
            return Err(Error::OutOfRange {
                what: "pseudo-Voigt mixing eta",
                value: eta,
                expected: "0 to 1",
            });
        }
        if !(fwhm_deg > 0.0 && fwhm_deg <= 10.0) {
            return Err(Error::OutOfRange {
                what: "full width at half maximum",
                value: fwhm_deg,
                expected: "over 0 to 10 degrees",
            });
        }
        Ok(Self { eta, fwhm_deg })
    }

    /// Full width at half maximum in degrees.
    pub fn fwhm_deg(&self) -> f64 {
        self.fwhm_deg
    }

    /// The profile's value, per degree, `offset` degrees from the centre.
    pub fn at(&self, offset: f64) -> f64 {
        let u = offset / self.fwhm_deg;
        if u.abs() > REACH {
            return 0.0;
        }
        let gaussian = (-4.0 * LN_2 * u * u).exp();
        self.lorentzian_height() / (1.0 + 4.0 * u * u) + self.gaussian_height() * gaussian
    }

    /// How far, in degrees, a line reaches to each side.
    pub fn reach_deg(&self) -> f64 {
        REACH * self.fwhm_deg
    }

    fn lorentzian_height(&self) -> f64 {
        // The area within the reach is (2/π)·atan(2·reach) of the whole.
        self.eta / (self.fwhm_deg * (2.0 * REACH).atan())
    }

    fn gaussian_height(&self) -> f64 {
        (1.0 - self.eta) * 2.0 * (LN_2 / PI).sqrt() / self.fwhm_deg
    }

    /// Adds a line of area `area` at `centre` (degrees) to intensities on `grid`.
    fn draw(&self, centre: f64, area: f64, grid: &TwoThetaGrid, intensities: &mut [f64]) {
        let (step, start) = (grid.step(), grid.start());
        let reach = grid.window(centre - self.reach_deg(), 2.0 * self.reach_deg());
        let u0 = (start - centre) / self.fwhm_deg;
        let du = step / self.fwhm_deg;
        let height = area * self.lorentzian_height();
        for (i, y) in reach.clone().zip(&mut intensities[reach]) {
            let u = u0 + du * i as f64;
            *y += height / (1.0 + 4.0 * u * u);
        }
        self.draw_gaussian(centre, area * self.gaussian_height(), grid, intensities);
    }

    /// The Gaussian part, by exp(−c(u + du)²) = exp(−cu²)·r with r changing by a constant factor.
    fn draw_gaussian(&self, centre: f64, height: f64, grid: &TwoThetaGrid, out: &mut [f64]) {
        if height == 0.0 {
            return;
        }
        let half = GAUSSIAN_REACH * self.fwhm_deg;
        let window = grid.window(centre - half, 2.0 * half);
        let nearest = ((centre - grid.start()) / grid.step()).round();
        let nearest = (nearest.max(0.0) as usize).clamp(window.start, window.end);
        let c = 4.0 * LN_2 / (self.fwhm_deg * self.fwhm_deg);
        let mut run = |indices: &mut dyn Iterator<Item = usize>, first: usize, step: f64| {
            let offset = grid.angle(first) - centre;
            let mut value = height * (-c * offset * offset).exp();
            let mut ratio = (-c * step * (2.0 * offset + step)).exp();
            let change = (-2.0 * c * step * step).exp();
            for i in indices {
                out[i] += value;
                value *= ratio;
                ratio *= change;
            }
        };
        run(&mut (nearest..window.end), nearest, grid.step());
        if nearest > window.start {
            run(
                &mut (window.start..nearest).rev(),
                nearest - 1,
                -grid.step(),
            );
        }
    }
}

/// The pattern of a list of reflections: Σ intensity · profile(2θ − 2θ_hkl), in arbitrary units.
///
/// Cost: O(reflections · points within the reach of a line).
///
/// # Errors
/// As [`Pattern::new`], for intensities beyond the range of `f32`.
pub fn draw_pattern(
    reflections: &[Reflection],
    grid: &TwoThetaGrid,
    profile: &Profile,
) -> Result<Pattern> {
    let mut sum = vec![0.0; grid.len()];
    for r in reflections {
        profile.draw(r.two_theta_deg, r.intensity, grid, &mut sum);
    }
    let intensities = sum.into_iter().map(|v| v as f32).collect();
    Ok(Pattern::new(*grid, Scale::ARBITRARY, intensities)?)
}

/// The pattern of a structure on a grid, scaled to a maximum of 1.
///
/// Reflections beyond the grid are included as far as their tails reach into it. The factor
/// from the intensities of [`draw_pattern`] is stated in the pattern's scale.
///
/// # Errors
/// As [`reflections()`] and [`draw_pattern`].
///
/// # Example
/// ```
/// use xrd_core::{Atom, Lattice, Structure, TwoThetaGrid, Wavelength};
/// use xrd_sim::{Diffraction, Profile, Shape, simulate};
///
/// let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0)?;
/// let iron = "Fe".parse()?;
/// let atoms = vec![Atom::new(iron, [0.0; 3]), Atom::new(iron, [0.5; 3])];
/// let bcc = Structure::new(cell, atoms)?;
/// let grid = TwoThetaGrid::new(30.0, 0.02, 4001)?;
/// let cu = Diffraction::new(Wavelength::angstrom(1.540593)?);
/// let profile = Profile::new(Shape::PseudoVoigt { eta: 0.5 }, 0.1)?;
/// let pattern = simulate(&bcc, &cu, &grid, &profile)?;
/// let top = pattern.intensities().iter().position(|&v| v == 1.0).unwrap();
/// assert!((grid.angle(top) - 44.67).abs() < 0.03); // (110)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn simulate(
    structure: &Structure,
    diffraction: &Diffraction,
    grid: &TwoThetaGrid,
    profile: &Profile,
) -> Result<Pattern> {
    let low = grid.start() - profile.reach_deg();
    let high = (grid.last() + profile.reach_deg()).min(179.9);
    let lines = reflections(structure, diffraction, low..=high)?;
    let pattern = draw_pattern(&lines, grid, profile)?;
    let top = pattern.max();
    let factor = if top > 0.0 { 1.0 / top } else { 1.0 };
    let scale = Scale {
        factor: f64::from(factor),
        ..Scale::ARBITRARY
    };
    let scaled = pattern.intensities().iter().map(|v| v * factor).collect();
    Ok(Pattern::new(*grid, scale, scaled)?.with_wavelength(Some(diffraction.wavelength)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(two_theta_deg: f64, intensity: f64) -> Reflection {
        Reflection {
            hkl: [1, 0, 0],
            multiplicity: 2,
            d_angstrom: 1.0,
            two_theta_deg,
            structure_factor_squared: 1.0,
            intensity,
        }
    }

    fn shape() -> impl Strategy<Value = Shape> {
        prop_oneof![
            Just(Shape::Gaussian),
            Just(Shape::Lorentzian),
            (0.0..=1.0f64).prop_map(|eta| Shape::PseudoVoigt { eta }),
        ]
    }

    proptest! {
        #[test]
        fn drawing_follows_the_formula(
            shape in shape(), fwhm in 0.03..0.5f64, centre in 5.0..35.0f64,
        ) {
            let grid = TwoThetaGrid::new(10.0, 0.01, 2001).unwrap();
            let profile = Profile::new(shape, fwhm).unwrap();
            let mut drawn = vec![0.0; grid.len()];
            profile.draw(centre, 3.0, &grid, &mut drawn);
            for (angle, y) in grid.angles().zip(drawn) {
                let offset = angle - centre;
                // At the very end of the reach rounding decides.
                if (offset.abs() - profile.reach_deg()).abs() > 1e-6 {
                    let expected = 3.0 * profile.at(offset);
                    prop_assert!((y - expected).abs() < 1e-9 * profile.at(0.0), "{angle}");
                }
            }
        }

        #[test]
        fn the_integral_is_the_stick(shape in shape(), fwhm in 0.05..0.2f64) {
            let grid = TwoThetaGrid::new(20.0, 0.01, 4001).unwrap();
            let profile = Profile::new(shape, fwhm).unwrap();
            let pattern = draw_pattern(&[line(40.003, 7.0)], &grid, &profile).unwrap();
            let sum: f64 = pattern.intensities().iter().map(|&v| f64::from(v)).sum();
            prop_assert!((sum * grid.step() / 7.0 - 1.0).abs() < 1e-4);
        }

        #[test]
        fn half_the_width_aside_is_half_the_height(shape in shape(), fwhm in 0.05..0.2f64) {
            let profile = Profile::new(shape, fwhm).unwrap();
            let half = profile.at(fwhm / 2.0) / profile.at(0.0);
            prop_assert!((half - 0.5).abs() < 1e-12);
        }
    }

    #[test]
    fn bad_profiles_are_refused() {
        assert!(Profile::new(Shape::Gaussian, 0.0).is_err());
        assert!(Profile::new(Shape::Gaussian, f64::NAN).is_err());
        assert!(Profile::new(Shape::PseudoVoigt { eta: 1.1 }, 0.1).is_err());
    }
}
