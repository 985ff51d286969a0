//! Peaks of patterns, and how well two lists of peaks agree.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use xrd_core::TwoThetaGrid;

/// Height of the lowest peak relative to the maximum of the pattern.
pub const LEAST_HEIGHT: f64 = 0.1;

/// Peak of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// Position 2θ in degrees.
    pub two_theta_deg: f64,
    /// Height, in the unit of the pattern.
    pub height: f64,
}

/// Local maxima above a share of the maximum of a pattern, in the order of angles. A flat top counts once, in
/// its middle.
pub fn peaks(grid: &TwoThetaGrid, intensities: &[f32], share: f64) -> Vec<Peak> {
    let top = intensities.iter().copied().fold(0.0, f32::max);
    let least = share * f64::from(top);
    let mut found = Vec::new();
    let mut start = 0;
    while start < intensities.len() {
        let height = intensities[start];
        let end = intensities[start..]
            .iter()
            .take_while(|y| **y == height)
            .count()
            + start;
        let rises = start == 0 || intensities[start - 1] < height;
        let falls = intensities.get(end).is_none_or(|next| *next < height);
        if rises && falls && f64::from(height) > least {
            found.push(Peak {
                two_theta_deg: (grid.angle(start) + grid.angle(end - 1)) / 2.0,
                height: height.into(),
            });
        }
        start = end;
    }
    found
}

/// Merges peaks closer than a distance in degrees to the first peak of their group: the position is the
/// middle of the group, and the height is the largest. The peaks have to be in the order of angles.
pub fn merged(peaks: &[Peak], distance_deg: f64) -> Vec<Peak> {
    let mut groups: Vec<(f64, f64, f64)> = Vec::new();
    for peak in peaks {
        let (at, height) = (peak.two_theta_deg, peak.height);
        match groups.last_mut() {
            Some((first, last, top)) if at - *first < distance_deg => {
                (*last, *top) = (at, top.max(height));
            }
            _ => groups.push((at, at, height)),
        }
    }
    let middle = |(first, last, height)| Peak {
        two_theta_deg: (first + last) / 2.0,
        height,
    };
    groups.into_iter().map(middle).collect()
}

/// For each true peak, the highest predicted peak within a distance in degrees.
pub fn aligned(truth: &[Peak], predicted: &[Peak], distance_deg: f64) -> Vec<Option<Peak>> {
    let is_near = |t: &Peak, p: &Peak| (t.two_theta_deg - p.two_theta_deg).abs() <= distance_deg;
    let highest = |t: &Peak| {
        let near = predicted.iter().filter(|p| is_near(t, p));
        near.max_by(|a, b| a.height.total_cmp(&b.height)).copied()
    };
    truth.iter().map(highest).collect()
}

/// Share of the peaks of `of` with a peak of `among` within a distance in degrees: the peak match of the paper
/// if `of` is the truth. A dense prediction matches everything, so that the reverse has to be stated too.
/// 1 without peaks.
pub fn peak_match(of: &[Peak], among: &[Peak], distance_deg: f64) -> f64 {
    let matched = aligned(of, among, distance_deg);
    share(matched.iter().flatten().count(), of.len())
}

/// Precision, recall and F1 of predicted peaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PeakScore {
    /// Share of predicted peaks that are paired.
    pub precision: f64,
    /// Share of true peaks that are paired.
    pub recall: f64,
    /// Number of pairs divided by the mean number of peaks.
    pub f1: f64,
}

/// Compares predicted peaks with true ones: as many pairs as possible are made of peaks within a distance in
/// degrees, each peak in at most one pair. Heights are ignored.
///
/// Cost: O(n). Both lists have to be in the order of angles.
pub fn peak_score(truth: &[Peak], predicted: &[Peak], distance_deg: f64) -> PeakScore {
    let (mut i, mut j, mut pairs) = (0, 0, 0);
    while i < truth.len() && j < predicted.len() {
        let difference = truth[i].two_theta_deg - predicted[j].two_theta_deg;
        if difference.abs() <= distance_deg {
            (i, j, pairs) = (i + 1, j + 1, pairs + 1);
        } else if difference < 0.0 {
            i += 1;
        } else {
            j += 1;
        }
    }
    PeakScore {
        precision: share(pairs, predicted.len()),
        recall: share(pairs, truth.len()),
        f1: match truth.len() + predicted.len() {
            0 => 1.0,
            all => 2.0 * pairs as f64 / all as f64,
        },
    }
}

/// The null of a comparison: as many peaks as predicted, at random places of a range of angles.
pub fn random_peaks(count: usize, from_deg: f64, to_deg: f64, seed: u64) -> Vec<Peak> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut places: Vec<f64> = (0..count)
        .map(|_| from_deg + (to_deg - from_deg) * rng.random::<f64>())
        .collect();
    places.sort_unstable_by(f64::total_cmp);
    let peak = |two_theta_deg| Peak {
        two_theta_deg,
        height: 1.0,
    };
    places.into_iter().map(peak).collect()
}

/// A pattern that is 0 except at the points nearest to the peaks, where it has their heights.
pub fn sticks(grid: &TwoThetaGrid, peaks: &[Peak]) -> Vec<f32> {
    let mut values = vec![0.0f32; grid.len()];
    for peak in peaks {
        let at = ((peak.two_theta_deg - grid.start()) / grid.step()).round();
        if let Some(value) = (at >= 0.0).then(|| values.get_mut(at as usize)).flatten() {
            *value = value.max(peak.height as f32);
        }
    }
    values
}

fn share(count: usize, of: usize) -> f64 {
    match of {
        0 => 1.0,
        _ => count as f64 / of as f64,
    }
}
