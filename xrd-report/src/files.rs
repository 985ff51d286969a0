//! Figures as files of an output folder.

use xrd_study::OutputFolder;

use crate::error::Result;

#[cfg(feature = "png")]
use crate::render::Renderer;

/// Writer of figures to files, as SVG or as both SVG and PNG.
#[derive(Debug, Default)]
pub struct FigureFiles {
    #[cfg(feature = "png")]
    renderer: Option<Renderer>,
}

impl FigureFiles {
    /// Creates a writer of SVG files.
    pub fn svg() -> Self {
        Self::default()
    }

    /// Creates a writer of both SVG and PNG files. PNG files have 600 pixels per inch.
    ///
    /// # Errors
    /// [`Error::NoFont`](crate::Error::NoFont) if no font is installed.
    #[cfg(feature = "png")]
    pub fn svg_and_png() -> Result<Self> {
        let renderer = Some(Renderer::new()?);
        Ok(Self { renderer })
    }

    /// Writes a figure to an output folder. The argument `name` is the file name without
    /// extension, and `svg` is the text of the SVG file.
    ///
    /// # Errors
    /// Any error of [`OutputFolder::write`]; with the feature `png`, also any error of
    /// `Renderer::png`.
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
