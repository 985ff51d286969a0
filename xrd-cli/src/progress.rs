//! Progress bars on stderr. Nothing is shown if stderr is not a terminal.

use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use xrd_study::{Observer, Stage};

use crate::interrupt;

/// An observer that shows the stages of an experiment as progress bars, and stops it on Ctrl-C.
#[derive(Default)]
pub(crate) struct Terminal {
    bar: Mutex<Option<ProgressBar>>,
}

impl Terminal {
    fn with_bar(&self, show: impl FnOnce(&ProgressBar)) {
        let bar = self.bar.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(bar) = &*bar {
            show(bar);
        }
    }

    fn set(&self, bar: Option<ProgressBar>) {
        *self.bar.lock().unwrap_or_else(|e| e.into_inner()) = bar;
    }
}

impl Observer for Terminal {
    fn begin(&self, stage: Stage, steps: u64) {
        if stage == Stage::Training {
            interrupt::save_first();
        }
        let what = match stage {
            Stage::Simulating => "simulating",
            Stage::Training => "training",
            _ => "working",
        };
        self.set(Some(bar(what, steps)));
    }

    fn advance(&self, _stage: Stage, steps: u64) {
        self.with_bar(|bar| bar.inc(steps));
    }

    fn loss(&self, loss: f64) {
        self.with_bar(|bar| bar.set_message(format!("loss {loss:.4}")));
    }

    fn warn(&self, text: &str) {
        self.with_bar(|bar| bar.suspend(|| eprintln!("note: {text}")));
    }

    fn end(&self, stage: Stage) {
        self.with_bar(ProgressBar::finish_and_clear);
        self.set(None);
        if stage == Stage::Training {
            interrupt::saved();
        }
    }

    fn should_stop(&self) -> bool {
        interrupt::is_requested()
    }
}

/// A progress bar of `length` steps, with the name of the stage in front.
pub(crate) fn bar(what: &'static str, length: u64) -> ProgressBar {
    let template = "{prefix:12} [{bar:32}] {pos}/{len} {elapsed} (left {eta}) {msg}";
    let style = ProgressStyle::with_template(template)
        .expect("the template is fixed and well-formed")
        .progress_chars("=> ");
    ProgressBar::new(length).with_style(style).with_prefix(what)
}

/// A progress bar with a rate, for thousands of steps. It appears after two seconds.
pub(crate) struct LateBar {
    bar: ProgressBar,
    start: Instant,
    shown: Once,
}

const LATE: Duration = Duration::from_secs(2);

impl LateBar {
    /// A bar whose length is set later.
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

    /// Counts steps that need no work. The rate is computed from the other steps.
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
