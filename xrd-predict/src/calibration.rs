/// Number of groups of equal size from which probabilities are estimated.
const GROUPS: usize = 20;

/// Probability that an arrangement with a share of the votes is a known one: a broken line that never falls.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Calibration {
    /// Shares in ascending order and their probabilities.
    pub(crate) points: Vec<(f64, f64)>,
}

impl Calibration {
    /// Fits the line to shares and whether each was right: means of groups, neighbours pooled until they do not
    /// fall (isotonic regression: R. E. Barlow et al., 1972).
    pub(crate) fn fit(mut examples: Vec<(f64, bool)>) -> Self {
        examples.sort_by(|a, b| a.0.total_cmp(&b.0));
        let size = examples.len().div_ceil(GROUPS).max(1);
        // Sums of shares and of right ones, and the number of examples.
        let mut groups: Vec<(f64, f64, f64)> = Vec::new();
        for chunk in examples.chunks(size) {
            let right = chunk.iter().filter(|(_, is_right)| *is_right).count() as f64;
            let mut group = (chunk.iter().map(|e| e.0).sum(), right, chunk.len() as f64);
            while let Some(last) = groups.pop_if(|g| g.1 * group.2 >= group.1 * g.2) {
                group = (group.0 + last.0, group.1 + last.1, group.2 + last.2);
            }
            groups.push(group);
        }
        // One success and one failure are added, so that no probability is 0 or 1.
        let point =
            |(share, right, count): (f64, f64, f64)| (share / count, (right + 1.0) / (count + 2.0));
        let mut points: Vec<(f64, f64)> = groups.into_iter().map(point).collect();
        for i in 1..points.len() {
            points[i].1 = points[i].1.max(points[i - 1].1);
        }
        Self { points }
    }

    /// Probability of a share. Without points it is the share.
    pub(crate) fn probability(&self, share: f64) -> f64 {
        let next = self.points.partition_point(|p| p.0 < share);
        let before = next.checked_sub(1).map_or((0.0, 0.0), |i| self.points[i]);
        let Some(after) = self.points.get(next) else {
            let last = self.points.last().map_or(share, |p| p.1);
            return last.clamp(0.0, 1.0);
        };
        let part = (share - before.0) / (after.0 - before.0).max(f64::MIN_POSITIVE);
        (before.1 + part.clamp(0.0, 1.0) * (after.1 - before.1)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn probabilities_never_fall(examples in proptest::collection::vec((0.0f64..1.0, any::<bool>()), 0..300)) {
            let line = Calibration::fit(examples);
            let values: Vec<f64> = (0..=100).map(|i| line.probability(f64::from(i) / 100.0)).collect();
            prop_assert!(values.windows(2).all(|w| w[0] <= w[1] + 1e-12), "{values:?}");
            prop_assert!(values.iter().all(|p| (0.0..=1.0).contains(p)));
        }
    }

    #[test]
    fn honest_shares_are_kept() {
        // Of shares s, the part s is right.
        let examples = (0..10_000).map(|i| {
            let share = f64::from(i % 100) / 100.0;
            (share, f64::from((i * 7919) % 10_000) / 10_000.0 < share)
        });
        let line = Calibration::fit(examples.collect());
        for share in [0.1, 0.5, 0.9] {
            assert!((line.probability(share) - share).abs() < 0.05, "{share}");
        }
    }
}
