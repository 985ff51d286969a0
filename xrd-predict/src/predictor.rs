mod fallback;
mod storage;

use std::collections::BTreeSet;

use rayon::prelude::*;
use xrd_core::{Element, Structure};

use crate::calibration::Calibration;
use crate::cell::{AtomicVolumes, CellModel};
use crate::library::Library;
use crate::prototypes::{Block, Member, ordered};
use crate::substitution::{FitSettings, Substitution, Vote};
use crate::{CellSettings, Error, Formula, Known, Reduced, Result};

/// Share of formulas from which the calibration is learned.
const HELD_OUT: usize = 5;
/// Number of arrangements per formula in the calibration.
const CALIBRATED: usize = 5;
/// Factor of probabilities if no known structure has the stoichiometry of the formula.
const OTHER_STOICHIOMETRY: f64 = 0.1;
/// Bytes of the shipped predictor.
const SHIPPED: &[u8] = include_bytes!("../data/shipped.predictor");

/// Predicts crystal structures of formulas, by substitution in known structures.
///
/// The structures vote for arrangements of the elements in their prototypes: a vote is heavier the more similar
/// the elements are. A Gaussian process predicts the cell.
#[derive(Clone, Debug)]
pub struct Predictor {
    library: Library,
    substitution: Substitution,
    cells: CellModel,
    calibration: Calibration,
}

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A known structure of the formula itself.
    Known,
    /// A known structure of another formula with the same amounts, with other elements.
    Substituted,
    /// A known structure with other elements and nearly the same amounts. The candidate does not have the
    /// composition of the formula.
    OtherStoichiometry,
}

/// A possible crystal structure of a formula.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Candidate {
    /// Probability that the structure type is a right one.
    pub probability: f64,
    /// Origin of the structure.
    pub origin: Origin,
    /// Identifier of the known structure from which it is made.
    pub prototype: String,
    /// Formula of that structure.
    pub prototype_formula: Reduced,
    /// Number of the space group.
    pub space_group: u16,
    /// The structure: a hypothesis, unless it is known.
    pub structure: Structure,
}

impl Predictor {
    /// Learns from known structures, in their order. Of equal settings and structures the result is the same to
    /// the last bit for any number of threads.
    ///
    /// Cost: about a minute for 25,000 structures.
    ///
    /// # Errors
    /// [`Error::Empty`] without structures.
    pub fn fit(known: Vec<Known>, settings: &FitSettings, cells: &CellSettings) -> Result<Self> {
        if known.is_empty() {
            return Err(Error::Empty { what: "structures" });
        }
        let library = Library::new(known);
        let volumes = AtomicVolumes::fit(library.known.iter());
        let blocks: Vec<&Block> = library.blocks.values().collect();
        let fit = |is_target: &dyn Fn(usize) -> bool| {
            Substitution::fit(&blocks, &library.formulas, is_target, settings)
        };
        let without_held_out = fit(&|formula| formula % HELD_OUT != 0);
        let calibration = calibrated(&library, &without_held_out);
        Ok(Self {
            substitution: fit(&|_| true),
            cells: CellModel::new(volumes, cells.clone()),
            calibration,
            library,
        })
    }

    /// The predictor in this crate, made from structures of the Materials Project.
    ///
    /// # Errors
    /// No error is expected: a test reads the bytes.
    pub fn shipped() -> Result<Self> {
        Self::from_bytes(SHIPPED)
    }

    /// The known structures.
    pub fn known(&self) -> &[Known] {
        &self.library.known
    }

    /// Possible structures of a formula, the most probable first, at most `count`.
    ///
    /// Known structures of the formula come first, with probability 1. If no known structure has the amounts of
    /// the formula, structures of the nearest amounts are used, with low probabilities.
    ///
    /// Cost: O(structures of the anonymous formula), about 10 ms per candidate.
    pub fn predict(&self, formula: &Formula, count: usize) -> Vec<Candidate> {
        let reduced = formula.reduced();
        let known = |k: &&Known| Some(k.formula()) == reduced.as_ref();
        let mut found: Vec<Candidate> = self.known().iter().filter(known).map(of_known).collect();
        found.truncate(count);
        let count = count - found.len();
        let unknown = reduced.map(|r| self.predict_unknown(&r, count));
        match unknown.filter(|u| !u.is_empty()) {
            Some(more) => found.extend(more),
            None if found.is_empty() => found = self.other_stoichiometry(formula, count),
            None => {}
        }
        found
    }

