//! `xrd completions`: completion scripts for shells.

use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use crate::output::say;

/// Print a script with which a shell completes the subcommands, options and values of xrd.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd completions bash > ~/.local/share/bash-completion/completions/xrd
  xrd completions zsh > ~/.zfunc/_xrd     with fpath+=~/.zfunc before compinit in ~/.zshrc
  xrd completions fish > ~/.config/fish/completions/xrd.fish
  xrd completions powershell >> $PROFILE")]
pub(crate) struct Completions {
    /// Shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "xrd", &mut script);
        say(String::from_utf8(script)?.trim_end())
    }
}
