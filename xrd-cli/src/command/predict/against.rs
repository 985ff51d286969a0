//! Ranking of candidates by a measured pattern.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use xrd_core::{Lattice, Structure, Wavelength};
use xrd_identify::{Entry, Library, LineList, Prepared, Search};
use xrd_io::ReadOptions;
use xrd_sim::{Diffraction, reflections};
use xrd_study::predict::{PatternRange, PredictedPattern, draw_pattern};

use crate::prepared::{WAVELENGTH, prepared_scans};

/// Number of candidates that are compared.
pub(super) const CANDIDATES: usize = 30;

/// Lengths of the cell relative to the predicted one. The comparison fits up to 1 % around each.
const SCALES: [f64; 5] = [0.966, 0.983, 1.0, 1.017, 1.034];

/// Weight of the similarity next to the logarithm of the probability. `xrd symmetry` votes with the exponent 40 per unit of similarity,
/// and its calibration on simulated patterns counts votes of nearest structures with about 0.4.
const SHARPNESS: f64 = 16.0;

/// Probabilities below this one count as this one.
const LEAST: f64 = 1e-4;

/// The first scan of a file.
pub(super) fn read(file: &Path, options: &ReadOptions) -> Result<Prepared> {
    let scans = prepared_scans(file, options)?;
    let first = scans.into_iter().next();
    let (_, scan) = first.ok_or_else(|| anyhow!("{}: no scan", file.display()))?;
    Ok(scan?.pattern)
}

/// Sorts candidates by their probability and their similarity to a measured pattern, each with its best cell.
pub(super) fn ranked(
    found: Vec<PredictedPattern>,
    measured: &Prepared,
) -> Result<Vec<(PredictedPattern, f64)>> {
    let beam = Diffraction::new(Wavelength::angstrom(WAVELENGTH)?);
    let (mut library, mut of_entry) = (Library::default(), Vec::new());
    for (number, one) in found.iter().enumerate() {
        for scale in SCALES {
            let structure = scaled(&one.candidate.structure, scale)?;
            let lines = reflections(&structure, &beam, 5.0..=90.0)?;
            let pairs = lines.iter().map(|r| (1.0 / r.d_angstrom, r.intensity));
            let Ok(lines) = LineList::new(pairs) else {
                continue;
            };
            let entry = Entry {
                name: String::new(),
                formula: String::new(),
                source: String::new(),
                space_group: one.candidate.space_group,
                lines,
            };
            library.push(&entry)?;
            of_entry.push((number, scale));
        }
    }
    let search = Search {
        candidates: of_entry.len(),
    };
    let matches = library.identify(measured, &search).matches;
    let mut best = vec![(0.0, 1.0); found.len()];
    for found in &matches {
        let (number, scale) = of_entry[found.index];
        if found.similarity > best[number].0 {
            best[number] = (found.similarity, scale * (1.0 + found.shifts.strain));
        }
    }
    let mut ranked = Vec::with_capacity(found.len());
    for (mut one, (similarity, scale)) in found.into_iter().zip(best) {
        one.candidate.structure = scaled(&one.candidate.structure, scale)?;
        one.drawn = draw_pattern(&one.candidate.structure, PatternRange::Measured)
            .context("a fitted cell has no lines")?;
        ranked.push((one, similarity));
    }
    let weight = |(one, similarity): &(PredictedPattern, f64)| {
        weight(one.candidate.probability, *similarity)
    };
    ranked.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    Ok(ranked)
}

/// Logarithm of the probability of a candidate after the measured pattern was seen, but for a constant.
fn weight(probability: f64, similarity: f64) -> f64 {
    probability.max(LEAST).ln() + SHARPNESS * similarity
}

fn scaled(structure: &Structure, scale: f64) -> Result<Structure> {
    let vectors = structure.lattice().vectors().map(|v| v.map(|x| x * scale));
    let lattice = Lattice::from_vectors(vectors)?;
    Ok(Structure::new(lattice, structure.atoms().to_vec())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probability_and_similarity_both_decide() {
        assert!(weight(0.6, 0.8) > weight(0.3, 0.8));
        assert!(weight(0.3, 0.9) > weight(0.3, 0.8));
        // A much better fit outweighs a less probable candidate, and a slightly better one does not.
        assert!(weight(0.05, 0.98) > weight(0.9, 0.7));
        assert!(weight(0.05, 0.98) < weight(0.9, 0.96));
        assert!(weight(0.0, 0.9).is_finite());
    }
}
