//! A model, and patterns that it is asked about.

use std::path::Path;

use xrd_ae::Autoencoder;
use xrd_core::PatternSet;
use xrd_io::ReadPatterns;

use super::{notes, read, words};
use crate::error::{Error, Result};
use crate::experiment::Reading;
use crate::note::{Note, Remedy};

/// A model file, and patterns that it is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// File of the model.
    pub model: &'a Path,
    /// File or folder of the patterns.
    pub patterns: &'a Path,
    /// How the patterns are read.
    pub reading: &'a Reading,
    /// Prepare the patterns as those that the model was trained on.
    pub as_trained: bool,
}

/// A model with patterns that fit it.
pub struct ForModel {
    /// The model.
    pub model: Autoencoder,
    /// The patterns.
    pub read: ReadPatterns,
    /// Notes on how the patterns were read.
    pub notes: Vec<Note>,
}

impl Question<'_> {
    /// Reads model and patterns. Patterns on other angles are refused, or interpolated where the
    /// reading says so; `labels` is a table that is not read as a pattern.
    ///
    /// # Errors
    /// Those of [`load_model`], [`read`] and [`check_fits`];
    /// [`Error::TwoPreparations`].
    pub fn read(&self, labels: Option<&Path>) -> Result<ForModel> {
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
        Ok(ForModel {
            model,
            read: found,
            notes,
        })
    }

    /// How patterns for a model are read: as asked, with the preparation of the model where that is
    /// asked for.
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
/// [`Error::Network`], with the name of the file.
pub fn load_model(path: &Path) -> Result<Autoencoder> {
    Autoencoder::load(path).map_err(|error| match error {
        // It names the file itself.
        xrd_ae::Error::Io { .. } => error.into(),
        _ => Error::from(error).at(path.display()),
    })
}

/// Checks that patterns fit a model: the same grid, and the same wavelength where both state one.
///
/// # Errors
/// [`Error::OtherGrid`], [`Error::OtherWavelength`].
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

/// A note where patterns were prepared differently from those of the model.
fn other_preparation(found: &ReadPatterns, model: &Autoencoder) -> Option<Note> {
    let found = words(&found.preparation);
    (found != model.preparation()).then(|| {
        let said = |steps: &[String]| match steps {
            [] => "nothing".to_owned(),
            steps => steps.join(", "),
        };
        let text = format!(
            "done to these patterns: {}; to those of the model: {}",
            said(&found),
            said(model.preparation())
        );
        Note::new(text, Remedy::AsTrained)
    })
}
