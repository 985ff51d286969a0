use xrd_core::{TwoThetaGrid, Wavelength};

use crate::{Diffraction, Profile, Result, Shape};

/// How patterns are computed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Instrument {
    /// The 2θ grid.
    pub grid: TwoThetaGrid,
    /// Wavelength and displacement.
    pub diffraction: Diffraction,
    /// The line profile.
    pub profile: Profile,
}

impl Instrument {
    /// λ = 0.496 Å, 1.00° <= 2θ < 120.00° by 0.01° (11,900 points), B = 0.5 Å², pseudo-Voigt of
    /// η = 0.5 and the given full width at half maximum (0.1° stands for that of Utimula et al.
    /// (2022), who do not state one).
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error) for a width outside 0 to 10°.
    pub fn paper(fwhm_deg: f64) -> Result<Self> {
        Ok(Self {
            grid: TwoThetaGrid::new(1.0, 0.01, 11_900)?,
            diffraction: Diffraction::new(Wavelength::angstrom(0.496)?),
            profile: Profile::new(Shape::PseudoVoigt { eta: 0.5 }, fwhm_deg)?,
        })
    }

    /// λ = 1.540593 Å (Cu Kα1), 5.00° <= 2θ < 90.00° by 0.01° (8,500 points), B = 0.5 Å²,
    /// pseudo-Voigt of η = 0.5 and the given full width at half maximum: the axis of the
    /// RRUFF collection's powder patterns.
    ///
    /// # Errors
    /// As [`paper`](Self::paper).
    pub fn laboratory(fwhm_deg: f64) -> Result<Self> {
        Ok(Self {
            grid: TwoThetaGrid::new(5.0, 0.01, 8_500)?,
            diffraction: Diffraction::new(Wavelength::angstrom(1.540_593)?),
            profile: Profile::new(Shape::PseudoVoigt { eta: 0.5 }, fwhm_deg)?,
        })
    }
}
