use xrd_core::{Element, Wavelength};

/// Error of a simulation or a substitution series.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Element heavier than californium (Z = 98), for which there is no form factor.
    #[error("no form factor for {element} (Z = {}; the table ends at 98)", element.number())]
    NoFormFactor {
        /// Element.
        element: Element,
    },
    /// Unknown name of an emission line.
    #[error(
        "unknown emission line {name:?} (expected Cr, Fe, Co, Cu, Mo or Ag with Ka, Ka1, Ka2 or Kb, as in CuKa1)"
    )]
    NoSuchLine {
        /// Unknown name.
        name: String,
    },
    /// Wavelength outside the range of the table of f′ and f″.
    #[error("no f' and f'' at {wavelength} (expected 0.0955 to 4.13 angstrom)")]
    NoDispersion {
        /// Wavelength.
        wavelength: Wavelength,
    },
    /// Element heavier than uranium (Z = 92), for which f′ and f″ are unknown.
    #[error("no f' and f'' of {element} (Z = {}; the table ends at 92)", element.number())]
    NoDispersionOf {
        /// Element.
        element: Element,
    },
    /// Atoms within 0.1 Å of each other with a total occupancy greater than 1.02.
    #[error(
        "atoms {first} and {second} are {angstrom:.3} angstrom apart with occupancies that add up \
         to {sum} (expected at most 1 per site)",
        sum = (occupancy * 1e4).round() / 1e4
    )]
    Overlap {
        /// Index of the first of two such atoms, counted from 0.
        first: usize,
        /// Index of the second of the two atoms, counted from 0.
        second: usize,
        /// Distance between the two atoms in Å.
        angstrom: f64,
        /// Total occupancy of these two atoms and of any other atom within 0.1 Å of them.
        occupancy: f64,
    },
    /// No reflections in the range of the pattern.
    #[error(
        "no reflection between {low:.2} and {high:.2} degrees at {wavelength} (the largest d spacing is \
         {widest_angstrom:.4} angstrom)"
    )]
    NoReflections {
        /// Start of the pattern in degrees.
        low: f64,
        /// End of the pattern in degrees.
        high: f64,
        /// Wavelength.
        wavelength: Wavelength,
        /// Largest of the d spacings of (100), (010) and (001), in Å.
        widest_angstrom: f64,
    },
    /// Parameter outside its range.
    #[error("{what} is {value} (expected {expected})")]
    OutOfRange {
        /// Name of the parameter.
        what: &'static str,
        /// Value.
        value: f64,
        /// Allowed range, in words.
        expected: &'static str,
    },
    /// Index of an atom or a site that does not exist.
    #[error("no site {index} in a cell of {atoms} atoms (counted from 0)")]
    NoSuchSite {
        /// Index, counted from 0.
        index: usize,
        /// Number of atoms or sites.
        atoms: usize,
    },
    /// More than 10⁸ ways to choose sites. This number is too large for an enumeration.
    #[error(
        "{count} of {sites} sites can be chosen in {subsets:.3e} ways (at most 1e8 are enumerated)"
    )]
    TooManySubsets {
        /// Number of sites.
        sites: usize,
        /// Number of sites to choose.
        count: usize,
        /// Number of ways to choose these sites.
        subsets: f64,
    },
    /// Failed symmetry search.
    #[error("no symmetry found: {reason}")]
    Symmetry {
        /// Reason for the failure.
        reason: String,
    },
    /// Relaxation that did not converge.
    #[error("relaxation did not converge after {iterations} steps (last step {step:.1e} angstrom)")]
    NotRelaxed {
        /// Number of steps.
        iterations: usize,
        /// Size of the last step in Å.
        step: f64,
    },
    /// Error of xrd-core.
    #[error(transparent)]
    Core(#[from] xrd_core::Error),
}

/// Result with the [`Error`] of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Returns the value if it is in the range.
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
