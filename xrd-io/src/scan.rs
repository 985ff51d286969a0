use std::fmt;

use xrd_core::{IntensityUnit, Pattern, Scale, TwoThetaGrid, Wavelength};

use crate::error::{Error, Result};
use crate::prepare;

/// What the horizontal axis of a scan is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AxisKind {
    /// The diffraction angle 2θ in degrees.
    TwoThetaDeg,
    /// The length of the scattering vector, q = 4π sin θ / λ, in the file's unit.
    Q,
    /// The spacing of lattice planes.
    DSpacing,
    /// Something else, by the name the file gives it.
    Other(String),
}

impl fmt::Display for AxisKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwoThetaDeg => f.write_str("two-theta"),
            Self::Q => f.write_str("q"),
            Self::DSpacing => f.write_str("d-spacing"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// A pattern as it was measured: any increasing axis, as the file has it.
///
/// A scan is what raw files hold. It leaves this crate through [`to_pattern`](Self::to_pattern)
/// or [`resample`](Self::resample) only, so that nothing later meets an irregular axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    pub(crate) name: String,
    pub(crate) axis_kind: AxisKind,
    pub(crate) axis: Vec<f64>,
    pub(crate) intensities: Vec<f64>,
    pub(crate) sigma: Option<Vec<f64>>,
    pub(crate) scale: Scale,
    pub(crate) wavelength: Option<Wavelength>,
    pub(crate) warnings: Vec<String>,
}

impl Scan {
    /// The name: that of the file, without folder and extension.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the axis is.
    pub fn axis_kind(&self) -> &AxisKind {
        &self.axis_kind
    }

    /// The axis: finite and strictly increasing, at least two points.
    pub fn axis(&self) -> &[f64] {
        &self.axis
    }

    /// The intensities: finite, one a point of the axis.
    pub fn intensities(&self) -> &[f64] {
        &self.intensities
    }

    /// The standard deviations of the intensities, where the file states them.
    pub fn sigma(&self) -> Option<&[f64]> {
        self.sigma.as_deref()
    }

    /// The unit of the intensities.
    pub fn unit(&self) -> IntensityUnit {
        self.scale.unit
    }

    /// The scale of the intensities: those of a file that this crate wrote may be scaled.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The wavelength, where the file states it.
    pub fn wavelength(&self) -> Option<Wavelength> {
        self.wavelength
    }

    /// What a reader of the file should know: columns left out, names not understood.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The pattern, where the axis is a uniform one of 2θ (to 5 % of a step).
    ///
    /// # Errors
    /// [`Error::NoGrid`] for another axis, naming the first point that is off.
    pub fn to_pattern(&self) -> Result<Pattern> {
        self.require_two_theta()?;
        let grid = TwoThetaGrid::from_angles(&self.axis).map_err(|e| self.no_grid(e))?;
        let intensities = self.intensities.iter().map(|&v| v as f32).collect();
        self.pattern_on(grid, intensities)
    }

    /// The pattern on a grid, by linear interpolation between the points of the scan.
    ///
    /// A grid coarser than the scan leaves points out; it does not sum them. O(points + grid).
    ///
    /// # Errors
    /// [`Error::Extrapolation`] where the grid reaches beyond the scan, [`Error::NoGrid`] where
    /// the axis is not 2θ.
    pub fn resample(&self, grid: &TwoThetaGrid) -> Result<Pattern> {
        self.require_two_theta()?;
        let values = prepare::interpolate(&self.name, &self.axis, &self.intensities, grid)?;
        self.pattern_on(*grid, values)
    }

    fn pattern_on(&self, grid: TwoThetaGrid, intensities: Vec<f32>) -> Result<Pattern> {
        let pattern = Pattern::new(grid, self.scale, intensities).map_err(|e| self.no_grid(e))?;
        Ok(pattern.with_wavelength(self.wavelength))
    }

    fn require_two_theta(&self) -> Result<()> {
        match &self.axis_kind {
            AxisKind::TwoThetaDeg => Ok(()),
            other => Err(Error::NotTwoTheta {
                name: self.name.clone(),
                axis: other.to_string(),
            }),
        }
    }

    fn no_grid(&self, reason: xrd_core::Error) -> Error {
        Error::NoGrid {
            name: self.name.clone(),
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(axis: &[f64]) -> Scan {
        Scan {
            name: "a".to_owned(),
            axis_kind: AxisKind::TwoThetaDeg,
            axis: axis.to_vec(),
            intensities: axis.iter().map(|x| 2.0 * x).collect(),
            sigma: None,
            scale: Scale {
                unit: IntensityUnit::Counts,
                factor: 1.0,
            },
            wavelength: None,
            warnings: vec![],
        }
    }

    #[test]
    fn the_door_names_the_point_that_is_off() {
        let pattern = scan(&[10.0, 10.5, 11.0]).to_pattern().unwrap();
        assert_eq!(pattern.intensities(), [20.0, 21.0, 22.0]);
        assert_eq!(pattern.scale().unit, IntensityUnit::Counts);
        let message = scan(&[10.0, 10.7, 11.0])
            .to_pattern()
            .unwrap_err()
            .to_string();
        assert!(message.contains("point 1 is 10.7"), "{message}");
        assert!(message.contains("resample"), "{message}");
        let mut other = scan(&[1.0, 2.0]);
        other.axis_kind = AxisKind::Q;
        assert!(matches!(other.to_pattern(), Err(Error::NotTwoTheta { .. })));
        let mut huge = scan(&[1.0, 2.0]);
        huge.intensities[1] = 1e39;
        assert!(huge.to_pattern().is_err());
    }

    #[test]
    fn an_irregular_line_is_a_line_on_any_grid() {
        let grid = TwoThetaGrid::new(10.1, 0.2, 5).unwrap();
        let pattern = scan(&[10.0, 10.7, 10.8, 11.0]).resample(&grid).unwrap();
        let expected = grid.angles().map(|t| 2.0 * t as f32);
        let near = |(a, b): (&f32, f32)| (a - b).abs() < 1e-5;
        assert!(pattern.intensities().iter().zip(expected).all(near));
    }
}
