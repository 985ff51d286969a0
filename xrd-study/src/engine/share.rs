//! Independent pieces of work distributed over threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Error, Result};
use crate::session::pool;

/// Runs `work` for each index below `pieces`, and returns the results in order. The argument
/// `threads` is the largest number of threads. A single piece uses all threads; several pieces
/// divide them.
pub(super) fn share_out<T: Send>(
    threads: usize,
    pieces: usize,
    work: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let workers = threads.min(pieces).max(1);
    let each = (threads / workers).max(1);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<T>>> = Mutex::new((0..pieces).map(|_| None).collect());
    let run = || -> Result<()> {
        let pool = pool(each)?;
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= pieces {
                return Ok(());
            }
            let result = pool.install(|| work(index)).inspect_err(|_| {
                // No thread begins another piece.
                next.store(pieces, Ordering::Relaxed);
            })?;
            done.lock().unwrap_or_else(|e| e.into_inner())[index] = Some(result);
        }
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(run)).collect();
        handles.into_iter().try_for_each(|h| {
            h.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    let done = done.into_inner().unwrap_or_else(|e| e.into_inner());
    done.into_iter()
        .map(|r| r.ok_or(Error::MissingPiece))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_an_error_ends_it() {
        for n in [1, 3] {
            let squares = share_out(n, 20, |i| Ok(i * i)).unwrap();
            assert_eq!(squares, (0..20).map(|i| i * i).collect::<Vec<_>>());
            let failed = share_out(n, 20, |i| match i {
                7 => Err(Error::Expected("seven")),
                _ => Ok(i),
            });
            assert_eq!(failed.unwrap_err().to_string(), "expected seven");
        }
    }
}
