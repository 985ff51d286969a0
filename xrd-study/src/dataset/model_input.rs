//! Patterns that are read for a trained model.

use std::path::{Path, PathBuf};

use xrd_ae::Autoencoder;
use xrd_core::{TwoThetaGrid, Wavelength};
use xrd_io::{ByOrder, ReadPatterns};

use super::labelled::with_files_left_out;
use super::training_patterns::from_disk;
use super::{LabelChoice, Labelled, Patterns, large, notes, read, words};
use crate::error::{Error, Result};
use crate::experiment::Reading;
use crate::note::{Note, Remedy};

/// Model file and patterns for the model, with the options for reading the patterns.
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

/// Model with patterns on the grid of the model.
#[non_exhaustive]
pub struct LoadedInput {
    /// The model.
    pub model: Autoencoder,
    /// The patterns.
    pub patterns: ReadPatterns,
    /// Notes on how the patterns were read.
    pub notes: Vec<Note>,
}

/// Model with patterns on the grid of the model, in memory or on disk.
#[non_exhaustive]
pub struct OpenedInput {
    /// The model.
    pub model: Autoencoder,
    /// The patterns.
    pub patterns: Patterns,
    /// Notes on how the patterns were read.
    pub notes: Vec<Note>,
    order: ByOrder,
    skipped: Vec<(PathBuf, xrd_io::Error)>,
}

impl OpenedInput {
    /// Reads a table of labels and matches each row with a pattern, by name or by order.
    ///
    /// # Errors
    /// Any error of [`LabelChoice::read_for`].
    pub fn labels(&self, choice: &LabelChoice<'_>) -> Result<Labelled> {
        let found = choice.read_names(self.patterns.names(), self.order);
        found.map_err(|error| with_files_left_out(error, &self.skipped))
    }
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

    /// Sets whether the patterns are prepared as the training patterns of the model.
    #[must_use]
    pub fn with_as_trained(mut self, as_trained: bool) -> Self {
        self.as_trained = as_trained;
        self
    }

    /// Reads the model and the patterns.
    ///
    /// Patterns on a different grid are refused, or interpolated if [`Reading::resample`] is set.
    /// `labels` is a table of labels in the folder of the patterns; it is not read as a pattern.
    ///
    /// # Errors
    /// Any error of [`load_model`], [`read`] or [`check_fits`]; [`Error::TwoPreparations`] if the
    /// reading options contain a preparation in addition to the preparation of the model.
    pub fn read(&self, labels: Option<&Path>) -> Result<LoadedInput> {
        let model = load_model(self.model)?;
        let reading = self.reading_for(&model)?;
        let exclude: Vec<&Path> = labels.into_iter().collect();
        let found = read(self.patterns, &reading, Some(model.grid()), &exclude)?;
        check_fits(found.set.grid(), found.set.wavelength(), &model).map_err(
            |error| match error {
                Error::OtherGrid {
                    found, expected, ..
                } => Error::OtherGrid {
                    found,
                    expected,
                    unprepared: !self.as_trained && !model.preparation().is_empty(),
                },
                other => other,
            },
        )?;
        let mut notes = notes(&found);
        notes.extend(other_preparation(&words(&found.preparation), &model));
        Ok(LoadedInput {
            model,
            patterns: found,
            notes,
        })
    }

    /// Reads the model and the patterns as [`read`](Self::read) does. A `.npy` matrix or a folder of
    /// shards (files that together form one matrix) of more than 1 GiB stays on disk.
    ///
    /// # Errors
    /// Any error of [`read`](Self::read).
    pub fn open(&self, labels: Option<&Path>) -> Result<OpenedInput> {
        let model = load_model(self.model)?;
        let reading = self.reading_for(&model)?;
        let on_disk = match reading.resample {
            true => None,
            false => large(self.patterns, &reading)?,
        };
        if let Some((patterns, order)) = on_disk {
            check_fits(patterns.grid(), patterns.wavelength(), &model)?;
            let mut notes = from_disk(self.patterns);
            notes.extend(other_preparation(&[], &model));
            return Ok(OpenedInput {
                model,
                patterns,
                order,
                skipped: Vec::new(),
                notes,
            });
        }
        let read = self.read(labels)?;
        Ok(OpenedInput {
            model: read.model,
            order: read.patterns.by_order(),
            patterns: read.patterns.set.into(),
            skipped: read.patterns.skipped,
            notes: read.notes,
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
/// [`Error::Network`] with the name of the file.
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
/// [`Error::OtherGrid`], [`Error::OtherWavelength`].
pub fn check_fits(
    grid: &TwoThetaGrid,
    wavelength: Option<Wavelength>,
    model: &Autoencoder,
) -> Result<()> {
    if !grid.same_as(model.grid()) {
        return Err(Error::OtherGrid {
            found: *grid,
            expected: *model.grid(),
            unprepared: false,
        });
    }
    match (wavelength, model.wavelength()) {
        (Some(found), Some(expected)) if !found.same_as(expected) => {
            Err(Error::OtherWavelength { found, expected })
        }
        _ => Ok(()),
    }
}

/// Returns a note if the patterns were prepared differently from the training patterns.
fn other_preparation(found: &[String], model: &Autoencoder) -> Option<Note> {
    (found != model.preparation()).then(|| {
        let list = |steps: &[String]| match steps {
            [] => "none".to_owned(),
            steps => steps.join(", "),
        };
        let text = format!(
            "preparation of these patterns: {}; of the training patterns of the model: {}",
            list(found),
            list(model.preparation())
        );
        Note::new(text, Remedy::AsTrained)
    })
}
