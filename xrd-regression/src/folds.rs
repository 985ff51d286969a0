//! Folds of a cross-validation that keep repeats of a sample together.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Returns the known and the test rows of each fold. The argument `groups` contains the sample of
/// each row, counted from 0 without gaps. The argument `count` is the number of folds. The folds
/// are the same for the same groups.
pub(crate) fn inner_folds(groups: &[usize], count: usize) -> Vec<(Vec<usize>, Vec<usize>)> {
    let samples = groups.iter().max().map_or(0, |last| last + 1);
    let mut order: Vec<usize> = (0..samples).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(0));
    let mut fold_of = vec![0; samples];
    for (position, &sample) in order.iter().enumerate() {
        fold_of[sample] = position % count;
    }
    let fold = |fold: usize| (0..groups.len()).partition(|&i| fold_of[groups[i]] != fold);
    (0..count.min(samples)).map(fold).collect()
}

/// Chooses rows at random and returns their indices in ascending order. The argument `rows` is the
/// number of all rows. The argument `most` is the largest number of chosen rows. The same arguments
/// give the same choice.
pub(crate) fn sample(rows: usize, most: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..rows).collect();
    if rows > most {
        all.shuffle(&mut ChaCha8Rng::seed_from_u64(1));
        all.truncate(most);
        all.sort_unstable();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_tested_once_and_samples_stay_together() {
        let groups: Vec<usize> = (0..23).map(|i| i / 2).collect();
        let folds = inner_folds(&groups, 5);
        assert_eq!(folds.len(), 5);
        let mut tested: Vec<usize> = folds.iter().flat_map(|(_, test)| test.clone()).collect();
        tested.sort_unstable();
        assert_eq!(tested, (0..23).collect::<Vec<_>>());
        for (known, test) in &folds {
            assert_eq!(known.len() + test.len(), 23);
            assert!(
                test.iter()
                    .all(|&i| known.iter().all(|&j| groups[i] != groups[j]))
            );
        }
        assert_eq!(inner_folds(&[0, 1], 5).len(), 2);
    }

    #[test]
    fn a_sample_has_no_row_twice() {
        assert_eq!(sample(4, 4), [0, 1, 2, 3]);
        let found = sample(100, 30);
        assert_eq!(found.len(), 30);
        assert!(found.windows(2).all(|w| w[0] < w[1]) && found[29] < 100);
    }
}
