use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Question, Ranking, expected};
use crate::arrangement::{Arrangement, peaks_of, similarity};
use crate::calibration::Calibration;
use crate::cell::CellModel;
use crate::library::Library;
use crate::prototypes::{Block, Member, ordered};
use crate::substitution::{Substitution, Vote};
use crate::trees::{TreeSettings, Trees};

/// Most formulas that are learned from.
const MOST: usize = 9_000;
/// Fewest formulas from which trees are learned.
const LEAST: usize = 500;
/// Number of arrangements per formula.
const ARRANGEMENTS: usize = 16;
/// Share of formulas that the calibration is made of.
const CALIBRATION: usize = 4;

/// Candidates of a formula: features, expected values of the order, right space groups, right arrangements.
struct List {
    rows: Vec<Vec<f32>>,
    order: Vec<f64>,
    groups: Vec<f64>,
    is_right: Vec<bool>,
}

fn settings() -> TreeSettings {
    TreeSettings {
        trees: 400,
        leaves: 31,
        rate: 0.04,
        least: 50,
        penalty: 5.0,
        lists: 0.7,
        features: 0.5,
        seed: 0,
    }
}

/// Learns the order of candidates. Formula number f is predicted by `substitutions[f % substitutions.len()]`, which
/// has not learned from it, and with its own structures hidden.
///
/// Cost: about 20 ms per formula, for at most 9,000 formulas.
pub(crate) fn fit(library: &Library, substitutions: &[Substitution], cells: &CellModel) -> Ranking {
    let mut targets: BTreeMap<usize, (&Block, usize)> = BTreeMap::new();
    for block in library.blocks.values() {
        for (i, m) in block.members.iter().enumerate() {
            if library.is_first[m.known] {
                targets.insert(library.formulas[m.known], (block, i));
            }
        }
    }
    let (folds, step) = (substitutions.len().max(1), targets.len().div_ceil(MOST));
    let targets = targets.into_iter();
    let chosen: Vec<_> = targets
        .filter(|(f, _)| (f / folds).is_multiple_of(step.max(1)))
        .collect();
    let list = |(number, (block, member)): &(usize, (&Block, usize))| {
        let substitution = substitutions.get(number % folds)?;
        list(library, block, *member, substitution, cells)
    };
    let lists: Vec<List> = chosen.par_iter().filter_map(list).collect();
    let all: Vec<&List> = lists.iter().collect();
    let (held_out, rest): (Vec<_>, Vec<_>) = lists
        .iter()
        .enumerate()
        .partition(|(i, _)| i.is_multiple_of(CALIBRATION));
    let rest: Vec<&List> = rest.into_iter().map(|(_, l)| l).collect();
    let trees = |lists: &[&List], wanted: fn(&List) -> &Vec<f64>| match all.len() >= LEAST {
        true => trees(lists, wanted),
        false => Trees::default(),
    };
    let partial = trees(&rest, |l| &l.order);
    let examples = held_out.iter().flat_map(|(_, l)| {
        let scores = l.rows.iter().map(|r| expected(&partial, r));
        scores.zip(l.is_right.iter().copied())
    });
    Ranking {
        calibration: Calibration::fit(examples.collect()),
        order: trees(&all, |l| &l.order),
        groups: trees(&all, |l| &l.groups),
    }
}

fn trees(lists: &[&List], wanted: fn(&List) -> &Vec<f64>) -> Trees {
    let rows: Vec<&[f32]> = lists
        .iter()
        .flat_map(|l| l.rows.iter().map(Vec::as_slice))
        .collect();
    let wanted: Vec<f64> = lists
        .iter()
        .flat_map(|l| wanted(l).iter().copied())
        .collect();
    let lengths: Vec<usize> = lists.iter().map(|l| l.rows.len()).collect();
    Trees::fit(&rows, &wanted, &lengths, &settings())
}

fn list(
    library: &Library,
    block: &Block,
    member: usize,
    substitution: &Substitution,
    cells: &CellModel,
) -> Option<List> {
    let target = &block.members[member];
    let known = &library.known[target.known];
    let own = library.formulas[target.known];
    let truth = peaks_of(known.structure())?;
    let is_own = |m: &Member| library.formulas[m.known] == own;
    let poll = substitution.votes(block, known.formula(), is_own);
    let formula = known.formula();
    let all = Arrangement::all(library, cells, block, formula, &poll, ARRANGEMENTS, &is_own);
    let is_hidden = |f: usize| f == own;
    let question = Question::new(library, block, formula, &poll, &is_hidden);
    let right = class(block, target, known);
    let is_right = |a: &Arrangement| Some(of_vote(block, &a.vote)) == right;
    let is_right: Vec<bool> = all.iter().map(is_right).collect();
    let of_order = |(a, is_right): (&Arrangement, &bool)| {
        0.5 * f64::from(u8::from(*is_right)) + 0.5 * similarity(&truth, &a.peaks)
    };
    let is_group = |a: &Arrangement| question.space_group(a.vote.prototype) == known.space_group();
    Some(List {
        rows: question.features(&all),
        order: all.iter().zip(&is_right).map(of_order).collect(),
        groups: all
            .iter()
            .map(|a| f64::from(u8::from(is_group(a))))
            .collect(),
        is_right,
    })
}

/// Prototype and arrangement of a vote.
fn of_vote(block: &Block, vote: &Vote) -> (usize, usize) {
    let equivalent = &block.prototypes[vote.prototype].equivalent;
    (vote.prototype, equivalent[vote.permutation])
}

/// Prototype and arrangement of a known structure.
fn class(block: &Block, member: &Member, known: &crate::Known) -> Option<(usize, usize)> {
    let elements = ordered(known.formula());
    let is_of = |p: &Vec<u8>| {
        let assigned = p.iter().map(|r| elements[usize::from(*r)]);
        assigned.eq(member.elements.iter().copied())
    };
    let permutation = block.permutations.iter().position(is_of)?;
    let equivalent = &block.prototypes[member.prototype].equivalent;
    Some((member.prototype, equivalent[permutation]))
}
