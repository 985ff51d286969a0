use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{
    AngleShift, Impurity, IntensityDrift, LineHeights, LineWidth, PatternEffects, PatternFrame,
    SmoothBackground,
};
use crate::effects::random::{
    Pick, RandomCountingNoise, RandomEffect, RandomEmission, RandomSampleDisplacement,
    RandomZeroShift, table,
};
use crate::error::within;
use crate::random::Purpose;
use crate::{Distribution, PatternKey, Result};

/// Probability distribution of [`PatternEffects`]: the probability and the parameters of each
/// effect.
///
/// The type is deserialised from tables, one per effect, as in the example below. Numerical
/// parameters are given as [`Distribution`]s. The optional entry `probability` is the probability
/// that the effect occurs; it is 1 by default. An effect without a table does not occur. An unknown
/// name in a table is an error. The random parameters of one effect do not depend on the tables of
/// other effects. The tables `emission`, `zero_shift`, `sample_displacement` and `counting_noise`
/// are those of [`RandomEffects`](crate::RandomEffects).
///
/// ```toml
/// [zero_shift]
/// deg = { uniform = [-0.05, 0.05] }
///
/// [sample_displacement]
/// mm = { uniform = [-0.2, 0.2] }
/// radius_mm = 240
///
/// [line_width]
/// factor = { uniform = [1, 2] }           # of the width of the lines
///
/// [emission]                              # in addition to the lines of the pattern
/// anode = "Cu"
/// k_alpha2 = { uniform = [0, 0.1] }
///
/// [background]                            # smooth, of random shape
/// height = { uniform = [0, 0.2] }         # of the maximum of the pattern
///
/// [counting_noise]
/// counts = { log_uniform = [1e2, 1e5] }   # at the maximum of the pattern
///
/// [intensity_drift]
/// change = { uniform = [-0.1, 0.1] }      # between the first and the last point
///
/// [line_heights]
/// sigma = { uniform = [0, 0.2] }          # of the logarithm of the heights
/// distance_deg = 2
///
/// [impurity]                              # lines at random angles
/// probability = 0.5
/// lines = { uniform = [3, 20] }
/// height = { uniform = [0, 0.2] }         # of the maximum of the pattern
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "Tables", into = "Tables")]
pub struct RandomPatternEffects(Tables);

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Tables {
    #[serde(skip_serializing_if = "Option::is_none")]
    line_heights: Option<RandomLineHeights>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impurity: Option<RandomImpurity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    emission: Option<RandomEmission>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line_width: Option<RandomLineWidth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zero_shift: Option<RandomZeroShift>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_displacement: Option<RandomSampleDisplacement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intensity_drift: Option<RandomIntensityDrift>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<RandomBackground>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counting_noise: Option<RandomCountingNoise>,
}

table!(RandomLineHeights => LineHeights {
    sigma: Distribution,
    distance_deg: Distribution,
} |self, pick| LineHeights::new(pick.number(&self.sigma), pick.number(&self.distance_deg)));

table!(RandomLineWidth => LineWidth {
    factor: Distribution,
} |self, pick| LineWidth::new(pick.number(&self.factor)));

table!(RandomIntensityDrift => IntensityDrift {
    change: Distribution,
} |self, pick| IntensityDrift::new(pick.number(&self.change)));

table!(RandomBackground => SmoothBackground {
    height: Distribution,
} |self, pick| SmoothBackground::new(pick.number(&self.height)));

/// Lines at random places, relative to the range of the grid, with random heights. The places
/// become angles in [`RandomPatternEffects::draw`].
pub(crate) struct Places {
    lines: Vec<(f64, f64)>,
    height: f64,
}

/// Largest number of lines of an impurity.
const MOST_LINES: f64 = 1000.0;

table!(RandomImpurity => Places {
    lines: Distribution,
    height: Distribution,
} |self, pick| {
    let lines = within("number of impurity lines", pick.number(&self.lines), 1.0..=MOST_LINES, "1 to 1000")?;
    let height = within("height of the impurity", pick.number(&self.height), 0.0..=10.0, "0 to 10")?;
    Ok(Places { lines: pick.lines(lines.round() as usize), height })
});

