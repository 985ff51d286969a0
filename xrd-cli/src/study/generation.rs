//! Generated patterns, held against the truth where that can be simulated.

use anyhow::Result;
use xrd_core::{Labels, Pattern, TwoThetaGrid};
use xrd_interp::{
    cosine, mean_pattern, peak_position_error, pearson, r_weighted_profile, relative_difference,
    strained_blend,
};

use super::{Plan, SeedRun, series};
use crate::dataset::Dataset;
use crate::options::Target;
use crate::split::Split;
use crate::targets::{GeneratedPattern, Neighbours, file_name};

/// Peaks of the truth whose positions are compared.
const STRONGEST: usize = 20;

/// Patterns of a target's composition, simulated or left out, which do not depend on the seed.
#[derive(Clone, Default)]
pub(crate) struct Truth {
    /// Their mean.
    pub(crate) mean: Option<Vec<f32>>,
    /// How many patterns that mean is of.
    pub(crate) patterns: usize,
    /// How far one of them lies from their mean, by R, on average.
    pub(crate) spread: Option<f64>,
}

impl Truth {
    /// The truth of each target, where there is one.
    pub(crate) fn all(data: &Dataset, plan: &Plan<'_>) -> Result<Vec<Self>> {
        let left_out = |target: &Target| {
            let found = plan.left_out.iter().find(|l| l.target == *target);
            found.map(|l| l.patterns.clone())
        };
        let patterns = |target| -> Result<_> {
            let simulated = series::truth(data, target, plan.dataset_seed)?;
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

/// A generated pattern with what it is compared to.
pub(crate) struct Generated {
    pub(crate) pattern: GeneratedPattern,
    pub(crate) truth: Truth,
    /// The linear blend of the mean patterns of the two neighbouring compositions.
    pub(crate) blend: Option<Vec<f32>>,
    /// The same blend, each of the two strained first so that their lines meet.
    pub(crate) strained_blend: Option<Vec<f32>>,
    grid: TwoThetaGrid,
}

/// Distances of a pattern to the truth.
pub(crate) struct Distances {
    pub(crate) pearson: Option<f64>,
    pub(crate) cosine: Option<f64>,
    pub(crate) r_weighted_profile: Option<f64>,
    pub(crate) relative_difference: Option<f64>,
    /// Of the strongest twenty peaks, in degrees.
    pub(crate) peak_position_error: Option<f64>,
}

/// The distances from the truth that are summed up over seeds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Difference {
    /// R.
    pub(crate) relative: Option<f64>,
    /// Error of the strongest peaks' positions in degrees.
    pub(crate) peak_positions: Option<f64>,
}

impl Distances {
    pub(crate) fn between(grid: &TwoThetaGrid, pattern: &[f32], truth: &[f32]) -> Result<Self> {
        Ok(Self {
            pearson: pearson(pattern, truth)?,
            cosine: cosine(pattern, truth)?,
            r_weighted_profile: r_weighted_profile(pattern, truth)?,
            relative_difference: relative_difference(pattern, truth)?,
            peak_position_error: peak_position_error(grid, pattern, truth, STRONGEST)?,
        })
    }
}

/// Puts truth and blend beside each generated pattern. `known` is the split and the labels of
/// its training patterns.
pub(crate) fn judge(
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

/// The mean training patterns of the two neighbouring compositions, in the proportion that gives
/// the target: mixed as they are, and strained.
fn blends(
    data: &Dataset,
    known: (&Split, &Labels),
    target: &Target,
) -> Result<Option<(Vec<f32>, Vec<f32>)>> {
    let Some(pair) = Neighbours::of(known.1, target) else {
        return Ok(None);
    };
    let low = mean_of(data, known, &pair.below)?;
    let high = mean_of(data, known, &pair.above)?;
    let share = pair.share as f32;
    let mixed = low.iter().zip(&high).map(|(a, b)| a + share * (b - a));
    let strained = strained_blend(data.set.grid(), &low, &high, pair.share)?;
    Ok(Some((mixed.collect(), strained)))
}

/// The mean of the training patterns with exactly these labels.
fn mean_of(data: &Dataset, (split, labels): (&Split, &Labels), row: &[f64]) -> Result<Vec<f32>> {
    let of_row = (0..labels.len()).filter(|&i| labels.row(i) == row);
    let patterns: Vec<Vec<f32>> = of_row
        .map(|i| data.set.intensities(split.train[i]).to_vec())
        .collect();
    Ok(mean_pattern(&patterns)?)
}

impl Generated {
    /// The name of its file.
    pub(crate) fn file_name(&self) -> String {
        file_name(&self.pattern.target, "xy")
    }

    /// Distances to the truth of the generated pattern, of the blend and of the strained blend.
    pub(crate) fn distances(&self) -> Result<[Option<Distances>; 3]> {
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

    /// Of the three.
    pub(crate) fn differences(&self) -> Result<[Difference; 3]> {
        let of = |d: &Distances| Difference {
            relative: d.relative_difference,
            peak_positions: d.peak_position_error,
        };
        Ok(self
            .distances()?
            .map(|d| d.as_ref().map(of).unwrap_or_default()))
    }

    /// The generated pattern on the model's grid and in its scale.
    pub(crate) fn as_pattern(&self, run: &SeedRun) -> Result<Option<Pattern>> {
        let Some((_, intensities)) = &self.pattern.decoded else {
            return Ok(None);
        };
        let pattern = Pattern::new(*run.model.grid(), run.model.scale(), intensities.clone())?;
        Ok(Some(pattern.with_wavelength(run.model.wavelength())))
    }
}
