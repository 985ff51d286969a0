//! Pools of threads.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::errors::value_error;

/// The pool of all cores, and the process that made it.
///
/// A process that is forked, such as a worker of PyTorch's `DataLoader`, inherits the pool without its threads. It makes
/// a pool of its own; that of the parent is left alone.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// The largest number of threads.
const MOST: usize = 1024;

/// A pool of `threads` threads, or of all cores. Results do not depend on the number.
pub(crate) fn pool(threads: Option<usize>) -> PyResult<Arc<ThreadPool>> {
    match threads {
        Some(threads @ 1..=MOST) => build(threads),
        Some(threads) => Err(value_error(format!(
            "threads {threads} (expected 1 to {MOST}, or None for all cores)"
        ))),
        None => shared(),
    }
}

fn shared() -> PyResult<Arc<ThreadPool>> {
    let mut kept = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if let Some((of, pool)) = &*kept
        && *of == process
    {
        return Ok(pool.clone());
    }
    let pool = build(0)?;
    if let Some(inherited) = kept.replace((process, pool.clone())) {
        // Its threads do not exist here, so nobody can wait for their end.
        std::mem::forget(inherited);
    }
    Ok(pool)
}

fn build(threads: usize) -> PyResult<Arc<ThreadPool>> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool =
        pool.map_err(|error| PyRuntimeError::new_err(format!("cannot start threads: {error}")))?;
    Ok(Arc::new(pool))
}
