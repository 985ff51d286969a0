//! Patterns that are read for a trained model.

use std::path::Path;

use xrd_ae::Autoencoder;
use xrd_core::{TwoThetaGrid, Wavelength};
use xrd_io::prepare::Step;
use xrd_io::{ByOrder, ReadOptions, ReadPatterns, read_patterns};

use super::training_patterns::from_disk;
use super::{LabelChoice, Labelled, Patterns, large, notes, options, paths, refuse_blank, words};
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
    /// Whether the patterns are prepared in the same way as the training patterns of the model,
    /// unless the reading options contain a preparation. True by default.
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
    /// The patterns with the facts that their files state, if they are in memory.
    read: Option<ReadPatterns>,
}

impl OpenedInput {
    /// Reads a table of labels and matches each row with a pattern, by name or by order.
    ///
    /// # Errors
    /// Any error of [`LabelChoice::read_for`].
    pub fn labels(&self, choice: &LabelChoice<'_>) -> Result<Labelled> {
        match &self.read {
            Some(read) => choice.read_for(read),
            None => choice.read_names(self.patterns.names(), self.order),
        }
    }
}

impl<'a> ModelInput<'a> {
    /// Returns the input for a model file and a file or folder of patterns.
    pub fn new(model: &'a Path, patterns: &'a Path, reading: &'a Reading) -> Self {
        Self {
            model,
            patterns,
            reading,
            as_trained: true,
        }
    }

    /// Sets whether the patterns are prepared as the training patterns of the model, unless the
    /// reading options contain a preparation.
    #[must_use]
    pub fn with_as_trained(mut self, as_trained: bool) -> Self {
        self.as_trained = as_trained;
        self
    }

    /// Reads the model and the patterns.
    ///
    /// If the reading options contain a preparation, the preparation of the model is not used.
    /// Otherwise, if the field [`as_trained`](Self::as_trained) is true, the preparation steps of
    /// the model are applied, except steps that the files state as already done. Patterns on a
    /// different grid are refused, or interpolated if [`Reading::resample`] is set. The argument
    /// `labels` is a table of labels in the folder of the patterns. This table is not read as a
    /// pattern.
    ///
    /// # Errors
    /// Any error of [`load_model`], [`read`](super::read) or [`check_fits`].
    pub fn read(&self, labels: Option<&Path>) -> Result<LoadedInput> {
        let model = load_model(self.model)?;
        let exclude: Vec<&Path> = labels.into_iter().collect();
        let is_like_model = self.as_trained && self.reading.steps.is_empty();
        let options = match is_like_model {
            true => options_as_trained(&model, self.reading)
                .map_err(|e| e.at(self.model.display()))?
                .with_exclude(paths(&exclude)),
            false => options(self.reading, Some(model.grid()), &exclude),
        };
        let found = refuse_blank(read_patterns(self.patterns, &options)?)?;
        let fits = check_fits(found.set.grid(), found.set.wavelength(), &model);
        fits.map_err(|error| match error {
            Error::OtherGrid {
                found, expected, ..
            } => Error::OtherGrid {
                found,
                expected,
                unprepared: !is_like_model && !model.preparation().is_empty(),
            },
            other => other,
        })?;
        let mut notes = notes(&found);
        notes.extend(match is_like_model {
            true => like_training(&options.prepare),
            false => other_preparation(&found, &training_steps(&model)?),
        });
        Ok(LoadedInput {
            model,
            patterns: found,
            notes,
        })
    }

    /// Reads the model and the patterns as [`read`](Self::read) does. A `.npy` matrix or a folder of
    /// shards (files that together form one matrix) of more than 1 GiB stays on disk, if the patterns
    /// need no preparation.
    ///
    /// # Errors
    /// Any error of [`read`](Self::read).
    pub fn open(&self, labels: Option<&Path>) -> Result<OpenedInput> {
        let model = load_model(self.model)?;
        let needs_none = !self.as_trained || model.preparation().is_empty();
        let on_disk = match needs_none {
            true => large(self.patterns, self.reading)?,
            false => None,
        };
        if let Some((patterns, order)) = on_disk {
            check_fits(patterns.grid(), patterns.wavelength(), &model)?;
            return Ok(OpenedInput {
                model,
                patterns,
                order,
                read: None,
                notes: from_disk(self.patterns),
            });
        }
        let read = self.read(labels)?;
        Ok(OpenedInput {
            model: read.model,
            order: read.patterns.by_order(),
            patterns: read.patterns.set.clone().into(),
            read: Some(read.patterns),
            notes: read.notes,
        })
    }
}

impl Reading {
    /// Adds the preparation of the training patterns of a model, unless these options already
    /// contain a preparation.
    ///
    /// # Errors
    /// [`Error::Reading`] if the model states a step that this version does not know.
    pub fn prepare_like(&mut self, model: &Autoencoder) -> Result<()> {
        if self.steps.is_empty() {
            self.steps = training_steps(model)?;
        }
        Ok(())
    }
}

/// Returns the options with which patterns are read for a model, so that they are prepared in the same
/// way as its training patterns. Steps that a file states as already done are not done again.
///
/// The steps of the argument `reading` are not used. With [`Reading::resample`], patterns with other
/// angles are interpolated to [`Reading::grid`] or to the grid of the model.
///
/// # Errors
/// [`Error::Reading`] if the model states a step that this version does not know.
pub fn options_as_trained(model: &Autoencoder, reading: &Reading) -> Result<ReadOptions> {
    let options = options(reading, Some(model.grid()), &[]);
    Ok(options
        .with_prepare(training_steps(model)?)
        .with_skip_done(true))
}

/// Returns the preparation of the training patterns of a model.
fn training_steps(model: &Autoencoder) -> Result<Vec<Step>> {
    let steps = model.preparation().iter().map(|text| text.parse());
    let steps: std::result::Result<_, xrd_io::Error> = steps.collect();
    Ok(steps?)
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

/// Returns a note on the preparation that the patterns share with the training patterns.
fn like_training(steps: &[Step]) -> Option<Note> {
    (!steps.is_empty()).then(|| {
        let list = words(steps).join(", ");
        let text = format!("patterns are prepared like the training patterns of the model: {list}");
        Note::new(text, Remedy::Unprepared)
    })
}

/// Returns a note if the patterns were prepared differently from the training patterns.
/// Interpolation is not compared, because the grids are.
fn other_preparation(found: &ReadPatterns, training: &[Step]) -> Option<Note> {
    let of_intensities = |steps: &[Step]| {
        let kept = steps.iter().filter(|s| !matches!(s, Step::Resample(_)));
        words(&kept.copied().collect::<Vec<_>>())
    };
    let (found, training) = (of_intensities(&found.preparation), of_intensities(training));
    (found != training).then(|| {
        let list = |steps: &[String]| match steps {
            [] => "none".to_owned(),
            steps => steps.join(", "),
        };
        let text = format!(
            "preparation of these patterns: {}; of the training patterns of the model: {}",
            list(&found),
            list(&training)
        );
        Note::new(text, Remedy::AsTrained)
    })
}
