use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use xrd_ae::{PatternSource, RowFile, RowFiles, Subset};
use xrd_core::{PatternSet, Scale, TwoThetaGrid, Wavelength};
use xrd_io::{AxisKind, ReadOptions, ShardFolder, locate_rows};
use xrd_sim::AngleShift;

use crate::digest::digest;
use crate::error::{Error, Result};
use crate::experiment::Reading;

/// Largest number of intensities that are copied for a training: 256 MB.
const MOST_COPIED: usize = 1 << 26;

/// Number of intensities from which the patterns are hashed one by one.
const HASHED_AT_ONCE: usize = 1 << 24;

/// Patterns with names, in memory or on disk. Patterns on disk are read when they are needed.
#[derive(Clone, Debug)]
pub struct Patterns {
    storage: Storage,
}

#[derive(Clone, Debug)]
enum Storage {
    Memory(PatternSet),
    Disk {
        files: Arc<RowFiles>,
        names: Vec<String>,
    },
    MovedBack(Box<MovedBack>),
}

/// Patterns whose shifts are corrected when they are read.
#[derive(Clone, Debug)]
struct MovedBack {
    patterns: Patterns,
    /// One entry per pattern; `None` for patterns that are not changed.
    shifts: Vec<Option<AngleShift>>,
}

impl PatternSource for MovedBack {
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
        self.patterns.read(index, into)?;
        if let Some(shift) = &self.shifts[index] {
            let pattern = into.to_vec();
            shift.undo(self.grid(), &pattern, into)?;
        }
        Ok(())
    }
}

impl Patterns {
    /// Opens a `.npy` matrix or a folder of shards (files that together form one matrix) that is
    /// larger than `most` bytes. Returns `None` for other patterns.
    ///
    /// # Errors
    /// [`Error::PreparedOnDisk`], [`Error::AxisOfShards`], [`Error::TooLarge`].
    pub(super) fn on_disk(patterns: &Path, reading: &Reading, most: u64) -> Result<Option<Self>> {
        if ShardFolder::is_one(patterns) {
            let set = ShardFolder::open(patterns)?;
            if set.len() as u64 * set.grid.len() as u64 * 4 > most {
                return Self::in_shards(reading, &set).map(Some);
            }
        }
        if is_large_matrix(patterns, most) {
            let found = Self::in_matrix(patterns, reading).map_err(|error| Error::TooLarge {
                path: patterns.to_owned(),
                source: Box::new(error),
            });
            return found.map(Some);
        }
        Ok(None)
    }

    fn in_shards(reading: &Reading, set: &ShardFolder) -> Result<Self> {
        refuse_preparation(reading)?;
        if let Some(axis) = &reading.axis {
            let axis = axis.clone();
            return Err(Error::AxisOfShards { axis });
        }
        let files = set.shards.iter().filter(|s| s.rows > 0);
        let files = files.map(|s| RowFile::new(&s.patterns, s.rows).with_offset(s.offset));
        let wavelength = set.wavelength.or(reading.wavelength);
        let files = RowFiles::open(set.grid, Scale::ARBITRARY, wavelength, files.collect())?;
        Ok(Self::in_files(files, set.names()?))
    }

    fn in_matrix(path: &Path, reading: &Reading) -> Result<Self> {
        refuse_preparation(reading)?;
        let options = ReadOptions::default().with_axis(reading.axis.clone());
        let found = locate_rows(path, &options)?;
        let file = RowFile::new(path, found.rows).with_offset(found.offset);
        let files = RowFiles::open(found.grid, Scale::ARBITRARY, reading.wavelength, vec![file])?;
        // Names as for a matrix in memory.
        let names = (1..=files.len()).map(|i| i.to_string()).collect();
        Ok(Self::in_files(files, names))
    }

    fn in_files(files: RowFiles, names: Vec<String>) -> Self {
        let files = Arc::new(files);
        Self {
            storage: Storage::Disk { files, names },
        }
    }

