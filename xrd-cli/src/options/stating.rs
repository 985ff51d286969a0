//! Options that state what files do not: the axis and the wavelength; and the grid to use.

use clap::{Args, ValueEnum};
use xrd_core::{TwoThetaGrid, Wavelength};
use xrd_io::prepare::Step;
use xrd_io::{AxisKind, ReadOptions};

use super::beam::wavelength;

/// The axis and the wavelength of files that do not state them.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Stating {
    /// Axis of files that do not state theirs
    #[arg(long, value_name = "UNIT", value_enum)]
    axis_unit: Option<AxisUnit>,
    /// Wavelength in Å, or line of an X-ray tube such as CuKa1, of files that state none. Patterns
    /// over q or d are converted to the angles of this wavelength
    #[arg(long, value_name = "X|LINE", value_parser = wavelength)]
    pub(crate) wavelength: Option<Wavelength>,
}

/// The axes that files without words may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AxisUnit {
    /// 2θ in degrees
    #[value(name = "2theta")]
    TwoTheta,
    /// q = 4π sin θ / λ in 1/Å
    Q,
    /// q in 1/nm
    QNm,
    /// Spacing of lattice planes in Å
    D,
    /// Time of flight in µs
    Tof,
}

impl Stating {
    pub(crate) fn axis_kind(&self) -> Option<AxisKind> {
        self.axis_unit.map(|unit| match unit {
            AxisUnit::TwoTheta => AxisKind::TwoThetaDeg,
            AxisUnit::Q => AxisKind::QPerAngstrom,
            AxisUnit::QNm => AxisKind::QPerNanometre,
            AxisUnit::D => AxisKind::DAngstrom,
            AxisUnit::Tof => AxisKind::TimeOfFlightUs,
        })
    }

    /// The options for reading a file.
    pub(crate) fn options(&self) -> ReadOptions {
        ReadOptions::default()
            .with_axis_kind(self.axis_kind())
            .with_wavelength(self.wavelength)
    }

    /// The first of these options that is given, if any.
    pub(super) fn given(&self) -> Option<String> {
        let axis_unit = self.axis_unit.map(|_| "--axis-unit".to_owned());
        axis_unit.or(self.wavelength.map(|_| "--wavelength".to_owned()))
    }
}

/// Interpolation to a grid, or to the grid that the patterns share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Resampling {
    pub(crate) grid: Option<TwoThetaGrid>,
}

/// Reads `FROM:TO:STEP`, or nothing for the shared grid.
pub(crate) fn resampling(text: &str) -> Result<Resampling, String> {
    let grid = match text {
        "" => None,
        _ => match format!("resample:{text}").parse() {
            Ok(Step::Resample(grid)) => Some(grid),
            _ => return Err("expected FROM:TO:STEP in degrees, as in 10:80:0.02".to_owned()),
        },
    };
    Ok(Resampling { grid })
}
