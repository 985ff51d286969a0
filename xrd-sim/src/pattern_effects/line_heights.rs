use rand::Rng;
use rand_distr::StandardNormal;

use super::PatternFrame;
use super::sampled::each_between_knots;
use crate::Result;
use crate::error::within;

/// Random changes of the heights of lines, as by preferred orientation or few grains.
///
/// Without the structure, the direction of the planes of a line is unknown. The intensities are
/// therefore multiplied by e^(σ·g), where g changes smoothly with the angle: it is a normal variate
/// at angles that are `distance_deg` apart, and is interpolated linearly between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineHeights {
    sigma: f64,
    distance_deg: f64,
}

impl LineHeights {
    /// Creates the effect from the standard deviation σ of the logarithm of the heights, and the
    /// distance in degrees over which heights change independently.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless σ is 0 to 3 and the distance is 0.1 to
    /// 180°.
    pub fn new(sigma: f64, distance_deg: f64) -> Result<Self> {
        Ok(Self {
            sigma: within("spread of line heights", sigma, 0.0..=3.0, "0 to 3")?,
            distance_deg: within(
                "distance of line heights",
                distance_deg,
                0.1..=180.0,
                "0.1 to 180 degrees",
            )?,
        })
    }

    pub(super) fn apply<R: Rng>(self, frame: &PatternFrame, rng: &mut R, intensities: &mut [f32]) {
        let per_knot = (self.distance_deg / frame.grid().step()).max(1.0);
        let phase = rng.random::<f64>();
        let factor = || (self.sigma * rng.sample::<f64, _>(StandardNormal)).exp();
        each_between_knots(
            intensities,
            (phase, per_knot.recip()),
            factor,
            |y, factor| *y *= factor,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use xrd_core::TwoThetaGrid;

    #[test]
    fn heights_spread_by_sigma_and_change_slowly() {
        let grid = TwoThetaGrid::new(5.0, 0.02, 8000).unwrap();
        let frame = PatternFrame::new(grid, 0.1).unwrap();
        let heights = LineHeights::new(0.2, 2.0).unwrap();
        let mut logs = Vec::new();
        for seed in 0..40 {
            let mut pattern = vec![1.0; grid.len()];
            heights.apply(&frame, &mut ChaCha8Rng::seed_from_u64(seed), &mut pattern);
            let steps = pattern.windows(2).map(|w| (w[1] - w[0]).abs());
            assert!(steps.fold(0.0, f32::max) < 0.02);
            logs.extend(pattern.iter().step_by(200).map(|y| f64::from(y.ln())));
        }
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let square = logs.iter().map(|l| l * l).sum::<f64>() / logs.len() as f64;
        // Between two angles the mean of two variates varies less than one: √(2/3) on average.
        let expected = 0.2 * (2.0f64 / 3.0).sqrt();
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((square.sqrt() / expected - 1.0).abs() < 0.1, "{square}");
    }
}
