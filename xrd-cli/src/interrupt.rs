//! Ctrl-C and other requests to end the program. Unfinished output is removed, finished output
//! stays, and trainings that can be resumed are saved first.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard};

use anyhow::Result;
use xrd_study::UnfinishedOutput;

/// Status after Ctrl-C, by the shell's convention of 128 + signal number.
pub(crate) const INTERRUPTED: u8 = 130;

/// Number of running trainings that are saved before the program ends.
static SAVERS: AtomicUsize = AtomicUsize::new(0);

/// Whether the program has been asked to end.
static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Saves finished work whose results are not written yet. Returns where it is saved.
type Save = Box<dyn FnOnce() -> Result<PathBuf> + Send>;

/// Work to save when the program is asked to end.
static KEPT: Mutex<Option<Save>> = Mutex::new(None);

/// Files to remove when the program is asked to end.
static UNFINISHED: LazyLock<UnfinishedOutput> = LazyLock::new(UnfinishedOutput::default);

/// Files to remove when the program is asked to end.
pub(crate) fn unfinished() -> &'static UnfinishedOutput {
    &UNFINISHED
}

/// Handles Ctrl-C, and turns a file-size limit from a kill into a write error.
pub(crate) fn install() -> Result<()> {
    #[cfg(unix)]
    {
        let seen = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen)?;
    }
    ctrlc::set_handler(|| {
        // A second Ctrl-C does not wait for the save.
        if !REQUESTED.swap(true, Ordering::SeqCst) && SAVERS.load(Ordering::SeqCst) > 0 {
            return;
        }
        // The lock is held until the end, so that the results are not put in place at the same time.
        let mut kept = kept();
        match kept.take().map(|save| save()) {
            Some(Ok(place)) => {
                let place = place.display();
                eprintln!(
                    "xrd: interrupted; saved in {place}; to continue: {}",
                    again()
                );
            }
            Some(Err(error)) => eprintln!("xrd: interrupted, and nothing was saved: {error:#}"),
            None => eprintln!("xrd: interrupted"),
        }
        UNFINISHED.abandon();
        std::process::exit(INTERRUPTED.into());
    })?;
    Ok(())
}

/// Whether the program has been asked to end. Callers of [`save_first`] must check this.
pub(crate) fn is_requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// Leaves the first request to end to the caller, until [`saved`] is called.
pub(crate) fn save_first() {
    SAVERS.fetch_add(1, Ordering::SeqCst);
}

/// Ends what [`save_first`] began: the caller has nothing left to save.
pub(crate) fn saved() {
    SAVERS.fetch_sub(1, Ordering::SeqCst);
}

fn kept() -> MutexGuard<'static, Option<Save>> {
    KEPT.lock().unwrap_or_else(|e| e.into_inner())
}

/// Calls `save` when the program is asked to end, until [`release`] is called.
pub(crate) fn keep(save: impl FnOnce() -> Result<PathBuf> + Send + 'static) {
    *kept() = Some(Box::new(save));
}

/// Ends what [`keep`] began. Does not return if the program has been asked to end.
pub(crate) fn release() {
    *kept() = None;
}

/// The command line that continues the saved work.
pub(crate) fn again() -> String {
    let mut words: Vec<String> = std::env::args().map(|word| quoted(&word)).collect();
    if !words.iter().any(|word| word == "--resume") {
        words.push("--resume".to_owned());
    }
    words.join(" ")
}

/// A word, quoted for a shell if necessary.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_split_them() {
        assert_eq!(quoted("scans/a-1.xy"), "scans/a-1.xy");
        assert_eq!(quoted("my scans"), "'my scans'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
