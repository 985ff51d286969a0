//! The patterns of a study with what is known of them: the built-in series, or files.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use xrd_ae::Autoencoder;
use xrd_core::{Labels, PatternSet, TwoThetaGrid};
use xrd_io::prepare::Step;
use xrd_io::{Error, ReadOptions, ReadPatterns, read_patterns};
use xrd_sim::smfe12::{Arrangement, Instrument};

use crate::labelled::Known;
use crate::options::{Input, Question, Reading, Target};
use crate::preparing::Preparing;
use crate::progress;
use crate::targets::check_targets;

/// Patterns and labels in one order.
pub(crate) struct Dataset {
    pub(crate) set: PatternSet,
    pub(crate) labels: Labels,
    /// The sample of each pattern: repeats of one sample share a name.
    pub(crate) groups: Vec<String>,
    /// Where the patterns come from.
    pub(crate) origin: Origin,
    /// What was done to the patterns as they were read.
    pub(crate) preparation: Vec<String>,
    /// What a user should know of how the files were read.
    pub(crate) notes: Vec<String>,
}

/// Where patterns come from.
pub(crate) enum Origin {
    /// The built-in series, as this instrument sees it.
    Series {
        instrument: Instrument,
        arrangements: Vec<Arrangement>,
    },
    /// Files of the user.
    Files,
}

