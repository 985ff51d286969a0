//! `xrd`: maps a set of X-ray diffraction patterns to points of a plane.

mod advice;
mod candidate;
mod command;
mod interrupt;
mod options;
mod output;
mod pattern_files;
mod prepared;
mod progress;
mod simulation;
mod structure_file;

use std::process::ExitCode;

use crate::command::{Cli, Refused};
use crate::interrupt::INTERRUPTED;

/// The version, with the commit where it is known.
const VERSION: &str = env!("XRD_VERSION");

/// Exit status after an error: bad input, bad arguments, a full disk.
const REFUSED: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(Refused::Shown) => return ExitCode::SUCCESS,
        Err(Refused::NotShown) => return ExitCode::from(REFUSED),
        Err(Refused::Arguments(message)) => {
            eprintln!("xrd: {} (see xrd --help)", one_line(&message));
            return ExitCode::from(REFUSED);
        }
    };
    match interrupt::install().and_then(|()| cli.run()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of the output has closed it, as `head` does; that is not an error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let advice = advice::options(&error).unwrap_or_default();
            eprintln!("xrd: {}{advice}", one_line(&message(&error)));
            ExitCode::from(match advice::is_interrupted(&error) {
                true => INTERRUPTED,
                false => REFUSED,
            })
        }
    }
}

/// The error and its causes. A cause that the text before it already ends with is left out.
pub(crate) fn message(error: &anyhow::Error) -> String {
    let causes = error.chain().map(ToString::to_string);
    causes.fold(String::new(), |text, cause| {
        if text.is_empty() {
            cause
        } else if text.ends_with(&cause) {
            text
        } else {
            format!("{text}: {cause}")
        }
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
