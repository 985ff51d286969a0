//! Processor time of a thread.

use std::time::{Duration, Instant};

/// The longest time that reading any file may take.
pub(crate) const LONGEST: Duration = Duration::from_secs(2);

/// The result of a call and its processor time; other programs may use the processor meanwhile.
pub(crate) fn timed<T>(call: impl FnOnce() -> T) -> (T, Duration) {
    let now = Instant::now();
    let start = worked(now);
    let result = call();
    (result, worked(now).saturating_sub(start))
}

fn worked(since: Instant) -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split(' ').next().and_then(|n| n.parse().ok());
    nanoseconds.map_or_else(|| since.elapsed(), Duration::from_nanos)
}
