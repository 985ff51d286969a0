//! Ctrl-C and other requests to end: unfinished output is removed, finished output stays.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Result;

/// Status after Ctrl-C, by the shell's convention of 128 + signal number.
const INTERRUPTED: i32 = 130;

/// Folders to remove when the program is told to end. Holding the lock keeps it from ending.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Handles Ctrl-C, and turns a file-size limit from a kill into a write error.
pub(crate) fn install() -> Result<()> {
    #[cfg(unix)]
    {
        let seen = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen)?;
    }
    ctrlc::set_handler(|| {
        for folder in lock().iter() {
            // The program ends here; there is nobody left to tell of a failure.
            let _ = std::fs::remove_dir_all(folder);
        }
        eprintln!("xrd: interrupted, nothing written");
        std::process::exit(INTERRUPTED);
    })?;
    Ok(())
}

/// From now on `folder` goes when the program is told to end.
pub(crate) fn remove_if_interrupted(folder: &Path) {
    lock().push(folder.to_owned());
}

/// Runs `finish`, which no interrupt splits, after which `folder` is not removed any more.
pub(crate) fn finish<T>(folder: &Path, finish: impl FnOnce() -> T) -> T {
    let mut unfinished = lock();
    let result = finish();
    unfinished.retain(|f| f != folder);
    result
}

fn lock() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    // A list of paths is whole whatever happened to the thread that held it.
    UNFINISHED.lock().unwrap_or_else(|e| e.into_inner())
}
