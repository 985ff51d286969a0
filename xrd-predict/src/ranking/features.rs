//! Evidence for an arrangement of a formula, as numbers.

use std::collections::BTreeMap;

use xrd_core::{Element, Structure};

use crate::arrangement::{Arrangement, similarity};
use crate::features::properties;
use crate::library::Library;
use crate::prototypes::{Block, Member};
use crate::substitution::Poll;
use crate::{Known, Reduced};

/// Place of the logarithm of the share of the votes.
pub(super) const LOG_SHARE: usize = 0;
/// Numbers of nearest members among which an arrangement is counted.
const NEAREST: [usize; 4] = [1, 3, 8, 20];
/// Largest ratio of a distance and the sum of radii, and that without such a distance.
const FAR: f64 = 5.0;

/// A formula, the votes about it, and the structures that are not hidden.
pub(crate) struct Question<'a> {
    library: &'a Library,
    block: &'a Block,
    formula: &'a Reduced,
    poll: &'a Poll,
    /// Whether the formula with a number is hidden.
    is_hidden: &'a dyn Fn(usize) -> bool,
    /// Number of formulas that are not hidden.
    formulas: f64,
    group_shares: BTreeMap<u16, f64>,
    electrons: f64,
}

impl<'a> Question<'a> {
    pub(crate) fn new(
        library: &'a Library,
        block: &'a Block,
        formula: &'a Reduced,
        poll: &'a Poll,
        is_hidden: &'a dyn Fn(usize) -> bool,
    ) -> Self {
        let mut new = Self {
            library,
            block,
            formula,
            poll,
            is_hidden,
            formulas: 0.0,
            group_shares: BTreeMap::new(),
            electrons: electrons(formula),
        };
        let members = block.members.iter().filter(|m| new.is_first(m));
        new.formulas = members.filter(|m| new.is_seen(m)).count() as f64;
        for vote in &poll.votes {
            let group = new.space_group(vote.prototype);
            *new.group_shares.entry(group).or_default() += vote.share;
        }
        new
    }

    /// Space group of a prototype.
    pub(crate) fn space_group(&self, prototype: usize) -> u16 {
        let first = self.block.prototypes[prototype].members.first();
        first.map_or(1, |m| self.known(&self.block.members[*m]).space_group())
    }

    fn known(&self, member: &Member) -> &Known {
        &self.library.known[member.known]
    }

    fn is_seen(&self, member: &Member) -> bool {
        !(self.is_hidden)(self.library.formulas[member.known])
    }

    fn is_first(&self, member: &Member) -> bool {
        self.library.is_first[member.known]
    }

    /// One row per arrangement.
    pub(crate) fn features(&self, all: &[Arrangement]) -> Vec<Vec<f32>> {
        let total: f64 = all.iter().map(|a| a.vote.share).sum::<f64>().max(1e-300);
        let volume = |a: &Arrangement| volume(&a.structure);
        let mean_volume = all.iter().map(|a| a.vote.share * volume(a)).sum::<f64>() / total;
        let of_formula = self.of_formula();
        let row = |(rank, a): (usize, &Arrangement)| {
            let mut row = self.of_votes(rank, a);
            self.add_elements(a, &mut row);
            self.add_prototype(a, &mut row);
            self.add_contacts(a, &mut row);
            let expected = all.iter().map(|b| {
                let share = b.vote.share / total;
                share * similarity(&a.peaks, &b.peaks)
            });
            row.extend([
                volume(a) - mean_volume,
                expected.sum(),
                a.peaks.len() as f64,
            ]);
            row.extend(&of_formula);
            // Trees compare numbers, so that none may be infinite or not a number.
            let plain = |x: f64| {
                if x.is_nan() {
                    0.0
                } else {
                    x.clamp(-1e6, 1e6) as f32
                }
            };
            row.into_iter().map(plain).collect()
        };
        all.iter().enumerate().map(row).collect()
    }

    /// Features that are equal for all arrangements.
    fn of_formula(&self) -> Vec<f64> {
        let votes = &self.poll.votes;
        let entropy = votes
            .iter()
            .map(|v| -v.share * v.share.max(1e-300).ln())
            .sum();
        vec![
            self.electrons,
            self.block.permutations.len() as f64,
            self.block.members.len() as f64,
            entropy,
            votes.first().map_or(0.0, |v| v.share),
            self.poll.similarity,
        ]
    }

    /// Shares of votes, of nearest members, and of the prototype among all formulas.
    fn of_votes(&self, rank: usize, a: &Arrangement) -> Vec<f64> {
        let (vote, block) = (&a.vote, self.block);
        let log = |share: f64| share.max(1e-30).ln();
        let group = self.space_group(vote.prototype);
        let members = self.members(a);
        let count = members.len() as f64;
        let first = members.iter().filter(|m| self.is_first(m)).count() as f64;
        let nearest = &block.members[vote.nearest];
        let atoms = a.structure.atoms().len() as f64;
        let top = self.poll.votes.first().map_or(0.0, |v| v.share);
        let mut row = vec![
            log(vote.share),
            log(vote.share) - log(top),
            rank as f64,
            log(self.group_shares.get(&group).copied().unwrap_or(0.0)),
            vote.largest / vote.share.max(1e-30),
            log(vote.largest) - log(top),
            count.ln(),
            (first + 0.5).ln() - (self.formulas + 1.0).ln(),
            first / count,
            f64::from(u8::from(self.is_first(nearest))),
            f64::from(group),
            atoms,
            atoms / f64::from(self.formula.atoms()),
        ];
        let equivalent = &block.prototypes[vote.prototype].equivalent;
        let is_same = |m: usize, k: usize| {
            block.members[m].prototype == vote.prototype
                && equivalent[k] == equivalent[vote.permutation]
        };
        let is_of_group =
            |m: usize, _: usize| self.space_group(block.members[m].prototype) == group;
        let checks: [&dyn Fn(usize, usize) -> bool; 2] = [&is_same, &is_of_group];
        for check in checks {
            for n in NEAREST {
                let near = self.poll.nearest.iter().take(n);
                row.push(near.filter(|(m, k)| check(*m, *k)).count() as f64);
            }
        }
        row
    }

