//! Figures as files of an output folder.

use xrd_study::OutputFolder;

use crate::error::Result;

#[cfg(feature = "png")]
use crate::render::Renderer;

/// Formats in which figures are written: SVG always, PNG where asked for.
#[derive(Debug, Default)]
pub struct FigureFiles {
    #[cfg(feature = "png")]
    renderer: Option<Renderer>,
}

impl FigureFiles {
    /// SVG files.
    pub fn svg() -> Self {
        Self::default()
    }

    /// SVG files, and PNG files at 600 pixels per inch beside them.
    ///
    /// # Errors
    /// [`Error::NoFont`](crate::Error::NoFont) if this machine has no font.
    #[cfg(feature = "png")]
    pub fn svg_and_png() -> Result<Self> {
        let renderer = Some(Renderer::new()?);
        Ok(Self { renderer })
    }

    /// Writes a figure, `name` without extension.
    ///
    /// # Errors
    /// Those of [`OutputFolder::write`], and of `Renderer::png` with feature `png`.
    pub fn write(&self, out: &mut OutputFolder, name: &str, svg: &str) -> Result<()> {
        out.write_text(format!("{name}.svg"), svg)?;
        #[cfg(feature = "png")]
        if let Some(renderer) = &self.renderer {
            let png = renderer.png(svg)?;
            out.write(format!("{name}.png"), |f| f.write_all(&png))?;
        }
        Ok(())
    }
}
