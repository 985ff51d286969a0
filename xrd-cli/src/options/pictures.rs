//! The option that writes figures as PNG as well as SVG.

use anyhow::Result;
use clap::Args;
use xrd_report::FigureFiles;

/// The option that writes figures as PNG as well as SVG.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Pictures {
    /// Also write each figure as PNG, at 600 dots per inch (needs a program built with --features
    /// png)
    #[arg(long)]
    png: bool,
}

impl Pictures {
    /// The formats of the figures.
    ///
    /// # Errors
    /// If --png is given, and the machine has no font or the program was built without the feature
    /// `png`.
    pub(crate) fn files(&self) -> Result<FigureFiles> {
        match self.png {
            true => svg_and_png(),
            false => Ok(FigureFiles::svg()),
        }
    }
}

#[cfg(feature = "png")]
fn svg_and_png() -> Result<FigureFiles> {
    use anyhow::Context;

    FigureFiles::svg_and_png().context("--png")
}

#[cfg(not(feature = "png"))]
fn svg_and_png() -> Result<FigureFiles> {
    anyhow::bail!("--png: this program was built without it (build with --features png)")
}
