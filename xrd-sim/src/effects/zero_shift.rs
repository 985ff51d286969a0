use crate::Result;
use crate::error::within;

/// Zero shift: error of the zero position of the 2θ axis.
///
/// Every line appears at 2θ + Δ, where Δ is the shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZeroShift {
    deg: f64,
}

impl ZeroShift {
    /// Creates a shift in degrees; positive values move lines to higher angles.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the shift is −5 to 5°.
    pub fn new(deg: f64) -> Result<Self> {
        let deg = within("zero shift", deg, -5.0..=5.0, "-5 to 5 degrees")?;
        Ok(Self { deg })
    }

    /// Returns the shift of a line in degrees.
    pub fn shift_deg(&self) -> f64 {
        self.deg
    }
}