impl Pick {
    /// Random places from 0 to 1, each with a height. The first line is the highest. The heights of
    /// the others are squares of uniform numbers, because most lines of a phase are weak.
    fn lines(&mut self, count: usize) -> Vec<(f64, f64)> {
        let Self::Drawn(rng) = self else {
            return vec![(0.5, 1.0)];
        };
        let line = |i: usize| {
            let (place, root): (f64, f64) = (rng.random(), rng.random());
            (place, if i == 0 { 1.0 } else { root * root })
        };
        (0..count).map(line).collect()
    }
}

impl RandomPatternEffects {
    /// Chooses the effects of one pattern at random.
    ///
    /// The choice depends only on the tables, on the range of the grid of `frame`, and on `key`.
    ///
    /// # Errors
    /// No error is expected. Deserialisation has already checked the smallest and the largest value
    /// of every distribution, and both are allowed for the effect.
    pub fn draw(&self, frame: &PatternFrame, key: PatternKey) -> Result<PatternEffects> {
        self.0
            .effects(frame, &mut |purpose| Pick::Drawn(key.numbers(purpose)))
    }

    /// Returns `true` if there are no tables. No effect can then occur.
    pub fn is_none(&self) -> bool {
        self.0 == Tables::default()
    }
}

impl From<RandomPatternEffects> for Tables {
    fn from(effects: RandomPatternEffects) -> Self {
        effects.0
    }
}

impl TryFrom<Tables> for RandomPatternEffects {
    type Error = crate::Error;

    fn try_from(tables: Tables) -> Result<Self> {
        let frame = PatternFrame::new(xrd_core::TwoThetaGrid::new(10.0, 0.1, 2)?, 0.1)?;
        tables.effects(&frame, &mut |_| Pick::Least)?;
        tables.effects(&frame, &mut |_| Pick::Largest)?;
        Ok(Self(tables))
    }
}

impl Tables {
    fn effects(
        &self,
        frame: &PatternFrame,
        pick: &mut dyn FnMut(Purpose) -> Pick,
    ) -> Result<PatternEffects> {
        fn one<E: RandomEffect>(
            effect: &Option<E>,
            pick: &mut dyn FnMut(Purpose) -> Pick,
            purpose: Purpose,
        ) -> Result<Option<E::Effect>> {
            effect
                .as_ref()
                .map_or(Ok(None), |e| e.sometimes(pick(purpose)))
        }
        let places = one(&self.impurity, pick, Purpose::Impurity)?;
        Ok(PatternEffects {
            line_heights: one(&self.line_heights, pick, Purpose::HasLineHeights)?,
            impurity: places.map(|p| p.on(frame)).transpose()?,
            emission: one(&self.emission, pick, Purpose::Emission)?,
            line_width: one(&self.line_width, pick, Purpose::LineWidth)?,
            angle_shift: AngleShift {
                zero_shift: one(&self.zero_shift, pick, Purpose::ZeroShift)?,
                sample_displacement: one(
                    &self.sample_displacement,
                    pick,
                    Purpose::SampleDisplacement,
                )?,
            },
            intensity_drift: one(&self.intensity_drift, pick, Purpose::IntensityDrift)?,
            background: one(&self.background, pick, Purpose::HasSmoothBackground)?,
            counting_noise: one(&self.counting_noise, pick, Purpose::CountingNoise)?,
        })
    }
}

impl Places {
    fn on(self, frame: &PatternFrame) -> Result<Impurity> {
        let grid = frame.grid();
        let range = grid.step() * grid.len() as f64;
        let lines = self.lines.iter();
        let lines: Vec<(f64, f64)> = lines
            .map(|&(place, height)| (grid.start() + place * range, height))
            .collect();
        Impurity::new(&lines, self.height)
    }
}
