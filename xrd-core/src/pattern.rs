use std::fmt;

use crate::error::{Error, Result, all_finite, all_unique, same_length};
use crate::{TwoThetaGrid, Wavelength};

/// Unit of raw intensities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum IntensityUnit {
    /// Detector counts.
    Counts,
    /// Detector counts per second.
    CountsPerSecond,
    /// Arbitrary unit, for normalised or simulated intensities or if the unit is unknown.
    Arbitrary,
}

/// Scale of stored intensities relative to raw intensities: `stored = factor · raw`.
///
/// Raw intensities are the numbers of a measurement or simulation before any scaling.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scale {
    /// Unit of the raw intensities.
    pub unit: IntensityUnit,
    /// Factor by which the raw intensities were multiplied; 1 if the intensities are raw.
    pub factor: f64,
}

impl Scale {
    /// Intensities in arbitrary units, with factor 1.
    pub const ARBITRARY: Self = Self {
        unit: IntensityUnit::Arbitrary,
        factor: 1.0,
    };
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            IntensityUnit::Counts => "counts",
            IntensityUnit::CountsPerSecond => "counts per second",
            IntensityUnit::Arbitrary => "arbitrary units",
        };
        if self.factor == 1.0 {
            return f.write_str(unit);
        }
        write!(f, "{unit} times {}", self.factor)
    }
}

/// Diffraction pattern: one finite intensity per point of a uniform 2θ grid.
///
/// A pattern also has the scale of its intensities and, if known, the wavelength.
///
/// # Example
/// ```
/// use xrd_core::{Pattern, Scale, TwoThetaGrid};
/// let grid = TwoThetaGrid::new(10.0, 0.02, 3)?;
/// let pattern = Pattern::new(grid, Scale::ARBITRARY, vec![1.0, 5.0, 2.0])?;
/// assert_eq!(pattern.max(), 5.0);
/// # Ok::<(), xrd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::Pattern"))]
pub struct Pattern {
    grid: TwoThetaGrid,
    scale: Scale,
    wavelength: Option<Wavelength>,
    intensities: Vec<f32>,
}

impl Pattern {
    /// Creates a pattern with an unknown wavelength.
    ///
    /// # Errors
    /// - [`Error::Length`] unless there is one intensity per grid point.
    /// - [`Error::NotFinite`] if an intensity is NaN or infinite.
    pub fn new(grid: TwoThetaGrid, scale: Scale, intensities: Vec<f32>) -> Result<Self> {
        same_length("intensities", intensities.len(), grid.len())?;
        all_finite("intensity", intensities.iter().map(|&v| f64::from(v)))?;
        Ok(Self {
            grid,
            scale,
            wavelength: None,
            intensities,
        })
    }

    /// Sets the wavelength. `None` stands for an unknown wavelength.
    #[must_use]
    pub fn with_wavelength(mut self, wavelength: Option<Wavelength>) -> Self {
        self.wavelength = wavelength;
        self
    }

    /// 2θ grid of the pattern.
    pub fn grid(&self) -> &TwoThetaGrid {
        &self.grid
    }

    /// Scale of the intensities.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Wavelength, if known.
    pub fn wavelength(&self) -> Option<Wavelength> {
        self.wavelength
    }

    /// Intensities, one per grid point.
    pub fn intensities(&self) -> &[f32] {
        &self.intensities
    }

    /// Converts the pattern to its intensities.
    pub fn into_intensities(self) -> Vec<f32> {
        self.intensities
    }

    /// Largest intensity.
    pub fn max(&self) -> f32 {
        self.intensities.iter().copied().fold(f32::MIN, f32::max)
    }
}

/// Set of named patterns with a common grid, scale and wavelength.
///
/// The intensities of all patterns are stored in one slice, one pattern after the other. A neural
/// network can therefore read them without a copy. Names are unique. A set may be empty.
///
/// # Example
/// ```
/// use xrd_core::{PatternSet, Scale, TwoThetaGrid};
/// let grid = TwoThetaGrid::new(10.0, 0.02, 2)?;
/// let names = vec!["a".to_owned(), "b".to_owned()];
/// let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, vec![1.0, 2.0, 3.0, 4.0])?;
/// assert_eq!(set.intensities(1), [3.0, 4.0]);
/// # Ok::<(), xrd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::PatternSet"))]
pub struct PatternSet {
    grid: TwoThetaGrid,
    scale: Scale,
    wavelength: Option<Wavelength>,
    names: Vec<String>,
    intensities: Vec<f32>,
}

impl PatternSet {
    /// Creates a set from the intensities of all patterns, one pattern after the other.
    ///
    /// # Errors
    /// - [`Error::Length`] unless there are `grid.len()` intensities per name.
    /// - [`Error::Duplicate`] for a name that occurs twice.
    /// - [`Error::NotFinite`] if an intensity is NaN or infinite.
    pub fn new(
        grid: TwoThetaGrid,
        scale: Scale,
        wavelength: Option<Wavelength>,
        names: Vec<String>,
        intensities: Vec<f32>,
    ) -> Result<Self> {
        same_length("intensities", intensities.len(), names.len() * grid.len())?;
        all_unique("pattern", &names)?;
        all_finite("intensity", intensities.iter().map(|&v| f64::from(v)))?;
        Ok(Self {
            grid,
            scale,
            wavelength,
            names,
            intensities,
        })
    }

