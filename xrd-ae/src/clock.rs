//! Wall-clock time of epochs.

use std::time::Instant;

/// Clock that measures seconds from its start.
pub(crate) struct Clock(Option<Instant>);

impl Clock {
    /// Starts a clock. It does not run in a web page, where the standard library has no time.
    pub(crate) fn start() -> Self {
        let has_time = !cfg!(all(target_family = "wasm", target_os = "unknown"));
        Self(has_time.then(Instant::now))
    }

    /// Seconds since the start; 0 where there is no time.
    pub(crate) fn seconds(&self) -> f64 {
        self.0.map_or(0.0, |start| start.elapsed().as_secs_f64())
    }
}
