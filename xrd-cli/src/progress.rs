//! Progress on stderr: bars on a terminal, lines elsewhere.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, Once};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use xrd_study::{Observer, Stage};

use crate::interrupt;

/// An observer that shows the stages of an experiment, and stops it on Ctrl-C.
///
/// On a terminal, the stage that began last has a bar. Elsewhere, each stage has a line when it
/// ends, and a long stage has a line every ten seconds. There are no lines in the first two seconds,
/// so that short commands print none.
pub(crate) struct Terminal {
    is_terminal: bool,
    start: Instant,
    stages: Mutex<Vec<Running>>,
}

/// A stage that has begun, on one thread or on several.
struct Running {
    stage: Stage,
    threads: usize,
    bar: ProgressBar,
    start: Instant,
    /// Time of the last step.
    step: Instant,
    /// Time of the last line.
    line: Instant,
    /// Whether the last line is printed.
    is_told: bool,
}

/// Time between two lines about a stage.
const EVERY: Duration = Duration::from_secs(10);

impl Default for Terminal {
    fn default() -> Self {
        Self {
            is_terminal: std::io::stderr().is_terminal(),
            start: Instant::now(),
            stages: Mutex::default(),
        }
    }
}

impl Terminal {
    fn stages(&self) -> MutexGuard<'_, Vec<Running>> {
        self.stages.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Runs a stage of one step.
    pub(crate) fn stage<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        self.begin(stage, 1);
        let done = work();
        self.advance(stage, 1);
        self.end(stage);
        done
    }

    fn is_shown(&self) -> bool {
        !self.is_terminal && self.start.elapsed() > LATE
    }
}

impl Running {
    fn line(&self) -> String {
        let (name, seconds) = (
            self.stage.name(),
            self.step.duration_since(self.start).as_secs_f64(),
        );
        let steps = match self.bar.length() {
            Some(length) if length > 1 => format!(" {} of {length},", self.bar.position()),
            _ => String::new(),
        };
        let message = match self.bar.message() {
            text if text.is_empty() => text,
            text => format!(", {text}"),
        };
        format!("{name}:{steps} {seconds:.1} s{message}")
    }
}

impl Observer for Terminal {
    fn begin(&self, stage: Stage, steps: u64) {
        if is_saved(stage) {
            interrupt::save_first();
        }
        let mut stages = self.stages();
        if let Some(running) = stages.iter_mut().find(|r| r.stage == stage) {
            running.threads += 1;
            running.bar.inc_length(steps);
            return;
        }
        if let Some(last) = stages.last() {
            last.bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        stages.push(Running {
            stage,
            threads: 1,
            bar: bar(stage.name(), steps),
            start: Instant::now(),
            step: Instant::now(),
            line: Instant::now(),
            is_told: false,
        });
    }

    fn advance(&self, stage: Stage, steps: u64) {
        let is_shown = self.is_shown();
        let mut stages = self.stages();
        let Some(running) = stages.iter_mut().find(|r| r.stage == stage) else {
            return;
        };
        running.bar.inc(steps);
        running.step = Instant::now();
        let is_done = Some(running.bar.position()) == running.bar.length();
        // The stage of training ends later than the last training, for the sake of Ctrl-C.
        let is_trained = is_done && running.stage == Stage::Training;
        let is_due = !is_done && running.line.elapsed() > EVERY;
        if is_shown && (is_trained || is_due) {
            running.is_told = is_trained;
            running.line = running.step;
            eprintln!("{}", running.line());
        }
    }

    fn loss(&self, loss: f64) {
        let stages = self.stages();
        if let Some(running) = stages.iter().find(|r| r.stage == Stage::Training) {
            running.bar.set_message(format!("loss {loss:.4}"));
        }
    }

    fn warn(&self, text: &str) {
        match self.stages().last() {
            Some(last) => last.bar.suspend(|| eprintln!("note: {text}")),
            None => eprintln!("note: {text}"),
        }
    }

    fn end(&self, stage: Stage) {
        if is_saved(stage) {
            interrupt::saved();
        }
        let is_shown = self.is_shown();
        let mut stages = self.stages();
        let Some(i) = stages.iter().position(|r| r.stage == stage) else {
            return;
        };
        stages[i].threads -= 1;
        if stages[i].threads > 0 {
            return;
        }
        let running = stages.remove(i);
        if is_shown && !running.is_told {
            eprintln!("{}", running.line());
        }
        running.bar.finish_and_clear();
        if let Some(last) = stages.last() {
            last.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn should_stop(&self) -> bool {
        interrupt::is_requested()
    }
}

/// Whether a stage saves the finished trainings when it is stopped.
fn is_saved(stage: Stage) -> bool {
    !matches!(
        stage,
        Stage::Simulating | Stage::Reading | Stage::Writing | Stage::Drawing | Stage::Page
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_the_steps_of_a_stage() {
        let terminal = Terminal::default();
        terminal.begin(Stage::Painting, 200);
        terminal.begin(Stage::Painting, 100);
        terminal.advance(Stage::Painting, 64);
        assert!(
            terminal.stages()[0]
                .line()
                .starts_with("painting: 64 of 300, 0.")
        );
        terminal.end(Stage::Painting);
        assert_eq!(terminal.stages().len(), 1);
        terminal.end(Stage::Painting);
        assert!(terminal.stages().is_empty());
        // Stages that nobody began change nothing.
        terminal.advance(Stage::Mapping, 1);
        terminal.end(Stage::Drawing);
    }

    #[test]
    fn a_single_step_is_not_counted_and_the_loss_is_told() {
        let terminal = Terminal::default();
        terminal.begin(Stage::Training, 1);
        terminal.loss(0.25);
        let line = terminal.stages()[0].line();
        assert!(line.starts_with("training: 0.0 s, loss 0.2500"), "{line}");
        terminal.end(Stage::Training);
        assert_eq!(terminal.stage(Stage::Page, || 7), 7);
    }
}
