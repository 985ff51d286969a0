//! How many inequivalent arrangements there are, without a list of them.

use super::check_sites_to_choose;
use crate::Result;

/// Beyond so many sites the sums may leave 128 bits.
const MOST_SITES: usize = 110;
const EXPECTED: &str = "at most 110 sites, and no more chosen than there are";

/// How many inequivalent ways there are to choose `count` of `sites` sites: the length of the list
/// that [`inequivalent_placements`](crate::inequivalent_placements) makes, by Pólya's theorem.
///
/// A permutation leaves a choice alone where it takes or leaves each of its cycles as a whole, so
/// that it leaves as many alone as xᶜᵒᵘⁿᵗ has for a coefficient in Π(1 + xˡ), l the lengths of its
/// cycles; the mean over the `permutations`, which must be a group, is the number of orbits.
///
/// Cost: O(permutations · sites · count).
///
/// # Errors
/// [`Error::OutOfRange`](crate::Error::OutOfRange) for more than 110 sites or `count > sites`.
///
/// # References
/// G. Pólya, Acta Math. 68, 145 (1937).
///
/// # Example
/// ```
/// use xrd_sim::number_of_placements;
/// // Two of the four corners of a square that can be turned: side by side, or across.
/// let turns: Vec<Vec<usize>> = (0..4).map(|k| (0..4).map(|i| (i + k) % 4).collect()).collect();
/// assert_eq!(number_of_placements(4, 2, &turns)?, 2);
/// # Ok::<(), xrd_sim::Error>(())
/// ```
pub fn number_of_placements(
    sites: usize,
    count: usize,
    permutations: &[Vec<usize>],
) -> Result<u128> {
    check_sites_to_choose(sites, count, MOST_SITES, EXPECTED)?;
    let left_alone = |p: &Vec<usize>| {
        // Coefficients up to xᶜᵒᵘⁿᵗ, multiplied by 1 + xˡ from the highest down.
        let mut ways = vec![0u128; count + 1];
        ways[0] = 1;
        for length in cycles(p) {
            for n in (length..=count).rev() {
                ways[n] += ways[n - length];
            }
        }
        ways[count]
    };
    let identity = [(0..sites).collect::<Vec<usize>>()];
    let group = if permutations.is_empty() {
        &identity[..]
    } else {
        permutations
    };
    Ok(group.iter().map(left_alone).sum::<u128>() / group.len() as u128)
}

/// The lengths of the cycles of a permutation.
fn cycles(permutation: &[usize]) -> Vec<usize> {
    let mut seen = vec![false; permutation.len()];
    let mut lengths = Vec::new();
    for start in 0..permutation.len() {
        let (mut at, mut length) = (start, 0);
        while !std::mem::replace(&mut seen[at], true) {
            at = permutation[at];
            length += 1;
        }
        if length > 0 {
            lengths.push(length);
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inequivalent_placements;
    use proptest::prelude::*;

    /// The group that some permutations of `n` sites generate.
    fn generated(generators: &[Vec<usize>], n: usize) -> Vec<Vec<usize>> {
        let mut group = vec![(0..n).collect::<Vec<usize>>()];
        let mut next = 0;
        while next < group.len() {
            for g in generators {
                let product: Vec<usize> = group[next].iter().map(|&i| g[i]).collect();
                if !group.contains(&product) {
                    group.push(product);
                }
            }
            next += 1;
        }
        group
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_number_is_the_length_of_the_list(
            (generators, n) in (1usize..6).prop_flat_map(|n| {
                let any = Just((0..n).collect::<Vec<usize>>()).prop_shuffle();
                (prop::collection::vec(any, 0..3), Just(n))
            }),
            count in 0usize..6,
        ) {
            prop_assume!(count <= n);
            let group = generated(&generators, n);
            let list = inequivalent_placements(n, count, &group).unwrap();
            prop_assert_eq!(number_of_placements(n, count, &group).unwrap(), list.len() as u128);
        }
    }

    #[test]
    fn without_symmetry_every_choice_counts() {
        assert_eq!(number_of_placements(6, 3, &[]).unwrap(), 20);
        let half = number_of_placements(110, 55, &[]).unwrap();
        assert_eq!(half, 98_527_218_530_093_856_775_578_873_054_432);
    }

    #[test]
    fn too_much_is_refused() {
        assert!(number_of_placements(111, 1, &[]).is_err());
        assert!(number_of_placements(3, 4, &[]).is_err());
    }
}
