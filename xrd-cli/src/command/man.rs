//! `xrd man`: manual pages.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Command, CommandFactory};
use clap_mangen::Man as Page;

use super::Cli;
use crate::output::{self, say};

/// Print the manual page of xrd, or write those of all subcommands to a folder with --out.
///
/// The pages are in roff.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd man | man -l -
  xrd man --out ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// Folder for xrd.1 and one page per subcommand: xrd-study.1 and so on
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self) -> Result<()> {
        let mut xrd = Cli::command();
        // Sets the full name of every subcommand, as in xrd-study.
        xrd.build();
        let Some(folder) = self.out else {
            return say(String::from_utf8(page(xrd)?)?.trim_end());
        };
        let mut output = output::open(&folder)?;
        let shown = xrd.get_subcommands().filter(|c| c.get_name() != "help");
        let subcommands: Vec<Command> = shown.cloned().collect();
        for command in std::iter::once(xrd).chain(subcommands) {
            let name = command.get_display_name().unwrap_or(command.get_name());
            let file = format!("{name}.1");
            let text = page(command)?;
            output.write(file, |f| f.write_all(&text))?;
        }
        output.commit()?;
        say(&format!("pages in {}", folder.display()))
    }
}

fn page(command: Command) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    Page::new(command)
        .render(&mut text)
        .context("cannot write the page")?;
    Ok(text)
}
