use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xrd_symmetry::{Answer, Score, SpaceGroup};

use super::guess;

/// Number of patterns with a true and an answered space group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ConfusionEntry {
    /// Number of the true space group.
    pub truth: u16,
    /// Number of the answered space group.
    pub answer: u16,
    /// Number of patterns.
    pub patterns: usize,
}

/// Answers at one distance from the true space group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DistanceRow {
    /// Distance on the graph of maximal subgroups; 0 for right answers.
    pub distance: usize,
    /// Number of answers.
    pub answers: usize,
    /// Expected number of answers if each wrong one were a random other space group, all equally likely.
    pub random: f64,
}

pub(super) fn matrix(all: &[Answer<'_>]) -> Vec<ConfusionEntry> {
    let mut counts = BTreeMap::new();
    for answer in all {
        let pair = (answer.truth.number(), guess(answer).0.number());
        *counts.entry(pair).or_insert(0) += 1;
    }
    let entry = |((truth, answer), patterns)| ConfusionEntry {
        truth,
        answer,
        patterns,
    };
    counts.into_iter().map(entry).collect()
}

pub(super) fn distances(score: &Score, all: &[Answer<'_>]) -> Vec<DistanceRow> {
    let mut random = vec![0.0; score.distances.len()];
    random[0] = score.distances[0] as f64;
    let mut known = BTreeMap::new();
    for answer in all.iter().filter(|a| guess(a).0 != a.truth) {
        let shares = known
            .entry(answer.truth)
            .or_insert_with(|| shares(answer.truth));
        if random.len() < shares.len() {
            random.resize(shares.len(), 0.0);
        }
        random.iter_mut().zip(shares).for_each(|(r, s)| *r += *s);
    }
    let row = |(distance, random): (usize, f64)| DistanceRow {
        distance,
        answers: score.distances.get(distance).copied().unwrap_or(0),
        random,
    };
    random.into_iter().enumerate().map(row).collect()
}

/// Share of the other space groups at each distance from one.
fn shares(from: SpaceGroup) -> Vec<f64> {
    let mut counts = Vec::new();
    let others = SpaceGroup::all().filter(|g| *g != from);
    let each = 1.0 / others.clone().count() as f64;
    for other in others {
        let distance = from.distance(other);
        if counts.len() <= distance {
            counts.resize(distance + 1, 0.0);
        }
        counts[distance] += each;
    }
    counts
}
