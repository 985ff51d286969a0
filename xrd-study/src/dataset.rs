//! The patterns of an experiment with their labels: the built-in series, or files.

mod for_model;
mod labelled;
mod training_patterns;

use std::path::Path;

use xrd_core::{Labels, PatternSet, TwoThetaGrid};
use xrd_io::prepare::Step;
use xrd_io::{ReadOptions, ReadPatterns, read_patterns};
use xrd_sim::smfe12::{Arrangement, Instrument, paper_set};

use crate::digest::digest;
use crate::error::{Error, Result};
use crate::experiment::{DataSource, Reading, Target};
use crate::generation::check_targets;
use crate::note::Note;
use crate::session::{Observer, Running, Stage};

pub use for_model::{ForModel, Question, check_fits, load_model};
pub use labelled::{LabelChoice, Labelled};
pub use training_patterns::TrainingPatterns;

/// Patterns and labels in one order.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// The patterns.
    pub set: PatternSet,
    /// Their labels, one row per pattern.
    pub labels: Labels,
    /// Sample of each pattern: repeats of one sample share a name.
    pub groups: Vec<String>,
    /// Where the patterns come from.
    pub origin: Origin,
    /// Preparation of the patterns while they were read, in order.
    pub preparation: Vec<String>,
    /// Notes on how the files were read.
    pub notes: Vec<Note>,
}

/// Where patterns come from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Origin {
    /// The built-in series, as this instrument sees it.
    Series {
        /// The instrument.
        instrument: Instrument,
        /// The arrangement of atoms behind each pattern.
        arrangements: Vec<Arrangement>,
    },
    /// Files of the user.
    Files,
}

/// Patterns of a value of a label that no network sees.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// Label and value.
    pub target: Target,
    /// Intensities of each pattern.
    pub patterns: Vec<Vec<f32>>,
}

impl Dataset {
    /// Reads or simulates the patterns, in the rayon pool it is called in.
    ///
    /// # Errors
    /// Those of reading patterns and labels ([`Error::Reading`], [`Error::Blank`],
    /// [`Error::NoColumn`], [`Error::LabelName`]) and of simulation ([`Error::Simulation`]).
    pub fn load(source: &DataSource, observer: &dyn Observer) -> Result<Self> {
        match source {
            DataSource::Series { fwhm_deg, seed } => {
                let instrument = Instrument::paper(*fwhm_deg)?;
                Self::series(instrument, paper_set(*seed)?, observer)
            }
            DataSource::Files {
                patterns,
                labels,
                group,
                label_columns,
                reading,
            } => {
                let choice = LabelChoice {
                    table: labels,
                    group: group.as_deref(),
                    columns: label_columns,
                };
                Self::files(patterns, reading, &choice)
            }
        }
    }

