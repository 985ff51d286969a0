//! Formulas whose amounts no known structure has.

use xrd_core::Element;

use super::{Candidate, OTHER_STOICHIOMETRY, Origin, Predictor};
use crate::features::properties;
use crate::{Anonymous, Formula, Reduced};

/// Largest sum of differences of the fractions of atoms from those of a known structure. Above it, the two most
/// similar elements count as one.
const NEAR: f64 = 0.1;

impl Predictor {
    /// Structures of the nearest amounts. Elements that share sites count as the more frequent one, until known
    /// structures have nearly these amounts.
    pub(super) fn other_stoichiometry(&self, formula: &Formula, count: usize) -> Vec<Candidate> {
        let mut amounts = formula.amounts().to_vec();
        loop {
            amounts.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            let nearest = self.nearest_amounts(&amounts);
            let is_last = amounts.len() == 1;
            if let Some((_, anonymous)) = nearest.filter(|(d, _)| *d <= NEAR || is_last) {
                let elements = amounts.iter().zip(anonymous.counts());
                let elements: Vec<(Element, f64)> =
                    elements.map(|((e, _), n)| (*e, f64::from(*n))).collect();
                let reduced = Reduced::of(&elements);
                let found = reduced.map(|r| {
                    self.substituted(&r, count, Origin::OtherStoichiometry, OTHER_STOICHIOMETRY)
                });
                match found {
                    Some(found) if !found.is_empty() || is_last => return found,
                    _ => {}
                }
            }
            if is_last {
                return Vec::new();
            }
            merge_most_similar(&mut amounts);
        }
    }

    /// The known amounts of as many elements that are nearest to ascending amounts, and their distance.
    fn nearest_amounts(&self, amounts: &[(Element, f64)]) -> Option<(f64, &Anonymous)> {
        let sum: f64 = amounts.iter().map(|(_, n)| n).sum();
        let distance = |a: &Anonymous| -> f64 {
            let all: f64 = a.counts().iter().map(|n| f64::from(*n)).sum();
            let pairs = a.counts().iter().zip(amounts);
            pairs
                .map(|(n, (_, m))| (f64::from(*n) / all - m / sum).abs())
                .sum()
        };
        let alike = self
            .library
            .blocks
            .keys()
            .filter(|a| a.counts().len() == amounts.len());
        let all = alike.map(|a| (distance(a), a));
        all.min_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// Adds the amount of the rarer one of the two most similar elements to that of the other.
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
        amounts.remove(rare);
    }
}
