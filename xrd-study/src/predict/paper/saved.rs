use super::{PaperPlan, PaperSet, PaperTraining};
use crate::error::Result;
use crate::resumable::{self, Steps};
use crate::session::{Observer, Running, Saving, Stage};

/// Trains a network. The stage [`Stage::Training`] has one step per batch; the steps of epochs that were not needed are done at
/// the end.
///
/// The training is saved in the file [`Saving::path`] and stays there when it is done, so that it is not repeated with
/// [`Saving::resume`].
///
/// # Errors
/// - Any error of [`PaperTraining::new`] and [`PaperTraining::step`].
/// - [`Error::Interrupted`](crate::Error::Interrupted) if the observer stops the training.
/// - [`Error::Unfinished`](crate::Error::Unfinished) if a saved training exists and cannot be continued: it may not be, or it has another
///   plan, or the file is damaged.
/// - [`Error::File`](crate::Error::File) if the file cannot be written or read.
pub fn train(
    plan: &PaperPlan,
    training: &PaperSet,
    validation: &PaperSet,
    saving: &Saving,
    observer: &dyn Observer,
) -> Result<PaperTraining> {
    let running = Running::new(observer, Stage::Training, steps(plan, training));
    train_within(plan, training, validation, saving, observer, &running)
}

/// Number of steps of all epochs.
pub(super) fn steps(plan: &PaperPlan, training: &PaperSet) -> u64 {
    (plan.epochs * training.formulas.len().div_ceil(plan.batch.max(1))) as u64
}

pub(super) fn train_within(
    plan: &PaperPlan,
    training: &PaperSet,
    validation: &PaperSet,
    saving: &Saving,
    observer: &dyn Observer,
    running: &Running<'_>,
) -> Result<PaperTraining> {
    let file = &saving.path;
    let formulas = training.formulas.len();
    let begun = match resumable::saved(file, saving)? {
        None => PaperTraining::new(*plan, formulas)?,
        Some(bytes) => {
            let begun = PaperTraining::from_checkpoint(&bytes);
            let begun = begun.map_err(|e| resumable::damaged(file, &e))?;
            let mut rows = begun.plan().rows(plan);
            let [saved, given] = [begun.formulas(), formulas].map(|n| n.to_string());
            rows.push(("training formulas", saved, given));
            resumable::same_plan(file, &rows)?;
            begun
        }
    };
    let was_done = begun.is_done();
    let mut fed = Fed {
        training: begun,
        parts: [training, validation],
    };
    resumable::finish(&mut fed, file, saving, observer, running)?;
    running.advance(steps(plan, training).saturating_sub(fed.training.steps()));
    if !was_done {
        resumable::save(&fed, file)?;
    }
    Ok(fed.training)
}

/// Training with its formulas.
struct Fed<'a> {
    training: PaperTraining,
    parts: [&'a PaperSet; 2],
}

impl Steps for Fed<'_> {
    fn steps(&self) -> u64 {
        self.training.steps()
    }

    fn is_done(&self) -> bool {
        self.training.is_done()
    }

    fn epochs(&self) -> usize {
        self.training.history().len()
    }

    fn advance(&mut self) -> Result<()> {
        self.training.step(self.parts[0], self.parts[1])
    }

    fn loss(&self) -> f64 {
        self.training.running_loss()
    }

    fn checkpoint(&self) -> Result<Vec<u8>> {
        self.training.checkpoint()
    }
}
