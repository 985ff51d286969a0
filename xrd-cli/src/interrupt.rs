//! Ctrl-C and other requests to end: unfinished output is removed, finished output stays, and
//! trainings that can be gone on with are saved first.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Result;

/// Status after Ctrl-C, by the shell's convention of 128 + signal number.
pub(crate) const INTERRUPTED: u8 = 130;

/// Trainings that save themselves before the program ends.
static SAVERS: AtomicUsize = AtomicUsize::new(0);

/// Whether the program has been told to end.
static REQUESTED: AtomicBool = AtomicBool::new(false);

/// What to remove when the program is told to end. Holding the lock keeps it from ending.
static UNFINISHED: Mutex<Vec<Unfinished>> = Mutex::new(Vec::new());

/// Output on its way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unfinished {
    /// The folder of the unfinished files.
    pub(crate) staging: PathBuf,
    /// The folders around it that were not there before, the innermost first.
    pub(crate) created: Vec<PathBuf>,
}

impl Unfinished {
    /// Leaves things as they were; a folder that someone else has put something into stays.
    pub(crate) fn remove(&self) {
        // What cannot be removed stays, hidden; the error that led here is the one to tell.
        let _ = std::fs::remove_dir_all(&self.staging);
        for folder in &self.created {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// Handles Ctrl-C, and turns a file-size limit from a kill into a write error.
pub(crate) fn install() -> Result<()> {
    #[cfg(unix)]
    {
        let seen = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen)?;
    }
    ctrlc::set_handler(|| {
        // The second time there is no waiting.
        if !REQUESTED.swap(true, Ordering::SeqCst) && SAVERS.load(Ordering::SeqCst) > 0 {
            return;
        }
        // The lock is not given back: nothing new begins while the program ends.
        let unfinished = lock();
        unfinished.iter().for_each(Unfinished::remove);
        eprintln!("xrd: interrupted");
        std::process::exit(INTERRUPTED.into());
    })?;
    Ok(())
}

/// Whether the program has been told to end. Whoever has called [`save_first`] must look.
pub(crate) fn is_requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// While this lives, the first request to end is left to its holder.
pub(crate) struct SaveFirst(());

pub(crate) fn save_first() -> SaveFirst {
    SAVERS.fetch_add(1, Ordering::SeqCst);
    SaveFirst(())
}

impl Drop for SaveFirst {
    fn drop(&mut self) {
        SAVERS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The program was told to end, and has saved a training.
#[derive(Debug)]
pub(crate) struct Interrupted {
    file: PathBuf,
}

impl Interrupted {
    pub(crate) fn saved_in(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
        }
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        write!(f, "interrupted; saved in {file}, go on with: {}", again())
    }
}

impl std::error::Error for Interrupted {}

/// The command that goes on with what was saved.
fn again() -> String {
    let mut words: Vec<String> = std::env::args().map(|word| quoted(&word)).collect();
    if !words.iter().any(|word| word == "--resume") {
        words.push("--resume".to_owned());
    }
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// From now on `output` goes when the program is told to end.
pub(crate) fn remove_if_interrupted(output: &Unfinished) {
    lock().push(output.clone());
}

/// Runs `finish`, which no interrupt splits, after which `output` is not removed any more.
pub(crate) fn finish<T>(output: &Unfinished, finish: impl FnOnce() -> T) -> T {
    let mut unfinished = lock();
    let result = finish();
    unfinished.retain(|u| u != output);
    result
}

/// Makes a file or folder, which no interrupt splits: once the program ends, none is made any more
/// in a folder that is being removed. What is short only: the program does not end meanwhile.
pub(crate) fn make<T>(make: impl FnOnce() -> T) -> T {
    let _unfinished = lock();
    make()
}

fn lock() -> std::sync::MutexGuard<'static, Vec<Unfinished>> {
    // The list is whole whatever happened to the thread that held it.
    UNFINISHED.lock().unwrap_or_else(|e| e.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_part_them() {
        assert_eq!(quoted("scans/a-1.xy"), "scans/a-1.xy");
        assert_eq!(quoted("my scans"), "'my scans'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
