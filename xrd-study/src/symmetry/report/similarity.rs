use serde::{Deserialize, Serialize};
use xrd_symmetry::Score;

use super::SymmetryAnswers;
use crate::Result;

/// Lower ends of the bins of the similarity.
const BINS: [f64; 6] = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9];

/// Accuracy of patterns by the similarity of the nearest known structure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SimilarityRow {
    /// Lower end of the similarity.
    pub from: f64,
    /// Upper end of the similarity.
    pub to: f64,
    /// Number of patterns.
    pub patterns: usize,
    /// Share of right space groups.
    pub space_group: f64,
    /// Share of right crystal systems.
    pub crystal_system: f64,
}

/// Bins without patterns are left out. Similarities below 0 count as 0, above 1 as 1.
pub(super) fn rows(answers: &SymmetryAnswers<'_>) -> Result<Vec<SimilarityRow>> {
    let bin_of = |s: f64| BINS.iter().rposition(|from| s >= *from).unwrap_or(0);
    let mut rows = Vec::new();
    for (bin, from) in BINS.into_iter().enumerate() {
        let similarities = answers.similarities.iter().enumerate();
        let within = similarities.filter(|(_, s)| bin_of(**s) == bin);
        let chosen = answers.chosen(within.map(|(i, _)| i));
        if chosen.is_empty() {
            continue;
        }
        let score = Score::of(&chosen)?;
        rows.push(SimilarityRow {
            from,
            to: BINS.get(bin + 1).copied().unwrap_or(1.0),
            patterns: score.count,
            space_group: score.space_group,
            crystal_system: score.crystal_system,
        });
    }
    Ok(rows)
}