    /// Simulates arrangements of the built-in series.
    ///
    /// # Errors
    /// [`Error::Simulation`].
    pub fn series(
        instrument: Instrument,
        arrangements: Vec<Arrangement>,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let running = Running::new(observer, Stage::Simulating, arrangements.len() as u64);
        let (set, labels) = instrument.patterns(&arrangements, || running.advance(1))?;
        Ok(Self {
            groups: set.names().to_vec(),
            set,
            labels,
            origin: Origin::Series {
                instrument,
                arrangements,
            },
            preparation: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// Reads patterns from files and matches them with a table of labels.
    fn files(patterns: &Path, reading: &Reading, choice: &LabelChoice<'_>) -> Result<Self> {
        let read = read(patterns, reading, None, &[choice.table])?;
        let labelled = choice.of(&read)?;
        let mut notes = notes(&read);
        notes.extend(labelled.notes);
        Ok(Self {
            groups: labelled.groups.unwrap_or_else(|| read.set.names().to_vec()),
            labels: labelled.labels,
            origin: Origin::Files,
            preparation: words(&read.preparation),
            notes,
            set: read.set,
        })
    }

    /// The set without the patterns of some values, and those patterns, value by value.
    ///
    /// # Errors
    /// [`Error::NoLabel`], [`Error::NoPatternOf`] for a value that no pattern has,
    /// [`Error::NothingLeft`].
    pub fn leave_out(self, targets: &[Target]) -> Result<(Self, Vec<LeftOut>)> {
        check_targets(targets, self.labels.columns())?;
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
            left_out.push(LeftOut {
                target: target.clone(),
                patterns: rows
                    .iter()
                    .map(|&i| self.set.intensities(i).to_vec())
                    .collect(),
            });
        }
        if targets.is_empty() {
            return Ok((self, left_out));
        }
        let kept: Vec<usize> = (0..keep.len()).filter(|&i| keep[i]).collect();
        if kept.is_empty() {
            return Err(Error::NothingLeft);
        }
        Ok((self.select(&kept)?, left_out))
    }

    /// Lines that differ for other patterns, labels or versions of the program.
    pub(crate) fn digest_lines(&self) -> String {
        let set = &self.set;
        let intensities = set.block().iter().map(|v| u64::from(v.to_bits()));
        let labels = self.labels.rows().flatten().map(|v| v.to_bits());
        let names = set
            .names()
            .iter()
            .chain(&self.groups)
            .flat_map(|n| n.bytes().map(u64::from));
        format!(
            "version {}\npatterns {} of {}, {:016x}\nlabels {:?}, {:016x}\nnames {:016x}\n",
            env!("CARGO_PKG_VERSION"),
            set.len(),
            set.grid(),
            digest(intensities),
            self.labels.columns(),
            digest(labels),
            digest(names),
        )
    }

    /// Some of the patterns, in the order given.
    fn select(self, kept: &[usize]) -> Result<Self> {
        Ok(Self {
            set: self.set.select(kept)?,
            labels: self.labels.select(kept),
            groups: kept.iter().map(|&i| self.groups[i].clone()).collect(),
            origin: match self.origin {
                Origin::Files => Origin::Files,
                Origin::Series {
                    instrument,
                    arrangements,
                } => Origin::Series {
                    instrument,
                    arrangements: kept.iter().map(|&i| arrangements[i].clone()).collect(),
                },
            },
            ..self
        })
    }
}

/// Reads patterns. With [`Reading::resample`] those on other angles than `grid`, or than the first
/// pattern where there is none, are interpolated. Files of `exclude` in a folder are not read.
///
/// # Errors
/// [`Error::Reading`], and [`Error::Blank`] for a pattern that is zero at all angles.
pub fn read(
    path: &Path,
    reading: &Reading,
    grid: Option<&TwoThetaGrid>,
    exclude: &[&Path],
) -> Result<ReadPatterns> {
    let mut options = ReadOptions::default()
        .with_axis(reading.axis.clone())
        .with_prepare(reading.steps.clone())
        .with_resample(grid.filter(|_| reading.resample).copied())
        .with_exclude(exclude.iter().map(|p| p.to_path_buf()).collect::<Vec<_>>());
    match read_patterns(path, &options) {
        Err(xrd_io::Error::DifferentAxes { first_grid, .. }) if reading.resample => {
            options.resample = Some(first_grid);
            refuse_blank(read_patterns(path, &options)?)
        }
        read => refuse_blank(read?),
    }
}

/// Refuses patterns that are zero at all angles, which hold no information.
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

/// Steps of preparation as text.
pub(crate) fn words(steps: &[Step]) -> Vec<String> {
    steps.iter().map(Step::to_string).collect()
}

/// One sentence per skipped file, and the warnings of the reader.
pub fn notes(read: &ReadPatterns) -> Vec<Note> {
    let skipped = read
        .skipped
        .iter()
        .map(|(_, why)| format!("left out: {why}"));
    let texts = skipped.chain(read.warnings.iter().cloned());
    texts.map(Note::from).collect()
}
