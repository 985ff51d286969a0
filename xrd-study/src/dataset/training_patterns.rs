//! Training patterns in memory or on disk.

use std::path::Path;

use xrd_ae::PatternSource;
use xrd_core::{PatternSet, Scale, TwoThetaGrid, Wavelength};

use super::{Patterns, about_scales, notes, read, words};
use crate::error::Result;
use crate::experiment::Reading;
use crate::note::Note;

/// Training patterns, in memory or on disk.
pub struct TrainingPatterns {
    patterns: Patterns,
    preparation: Vec<String>,
    notes: Vec<Note>,
}

impl TrainingPatterns {
    /// Reads patterns into memory, or leaves large data on disk. A `.npy` matrix or a folder of
    /// shards (files that together form one matrix) stays on disk if its size exceeds a limit. The
    /// argument `memory` is this limit in MiB.
    ///
    /// # Errors
    /// Any error of [`read`]; [`Error::PreparedOnDisk`](crate::Error::PreparedOnDisk) and
    /// [`Error::AxisOfShards`](crate::Error::AxisOfShards) for patterns on disk;
    /// [`Error::TooLarge`](crate::Error::TooLarge) for a large matrix that cannot be read batch by
    /// batch.
    pub fn open(patterns: &Path, reading: &Reading, memory: u64) -> Result<Self> {
        let most = memory.saturating_mul(1 << 20);
        if let Some(found) = Patterns::on_disk(patterns, reading, most)? {
            return Ok(Self {
                patterns: found,
                preparation: Vec::new(),
                notes: from_disk(patterns),
            });
        }
        let found = read(patterns, reading, None, &[])?;
        Ok(Self {
            preparation: words(&found.preparation),
            notes: notes(&found)
                .into_iter()
                .chain(about_scales(&found, None))
                .collect(),
            patterns: found.set.into(),
        })
    }

    /// Returns the names of the patterns.
    pub fn names(&self) -> &[String] {
        self.patterns.names()
    }

    /// Returns the preparation steps that were applied to the patterns, in order.
    pub fn preparation(&self) -> &[String] {
        &self.preparation
    }

    /// Returns the notes on how the patterns were read.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Reads the patterns with these indices into memory.
    ///
    /// # Errors
    /// [`Error::Network`](crate::Error::Network) if the file cannot be read,
    /// [`Error::Core`](crate::Error::Core) for invalid intensities.
    pub fn gathered(&self, indices: &[usize]) -> Result<PatternSet> {
        let found = self.patterns.select(indices);
        found.map_err(|e| e.at("held-back patterns"))
    }
}

/// Returns the note on patterns that stay on disk.
pub(super) fn from_disk(path: &Path) -> Vec<Note> {
    vec![format!("{}: read from disk batch by batch", path.display()).into()]
}

impl PatternSource for TrainingPatterns {
    fn grid(&self) -> &TwoThetaGrid {
        self.patterns.grid()
    }

    fn scale(&self) -> Scale {
        self.patterns.scale()
    }

    fn wavelength(&self) -> Option<Wavelength> {
        self.patterns.wavelength()
    }

    fn len(&self) -> usize {
        self.patterns.len()
    }

    fn read(&self, index: usize, into: &mut [f32]) -> xrd_ae::Result<()> {
        self.patterns.read(index, into)
    }

    fn block(&self) -> Option<&[f32]> {
        self.patterns.block()
    }
}
