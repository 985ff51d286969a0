//! Patterns to train on: in memory, or on disk where they are too many.

use std::path::Path;

use anyhow::{Context, Result, bail};
use xrd_ae::{PatternSource, RowFile, RowFiles};
use xrd_core::{PatternSet, Scale, TwoThetaGrid, Wavelength};
use xrd_io::{ReadOptions, ShardFolder, locate_rows};

use crate::dataset::{notes, read, words};
use crate::options::Input;

/// Mebibytes from which on patterns stay on disk.
pub(crate) const MEMORY_MIB: u64 = 1024;

/// Patterns to train on.
pub(crate) struct TrainingPatterns {
    place: Place,
    names: Vec<String>,
    preparation: Vec<String>,
}

enum Place {
    Memory(PatternSet),
    Disk(RowFiles),
}

impl TrainingPatterns {
    /// Reads patterns; a .npy matrix and a folder of shards of more than `memory` MiB stay on disk.
    pub(crate) fn open(input: &Input, memory: u64) -> Result<Self> {
        let most = memory.saturating_mul(1 << 20);
        if ShardFolder::is_one(&input.patterns) {
            let set = ShardFolder::open(&input.patterns)?;
            if set.len() as u64 * set.grid.len() as u64 * 4 > most {
                return Self::in_shards(input, &set);
            }
        }
        if is_large_matrix(&input.patterns, most) {
            return Self::on_disk(input).map_err(|error| {
                let hint = "--memory says what is read whole";
                error.context(format!(
                    "{}: too large for memory ({hint})",
                    input.patterns.display()
                ))
            });
        }
        let found = read(&input.patterns, &input.reading, None, &[])?;
        for note in notes(&found) {
            eprintln!("note: {note}");
        }
        Ok(Self {
            names: found.set.names().to_vec(),
            preparation: words(&found.preparation),
            place: Place::Memory(found.set),
        })
    }

    fn in_shards(input: &Input, set: &ShardFolder) -> Result<Self> {
        refuse_preparation(input)?;
        if let Some(axis) = &input.reading.axis {
            bail!("--axis {}: shards have their own axis", axis.display());
        }
        let files = set.shards.iter().filter(|s| s.rows > 0).map(|s| RowFile {
            path: s.patterns.clone(),
            offset: s.offset,
            rows: s.rows,
        });
        let files = RowFiles::open(set.grid, Scale::ARBITRARY, set.wavelength, files.collect())?;
        let folder = input.patterns.display();
        eprintln!("note: {folder}: read from disk batch by batch");
        Ok(Self {
            names: set.names()?,
            preparation: Vec::new(),
            place: Place::Disk(files),
        })
    }

    fn on_disk(input: &Input) -> Result<Self> {
        refuse_preparation(input)?;
        let options = ReadOptions {
            axis: input.reading.axis.clone(),
            ..ReadOptions::default()
        };
        let path = &input.patterns;
        let found = locate_rows(path, &options)?;
        let file = RowFile {
            path: path.clone(),
            offset: found.offset,
            rows: found.rows,
        };
        let files = RowFiles::open(found.grid, Scale::ARBITRARY, None, vec![file])?;
        eprintln!("note: {}: read from disk batch by batch", path.display());
        Ok(Self {
            // As the patterns of a matrix in memory are called.
            names: (1..=files.len()).map(|i| i.to_string()).collect(),
            preparation: Vec::new(),
            place: Place::Disk(files),
        })
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// What was done to the patterns, in words.
    pub(crate) fn preparation(&self) -> &[String] {
        &self.preparation
    }

    /// Some of the patterns, in memory.
    pub(crate) fn gathered(&self, indices: &[usize]) -> Result<PatternSet> {
        let points = self.grid().len();
        let mut block = vec![0.0; indices.len() * points];
        for (row, &index) in block.chunks_mut(points).zip(indices) {
            self.read(index, row)?;
        }
        let names = indices.iter().map(|&i| self.names()[i].clone()).collect();
        let (grid, scale) = (*self.grid(), self.scale());
        PatternSet::new(grid, scale, self.wavelength(), names, block).context("held-back patterns")
    }

    fn source(&self) -> &dyn PatternSource {
        match &self.place {
            Place::Memory(set) => set,
            Place::Disk(files) => files,
        }
    }
}

fn refuse_preparation(input: &Input) -> Result<()> {
    match input.reading.preparing.steps().is_empty() {
        true => Ok(()),
        false => bail!(
            "patterns on disk are taken as they are, they cannot be prepared (--memory says from which size on they stay there)"
        ),
    }
}

/// Whether this is a .npy matrix of more than `most` bytes.
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
