//! Ctrl-C and other requests to end: unfinished output is removed, finished output stays.

use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::Result;

/// Status after Ctrl-C, by the shell's convention of 128 + signal number.
const INTERRUPTED: i32 = 130;

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
        // The lock is not given back: nothing new begins while the program ends.
        let unfinished = lock();
        unfinished.iter().for_each(Unfinished::remove);
        eprintln!("xrd: interrupted");
        std::process::exit(INTERRUPTED);
    })?;
    Ok(())
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

fn lock() -> std::sync::MutexGuard<'static, Vec<Unfinished>> {
    // The list is whole whatever happened to the thread that held it.
    UNFINISHED.lock().unwrap_or_else(|e| e.into_inner())
}