    /// Creates a set of patterns with the names "1", "2", and so on. The intensities are in
    /// arbitrary units ([`Scale::ARBITRARY`]).
    ///
    /// The argument `intensities` holds one pattern after the other.
    ///
    /// # Errors
    /// - [`Error::Length`] unless the number of intensities is a multiple of `grid.len()`.
    /// - [`Error::NotFinite`] if an intensity is NaN or infinite.
    pub fn unnamed(grid: TwoThetaGrid, intensities: Vec<f32>) -> Result<Self> {
        let count = intensities.len() / grid.len();
        let names = (1..=count).map(|n| n.to_string()).collect();
        Self::new(grid, Scale::ARBITRARY, None, names, intensities)
    }

    /// Replaces the names of the patterns.
    ///
    /// # Errors
    /// - [`Error::Length`] unless there is one name per pattern.
    /// - [`Error::Duplicate`] for a name that occurs twice.
    pub fn with_names(self, names: Vec<String>) -> Result<Self> {
        same_length("names", names.len(), self.len())?;
        all_unique("pattern", &names)?;
        Ok(Self { names, ..self })
    }

    /// Creates a set from pairs of a name and a pattern.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no patterns.
    /// - [`Error::GridMismatch`] unless all patterns have the same grid.
    /// - [`Error::Mixed`] unless all patterns have the same scale and wavelength.
    /// - [`Error::Duplicate`] for a name that occurs twice.
    pub fn from_patterns(patterns: Vec<(String, Pattern)>) -> Result<Self> {
        let Some((_, first)) = patterns.first() else {
            return Err(Error::Empty { what: "patterns" });
        };
        let (grid, scale, wavelength) = (first.grid, first.scale, first.wavelength);
        let mut names = Vec::with_capacity(patterns.len());
        let mut intensities = Vec::with_capacity(patterns.len() * grid.len());
        for (index, (name, pattern)) in patterns.into_iter().enumerate() {
            if !pattern.grid.same_as(&grid) {
                return Err(Error::GridMismatch {
                    found: pattern.grid,
                    expected: grid,
                });
            }
            if pattern.scale != scale {
                return Err(Error::Mixed {
                    what: "scale",
                    index,
                });
            }
            if pattern.wavelength != wavelength {
                return Err(Error::Mixed {
                    what: "wavelength",
                    index,
                });
            }
            names.push(name);
            intensities.extend(pattern.intensities);
        }
        Self::new(grid, scale, wavelength, names, intensities)
    }

    /// Common grid of the patterns.
    pub fn grid(&self) -> &TwoThetaGrid {
        &self.grid
    }

    /// Common scale of the patterns.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Common wavelength of the patterns, if known.
    pub fn wavelength(&self) -> Option<Wavelength> {
        self.wavelength
    }

    /// Names of the patterns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of patterns.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Intensities of pattern `i`.
    ///
    /// # Panics
    /// Panics if there is no pattern `i`.
    pub fn intensities(&self, i: usize) -> &[f32] {
        &self.intensities[i * self.grid.len()..][..self.grid.len()]
    }

    /// Intensities of all patterns, one pattern after the other: `len() × grid().len()` numbers.
    pub fn block(&self) -> &[f32] {
        &self.intensities
    }

    /// Copy of pattern `i`.
    ///
    /// # Panics
    /// Panics if there is no pattern `i`.
    pub fn pattern(&self, i: usize) -> Pattern {
        Pattern {
            grid: self.grid,
            scale: self.scale,
            wavelength: self.wavelength,
            intensities: self.intensities(i).to_vec(),
        }
    }

