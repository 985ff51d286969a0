//! Patterns with or without labels: the built-in series, or files.

mod classes;
mod date;
mod label_source;
mod labelled;
mod model_input;
mod patterns;
mod scales;
mod training_patterns;
mod variables;

use std::path::{Path, PathBuf};

use xrd_core::{Labels, TwoThetaGrid};
use xrd_io::prepare::Step;
use xrd_io::{ByOrder, Facts, ReadOptions, ReadPatterns, read_patterns};
use xrd_sim::Instrument;
use xrd_sim::smfe12::{self, Arrangement, paper_set};

use crate::composition;
use crate::digest::digest;
use crate::error::{Error, Result};
use crate::experiment::{DataSource, Experiment, LabelledFiles, Reading, SeriesChoice, Target};
use crate::generation::check_label;
use crate::known_points::check_label_names;
use crate::note::Note;
use crate::session::{Observer, Running, Stage};
use training_patterns::from_disk;

use label_source::stated_samples;
use scales::about_scales;

pub use classes::Classes;
pub use label_source::LabelSource;
pub(crate) use label_source::labels_of;
pub use labelled::{LabelChoice, Labelled};
pub use model_input::{
    LoadedInput, ModelInput, OpenedInput, check_fits, load_model, options_as_trained,
};
pub use patterns::Patterns;
pub use training_patterns::TrainingPatterns;
pub(crate) use variables::Variable;

/// Largest size in bytes of patterns that are kept in memory, if they can stay on disk.
const MOST_IN_MEMORY: u64 = 1 << 30;
/// The group that stands for the sample that files state.
const STATED_SAMPLE: &str = "header:sample";

/// Patterns with their labels.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Dataset {
    /// The patterns. Large sets stay on disk.
    pub set: Patterns,
    /// The labels, one row per pattern. Without columns if there are no numeric labels.
    pub labels: Labels,
    /// Labels that are text, such as the name of the phase.
    pub classes: Vec<Classes>,
    /// Name of the sample of each pattern. Repeated patterns of one sample have the same name.
    pub groups: Vec<String>,
    /// Origin of the patterns.
    pub origin: Origin,
    /// Preparation steps that were applied when the patterns were read, in order.
    pub preparation: Vec<String>,
    /// Notes on how the files were read.
    pub notes: Vec<Note>,
    /// Facts that the files state, one entry per pattern. Empty if the patterns were not read from
    /// files, or stay on disk.
    pub(crate) facts: Vec<Facts>,
    /// Columns of the table of labels that are numbers and not labels.
    pub(crate) variables: Vec<Variable>,
}

/// Origin of the patterns of a dataset.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Origin {
    /// Simulation of the [built-in series](DataSource::Series).
    #[non_exhaustive]
    Series {
        /// Simulated instrument.
        instrument: Instrument,
        /// Arrangement of atoms of each pattern.
        arrangements: Vec<Arrangement>,
    },
    /// Patterns of the user, from files or from memory.
    Files,
}

/// Patterns that were removed from a dataset because of the value of a label.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Label and value of the patterns.
    pub target: Target,
    /// Intensities of each pattern.
    pub patterns: Vec<Vec<f32>>,
}

impl Dataset {
    /// Returns a dataset of patterns with labels. Each pattern is a sample of its own.
    ///
    /// # Errors
    /// [`Error::LabelCount`] if the number of rows of labels differs from the number of patterns,
    /// [`Error::LabelName`] if the name of a label clashes with a column of `latent.csv`.
    pub fn new(set: impl Into<Patterns>, labels: Labels) -> Result<Self> {
        let set = set.into();
        let (patterns, rows) = (set.len(), labels.len());
        if patterns != rows {
            return Err(Error::LabelCount { patterns, rows });
        }
        check_label_names(labels.columns())?;
        Ok(Self {
            groups: set.names().to_vec(),
            set,
            labels,
            classes: Vec::new(),
            origin: Origin::Files,
            preparation: Vec::new(),
            notes: Vec::new(),
            facts: Vec::new(),
            variables: Vec::new(),
        })
    }

