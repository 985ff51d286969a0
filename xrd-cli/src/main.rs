//! `xrd`: see a set of X-ray diffraction patterns as points of a plane.

mod advice;
mod command;
mod dataset;
mod digest;
mod inputs;
mod interrupt;
mod intervals;
mod labelled;
mod latents;
mod maps;
mod novelty;
mod options;
mod output;
mod page;
mod plane;
mod planes;
mod preparing;
mod progress;
mod score;
mod simulation;
mod small_changes;
mod split;
mod structure_file;
mod study;
mod tables;
mod targets;
mod training;
mod training_patterns;
mod tune;
mod unfinished;
mod workers;

use std::process::ExitCode;

pub(crate) use xrd_report as figure;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser};

use crate::command::Command;
use crate::interrupt::{INTERRUPTED, Interrupted};

/// See a set of X-ray diffraction patterns as points of a plane.
///
/// An autoencoder squeezes each pattern to a point of a two-dimensional feature space. There the
/// composition of an unknown sample is read off the triangle of known points around it, masking
/// a window of angles shows which peaks matter, and the contour of a composition nobody has
/// measured decodes to a plausible pattern.
#[derive(Parser)]
#[command(name = "xrd", version = VERSION, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The version, and where it is known the commit.
const VERSION: &str = env!("XRD_VERSION");

const EXAMPLES: &str = "\
Examples:
  xrd study                                        the built-in Sm-Zr-Fe-Ti series, into out/
  xrd study --patterns data.csv --labels comp.csv  your own patterns
  xrd estimate --model out/model.safetensors --known out/latent.csv --patterns new.xy

Exit status: 0 done, 2 bad input or arguments (one line on stderr), 130 interrupted.";

/// Status of everything that is refused: bad input, bad arguments, a full disk.
const REFUSED: u8 = 2;

fn main() -> ExitCode {
    let matches = with_negative_numbers(Cli::command()).try_get_matches();
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return refuse_arguments(&error),
    };
    match interrupt::install().and_then(|()| cli.command.run()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has enough of it; that is not an error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let advice = advice::options(&error).unwrap_or_default();
            eprintln!("xrd: {}{advice}", one_line(&message(&error)));
            ExitCode::from(match error.is::<Interrupted>() {
                true => INTERRUPTED,
                false => REFUSED,
            })
        }
    }
}

/// Takes `-1` after an option for its value and not for an option, so that a refusal names the
/// option to change.
fn with_negative_numbers(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    let command = command.mut_args(|argument| {
        let takes_values = argument.get_action().takes_values();
        argument.allow_negative_numbers(takes_values)
    });
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, with_negative_numbers)
    })
}

/// Help and version as they are; anything else in one line.
fn refuse_arguments(error: &clap::Error) -> ExitCode {
    let help = [
        ErrorKind::DisplayHelp,
        ErrorKind::DisplayVersion,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
    ];
    if help.contains(&error.kind()) {
        let shown = error.print().is_ok() && !error.use_stderr();
        return if shown {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(REFUSED)
        };
    }
    let text = error.to_string();
    let message = text.split("\n\n").next().unwrap_or_default();
    let message = message.trim_start_matches("error: ");
    eprintln!("xrd: {} (see xrd --help)", one_line(message));
    ExitCode::from(REFUSED)
}

/// The error and its causes, without those that the error before them already tells.
fn message(error: &anyhow::Error) -> String {
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
