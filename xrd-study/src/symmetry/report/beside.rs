use serde::{Deserialize, Serialize};
use xrd_symmetry::{Answer, Score};

use super::{SymmetryAnswers, SymmetryScore, share};
use crate::Result;

/// Accuracy of a search for the nearest known structure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct NearestRow {
    /// Share of patterns whose nearest known structure has the right space group.
    pub space_group: f64,
    /// Share of patterns whose nearest known structure has the right crystal system.
    pub crystal_system: f64,
}

impl NearestRow {
    pub(super) fn of(answers: &SymmetryAnswers<'_>) -> Option<Self> {
        let pairs = || answers.nearest.iter().zip(answers.truths);
        let right = |is_right: fn(_, _) -> bool| {
            let found = pairs().filter_map(|(n, t)| n.map(|n| (n, *t)));
            share(
                found.filter(|(n, t)| is_right(*n, *t)).count(),
                answers.truths.len(),
            )
        };
        (!answers.nearest.is_empty()).then(|| Self {
            space_group: right(|n: xrd_symmetry::SpaceGroup, t| n == t),
            crystal_system: right(|n, t| n.crystal_system() == t.crystal_system()),
        })
    }
}

/// Scores of patterns whose structure is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LeftOutRow {
    /// Scores with all known structures.
    pub with_own: SymmetryScore,
    /// Scores with the structures of the pattern's own chemistry left out.
    pub without_own: SymmetryScore,
}

impl LeftOutRow {
    pub(super) fn of(answers: &SymmetryAnswers<'_>) -> Result<Option<Self>> {
        if answers.left_out.is_empty() {
            return Ok(None);
        }
        let with_own = answers.chosen(answers.left_out.iter().map(|(i, _)| *i));
        let without = |(i, probabilities)| Answer {
            probabilities,
            truth: answers.truths[i],
        };
        let pairs = answers.left_out.iter().map(|(i, p)| (*i, p));
        let without_own: Vec<Answer<'_>> = pairs.map(without).collect();
        Ok(Some(Self {
            with_own: SymmetryScore::from(&Score::of(&with_own)?),
            without_own: SymmetryScore::from(&Score::of(&without_own)?),
        }))
    }
}
