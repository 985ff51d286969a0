//! Trainings that are saved when they are stopped, and continued.

use std::path::Path;
use std::time::Instant;

use crate::error::{Error, Result, UnfinishedError};
use crate::session::{Observer, Running, SaveInterval, Saving};

/// Number of steps between two reports of the loss.
const REPORTED: u64 = 10;

/// Training of one step after the other.
pub(crate) trait Steps {
    /// Number of steps so far.
    fn steps(&self) -> u64;
    /// Whether the last step was taken.
    fn is_done(&self) -> bool;
    /// Number of finished epochs.
    fn epochs(&self) -> usize;
    /// Takes the next step.
    fn advance(&mut self) -> Result<()>;
    /// Mean loss of the last steps.
    fn loss(&self) -> f64;
    /// Bytes from which the training goes on.
    fn checkpoint(&self) -> Result<Vec<u8>>;
}

/// Takes all steps that are left, and saves the training in `file` as `saving` says.
///
/// # Errors
/// Any error of a step. [`Error::Interrupted`] if the observer stops the training. [`Error::File`] if the file cannot be
/// written.
pub(crate) fn finish(
    training: &mut impl Steps,
    file: &Path,
    saving: &Saving,
    observer: &dyn Observer,
    running: &Running<'_>,
) -> Result<()> {
    running.advance(training.steps());
    let (mut saved_at, mut epochs) = (Instant::now(), training.epochs());
    while !training.is_done() {
        training.advance()?;
        running.advance(1);
        if training.steps().is_multiple_of(REPORTED) {
            observer.loss(training.loss());
        }
        if observer.should_stop() {
            save(training, file)?;
            let saved = saving.path.clone();
            return Err(Error::Interrupted { saved });
        }
        let is_due = match saving.interval {
            None => false,
            Some(SaveInterval::Epochs(n)) => training.epochs() >= epochs + n,
            Some(SaveInterval::Seconds(s)) => saved_at.elapsed().as_secs_f64() >= s,
        };
        if is_due {
            save(training, file)?;
            (saved_at, epochs) = (Instant::now(), training.epochs());
        }
    }
    Ok(())
}

/// Writes a training to a file.
pub(crate) fn save(training: &impl Steps, file: &Path) -> Result<()> {
    let bytes = training.checkpoint()?;
    Ok(xrd_io::write::atomically(file, |f| f.write_all(&bytes))?)
}

/// The bytes of a saved training, or `None` if there is none.
///
/// # Errors
/// [`Error::Unfinished`] if there is one and it may not be continued. [`Error::File`] if it cannot be read.
pub(crate) fn saved(file: &Path, saving: &Saving) -> Result<Option<Vec<u8>>> {
    match std::fs::read(file) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::file(file, e)),
        Ok(bytes) if saving.resume => Ok(Some(bytes)),
        Ok(_) => {
            let (path, kind) = (saving.path.clone(), "training");
            Err(UnfinishedError::NotResumed { path, kind }.into())
        }
    }
}

/// The error for a saved training that cannot be read.
pub(crate) fn damaged(file: &Path, error: &dyn std::error::Error) -> Error {
    let (path, reason) = (file.to_owned(), error.to_string());
    UnfinishedError::Damaged { path, reason }.into()
}

/// A name, its value in the saved plan, and its value in the given plan.
pub(crate) type Row = (&'static str, String, String);

/// Compares a saved plan with the given one.
///
/// # Errors
/// [`Error::Unfinished`] that names the first row with different values.
pub(crate) fn same_plan(file: &Path, rows: &[Row]) -> Result<()> {
    match rows.iter().find(|(_, saved, given)| saved != given) {
        None => Ok(()),
        Some((name, saved, given)) => {
            let [saved, given] = [saved, given].map(|value| format!("{name} {value}"));
            let path = file.to_owned();
            Err(UnfinishedError::Settings { path, saved, given }.into())
        }
    }
}
