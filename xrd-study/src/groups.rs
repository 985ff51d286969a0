//! Groups of patterns without labels: members, most representative patterns, mean patterns, angles
//! that distinguish the groups, and patterns between two groups.

mod agreement;
mod profile;
mod report;
mod space;
mod windows;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xrd_latent::groups::{GroupMeans, GroupSettings, Groups, Member, grouped_rows};

use crate::dataset::Patterns;
use crate::error::Result;
use space::Space;

pub use profile::GroupProfile;
pub use windows::AngleWindow;

/// Position between two groups from which a pattern counts as a mixture of both.
///
/// `benches/peers/groups.py` of the repository measures which mixtures are found with this limit, and
/// which patterns of one phase are taken for mixtures.
pub const BETWEEN_GROUPS: f64 = 0.12;

/// Number of parts of the patterns with which the stability is computed.
const PARTS: usize = 20;

/// Fraction of the patterns in a part.
const PART: f64 = 0.7;

/// Largest number of patterns in a part.
const MOST_IN_PART: usize = 500;

/// Stream of the random numbers that draw the parts.
const PARTS_STREAM: u64 = 13;

/// Seed of the parts. It is fixed, so that a set always has the same groups.
const PARTS_SEED: u64 = 0;

/// Groups of a set of patterns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PatternGroups {
    /// Names of the patterns.
    pub names: Vec<String>,
    /// Whether the patterns were compared by points that the caller gave, instead of by their lines.
    pub of_points: bool,
    /// The groups and their tree. The group with the most grouped patterns is first.
    pub groups: Groups,
    /// Mean pattern and distinguishing angles of each group.
    pub profiles: Vec<GroupProfile>,
}

/// Finds groups of patterns. No labels are used.
///
/// Without `points`, the patterns are compared by their lines. From each pattern the background is
/// subtracted. Then square roots are taken, so that weak lines count more. The result is broadened by
/// 0.2°, so that small shifts count less, and scaled to length 1. With `points`, Euclidean
/// distances of these points are used, one point per pattern, for example points of a latent space.
/// [`xrd_latent::groups`] describes how the groups and their number are found.
///
/// Of more than [`MOST_GROUPED`](xrd_latent::groups::MOST_GROUPED) patterns, an evenly spaced sample is
/// grouped ([`Groups::grouped`]), and each other pattern gets the group with the nearest mean.
///
/// The result does not depend on a seed or on the number of threads. A single pattern, or patterns
/// that are all equal, are one group. Cost O(patterns² · angles) for the grouped patterns.
///
/// # Errors
/// [`Error::Latent`](crate::Error::Latent) if there are no patterns, if there is not one point per
/// pattern, if coordinates are missing or not finite, or if [`GroupSettings::number`] is 0 or larger
/// than the number of grouped patterns; [`Error::Network`](crate::Error::Network) if patterns on disk
/// cannot be read.
pub fn find_groups(
    patterns: &Patterns,
    points: Option<&[Vec<f64>]>,
    settings: &GroupSettings,
) -> Result<PatternGroups> {
    let space = Space::new(patterns, points)?;
    let rows = grouped_rows(patterns.len());
    let sample = space.points(&rows)?;
    let distances = space::distances(&sample)?;
    let found = Groups::of_distances(&distances, settings, &parts(rows.len()))?;
    let group: Vec<usize> = found.members.iter().map(|m| m.group).collect();
    let profiles = profile::profiles(patterns, &rows, &group, found.number())?;
    let means = GroupMeans::new(&sample, &group)?;
    let members = members(&space, &means, &rows, &found.members)?;
    Ok(PatternGroups {
        names: patterns.names().to_vec(),
        of_points: points.is_some(),
        groups: found.spread_over(rows, members)?,
        profiles,
    })
}

/// Returns the mean lines of each group of patterns, of which [`find_groups`] says how they are made.
/// A pattern with unknown group belongs to the group whose mean is nearest to its lines
/// ([`GroupMeans`], [`Lines`](xrd_io::prepare::Lines)). The argument `group` contains the group of each
/// pattern, from 0.
///
/// # Errors
/// [`Error::Latent`](crate::Error::Latent) if there is not one group per pattern, or if a group has no
/// pattern; [`Error::Network`](crate::Error::Network) if patterns on disk cannot be read.
pub fn mean_lines(patterns: &Patterns, group: &[usize]) -> Result<Vec<Vec<f64>>> {
    let rows: Vec<usize> = (0..patterns.len()).collect();
    let points = Space::new(patterns, None)?.points(&rows)?;
    Ok(GroupMeans::new(&points, group)?.means().to_vec())
}

/// Membership of every pattern: that of the grouped ones as it is, others by the nearest mean.
fn members(
    space: &Space<'_>,
    means: &GroupMeans,
    rows: &[usize],
    grouped: &[Member],
) -> Result<Vec<Member>> {
    let member = |i: usize| match rows.binary_search(&i) {
        Ok(row) => Ok(grouped[row]),
        Err(_) => Ok(means.member(&space.point(i)?)?),
    };
    (0..space.len()).into_par_iter().map(member).collect()
}

/// Random parts of the patterns, for the stability. There are none for fewer than 4 patterns.
fn parts(patterns: usize) -> Vec<Vec<usize>> {
    if patterns < 4 {
        return Vec::new();
    }
    let mut rng = ChaCha8Rng::seed_from_u64(PARTS_SEED);
    rng.set_stream(PARTS_STREAM);
    let most = ((PART * patterns as f64) as usize).min(MOST_IN_PART);
    let draw = |_| {
        let mut rows: Vec<usize> = (0..patterns).collect();
        let (part, _) = rows.partial_shuffle(&mut rng, most);
        let mut part = part.to_vec();
        part.sort_unstable();
        part
    };
    (0..PARTS).map(draw).collect()
}

#[cfg(test)]
mod tests;
