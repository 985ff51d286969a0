//! Generated patterns compared with true patterns.

use serde::{Deserialize, Serialize};
use xrd_ae::Autoencoder;
use xrd_core::{Labels, Pattern, TwoThetaGrid};
use xrd_interp::{
    cosine, mean_pattern, peak_position_error, pearson, r_weighted_profile, relative_difference,
    strained_blend,
};

use super::{Plan, series};
use crate::dataset::Dataset;
use crate::error::Result;
use crate::experiment::TargetComposition;
use crate::generation::{GeneratedPattern, Neighbours, file_name};
use crate::split::Split;

/// Number of strongest peaks whose positions are compared.
const STRONGEST: usize = 20;

/// True patterns of a target, which have the label value of the target. For the targets Ti = 0,
/// 0.25, 0.5 and so on up to 4 of the [built-in series](crate::DataSource::Series), the true
/// patterns are simulated. For all other targets, the true patterns are the patterns that the
/// experiment excludes because of this value
/// ([`Experiment::leave_out`](crate::Experiment::leave_out)).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Truth {
    /// Mean of the true patterns. `None` if there is no true pattern.
    pub mean: Option<Vec<f32>>,
    /// Number of true patterns.
    pub patterns: usize,
    /// Mean [relative difference](relative_difference) between the individual true patterns and
    /// `mean`.
    pub spread: Option<f64>,
}

impl Truth {
    /// Returns the true patterns of each target.
    pub(super) fn all(plan: &Plan<'_>) -> Result<Vec<Self>> {
        let left_out = |target: &TargetComposition| {
            let target = target.single()?;
            let found = plan.left_out.iter().find(|l| l.target == *target);
            found.map(|l| l.patterns.clone())
        };
        let patterns = |target: &TargetComposition| -> Result<_> {
            let simulated = target
                .single()
                .map(|t| series::truth(plan, t))
                .transpose()?;
            let simulated = simulated.flatten();
            Ok(simulated.or_else(|| left_out(target)))
        };
        let one = |target| match patterns(target)? {
            None => Ok(Self::default()),
            Some(patterns) => {
                let mean = mean_pattern(&patterns)?;
                Ok(Self {
                    patterns: patterns.len(),
                    spread: mean_distance(&patterns, &mean)?,
                    mean: Some(mean),
                })
            }
        };
        plan.targets.iter().map(one).collect()
    }
}

/// Generated pattern, with the true pattern and the blends for comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Generated {
    /// The generated pattern, with its target.
    pub pattern: GeneratedPattern,
    /// The true patterns.
    pub truth: Truth,
    /// Blend: linear mixture of two patterns. The two patterns are the mean training patterns of
    /// the two [neighbouring compositions](crate::generate_targets). `None` if a neighbouring
    /// composition is missing.
    pub blend: Option<Vec<f32>>,
    /// Strained blend ([`strained_blend`]) of the same two patterns. Both patterns are strained
    /// until their lines coincide. Then the two strained patterns are mixed. `None` if `blend` is
    /// `None`.
    pub strained_blend: Option<Vec<f32>>,
    grid: TwoThetaGrid,
}

/// Differences of a pattern from the true pattern. A value is `None` if its formula is not defined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Distances {
    /// Pearson correlation of the two patterns.
    pub pearson: Option<f64>,
    /// Cosine of the angle between the two patterns.
    pub cosine: Option<f64>,
    /// Weighted profile R factor ([`r_weighted_profile`]).
    pub r_weighted_profile: Option<f64>,
    /// R: Euclidean norm of the difference of the two patterns, divided by the norm of the true
    /// pattern.
    pub relative_difference: Option<f64>,
    /// Mean position error of the twenty strongest peaks, in degrees ([`peak_position_error`]).
    pub peak_position_error: Option<f64>,
}

/// Distances from the true pattern that are summarised over seeds.
#[derive(Clone, Copy, Default)]
pub(super) struct Difference {
    /// R.
    pub(super) relative: Option<f64>,
    /// Mean position error of the strongest peaks in degrees.
    pub(super) peak_positions: Option<f64>,
}

impl Distances {
    pub(super) fn between(grid: &TwoThetaGrid, pattern: &[f32], truth: &[f32]) -> Result<Self> {
        Ok(Self {
            pearson: pearson(pattern, truth)?,
            cosine: cosine(pattern, truth)?,
            r_weighted_profile: r_weighted_profile(pattern, truth)?,
            relative_difference: relative_difference(pattern, truth)?,
            peak_position_error: peak_position_error(grid, pattern, truth, STRONGEST)?,
        })
    }
}

