//! Report of a classifier of space groups on patterns with known space groups.

mod beside;
mod confusion;
mod repeated;
mod rows;
mod score;
mod similarity;

use serde::{Deserialize, Serialize};
use xrd_symmetry::{Answer, Probabilities, Score, SpaceGroup};

use crate::{Error, Result};

pub use beside::{LeftOutRow, NearestRow};
pub use confusion::{ConfusionEntry, DistanceRow};
pub use repeated::{REPEATED, repeated_patterns};
pub use rows::{CertaintyBin, MajorityRow, ReliabilityBin, SpaceGroupRow, SystemRow};
pub use score::{REFUSAL_THRESHOLD, RefusalRow, SymmetryScore};
pub use similarity::SimilarityRow;

/// File name of the reports of a classifier in their folder.
pub const SYMMETRY_FILE: &str = "symmetry.json";

/// Answers of a classifier for patterns with known space groups.
#[derive(Clone, Copy, Debug)]
pub struct SymmetryAnswers<'a> {
    /// Name of the set of patterns.
    pub patterns: &'a str,
    /// Name of the classifier.
    pub classifier: &'a str,
    /// Probabilities of the space groups, one entry per pattern.
    pub probabilities: &'a [Probabilities],
    /// True space group of each pattern.
    pub truths: &'a [SpaceGroup],
    /// Whether each pattern repeats an earlier one ([`repeated_patterns`]). Empty if this is not known.
    pub repeated: &'a [bool],
    /// Similarity (0 to 1) of the nearest known structure to each pattern. Empty if this is not known.
    pub similarities: &'a [f64],
    /// Space group of the nearest known structure to each pattern, if there is one. Empty if this is not known.
    pub nearest: &'a [Option<SpaceGroup>],
    /// Patterns whose structure is known to be in the library, and the answers without it. Empty if this is not known.
    pub left_out: &'a [(usize, Probabilities)],
    /// Number of training structures of each space group, 230 entries. Empty if this is not known.
    pub abundance: &'a [usize],
}

impl<'a> SymmetryAnswers<'a> {
    /// Answers without any further facts.
    pub fn new(
        patterns: &'a str,
        classifier: &'a str,
        probabilities: &'a [Probabilities],
        truths: &'a [SpaceGroup],
    ) -> Self {
        Self {
            patterns,
            classifier,
            probabilities,
            truths,
            repeated: &[],
            similarities: &[],
            nearest: &[],
            left_out: &[],
            abundance: &[],
        }
    }

    /// Sets which patterns repeat earlier ones.
    #[must_use]
    pub fn with_repeated(mut self, repeated: &'a [bool]) -> Self {
        self.repeated = repeated;
        self
    }

    /// Sets the similarity of the nearest known structure to each pattern.
    #[must_use]
    pub fn with_similarities(mut self, similarities: &'a [f64]) -> Self {
        self.similarities = similarities;
        self
    }

    /// Sets the space group of the nearest known structure to each pattern.
    #[must_use]
    pub fn with_nearest(mut self, nearest: &'a [Option<SpaceGroup>]) -> Self {
        self.nearest = nearest;
        self
    }

    /// Sets the answers about some patterns without their own structures.
    #[must_use]
    pub fn with_left_out(mut self, left_out: &'a [(usize, Probabilities)]) -> Self {
        self.left_out = left_out;
        self
    }

    /// Sets the number of training structures of each space group.
    #[must_use]
    pub fn with_abundance(mut self, abundance: &'a [usize]) -> Self {
        self.abundance = abundance;
        self
    }

    fn check(&self) -> Result<()> {
        let patterns = self.probabilities.len();
        if patterns == 0 {
            return Err(Error::Expected("at least one pattern"));
        }
        let optional = |found| if found == 0 { patterns } else { found };
        let counts = [
            ("space groups", self.truths.len()),
            ("marks of repeated patterns", optional(self.repeated.len())),
            ("similarities", optional(self.similarities.len())),
            ("nearest space groups", optional(self.nearest.len())),
        ];
        if let Some((what, found)) = counts.into_iter().find(|(_, n)| *n != patterns) {
            return Err(Error::ValueCount {
                what,
                found,
                patterns,
            });
        }
        let beyond = self.left_out.iter().find(|(i, _)| *i >= patterns);
        if let Some((found, _)) = beyond {
            return Err(Error::OutOfRange {
                what: "index of a pattern",
                found: *found as f64,
                expected: "below the number of patterns",
            });
        }
        match self.abundance.len() {
            0 | 230 => Ok(()),
            found => Err(Error::OutOfRange {
                what: "number of abundances",
                found: found as f64,
                expected: "230, one per space group",
            }),
        }
    }

