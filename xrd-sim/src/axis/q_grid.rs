use std::f64::consts::PI;

use xrd_core::{Scale, Wavelength};

use super::Axis;
use crate::Result;
use crate::error::within;

/// Largest angle of a point, in degrees.
const LARGEST_DEG: f64 = 179.0;

/// Uniform axis of the scattering vector Q = 4π·sin θ/λ in Å⁻¹: `q(i) = start + i·step`.
///
/// Lattice planes with the spacing d reflect at Q = 2π/d for any wavelength.
///
/// # Example
/// ```
/// use xrd_core::Wavelength;
/// use xrd_sim::QGrid;
/// let grid = QGrid::new(1.0, 0.5, 5)?;
/// assert_eq!(grid.last(), 3.0);
/// // With λ = 2π/3 Å, Q = 3/Å is at θ = 30°.
/// let angles = grid.angles(Wavelength::angstrom(std::f64::consts::TAU / 3.0)?)?;
/// assert!((angles[4] - 60.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::QGrid"))]
pub struct QGrid {
    start: f64,
    step: f64,
    len: usize,
}

impl QGrid {
    /// Creates an axis from the first Q in Å⁻¹, the step size in Å⁻¹ and the number of points.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the first Q is 0 to 1000, the step
    /// size is greater than 0 and at most 1000, and the number of points is at least 1.
    pub fn new(start: f64, step: f64, len: usize) -> Result<Self> {
        let steps = f64::MIN_POSITIVE..=1000.0;
        Ok(Self {
            start: within("start of Q", start, 0.0..=1000.0, "0 to 1000 per angstrom")?,
            step: within("step of Q", step, steps, "over 0 to 1000 per angstrom")?,
            len: within("number of points", len as f64, 1.0.., "1 or more").map(|_| len)?,
        })
    }

    /// Returns Q at the first point in Å⁻¹.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// Returns the distance between neighbouring points in Å⁻¹.
    pub fn step(&self) -> f64 {
        self.step
    }

    /// Returns the number of points, at least 1.
    #[allow(clippy::len_without_is_empty, reason = "a grid is never empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns Q at point `i` in Å⁻¹.
    ///
    /// The index `i` may be greater than the index of the last point.
    pub fn q(&self, i: usize) -> f64 {
        self.start + self.step * i as f64
    }

    /// Returns Q at the last point in Å⁻¹.
    pub fn last(&self) -> f64 {
        self.q(self.len - 1)
    }

    /// Returns Q at each point in Å⁻¹.
    pub fn values(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        (0..self.len).map(|i| self.q(i))
    }

    /// Returns the angle 2θ = 2·asin(Qλ/4π) of each point in degrees, for the wavelength λ.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) if the last angle is greater than 179°.
    pub fn angles(&self, wavelength: Wavelength) -> Result<Vec<f64>> {
        let most = wavelength.q_per_angstrom(LARGEST_DEG);
        let expected = "less than 4π over the wavelength, so under 179 degrees";
        within("end of Q", self.last(), ..=most, expected)?;
        let sin = |q: f64| q * wavelength.as_angstrom() / (4.0 * PI);
        Ok(self
            .values()
            .map(|q| 2.0 * sin(q).asin().to_degrees())
            .collect())
    }
}

impl Axis for QGrid {
    type Pattern = QPattern;

    fn two_theta_deg(&self, wavelength: Wavelength) -> Result<Vec<f64>> {
        self.angles(wavelength)
    }

    fn pattern(
        &self,
        intensities: Vec<f32>,
        scale: Scale,
        wavelength: Wavelength,
    ) -> Result<QPattern> {
        Ok(QPattern {
            grid: *self,
            scale,
            wavelength,
            intensities,
        })
    }
}

/// Simulated pattern on a [`QGrid`].
#[derive(Clone, Debug, PartialEq)]
pub struct QPattern {
    grid: QGrid,
    scale: Scale,
    wavelength: Wavelength,
    intensities: Vec<f32>,
}

impl QPattern {
    /// Returns the axis.
    pub fn grid(&self) -> &QGrid {
        &self.grid
    }

    /// Returns the scale of the intensities.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Returns the wavelength used in the simulation.
    pub fn wavelength(&self) -> Wavelength {
        self.wavelength
    }

    /// Returns the intensities, one per point.
    pub fn intensities(&self) -> &[f32] {
        &self.intensities
    }

    /// Converts the pattern to its intensities without copying them.
    pub fn into_intensities(self) -> Vec<f32> {
        self.intensities
    }
}

#[cfg(test)]
mod tests;
