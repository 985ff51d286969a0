//! `xrd symmetry`: crystal systems and space groups.

mod crystals;
mod labelled;
mod paper;
mod score;

use anyhow::Result;
use clap::{Args, Subcommand};

/// Name the crystal system and the space group of patterns.
#[derive(Args)]
pub(crate) struct Symmetry {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Paper(paper::Paper),
}

impl Symmetry {
    pub(crate) fn run(self) -> Result<()> {
        match self.command {
            Command::Paper(c) => c.run(),
        }
    }
}
