use xrd_core::{TwoThetaGrid, Wavelength};

use crate::{Diffraction, Profile, Result, Shape};

/// Simulated diffractometer: axis, beam and line profile.
///
/// # Example
/// ```
/// use xrd_core::Wavelength;
/// use xrd_sim::{Diffraction, Instrument, QGrid};
///
/// let molybdenum = Diffraction::new(Wavelength::angstrom(0.7093)?);
/// let instrument = Instrument::laboratory(0.1)?.with_diffraction(molybdenum);
/// assert_eq!(instrument.grid.len(), 8500);
/// let over_q = instrument.with_grid(QGrid::new(1.0, 0.001, 5000)?);
/// assert_eq!(over_q.diffraction, molybdenum);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Instrument<A = TwoThetaGrid> {
    /// Axis of the patterns: uniform in 2θ, uniform in Q, or any other [`Axis`](crate::Axis).
    pub grid: A,
    /// X-ray beam and scattering model.
    pub diffraction: Diffraction,
    /// Line profile.
    pub profile: Profile,
}

impl<A> Instrument<A> {
    /// Creates an instrument from its axis, beam and line profile.
    pub fn new(grid: A, diffraction: Diffraction, profile: Profile) -> Self {
        Self {
            grid,
            diffraction,
            profile,
        }
    }

    /// Sets the axis, which may be of another type.
    pub fn with_grid<B>(self, grid: B) -> Instrument<B> {
        Instrument::new(grid, self.diffraction, self.profile)
    }

    /// Sets the beam and the scattering model.
    pub fn with_diffraction(mut self, diffraction: Diffraction) -> Self {
        self.diffraction = diffraction;
        self
    }

    /// Sets the line profile.
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }
}

impl Instrument {
    /// Creates a laboratory diffractometer with the 2θ axis of the powder patterns in the RRUFF
    /// database.
    ///
    /// The wavelength is 1.540593 Å (Cu Kα1). The axis is 5.00° <= 2θ < 90.00° in steps of 0.01°
    /// (8,500 points). The displacement parameter B is 0.5 Å². The line profile is a pseudo-Voigt
    /// function with η = 0.5 and the given full width at half maximum.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error) unless the width is greater than 0 and at most 10°.
    pub fn laboratory(fwhm_deg: f64) -> Result<Self> {
        Ok(Self {
            grid: TwoThetaGrid::new(5.0, 0.01, 8_500)?,
            diffraction: Diffraction::new(Wavelength::angstrom(1.540_593)?),
            profile: Profile::new(Shape::PseudoVoigt { eta: 0.5 }, fwhm_deg)?,
        })
    }
}

impl Default for Instrument {
    /// Creates the [laboratory](Self::laboratory) diffractometer with a line width of 0.1°.
    fn default() -> Self {
        Self::laboratory(0.1).expect("a width of 0.1 degrees is valid")
    }
}
