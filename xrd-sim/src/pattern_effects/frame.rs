use xrd_core::{Error as CoreError, TwoThetaGrid, Wavelength};

use super::sampled::each_moved;
use crate::error::within;
use crate::{Emission, Result};

/// Grid of patterns, width of their lines and wavelength, for [`PatternEffects`](super::PatternEffects).
#[derive(Clone, Debug, PartialEq)]
pub struct PatternFrame {
    grid: TwoThetaGrid,
    fwhm_deg: f64,
    wavelength: Option<Wavelength>,
}

impl PatternFrame {
    /// Creates a frame from the grid of the patterns and the full width at half maximum of their
    /// lines in degrees. The wavelength is unknown.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the width is over 0 and at most 10°.
    pub fn new(grid: TwoThetaGrid, fwhm_deg: f64) -> Result<Self> {
        let what = "full width at half maximum";
        let expected = "over 0 to 10 degrees";
        within(what, fwhm_deg, f64::MIN_POSITIVE..=10.0, expected)?;
        Ok(Self {
            grid,
            fwhm_deg,
            wavelength: None,
        })
    }

    /// Sets the wavelength of the patterns; `None` if it is unknown. Without a wavelength, the
    /// satellites of an [`Emission`] are those of the Kα1 line of its anode.
    pub fn with_wavelength(mut self, wavelength: impl Into<Option<Wavelength>>) -> Self {
        self.wavelength = wavelength.into();
        self
    }

    /// Returns the grid.
    pub fn grid(&self) -> &TwoThetaGrid {
        &self.grid
    }

    /// Returns the full width at half maximum of the lines in degrees.
    pub fn fwhm_deg(&self) -> f64 {
        self.fwhm_deg
    }

    /// Returns the wavelength, if known.
    pub fn wavelength(&self) -> Option<Wavelength> {
        self.wavelength
    }

    pub(super) fn check(&self, points: usize) -> xrd_core::Result<()> {
        same_length(points, self.grid.len())
    }

    /// Adds the lines of further wavelengths. A line at θ appears at θ′ with
    /// sin θ′ = sin θ · λ′/λ.
    pub(super) fn add_satellites(&self, emission: &Emission, intensities: &mut [f32]) {
        let first = self.wavelength.unwrap_or(emission.anode().k_alpha1());
        let lines = intensities.to_vec();
        let (start, step) = (self.grid.start(), self.grid.step());
        for (wavelength, share) in emission.satellites() {
            let ratio = first.as_angstrom() / wavelength.as_angstrom();
            let from = |i: usize| {
                let angle = start + step * i as f64;
                let sin = (angle / 2.0).to_radians().sin() * ratio;
                match sin < 1.0 {
                    true => (2.0 * sin.asin().to_degrees() - angle) / step,
                    false => f64::NAN,
                }
            };
            let share = share as f32;
            each_moved(&lines, intensities, from, |y, moved| *y += share * moved);
        }
    }
}

pub(super) fn same_length(found: usize, expected: usize) -> xrd_core::Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(CoreError::Length {
        what: "intensities",
        found,
        expected,
    })
}
