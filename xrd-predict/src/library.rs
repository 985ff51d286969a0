use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::prototypes::Block;
use crate::{Anonymous, Known, Reduced};

/// Known structures, sorted by anonymous formula and prototype.
#[derive(Clone, Debug)]
pub(crate) struct Library {
    pub(crate) known: Vec<Known>,
    /// Number of the formula of each known structure.
    pub(crate) formulas: Vec<usize>,
    /// Whether each known structure is the first one of its formula.
    pub(crate) is_first: Vec<bool>,
    pub(crate) blocks: BTreeMap<Anonymous, Block>,
}

impl Library {
    /// Sorts known structures into prototypes, in their order.
    pub(crate) fn new(known: Vec<Known>) -> Self {
        let mut of_anonymous: BTreeMap<Anonymous, Vec<usize>> = BTreeMap::new();
        for (i, k) in known.iter().enumerate() {
            let members = of_anonymous.entry(k.formula().anonymous()).or_default();
            members.push(i);
        }
        let block = |(anonymous, of): (Anonymous, Vec<usize>)| {
            let members: Vec<(usize, &Known)> = of.iter().map(|i| (*i, &known[*i])).collect();
            let block = Block::new(&anonymous, &members);
            (anonymous, block)
        };
        let blocks = of_anonymous.into_par_iter().map(block).collect();
        Self::of_parts(known, blocks)
    }

    pub(crate) fn of_parts(known: Vec<Known>, blocks: BTreeMap<Anonymous, Block>) -> Self {
        let mut numbers: BTreeMap<&Reduced, usize> = BTreeMap::new();
        let formulas = known
            .iter()
            .map(|k| {
                let next = numbers.len();
                *numbers.entry(k.formula()).or_insert(next)
            })
            .collect::<Vec<usize>>();
        let mut most = None;
        // Numbers are given in order, so that a new one is larger than all before.
        let is_new = |n: &usize| {
            let is_new = most.is_none_or(|m| *n > m);
            most = most.max(Some(*n));
            is_new
        };
        Self {
            is_first: formulas.iter().map(is_new).collect(),
            formulas,
            known,
            blocks,
        }
    }
}
