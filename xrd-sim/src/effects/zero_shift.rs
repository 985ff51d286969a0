use crate::Result;
use crate::error::within;

/// A wrong zero of the 2θ circle: every line appears at 2θ + Δ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZeroShift {
    deg: f64,
}

impl ZeroShift {
    /// A shift in degrees, positive to higher angles.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) beyond 5° to either side.
    pub fn new(deg: f64) -> Result<Self> {
        let deg = within("zero shift", deg, -5.0..=5.0, "-5 to 5 degrees")?;
        Ok(Self { deg })
    }

    /// By how much a line is shifted, in degrees.
    pub fn shift_deg(&self) -> f64 {
        self.deg
    }
}