    /// Returns the patterns if they are in memory.
    pub fn in_memory(&self) -> Option<&PatternSet> {
        match &self.storage {
            Storage::Memory(set) => Some(set),
            Storage::Disk { .. } | Storage::MovedBack(_) => None,
        }
    }

    /// Returns the grid of all patterns.
    pub fn grid(&self) -> &TwoThetaGrid {
        self.source().grid()
    }

    /// Returns the scale of the intensities.
    pub fn scale(&self) -> Scale {
        self.source().scale()
    }

    /// Returns the wavelength, if it is known.
    pub fn wavelength(&self) -> Option<Wavelength> {
        self.source().wavelength()
    }

    /// Returns the number of patterns.
    pub fn len(&self) -> usize {
        self.source().len()
    }

    /// Returns whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the names of the patterns.
    pub fn names(&self) -> &[String] {
        match &self.storage {
            Storage::Memory(set) => set.names(),
            Storage::Disk { names, .. } => names,
            Storage::MovedBack(moved) => moved.patterns.names(),
        }
    }

    /// Returns the intensities of a pattern.
    ///
    /// # Errors
    /// [`Error::Network`] if the file cannot be read.
    pub fn intensities(&self, index: usize) -> Result<Cow<'_, [f32]>> {
        match &self.storage {
            Storage::Memory(set) => Ok(Cow::Borrowed(set.intensities(index))),
            Storage::Disk { .. } | Storage::MovedBack(_) => {
                let mut row = vec![0.0; self.grid().len()];
                self.read(index, &mut row)?;
                Ok(Cow::Owned(row))
            }
        }
    }

    /// Reads the patterns with these indices into memory, in this order.
    ///
    /// # Errors
    /// [`Error::Network`] if the file cannot be read, [`Error::Core`] for invalid intensities.
    pub fn select(&self, indices: &[usize]) -> Result<PatternSet> {
        if let Storage::Memory(set) = &self.storage {
            return Ok(set.select(indices)?);
        }
        let points = self.grid().len();
        let mut block = vec![0.0; indices.len() * points];
        for (row, &index) in block.chunks_mut(points).zip(indices) {
            self.read(index, row)?;
        }
        let names = indices.iter().map(|&i| self.names()[i].clone()).collect();
        Ok(PatternSet::new(
            *self.grid(),
            self.scale(),
            self.wavelength(),
            names,
            block,
        )?)
    }

    /// Returns the patterns with these indices as a source. Few patterns are copied, because a
    /// training scales copies only once; more patterns are read when they are needed.
    pub(crate) fn part(&self, indices: &[usize]) -> Result<Box<dyn PatternSource + '_>> {
        if self.in_memory().is_some() && indices.len() * self.grid().len() <= MOST_COPIED {
            return Ok(Box::new(self.select(indices)?));
        }
        Ok(Box::new(Subset::new(self, indices.to_vec())?))
    }

    /// Returns patterns whose lines are moved back by shifts. A pattern with `None` is not changed.
    ///
    /// # Errors
    /// [`Error::Core`] unless there is one shift per pattern.
    pub fn moved_back(self, shifts: Vec<Option<AngleShift>>) -> Result<Self> {
        if shifts.len() != self.len() {
            return Err(Error::Core(xrd_core::Error::Length {
                what: "shifts of patterns",
                found: shifts.len(),
                expected: self.len(),
            }));
        }
        let patterns = self;
        Ok(Self {
            storage: Storage::MovedBack(Box::new(MovedBack { patterns, shifts })),
        })
    }

    /// Returns a hash of the intensities. In large sets, the patterns are hashed on all threads.
    pub(super) fn digest(&self) -> Result<u64> {
        let bits = |v: &f32| u64::from(v.to_bits());
        if let Some(set) = self
            .in_memory()
            .filter(|set| set.block().len() < HASHED_AT_ONCE)
        {
            return Ok(digest(set.block().iter().map(bits)));
        }
        let of_row = |i| Ok(digest(self.intensities(i)?.iter().map(bits)));
        let rows: Result<Vec<u64>> = (0..self.len()).into_par_iter().map(of_row).collect();
        Ok(digest(rows?.into_iter()))
    }

    fn source(&self) -> &dyn PatternSource {
        match &self.storage {
            Storage::Memory(set) => set,
            Storage::Disk { files, .. } => &**files,
            Storage::MovedBack(moved) => &**moved,
        }
    }
}

