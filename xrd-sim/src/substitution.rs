mod counting;

pub use counting::number_of_placements;

use std::collections::BTreeMap;

use rand::Rng;
use rand::seq::index;
use xrd_core::{Atom, Element, Structure};

use crate::{Error, Result, Symmetry};

/// Placement of guest atoms: a choice of sites from a list.
///
/// A placement represents all choices that are equivalent to it by symmetry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Placement {
    /// Indices of the chosen sites in the list, in ascending order.
    pub chosen: Vec<usize>,
    /// Number of equivalent choices. The choice in the field `chosen` is one of them.
    pub multiplicity: usize,
}

/// Enumerates the inequivalent ways to choose sites from a list.
///
/// The argument `sites` is the length of the list, and the argument `count` is the number of sites
/// to choose. The argument `permutations` contains the symmetry operations as permutations of the
/// site indices.
///
/// Two choices are equivalent if a permutation maps one onto the other. The permutations must form
/// a group: they include the identity and the product of any two permutations.
/// [`Symmetry::permutations`] returns such a group.
///
/// Of all choices that are equivalent to each other, the result contains only the lexicographically
/// first one. The result is in lexicographic order. The multiplicities add up to the binomial
/// coefficient C(sites, count).
///
/// Cost: O(C(sites, count) · permutations).
///
/// # Errors
/// - [`Error::OutOfRange`] for more than 63 sites or `count > sites`.
/// - [`Error::TooManySubsets`] for more than 10⁸ choices.
///
/// # Example
/// ```
/// use xrd_sim::inequivalent_placements;
/// // Two of the four corners of a square under rotation: neighbours, or opposite corners.
/// let turns: Vec<Vec<usize>> = (0..4).map(|k| (0..4).map(|i| (i + k) % 4).collect()).collect();
/// let found = inequivalent_placements(4, 2, &turns)?;
/// let multiplicities: Vec<usize> = found.iter().map(|p| p.multiplicity).collect();
/// assert_eq!(multiplicities, [4, 2]);
/// # Ok::<(), xrd_sim::Error>(())
/// ```
pub fn inequivalent_placements(
    sites: usize,
    count: usize,
    permutations: &[Vec<usize>],
) -> Result<Vec<Placement>> {
    let subsets = number_of_subsets(sites, count)?;
    if subsets > 1e8 {
        return Err(Error::TooManySubsets {
            sites,
            count,
            subsets,
        });
    }
    Ok(Subsets::new(sites, count)
        .filter_map(|mask| as_representative(mask, permutations))
        .collect())
}

/// Returns a random sample of the inequivalent ways to choose sites from a list.
///
/// The arguments `sites`, `count` and `permutations` have the same meaning as in
/// [`inequivalent_placements`]. The argument `most` is the largest number of placements in the
/// result.
///
/// The function repeatedly chooses sites at random. Every choice of sites has the same probability.
/// Placements that were already found are skipped. The search ends in one of three cases:
///
/// - The number of placements found equals the argument `most`.
/// - All placements have been found.
/// - The last 10⁴ random choices gave no new placement.
///
/// The result is in lexicographic order.
///
/// Cost: O(random choices · permutations).
///
/// # Errors
/// [`Error::OutOfRange`] for more than 63 sites or `count > sites`.
pub fn sampled_placements<R: Rng>(
    sites: usize,
    count: usize,
    permutations: &[Vec<usize>],
    most: usize,
    rng: &mut R,
) -> Result<Vec<Placement>> {
    let subsets = number_of_subsets(sites, count)?;
    let mut found = BTreeMap::new();
    let (mut repeats, mut reached) = (0, 0.0);
    while found.len() < most && repeats < MOST_REPEATS && reached < subsets {
        let mask = index::sample(rng, sites, count)
            .iter()
            .fold(0, |mask, i| mask | 1 << i);
        let placement = representative(mask, permutations);
        let multiplicity = placement.multiplicity as f64;
        match found.insert(placement.chosen.clone(), placement) {
            Some(_) => repeats += 1,
            None => (repeats, reached) = (0, reached + multiplicity),
        }
    }
    Ok(found.into_values().collect())
}

