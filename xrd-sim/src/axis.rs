mod q_grid;
mod sampling;

pub use q_grid::{QGrid, QPattern};
pub(crate) use sampling::Sampling;

use xrd_core::{Pattern, Scale, TwoThetaGrid, Wavelength};

use crate::Result;

/// Axis of a simulated pattern: the angle 2θ of each point.
///
/// [`TwoThetaGrid`] is uniform in 2θ, and [`QGrid`] is uniform in the scattering vector Q.
/// Implement this trait to add another axis. [`measure`](crate::measure()) and
/// [`simulate`](crate::simulate) accept any axis.
///
/// If an axis is not uniform in 2θ, lines are first drawn on a fine 2θ grid. The step of this grid
/// is 1/20 of the smallest line width. The intensity at each point of the axis is then found by
/// Lagrange interpolation between the six nearest points of the grid. The interpolation error is
/// below 10⁻⁵ of the height of each line if all lines have the same width. If the widths differ,
/// the error is below 3·10⁻⁴ of the height of the highest line.
///
/// # Example
/// An axis uniform in log Q:
/// ```
/// use xrd_core::{Atom, Lattice, Scale, Structure, Wavelength};
/// use xrd_sim::{Axis, Diffraction, Instrument, Result, simulate};
///
/// struct LogQ {
///     first: f64,
///     ratio: f64,
///     len: i32,
/// }
///
/// impl Axis for LogQ {
///     type Pattern = Vec<f32>;
///
///     fn two_theta_deg(&self, wavelength: Wavelength) -> Result<Vec<f64>> {
///         let q = (0..self.len).map(|i| self.first * self.ratio.powi(i));
///         let sin = |q: f64| q * wavelength.as_angstrom() / (4.0 * std::f64::consts::PI);
///         Ok(q.map(|q| 2.0 * sin(q).asin().to_degrees()).collect())
///     }
///
///     fn pattern(&self, intensities: Vec<f32>, _: Scale, _: Wavelength) -> Result<Vec<f32>> {
///         Ok(intensities)
///     }
/// }
///
/// let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0)?;
/// let iron = [[0.0; 3], [0.5; 3]].map(|p| Atom::new("Fe".parse().unwrap(), p)).to_vec();
/// let iron = Structure::new(cell, iron)?;
/// let axis = LogQ { first: 1.0, ratio: 1.001, len: 1700 };
/// let laboratory = Instrument::laboratory(0.1)?;
/// let pattern = simulate(&iron, &laboratory.diffraction, &axis, &laboratory.profile)?;
/// assert_eq!(pattern.len(), 1700);
/// // The reflection (110) at Q = 2π√2/a.
/// let q: f64 = 2.0 * std::f64::consts::PI * 2f64.sqrt() / 2.8665;
/// assert!(pattern[(q.ln() / 1.001f64.ln()).round() as usize] > 0.9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Axis {
    /// Type of the patterns on this axis.
    type Pattern;

    /// Returns the angle 2θ of each point in degrees.
    ///
    /// The angles may be in any order. They must be at least 0 and less than 180° unless the axis
    /// is [uniform](Self::uniform) in 2θ.
    ///
    /// # Errors
    /// An error if a point of the axis has no angle 2θ at this wavelength.
    fn two_theta_deg(&self, wavelength: Wavelength) -> Result<Vec<f64>>;

    /// Returns the 2θ grid of the points if the axis is uniform in 2θ.
    ///
    /// Lines are then drawn on this grid without interpolation. The default implementation returns
    /// `None`.
    fn uniform(&self) -> Option<TwoThetaGrid> {
        None
    }

    /// Creates a pattern from its intensities, one per point.
    ///
    /// # Errors
    /// An error if the intensities are not valid for the type of the pattern.
    fn pattern(
        &self,
        intensities: Vec<f32>,
        scale: Scale,
        wavelength: Wavelength,
    ) -> Result<Self::Pattern>;
}

impl Axis for TwoThetaGrid {
    type Pattern = Pattern;

    fn two_theta_deg(&self, _: Wavelength) -> Result<Vec<f64>> {
        Ok(self.angles().collect())
    }

    fn uniform(&self) -> Option<TwoThetaGrid> {
        Some(*self)
    }

    fn pattern(
        &self,
        intensities: Vec<f32>,
        scale: Scale,
        wavelength: Wavelength,
    ) -> Result<Pattern> {
        let pattern = Pattern::new(*self, scale, intensities)?;
        Ok(pattern.with_wavelength(Some(wavelength)))
    }
}