    /// Returns a dataset of patterns without labels.
    pub fn unlabelled(set: impl Into<Patterns>) -> Self {
        let set = set.into();
        Self {
            groups: set.names().to_vec(),
            labels: Labels::none(set.len()),
            classes: Vec::new(),
            origin: Origin::Files,
            preparation: Vec::new(),
            notes: Vec::new(),
            facts: Vec::new(),
            variables: Vec::new(),
            set,
        }
    }

    /// Returns the labels if there are any.
    ///
    /// # Errors
    /// [`Error::Unlabelled`] if the patterns have no numeric labels.
    pub fn require_labels(&self) -> Result<&Labels> {
        match self.labels.columns() {
            [] => Err(Error::Unlabelled),
            _ => Ok(&self.labels),
        }
    }

    /// Reads or simulates the patterns of a source. Uses the current rayon thread pool.
    ///
    /// # Errors
    /// [`Error::Reading`], [`Error::Blank`], [`Error::NoColumn`] and [`Error::LabelName`] for
    /// files; [`Error::Simulation`] for the built-in series.
    pub fn load(source: &DataSource, observer: &dyn Observer) -> Result<Self> {
        match source {
            DataSource::Series { fwhm_deg, seed } => {
                let instrument = smfe12::instrument(*fwhm_deg)?;
                Self::series(instrument, paper_set(*seed)?, observer)
            }
            DataSource::Files(files) => Self::files(files, None),
        }
    }

    /// Reads or simulates the patterns of an experiment. Columns of the table of labels with the names
    /// `x` and `y` may be variables of its [series](Experiment::series), though they cannot be
    /// labels. Adds a note if several variables of a series are possible.
    ///
    /// # Errors
    /// Any error of [`load`](Self::load).
    pub fn load_for(experiment: &Experiment, observer: &dyn Observer) -> Result<Self> {
        let mut data = match &experiment.data {
            DataSource::Files(files) => Self::files(files, Some(&experiment.series))?,
            source => Self::load(source, observer)?,
        };
        let note = crate::series::ambiguous(&experiment.series, &data);
        data.notes.extend(note);
        Ok(data)
    }

    /// Simulates patterns of the [built-in series](DataSource::Series), one per arrangement of
    /// atoms.
    ///
    /// # Errors
    /// [`Error::Simulation`] if a pattern cannot be simulated.
    pub fn series(
        instrument: Instrument,
        arrangements: Vec<Arrangement>,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let running = Running::new(observer, Stage::Simulating, arrangements.len() as u64);
        let (set, labels) = smfe12::patterns(&instrument, &arrangements, || running.advance(1))?;
        Ok(Self {
            groups: set.names().to_vec(),
            set: set.into(),
            labels,
            classes: Vec::new(),
            origin: Origin::Series {
                instrument,
                arrangements,
            },
            preparation: Vec::new(),
            notes: Vec::new(),
            facts: Vec::new(),
            variables: Vec::new(),
        })
    }

