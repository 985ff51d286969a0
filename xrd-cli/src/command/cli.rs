//! The command line as a whole.

use anyhow::Result;
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use super::*;

/// Map a set of X-ray diffraction patterns to points of a plane.
///
/// An autoencoder compresses each pattern to a point of a two-dimensional feature space. The
/// composition of an unknown sample is estimated from the triangle of known points around it.
/// Masking a window of angles shows which peaks matter. The contour of a composition that nobody
/// has measured decodes to a plausible pattern.
#[derive(Parser)]
#[command(name = "xrd", version = VERSION, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The version, with the commit where it is known.
const VERSION: &str = env!("XRD_VERSION");

const EXAMPLES: &str = "\
Examples:
  xrd study                                        the built-in Sm-Zr-Fe-Ti series; writes out/
  xrd study --patterns data.csv --labels comp.csv  your own patterns
  xrd estimate --model out/model.safetensors --known out/latent.csv --patterns new.xy

Exit status: 0 success, 2 bad input or arguments (one line on stderr), 130 interrupted.";

/// Command lines without a subcommand to run: help, version, and wrong arguments.
pub(crate) enum Refused {
    /// Help or version was shown.
    Shown,
    /// Help could not be printed, or no subcommand was given.
    NotShown,
    /// The arguments are wrong.
    Arguments(String),
}

impl Cli {
    /// Reads the arguments of the program.
    pub(crate) fn read() -> Result<Self, Refused> {
        let matches = with_negative_numbers(Self::command()).try_get_matches();
        let cli = matches.and_then(|matches| Self::from_arg_matches(&matches));
        cli.map_err(|error| refused(&error))
    }

    /// Runs the subcommand.
    pub(crate) fn run(self) -> Result<()> {
        self.command.run()
    }
}

/// Reads `-1` after an option as the value of the option, so that the error message names the
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

/// Prints help and version; turns any other error into a message.
fn refused(error: &clap::Error) -> Refused {
    let help = [
        ErrorKind::DisplayHelp,
        ErrorKind::DisplayVersion,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
    ];
    if help.contains(&error.kind()) {
        let shown = error.print().is_ok() && !error.use_stderr();
        return match shown {
            true => Refused::Shown,
            false => Refused::NotShown,
        };
    }
    let text = error.to_string();
    let message = text.split("\n\n").next().unwrap_or_default();
    Refused::Arguments(message.trim_start_matches("error: ").to_owned())
}

#[derive(Subcommand)]
enum Command {
    Study(Box<study::Study>),
    Simulate(simulate::Simulate),
    Series(series::Series),
    Train(train::Train),
    Encode(encode::Encode),
    Estimate(estimate::Estimate),
    Relevance(relevance::Relevance),
    Report(report::Report),
    Generate(generate::Generate),
    Fit(fit::Fit),
    Score(score::Score),
    Robustness(Box<robustness::Robustness>),
    Tune(tune::Tune),
    Sensitivity(sensitivity::Sensitivity),
    Maps(maps::Maps),
    Symmetry(symmetry::Symmetry),
    Predict(Box<predict::Predict>),
    Convert(convert::Convert),
    Identify(identify::Identify),
    Library(library::Library),
    Info(info::Info),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    fn run(self) -> Result<()> {
        match self {
            Self::Study(c) => c.run(),
            Self::Simulate(c) => c.run(),
            Self::Series(c) => c.run(),
            Self::Train(c) => c.run(),
            Self::Encode(c) => c.run(),
            Self::Estimate(c) => c.run(),
            Self::Relevance(c) => c.run(),
            Self::Report(c) => c.run(),
            Self::Generate(c) => c.run(),
            Self::Fit(c) => c.run(),
            Self::Score(c) => c.run(),
            Self::Robustness(c) => c.run(),
            Self::Sensitivity(c) => c.run(),
            Self::Maps(c) => c.run(),
            Self::Symmetry(c) => c.run(),
            Self::Predict(c) => c.run(),
            Self::Tune(c) => c.run(),
            Self::Convert(c) => c.run(),
            Self::Identify(c) => c.run(),
            Self::Library(c) => c.run(),
            Self::Info(c) => c.run(),
            Self::Completions(c) => c.run(),
            Self::Man(c) => c.run(),
        }
    }
}
