//! Order of the candidates of a formula, learned from formulas with known structures.

mod features;
mod fit;

use crate::arrangement::{Arrangement, similarity};
use crate::calibration::Calibration;
use crate::trees::Trees;

pub(crate) use features::Question;
pub(crate) use fit::fit;

/// Smallest F1 of peaks of equal patterns.
const EQUAL: f64 = 0.9;

/// Model of the order of candidates. Without trees, they are ordered by their votes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranking {
    /// Expected mean of two numbers: 1 for the right arrangement, and F1 of the peaks.
    pub(crate) order: Trees,
    /// Probability of the space group.
    pub(crate) groups: Trees,
    /// Probability of the arrangement from the first number.
    pub(crate) calibration: Calibration,
}

/// A candidate with its place in the order.
#[derive(Clone, Debug)]
pub(crate) struct Ranked {
    /// Number of the arrangement.
    pub(crate) arrangement: usize,
    pub(crate) probability: f64,
    order: f64,
    group: f64,
}

impl Ranking {
    /// Best candidates of a formula, the most probable first, at most `count`.
    ///
    /// Candidates with the same space group and nearly the same peaks count as one. The first one has the largest
    /// expected value. The others are the best ones of the most probable other space groups, and then the
    /// remaining ones.
    pub(crate) fn best(
        &self,
        question: &Question,
        arrangements: &[Arrangement],
        count: usize,
    ) -> Vec<Ranked> {
        let rows = question.features(arrangements);
        let ranked = |(i, row): (usize, &Vec<f32>)| {
            let order = expected(&self.order, row);
            Ranked {
                arrangement: i,
                probability: self.calibration.probability(order),
                order,
                group: expected(&self.groups, row),
            }
        };
        let mut all: Vec<Ranked> = rows.iter().enumerate().map(ranked).collect();
        all.sort_by(|a, b| b.order.total_cmp(&a.order));
        let group_of =
            |r: &Ranked| question.space_group(arrangements[r.arrangement].vote.prototype);
        let merged = merged(all, arrangements, &group_of);
        diverse(merged, count, &group_of)
    }
}

/// Expected value of a candidate: the share of its votes if there are no trees.
fn expected(trees: &Trees, row: &[f32]) -> f64 {
    match trees.trees.is_empty() {
        true => f64::from(row[features::LOG_SHARE]).exp(),
        false => trees.expected(row),
    }
}

/// Adds the probabilities of candidates with equal patterns to that of the first one.
fn merged(
    all: Vec<Ranked>,
    arrangements: &[Arrangement],
    group_of: &impl Fn(&Ranked) -> u16,
) -> Vec<Ranked> {
    let mut kept: Vec<Ranked> = Vec::new();
    for one in all {
        let peaks = |r: &Ranked| &arrangements[r.arrangement].peaks;
        let is_equal = |other: &&mut Ranked| {
            group_of(other) == group_of(&one) && similarity(peaks(other), peaks(&one)) >= EQUAL
        };
        match kept.iter_mut().find(is_equal) {
            Some(other) => {
                other.probability = (other.probability + one.probability).min(1.0);
                other.group = other.group.max(one.group);
            }
            None => kept.push(one),
        }
    }
    kept.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    kept
}

/// The first candidate, the best ones of other groups, and then the remaining ones: `count` in all.
fn diverse(all: Vec<Ranked>, count: usize, group_of: &impl Fn(&Ranked) -> u16) -> Vec<Ranked> {
    let mut groups: Vec<(u16, f64)> = Vec::new();
    for one in &all {
        match groups.iter_mut().find(|g| g.0 == group_of(one)) {
            Some(group) => group.1 = group.1.max(one.group),
            None => groups.push((group_of(one), one.group)),
        }
    }
    // That of the first candidate stays in front.
    if let Some((_, others)) = groups.split_first_mut() {
        others.sort_by(|a, b| b.1.total_cmp(&a.1));
    }
    let mut rest: Vec<Option<Ranked>> = all.into_iter().map(Some).collect();
    let is_of = |one: &Option<Ranked>, group| one.as_ref().is_some_and(|r| group_of(r) == group);
    let mut chosen: Vec<Ranked> = Vec::new();
    for (group, _) in groups.into_iter().take(count) {
        let best = rest.iter_mut().find(|one| is_of(one, group));
        chosen.extend(best.and_then(Option::take));
    }
    let missing = count - chosen.len();
    chosen.extend(rest.into_iter().flatten().take(missing));
    chosen.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    chosen
}
