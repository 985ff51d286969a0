//! Sources of training patterns.

mod row_files;
mod subset;

use sha2::{Digest, Sha256};
use xrd_core::{PatternSet, Scale, TwoThetaGrid, Wavelength};

use crate::error::{Error, Result};

pub use row_files::{RowFile, RowFiles};
pub use subset::Subset;

/// Source of training patterns, in memory or on disk. [`read`](Self::read) reads one pattern by its
/// index.
///
/// [`PatternSet`] is a source in memory. [`RowFiles`] is a source on disk. Training reads such a
/// source batch by batch, so the files may be larger than the memory. The same patterns give the
/// same weights from both sources, bit for bit.
pub trait PatternSource: Sync {
    /// 2θ grid of all patterns.
    fn grid(&self) -> &TwoThetaGrid;

    /// Scale of the intensities.
    fn scale(&self) -> Scale;

    /// Wavelength of the radiation, if known.
    fn wavelength(&self) -> Option<Wavelength>;

    /// Number of patterns.
    fn len(&self) -> usize;

    /// Returns `true` if there are no patterns.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies the intensities of pattern `index`, counted from 0, to `into`.
    ///
    /// # Errors
    /// An error if the pattern cannot be read.
    ///
    /// # Panics
    /// An implementation may panic if `index` is not less than [`len`](Self::len), or if the length
    /// of `into` is not the number of grid points.
    fn read(&self, index: usize, into: &mut [f32]) -> Result<()>;

    /// All intensities, pattern by pattern; `None` if the source does not store all intensities in
    /// one slice.
    ///
    /// A training without random strain and without a [`Disturbance`](crate::Disturbance) scales the intensities of such a slice only once. Other
    /// trainings read and scale the patterns again for each batch.
    fn block(&self) -> Option<&[f32]> {
        None
    }
}

impl PatternSource for PatternSet {
    fn grid(&self) -> &TwoThetaGrid {
        self.grid()
    }

    fn scale(&self) -> Scale {
        self.scale()
    }

    fn wavelength(&self) -> Option<Wavelength> {
        self.wavelength()
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn read(&self, index: usize, into: &mut [f32]) -> Result<()> {
        into.copy_from_slice(self.intensities(index));
        Ok(())
    }

    fn block(&self) -> Option<&[f32]> {
        Some(self.block())
    }
}

/// Calls `see` with every pattern in order.
///
/// # Errors
/// Any error of [`PatternSource::read`], and [`Error::NotFinite`] for an intensity that is not
/// finite.
pub(crate) fn each_pattern(source: &dyn PatternSource, mut see: impl FnMut(&[f32])) -> Result<()> {
    let mut pattern = vec![0.0; source.grid().len()];
    for index in 0..source.len() {
        source.read(index, &mut pattern)?;
        if let Some(point) = pattern.iter().position(|v| !v.is_finite()) {
            let value = pattern[point];
            return Err(Error::NotFinite {
                pattern: index,
                point,
                value,
            });
        }
        see(&pattern);
    }
    Ok(())
}

/// SHA-256 of the intensities as little-endian `f32`, pattern by pattern, in hexadecimal.
///
/// In NumPy: `hashlib.sha256(block.astype("<f4").tobytes()).hexdigest()`.
///
/// # Errors
/// Any error of [`each_pattern`].
///
/// Cost: O(intensities).
pub(crate) fn data_hash(source: &dyn PatternSource) -> Result<String> {
    let mut hash = Sha256::new();
    let mut bytes = Vec::new();
    each_pattern(source, |pattern| {
        bytes.clear();
        bytes.extend(pattern.iter().flat_map(|v| v.to_le_bytes()));
        hash.update(&bytes);
    })?;
    Ok(hexadecimal(&hash.finalize()))
}

/// SHA-256 of a text in hexadecimal.
pub(crate) fn text_hash(text: &str) -> String {
    hexadecimal(&Sha256::digest(text))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
