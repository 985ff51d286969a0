//! Which patterns train and which test.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use anyhow::{Result, bail};

/// Stream of the random numbers that the split is drawn from; the network's own streams are
/// lower.
const SPLIT_STREAM: u64 = 10;

/// Indices of the training and the test patterns, each ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) train: Vec<usize>,
    pub(crate) test: Vec<usize>,
}

impl Split {
    /// Draws a share of the patterns as test patterns, at least one, by a seed.
    ///
    /// `groups` names the sample of each pattern: repeats of one sample stay together, and groups
    /// are drawn until the share is reached.
    pub(crate) fn draw(groups: &[String], fraction: f64, seed: u64) -> Result<Self> {
        let patterns = groups.len();
        let wanted = ((patterns as f64 * fraction).round() as usize).max(1);
        let mut order: Vec<&String> = groups.iter().collect();
        order.sort();
        order.dedup();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(SPLIT_STREAM);
        order.shuffle(&mut rng);
        let mut test = Vec::new();
        for group in order {
            if test.len() >= wanted {
                break;
            }
            test.extend((0..patterns).filter(|&i| groups[i] == *group));
        }
        Self::with_test(patterns, test)
    }

    /// The split with these test patterns.
    pub(crate) fn with_test(patterns: usize, mut test: Vec<usize>) -> Result<Self> {
        test.sort_unstable();
        let train: Vec<usize> = (0..patterns)
            .filter(|i| test.binary_search(i).is_err())
            .collect();
        if train.len() < 3 || test.is_empty() {
            bail!(
                "{} training and {} test patterns (expected at least 3 and 1)",
                train.len(),
                test.len()
            );
        }
        Ok(Self { train, test })
    }

    /// For each pattern whether it is a test pattern.
    pub(crate) fn is_test(&self, pattern: usize) -> bool {
        self.test.binary_search(&pattern).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize, per_group: usize) -> Vec<String> {
        (0..n).map(|i| (i / per_group).to_string()).collect()
    }

    #[test]
    fn a_tenth_of_150_is_15_and_everything_is_used_once() {
        let split = Split::draw(&names(150, 1), 0.1, 7).unwrap();
        assert_eq!(split.test.len(), 15);
        let mut all = [split.train.clone(), split.test.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..150).collect::<Vec<_>>());
        assert_eq!(split, Split::draw(&names(150, 1), 0.1, 7).unwrap());
        assert_ne!(split, Split::draw(&names(150, 1), 0.1, 8).unwrap());
    }

    #[test]
    fn groups_stay_on_one_side() {
        let groups = names(60, 4);
        let split = Split::draw(&groups, 0.2, 3).unwrap();
        assert_eq!(split.test.len(), 12);
        for i in &split.test {
            assert!((0..60).all(|j| groups[j] != groups[*i] || split.is_test(j)));
        }
    }

    #[test]
    fn too_few_patterns_are_refused() {
        assert!(Split::draw(&names(1, 1), 0.1, 0).is_err());
        assert!(Split::draw(&names(3, 1), 0.1, 0).is_err());
        assert!(Split::draw(&names(8, 4), 0.9, 0).is_err());
        assert!(Split::with_test(10, vec![]).is_err());
    }
}
