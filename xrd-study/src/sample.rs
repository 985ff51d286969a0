//! Samples of patterns, for methods whose cost grows faster than the number of patterns.

/// Largest number of patterns that are compared in pairs.
pub(crate) const MOST_COMPARED_IN_PAIRS: usize = 2000;

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