/// Number of repeats in a row that ends drawing.
const MOST_REPEATS: usize = 10_000;

/// Placement that represents all subsets equivalent to this one.
fn representative(mask: u64, permutations: &[Vec<usize>]) -> Placement {
    let image = |p: &Vec<usize>| bits(mask).fold(0, |image, i| image | 1 << p[i]);
    let mut images: Vec<u64> = permutations.iter().map(image).chain([mask]).collect();
    images.sort_unstable();
    images.dedup();
    let first = images
        .iter()
        .copied()
        .reduce(|a, b| match comes_before(b, a) {
            true => b,
            false => a,
        });
    Placement {
        chosen: bits(first.unwrap_or(mask)).collect(),
        multiplicity: images.len(),
    }
}

/// Number of ways to choose sites from a list.
fn number_of_subsets(sites: usize, count: usize) -> Result<f64> {
    let expected = "at most 63 sites, and no more chosen than there are";
    check_sites_to_choose(sites, count, 63, expected)?;
    Ok((0..count).fold(1.0, |n, i| n * (sites - i) as f64 / (i + 1) as f64))
}

fn check_sites_to_choose(
    sites: usize,
    count: usize,
    most: usize,
    expected: &'static str,
) -> Result<()> {
    if sites > most || count > sites {
        return Err(Error::OutOfRange {
            what: "number of sites to choose or choose from",
            value: sites.max(count) as f64,
            expected,
        });
    }
    Ok(())
}

/// Placement of this subset if it is the first of its orbit.
fn as_representative(mask: u64, permutations: &[Vec<usize>]) -> Option<Placement> {
    let mut images = Vec::with_capacity(permutations.len());
    for permutation in permutations {
        let image = bits(mask).fold(0, |image, i| image | 1 << permutation[i]);
        if comes_before(image, mask) {
            return None;
        }
        images.push(image);
    }
    images.sort_unstable();
    images.dedup();
    Some(Placement {
        chosen: bits(mask).collect(),
        multiplicity: images.len().max(1),
    })
}

/// Lexicographic order of the sorted members: the first is the one with the lowest site that the
/// other lacks.
fn comes_before(a: u64, b: u64) -> bool {
    let differ = a ^ b;
    differ != 0 && a >> differ.trailing_zeros() & 1 == 1
}

fn bits(mask: u64) -> impl Iterator<Item = usize> + Clone {
    (0..64).filter(move |i| mask >> i & 1 == 1)
}

/// All masks of `count` set bits among `sites`, in lexicographic order of their members.
struct Subsets {
    sites: usize,
    next: Option<Vec<usize>>,
}

impl Subsets {
    fn new(sites: usize, count: usize) -> Self {
        Self {
            sites,
            next: Some((0..count).collect()),
        }
    }
}

impl Iterator for Subsets {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut members = self.next.take()?;
        let mask = members.iter().fold(0, |m, &i| m | 1 << i);
        let count = members.len();
        let movable = (0..count)
            .rev()
            .find(|&i| members[i] < self.sites - count + i);
        if let Some(i) = movable {
            let first = members[i] + 1;
            for (k, member) in members[i..].iter_mut().enumerate() {
                *member = first + k;
            }
            self.next = Some(members);
        }
        Some(mask)
    }
}

