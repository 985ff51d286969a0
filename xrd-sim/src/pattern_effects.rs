//! Effects of instrument and specimen on the intensities of a pattern, without its structure.

mod angle_shift;
mod background;
mod frame;
mod impurity;
mod intensity_drift;
mod line_heights;
mod line_width;
mod random;
mod sampled;

pub use angle_shift::AngleShift;
pub use background::SmoothBackground;
pub use frame::PatternFrame;
pub use impurity::Impurity;
pub use intensity_drift::IntensityDrift;
pub use line_heights::LineHeights;
pub use line_width::LineWidth;
pub use random::RandomPatternEffects;

use crate::random::Purpose;
use crate::{CountingNoise, Emission, PatternKey};

/// Effects of instrument and specimen on a pattern whose structure need not be known.
///
/// The effects are applied to the intensities themselves. [`Effects`](crate::Effects) are the
/// effects on a pattern that is simulated from a structure. There are no effects by default, and
/// [`RandomPatternEffects`] chooses effects at random.
///
/// The effects are applied in the order of the fields. Heights are in units of the maximum of the
/// pattern. Finally the pattern is multiplied by the factor that restores its maximum, because
/// patterns of different counting times are comparable only after such a scaling.
///
/// # Example
/// ```
/// use xrd_core::TwoThetaGrid;
/// use xrd_sim::{PatternEffects, PatternFrame, PatternKey, ZeroShift};
/// let grid = TwoThetaGrid::new(20.0, 0.02, 1001)?;
/// let line: Vec<f32> = grid.angles().map(|a| (-((a - 30.0) / 0.1).powi(2)).exp() as f32).collect();
/// let shift = PatternEffects::default().with_zero_shift(ZeroShift::new(0.04)?);
/// let mut shifted = line.clone();
/// shift.apply(&PatternFrame::new(grid, 0.17)?, PatternKey::new(0, 0), &mut shifted)?;
/// assert!((shifted[502] - line[500]).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PatternEffects {
    /// Random changes of the heights of lines, as by preferred orientation.
    pub line_heights: Option<LineHeights>,
    /// Lines of a foreign phase.
    pub impurity: Option<Impurity>,
    /// Further emission lines of the tube.
    pub emission: Option<Emission>,
    /// Broader lines.
    pub line_width: Option<LineWidth>,
    /// Shift of the lines by a zero shift and a displacement of the specimen.
    pub angle_shift: AngleShift,
    /// Change of the intensity of the beam during the scan.
    pub intensity_drift: Option<IntensityDrift>,
    /// Smooth background.
    pub background: Option<SmoothBackground>,
    /// Counting noise.
    pub counting_noise: Option<CountingNoise>,
}

impl PatternEffects {
    /// Sets the zero shift; `None` removes it.
    pub fn with_zero_shift(mut self, shift: impl Into<Option<crate::ZeroShift>>) -> Self {
        self.angle_shift.zero_shift = shift.into();
        self
    }

    /// Sets the displacement of the specimen; `None` removes it.
    pub fn with_sample_displacement(
        mut self,
        displacement: impl Into<Option<crate::SampleDisplacement>>,
    ) -> Self {
        self.angle_shift.sample_displacement = displacement.into();
        self
    }

    /// Sets the random changes of the heights of lines; `None` removes them.
    pub fn with_line_heights(mut self, heights: impl Into<Option<LineHeights>>) -> Self {
        self.line_heights = heights.into();
        self
    }

    /// Sets the lines of a foreign phase; `None` removes them.
    pub fn with_impurity(mut self, impurity: impl Into<Option<Impurity>>) -> Self {
        self.impurity = impurity.into();
        self
    }

    /// Sets further emission lines of the tube; `None` removes them. Patterns measured with Kα1
    /// and Kα2 already have both.
    pub fn with_emission(mut self, emission: impl Into<Option<Emission>>) -> Self {
        self.emission = emission.into();
        self
    }

    /// Sets the width of the lines; `None` leaves the width.
    pub fn with_line_width(mut self, width: impl Into<Option<LineWidth>>) -> Self {
        self.line_width = width.into();
        self
    }

    /// Sets the change of the intensity during the scan; `None` removes it.
    pub fn with_intensity_drift(mut self, drift: impl Into<Option<IntensityDrift>>) -> Self {
        self.intensity_drift = drift.into();
        self
    }

    /// Sets the background; `None` removes it.
    pub fn with_background(mut self, background: impl Into<Option<SmoothBackground>>) -> Self {
        self.background = background.into();
        self
    }

    /// Sets the counting noise; `None` removes it.
    pub fn with_counting_noise(mut self, noise: impl Into<Option<CountingNoise>>) -> Self {
        self.counting_noise = noise.into();
        self
    }

    /// Applies the effects to the intensities of a pattern.
    ///
    /// The argument `frame` describes the grid and the lines of the pattern. The random numbers
    /// depend only on `key`. A pattern without a positive intensity does not change.
    ///
    /// Cost: O(points), and O(points · line width) with [`LineWidth`].
    ///
    /// # Errors
    /// [`xrd_core::Error::Length`] unless there is one intensity per grid point.
    pub fn apply(
        &self,
        frame: &PatternFrame,
        key: PatternKey,
        intensities: &mut [f32],
    ) -> xrd_core::Result<()> {
        frame.check(intensities.len())?;
        let before = maximum(intensities);
        if before <= 0.0 || *self == Self::default() {
            return Ok(());
        }
        intensities.iter_mut().for_each(|y| *y /= before);
        self.apply_to_lines(frame, key, intensities);
        if let Some(background) = &self.background {
            background.add(&mut key.numbers(Purpose::SmoothBackground), intensities);
        }
        if let Some(noise) = &self.counting_noise {
            let mut counted: Vec<f64> = intensities.iter().map(|y| f64::from(*y)).collect();
            noise.apply(&mut key.numbers(Purpose::Counting), &mut counted);
            for (y, counted) in intensities.iter_mut().zip(counted) {
                *y = counted as f32;
            }
        }
        let after = maximum(intensities);
        if after > 0.0 {
            let factor = before / after;
            intensities.iter_mut().for_each(|y| *y *= factor);
        }
        Ok(())
    }

    fn apply_to_lines(&self, frame: &PatternFrame, key: PatternKey, intensities: &mut [f32]) {
        if let Some(heights) = &self.line_heights {
            heights.apply(frame, &mut key.numbers(Purpose::LineHeights), intensities);
        }
        if let Some(impurity) = &self.impurity {
            impurity.add(frame, intensities);
        }
        if let Some(emission) = &self.emission {
            frame.add_satellites(emission, intensities);
        }
        if let Some(width) = &self.line_width {
            width.apply(frame, intensities);
        }
        if self.angle_shift != AngleShift::default() {
            let unshifted = intensities.to_vec();
            self.angle_shift
                .fill(frame.grid(), &unshifted, intensities, 1.0);
        }
        if let Some(drift) = &self.intensity_drift {
            drift.apply(intensities);
        }
    }
}

fn maximum(intensities: &[f32]) -> f32 {
    // Eight at a time, which the compiler vectorises.
    let mut highest = [0.0; 8];
    let chunks = intensities.chunks_exact(8);
    let rest = chunks.remainder().iter();
    for chunk in chunks {
        for (highest, y) in highest.iter_mut().zip(chunk) {
            *highest = if *y > *highest { *y } else { *highest };
        }
    }
    rest.chain(&highest).copied().fold(0.0, f32::max)
}

#[cfg(test)]
mod tests;
