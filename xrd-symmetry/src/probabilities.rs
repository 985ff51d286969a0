use xrd_core::CrystalSystem;

use crate::space_group::COUNT;
use crate::{Error, ExtinctionGroup, Result, SpaceGroup};

/// Probabilities of the 230 space groups for one pattern. They are finite, not negative, and their
/// sum is 1.
///
/// # Example
/// ```
/// use xrd_symmetry::{CrystalSystem, Probabilities, SpaceGroup};
/// let mut weights = [0.0; 230];
/// (weights[13], weights[14], weights[61]) = (6.0, 3.0, 1.0); // P2_1/c, C2/c and Pnma
/// let probabilities = Probabilities::from_weights(&weights)?;
/// let (group, probability) = probabilities.most_likely(5)[0];
/// assert_eq!((group.symbol(), probability), ("P2_1/c", 0.6));
/// let (system, probability) = probabilities.crystal_system();
/// assert_eq!(system, CrystalSystem::Monoclinic);
/// assert!((probability - 0.9).abs() < 1e-12);
/// # Ok::<(), xrd_symmetry::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities(Box<[f64; COUNT]>);

impl Probabilities {
    /// Probabilities that are proportional to weights, one per space group in the order of their
    /// numbers.
    ///
    /// # Errors
    /// - [`Error::Length`] unless there are 230 weights.
    /// - [`Error::Probability`] if a weight is negative, infinite or NaN.
    /// - [`Error::Sum`] if all weights are 0, or their sum is infinite.
    pub fn from_weights(weights: &[f64]) -> Result<Self> {
        let mut values = checked(weights)?;
        let sum: f64 = values.iter().sum();
        if sum <= 0.0 || !sum.is_finite() {
            return Err(Error::Sum { sum });
        }
        values.iter_mut().for_each(|w| *w /= sum);
        Ok(Self(values))
    }

    /// Probabilities that are proportional to exp(score), as the softmax function gives them.
    ///
    /// # Errors
    /// - [`Error::Length`] unless there are 230 scores.
    /// - [`Error::Probability`] if a score is NaN or +∞; the score −∞ gives the probability 0.
    /// - [`Error::Sum`] if all scores are −∞.
    pub fn from_scores(scores: &[f64]) -> Result<Self> {
        let mut values = boxed(scores)?;
        check(&values, |s| s < f64::INFINITY)?;
        let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if top == f64::NEG_INFINITY {
            return Err(Error::Sum { sum: 0.0 });
        }
        values.iter_mut().for_each(|s| *s = (*s - top).exp());
        Self::from_weights(values.as_slice())
    }

    /// The same probability for every space group.
    pub fn uniform() -> Self {
        Self(Box::new([1.0 / COUNT as f64; COUNT]))
    }

    /// Mean of several probabilities, as those of the networks of an ensemble.
    ///
    /// # Errors
    /// [`Error::Empty`] if there are none.
    pub fn mean<'a>(all: impl IntoIterator<Item = &'a Self>) -> Result<Self> {
        let mut sum = Box::new([0.0; COUNT]);
        let mut count = 0;
        for one in all {
            sum.iter_mut().zip(one.0.iter()).for_each(|(s, p)| *s += p);
            count += 1;
        }
        if count == 0 {
            return Err(Error::Empty {
                what: "probabilities",
            });
        }
        Self::from_weights(sum.as_slice())
    }

    /// Returns the probability of a space group.
    pub fn of(&self, group: SpaceGroup) -> f64 {
        self.0[group.index()]
    }

    /// Returns the probabilities in the order of the numbers of the space groups.
    pub fn values(&self) -> &[f64; COUNT] {
        &self.0
    }

    /// Returns the `n` likeliest space groups and their probabilities, the likeliest first. Equal
    /// ones are in the order of their numbers.
    pub fn most_likely(&self, n: usize) -> Vec<(SpaceGroup, f64)> {
        let all = SpaceGroup::all().map(|g| (g, self.of(g))).collect();
        sorted(all, n)
    }

    /// Returns the certainty: the largest probability of a space group.
    ///
    /// # References
    /// P. M. Vecsei et al., Phys. Rev. B 99, 245120 (2019), equation 13.
    pub fn certainty(&self) -> f64 {
        self.0.iter().copied().fold(0.0, f64::max)
    }

    /// Returns the probabilities of the crystal systems, in the order of [`CrystalSystem::ALL`].
    pub fn crystal_systems(&self) -> [f64; 7] {
        let mut sums = [0.0; 7];
        for group in SpaceGroup::all() {
            sums[group.crystal_system() as usize] += self.of(group);
        }
        sums
    }

    /// Returns the likeliest crystal system and its probability.
    pub fn crystal_system(&self) -> (CrystalSystem, f64) {
        let sums = self.crystal_systems();
        let all = CrystalSystem::ALL.into_iter().zip(sums).collect();
        sorted(all, 1)[0]
    }

    /// Returns the extinction groups and their probabilities, the likeliest first.
    pub fn extinction_groups(&self) -> Vec<(ExtinctionGroup, f64)> {
        let of = |e: ExtinctionGroup| (e, e.space_groups().map(|g| self.of(g)).sum());
        let all: Vec<_> = ExtinctionGroup::all().map(of).collect();
        let count = all.len();
        sorted(all, count)
    }
}

/// The `n` first by falling probability.
fn sorted<T: Copy>(mut all: Vec<(T, f64)>, n: usize) -> Vec<(T, f64)> {
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all.truncate(n);
    all
}

/// Weights of the space groups: finite and not negative.
pub(crate) fn checked(weights: &[f64]) -> Result<Box<[f64; COUNT]>> {
    let values = boxed(weights)?;
    check(&values, |w| w.is_finite() && w >= 0.0)?;
    Ok(values)
}

fn boxed(values: &[f64]) -> Result<Box<[f64; COUNT]>> {
    let found = values.len();
    let boxed: Box<[f64]> = values.into();
    boxed.try_into().map_err(|_| Error::Length { found })
}

fn check(values: &[f64; COUNT], is_valid: impl Fn(f64) -> bool) -> Result<()> {
    match values.iter().position(|v| !is_valid(*v)) {
        None => Ok(()),
        Some(i) => Err(Error::Probability {
            space_group: i as u16 + 1,
            value: values[i],
        }),
    }
}
