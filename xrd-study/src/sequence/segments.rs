//! Segments of constant mean of a list of numbers.

use std::ops::Range;

/// Penalty of a further segment, in units of ln n: a segment has a place and a mean (Bayesian
/// information criterion).
const PENALTY: f64 = 2.0;
/// Increase of the cost at which a boundary is no longer in its interval of 95 % confidence: the
/// quantile of χ² with one degree of freedom.
const CONFIDENCE: f64 = 3.841;

/// Sums of numbers and of their squares, from which costs of segments are computed.
pub(super) struct Costs {
    sums: Vec<f64>,
    squares: Vec<f64>,
    variance: f64,
}

impl Costs {
    pub(super) fn new(numbers: &[f64], variance: f64) -> Self {
        let running = |value: fn(f64) -> f64| {
            let mut sum = 0.0;
            let sums = numbers.iter().map(|v| {
                sum += value(*v);
                sum
            });
            std::iter::once(0.0).chain(sums).collect()
        };
        Self {
            sums: running(|v| v),
            squares: running(|v| v * v),
            variance,
        }
    }

    /// Mean of a segment.
    pub(super) fn mean(&self, segment: &Range<usize>) -> f64 {
        (self.sums[segment.end] - self.sums[segment.start]) / segment.len() as f64
    }

    /// Squared deviations from the mean of a segment, divided by the variance; 0 for an empty segment.
    fn cost(&self, from: usize, to: usize) -> f64 {
        if from == to {
            return 0.0;
        }
        let sum = self.sums[to] - self.sums[from];
        let squares = self.squares[to] - self.squares[from];
        (squares - sum * sum / (to - from) as f64).max(0.0) / self.variance
    }

    /// Returns the segments with the smallest sum of costs and penalties.
    ///
    /// Cost: O(n²).
    ///
    /// # References
    /// B. Jackson et al., IEEE Signal Process. Lett. 12, 105 (2005), doi:10.1109/LSP.2001.838216.
    pub(super) fn segments(&self) -> Vec<Range<usize>> {
        let n = self.sums.len() - 1;
        let penalty = PENALTY * (n.max(2) as f64).ln();
        let mut least = vec![-penalty];
        let mut starts = vec![0];
        for to in 1..=n {
            let total = |from: usize| least[from] + self.cost(from, to) + penalty;
            let best = (0..to).min_by(|&a, &b| total(a).total_cmp(&total(b)));
            let from = best.unwrap_or(0);
            least.push(total(from));
            starts.push(from);
        }
        let mut segments = Vec::new();
        let mut to = n;
        while to > 0 {
            segments.push(starts[to]..to);
            to = starts[to];
        }
        segments.reverse();
        segments
    }

    /// Returns the first and the last place of the boundary between two neighbouring segments that
    /// is not much less likely than the best one.
    pub(super) fn boundary(&self, first: &Range<usize>, second: &Range<usize>) -> Range<usize> {
        let cost = |at: usize| self.cost(first.start, at) + self.cost(at, second.end);
        let limit = cost(first.end) + CONFIDENCE;
        let likely = |at: &usize| cost(*at) <= limit;
        let from = (first.start + 1..first.end).rev().take_while(likely).last();
        let to = (first.end + 1..second.end).take_while(likely).last();
        from.unwrap_or(first.end)..to.unwrap_or(first.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn noisy(levels: &[(usize, f64)]) -> Vec<f64> {
        let all = levels.iter().flat_map(|&(n, level)| vec![level; n]);
        all.enumerate()
            .map(|(i, v)| v + 0.1 * ((i * 7) % 5) as f64 - 0.2)
            .collect()
    }

    #[test]
    fn steps_are_found_at_their_places() {
        let costs = Costs::new(&noisy(&[(9, 0.0), (1, 4.0), (6, 1.0)]), 0.02);
        assert_eq!(costs.segments(), [0..9, 9..10, 10..16]);
        assert!((costs.mean(&(10..16)) - 1.0).abs() < 0.1);
        assert_eq!(costs.boundary(&(0..9), &(9..10)), 9..9);
        // A small step has a wide interval.
        let costs = Costs::new(&noisy(&[(8, 0.0), (8, 0.3)]), 0.1);
        let interval = costs.boundary(&(0..8), &(8..16));
        assert!(interval.start < 8 && interval.end > 8, "{interval:?}");
    }

    #[test]
    fn equal_numbers_are_one_segment() {
        let segments = |numbers: &[f64]| Costs::new(numbers, 0.1).segments();
        assert_eq!(segments(&[2.0; 12]).first(), Some(&(0..12)));
        assert_eq!(segments(&[2.0]).first(), Some(&(0..1)));
        assert!(segments(&[]).is_empty());
    }

    /// Smallest penalised cost of all ways to cut the numbers into segments.
    fn smallest(costs: &Costs, n: usize) -> f64 {
        let penalty = PENALTY * (n.max(2) as f64).ln();
        let cuts = 0..1usize << (n - 1);
        let total = |cut: usize| {
            let ends = (1..n).filter(|i| cut >> (i - 1) & 1 == 1).chain([n]);
            let mut from = 0;
            ends.map(|to| penalty + costs.cost(std::mem::replace(&mut from, to), to))
                .sum::<f64>()
        };
        cuts.map(total).fold(f64::INFINITY, f64::min)
    }

    proptest! {
        #[test]
        fn no_other_cut_is_better(values in prop::collection::vec(-3.0..3.0f64, 1..9)) {
            let costs = Costs::new(&values, 0.05);
            let penalty = PENALTY * (values.len().max(2) as f64).ln();
            let found = costs.segments();
            let total: f64 = found.iter().map(|s| penalty + costs.cost(s.start, s.end)).sum();
            prop_assert!((total - smallest(&costs, values.len())).abs() < 1e-6);
        }
    }
}