    /// Answers of the patterns with these numbers.
    fn chosen(&self, patterns: impl Iterator<Item = usize>) -> Vec<Answer<'a>> {
        let one = |i: usize| Answer {
            probabilities: &self.probabilities[i],
            truth: self.truths[i],
        };
        patterns.map(one).collect()
    }

    fn all(&self) -> Vec<Answer<'a>> {
        self.chosen(0..self.truths.len())
    }
}

/// Report of a classifier on patterns with known space groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SymmetryReport {
    /// Version of the program.
    pub version: String,
    /// Name of the set of patterns.
    pub patterns: String,
    /// Name of the classifier.
    pub classifier: String,
    /// Scores of all patterns.
    pub all: SymmetryScore,
    /// Scores with repeated patterns counted once; `None` if it is not known which patterns are repeated.
    pub repeated_once: Option<SymmetryScore>,
    /// Scores of the patterns with a centrosymmetric space group, if only centrosymmetric groups are allowed as
    /// answers; `None` if there are no such patterns.
    pub centrosymmetric: Option<SymmetryScore>,
    /// Shares that are right if always the most frequent class of this set is answered.
    pub majority: MajorityRow,
    /// Shares that are right if the space group of the nearest known structure is answered; `None` if this is not
    /// known.
    pub nearest: Option<NearestRow>,
    /// Scores of the patterns whose structure is known, with and without their own structures in the library; `None`
    /// if no structure is known.
    pub left_out: Option<LeftOutRow>,
    /// Accuracy for each of the seven crystal systems.
    pub crystal_systems: Vec<SystemRow>,
    /// Accuracy for each space group of the set.
    pub space_groups: Vec<SpaceGroupRow>,
    /// Number of patterns for each pair of a true and an answered space group; pairs without patterns are left
    /// out.
    pub confusion: Vec<ConfusionEntry>,
    /// Distances of the answers from the true space groups on the graph of maximal subgroups.
    pub distances: Vec<DistanceRow>,
    /// Right and wrong answers by certainty.
    pub certainty: Vec<CertaintyBin>,
    /// Share of right answers against the mean certainty, in ten bins of the certainty.
    pub reliability: Vec<ReliabilityBin>,
    /// Share of right answers if the least certain ones are refused, at whole percents of the answered share.
    pub refusal: Vec<RefusalRow>,
    /// Accuracy by similarity of the nearest known structure; empty if this is not known.
    pub similarity: Vec<SimilarityRow>,
}

impl SymmetryReport {
    /// Scores answers.
    ///
    /// Cost: O(patterns · (230 + log patterns)), and O(230²) distances on the graph.
    ///
    /// # Errors
    /// - [`Error::Expected`] without patterns.
    /// - [`Error::ValueCount`] if a list does not have one entry per pattern.
    /// - [`Error::OutOfRange`] unless there is one abundance per space group.
    pub fn new(answers: &SymmetryAnswers<'_>) -> Result<Self> {
        answers.check()?;
        let all = answers.all();
        let score = Score::of(&all)?;
        Ok(Self {
            version: String::new(),
            patterns: answers.patterns.to_owned(),
            classifier: answers.classifier.to_owned(),
            all: SymmetryScore::from(&score),
            repeated_once: repeated::once(answers)?,
            centrosymmetric: score::centrosymmetric(&all)?,
            majority: MajorityRow::of(answers.truths),
            nearest: NearestRow::of(answers),
            left_out: LeftOutRow::of(answers)?,
            crystal_systems: rows::crystal_systems(&all),
            space_groups: rows::space_groups(&score, answers.abundance),
            confusion: confusion::matrix(&all),
            distances: confusion::distances(&score, &all),
            certainty: rows::certainty(&all),
            reliability: rows::reliability(&all),
            refusal: score::refusal(&score),
            similarity: similarity::rows(answers)?,
        })
    }
}

/// The space group that is answered.
fn guess(answer: &Answer<'_>) -> (SpaceGroup, f64) {
    answer.probabilities.most_likely(1)[0]
}

fn share(count: usize, of: usize) -> f64 {
    count as f64 / of.max(1) as f64
}

#[cfg(test)]
mod tests;
