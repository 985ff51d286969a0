//! Formats of figures beside SVG.

use anyhow::Result;
use clap::Args;
use xrd_report::FigureFiles;

/// Whether figures are written as PNG files too.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Pictures {
    /// Write each figure as PNG too, at 600 dots per inch (of a program built with --features png)
    #[arg(long)]
    png: bool,
}

impl Pictures {
    /// Formats in which figures are written.
    ///
    /// # Errors
    /// If PNG files are asked for, and this machine has no font or the program no such feature.
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
