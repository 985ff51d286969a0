//! Ranges of angles where the intensity is exactly constant.

use std::ops::Range;

/// Largest difference of neighbouring intensities that counts as none, as a fraction of the largest
/// intensity of the pattern.
const NONE: f32 = 1e-7;
/// A range is not conspicuous where at least this fraction of the other patterns is constant, as
/// where a background was subtracted.
const USUAL: f64 = 0.5;
/// Smallest number of angles of a range.
const FEWEST: usize = 5;

/// Number of patterns that are constant from one angle to the next.
pub(super) struct Constant {
    counts: Vec<u32>,
    patterns: usize,
}

impl Constant {
    /// Counts in some patterns.
    pub(super) fn of<'a>(angles: usize, patterns: impl Iterator<Item = &'a [f32]>) -> Self {
        let mut counts = vec![0; angles.saturating_sub(1)];
        let mut number = 0;
        for pattern in patterns {
            let pairs = counts.iter_mut().zip(constant(pattern));
            pairs.for_each(|(count, equal)| *count += u32::from(equal));
            number += 1;
        }
        Self {
            counts,
            patterns: number,
        }
    }

    /// Returns the longest range of angles in which the pattern is constant and most others are not.
    /// `counted` says whether the pattern is one of those that were counted.
    pub(super) fn longest(&self, pattern: &[f32], counted: bool) -> Range<usize> {
        let others = self.patterns.saturating_sub(usize::from(counted)).max(1) as f64;
        let rare = |count: u32| f64::from(count) < USUAL * others;
        let (mut longest, mut start) = (0..0, None);
        for (i, equal) in constant(pattern).enumerate() {
            let of_others = self.counts[i] - u32::from(counted && equal);
            start = match equal && rare(of_others) {
                true => start.or(Some(i)),
                false => None,
            };
            // The angle i + 1 belongs to the range.
            let found = start.map_or(0..0, |from| from..i + 2);
            if found.len() > longest.len() {
                longest = found;
            }
        }
        match longest.len() >= FEWEST {
            true => longest,
            false => 0..0,
        }
    }
}

/// Whether the intensity stays the same, for each angle and the next.
fn constant(pattern: &[f32]) -> impl Iterator<Item = bool> + '_ {
    let largest = pattern.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    let pairs = pattern.windows(2);
    pairs.map(move |pair| (pair[1] - pair[0]).abs() <= NONE * largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wavy(i: usize) -> Vec<f32> {
        (0..40)
            .map(|k| ((k * (i + 3)) as f32).sin() + 2.0)
            .collect()
    }

    #[test]
    fn a_range_counts_only_where_others_vary() {
        let mut patterns: Vec<Vec<f32>> = (0..10).map(wavy).collect();
        // All patterns are zero at the end, and one has a dead range.
        patterns.iter_mut().for_each(|p| p[30..].fill(0.0));
        patterns[4][10..18].fill(0.5);
        let constant = Constant::of(40, patterns.iter().map(Vec::as_slice));
        assert_eq!(constant.longest(&patterns[4], true), 10..18);
        assert_eq!(constant.longest(&patterns[4], false), 10..18);
        assert_eq!(constant.longest(&patterns[5], true), 0..0);
        assert_eq!(constant.longest(&[1.0; 40], false), 0..31);
    }

    #[test]
    fn equal_neighbours_are_no_range() {
        let mut pattern = wavy(1);
        pattern[5] = pattern[6];
        let others = [wavy(0), wavy(2)];
        let constant = Constant::of(40, others.iter().map(Vec::as_slice));
        assert_eq!(constant.longest(&pattern, false), 0..0);
        assert_eq!(Constant::of(1, [].into_iter()).longest(&[3.0], false), 0..0);
    }
}