/// Enumerates the inequivalent structures in which a new element replaces some atoms of a host.
///
/// The argument `sites` contains the indices of the atoms that may be replaced. The argument
/// `count` is the number of atoms to replace, and the argument `element` is the new element.
///
/// Two structures are equivalent if a symmetry operation of the host maps one onto the other. The
/// tolerance of the symmetry search is 1e-4 Å. A new atom has the occupancy and displacement of the
/// atom that it replaces.
///
/// # Errors
/// - [`Error::NoSuchSite`] for an index without an atom.
/// - [`Error::Symmetry`] if the symmetry search fails.
/// - Any error of [`inequivalent_placements`].
pub fn inequivalent_substitutions(
    host: &Structure,
    sites: &[usize],
    element: Element,
    count: usize,
) -> Result<Vec<(Structure, Placement)>> {
    check_sites(host, sites)?;
    let permutations = Symmetry::within(host, 1e-4)?.permutations(host, sites);
    inequivalent_placements(sites.len(), count, &permutations)?
        .into_iter()
        .map(|placement| {
            let replaced: Vec<usize> = placement.chosen.iter().map(|&i| sites[i]).collect();
            Ok((substitute(host, &replaced, element)?, placement))
        })
        .collect()
}

/// Replaces some atoms of a structure by another element and returns the new structure.
///
/// The argument `sites` contains the indices of the atoms to replace, and the argument `element` is
/// the new element.
///
/// # Errors
/// [`Error::NoSuchSite`] for an index without an atom.
pub fn substitute(host: &Structure, sites: &[usize], element: Element) -> Result<Structure> {
    check_sites(host, sites)?;
    let mut atoms: Vec<Atom> = host.atoms().to_vec();
    for &i in sites {
        atoms[i].species = element.into();
    }
    Ok(Structure::new(*host.lattice(), atoms)?)
}

fn check_sites(host: &Structure, sites: &[usize]) -> Result<()> {
    let atoms = host.atoms().len();
    match sites.iter().find(|&&i| i >= atoms) {
        Some(&index) => Err(Error::NoSuchSite { index, atoms }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Dihedral group of a regular polygon, or only its rotations.
    fn polygon(n: usize, mirrors: bool) -> Vec<Vec<usize>> {
        let turns = (0..n).map(|k| (0..n).map(|i| (i + k) % n).collect());
        let flips = (0..n).map(|k| (0..n).map(|i| (n + k - i) % n).collect());
        let mut all: Vec<Vec<usize>> = turns
            .chain(flips.take(if mirrors { n } else { 0 }))
            .collect();
        all.sort();
        all.dedup();
        all
    }

    fn binomial(n: usize, k: usize) -> usize {
        (0..k).fold(1, |b, i| b * (n - i) / (i + 1))
    }

    /// Checks Burnside's lemma: orbits = mean number of subsets that an operation leaves unchanged.
    fn burnside(n: usize, k: usize, group: &[Vec<usize>]) -> usize {
        let fixed = |p: &Vec<usize>| {
            (0u64..1 << n)
                .filter(|m| m.count_ones() as usize == k)
                .filter(|&m| bits(m).fold(0, |image, i| image | 1 << p[i]) == m)
                .count()
        };
        group.iter().map(fixed).sum::<usize>() / group.len()
    }

    proptest! {
        #[test]
        fn counts_follow_burnside_and_multiplicities_fill_up(
            n in 1usize..9, k in 0usize..9, mirrors: bool,
        ) {
            prop_assume!(k <= n);
            let group = polygon(n, mirrors);
            let found = inequivalent_placements(n, k, &group).unwrap();
            prop_assert_eq!(found.len(), burnside(n, k, &group));
            let total: usize = found.iter().map(|p| p.multiplicity).sum();
            prop_assert_eq!(total, binomial(n, k));
            prop_assert!(found.is_sorted_by(|a, b| a.chosen < b.chosen));
        }
    }

    #[test]
    fn too_much_is_refused() {
        let identity = vec![(0..63).collect::<Vec<usize>>()];
        let many = inequivalent_placements(63, 30, &identity);
        assert!(matches!(many, Err(Error::TooManySubsets { .. })));
        assert!(inequivalent_placements(64, 1, &identity).is_err());
        assert!(inequivalent_placements(3, 4, &identity).is_err());
    }
}
