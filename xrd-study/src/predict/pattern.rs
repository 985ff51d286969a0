use serde::{Deserialize, Serialize};
use xrd_core::{Pattern, Structure, TwoThetaGrid};
use xrd_predict::peaks::{LEAST_HEIGHT, Peak, peaks};
use xrd_sim::{Diffraction, Profile, Shape};

use crate::Result;

/// Range of a simulated pattern at Cu Kα1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PatternRange {
    /// 5° to 90°, as measured: step 0.02°, Gaussian lines 0.15° wide.
    Measured,
    /// 0° to 180° on 1,024 points, as in the paper: Gaussian lines 0.5° wide.
    Paper,
}

/// A simulated pattern with its maximum 1, and its peaks above a tenth of it.
#[derive(Clone, Debug)]
pub struct DrawnPattern {
    /// The pattern.
    pub pattern: Pattern,
    /// Peaks in the order of angles.
    pub peaks: Vec<Peak>,
}

impl PatternRange {
    /// Angles of the points.
    ///
    /// # Errors
    /// No error is expected.
    pub fn grid(self) -> Result<TwoThetaGrid> {
        Ok(match self {
            Self::Measured => TwoThetaGrid::new(5.0, 0.02, 4251)?,
            // The ends of the range have no lines.
            Self::Paper => TwoThetaGrid::new(180.0 / 1025.0, 180.0 / 1025.0, 1024)?,
        })
    }

    /// Full width at half maximum of the lines in degrees.
    fn fwhm_deg(self) -> f64 {
        match self {
            Self::Measured => 0.15,
            Self::Paper => 0.5,
        }
    }
}

/// Simulates the pattern of a structure.
///
/// # Errors
/// [`Error::Simulation`](crate::Error::Simulation) if the structure has no lines in the range.
pub fn draw_pattern(structure: &Structure, range: PatternRange) -> Result<DrawnPattern> {
    let profile = Profile::new(Shape::Gaussian, range.fwhm_deg())?;
    let diffraction = Diffraction::default();
    let pattern = xrd_sim::simulate(structure, &diffraction, &range.grid()?, &profile)?;
    let peaks = peaks(pattern.grid(), pattern.intensities(), LEAST_HEIGHT);
    Ok(DrawnPattern { pattern, peaks })
}
