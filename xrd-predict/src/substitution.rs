//! Similarity of elements for substitution, learned from known structures.

mod fit;

pub use fit::FitSettings;

use xrd_core::Element;

use crate::Reduced;
use crate::features::properties;
use crate::prototypes::{Block, Member, ordered};

/// Number of elements of the tables.
pub(crate) const ELEMENTS: usize = 103;
/// Number of tables.
pub(crate) const KINDS: usize = 2;

/// Squared distances of elements for substitution: one table for the most electronegative element of a formula,
/// and one for the others.
#[derive(Clone, Debug)]
pub(crate) struct Substitution {
    /// One table per kind, ELEMENTS × ELEMENTS.
    tables: Vec<Vec<f32>>,
}

/// An arrangement of a formula in a prototype, with the evidence for it.
#[derive(Clone, Debug)]
pub(crate) struct Vote {
    /// Number of the prototype in its block.
    pub(crate) prototype: usize,
    /// Number of the permutation of the block.
    pub(crate) permutation: usize,
    /// Share of the weights of all members and permutations.
    pub(crate) share: f64,
    /// Member with the largest weight, and its permutation.
    pub(crate) nearest: usize,
    /// Share of the nearest member.
    pub(crate) largest: f64,
}

/// Kind of each role: 1 for the most electronegative element, 0 for the others.
pub(crate) fn kinds(elements: &[Element]) -> impl Fn(usize) -> usize + use<> {
    let value = |i: &usize| properties(elements[*i])[1];
    let highest = (0..elements.len()).max_by(|a, b| value(a).total_cmp(&value(b)));
    move |role| usize::from(Some(role) == highest)
}

fn row(element: Element) -> usize {
    (usize::from(element.number()) - 1).min(ELEMENTS - 1)
}

impl Substitution {
    pub(crate) fn of_tables(tables: Vec<Vec<f32>>) -> Self {
        Self { tables }
    }

    /// All squared distances, one table after the other.
    pub(crate) fn tables(&self) -> impl Iterator<Item = f32> + '_ {
        self.tables.iter().flatten().copied()
    }

    /// Votes of the members of a block for the arrangements of a formula, the largest share first. Members for
    /// which `is_hidden` holds do not vote.
    ///
    /// Cost: O(members · permutations).
    pub(crate) fn votes(
        &self,
        block: &Block,
        formula: &Reduced,
        is_hidden: impl Fn(&Member) -> bool,
    ) -> Vec<Vote> {
        let elements = ordered(formula);
        let voters: Vec<usize> = (0..block.members.len())
            .filter(|m| !is_hidden(&block.members[*m]))
            .collect();
        let slots = block.permutations.len();
        let mut shares = Vec::with_capacity(voters.len() * slots);
        for number in &voters {
            let member = &block.members[*number];
            for permutation in &block.permutations {
                let assigned = permutation.iter().map(|r| elements[usize::from(*r)]);
                shares.push(f64::from(self.similarity(member, assigned)).exp());
            }
        }
        let sum = shares.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        shares.iter_mut().for_each(|s| *s /= sum);
        let mut votes: Vec<Vote> = Vec::new();
        let mut places = vec![usize::MAX; block.prototypes.len() * slots];
        let mut shares = shares.into_iter();
        for number in voters {
            let prototype = block.members[number].prototype;
            for (k, share) in shares.by_ref().take(slots).enumerate() {
                let class = block.prototypes[prototype].equivalent[k];
                let place = &mut places[prototype * slots + class];
                if *place == usize::MAX {
                    *place = votes.len();
                    votes.push(Vote {
                        prototype,
                        permutation: k,
                        share: 0.0,
                        nearest: number,
                        largest: -1.0,
                    });
                }
                let vote = &mut votes[*place];
                vote.share += share;
                if share > vote.largest {
                    (vote.nearest, vote.permutation, vote.largest) = (number, k, share);
                }
            }
        }
        votes.sort_by(|a, b| b.share.total_cmp(&a.share));
        votes
    }

    /// Logarithm of the weight of a member for elements in its roles.
    fn similarity(&self, member: &Member, elements: impl Iterator<Item = Element>) -> f32 {
        let kind = kinds(&member.elements);
        let pairs = member.elements.iter().zip(elements).enumerate();
        let distance = |(role, (of_member, e)): (usize, (&Element, Element))| {
            self.tables[kind(role)][row(*of_member) * ELEMENTS + row(e)]
        };
        -pairs.map(distance).sum::<f32>()
    }
}
