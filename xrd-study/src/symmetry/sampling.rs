use xrd_core::TwoThetaGrid;
use xrd_sim::Instrument;

use crate::{Error, Result};

/// Instrument of simulated training patterns, and number of simulated points per point of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    instrument: Instrument,
    per_point: usize,
}

/// Number of points that are simulated for each point of the axis of the networks of `xrd-symmetry`.
const FINER: usize = 2;

impl Sampling {
    /// Patterns of which each point is the mean of `per_point` points of the instrument.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if `per_point` is 0 or larger than the number of points of the instrument.
    pub fn new(instrument: Instrument, per_point: usize) -> Result<Self> {
        match per_point {
            0 => Err(Self::wrong(per_point)),
            n if n > instrument.grid.len() => Err(Self::wrong(per_point)),
            _ => Ok(Self {
                instrument,
                per_point,
            }),
        }
    }

    fn wrong(found: usize) -> Error {
        Error::OutOfRange {
            what: "number of simulated points per point",
            found: found as f64,
            expected: "1 to the number of points of the instrument",
        }
    }

    /// Axis of the networks of `xrd-symmetry`: Cu Kα1, with two simulated points per point.
    ///
    /// # Errors
    /// No error is expected.
    pub fn networks() -> Result<Self> {
        let (grid, wavelength) = xrd_symmetry::axis().map_err(xrd_symmetry::Error::from)?;
        let step = grid.step() / FINER as f64;
        let start = grid.start() - grid.step() / 2.0 + step / 2.0;
        let fine = TwoThetaGrid::new(start, step, FINER * grid.len())?;
        let mut instrument = Instrument::laboratory(0.1)?.with_grid(fine);
        instrument.diffraction.wavelength = wavelength;
        Self::new(instrument, FINER)
    }

    /// Returns the instrument.
    pub fn instrument(&self) -> Instrument {
        self.instrument
    }

    /// Returns the number of points of a pattern.
    pub fn points(&self) -> usize {
        self.instrument.grid.len() / self.per_point
    }

    /// Returns the means of groups of simulated points.
    pub(super) fn averaged(&self, simulated: &[f32]) -> Vec<f32> {
        let size = self.per_point as f32;
        let groups = simulated.chunks_exact(self.per_point);
        groups.map(|c| c.iter().sum::<f32>() / size).collect()
    }
}
