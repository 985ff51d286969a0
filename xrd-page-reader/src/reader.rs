//! Files become patterns on the grid of the model.

use serde::Serialize;
use xrd_core::{PatternSet, TwoThetaGrid, Wavelength};
use xrd_io::{ReadOptions, ReadPatterns, read_patterns_bytes};

use crate::known::{Estimated, KnownPoints};
use crate::study::Study;

/// Reader of files for a study.
pub struct Reader {
    options: ReadOptions,
    grid: TwoThetaGrid,
    wavelength: Option<Wavelength>,
    known: KnownPoints,
    set: Option<PatternSet>,
}

/// Patterns of a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Read {
    /// The patterns, in the order of the file.
    pub patterns: Vec<Pattern>,
    /// Notes on how the file was read.
    pub notes: Vec<String>,
}

/// Name of a pattern, and the reason why it cannot be encoded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pattern {
    /// Name of the pattern.
    pub name: String,
    /// One line. `None` for a pattern that can be encoded.
    pub error: Option<String>,
}

impl Reader {
    /// Takes the description of a study, which is JSON on its page.
    ///
    /// # Errors
    /// One line of text if the description is invalid.
    pub fn new(study: &[u8]) -> Result<Self, String> {
        let study: Study = serde_json::from_slice(study).map_err(|e| e.to_string())?;
        Ok(Self {
            options: study.options.clone(),
            grid: study.grid,
            wavelength: study.wavelength,
            known: KnownPoints::new(study)?,
            set: None,
        })
    }

    /// Reads the patterns of a file, and prepares them as those of the study. Patterns with other
    /// angles are interpolated to the grid of the model. The bytes may be compressed.
    ///
    /// # Errors
    /// One line of text: that of `xrd-io` for a file that has no patterns or cannot be prepared, and
    /// the reason why patterns do not fit the model.
    pub fn read(&mut self, name: &str, bytes: &[u8]) -> Result<Read, String> {
        let read = match self.on_grid(name, bytes) {
            Some(read) => read,
            None => read_patterns_bytes(name, bytes, &self.options).map_err(|e| e.to_string())?,
        };
        self.check(&read.set)?;
        let set = self.set.insert(read.set);
        let pattern = |i: usize| Pattern {
            name: set.names()[i].clone(),
            error: blank(set, i),
        };
        Ok(Read {
            patterns: (0..set.len()).map(pattern).collect(),
            notes: read.warnings,
        })
    }

    /// Reads patterns that need no interpolation.
    fn on_grid(&self, name: &str, bytes: &[u8]) -> Option<ReadPatterns> {
        let options = self.options.clone().with_resample(None);
        let read = read_patterns_bytes(name, bytes, &options.with_common_grid(false));
        read.ok().filter(|read| read.set.grid().same_as(&self.grid))
    }

    /// Returns the intensities of a pattern of the last file.
    pub fn intensities(&self, row: usize) -> Option<&[f32]> {
        let set = self.set.as_ref().filter(|set| row < set.len())?;
        Some(set.intensities(row))
    }

    /// Estimates the labels of a pattern of the last file, and finds its group. The argument `point`
    /// contains its coordinates in the latent space, and `residual` its residual.
    ///
    /// # Errors
    /// One line of text if a number is not finite, or if there is no such pattern.
    pub fn estimate(&self, row: usize, point: &[f64], residual: f64) -> Result<Estimated, String> {
        let none = || format!("pattern {row} is not in the file");
        let intensities = self.intensities(row).ok_or_else(none)?;
        let group = self.known.group(intensities)?;
        let estimated = self.known.estimate(point, residual)?;
        Ok(Estimated { group, ..estimated })
    }

    /// Refuses patterns that do not fit the model, in the words of `xrd-study`.
    fn check(&self, set: &PatternSet) -> Result<(), String> {
        let (found, expected) = (set.grid(), &self.grid);
        if !found.same_as(expected) {
            return Err(format!(
                "patterns have {found} but the model was trained on {expected}"
            ));
        }
        match (set.wavelength(), self.wavelength) {
            (Some(found), Some(expected)) if !found.same_as(expected) => Err(format!(
                "patterns were measured at {found} but the model was trained at {expected}"
            )),
            _ => Ok(()),
        }
    }
}

fn blank(set: &PatternSet, row: usize) -> Option<String> {
    let is_blank = set.intensities(row).iter().all(|v| *v == 0.0);
    is_blank.then(|| format!("pattern '{}': zero at all angles", set.names()[row]))
}
