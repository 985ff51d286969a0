use xrd_core::{Scale, TwoThetaGrid, Wavelength};

use super::PatternSource;
use crate::error::{Result, check};

/// Source that consists of selected patterns of another source, for example of all patterns except
/// the validation patterns.
#[derive(Clone)]
pub struct Subset<'a> {
    source: &'a dyn PatternSource,
    indices: Vec<usize>,
}

impl<'a> Subset<'a> {
    /// Selects the patterns with the given `indices`, in the order of `indices`. Indices count from
    /// 0.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for an index that is not less than the
    /// number of patterns.
    pub fn new(source: &'a dyn PatternSource, indices: Vec<usize>) -> Result<Self> {
        let has = |&i: &usize| {
            let below = i < source.len();
            check("pattern", i as f64, below, "below the number of patterns")
        };
        indices.iter().try_for_each(has)?;
        Ok(Self { source, indices })
    }
}

impl PatternSource for Subset<'_> {
    fn grid(&self) -> &TwoThetaGrid {
        self.source.grid()
    }

    fn scale(&self) -> Scale {
        self.source.scale()
    }

    fn wavelength(&self) -> Option<Wavelength> {
        self.source.wavelength()
    }

    fn len(&self) -> usize {
        self.indices.len()
    }

    fn read(&self, index: usize, into: &mut [f32]) -> Result<()> {
        self.source.read(self.indices[index], into)
    }
}
