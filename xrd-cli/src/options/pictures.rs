//! Formats of figures beside SVG.

use anyhow::Result;
use clap::Args;

use crate::output::Renderer;

/// Whether figures are written as PNG files too.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Pictures {
    /// Write each figure as PNG too, at 600 dots per inch
    #[cfg(feature = "png")]
    #[arg(long)]
    png: bool,
}

impl Pictures {
    /// Function that draws PNG files; `None` where none are asked for.
    ///
    /// # Errors
    /// If PNG files are asked for and this machine has no font.
    #[cfg(feature = "png")]
    pub(crate) fn renderer(&self) -> Result<Option<Renderer>> {
        use anyhow::Context;

        if !self.png {
            return Ok(None);
        }
        let renderer = crate::figure::Renderer::new().context("--png")?;
        Ok(Some(Box::new(move |svg| Ok(renderer.png(svg)?))))
    }

    /// Always `None`: the program is built without the feature `png`.
    #[cfg(not(feature = "png"))]
    pub(crate) fn renderer(&self) -> Result<Option<Renderer>> {
        Ok(None)
    }
}