impl Dataset {
    /// Arrangements of the built-in series, simulated.
    pub(crate) fn series(instrument: Instrument, arrangements: Vec<Arrangement>) -> Result<Self> {
        let bar = progress::bar("simulating", arrangements.len() as u64);
        let (set, labels) = instrument.patterns(&arrangements, || bar.inc(1))?;
        bar.finish_and_clear();
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

    /// Patterns from files, joined with a table of labels.
    pub(crate) fn files(input: &Input, known: &Known<'_>) -> Result<Self> {
        let read = read(&input.patterns, &input.reading, None, &[known.table])?;
        let labelled = known.of(&read)?;
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
}

impl Dataset {
    /// The set without the patterns of some values, and those patterns, value by value.
    ///
    /// # Errors
    /// For a value that no pattern has, or where none would be left.
    pub(crate) fn leave_out(self, targets: &[Target]) -> Result<(Self, Vec<LeftOut>)> {
        check_targets(targets, self.labels.columns())?;
        let mut left_out = Vec::new();
        let mut keep = vec![true; self.set.len()];
        for target in targets {
            let column = self.labels.column(&target.column).unwrap_or_default();
            let rows: Vec<usize> = (0..column.len())
                .filter(|&i| column[i] == target.value)
                .collect();
            if rows.is_empty() {
                bail!("--leave-out {target}: no pattern has this value");
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
            bail!("--leave-out: no pattern would be left");
        }
        let data = Self {
            set: self.set.select(&kept)?,
            labels: self.labels.select(&kept),
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
            preparation: self.preparation,
            notes: self.notes,
        };
        Ok((data, left_out))
    }
}

/// Patterns of a value of a label that no network sees.
pub(crate) struct LeftOut {
    pub(crate) target: Target,
    pub(crate) patterns: Vec<Vec<f32>>,
}

/// Reads patterns; those on other angles than `grid`, else than the first, are interpolated where
/// the user asked for it.
pub(crate) fn read(
    path: &Path,
    reading: &Reading,
    grid: Option<&TwoThetaGrid>,
    exclude: &[&Path],
) -> Result<ReadPatterns> {
    let mut options = ReadOptions {
        axis: reading.axis.clone(),
        prepare: reading.preparing.steps(),
        resample: grid.filter(|_| reading.resample).copied(),
        exclude: exclude.iter().map(|p| p.to_path_buf()).collect(),
        ..ReadOptions::default()
    };
    match read_patterns(path, &options) {
        Err(Error::DifferentAxes { first_grid, .. }) if reading.resample => {
            options.resample = Some(first_grid);
            refuse_blank(read_patterns(path, &options)?)
        }
        read => refuse_blank(read?),
    }
}

/// Refuses patterns that are zero throughout, of which nothing can be told.
fn refuse_blank(read: ReadPatterns) -> Result<ReadPatterns> {
    let set = &read.set;
    let blank = (0..set.len()).find(|&i| set.intensities(i).iter().all(|v| *v == 0.0));
    match blank {
        Some(i) => bail!("pattern '{}': zero at all angles", set.names()[i]),
        None => Ok(read),
    }
}

/// Reads a model; what is wrong with it is told with the name of the file.
pub(crate) fn load(path: &Path) -> Result<Autoencoder> {
    Autoencoder::load(path).map_err(|error| match error {
        xrd_ae::Error::Io { .. } => error.into(),
        _ => anyhow::Error::from(error).context(path.display().to_string()),
    })
}

/// The texts of steps of preparation.
pub(crate) fn words(steps: &[Step]) -> Vec<String> {
    steps.iter().map(Step::to_string).collect()
}

/// A model, and patterns that fit it: those on other angles are refused, or interpolated where
/// the user asked for it.
pub(crate) fn read_for(
    question: &Question,
    labels: Option<&Path>,
) -> Result<(Autoencoder, ReadPatterns)> {
    let (model, found, notes) = read_with_notes(question, labels)?;
    for note in notes {
        eprintln!("note: {note}");
    }
    Ok((model, found))
}

/// The same, with what a user should know of it.
pub(crate) fn read_with_notes(
    question: &Question,
    labels: Option<&Path>,
) -> Result<(Autoencoder, ReadPatterns, Vec<String>)> {
    let model = load(&question.model)?;
    let reading = reading_for(&model, question)?;
    let exclude: Vec<&Path> = labels.into_iter().collect();
    let patterns = &question.input.patterns;
    let found = read(patterns, &reading, Some(model.grid()), &exclude)?;
    check_fits(&found.set, &model).map_err(|error| {
        let is_other = !question.as_trained && !model.preparation().is_empty();
        let hint = ", or prepare them as the model's: --as-trained";
        let hint = if is_other { hint } else { "" };
        anyhow!("{error}{hint}")
    })?;
    let mut notes = notes(&found);
    notes.extend(other_preparation(&found, &model));
    Ok((model, found, notes))
}

/// How patterns for a model are read: as asked, with the model's preparation where that is asked.
fn reading_for(model: &Autoencoder, question: &Question) -> Result<Reading> {
    let mut reading = question.input.reading.clone();
    if !question.as_trained {
        return Ok(reading);
    }
    if let Some(step) = reading.preparing.steps().first() {
        bail!("{step} and --as-trained are both asked for");
    }
    let steps: Result<_, Error> = model
        .preparation()
        .iter()
        .map(|text| text.parse())
        .collect();
    let steps = steps.with_context(|| question.model.display().to_string())?;
    reading.preparing = Preparing::exactly(steps);
    Ok(reading)
}

/// What a user should know where patterns were prepared otherwise than those of the model.
fn other_preparation(found: &ReadPatterns, model: &Autoencoder) -> Option<String> {
    let found = words(&found.preparation);
    (found != model.preparation()).then(|| {
        let said = |steps: &[String]| match steps {
            [] => "nothing".to_owned(),
            steps => steps.join(", "),
        };
        format!(
            "done to these patterns: {}; to those of the model: {} (--as-trained does the same)",
            said(&found),
            said(model.preparation())
        )
    })
}

/// One sentence a file left out, and what else the reader has to say.
pub(crate) fn notes(read: &ReadPatterns) -> Vec<String> {
    let skipped = read
        .skipped
        .iter()
        .map(|(_, why)| format!("left out: {why}"));
    skipped.chain(read.warnings.iter().cloned()).collect()
}

/// Fails where patterns do not fit a model: another grid or another wavelength.
pub(crate) fn check_fits(set: &PatternSet, model: &Autoencoder) -> Result<()> {
    if !set.grid().same_as(model.grid()) {
        bail!(
            "patterns have {} but the model was trained on {} (--resample interpolates)",
            set.grid(),
            model.grid()
        );
    }
    match (set.wavelength(), model.wavelength()) {
        (Some(found), Some(expected)) if !found.same_as(expected) => {
            bail!("patterns were measured at {found} but the model was trained at {expected}")
        }
        _ => Ok(()),
    }
}
