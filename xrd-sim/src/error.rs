use xrd_core::{Element, Wavelength};

/// Why a pattern or a series could not be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The form-factor table ends before this element.
    #[error("no form factor for {element} (Z = {}; the table ends at 98)", element.number())]
    NoFormFactor {
        /// The element.
        element: Element,
    },
    /// No tube has a line of this name.
    #[error(
        "{name:?} is no line of a tube (expected Cr, Fe, Co, Cu, Mo or Ag and Ka, Ka1, Ka2 or Kb, as in CuKa1)"
    )]
    NoSuchLine {
        /// The name.
        name: String,
    },
    /// Dispersion at a wavelength that the table does not reach.
    #[error("no f' and f'' at {wavelength} (there are those from 0.0955 to 4.13 angstrom)")]
    NoDispersion {
        /// The wavelength.
        wavelength: Wavelength,
    },
    /// The table of dispersion ends before this element.
    #[error("no f' and f'' of {element} (Z = {}; the table ends at 92)", element.number())]
    NoDispersionOf {
        /// The element.
        element: Element,
    },
    /// Atoms of more than one occupancy in all lie on one site.
    #[error(
        "atoms {first} and {second} are {angstrom:.3} angstrom apart with occupancies that add up \
         to {sum} (expected 1 at most on a site)",
        sum = (occupancy * 1e4).round() / 1e4
    )]
    Overlap {
        /// One of the atoms, from 0.
        first: usize,
        /// The atom that is one too many.
        second: usize,
        /// How far apart these two are in Å.
        angstrom: f64,
        /// The occupancy of all atoms on the site.
        occupancy: f64,
    },
    /// No lattice plane diffracts into the pattern.
    #[error(
        "no reflection between {low:.2} and {high:.2} degrees at {wavelength} (the widest planes \
         are {widest_angstrom:.4} angstrom apart)"
    )]
    NoReflections {
        /// Where the pattern begins, in degrees.
        low: f64,
        /// Where it ends, in degrees.
        high: f64,
        /// The wavelength.
        wavelength: Wavelength,
        /// The widest spacing of the planes (100), (010) and (001), in Å.
        widest_angstrom: f64,
    },
    /// A parameter lies outside its range.
    #[error("{what} is {value} (expected {expected})")]
    OutOfRange {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: f64,
        /// The range, in words.
        expected: &'static str,
    },
    /// An atom index beyond the cell.
    #[error("site {index} of a cell of {atoms} atoms")]
    NoSuchSite {
        /// The index given.
        index: usize,
        /// How many atoms the cell has.
        atoms: usize,
    },
    /// There are more subsets than can be enumerated.
    #[error(
        "{count} of {sites} sites can be chosen in {subsets:.3e} ways (at most 1e8 are enumerated)"
    )]
    TooManySubsets {
        /// Sites to choose from.
        sites: usize,
        /// Sites to choose.
        count: usize,
        /// Ways to choose.
        subsets: f64,
    },
    /// The symmetry search found no space group.
    #[error("no symmetry found: {reason}")]
    Symmetry {
        /// What the search says.
        reason: String,
    },
    /// A relaxation did not settle.
    #[error("relaxation not settled after {iterations} steps (last step {step:.1e} angstrom)")]
    NotRelaxed {
        /// Steps taken.
        iterations: usize,
        /// Largest move of the last step in Å.
        step: f64,
    },
    /// A value that xrd-core refuses.
    #[error(transparent)]
    Core(#[from] xrd_core::Error),
}

/// A result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// The value, if it lies in the range.
pub(crate) fn within(
    what: &'static str,
    value: f64,
    range: impl std::ops::RangeBounds<f64>,
    expected: &'static str,
) -> Result<f64> {
    if range.contains(&value) {
        return Ok(value);
    }
    Err(Error::OutOfRange {
        what,
        value,
        expected,
    })
}
