//! Estimates from raw patterns, of many patterns from a sample.

use super::FoldEstimate;
use crate::baselines::{BASELINES, Baselines};
use crate::dataset::Dataset;
use crate::error::Result;
use crate::sample::{MOST_COMPARED_IN_PAIRS, MOST_FITTED, fitted_to, sample};
use crate::split::Split;

/// Patterns from which the baselines are computed.
pub(super) struct Raw {
    /// Sample of the patterns. `None` if all are used.
    sampled: Option<Dataset>,
    /// Position of each pattern in the sample.
    position: Vec<Option<usize>>,
    baselines: Baselines,
}

impl Raw {
    /// Computes the products of all pairs of patterns, or of a sample of many patterns.
    pub(super) fn new(data: &Dataset) -> Result<Self> {
        Self::of_sample((MOST_COMPARED_IN_PAIRS, MOST_FITTED), data)
    }

    /// Uses all patterns up to `most`, and `sampled` of more patterns.
    fn of_sample((most, sampled): (usize, usize), data: &Dataset) -> Result<Self> {
        let patterns = data.set.len();
        let all: Vec<usize> = (0..patterns).collect();
        if patterns <= most {
            return Ok(Self {
                sampled: None,
                position: all.into_iter().map(Some).collect(),
                baselines: Baselines::new(data)?,
            });
        }
        let rows = sample(&all, sampled);
        let mut position = vec![None; patterns];
        for (i, &row) in rows.iter().enumerate() {
            position[row] = Some(i);
        }
        let sampled = data.selected(&rows)?;
        Ok(Self {
            baselines: Baselines::new(&sampled)?,
            position,
            sampled: Some(sampled),
        })
    }

    /// Returns the estimates of the baselines, one list per baseline. If the patterns are a sample,
    /// only patterns of the sample are estimated, from others of the sample.
    pub(super) fn estimates(
        &self,
        data: &Dataset,
        splits: &[(usize, Split)],
    ) -> Result<Vec<Vec<FoldEstimate>>> {
        let data = self.sampled.as_ref().unwrap_or(data);
        let mut methods = vec![Vec::new(); BASELINES.len()];
        for (fold, split) in splits {
            let within = |rows: &[usize]| rows.iter().filter_map(|&i| self.position[i]).collect();
            let tested = split.test.iter().filter(|&&i| self.position[i].is_some());
            let tested: Vec<usize> = tested.copied().collect();
            let split = Split {
                train: within(&split.train),
                test: within(&split.test),
            };
            if split.test.is_empty() || split.train.len() < 2 {
                continue;
            }
            let found = self.baselines.estimates(data, &split)?;
            for (estimates, rows) in methods.iter_mut().zip(found) {
                let one = |(&pattern, values): (&usize, Vec<f64>)| FoldEstimate {
                    pattern,
                    fold: *fold,
                    values,
                    inside: true,
                    left_out_half_widths: Vec::new(),
                    intervals: Vec::new(),
                    novelty: None,
                };
                estimates.extend(tested.iter().zip(rows).map(one));
            }
        }
        Ok(methods)
    }
}

/// Returns one sentence for each result that a scoring of many patterns computes from a sample, or
/// leaves out. The argument `train` is the largest number of training patterns of a fold.
pub(super) fn limits(patterns: usize, train: usize) -> Vec<String> {
    let mut found = Vec::new();
    if patterns > MOST_COMPARED_IN_PAIRS {
        found.push(format!(
            "methods on raw patterns: {MOST_FITTED} evenly spaced patterns of {patterns}"
        ));
        found.push(format!(
            "no estimates by k-means clusters, above {MOST_COMPARED_IN_PAIRS} patterns"
        ));
    }
    found.extend(fitted_to(train, " of a fold"));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_sample_is_estimated_from_the_sample_alone() {
        let data = samples::dataset(|_, v| v);
        let splits = [(0, Split::with_test(12, vec![0, 1, 4]).unwrap())];
        let all = Raw::new(&data).unwrap().estimates(&data, &splits).unwrap();
        let patterns =
            |found: &[FoldEstimate]| -> Vec<usize> { found.iter().map(|e| e.pattern).collect() };
        assert_eq!(patterns(&all[0]), [0, 1, 4]);
        // The sample is every other pattern.
        let raw = Raw::of_sample((11, 6), &data).unwrap();
        let found = raw.estimates(&data, &splits).unwrap();
        assert_eq!(patterns(&found[0]), [0, 4]);
        let sampled = data.selected(&[0, 2, 4, 6, 8, 10]).unwrap();
        let split = Split::with_test(6, vec![0, 2]).unwrap();
        let own = Baselines::new(&sampled)
            .unwrap()
            .estimates(&sampled, &split);
        let values: Vec<Vec<f64>> = found[1].iter().map(|e| e.values.clone()).collect();
        assert_eq!(values, own.unwrap()[1]);
    }

    #[test]
    fn a_large_scoring_tells_its_limits() {
        assert!(limits(1250, 1000).is_empty());
        let told = limits(1252, 1001);
        assert_eq!(told.len(), 1);
        assert!(told[0].ends_with("1000 evenly spaced training patterns of 1001 of a fold"));
        assert_eq!(limits(2000, 0).len(), 0);
        assert_eq!(limits(2001, 1601).len(), 3);
    }
}
