use serde::{Deserialize, Serialize};
use xrd_symmetry::{Answer, CrystalSystem, Score, SpaceGroup};

use super::{guess, share};

/// Number of bins of the certainty histograms.
const CERTAINTY_BINS: usize = 20;

/// Number of bins of the reliability.
const RELIABILITY_BINS: usize = 10;

/// Most frequent classes of a set of patterns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MajorityRow {
    /// Number of the most frequent space group.
    pub space_group: u16,
    /// Share of the patterns with this space group.
    pub space_group_share: f64,
    /// Name of the most frequent crystal system.
    pub crystal_system: String,
    /// Share of the patterns with this crystal system.
    pub crystal_system_share: f64,
}

/// Accuracy for one crystal system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SystemRow {
    /// Name of the crystal system.
    pub crystal_system: String,
    /// Number of patterns with this crystal system.
    pub patterns: usize,
    /// Number of these with the right crystal system.
    pub right_crystal_system: usize,
    /// Number of these with the right space group.
    pub right_space_group: usize,
}

/// Accuracy for one space group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SpaceGroupRow {
    /// Number of the space group.
    pub number: u16,
    /// Symbol of the space group.
    pub symbol: String,
    /// Name of the crystal system.
    pub crystal_system: String,
    /// Number of patterns with this space group.
    pub patterns: usize,
    /// Number of right answers among them.
    pub right: usize,
    /// Number of training structures with this space group; `None` if it is not known.
    pub training_structures: Option<usize>,
}

/// Answers within a range of certainties of the space group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CertaintyBin {
    /// Lower end of the certainty.
    pub from: f64,
    /// Upper end of the certainty.
    pub to: f64,
    /// Number of right answers.
    pub right: usize,
    /// Number of wrong answers.
    pub wrong: usize,
}

/// Certainty and share of right answers of a range of certainties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ReliabilityBin {
    /// Number of answers.
    pub answers: usize,
    /// Mean certainty of the space group; `None` without answers.
    pub certainty: Option<f64>,
    /// Share of right space groups; `None` without answers.
    pub right: Option<f64>,
}

impl MajorityRow {
    pub(super) fn of(truths: &[SpaceGroup]) -> Self {
        let count = |is: &dyn Fn(&SpaceGroup) -> bool| truths.iter().filter(|t| is(t)).count();
        let groups = SpaceGroup::all().map(|g| (g, count(&|t| *t == g)));
        let group = groups.first_maximum();
        let systems = CrystalSystem::ALL
            .into_iter()
            .map(|s| (s, count(&|t| t.crystal_system() == s)));
        let system = systems.first_maximum();
        Self {
            space_group: group.map_or(0, |(g, _)| g.number()),
            space_group_share: group.map_or(0.0, |(_, n)| share(n, truths.len())),
            crystal_system: system.map_or(String::new(), |(s, _)| s.name().to_owned()),
            crystal_system_share: system.map_or(0.0, |(_, n)| share(n, truths.len())),
        }
    }
}

/// The first of the entries with the largest count.
trait FirstMaximum<T> {
    fn first_maximum(self) -> Option<(T, usize)>;
}

impl<T, I: Iterator<Item = (T, usize)>> FirstMaximum<T> for I {
    fn first_maximum(self) -> Option<(T, usize)> {
        self.fold(None, |best: Option<(T, usize)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        })
    }
}

pub(super) fn crystal_systems(all: &[Answer<'_>]) -> Vec<SystemRow> {
    let row = |system: CrystalSystem| {
        let mut row = SystemRow {
            crystal_system: system.name().to_owned(),
            ..SystemRow::default()
        };
        for answer in all.iter().filter(|a| a.truth.crystal_system() == system) {
            let found = answer.probabilities.crystal_system().0;
            row.patterns += 1;
            row.right_crystal_system += usize::from(found == system);
            row.right_space_group += usize::from(guess(answer).0 == answer.truth);
        }
        row
    };
    CrystalSystem::ALL.map(row).to_vec()
}

pub(super) fn space_groups(score: &Score, abundance: &[usize]) -> Vec<SpaceGroupRow> {
    let row = |&(group, patterns, right): &(SpaceGroup, usize, usize)| SpaceGroupRow {
        number: group.number(),
        symbol: group.symbol().to_owned(),
        crystal_system: group.crystal_system().name().to_owned(),
        patterns,
        right,
        training_structures: abundance.get(usize::from(group.number()) - 1).copied(),
    };
    score.by_space_group.iter().map(row).collect()
}

pub(super) fn certainty(all: &[Answer<'_>]) -> Vec<CertaintyBin> {
    let edge = |k: usize| k as f64 / CERTAINTY_BINS as f64;
    let empty = |k| CertaintyBin {
        from: edge(k),
        to: edge(k + 1),
        ..CertaintyBin::default()
    };
    let mut bins: Vec<CertaintyBin> = (0..CERTAINTY_BINS).map(empty).collect();
    for answer in all {
        let (group, certainty) = guess(answer);
        let bin = &mut bins[place(certainty, CERTAINTY_BINS)];
        match group == answer.truth {
            true => bin.right += 1,
            false => bin.wrong += 1,
        }
    }
    bins
}

pub(super) fn reliability(all: &[Answer<'_>]) -> Vec<ReliabilityBin> {
    let mut sums = [(0, 0.0, 0); RELIABILITY_BINS];
    for answer in all {
        let (group, certainty) = guess(answer);
        let sum = &mut sums[place(certainty, RELIABILITY_BINS)];
        sum.0 += 1;
        sum.1 += certainty;
        sum.2 += usize::from(group == answer.truth);
    }
    let bin = |(answers, certainty, right): (usize, f64, usize)| ReliabilityBin {
        answers,
        certainty: (answers > 0).then(|| certainty / answers as f64),
        right: (answers > 0).then(|| share(right, answers)),
    };
    sums.map(bin).to_vec()
}

fn place(certainty: f64, bins: usize) -> usize {
    ((certainty * bins as f64) as usize).min(bins - 1)
}
