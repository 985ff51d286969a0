use xrd_core::TwoThetaGrid;

use super::frame::same_length;
use super::sampled::each_moved;
use crate::{SampleDisplacement, ZeroShift};

/// Shift of all lines of a pattern by a zero shift and a displacement of the specimen.
///
/// [`apply`](Self::apply) shifts a pattern, and [`undo`](Self::undo) corrects a shifted pattern.
///
/// # Example
/// ```
/// use xrd_core::TwoThetaGrid;
/// use xrd_sim::{AngleShift, SampleDisplacement, ZeroShift};
/// let shift = AngleShift::new(ZeroShift::new(0.03)?, SampleDisplacement::new(0.1, 240.0)?);
/// // Δ2θ = 0.03° − 2·0.1/240·cos 20° in radians.
/// assert!((shift.shift_deg(40.0) - (0.03 - 0.0449)).abs() < 1e-4);
/// let grid = TwoThetaGrid::new(20.0, 0.02, 2001)?;
/// let line: Vec<f32> = grid.angles().map(|a| (-((a - 40.0) / 0.1).powi(2)).exp() as f32).collect();
/// let (mut shifted, mut back) = (line.clone(), line.clone());
/// shift.apply(&grid, &line, &mut shifted)?;
/// shift.undo(&grid, &shifted, &mut back)?;
/// assert!(line.iter().zip(&back).all(|(a, b)| (a - b).abs() < 0.01));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct AngleShift {
    /// Error of the zero position of the 2θ axis.
    pub zero_shift: Option<ZeroShift>,
    /// Displacement of the specimen.
    pub sample_displacement: Option<SampleDisplacement>,
}

impl AngleShift {
    /// Creates a shift by both, one or none of the effects.
    pub fn new(
        zero_shift: impl Into<Option<ZeroShift>>,
        sample_displacement: impl Into<Option<SampleDisplacement>>,
    ) -> Self {
        Self {
            zero_shift: zero_shift.into(),
            sample_displacement: sample_displacement.into(),
        }
    }

    /// Returns the shift in degrees of a line at the angle `two_theta` in degrees.
    pub fn shift_deg(&self, two_theta: f64) -> f64 {
        self.zero_shift.map_or(0.0, |s| s.shift_deg())
            + self
                .sample_displacement
                .map_or(0.0, |s| s.shift_deg(two_theta))
    }

    /// Writes the shifted pattern to `into`: a line at the angle a appears at a + shift(a).
    ///
    /// Intensities between points are interpolated with cubic polynomials. Beyond the ends of the
    /// grid, the first and the last intensity are repeated.
    ///
    /// Cost: O(points).
    ///
    /// # Errors
    /// [`xrd_core::Error::Length`] unless `pattern` and `into` have one element per grid point.
    pub fn apply(
        &self,
        grid: &TwoThetaGrid,
        pattern: &[f32],
        into: &mut [f32],
    ) -> xrd_core::Result<()> {
        self.checked(grid, pattern, into, 1.0)
    }

    /// Writes the corrected pattern to `into`: a line that appears at a + shift(a) is moved back to
    /// the angle a. Interpolation, ends and cost as in [`apply`](Self::apply).
    ///
    /// # Errors
    /// Any error of [`apply`](Self::apply).
    pub fn undo(
        &self,
        grid: &TwoThetaGrid,
        pattern: &[f32],
        into: &mut [f32],
    ) -> xrd_core::Result<()> {
        self.checked(grid, pattern, into, -1.0)
    }

    fn checked(
        &self,
        grid: &TwoThetaGrid,
        pattern: &[f32],
        into: &mut [f32],
        sign: f64,
    ) -> xrd_core::Result<()> {
        same_length(pattern.len(), grid.len())?;
        same_length(into.len(), grid.len())?;
        self.fill(grid, pattern, into, sign);
        Ok(())
    }

    /// Fills a pattern from another one that is shifted (`sign` 1) or corrected (`sign` −1).
    pub(super) fn fill(&self, grid: &TwoThetaGrid, pattern: &[f32], into: &mut [f32], sign: f64) {
        let from = |i: usize| {
            let angle = grid.start() + grid.step() * i as f64;
            self.source_of(angle, sign) / grid.step()
        };
        each_moved(pattern, into, from, |y, moved| *y = moved);
    }

    /// Where the intensity at an angle comes from, relative to this angle in degrees.
    fn source_of(&self, angle: f64, sign: f64) -> f64 {
        match sign > 0.0 {
            // The angle a with a + shift(a) = `angle`; one step is exact to the square of the
            // slope of the shift, 10⁻⁶.
            true => -self.shift_deg(angle - self.shift_deg(angle)),
            false => self.shift_deg(angle),
        }
    }
}
