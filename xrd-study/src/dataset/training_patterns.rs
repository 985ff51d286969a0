//! Training patterns in memory or on disk.

use std::path::Path;

use xrd_ae::{PatternSource, RowFile, RowFiles};
use xrd_core::{PatternSet, Scale, TwoThetaGrid, Wavelength};
use xrd_io::{AxisKind, ReadOptions, ShardFolder, locate_rows};

use super::{about_scales, notes, read, words};
use crate::error::{Error, Result};
use crate::experiment::Reading;
use crate::note::Note;

/// Training patterns, in memory or on disk.
pub struct TrainingPatterns {
    storage: Storage,
    names: Vec<String>,
    preparation: Vec<String>,
    notes: Vec<Note>,
}

enum Storage {
    Memory(PatternSet),
    Disk(RowFiles),
}

impl TrainingPatterns {
    /// Reads patterns into memory, or leaves large data on disk. A `.npy` matrix or a folder of
    /// shards (files that together form one matrix) stays on disk if its size exceeds a limit. The
    /// argument `memory` is this limit in MiB.
    ///
    /// # Errors
    /// - Any error of [`read`].
    /// - [`Error::PreparedOnDisk`] if preparation steps are given for patterns that stay on disk.
    /// - [`Error::AxisOfShards`] if a file of the 2θ axis is given for shards that stay on disk.
    /// - [`Error::TooLarge`] for a large matrix that cannot be read batch by batch.
    pub fn open(patterns: &Path, reading: &Reading, memory: u64) -> Result<Self> {
        let most = memory.saturating_mul(1 << 20);
        if ShardFolder::is_one(patterns) {
            let set = ShardFolder::open(patterns)?;
            if set.len() as u64 * set.grid.len() as u64 * 4 > most {
                return Self::in_shards(patterns, reading, &set);
            }
        }
        if is_large_matrix(patterns, most) {
            return Self::on_disk(patterns, reading).map_err(|error| Error::TooLarge {
                path: patterns.to_owned(),
                source: Box::new(error),
            });
        }
        let found = read(patterns, reading, None, &[])?;
        Ok(Self {
            names: found.set.names().to_vec(),
            preparation: words(&found.preparation),
            notes: notes(&found)
                .into_iter()
                .chain(about_scales(&found, None))
                .collect(),
            storage: Storage::Memory(found.set),
        })
    }

    fn in_shards(patterns: &Path, reading: &Reading, set: &ShardFolder) -> Result<Self> {
        refuse_preparation(reading)?;
        if let Some(axis) = &reading.axis {
            let axis = axis.clone();
            return Err(Error::AxisOfShards { axis });
        }
        let wavelength = set.wavelength.or(reading.wavelength);
        let files = set.shards.iter().filter(|s| s.rows > 0);
        let files = files.map(|s| RowFile::new(&s.patterns, s.rows).with_offset(s.offset));
        let files = RowFiles::open(set.grid, Scale::ARBITRARY, wavelength, files.collect())?;
        Ok(Self {
            names: set.names()?,
            preparation: Vec::new(),
            notes: from_disk(patterns),
            storage: Storage::Disk(files),
        })
    }

    fn on_disk(path: &Path, reading: &Reading) -> Result<Self> {
        refuse_preparation(reading)?;
        let options = ReadOptions::default().with_axis(reading.axis.clone());
        let found = locate_rows(path, &options)?;
        let file = RowFile::new(path, found.rows).with_offset(found.offset);
        let files = RowFiles::open(found.grid, Scale::ARBITRARY, reading.wavelength, vec![file])?;
        Ok(Self {
            // Names as for a matrix in memory.
            names: (1..=files.len()).map(|i| i.to_string()).collect(),
            preparation: Vec::new(),
            notes: from_disk(path),
            storage: Storage::Disk(files),
        })
    }

    /// Returns the names of the patterns.
    pub fn names(&self) -> &[String] {
        &self.names
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
    /// [`Error::Network`] if the file cannot be read, [`Error::Core`] for invalid intensities.
    pub fn gathered(&self, indices: &[usize]) -> Result<PatternSet> {
        let points = self.grid().len();
        let mut block = vec![0.0; indices.len() * points];
        for (row, &index) in block.chunks_mut(points).zip(indices) {
            self.read(index, row)?;
        }
        let names = indices.iter().map(|&i| self.names()[i].clone()).collect();
        let (grid, scale) = (*self.grid(), self.scale());
        PatternSet::new(grid, scale, self.wavelength(), names, block)
            .map_err(|e| Error::from(e).at("held-back patterns"))
    }

    fn source(&self) -> &dyn PatternSource {
        match &self.storage {
            Storage::Memory(set) => set,
            Storage::Disk(files) => files,
        }
    }
}

fn from_disk(path: &Path) -> Vec<Note> {
    vec![format!("{}: read from disk batch by batch", path.display()).into()]
}

fn refuse_preparation(reading: &Reading) -> Result<()> {
    let is_over_angles = [None, Some(&AxisKind::TwoThetaDeg)].contains(&reading.axis_kind.as_ref());
    match reading.steps.is_empty() && is_over_angles && reading.grid.is_none() {
        true => Ok(()),
        false => Err(Error::PreparedOnDisk),
    }
}

/// Whether the file is a .npy matrix that is larger than a limit. The argument `most` is the limit
/// in bytes.
fn is_large_matrix(path: &Path, most: u64) -> bool {
    let is_npy = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("npy"));
    let length = std::fs::metadata(path).map_or(0, |about| about.len());
    is_npy && length > most
}

impl PatternSource for TrainingPatterns {
    fn grid(&self) -> &TwoThetaGrid {
        self.source().grid()
    }

    fn scale(&self) -> Scale {
        self.source().scale()
    }

    fn wavelength(&self) -> Option<Wavelength> {
        self.source().wavelength()
    }

    fn len(&self) -> usize {
        self.source().len()
    }

    fn read(&self, index: usize, into: &mut [f32]) -> xrd_ae::Result<()> {
        self.source().read(index, into)
    }

    fn block(&self) -> Option<&[f32]> {
        self.source().block()
    }
}
