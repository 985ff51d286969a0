//! Conversion of figures to PNG files.

use std::sync::Arc;

use resvg::tiny_skia::{IntSize, Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use crate::error::{Error, Result};

/// Pixels per inch, of the PNG file and of SVG.
const DOTS: f32 = 600.0;
const SVG_DOTS: f32 = 96.0;

/// Largest number of pixels of a figure, of four bytes each.
const MOST_PIXELS: u32 = 100_000_000;

/// Converter of SVG figures to PNG files.
///
/// Text is drawn with the fonts that are installed on the machine. Other fonts give other pixels,
/// but repeated conversions on one machine give the same pixels.
///
/// ```
/// # if let Ok(renderer) = xrd_report::Renderer::new() {
/// let svg = xrd_report::loss_curves(&[1, 2, 3], &[1.0, 0.3, 0.1], &[]);
/// let png = renderer.png(&svg)?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # }
/// # Ok::<(), xrd_report::Error>(())
/// ```
#[derive(Debug)]
pub struct Renderer(Options<'static>);

impl Renderer {
    /// Creates a renderer and loads the installed fonts.
    ///
    /// Each figure names several font families. If none of these families is installed, the
    /// renderer uses the first font that it finds.
    ///
    /// # Errors
    /// [`Error::NoFont`] if no font is installed.
    pub fn new() -> Result<Self> {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        let any = fonts.faces().next().ok_or(Error::NoFont)?;
        let family = any.families.first().map(|(name, _)| name.clone());
        fonts.set_sans_serif_family(family.unwrap_or_default());
        Ok(Self(Options {
            fontdb: Arc::new(fonts),
            ..Options::default()
        }))
    }

    /// Converts the text of an SVG file to a PNG file with 600 pixels per inch, and returns the
    /// bytes of the PNG file.
    ///
    /// # Errors
    /// - [`Error::NotSvg`] if `svg` is not well-formed or has no size.
    /// - [`Error::Size`] if the width or height is zero pixels or if the figure has more than 100
    ///   million pixels.
    /// - [`Error::Encode`] if the pixels cannot be written as PNG.
    pub fn png(&self, svg: &str) -> Result<Vec<u8>> {
        let tree = Tree::from_str(svg, &self.0).map_err(Error::NotSvg)?;
        let mut pixels = blank(&tree)?;
        let scale = DOTS / SVG_DOTS;
        let transform = Transform::from_scale(scale, scale);
        resvg::render(&tree, transform, &mut pixels.as_mut());
        pixels.encode_png().map_err(|e| Error::Encode(e.into()))
    }
}

/// Returns the transparent pixels of a whole figure.
fn blank(tree: &Tree) -> Result<Pixmap> {
    let size = tree.size().to_int_size().scale_by(DOTS / SVG_DOTS);
    let pixels = |s: &IntSize| u64::from(s.width()) * u64::from(s.height());
    let size = size.filter(|s| pixels(s) <= u64::from(MOST_PIXELS));
    let pixels = size.and_then(|s| Pixmap::new(s.width(), s.height()));
    pixels.ok_or(Error::Size {
        width: tree.size().width(),
        height: tree.size().height(),
        most: MOST_PIXELS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a renderer, or `None` with a message on a machine without fonts.
    fn renderer() -> Option<Renderer> {
        let renderer = Renderer::new();
        if let Err(error) = &renderer {
            assert!(matches!(error, Error::NoFont), "{error}");
        }
        renderer.ok()
    }

    #[test]
    fn a_figure_has_its_size_and_colours() {
        let Some(renderer) = renderer() else { return };
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
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let Some(renderer) = renderer() else { return };
        let refused = |svg: &str| renderer.png(svg).unwrap_err();
        assert!(matches!(refused("<svg"), Error::NotSvg(_)));
        let huge = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1e5\" height=\"1e5\"/>";
        let Error::Size { width, most, .. } = refused(huge) else {
            panic!("{}", refused(huge));
        };
        assert_eq!((width, most), (1e5, MOST_PIXELS));
        let message = refused(huge).to_string();
        assert!(
            message.starts_with("a figure of 100000 × 100000 pixels"),
            "{message}"
        );
    }

    #[test]
    fn the_message_of_a_machine_without_fonts_names_the_way_out() {
        assert!(Error::NoFont.to_string().contains("SVG figures need none"));
    }
}
