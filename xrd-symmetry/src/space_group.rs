//! The 230 space groups: symbols, systematic absences and maximal subgroups.

mod distance;
mod table;

use std::fmt;

use xrd_core::CrystalSystem;

use crate::{Error, Result};
use table::{EXTINCTION_OF, EXTINCTION_SYMBOLS, SUBGROUPS, SYMBOLS};

/// Number of space groups.
pub(crate) const COUNT: usize = SYMBOLS.len();

/// Space group (type), with its number in International Tables A: 1 to 230.
///
/// # Example
/// ```
/// use xrd_symmetry::{CrystalSystem, SpaceGroup};
/// let group = SpaceGroup::from_number(62)?;
/// assert_eq!((group.symbol(), group.crystal_system()), ("Pnma", CrystalSystem::Orthorhombic));
/// // The lines of Pna2_1 are at the same positions.
/// let other = SpaceGroup::from_number(33)?;
/// assert_eq!(group.extinction_group(), other.extinction_group());
/// assert_eq!(group.distance(other), 1);
/// # Ok::<(), xrd_symmetry::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpaceGroup(u8);

impl SpaceGroup {
    /// Space group of this number.
    ///
    /// # Errors
    /// [`Error::SpaceGroup`] unless the number is 1 to 230.
    pub fn from_number(number: u16) -> Result<Self> {
        match u8::try_from(number) {
            Ok(small @ 1..=230) => Ok(Self(small)),
            _ => Err(Error::SpaceGroup { number }),
        }
    }

    /// All space groups in the order of their numbers.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        (0..COUNT).map(|i| Self(i as u8 + 1))
    }

    /// Returns the number, 1 to 230.
    pub fn number(self) -> u16 {
        u16::from(self.0)
    }

    /// Returns the short Hermann-Mauguin symbol of the standard setting. Underscores are before
    /// subscripts: `P2_1/c`.
    pub fn symbol(self) -> &'static str {
        SYMBOLS[self.index()]
    }

    /// Returns the crystal system.
    pub fn crystal_system(self) -> CrystalSystem {
        // The number is 1 to 230.
        CrystalSystem::of_space_group(self.number()).unwrap_or(CrystalSystem::Cubic)
    }

    /// Returns the extinction group: all space groups with the same systematic absences.
    pub fn extinction_group(self) -> ExtinctionGroup {
        ExtinctionGroup(EXTINCTION_OF[self.index()])
    }

    /// Returns `true` for the 92 groups that contain an inversion centre.
    ///
    /// # References
    /// International Tables for Crystallography A (2016), section 2.1: the groups of the 11 Laue classes.
    pub fn is_centrosymmetric(self) -> bool {
        matches!(
            self.number(),
            2 | 10..=15
                | 47..=74
                | 83..=88
                | 123..=142
                | 147..=148
                | 162..=167
                | 175..=176
                | 191..=194
                | 200..=206
                | 221..=230
        )
    }

    /// Returns the types of the maximal subgroups, other than this type itself, in the order of
    /// their numbers.
    ///
    /// These are the translationengleiche ones, the klassengleiche ones of index 2, 3 and 4, and
    /// the enantiomorphic isomorphic ones of index 5 (P6₁ and its like) and 27 (P4₁32 and P4₃32).
    /// All other isomorphic ones are of the same type.
    ///
    /// # References
    /// International Tables for Crystallography A1 (2010). The table was computed from the
    /// operations of the groups with the crate `moyo` (K. Shinohara); a test computes it again.
    pub fn maximal_subgroups(self) -> impl ExactSizeIterator<Item = Self> {
        SUBGROUPS[self.index()].iter().map(|n| Self(*n))
    }

    /// Returns the distance to another space group on the graph of maximal subgroups: the smallest
    /// number of steps from a group to a maximal subgroup or back.
    ///
    /// Cost: O(edges of the graph), about 1,200, in the worst case.
    ///
    /// # References
    /// P. M. Vecsei et al., Phys. Rev. B 99, 245120 (2019), section V C.
    pub fn distance(self, other: Self) -> usize {
        distance::distance(self, other)
    }

    /// Position in lists of all space groups, from 0.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0) - 1
    }
}

impl fmt::Display for SpaceGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

/// Space groups with the same systematic absences, which the positions of the lines of a powder
/// cannot distinguish. Only their intensities can.
///
/// Two space groups belong to the same extinction group if their lattices have the same metric
/// (trigonal and hexagonal are one) and the same reflections are absent, in some order of the axes
/// of an orthorhombic lattice. Symbols are unique among the lattices of one metric: `P - - -` is that of orthorhombic,
/// tetragonal, hexagonal and cubic lattices.
///
/// # References
/// International Tables for Crystallography A (2016), section 1.6.4 (U. Shmueli, H. D. Flack, J. C. H. Spence).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExtinctionGroup(u8);

impl ExtinctionGroup {
    /// All extinction groups in the order of their first space groups.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        (0..EXTINCTION_SYMBOLS.len()).map(|i| Self(i as u8))
    }

    /// Returns the extinction symbol, for the axes of the first of the space groups: `P n a -`.
    ///
    /// Its parts are the lattice and, for each symmetry direction, the screw axis and the glide
    /// plane that the absences show; `-` if they show none.
    pub fn symbol(self) -> &'static str {
        EXTINCTION_SYMBOLS[usize::from(self.0)]
    }

    /// Returns the space groups in the order of their numbers.
    pub fn space_groups(self) -> impl Iterator<Item = SpaceGroup> + Clone {
        SpaceGroup::all().filter(move |g| g.extinction_group() == self)
    }
}

impl fmt::Display for ExtinctionGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
