use std::collections::BTreeMap;

use rayon::prelude::*;
use xrd_core::Element;

use crate::environment::Environment;
use crate::{Anonymous, Known, Reduced};

/// Largest difference of environments of one prototype.
const SAME: f32 = 0.5;
/// Largest difference of a prototype and itself with permuted roles.
const SYMMETRIC: f32 = 0.05;
/// Most permutations that are compared. Above it, only the order of atomic numbers is.
const MOST_PERMUTATIONS: usize = 24;

/// Known structures of one anonymous formula, sorted into prototypes.
///
/// Role r of a prototype has the r-th amount of the anonymous formula. Each member lists its elements by role.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) members: Vec<Member>,
    pub(crate) prototypes: Vec<Prototype>,
    /// Amounts of the roles.
    pub(crate) amounts: Vec<u32>,
    /// Permutations of roles with equal amounts, the identity first.
    pub(crate) permutations: Vec<Vec<u8>>,
}

/// A known structure of a prototype.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Number of the structure in the library.
    pub(crate) known: usize,
    /// Number of the prototype in the block.
    pub(crate) prototype: usize,
    /// Elements by role.
    pub(crate) elements: Vec<Element>,
}

/// Structures with the same space group and similar surroundings of their atoms.
#[derive(Clone, Debug)]
pub(crate) struct Prototype {
    /// Members, by their numbers in the block.
    pub(crate) members: Vec<usize>,
    /// For each permutation of the block, the number of the first one that gives the same arrangement.
    pub(crate) equivalent: Vec<usize>,
}

/// Elements of a formula in the order of amounts, and of atomic numbers among equal amounts.
pub(crate) fn ordered(formula: &Reduced) -> Vec<Element> {
    let mut elements = formula.elements().to_vec();
    elements.sort_by_key(|(e, n)| (*n, *e));
    elements.into_iter().map(|(e, _)| e).collect()
}

impl Block {
    /// Sorts structures of one anonymous formula into prototypes, in their order. The argument `known` has the
    /// number of each structure in the library.
    pub(crate) fn new(anonymous: &Anonymous, known: &[(usize, &Known)]) -> Self {
        let permutations = permutations(anonymous.counts());
        let environments: Vec<Environment> = known
            .par_iter()
            .map(|(_, k)| Environment::of(k.structure(), &ordered(k.formula())))
            .collect();
        let mut block = Self {
            members: Vec::with_capacity(known.len()),
            prototypes: Vec::new(),
            amounts: anonymous.counts().to_vec(),
            permutations,
        };
        let mut of_group: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
        for (place, (number, structure)) in known.iter().enumerate() {
            let candidates = of_group.entry(structure.space_group()).or_default();
            let nearest = block.nearest(candidates, &environments, &environments[place]);
            let (prototype, permutation) = nearest.unwrap_or((block.prototypes.len(), 0));
            if prototype == block.prototypes.len() {
                candidates.push(prototype);
                let equivalent = block.equivalent(&environments[place]);
                block.prototypes.push(Prototype {
                    members: Vec::new(),
                    equivalent,
                });
            }
            let elements = ordered(structure.formula());
            let permutation = &block.permutations[permutation];
            block.prototypes[prototype].members.push(place);
            block.members.push(Member {
                known: *number,
                prototype,
                elements: permutation
                    .iter()
                    .map(|r| elements[usize::from(*r)])
                    .collect(),
            });
        }
        block
    }

    /// The prototype among candidates that is most similar to an environment, and the permutation of roles.
    fn nearest(
        &self,
        candidates: &[usize],
        environments: &[Environment],
        environment: &Environment,
    ) -> Option<(usize, usize)> {
        let first = |p: usize| &environments[self.prototypes[p].members[0]];
        let compare = |p: usize| {
            let all = self.permutations.iter().enumerate();
            all.map(move |(k, permutation)| (first(p).difference(environment, permutation), p, k))
        };
        let all = candidates.iter().flat_map(|p| compare(*p));
        let best = all.min_by(|a, b| a.0.total_cmp(&b.0))?;
        (best.0 < SAME).then_some((best.1, best.2))
    }

    /// For each permutation, the first one that gives the same arrangement of an environment.
    fn equivalent(&self, environment: &Environment) -> Vec<usize> {
        let is_symmetry: Vec<bool> = self
            .permutations
            .iter()
            .map(|p| environment.difference(environment, p) < SYMMETRIC)
            .collect();
        let composed =
            |a: &[u8], b: &[u8]| -> Vec<u8> { b.iter().map(|r| a[usize::from(*r)]).collect() };
        let number = |p: &[u8]| self.permutations.iter().position(|q| q == p).unwrap_or(0);
        let images = |k: usize| {
            let symmetries = self.permutations.iter().zip(&is_symmetry);
            let symmetries = symmetries.filter(|(_, is)| **is);
            symmetries.map(move |(s, _)| number(&composed(&self.permutations[k], s)))
        };
        (0..self.permutations.len())
            .map(|k| images(k).min().unwrap_or(k).min(k))
            .collect()
    }
}

/// Permutations of the places of ascending amounts that keep the amounts, the identity first. Only the identity
/// if there are too many.
pub(crate) fn permutations(counts: &[u32]) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = vec![Vec::new()];
    for count in counts {
        let places = (0..counts.len() as u8).filter(|p| counts[usize::from(*p)] == *count);
        let extended = |p: &Vec<u8>| -> Vec<Vec<u8>> {
            let free = places.clone().filter(|place| !p.contains(place));
            free.map(|place| [p.as_slice(), &[place]].concat())
                .collect()
        };
        found = found.iter().flat_map(extended).collect();
        if found.len() > MOST_PERMUTATIONS {
            return vec![(0..counts.len() as u8).collect()];
        }
    }
    found
}
