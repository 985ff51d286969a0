//! Folds of a set for cross-validation.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use xrd_core::Labels;

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::split::Split;

/// Stream of the random numbers that folds are drawn from.
const FOLDS_STREAM: u64 = 12;

/// Scheme of a cross-validation, which is a method to divide a set into folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Random folds of samples. Each seed gives different folds.
    Folds,
    /// One fold per region of compositions. The regions are clusters of the labels, found by the
    /// k-means method. Each label is divided by its standard deviation before clustering.
    Regions,
    /// One fold per composition. Patterns with equal labels have the same composition.
    Compositions,
    /// One fold per sample. The network is trained on all patterns; only the labels of the fold are
    /// left out. The label weight has no effect: the network is trained without labels.
    LeaveOneOut,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Folds => "folds",
            Self::Regions => "regions",
            Self::Compositions => "compositions",
            Self::LeaveOneOut => "leave-one-out",
        })
    }
}

/// Divides a set into folds, and returns one split per fold. The test patterns of the split are the
/// patterns of the fold.
///
/// The argument `count` is the number of folds of [`Scheme::Folds`] or the number of regions of
/// [`Scheme::Regions`]. The other schemes ignore this argument. The argument `seed` determines the
/// random folds of [`Scheme::Folds`].
///
/// # Errors
/// [`Error::TooManyFolds`] for more folds or regions than samples, [`Error::TooFewToTrain`] if
/// fewer than 3 training patterns remain when a fold is left out.
pub fn folds(data: &Dataset, scheme: Scheme, count: usize, seed: u64) -> Result<Vec<Split>> {
    let samples = data.groups.iter().collect::<HashSet<_>>().len();
    if matches!(scheme, Scheme::Folds | Scheme::Regions) && count > samples {
        let folds = count;
        return Err(Error::TooManyFolds { folds, samples });
    }
    let of = match scheme {
        Scheme::Folds => random_folds(&data.groups, count, seed),
        Scheme::Regions => regions(&data.labels, count)?,
        Scheme::Compositions => composition_of(&data.labels),
        Scheme::LeaveOneOut => numbered(data.groups.iter()),
    };
    let count = of.iter().max().map_or(0, |last| last + 1);
    let whole = numbered(data.groups.iter());
    let mut splits = Vec::new();
    for fold in 0..count {
        let test: Vec<usize> = (0..of.len()).filter(|&i| of[i] == fold).collect();
        if test.is_empty() {
            continue;
        }
        // Repeats of a test sample are excluded from training.
        let left_out: std::collections::BTreeSet<usize> = test.iter().map(|&i| whole[i]).collect();
        let train: Vec<usize> = (0..of.len())
            .filter(|&i| !left_out.contains(&whole[i]))
            .collect();
        if train.len() < 3 {
            let left = train.len();
            return Err(Error::TooFewToTrain { scheme, left });
        }
        splits.push(Split { train, test });
    }
    Ok(splits)
}

/// Returns the number of compositions.
pub(crate) fn compositions(labels: &Labels) -> usize {
    let of = composition_of(labels);
    of.iter().max().map_or(0, |last| last + 1)
}

/// Returns the index of the composition of each pattern, in the order of first appearance.
pub(crate) fn composition_of(labels: &Labels) -> Vec<usize> {
    numbered(labels.rows().map(row_key))
}

fn row_key(row: &[f64]) -> Vec<u64> {
    row.iter().map(|v| (v + 0.0).to_bits()).collect()
}

/// Returns an index for each key. Equal keys share one; indices ascend by first appearance.
pub(crate) fn numbered<K: Ord>(keys: impl Iterator<Item = K>) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
    keys.map(|key| {
        let next = numbers.len();
        *numbers.entry(key).or_insert(next)
    })
    .collect()
}

fn random_folds(groups: &[String], count: usize, seed: u64) -> Vec<usize> {
    let group = numbered(groups.iter());
    let mut order: Vec<usize> = (0..group.iter().max().map_or(0, |g| g + 1)).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(FOLDS_STREAM);
    order.shuffle(&mut rng);
    let mut fold = vec![0; order.len()];
    for (position, &g) in order.iter().enumerate() {
        fold[g] = position % count;
    }
    group.into_iter().map(|g| fold[g]).collect()
}

fn regions(labels: &Labels, count: usize) -> Result<Vec<usize>> {
    let n = labels.len() as f64;
    let columns = labels.columns().len();
    let mean: Vec<f64> = (0..columns)
        .map(|c| labels.rows().map(|row| row[c]).sum::<f64>() / n)
        .collect();
    let spread = |c: usize| {
        let squares = labels.rows().map(|row| (row[c] - mean[c]).powi(2));
        (squares.sum::<f64>() / n).sqrt()
    };
    let spreads: Vec<f64> = (0..columns).map(spread).collect();
    let scaled = |row: &[f64]| -> Vec<f64> {
        let one = |c: usize| (row[c] - mean[c]) / if spreads[c] > 0.0 { spreads[c] } else { 1.0 };
        (0..columns).map(one).collect()
    };
    let points: Vec<Vec<f64>> = labels.rows().map(scaled).collect();
    Ok(xrd_latent::maps::clusters(&points, count)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize, per_group: usize) -> Vec<String> {
        (0..n).map(|i| (i / per_group).to_string()).collect()
    }

    #[test]
    fn folds_keep_groups_together_and_are_alike_in_size() {
        let of = random_folds(&names(40, 2), 5, 3);
        assert!((0..20).all(|g| of[2 * g] == of[2 * g + 1]));
        assert!((0..5).all(|f| of.iter().filter(|x| **x == f).count() == 8));
        assert_eq!(of, random_folds(&names(40, 2), 5, 3));
        assert_ne!(of, random_folds(&names(40, 2), 5, 4));
    }

    #[test]
    fn regions_are_compact() {
        let values: Vec<f64> = (0..20)
            .map(|i| f64::from(i / 5) * 100.0 + f64::from(i))
            .collect();
        let labels = Labels::new(vec!["p".to_owned()], values).unwrap();
        let of = regions(&labels, 4).unwrap();
        assert!((0..20).all(|i| of[i] == of[i / 5 * 5]));
        assert_eq!(compositions(&labels), 20);
    }
}