    /// Possible structures of a formula by substitution alone: known structures of the formula itself are
    /// ignored. Empty if no other known structure has its amounts.
    pub fn predict_unknown(&self, formula: &Reduced, count: usize) -> Vec<Candidate> {
        self.substituted(formula, count, Origin::Substituted, 1.0)
    }

    fn substituted(
        &self,
        formula: &Reduced,
        count: usize,
        origin: Origin,
        factor: f64,
    ) -> Vec<Candidate> {
        let Some(block) = self.library.blocks.get(&formula.anonymous()) else {
            return Vec::new();
        };
        // Structures of other amounts are no answers by themselves, so that their own formula may vote.
        let is_hidden = |m: &Member| {
            origin == Origin::Substituted && self.library.known[m.known].formula() == formula
        };
        let elements = ordered(formula);
        let votes = self.substitution.votes(block, formula, is_hidden);
        let candidate = |vote: &Vote| {
            let nearest = &block.members[vote.nearest];
            let permutation = &block.permutations[vote.permutation];
            let to: Vec<Element> = permutation
                .iter()
                .map(|r| elements[usize::from(*r)])
                .collect();
            let known = &self.library.known;
            let lattice =
                self.cells
                    .lattice(block, known, vote.nearest, formula, &to, &is_hidden)?;
            let prototype = &known[nearest.known];
            Some(Candidate {
                probability: factor * self.calibration.probability(vote.share),
                origin,
                prototype: prototype.id().to_owned(),
                prototype_formula: prototype.formula().clone(),
                space_group: prototype.space_group(),
                structure: prototype
                    .substituted(&nearest.elements, &to, lattice)
                    .ok()?,
            })
        };
        votes[..votes.len().min(count)]
            .par_iter()
            .filter_map(candidate)
            .collect()
    }

    /// Formulas of the known structures.
    pub fn formulas(&self) -> BTreeSet<&Reduced> {
        self.known().iter().map(Known::formula).collect()
    }
}

fn of_known(known: &Known) -> Candidate {
    Candidate {
        probability: 1.0,
        origin: Origin::Known,
        prototype: known.id().to_owned(),
        prototype_formula: known.formula().clone(),
        space_group: known.space_group(),
        structure: known.structure().clone(),
    }
}

/// Calibration from the formulas that were not learned from, each hidden in turn.
fn calibrated(library: &Library, substitution: &Substitution) -> Calibration {
    let mut held_out: Vec<(&Block, usize)> = Vec::new();
    for block in library.blocks.values() {
        let formulas = block.members.iter().map(|m| library.formulas[m.known]);
        let chosen: BTreeSet<usize> = formulas.filter(|f| f % HELD_OUT == 0).collect();
        held_out.extend(chosen.into_iter().map(|f| (block, f)));
    }
    let examples = |(block, number): &(&Block, usize)| -> Vec<(f64, bool)> {
        let is_own = |m: &Member| library.formulas[m.known] == *number;
        let own: Vec<&Member> = block.members.iter().filter(|m| is_own(m)).collect();
        let Some(formula) = own.first().map(|m| library.known[m.known].formula()) else {
            return Vec::new();
        };
        let elements = ordered(formula);
        let class = |m: &Member| {
            let is_of = |p: &Vec<u8>| {
                let assigned = p.iter().map(|r| elements[usize::from(*r)]);
                assigned.eq(m.elements.iter().copied())
            };
            let permutation = block.permutations.iter().position(is_of)?;
            Some((
                m.prototype,
                block.prototypes[m.prototype].equivalent[permutation],
            ))
        };
        let right: Vec<(usize, usize)> = own.iter().filter_map(|m| class(m)).collect();
        let votes = substitution.votes(block, formula, is_own);
        let first = votes.iter().take(CALIBRATED);
        let is_right = |v: &Vote| {
            let class = block.prototypes[v.prototype].equivalent[v.permutation];
            right.contains(&(v.prototype, class))
        };
        first.map(|v| (v.share, is_right(v))).collect()
    };
    Calibration::fit(held_out.par_iter().flat_map(examples).collect())
}