/// Adds the true pattern and the blends to each generated pattern. `known` are the split and the
/// labels of its training patterns.
pub(super) fn judge(
    data: &Dataset,
    known: (&Split, &Labels),
    truths: &[Truth],
    patterns: Vec<GeneratedPattern>,
) -> Result<Vec<Generated>> {
    let one = |(pattern, truth): (GeneratedPattern, &Truth)| {
        let (blend, strained_blend) = blends(data, known, &pattern.target)?.unzip();
        Ok(Generated {
            truth: truth.clone(),
            blend,
            strained_blend,
            pattern,
            grid: *data.set.grid(),
        })
    };
    patterns.into_iter().zip(truths).map(one).collect()
}

fn mean_distance(patterns: &[Vec<f32>], mean: &[f32]) -> Result<Option<f64>> {
    let mut sum = 0.0;
    for pattern in patterns {
        match relative_difference(pattern, mean)? {
            Some(r) => sum += r,
            None => return Ok(None),
        }
    }
    Ok(Some(sum / patterns.len() as f64))
}

/// Returns the linear and the strained blend of the mean training patterns of the two compositions
/// next to a target.
fn blends(
    data: &Dataset,
    known: (&Split, &Labels),
    target: &TargetComposition,
) -> Result<Option<(Vec<f32>, Vec<f32>)>> {
    let pair = target.single().and_then(|t| Neighbours::of(known.1, t));
    let Some(pair) = pair else {
        return Ok(None);
    };
    let low = mean_of(data, known, &pair.below)?;
    let high = mean_of(data, known, &pair.above)?;
    let fraction = pair.fraction as f32;
    let mixed = low.iter().zip(&high).map(|(a, b)| a + fraction * (b - a));
    let strained = strained_blend(data.set.grid(), &low, &high, pair.fraction)?;
    Ok(Some((mixed.collect(), strained)))
}

/// Returns the mean of the training patterns with exactly these labels.
fn mean_of(data: &Dataset, (split, labels): (&Split, &Labels), row: &[f64]) -> Result<Vec<f32>> {
    let of_row = (0..labels.len()).filter(|&i| labels.row(i) == row);
    let patterns: Vec<Vec<f32>> = of_row
        .map(|i| Ok(data.set.intensities(split.train[i])?.into_owned()))
        .collect::<Result<_>>()?;
    Ok(mean_pattern(&patterns)?)
}

impl Generated {
    /// Returns the name of the file for the generated pattern.
    pub fn file_name(&self) -> String {
        file_name(&self.pattern.target, "xy")
    }

    /// Returns the differences of the generated pattern, of the blend and of the strained blend
    /// from the true pattern, in this order.
    ///
    /// # Errors
    /// [`Error::Interpolation`](crate::Error::Interpolation) if a difference cannot be computed.
    pub fn distances(&self) -> Result<[Option<Distances>; 3]> {
        let generated = self.pattern.decoded.as_ref().map(|(_, pattern)| pattern);
        let to_truth = |pattern: Option<&Vec<f32>>| {
            let both = pattern.zip(self.truth.mean.as_ref());
            both.map(|(p, t)| Distances::between(&self.grid, p, t))
                .transpose()
        };
        Ok([
            to_truth(generated)?,
            to_truth(self.blend.as_ref())?,
            to_truth(self.strained_blend.as_ref())?,
        ])
    }

    /// Returns those distances of the three that are summarised over seeds.
    pub(super) fn differences(&self) -> Result<[Difference; 3]> {
        let of = |d: &Distances| Difference {
            relative: d.relative_difference,
            peak_positions: d.peak_position_error,
        };
        Ok(self
            .distances()?
            .map(|d| d.as_ref().map(of).unwrap_or_default()))
    }

    /// Returns the generated pattern on the grid and in the scale of the model.
    pub(super) fn as_pattern(&self, model: &Autoencoder) -> Result<Option<Pattern>> {
        let Some((_, intensities)) = &self.pattern.decoded else {
            return Ok(None);
        };
        let pattern = Pattern::new(*model.grid(), model.scale(), intensities.clone())?;
        Ok(Some(pattern.with_wavelength(model.wavelength())))
    }
}
