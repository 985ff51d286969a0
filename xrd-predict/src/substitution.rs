//! Similarity of elements for substitution, learned from known structures.

mod coordinates;
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
/// Number of coordinates of the mean over the atoms of a formula.
pub(crate) const MEANS: usize = 8;
/// Number of nearest members that are listed.
const NEAREST: usize = 20;

/// Mean coordinates of the atoms of a formula.
pub(crate) type Mean = [f32; MEANS];

/// Squared distances for substitution: of elements (one table for the most electronegative element of a formula,
/// and one for the others), and of the means of whole formulas, so that one element can make up for another.
#[derive(Clone, Debug)]
pub(crate) struct Substitution {
    /// One table per kind, ELEMENTS × ELEMENTS.
    tables: Vec<Vec<f32>>,
    /// Coordinates of each element in means.
    coordinates: Vec<Mean>,
}

/// Votes of the members of a block.
#[derive(Clone, Debug)]
pub(crate) struct Poll {
    /// Arrangements, the largest share first.
    pub(crate) votes: Vec<Vote>,
    /// The most similar members, each in its best permutation: numbers of both.
    pub(crate) nearest: Vec<(usize, usize)>,
    /// Logarithm of the largest weight.
    pub(crate) similarity: f64,
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
    pub(crate) fn of_parts(tables: Vec<Vec<f32>>, coordinates: Vec<Mean>) -> Self {
        Self {
            tables,
            coordinates,
        }
    }

    /// All squared distances, one table after the other.
    pub(crate) fn tables(&self) -> impl Iterator<Item = f32> + '_ {
        self.tables.iter().flatten().copied()
    }

    pub(crate) fn coordinates(&self) -> impl Iterator<Item = f32> + '_ {
        self.coordinates.iter().flatten().copied()
    }

    /// Mean coordinates of the atoms of a formula with the elements in roles of these amounts.
    pub(crate) fn mean(&self, elements: &[Element], amounts: &[u32]) -> Mean {
        let atoms = amounts.iter().sum::<u32>() as f32;
        let mut mean = [0.0; MEANS];
        for (e, n) in elements.iter().zip(amounts) {
            let own = &self.coordinates[row(*e)];
            let pairs = mean.iter_mut().zip(own);
            pairs.for_each(|(m, x)| *m += x * *n as f32 / atoms);
        }
        mean
    }

    /// Votes of the members of a block for the arrangements of a formula. Members for which `is_hidden` holds do
    /// not vote.
    ///
    /// Cost: O(members · permutations).
    pub(crate) fn votes(
        &self,
        block: &Block,
        formula: &Reduced,
        is_hidden: impl Fn(&Member) -> bool,
    ) -> Poll {
        let elements = ordered(formula);
        let wanted = self.mean(&elements, &block.amounts);
        let voters: Vec<usize> = (0..block.members.len())
            .filter(|m| !is_hidden(&block.members[*m]))
            .collect();
        let slots = block.permutations.len();
        let mut shares = Vec::with_capacity(voters.len() * slots);
        for number in &voters {
            let member = &block.members[*number];
            let far = between(&wanted, &self.mean(&member.elements, &block.amounts));
            for permutation in &block.permutations {
                let assigned = permutation.iter().map(|r| elements[usize::from(*r)]);
                shares.push(f64::from(self.similarity(member, assigned) - far).exp());
            }
        }
        let sum = shares.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let largest = shares.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        shares.iter_mut().for_each(|s| *s /= sum);
        Poll {
            nearest: nearest(&voters, &shares, slots),
            votes: counted(block, &voters, &shares),
            similarity: largest.ln(),
        }
    }

    /// Logarithm of the weight of a member for elements in its roles.
    pub(crate) fn similarity(
        &self,
        member: &Member,
        elements: impl Iterator<Item = Element>,
    ) -> f32 {
        let kind = kinds(&member.elements);
        let pairs = member.elements.iter().zip(elements).enumerate();
        let distance = |(role, (of_member, e)): (usize, (&Element, Element))| {
            self.tables[kind(role)][row(*of_member) * ELEMENTS + row(e)]
        };
        -pairs.map(distance).sum::<f32>()
    }
}

/// Squared distance of means.
pub(crate) fn between(a: &Mean, b: &Mean) -> f32 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// Members with the largest shares, each in its best permutation.
fn nearest(voters: &[usize], shares: &[f64], slots: usize) -> Vec<(usize, usize)> {
    let best = |(number, shares): (&usize, &[f64])| {
        let best = shares
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))?;
        Some((*best.1, *number, best.0))
    };
    let all = voters.iter().zip(shares.chunks(slots.max(1)));
    let mut all: Vec<(f64, usize, usize)> = all.filter_map(best).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.into_iter()
        .take(NEAREST)
        .map(|(_, n, k)| (n, k))
        .collect()
}

/// Sums of shares per prototype and arrangement, the largest first.
fn counted(block: &Block, voters: &[usize], shares: &[f64]) -> Vec<Vote> {
    let slots = block.permutations.len();
    let mut votes: Vec<Vote> = Vec::new();
    let mut places = vec![usize::MAX; block.prototypes.len() * slots];
    for (number, shares) in voters.iter().zip(shares.chunks(slots.max(1))) {
        let prototype = block.members[*number].prototype;
        for (k, share) in shares.iter().enumerate() {
            let class = block.prototypes[prototype].equivalent[k];
            let place = &mut places[prototype * slots + class];
            if *place == usize::MAX {
                *place = votes.len();
                votes.push(Vote {
                    prototype,
                    permutation: k,
                    share: 0.0,
                    nearest: *number,
                    largest: -1.0,
                });
            }
            let vote = &mut votes[*place];
            vote.share += share;
            if *share > vote.largest {
                (vote.nearest, vote.permutation, vote.largest) = (*number, k, *share);
            }
        }
    }
    votes.sort_by(|a, b| b.share.total_cmp(&a.share));
    votes
}
