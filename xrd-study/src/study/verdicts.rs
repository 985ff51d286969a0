//! Verdicts on lines: strong lines that do not matter and weak lines that do.

use super::lines::Lines;
use super::relevance::STRONG;

/// Largest ratio of relevance to intensity for which a strong line does not matter
/// ([`LineReport::ratio`](crate::LineReport::ratio)).
pub const DOES_NOT_MATTER: f64 = 0.1;

/// Smallest ratio of relevance to intensity for which a weak line matters
/// ([`LineReport::ratio`](crate::LineReport::ratio)).
pub const MATTERS: f64 = 2.0;

/// Verdict on a family of lattice planes, over the seeds. Relevance is relative to the most
/// relevant family of a seed; intensity is relative to the strongest family.
pub(super) struct Verdict {
    /// Index in [`Lines::families`].
    pub(super) family: usize,
    /// Rank by mean relevance over the seeds, 1 for the most relevant.
    pub(super) relevance_rank: usize,
    /// Rank by intensity, 1 for the strongest.
    pub(super) intensity_rank: usize,
    pub(super) mean: f64,
    /// Sample standard deviation over the seeds. `None` for one seed.
    pub(super) sd: Option<f64>,
    /// `mean` over the relative intensity.
    pub(super) ratio: f64,
    pub(super) word: &'static str,
    /// Number of seeds with the same verdict.
    pub(super) agreeing: usize,
}

/// Returns one verdict per family. `devs` are the mean lengths of the displacements, seeds ×
/// families.
pub(super) fn verdicts(lines: &Lines, devs: &[&[f64]]) -> Vec<Verdict> {
    let relative: Vec<Vec<f64>> = devs.iter().map(|d| over_largest(d)).collect();
    let seeds = relative.len() as f64;
    let intensities: Vec<f64> = lines
        .families
        .iter()
        .map(|f| f.relative_intensity)
        .collect();
    let of = |f: usize| relative.iter().map(move |r| r[f]);
    let means: Vec<f64> = (0..intensities.len())
        .map(|f| of(f).sum::<f64>() / seeds)
        .collect();
    let (by_relevance, by_intensity) = (ranks(&means), ranks(&intensities));
    let one = |f: usize| {
        let word = word(means[f], intensities[f]);
        let squares: f64 = of(f).map(|v| (v - means[f]).powi(2)).sum();
        Verdict {
            family: f,
            relevance_rank: by_relevance[f],
            intensity_rank: by_intensity[f],
            mean: means[f],
            sd: (seeds > 1.0).then(|| (squares / (seeds - 1.0)).sqrt()),
            ratio: means[f] / intensities[f],
            word,
            agreeing: of(f)
                .filter(|v| self::word(*v, intensities[f]) == word)
                .count(),
        }
    };
    (0..intensities.len()).map(one).collect()
}

fn word(relevance: f64, intensity: f64) -> &'static str {
    let ratio = relevance / intensity;
    match intensity >= STRONG {
        true if ratio <= DOES_NOT_MATTER => "strong, does not matter",
        false if ratio >= MATTERS => "weak, matters",
        _ => "",
    }
}

fn over_largest(values: &[f64]) -> Vec<f64> {
    let largest = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    values.iter().map(|v| v / largest).collect()
}

/// Returns the rank of each value in descending order, from 1.
fn ranks(values: &[f64]) -> Vec<usize> {
    let larger = |v: f64| values.iter().filter(|w| **w > v).count();
    values.iter().map(|v| larger(*v) + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::super::lines::Family;
    use super::*;

    fn lines(intensities: &[f64]) -> Lines {
        let family = |v: &f64| Family {
            hkl: [1, 1, 0],
            multiplicity: 4,
            relative_intensity: *v,
        };
        Lines {
            families: intensities.iter().map(family).collect(),
            compositions: Vec::new(),
            composition_of: Vec::new(),
        }
    }

    #[test]
    fn verdicts_follow_the_mean_and_count_the_seeds_that_agree() {
        let lines = lines(&[1.0, 0.5, 0.05]);
        let seeds: [&[f64]; 3] = [&[2.0, 0.02, 0.6], &[1.0, 0.02, 0.01], &[1.0, 0.09, 0.5]];
        let found = verdicts(&lines, &seeds);
        let words: Vec<_> = found.iter().map(|v| (v.word, v.agreeing)).collect();
        let expected = [
            ("", 3),
            ("strong, does not matter", 2),
            ("weak, matters", 2),
        ];
        assert_eq!(words, expected);
        let ranks: Vec<_> = found
            .iter()
            .map(|v| (v.relevance_rank, v.intensity_rank))
            .collect();
        assert_eq!(ranks, [(1, 1), (3, 2), (2, 3)]);
        assert!((found[1].mean - 0.04).abs() < 1e-12 && (found[1].ratio - 0.08).abs() < 1e-12);
        // 0.01, 0.02 and 0.09 lie 0.03, 0.02 and 0.05 from their mean.
        let sd = ((9e-4 + 4e-4 + 25e-4) / 2.0_f64).sqrt();
        assert!((found[1].sd.unwrap() - sd).abs() < 1e-12);
        assert!(verdicts(&lines, &seeds[..1])[1].sd.is_none());
    }
}
