//! Progress on stderr; silent when that is not a terminal.

use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar of `length` steps with what is being done before it.
pub(crate) fn bar(what: &'static str, length: u64) -> ProgressBar {
    let template = "{prefix:12} [{bar:32}] {pos}/{len} {elapsed} (left {eta}) {msg}";
    let style = ProgressStyle::with_template(template)
        .expect("the template is fixed and well-formed")
        .progress_chars("=> ");
    ProgressBar::new(length).with_style(style).with_prefix(what)
}

/// A bar with a rate, for what is counted in thousands. It shows after two seconds; what takes
/// less needs none.
pub(crate) struct LateBar {
    bar: ProgressBar,
    start: Instant,
    shown: Once,
}

const LATE: Duration = Duration::from_secs(2);

impl LateBar {
    /// The length is set later.
    pub(crate) fn new(what: &'static str) -> Self {
        let template = "{prefix:12} [{bar:32}] {pos}/{len} {per_sec} {elapsed} (left {eta}) {msg}";
        let style = ProgressStyle::with_template(template)
            .expect("the template is fixed and well-formed")
            .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        Self {
            bar: bar.with_style(style).with_prefix(what),
            start: Instant::now(),
            shown: Once::new(),
        }
    }

    pub(crate) fn set_length(&self, length: u64) {
        self.bar.set_length(length);
    }

    /// Counts what need not be done; the rate is that of the rest.
    pub(crate) fn skip(&self, steps: u64) {
        self.bar.inc(steps);
        self.bar.reset_eta();
    }

    pub(crate) fn inc(&self, steps: u64) {
        self.bar.inc(steps);
        if self.start.elapsed() > LATE {
            let target = ProgressDrawTarget::stderr;
            self.shown.call_once(|| self.bar.set_draw_target(target()));
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
