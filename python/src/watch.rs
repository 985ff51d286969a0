//! Long work without the interpreter's lock, with progress and Ctrl-C.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError};
use pyo3::prelude::*;

/// Time between two looks at signals and progress.
const PAUSE: Duration = Duration::from_millis(50);

/// How far some work is, and whether it must stop.
#[derive(Default)]
pub(crate) struct Watch {
    done: AtomicU64,
    total: AtomicU64,
    stopped: AtomicBool,
}

impl Watch {
    /// Sets the number of steps; 0 if it is unknown.
    pub(crate) fn set_total(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// Sets the number of steps that are done.
    pub(crate) fn set_done(&self, done: u64) {
        self.done.store(done, Ordering::Relaxed);
    }

    /// Adds steps that are done.
    pub(crate) fn advance(&self, steps: u64) {
        self.done.fetch_add(steps, Ordering::Relaxed);
    }

    /// Whether nobody waits for the result any more.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// An exception if the work must stop.
    pub(crate) fn check(&self) -> PyResult<()> {
        match self.is_stopped() {
            // Never seen: the caller raises its own exception and does not wait for this one.
            true => Err(PyKeyboardInterrupt::new_err(())),
            false => Ok(()),
        }
    }

    fn state(&self) -> (u64, u64) {
        (
            self.done.load(Ordering::Relaxed),
            self.total.load(Ordering::Relaxed),
        )
    }
}

/// Runs work on a thread of its own and waits for its result.
///
/// `progress` is called with the number of steps that are done and the number of all steps, whenever the first has
/// changed, at most every 50 ms and at the end. If it raises an exception, or if a signal does (Ctrl-C), the work is told
/// to stop, and the exception is raised at once.
pub(crate) fn watched<T: Send + 'static>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(&Watch) -> PyResult<T> + Send + 'static,
) -> PyResult<T> {
    let watch = Arc::new(Watch::default());
    let (send, mut receive) = channel();
    let theirs = watch.clone();
    let thread = std::thread::Builder::new().name("xrd".to_owned());
    let thread = thread.spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| work(&theirs)));
        // Nobody listens after an exception.
        let _ = send.send(result);
    });
    thread.map_err(|error| PyRuntimeError::new_err(format!("cannot start a thread: {error}")))?;
    let mut told = 0;
    loop {
        let receive = &mut receive;
        match py.detach(move || receive.recv_timeout(PAUSE)) {
            Ok(Ok(result)) => {
                let result = result?;
                tell(py, progress.as_ref(), &watch, &mut told)?;
                return Ok(result);
            }
            Err(RecvTimeoutError::Timeout) => {
                let heard = py.check_signals();
                let heard = heard.and_then(|()| tell(py, progress.as_ref(), &watch, &mut told));
                if let Err(exception) = heard {
                    watch.stopped.store(true, Ordering::Relaxed);
                    return Err(exception);
                }
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err(
                    "a defect of this package: a computation broke off (the reason is on the error output)",
                ));
            }
        }
    }
}

fn tell(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    watch: &Watch,
    told: &mut u64,
) -> PyResult<()> {
    let (done, total) = watch.state();
    if let Some(progress) = progress
        && done != *told
    {
        *told = done;
        progress.call1(py, (done, total))?;
    }
    Ok(())
}
