//! Progress on stderr; silent when that is not a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of `length` steps with what is being done before it.
pub(crate) fn bar(what: &'static str, length: u64) -> ProgressBar {
    let template = "{prefix:12} [{bar:32}] {pos}/{len} {elapsed} (left {eta}) {msg}";
    let style = ProgressStyle::with_template(template)
        .expect("the template is fixed and well-formed")
        .progress_chars("=> ");
    ProgressBar::new(length).with_style(style).with_prefix(what)
}
