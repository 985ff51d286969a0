use super::PatternFrame;
use crate::Result;
use crate::error::within;

/// Distance from the centre of a line, in full widths at half maximum, at which it ends.
const REACH: f64 = 12.0;

/// Lines of a foreign phase. The lines are as wide as those of the pattern, and their profile is the
/// mean of a Gaussian and a Lorentzian.
#[derive(Clone, Debug, PartialEq)]
pub struct Impurity {
    /// Angles in degrees, each with a height.
    lines: Vec<(f64, f64)>,
}

impl Impurity {
    /// Creates the effect from the lines of the phase: the angle 2θ of each line in degrees and its
    /// height. The argument `height` is the height of the highest line in units of the maximum of
    /// the pattern; the heights in `lines` are only used relative to each other.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless there is a line, no angle is infinite
    /// or NaN, the highest line is higher than 0, and `height` is 0 to 10.
    pub fn new(lines: &[(f64, f64)], height: f64) -> Result<Self> {
        let finite = "a finite number";
        let highest = lines.iter().map(|l| l.1).fold(0.0, f64::max);
        within(
            "highest line of the impurity",
            highest,
            f64::MIN_POSITIVE..=f64::MAX,
            "over 0",
        )?;
        let height = within("height of the impurity", height, 0.0..=10.0, "0 to 10")?;
        let lines = lines.iter().map(|&(angle, of)| {
            within(
                "angle of an impurity line",
                angle,
                f64::MIN..=f64::MAX,
                finite,
            )?;
            within(
                "height of an impurity line",
                of,
                0.0..=f64::MAX,
                "0 or more",
            )?;
            Ok((angle, height * of / highest))
        });
        Ok(Self {
            lines: lines.collect::<Result<_>>()?,
        })
    }

    /// Adds the lines to a pattern with a maximum of 1.
    pub(super) fn add(&self, frame: &PatternFrame, intensities: &mut [f32]) {
        let (grid, width) = (frame.grid(), frame.fwhm_deg());
        for &(angle, height) in &self.lines {
            let place =
                |angle: f64| ((angle - grid.start()) / grid.step()).ceil().max(0.0) as usize;
            let end = place(angle + REACH * width).min(intensities.len());
            let start = place(angle - REACH * width).min(end);
            for (i, y) in (start..).zip(&mut intensities[start..end]) {
                let u = (grid.start() + grid.step() * i as f64 - angle) / width;
                let gaussian = (-4.0 * std::f64::consts::LN_2 * u * u).exp();
                let lorentzian = 1.0 / (1.0 + 4.0 * u * u);
                *y += (height * (gaussian + lorentzian) / 2.0) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::TwoThetaGrid;

    #[test]
    fn lines_have_their_place_and_height() {
        let grid = TwoThetaGrid::new(20.0, 0.02, 2001).unwrap();
        let frame = PatternFrame::new(grid, 0.1).unwrap();
        let mut pattern = vec![0.0; grid.len()];
        // The third line and the fourth line are outside the grid.
        let lines = [(30.0, 50.0), (40.0, 100.0), (5.0, 10.0), (95.0, 10.0)];
        Impurity::new(&lines, 0.1)
            .unwrap()
            .add(&frame, &mut pattern);
        assert!((pattern[1000] - 0.1).abs() < 1e-3, "{}", pattern[1000]);
        assert!((pattern[500] - 0.05).abs() < 1e-3);
        assert!((pattern[502] / pattern[500] - 0.6).abs() < 0.1);
        assert!(Impurity::new(&[], 0.1).is_err());
        assert!(Impurity::new(&[(30.0, 0.0)], 0.1).is_err());
        assert!(Impurity::new(&[(f64::NAN, 1.0)], 0.1).is_err());
        assert!(Impurity::new(&lines, -0.1).is_err());
    }
}
