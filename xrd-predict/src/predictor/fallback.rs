//! Formulas whose amounts no known structure has.

use xrd_core::Element;

use super::{Candidate, OTHER_STOICHIOMETRY, Origin, Predictor};
use crate::features::properties;
use crate::{Anonymous, Formula, Reduced};

/// Largest sum of differences of the fractions of atoms from those of known structures.
const NEAR: f64 = 0.1;
/// Smallest number of known structures of nearly the same amounts. With fewer, the two most similar elements
/// count as one.
const LEAST: usize = 20;

impl Predictor {
    /// Structures of the most frequent one of nearly the same amounts. Elements that share sites count as the more
    /// frequent one, until enough known structures have nearly these amounts.
    pub(super) fn other_stoichiometry(&self, formula: &Formula, count: usize) -> Vec<Candidate> {
        let mut amounts = formula.amounts().to_vec();
        while !amounts.is_empty() {
            amounts.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            if let Some(counts) = self.near_amounts(&amounts) {
                let elements = amounts.iter().zip(counts.counts());
                let elements: Vec<(Element, f64)> =
                    elements.map(|((e, _), n)| (*e, f64::from(*n))).collect();
                let found = Reduced::of(&elements).map(|r| {
                    self.substituted(&r, count, Origin::OtherStoichiometry, OTHER_STOICHIOMETRY)
                });
                if let Some(found) = found.filter(|f| !f.is_empty()) {
                    return found;
                }
            }
            merge_most_similar(&mut amounts);
        }
        Vec::new()
    }

    /// The most frequent known amounts that are near to ascending amounts.
    fn near_amounts(&self, amounts: &[(Element, f64)]) -> Option<&Anonymous> {
        let sum: f64 = amounts.iter().map(|(_, n)| n).sum();
        let is_near = |a: &Anonymous| {
            let all: f64 = a.counts().iter().map(|n| f64::from(*n)).sum();
            let pairs = a.counts().iter().zip(amounts);
            let distance: f64 = pairs
                .map(|(n, (_, m))| (f64::from(*n) / all - m / sum).abs())
                .sum();
            a.counts().len() == amounts.len() && distance <= NEAR
        };
        let near = self.library.blocks.iter().filter(|(a, _)| is_near(a));
        let (anonymous, block) = near.max_by_key(|(_, block)| block.members.len())?;
        (block.members.len() >= LEAST || amounts.len() == 1).then_some(anonymous)
    }
}

/// Adds the amount of the rarer one of the two most similar elements to that of the other. A single element is
/// removed.
fn merge_most_similar(amounts: &mut Vec<(Element, f64)>) {
    let difference = |a: Element, b: Element| {
        let (a, b) = (properties(a), properties(b));
        (a[0] / b[0]).ln().abs() / 0.15 + (a[1] - b[1]).abs() / 0.5
    };
    let mut best = (f64::INFINITY, 0, 0);
    for i in 0..amounts.len() {
        for j in i + 1..amounts.len() {
            let d = difference(amounts[i].0, amounts[j].0);
            if d < best.0 {
                best = (d, i, j);
            }
        }
    }
    // The amounts ascend, so that the second one is the larger.
    let (_, rare, frequent) = best;
    if frequent > rare {
        amounts[frequent].1 += amounts[rare].1;
    }
    amounts.remove(rare);
}
