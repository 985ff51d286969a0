//! Samples of patterns, for methods whose cost grows faster than the number of patterns.

/// Largest number of patterns that are compared in pairs.
pub(crate) const MOST_COMPARED_IN_PAIRS: usize = 2000;

/// Largest number of known patterns to which a regression of labels on raw patterns is fitted, or
/// from which baselines are computed above [`MOST_COMPARED_IN_PAIRS`] patterns. The time grows with
/// the cube of this number.
pub(crate) const MOST_FITTED: usize = 1000;

/// Returns one sentence on the sample to which a regression is fitted, if the training patterns are
/// a sample. The argument `whose` names the training patterns.
pub(crate) fn fitted_to(train: usize, whose: &str) -> Option<String> {
    (train > MOST_FITTED).then(|| {
        format!(
            "regression of the labels: fitted to {MOST_FITTED} evenly spaced training patterns of {train}{whose}"
        )
    })
}

/// Returns at most `most` of the rows, evenly spaced. Fewer rows are returned as they are.
pub(crate) fn sample(rows: &[usize], most: usize) -> Vec<usize> {
    if rows.len() <= most {
        return rows.to_vec();
    }
    (0..most).map(|i| rows[i * rows.len() / most]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_evenly_spaced() {
        let rows: Vec<usize> = (10..20).collect();
        assert_eq!(sample(&rows, 10), rows);
        assert_eq!(sample(&rows, 5), [10, 12, 14, 16, 18]);
        assert_eq!(sample(&rows, 4), [10, 12, 15, 17]);
        assert_eq!(sample(&rows, 0), [0; 0]);
    }
}
