use crate::Result;
use crate::error::within;

/// Change of the intensity of the beam during a scan, proportional to the angle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntensityDrift {
    change: f64,
}

impl IntensityDrift {
    /// Creates the effect from the relative change of the intensity between the first and the last
    /// point. The intensity in the middle of the range does not change.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the change is −1 to 1.
    pub fn new(change: f64) -> Result<Self> {
        let change = within("drift of the intensity", change, -1.0..=1.0, "-1 to 1")?;
        Ok(Self { change })
    }

    pub(super) fn apply(self, intensities: &mut [f32]) {
        let last = (intensities.len().max(2) - 1) as f64;
        for (i, y) in intensities.iter_mut().enumerate() {
            *y *= (1.0 + self.change * (i as f64 / last - 0.5)) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_differ_by_the_change() {
        let mut pattern = [1.0; 5];
        IntensityDrift::new(0.2).unwrap().apply(&mut pattern);
        assert_eq!(pattern, [0.9, 0.95, 1.0, 1.05, 1.1]);
        assert!(IntensityDrift::new(1.5).is_err());
    }
}