    /// Reads patterns from files, with labels from a table and from facts that the files state.
    fn files(files: &LabelledFiles, series: Option<&SeriesChoice>) -> Result<Self> {
        let by_file = files.group.as_deref() == Some(STATED_SAMPLE);
        let mut choice = LabelChoice::default()
            .with_columns(&files.label_columns)
            .with_facts(&files.labels_from);
        choice.table = files.labels.as_deref();
        choice.series = series;
        choice.group = files.group.as_deref().filter(|_| !by_file);
        if let (Some((set, order)), true) = (
            large(&files.patterns, &files.reading)?,
            files.labels_from.is_empty() && !by_file,
        ) {
            let labelled = choice.read_names(set.names(), order)?;
            let notes = from_disk(&files.patterns).into_iter();
            return Ok(Self {
                groups: labelled.groups.unwrap_or_else(|| set.names().to_vec()),
                labels: labelled.labels,
                classes: labelled.classes,
                origin: Origin::Files,
                preparation: Vec::new(),
                notes: notes.chain(labelled.notes).collect(),
                facts: Vec::new(),
                variables: labelled.variables,
                set,
            });
        }
        let exclude: Vec<&Path> = files.labels.as_deref().into_iter().collect();
        let read = read(&files.patterns, &files.reading, None, &exclude)?;
        let labelled = choice.read_for(&read)?;
        let groups = match by_file {
            true => Some(stated_samples(&read)?),
            false => labelled.groups,
        };
        let mut notes = notes(&read);
        notes.extend(labelled.notes);
        notes.extend(about_scales(&read, groups.as_deref()));
        Ok(Self {
            groups: groups.unwrap_or_else(|| read.set.names().to_vec()),
            labels: labelled.labels,
            classes: labelled.classes,
            origin: Origin::Files,
            preparation: words(&read.preparation),
            notes,
            facts: read.facts,
            variables: labelled.variables,
            set: read.set.into(),
        })
    }

    /// Returns the index of the category of each pattern, and the names of the categories
    /// ([`composition::categories_of`]).
    pub fn categories(&self) -> (Vec<usize>, Vec<String>) {
        composition::categories_of(&self.classes, &self.labels)
    }

    /// Returns a text with all labels of a pattern ([`composition::describe`]).
    pub fn describe(&self, pattern: usize) -> String {
        composition::describe(&self.classes, &self.labels, pattern)
    }

    /// Removes the patterns with given label values. Returns the remaining dataset, and the removed
    /// patterns as one [`LeftOut`] per value.
    ///
    /// # Errors
    /// [`Error::NoLabel`] for an unknown label, [`Error::NoPatternOf`] for a value that no pattern
    /// has, [`Error::NothingLeft`] if no pattern remains.
    pub fn leave_out(self, targets: &[Target]) -> Result<(Self, Vec<LeftOut>)> {
        let columns = self.labels.columns();
        targets.iter().try_for_each(|t| check_label(t, columns))?;
        let mut left_out = Vec::new();
        let mut keep = vec![true; self.set.len()];
        for target in targets {
            let column = self.labels.column(&target.column).unwrap_or_default();
            let rows: Vec<usize> = (0..column.len())
                .filter(|&i| column[i] == target.value)
                .collect();
            if rows.is_empty() {
                let target = target.clone();
                return Err(Error::NoPatternOf { target });
            }
            rows.iter().for_each(|&i| keep[i] = false);
            let intensities = |&i: &usize| Ok(self.set.intensities(i)?.into_owned());
            left_out.push(LeftOut {
                target: target.clone(),
                patterns: rows.iter().map(intensities).collect::<Result<_>>()?,
            });
        }
        if targets.is_empty() {
            return Ok((self, left_out));
        }
        let kept: Vec<usize> = (0..keep.len()).filter(|&i| keep[i]).collect();
        if kept.is_empty() {
            return Err(Error::NothingLeft);
        }
        Ok((self.selected(&kept)?, left_out))
    }

    /// Returns lines of text that identify the patterns, the labels and the version of the program.
    pub(crate) fn digest_lines(&self) -> Result<String> {
        let set = &self.set;
        let labels = self.labels.rows().flatten().map(|v| v.to_bits());
        let names = set
            .names()
            .iter()
            .chain(&self.groups)
            .flat_map(|n| n.bytes().map(u64::from));
        Ok(format!(
            "version {}\npatterns {} of {}, {:016x}\nlabels {:?}, {:016x}\nnames {:016x}\n",
            env!("CARGO_PKG_VERSION"),
            set.len(),
            set.grid(),
            set.digest()?,
            self.labels.columns(),
            digest(labels),
            digest(names),
        ))
    }

