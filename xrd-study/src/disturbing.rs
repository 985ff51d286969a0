//! Measurement effects that disturb training patterns.

mod line_width;

use xrd_ae::{Disturbance, PatternSource, TrainingConfig};
use xrd_sim::{PatternFrame, PatternKey, RandomPatternEffects};

use crate::error::Result;
use crate::experiment::Settings;

pub use line_width::line_width_deg;

/// Random effects of instrument and specimen on training patterns.
///
/// In each epoch, the encoder gets a pattern with new random effects, and the network learns to
/// return the pattern without them ([`Disturbance`]). The latent point then depends less on the
/// diffractometer.
///
/// # Example
/// ```
/// use xrd_study::xrd_ae::{Disturbance, TrainingData};
/// use xrd_study::xrd_core::{PatternSet, Scale, TwoThetaGrid};
/// use xrd_study::{PatternDisturbance, laboratory_effects};
/// let grid = TwoThetaGrid::new(20.0, 0.05, 4)?;
/// let block = vec![0.0, 1.0, 4.0, 1.0, 0.0, 5.0, 2.0, 0.0];
/// let names = ["a", "b"].map(str::to_owned).to_vec();
/// let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, block)?;
/// let effects = PatternDisturbance::new(laboratory_effects(), &set, 0)?;
/// let data = TrainingData::new(&set).with_disturbance(Some(&effects));
/// # assert!(data.disturbance.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PatternDisturbance {
    effects: RandomPatternEffects,
    frame: PatternFrame,
    seed: u64,
}

impl PatternDisturbance {
    /// Creates the disturbance of training patterns. Their line width is that of
    /// [`line_width_deg`].
    ///
    /// # Errors
    /// Any error of [`line_width_deg`] and of [`PatternFrame::new`].
    pub fn new(
        effects: RandomPatternEffects,
        patterns: &dyn PatternSource,
        seed: u64,
    ) -> Result<Self> {
        let grid = *patterns.grid();
        let width = line_width_deg(patterns)?;
        let frame = PatternFrame::new(grid, width)?.with_wavelength(patterns.wavelength());
        Ok(Self {
            effects,
            frame,
            seed,
        })
    }

    /// Creates the disturbance of the settings; `None` if the settings have no effects.
    ///
    /// # Errors
    /// Any error of [`new`](Self::new).
    pub fn of(
        settings: &Settings,
        patterns: &dyn PatternSource,
        config: &TrainingConfig,
    ) -> Result<Option<Self>> {
        let effects = settings.effects.clone().filter(|e| !e.is_none());
        effects
            .map(|effects| Self::new(effects, patterns, config.seed))
            .transpose()
    }

    /// Returns this as the argument of
    /// [`TrainingData::with_disturbance`](xrd_ae::TrainingData::with_disturbance).
    pub fn as_dyn(this: &Option<Self>) -> Option<&dyn Disturbance> {
        this.as_ref().map(|d| d as &dyn Disturbance)
    }
}

impl Disturbance for PatternDisturbance {
    fn disturb(&self, epoch: usize, index: usize, pattern: &mut [f32]) -> xrd_ae::Result<()> {
        // One stream per epoch and pattern: no set has 2³² patterns.
        let key = PatternKey::new(self.seed, ((epoch as u64) << 32) | index as u64);
        let effects = self.effects.draw(&self.frame, key);
        let effects = effects.map_err(|e| xrd_ae::Error::Disturbance {
            pattern: index,
            reason: e.to_string(),
        })?;
        Ok(effects.apply(&self.frame, key, pattern)?)
    }

    fn fingerprint(&self) -> String {
        format!(
            "{:?} {:?} {}",
            self.effects,
            self.frame.fwhm_deg(),
            self.seed
        )
    }
}

/// Effects of laboratory diffractometers and of preparations of specimens: the effects of the option
/// `--effects laboratory`.
pub fn laboratory_effects() -> RandomPatternEffects {
    toml::from_str(include_str!("disturbing/laboratory.toml")).unwrap_or_default()
}

/// Effects of smaller sizes, as between measurements on one well-aligned diffractometer: the effects
/// of the option `--effects mild`, and of [`Settings::measured`].
pub fn mild_effects() -> RandomPatternEffects {
    toml::from_str(include_str!("disturbing/mild.toml")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_effects_are_valid() {
        assert!(!laboratory_effects().is_none());
        assert!(!mild_effects().is_none());
        assert_ne!(laboratory_effects(), mild_effects());
    }
}
