mod fallback;
mod storage;

use std::collections::BTreeSet;

use xrd_core::Structure;

use crate::arrangement::Arrangement;
use crate::cell::{AtomicVolumes, CellModel};
use crate::library::Library;
use crate::prototypes::{Block, Member};
use crate::ranking::{self, Question, Ranked, Ranking};
use crate::substitution::{FitSettings, Substitution};
use crate::{CellSettings, Error, Formula, Known, Reduced, Result};

/// Number of parts of the formulas: distances that are learned without a part are used to rank its candidates.
const FOLDS: usize = 3;
/// Least number of arrangements among which the candidates are chosen.
const ARRANGEMENTS: usize = 20;
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
    ranking: Ranking,
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
    /// Cost: a few minutes for 25,000 structures.
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
        let without: Vec<Substitution> = (0..FOLDS)
            .map(|part| fit(&|formula| formula % FOLDS != part))
            .collect();
        let cells = CellModel::new(volumes, cells.clone());
        Ok(Self {
            ranking: ranking::fit(&library, &without, &cells),
            substitution: fit(&|_| true),
            cells,
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
        let block = self.library.blocks.get(&formula.anonymous());
        let Some(block) = block.filter(|_| count > 0) else {
            return Vec::new();
        };
        // Structures of other amounts are no answers by themselves, so that their own formula may vote.
        let is_hidden = |m: &Member| {
            origin == Origin::Substituted && self.library.known[m.known].formula() == formula
        };
        let library = &self.library;
        let poll = self.substitution.votes(block, formula, is_hidden);
        let most = ARRANGEMENTS.max(2 * count);
        let found = Arrangement::all(
            library,
            &self.cells,
            block,
            formula,
            &poll,
            most,
            &is_hidden,
        );
        let own = block.members.iter().find(|m| is_hidden(m));
        let own = own.map(|m| library.formulas[m.known]);
        let is_own = |f: usize| Some(f) == own;
        let question = Question::new(library, block, formula, &poll, &is_own);
        let best = self.ranking.best(&question, &found, count);
        let candidate = |ranked: &Ranked| {
            let arrangement = &found[ranked.arrangement];
            let prototype = &library.known[block.members[arrangement.vote.nearest].known];
            Candidate {
                probability: factor * ranked.probability,
                origin,
                prototype: prototype.id().to_owned(),
                prototype_formula: prototype.formula().clone(),
                space_group: prototype.space_group(),
                structure: arrangement.structure.clone(),
            }
        };
        best.iter().map(candidate).collect()
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
