//! Parallel work on the caller's threads. Without the feature `parallel`, the work is done
//! sequentially, with the same results.

#[cfg(feature = "parallel")]
use rayon::prelude::*;

/// The number of threads.
#[cfg(feature = "parallel")]
pub(crate) fn count() -> usize {
    rayon::current_num_threads()
}

/// The number of threads.
#[cfg(not(feature = "parallel"))]
pub(crate) fn count() -> usize {
    1
}

/// The result for each item, in the order of the items.
#[cfg(feature = "parallel")]
pub(crate) fn map<T: Send, R: Send>(
    items: Vec<T>,
    of_one: impl Fn(T) -> R + Sync + Send,
) -> Vec<R> {
    items.into_par_iter().with_max_len(1).map(of_one).collect()
}

/// The result for each item, in the order of the items.
#[cfg(not(feature = "parallel"))]
pub(crate) fn map<T, R>(items: Vec<T>, of_one: impl Fn(T) -> R) -> Vec<R> {
    items.into_iter().map(of_one).collect()
}

/// Whether a condition holds for all numbers below `count`.
#[cfg(feature = "parallel")]
pub(crate) fn all(count: usize, holds: impl Fn(usize) -> bool + Sync + Send) -> bool {
    (0..count).into_par_iter().all(holds)
}

/// Whether a condition holds for all numbers below `count`.
#[cfg(not(feature = "parallel"))]
pub(crate) fn all(count: usize, holds: impl Fn(usize) -> bool) -> bool {
    (0..count).all(holds)
}

/// The first number below `count` for which a condition holds.
#[cfg(feature = "parallel")]
pub(crate) fn first(count: usize, holds: impl Fn(usize) -> bool + Sync + Send) -> Option<usize> {
    (0..count).into_par_iter().find_first(|i| holds(*i))
}

/// The first number below `count` for which a condition holds.
#[cfg(not(feature = "parallel"))]
pub(crate) fn first(count: usize, holds: impl Fn(usize) -> bool) -> Option<usize> {
    (0..count).find(|i| holds(*i))
}
