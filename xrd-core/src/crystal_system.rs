use crate::{Error, Result};

/// Crystal system of a space group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the field's")]
pub enum CrystalSystem {
    Triclinic,
    Monoclinic,
    Orthorhombic,
    Tetragonal,
    Trigonal,
    Hexagonal,
    Cubic,
}

impl CrystalSystem {
    /// All crystal systems, from the lowest symmetry to the highest.
    pub const ALL: [Self; 7] = [
        Self::Triclinic,
        Self::Monoclinic,
        Self::Orthorhombic,
        Self::Tetragonal,
        Self::Trigonal,
        Self::Hexagonal,
        Self::Cubic,
    ];

    /// Returns the crystal system of a space group from its number.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the number is 1 to 230.
    pub fn of_space_group(number: u16) -> Result<Self> {
        match number {
            1..=2 => Ok(Self::Triclinic),
            3..=15 => Ok(Self::Monoclinic),
            16..=74 => Ok(Self::Orthorhombic),
            75..=142 => Ok(Self::Tetragonal),
            143..=167 => Ok(Self::Trigonal),
            168..=194 => Ok(Self::Hexagonal),
            195..=230 => Ok(Self::Cubic),
            _ => Err(Error::OutOfRange {
                what: "number of a space group",
                value: f64::from(number),
                expected: "1 to 230",
            }),
        }
    }

    /// Returns the name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Triclinic => "triclinic",
            Self::Monoclinic => "monoclinic",
            Self::Orthorhombic => "orthorhombic",
            Self::Tetragonal => "tetragonal",
            Self::Trigonal => "trigonal",
            Self::Hexagonal => "hexagonal",
            Self::Cubic => "cubic",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_those_of_international_tables() {
        let of = |n| CrystalSystem::of_space_group(n).map(CrystalSystem::name);
        let first = [1, 3, 16, 75, 143, 168, 195];
        let last = [2, 15, 74, 142, 167, 194, 230];
        for ((system, first), last) in CrystalSystem::ALL.into_iter().zip(first).zip(last) {
            assert_eq!(of(first), Ok(system.name()));
            assert_eq!(of(last), Ok(system.name()));
        }
        assert!(of(0).is_err() && of(231).is_err());
    }
}
