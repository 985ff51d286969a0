//! Patterns that are read for a trained model.

use std::path::Path;

use xrd_ae::Autoencoder;
use xrd_core::PatternSet;
use xrd_io::ReadPatterns;

use super::{notes, read, words};
use crate::error::{Error, Result};
use crate::experiment::Reading;
use crate::note::{Note, Remedy};

/// Model file and patterns to be read for this model, with the options for reading the patterns.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ModelInput<'a> {
    /// File of the model.
    pub model: &'a Path,
    /// File or folder of the patterns.
    pub patterns: &'a Path,
    /// Options for reading the patterns.
    pub reading: &'a Reading,
    /// Whether the patterns are prepared in the same way as the training patterns of the model.
    pub as_trained: bool,
}

/// Model, and patterns on the grid of this model.
#[non_exhaustive]
pub struct LoadedInput {
    /// The model.
    pub model: Autoencoder,
    /// The patterns.
    pub patterns: ReadPatterns,
    /// Notes on how the patterns were read.
    pub notes: Vec<Note>,
}

impl<'a> ModelInput<'a> {
    /// Returns the input for a model file and a file or folder of patterns.
    pub fn new(model: &'a Path, patterns: &'a Path, reading: &'a Reading) -> Self {
        Self {
            model,
            patterns,
            reading,
            as_trained: false,
        }
    }

    /// Sets whether the patterns are prepared in the same way as the training patterns of the
    /// model.
    #[must_use]
    pub fn with_as_trained(mut self, as_trained: bool) -> Self {
        self.as_trained = as_trained;
        self
    }

    /// Reads the model and the patterns.
    ///
    /// Patterns on a different grid are interpolated if [`Reading::resample`] is true. If it is
    /// false, patterns on a different grid cause an error. The argument `labels` is the file of a
    /// label table. If this file is in the folder of the patterns, it is not read as a pattern.
    ///
    /// # Errors
    /// Any error of [`load_model`], [`read`] or [`check_fits`]; [`Error::TwoPreparations`] if the
    /// field `as_trained` is true and the reading options also contain preparation steps.
    pub fn read(&self, labels: Option<&Path>) -> Result<LoadedInput> {
        let model = load_model(self.model)?;
        let reading = self.reading_for(&model)?;
        let exclude: Vec<&Path> = labels.into_iter().collect();
        let found = read(self.patterns, &reading, Some(model.grid()), &exclude)?;
        check_fits(&found.set, &model).map_err(|error| match error {
            Error::OtherGrid {
                found, expected, ..
            } => Error::OtherGrid {
                found,
                expected,
                unprepared: !self.as_trained && !model.preparation().is_empty(),
            },
            other => other,
        })?;
        let mut notes = notes(&found);
        notes.extend(other_preparation(&found, &model));
        Ok(LoadedInput {
            model,
            patterns: found,
            notes,
        })
    }

    /// Returns the reading options, with the preparation of the model if `as_trained` is set.
    fn reading_for(&self, model: &Autoencoder) -> Result<Reading> {
        let mut reading = self.reading.clone();
        if !self.as_trained {
            return Ok(reading);
        }
        if let Some(step) = reading.steps.first() {
            let step = step.to_string();
            return Err(Error::TwoPreparations { step });
        }
        let steps = model.preparation().iter().map(|text| text.parse());
        let steps: std::result::Result<_, xrd_io::Error> = steps.collect();
        reading.steps = steps.map_err(|e| Error::from(e).at(self.model.display()))?;
        Ok(reading)
    }
}

/// Reads a model file.
///
/// # Errors
/// [`Error::Network`] if the file cannot be read. The error contains the name of the file.
pub fn load_model(path: &Path) -> Result<Autoencoder> {
    Autoencoder::load(path).map_err(|error| match error {
        // The message already names the file.
        xrd_ae::Error::Io { .. } => error.into(),
        _ => Error::from(error).at(path.display()),
    })
}

/// Checks that patterns fit a model. Both must have the same grid and, if both wavelengths are
/// known, the same wavelength.
///
/// # Errors
/// [`Error::OtherGrid`] for different grids, [`Error::OtherWavelength`] for different wavelengths.
pub fn check_fits(set: &PatternSet, model: &Autoencoder) -> Result<()> {
    if !set.grid().same_as(model.grid()) {
        return Err(Error::OtherGrid {
            found: *set.grid(),
            expected: *model.grid(),
            unprepared: false,
        });
    }
    match (set.wavelength(), model.wavelength()) {
        (Some(found), Some(expected)) if !found.same_as(expected) => {
            Err(Error::OtherWavelength { found, expected })
        }
        _ => Ok(()),
    }
}

/// Returns a note if the patterns were prepared differently from the training patterns.
fn other_preparation(found: &ReadPatterns, model: &Autoencoder) -> Option<Note> {
    let found = words(&found.preparation);
    (found != model.preparation()).then(|| {
        let list = |steps: &[String]| match steps {
            [] => "none".to_owned(),
            steps => steps.join(", "),
        };
        let text = format!(
            "preparation of these patterns: {}; of the training patterns of the model: {}",
            list(&found),
            list(model.preparation())
        );
        Note::new(text, Remedy::AsTrained)
    })
}
