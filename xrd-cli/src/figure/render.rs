//! Figures as PNG.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

/// Whether figures are written as pictures of points too.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Pictures {
    /// Write each figure as PNG too, of 600 dots an inch
    #[arg(long)]
    png: bool,
}

/// Dots an inch, and what an SVG length of one pixel is.
const DOTS: f32 = 600.0;
const SVG_DOTS: f32 = 96.0;

/// Draws SVG files with the fonts of this machine.
pub(crate) struct Renderer(Options<'static>);

impl Pictures {
    /// What draws them, if they are asked for.
    ///
    /// # Errors
    /// Where this machine has no font, without which no number could be read.
    pub(crate) fn renderer(&self) -> Result<Option<Renderer>> {
        if !self.png {
            return Ok(None);
        }
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        let Some(any) = fonts.faces().next() else {
            bail!("--png: this machine has no font; SVG figures need none");
        };
        // The first of the fonts that a figure names is taken, this one where none is there.
        let family = any.families.first().map(|(name, _)| name.clone());
        fonts.set_sans_serif_family(family.unwrap_or_default());
        Ok(Some(Renderer(Options {
            fontdb: Arc::new(fonts),
            ..Options::default()
        })))
    }
}

impl Renderer {
    /// The bytes of a PNG file.
    pub(crate) fn png(&self, svg: &str) -> Result<Vec<u8>> {
        let tree = Tree::from_str(svg, &self.0)?;
        let scale = DOTS / SVG_DOTS;
        let size = tree.size().to_int_size().scale_by(scale);
        let pixels = size.and_then(|s| Pixmap::new(s.width(), s.height()));
        let mut pixels = pixels.context("a figure without size")?;
        let transform = Transform::from_scale(scale, scale);
        resvg::render(&tree, transform, &mut pixels.as_mut());
        Ok(pixels.encode_png()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_its_size_and_colours() {
        let Ok(Some(renderer)) = (Pictures { png: true }).renderer() else {
            eprintln!("skipped: this machine has no font");
            return;
        };
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"25.4mm\" height=\"12.7mm\" \
                   viewBox=\"0 0 72 36\"><rect width=\"36\" height=\"36\" fill=\"#0072b2\"/></svg>";
        let bytes = renderer.png(svg).unwrap();
        let picture = Pixmap::decode_png(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (600, 300));
        let color = |x, y| {
            picture
                .pixel(x, y)
                .map(|p| [p.red(), p.green(), p.blue(), p.alpha()])
        };
        assert_eq!(color(150, 150), Some([0x00, 0x72, 0xb2, 0xff]));
        assert_eq!(color(450, 150), Some([0; 4]));
        assert!(renderer.png("<svg").is_err());
        assert!(Pictures::default().renderer().unwrap().is_none());
    }
}