    /// Returns the patterns with these indices, in this order.
    pub(crate) fn selected(&self, kept: &[usize]) -> Result<Self> {
        Ok(Self {
            set: self.set.select(kept)?.into(),
            labels: self.labels.select(kept),
            classes: self.classes.iter().map(|c| c.select(kept)).collect(),
            groups: kept.iter().map(|&i| self.groups[i].clone()).collect(),
            origin: match &self.origin {
                Origin::Files => Origin::Files,
                Origin::Series {
                    instrument,
                    arrangements,
                } => Origin::Series {
                    instrument: *instrument,
                    arrangements: kept.iter().map(|&i| arrangements[i].clone()).collect(),
                },
            },
            preparation: self.preparation.clone(),
            notes: self.notes.clone(),
            facts: match self.facts[..] {
                [] => Vec::new(),
                _ => kept.iter().map(|&i| self.facts[i].clone()).collect(),
            },
            variables: self.variables.iter().map(|v| v.select(kept)).collect(),
        })
    }
}

/// Returns the patterns if they are so many that they stay on disk, and need no preparation. Returns
/// also how their labels are matched.
fn large(patterns: &Path, reading: &Reading) -> Result<Option<(Patterns, ByOrder)>> {
    if !patterns::needs_no_preparation(reading) || reading.axis.is_some() || reading.resample {
        return Ok(None);
    }
    let order = match patterns.is_dir() {
        true => ByOrder::WithoutNames,
        false => ByOrder::Always,
    };
    let found = Patterns::on_disk(patterns, reading, MOST_IN_MEMORY)?;
    Ok(found.map(|found| (found, order)))
}

/// Reads patterns from a file or folder.
///
/// With [`Reading::resample`], patterns with other angles are interpolated to [`Reading::grid`], to
/// the argument `grid`, or to a grid over the range that all of them cover. If a folder is read, the
/// files in the argument `exclude` are skipped.
///
/// # Errors
/// [`Error::Reading`] if the patterns cannot be read, [`Error::Blank`] for a pattern that is zero
/// at all angles.
pub fn read(
    path: &Path,
    reading: &Reading,
    grid: Option<&TwoThetaGrid>,
    exclude: &[&Path],
) -> Result<ReadPatterns> {
    let options = options(reading, grid, exclude);
    refuse_blank(read_patterns(path, &options)?)
}

/// Returns the options with which [`read`] reads.
fn options(reading: &Reading, grid: Option<&TwoThetaGrid>, exclude: &[&Path]) -> ReadOptions {
    let grid = reading.grid.as_ref().or(grid);
    ReadOptions::default()
        .with_axis(reading.axis.clone())
        .with_axis_kind(reading.axis_kind.clone())
        .with_wavelength(reading.wavelength)
        .with_prepare(reading.steps.clone())
        .with_resample(grid.filter(|_| reading.resample).copied())
        .with_common_grid(reading.resample)
        .with_exclude(paths(exclude))
}

fn paths(files: &[&Path]) -> Vec<PathBuf> {
    files.iter().map(|p| p.to_path_buf()).collect()
}

/// Refuses patterns that are zero at all angles.
fn refuse_blank(read: ReadPatterns) -> Result<ReadPatterns> {
    let set = &read.set;
    let blank = (0..set.len()).find(|&i| set.intensities(i).iter().all(|v| *v == 0.0));
    match blank {
        Some(i) => Err(Error::Blank {
            pattern: set.names()[i].clone(),
        }),
        None => Ok(read),
    }
}

/// Returns the steps of a preparation as text.
pub(crate) fn words(steps: &[Step]) -> Vec<String> {
    steps.iter().map(Step::to_string).collect()
}

/// Returns notes on how patterns were read: one note per skipped file and one per warning.
pub fn notes(read: &ReadPatterns) -> Vec<Note> {
    let skipped = read
        .skipped
        .iter()
        .map(|(_, why)| format!("skipped: {why}"));
    let texts = skipped.chain(read.warnings.iter().cloned());
    texts.map(Note::from).collect()
}