    /// Creates a set of the patterns at `indices`, in the order of `indices`.
    ///
    /// # Errors
    /// [`Error::Duplicate`] if an index occurs twice.
    ///
    /// # Panics
    /// Panics if there is no pattern at one of the indices.
    pub fn select(&self, indices: &[usize]) -> Result<Self> {
        let names = indices.iter().map(|&i| self.names[i].clone()).collect();
        let rows = indices.iter().flat_map(|&i| self.intensities(i)).copied();
        Self::new(
            self.grid,
            self.scale,
            self.wavelength,
            names,
            rows.collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> TwoThetaGrid {
        TwoThetaGrid::new(10.0, 0.5, 2).unwrap()
    }

    fn pattern(a: f32) -> Pattern {
        Pattern::new(grid(), Scale::ARBITRARY, vec![a, 2.0 * a]).unwrap()
    }

    #[test]
    fn nothing_enters_that_is_not_finite_or_does_not_fit() {
        let new = |v| Pattern::new(grid(), Scale::ARBITRARY, v);
        assert!(matches!(
            new(vec![1.0]),
            Err(Error::Length { found: 1, .. })
        ));
        let index = |v| match new(v) {
            Err(Error::NotFinite { index, .. }) => Some(index),
            _ => None,
        };
        assert_eq!(index(vec![1.0, f32::NAN]), Some(1));
        assert_eq!(index(vec![f32::INFINITY, 1.0]), Some(0));
    }

    #[test]
    fn a_pattern_is_what_it_was_made_of() {
        let cu = Wavelength::angstrom(1.54).ok();
        let counts = Scale {
            unit: IntensityUnit::Counts,
            factor: 0.5,
        };
        let pattern = Pattern::new(grid(), counts, vec![-3.0, -0.5]).unwrap();
        assert_eq!((*pattern.grid(), pattern.scale()), (grid(), counts));
        assert_eq!(
            (pattern.intensities(), pattern.max()),
            (&[-3.0, -0.5][..], -0.5)
        );
        assert_eq!(pattern.wavelength(), None);
        let pattern = pattern.with_wavelength(cu);
        assert_eq!(pattern.wavelength(), cu);
        let set = PatternSet::from_patterns(vec![("a".to_owned(), pattern.clone())]).unwrap();
        assert_eq!((set.scale(), set.wavelength()), (counts, cu));
        assert_eq!((*set.grid(), set.names()), (grid(), &["a".to_owned()][..]));
        assert_eq!(pattern.into_intensities(), [-3.0, -0.5]);
    }

    #[test]
    fn a_scale_says_its_unit_and_its_factor() {
        assert_eq!(Scale::ARBITRARY.to_string(), "arbitrary units");
        let rate = Scale {
            unit: IntensityUnit::CountsPerSecond,
            factor: 0.5,
        };
        assert_eq!(rate.to_string(), "counts per second times 0.5");
    }

    #[test]
    fn a_set_gives_its_patterns_back() {
        let named = |n: &str, a| (n.to_owned(), pattern(a));
        let set = PatternSet::from_patterns(vec![named("a", 1.0), named("b", 3.0)]).unwrap();
        assert_eq!((set.len(), set.is_empty()), (2, false));
        assert_eq!(set.intensities(1), [3.0, 6.0]);
        assert_eq!(set.block(), [1.0, 2.0, 3.0, 6.0]);
        let none = set.select(&[]).unwrap();
        assert_eq!((none.len(), none.is_empty()), (0, true));
        assert_eq!(set.pattern(1), pattern(3.0));
        assert_eq!(set.select(&[1]).unwrap().block(), [3.0, 6.0]);
        let twice = PatternSet::from_patterns(vec![named("a", 1.0), named("a", 3.0)]);
        assert!(matches!(twice, Err(Error::Duplicate { second: 1, .. })));
        assert!(PatternSet::from_patterns(vec![]).is_err());
    }

    #[test]
    fn unnamed_patterns_are_numbered_until_they_get_names() {
        let set = PatternSet::unnamed(grid(), vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!(set.names(), ["1", "2"]);
        let names = |n: &[&str]| n.iter().map(|&n| n.to_owned()).collect();
        let named = set.clone().with_names(names(&["a", "b"])).unwrap();
        assert_eq!(
            (named.names(), named.block()),
            (&names(&["a", "b"])[..], set.block())
        );
        let short = set.clone().with_names(names(&["a"]));
        assert!(matches!(
            short,
            Err(Error::Length {
                found: 1,
                expected: 2,
                ..
            })
        ));
        let twice = set.with_names(names(&["a", "a"]));
        assert!(matches!(twice, Err(Error::Duplicate { second: 1, .. })));
        let odd = PatternSet::unnamed(grid(), vec![1.0; 3]);
        assert!(matches!(
            odd,
            Err(Error::Length {
                found: 3,
                expected: 2,
                ..
            })
        ));
    }

    #[test]
    fn a_set_does_not_mix() {
        let of = |p| PatternSet::from_patterns(vec![("a".into(), pattern(1.0)), ("b".into(), p)]);
        let counts = Scale {
            unit: IntensityUnit::Counts,
            factor: 1.0,
        };
        let counted = Pattern::new(grid(), counts, vec![1.0, 2.0]).unwrap();
        assert!(matches!(
            of(counted),
            Err(Error::Mixed {
                what: "scale",
                index: 1
            })
        ));
        let cu = Wavelength::angstrom(1.54).ok();
        let other = of(pattern(1.0).with_wavelength(cu));
        assert!(matches!(
            other,
            Err(Error::Mixed {
                what: "wavelength",
                ..
            })
        ));
        let shifted = TwoThetaGrid::new(10.1, 0.5, 2).unwrap();
        let shifted = Pattern::new(shifted, Scale::ARBITRARY, vec![1.0, 2.0]).unwrap();
        assert!(matches!(of(shifted), Err(Error::GridMismatch { .. })));
    }
}
