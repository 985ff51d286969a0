//! Generated patterns, held against the truth where that can be simulated.

use anyhow::Result;
use xrd_core::{Labels, Pattern};
use xrd_interp::{cosine, mean_pattern, pearson, r_weighted_profile, relative_difference};

use super::{SeedRun, series};
use crate::dataset::Dataset;
use crate::options::Target;
use crate::targets::{GeneratedPattern, Neighbours, file_name};

/// A generated pattern with what it is compared to.
pub(crate) struct Generated {
    pub(crate) pattern: GeneratedPattern,
    /// Mean of the simulated patterns of the composition.
    pub(crate) truth: Option<Vec<f32>>,
    /// How many patterns that mean is of.
    pub(crate) truth_patterns: usize,
    /// How far one of them lies from their mean, by R, on average.
    pub(crate) truth_spread: Option<f64>,
    /// The linear blend of the mean patterns of the two neighbouring compositions.
    pub(crate) blend: Option<Vec<f32>>,
}

/// Distances of a pattern to the truth.
pub(crate) struct Distances {
    pub(crate) pearson: Option<f64>,
    pub(crate) cosine: Option<f64>,
    pub(crate) r_weighted_profile: Option<f64>,
    pub(crate) relative_difference: Option<f64>,
}

impl Distances {
    pub(crate) fn between(pattern: &[f32], truth: &[f32]) -> Result<Self> {
        Ok(Self {
            pearson: pearson(pattern, truth)?,
            cosine: cosine(pattern, truth)?,
            r_weighted_profile: r_weighted_profile(pattern, truth)?,
            relative_difference: relative_difference(pattern, truth)?,
        })
    }
}

/// Finds the truth and the blend for each generated pattern.
pub(crate) fn judge(
    data: &Dataset,
    run: &SeedRun,
    dataset_seed: u64,
    patterns: Vec<GeneratedPattern>,
) -> Result<Vec<Generated>> {
    let one = |pattern: GeneratedPattern| {
        let truths = series::truth(data, &pattern.target, dataset_seed)?;
        let truth = truths.as_ref().map(|t| mean_pattern(t)).transpose()?;
        Ok(Generated {
            truth_patterns: truths.as_ref().map_or(0, Vec::len),
            truth_spread: match (&truths, &truth) {
                (Some(all), Some(mean)) => mean_distance(all, mean)?,
                _ => None,
            },
            blend: blend(data, run, &pattern.target)?,
            truth,
            pattern,
        })
    };
    patterns.into_iter().map(one).collect()
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
/// the target.
fn blend(data: &Dataset, run: &SeedRun, target: &Target) -> Result<Option<Vec<f32>>> {
    let labels = run.known.labels();
    let Some(pair) = Neighbours::of(labels, target) else {
        return Ok(None);
    };
    let low = mean_of(data, run, labels, &pair.below)?;
    let high = mean_of(data, run, labels, &pair.above)?;
    let share = pair.share as f32;
    let mixed = low.iter().zip(&high).map(|(a, b)| a + share * (b - a));
    Ok(Some(mixed.collect()))
}

/// The mean of the training patterns with exactly these labels.
fn mean_of(data: &Dataset, run: &SeedRun, labels: &Labels, row: &[f64]) -> Result<Vec<f32>> {
    let of_row = (0..labels.len()).filter(|&i| labels.row(i) == row);
    let patterns: Vec<Vec<f32>> = of_row
        .map(|i| data.set.intensities(run.split.train[i]).to_vec())
        .collect();
    Ok(mean_pattern(&patterns)?)
}

impl Generated {
    /// The name of its file.
    pub(crate) fn file_name(&self) -> String {
        file_name(&self.pattern.target, "xy")
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