impl From<PatternSet> for Patterns {
    fn from(set: PatternSet) -> Self {
        Self {
            storage: Storage::Memory(set),
        }
    }
}

impl PatternSource for Patterns {
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

/// Whether rows of a file can be used as they are.
pub(super) fn needs_no_preparation(reading: &Reading) -> bool {
    let is_over_angles = [None, Some(&AxisKind::TwoThetaDeg)].contains(&reading.axis_kind.as_ref());
    reading.steps.is_empty() && is_over_angles && reading.grid.is_none()
}

fn refuse_preparation(reading: &Reading) -> Result<()> {
    match needs_no_preparation(reading) {
        true => Ok(()),
        false => Err(Error::PreparedOnDisk),
    }
}

/// Whether the file is a .npy matrix of more than `most` bytes.
fn is_large_matrix(path: &Path, most: u64) -> bool {
    let is_npy = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("npy"));
    let length = std::fs::metadata(path).map_or(0, |about| about.len());
    is_npy && length > most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latents::Latents;
    use crate::novelty::residuals;
    use crate::samples;
    use xrd_ae::{Autoencoder, AutoencoderConfig};

    /// The patterns of a small set, once more in a file.
    fn on_disk(set: &PatternSet, folder: &Path) -> Patterns {
        let path = folder.join("rows.f32");
        let bytes: Vec<u8> = set.block().iter().flat_map(|v| v.to_le_bytes()).collect();
        std::fs::write(&path, bytes).unwrap();
        let file = RowFile::new(&path, set.len());
        let files = RowFiles::open(*set.grid(), set.scale(), set.wavelength(), vec![file]).unwrap();
        Patterns::in_files(files, set.names().to_vec())
    }

    #[test]
    fn patterns_on_disk_are_those_in_memory() {
        let place = tempfile::tempdir().unwrap();
        let memory = samples::dataset(|_, v| v).set;
        let set = memory.in_memory().unwrap();
        let disk = on_disk(set, place.path());
        assert!(disk.in_memory().is_none() && disk.names() == memory.names());
        assert_eq!(disk.intensities(3).unwrap(), memory.intensities(3).unwrap());
        let rows = [7, 2, 9];
        assert_eq!(disk.select(&rows).unwrap(), memory.select(&rows).unwrap());
        let config = AutoencoderConfig::default().with_hidden([4]);
        let model = Autoencoder::initialise(&config, &disk).unwrap();
        let points = |patterns: &Patterns| Latents::of(&model, patterns).unwrap();
        assert_eq!(points(&disk), points(&memory));
        let residuals = |patterns: &Patterns| residuals(&model, patterns).unwrap();
        assert_eq!(residuals(&disk), residuals(&memory));
        let mut row = vec![0.0; set.grid().len()];
        for patterns in [&disk, &memory] {
            let part = patterns.part(&rows).unwrap();
            part.read(1, &mut row).unwrap();
            assert_eq!((part.len(), &row[..]), (3, set.intensities(2)));
        }
    }

    /// Each intensity counts for the hash, on disk and in memory.
    #[test]
    fn the_hash_depends_on_every_pattern() {
        let place = tempfile::tempdir().unwrap();
        let plain = samples::dataset(|_, v| v).set;
        let other = samples::dataset(|i, v| if i == 11 { 2.0 * v } else { v }).set;
        let of = |patterns: &Patterns| {
            let disk = on_disk(patterns.in_memory().unwrap(), place.path());
            (patterns.digest().unwrap(), disk.digest().unwrap())
        };
        let (a, b) = (of(&plain), of(&other));
        assert!(a.0 != b.0 && a.1 != b.1);
        assert_eq!(a, of(&plain));
    }
}