    fn members(&self, a: &Arrangement) -> Vec<&Member> {
        let members = self.block.prototypes[a.vote.prototype].members.iter();
        let members = members.map(|m| &self.block.members[*m]);
        members.filter(|m| self.is_seen(m)).collect()
    }

    /// Properties of the elements in the least, middle and most electronegative role, and their differences from
    /// those of the nearest member.
    fn add_elements(&self, a: &Arrangement, row: &mut Vec<f64>) {
        let nearest = &self.block.members[a.vote.nearest];
        for role in roles(&a.elements) {
            let (new, old) = (
                properties(a.elements[role]),
                properties(nearest.elements[role]),
            );
            row.push((new[0] / old[0]).ln());
            row.extend((1..new.len()).map(|k| new[k] - old[k]));
            row.extend(new);
            row.push(f64::from(self.block.amounts[role]));
        }
    }

    /// Ratios of radii and numbers of electrons, compared with those of the members of the prototype.
    fn add_prototype(&self, a: &Arrangement, row: &mut Vec<f64>) {
        let roles = roles(&a.elements);
        let members = self.members(a);
        let own = ratios(&a.elements, roles);
        let all: Vec<[f64; 3]> = members.iter().map(|m| ratios(&m.elements, roles)).collect();
        let count = (all.len() as f64).max(1.0);
        for k in 0..3 {
            let mean = all.iter().map(|r| r[k]).sum::<f64>() / count;
            let variance = all.iter().map(|r| (r[k] - mean).powi(2)).sum::<f64>() / count;
            row.push((own[k] - mean) / (variance + 0.01).sqrt());
        }
        let square = |r: &[f64; 3]| (0..3).map(|k| (r[k] - own[k]).powi(2)).sum::<f64>();
        row.push(all.iter().map(square).fold(f64::INFINITY, f64::min).sqrt());
        row.extend(own);
        let counts = members.iter().map(|m| electrons(self.known(m).formula()));
        let differences: Vec<f64> = counts.map(|x| self.electrons - x).collect();
        let smallest = differences
            .iter()
            .map(|d| d.abs())
            .fold(f64::INFINITY, f64::min);
        row.extend([smallest, differences.iter().sum::<f64>() / count]);
    }

    /// Shortest distances, and their change from those of the nearest member.
    fn add_contacts(&self, a: &Arrangement, row: &mut Vec<f64>) {
        let nearest = &self.block.members[a.vote.nearest];
        let [_, _, anion] = roles(&a.elements);
        let new = contacts(&a.structure, a.elements[anion]);
        let old = contacts(self.known(nearest).structure(), nearest.elements[anion]);
        for (new, old) in new.into_iter().zip(old) {
            row.extend([new, (new / old).ln()]);
        }
    }
}

/// Logarithm of the volume per atom.
fn volume(structure: &Structure) -> f64 {
    (structure.lattice().volume() / structure.atoms().len() as f64).ln()
}

/// Outer electrons per atom: the group, less 10 beyond the transition metals.
fn electrons(formula: &Reduced) -> f64 {
    let of = |(e, n): &(Element, u32)| {
        let group = properties(*e)[2];
        f64::from(*n) * if group > 12.0 { group - 10.0 } else { group }
    };
    formula.elements().iter().map(of).sum::<f64>() / f64::from(formula.atoms())
}

/// Roles with the least, middle and most electronegative element.
fn roles(elements: &[Element]) -> [usize; 3] {
    let mut order: Vec<usize> = (0..elements.len()).collect();
    let value = |i: usize| properties(elements[i])[1];
    order.sort_by(|a, b| value(*a).total_cmp(&value(*b)));
    let last = order.len().saturating_sub(1);
    [0, order.len() / 2, last].map(|i| order.get(i).copied().unwrap_or(0))
}

/// Logarithms of the ratios of radii of three roles.
fn ratios(elements: &[Element], roles: [usize; 3]) -> [f64; 3] {
    let [a, b, c] = roles.map(|r| properties(elements[r])[0].ln());
    [a - c, b - c, a - b]
}

/// Shortest distances relative to the sums of radii: without the most electronegative element, with it, and between
/// its atoms.
fn contacts(structure: &Structure, anion: Element) -> [f64; 3] {
    let (atoms, lattice) = (structure.atoms(), structure.lattice());
    let mut shortest = [FAR; 3];
    for (i, a) in atoms.iter().enumerate() {
        for b in &atoms[i..] {
            let radii = properties(a.element())[0] + properties(b.element())[0];
            let kind = [a, b].iter().filter(|x| x.element() == anion).count();
            let delta = [0, 1, 2].map(|k| {
                let d = b.position[k] - a.position[k];
                d - d.round()
            });
            for cell in 0..27 {
                let shift = [cell / 9 - 1, cell / 3 % 3 - 1, cell % 3 - 1].map(f64::from);
                let c = lattice.cartesian([0, 1, 2].map(|k| delta[k] + shift[k]));
                let distance = c.iter().map(|x| x * x).sum::<f64>().sqrt();
                if distance > 0.1 {
                    shortest[kind] = shortest[kind].min(distance / radii);
                }
            }
        }
    }
    shortest
}
